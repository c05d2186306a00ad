// The queue: what waits for a person, for Enlist, or for nobody.
import {all, call, Failure, operationsPath, providerNames} from './api.js';
import {age, badge, clock, h, reconcile, say, setText, table} from './dom.js';
import {reasons, stateOf, states} from './words.js';

const step = 50; // operations in a section, and how many more each time
const quietFor = 5 * 60_000; // how long an intent may go unwritten

// The filters stay while the page does, so that Back shows the same queue. They are in no URL, since an id is personal.
const filters = {state: '', provider: '', reason: '', customer: '', age: ''};

const ages = {
  '': ['any age', {}],
  'over-hour': ['older than 1 hour', {end_time: 3_600_000}],
  'over-day': ['older than 1 day', {end_time: 86_400_000}],
  'hour': ['last hour', {start_time: 3_600_000}],
  'day': ['last 24 hours', {start_time: 86_400_000}],
  'week': ['last 7 days', {start_time: 7 * 86_400_000}],
};

const ago = (milliseconds) => new Date(Date.now() - milliseconds).toISOString();

const sections = {
  person: {
    title: 'Needs a person', tone: 'warn', states: ['OPERATION_STATE_NEEDS_PERSON'],
    note: 'Enlist cannot resolve these outcomes. Open one to see why, and decide.', none: 'Nothing waits for a person.',
  },
  unknown: {
    title: 'Unknown outcomes', states: ['OPERATION_STATE_UNKNOWN'],
    note: 'Enlist looks these customers up in the background.', none: 'No outcome is unknown.',
  },
  intents: {
    title: 'Old intents', states: ['OPERATION_STATE_INTENT'], isOld: true,
    note: 'Not written for 5 minutes, so a replica may be stuck. Read the log, then restart the replicas one after the other.', none: 'No intent is old.',
  },
};

// chosen returns the sections of the filters.
function chosen() {
  if (filters.state && filters.state !== 'any') {
    return [sections[filters.state] ?? {title: states[filters.state][0], states: [filters.state], none: 'No operation is in this state.'}];
  }
  if (filters.reason) {
    return Object.values(sections).filter(({states: [state]}) => state === stateOf(filters.reason));
  }
  return filters.state === 'any' ? [{title: 'Every state', states: [''], showsState: true, none: 'No operation matches.'}] : Object.values(sections);
}

export const link = ({provider, requestId, principal}) =>
  `#/operations/${encodeURIComponent(provider)}/${encodeURIComponent(requestId)}?principal=${encodeURIComponent(principal ?? '')}`;

export const reasonOf = ({reasonCode}) => reasons[reasonCode]?.[0];

function row(shown, section, operation) {
  const {provider, requestId, principal, state, reason, createTime} = operation;
  return shown.row(
    h('span', {}, h('a', {href: link(operation), class: 'id'}, requestId), section.showsState && h('span', {class: 'block'}, states[state]?.[0] ?? state)),
    provider,
    h('span', {}, reasonOf(operation) && h('strong', {class: 'block'}, reasonOf(operation)), reason || !reasonOf(operation) && '–'),
    age(createTime),
    principal || 'none',
  );
}

// part shows one section, and how to read it again.
function part(section, list) {
  const id = `section-${section.states[0] || 'any'}`;
  const count = badge('…', section.tone);
  const shown = table(section.title, ['Request', 'Provider', 'Reason', 'Age', 'Principal'], 'queue');
  const note = h('p', {class: 'quiet'});
  const more = h('button', {type: 'button', hidden: true}, 'Show more');
  let most = step;
  let counted = null;
  const read = async () => {
    const {items, more: hasMore} = await list(section, most);
    const kept = section.isOld ? items.filter(({updateTime}) => Date.parse(updateTime) < Date.now() - quietFor) : items;
    shown.node.hidden = kept.length === 0;
    const small = kept.map(({provider, requestId, principal, state, reason, reasonCode, createTime}) =>
      ({provider, requestId, principal, state, reason, reasonCode, createTime}));
    reconcile(shown.body, small, ({provider, requestId, principal}) => JSON.stringify([provider, requestId, principal]), (one) => row(shown, section, one));
    more.hidden = !hasMore;
    const text = `${kept.length}${hasMore ? '+' : ''}`;
    setText(count, text);
    count.className = `badge ${kept.length > 0 ? section.tone ?? '' : ''}`;
    setText(note, kept.length > 0 ? section.note ?? '' : section.none);
    const changed = counted !== null && counted !== text ? `${section.title}: ${text}` : '';
    counted = text;
    return changed;
  };
  more.addEventListener('click', async () => {
    most += step;
    say(await read() || 'No more operations');
  });
  return {node: h('section', {'aria-labelledby': id}, h('h2', {id}, section.title, ' ', count), note, shown.node, more), read};
}

const option = (value, text, selected) => h('option', {value, selected: value === selected}, text);

function filterForm(providers, apply) {
  const select = (name, label, options) => h('p', {}, h('label', {for: `filter-${name}`}, label),
    h('select', {id: `filter-${name}`, name}, options.map(([value, text]) => option(value, text, filters[name]))));
  const others = Object.entries(states).filter(([state]) => !Object.values(sections).some((section) => section.states[0] === state));
  const form = h('form', {'aria-label': 'Filters', class: 'filters', onsubmit: (event) => {
    event.preventDefault();
    Object.assign(filters, Object.fromEntries(new FormData(form)));
    if (filters.customer && !filters.state) {
      filters.state = 'any';
      form.elements.state.value = 'any';
    }
    apply();
  }},
  select('state', 'State', [['', 'the queue'], ...Object.entries(sections).map(([name, {title}]) => [name, title.toLowerCase()]),
    ['any', 'every state'], ...others.map(([state, [word]]) => [state, word.toLowerCase()])]),
  select('provider', 'Provider', [['', 'all'], ...providers.map((name) => [name, name])]),
  select('reason', 'Reason', [['', 'any'], ...Object.entries(reasons).map(([reason, [word]]) => [reason, word.toLowerCase()])]),
  select('age', 'Age', Object.entries(ages).map(([name, [text]]) => [name, text])),
  h('p', {}, h('label', {for: 'filter-customer'}, 'Customer id'),
    h('input', {id: 'filter-customer', name: 'customer', value: filters.customer, autocomplete: 'off', maxlength: 255})),
  h('p', {class: 'actions'}, h('button', {type: 'submit'}, 'Filter'), h('button', {type: 'button', onclick: () => {
    form.querySelectorAll('input, select').forEach((input) => { input.value = ''; });
    form.requestSubmit();
  }}, 'Clear')));
  return form;
}

// warnings say what the readiness of the server shows: a gap of the journal, or why it does not work.
function warnings({status, reason, gap}) {
  return [
    gap && ['The journal may have lost records', `of creations since ${clock(gap.since)}. Until ${clock(gap.closes)}, Enlist looks up each unknown request before it sends it. ` +
      'The log says why the gap opened. Remove nothing, and restart nothing.'],
    status !== 'SERVING' && ['The server is not ready.', reason ?? 'It is starting or stopping.'],
  ].filter(Boolean);
}

export function queueView(signal) {
  let principal = '*';
  const scope = h('p', {class: 'notice', hidden: true});
  const warned = h('div', {role: 'status'});
  const filtering = h('div');
  const lists = h('div');
  let parts = [];

  const list = async (section, most) => {
    const query = {state: section.states[0], reason_code: filters.reason, customer_id: filters.customer};
    for (const [name, before] of Object.entries(ages[filters.age][1])) {
      query[name] = ago(before);
    }
    if (section.isOld && !(query.end_time < ago(quietFor))) {
      query.end_time = ago(quietFor);
    }
    const read = () => all(operationsPath(filters.provider || '-'), 'operations', {query: {...query, ...principal && {principal}}, most, signal});
    try {
      return await read();
    } catch (error) {
      if (principal !== '*' || error.reason !== 'NOT_PERMITTED') {
        throw error;
      }
      principal = '';
      const own = await read();
      setText(scope, 'This key may see its own creations only. Sign in with the key of an operator to see those of all callers.');
      scope.hidden = false;
      return own;
    }
  };
  const arrange = () => {
    parts = chosen().map((section) => part(section, list));
    lists.replaceChildren(...parts.map(({node}) => node));
  };
  const readAll = async () => {
    const changed = [];
    for (const {read} of parts) {
      changed.push(await read());
    }
    return changed.filter(Boolean).join('. ');
  };
  arrange();
  return {
    node: h('div', {}, h('h1', {}, 'Queue'), warned, scope, filtering, lists),
    async refresh() {
      if (!filtering.firstChild) {
        filtering.append(filterForm(await providerNames(signal), async () => {
          arrange();
          try {
            await readAll();
            say(parts.map(({node}) => node.querySelector('h2').textContent).join('. '));
          } catch (error) {
            if (!(error instanceof Failure)) {
              throw error;
            }
            lists.replaceChildren(h('p', {role: 'alert', class: 'problem'}, error.message));
          }
        }));
      }
      const changed = await readAll();
      if (changed) {
        say(changed);
      }
      const seen = await call('GET', 'readyz', {signal}).then(warnings, (error) => {
        if (!(error instanceof Failure)) {
          throw error;
        }
        return [['/readyz cannot be read,', 'so this page cannot show whether the journal has a gap.']];
      });
      reconcile(warned, seen, ([title]) => title, ([title, text]) => h('p', {class: 'notice bad'}, h('strong', {}, title), ' ', text));
    },
  };
}
