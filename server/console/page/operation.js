// One operation: why it waits, what to do, what happened, and the decision.
import {call, operationPath} from './api.js';
import {candidatesPart} from './candidates.js';
import {decidePart} from './decide.js';
import {age, badge, copyButton, h, lasting, moment, reconcile, say} from './dom.js';
import {decisions, kinds, reasons, stages, states} from './words.js';

const needsPerson = 'OPERATION_STATE_NEEDS_PERSON';

const tones = {
  OPERATION_STATE_NEEDS_PERSON: 'warn', OPERATION_STATE_UNKNOWN: 'warn', OPERATION_STATE_FAILED: 'bad', OPERATION_STATE_SUCCEEDED: 'good',
};

// why shows the reason, and what to do next.
function why({state, reason, reasonCode, error}) {
  const [word, step] = states[state] ?? [state, ''];
  const [short, ownStep] = reasons[reasonCode] ?? [];
  return h('div', {class: `why ${tones[state] ?? ''}`},
    h('p', {}, badge(word, tones[state]), short && ' ', short && h('strong', {}, short)),
    (reason || error?.message) && h('p', {class: 'sentence'}, reason || error.message),
    h('p', {}, h('strong', {}, 'Next: '), ownStep ?? step));
}

function facts(operation) {
  const {provider, requestId, principal, customerId, createTime, updateTime, nextCheckTime, payloadExpireTime, expireTime, response, erasure} = operation;
  const id = h('code', {class: 'id'}, requestId);
  const rows = [
    ['Provider', provider], ['Request', h('span', {}, id, ' ', copyButton('Copy', id))], ['Principal', principal || 'none'],
    ['Customer id', customerId || 'not known'], ['Outcome', response?.outcome?.replace('OUTCOME_', '').toLowerCase().replaceAll('_', ' ')],
    ['Accepted', createTime && moment(createTime)], ['Last change', updateTime && moment(updateTime)],
    ['Next check', nextCheckTime && moment(nextCheckTime)], [Date.parse(payloadExpireTime) > Date.now() ? 'Exchanges kept until' : 'Exchanges deleted', payloadExpireTime && moment(payloadExpireTime)],
    ['Record kept until', expireTime && moment(expireTime)], ['Erased by', erasure?.decidedBy], ['Reason of the erasure', erasure?.reason],
  ];
  return h('dl', {}, rows.filter(([, value]) => value).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}

// pretty indents JSON, and leaves other text as it is.
function pretty(text) {
  try {
    return /^\s*[[{]/.test(text) && !/[0-9]{16}/.test(text) ? JSON.stringify(JSON.parse(text), null, 2) : text; // JavaScript would round long numbers
  } catch {
    return text;
  }
}

const block = (title, text) => text && h('div', {}, h('h4', {}, title), h('pre', {tabindex: 0, 'aria-label': title}, text));

function exchange({request, responseBody, curl}) {
  if (!request && !responseBody && !curl) {
    return null;
  }
  const line = h('pre', {tabindex: 0, 'aria-label': 'Curl command'}, curl ?? '');
  const headers = (request?.headers ?? []).map(({name, value}) => `${name}: ${value}`).join('\n');
  return h('details', {}, h('summary', {}, 'Request and response, without secrets'),
    request && block('Request', `${request.method ?? ''} ${request.url ?? ''}\n${headers}\n\n${pretty(request.body ?? '')}`.trim()),
    block('Response', pretty(responseBody ?? '')),
    curl && h('div', {}, h('h4', {}, 'Curl ', copyButton('Copy the curl command', line)), line));
}

function attempt(one) {
  const {number, kind, startTime, endTime, stage, httpStatus, error, errorReason} = one;
  return h('li', {class: error ? 'failed' : ''},
    h('h3', {}, `${number ?? ''}. ${kinds[kind] ?? 'Request'}: ${stages[stage] ?? 'in progress'}`),
    h('p', {class: 'quiet'}, [
      httpStatus ? `HTTP ${httpStatus}` : 'no HTTP status', startTime && endTime ? `took ${lasting(Date.parse(endTime) - Date.parse(startTime))}` : 'not ended',
    ].join(' · '), ' · ', startTime && moment(startTime)),
    error && h('p', {class: 'error'}, errorReason && h('code', {}, errorReason), ' ', error),
    exchange(one));
}

const decided = ({decision, decidedBy, principal, reason, decideTime, unverified}, i) => h('li', {},
  h('h3', {}, decisions[decision] ?? decision, i === 0 ? '' : ' (corrected)', ' ', unverified && badge('unverified', 'warn')),
  h('p', {}, reason),
  h('p', {class: 'quiet'}, `by ${decidedBy}${principal ? `, recorded with ${principal}` : ''} · `, decideTime && moment(decideTime)));

export function operationView(provider, id, principal, signal) {
  const top = h('div');
  const timeline = h('ol', {class: 'timeline'});
  const noTries = h('p', {class: 'quiet'}, 'Nothing was sent to the vendor, or the exchanges are no longer kept.');
  const attempts = h('section', {'aria-labelledby': 'timeline', hidden: true}, h('h2', {id: 'timeline'}, 'Timeline'), noTries, timeline);
  const history = h('ol', {class: 'timeline'});
  const historyPart = h('section', {'aria-labelledby': 'decisions', hidden: true}, h('h2', {id: 'decisions'}, 'Decisions'), history);
  const deciding = h('div');
  const settled = h('p', {class: 'notice good', tabindex: -1, hidden: true});
  let state = null;
  let candidates = null;
  let form = null;

  // offer shows candidates and the form where the state allows a decision. It keeps the form that somebody fills in.
  const offer = (operation) => {
    const {decision, customerId} = operation;
    const mode = operation.state === needsPerson ? 'decide' : decision ? 'correct' : '';
    if (deciding.dataset.mode === mode) {
      return;
    }
    if (form?.isTouched()) {
      form.meets(operation);
      return;
    }
    deciding.dataset.mode = mode;
    form = null;
    if (!mode) {
      deciding.replaceChildren();
      return;
    }
    form = decidePart({
      provider, requestId: id, principal, customerId, isCorrection: mode === 'correct', signal, showCandidates: () => candidates.show(),
      recorded: ({operation: changed, differences = []}) => {
        settled.replaceChildren(
          `Recorded: ${decisions[changed.decision?.decision] ?? 'the decision'}${changed.customerId ? `, with id ${changed.customerId}` : ''}, by ${changed.decision?.decidedBy ?? ''}.`,
          ...differences.map(({path, requested, found}) => h('span', {class: 'block'}, h('strong', {}, 'It differs from the request: '), h('code', {}, path),
            ` is ${found || 'empty'} at the vendor, and ${requested || 'empty'} in the request. If that is wrong, correct the decision.`)));
        settled.hidden = false;
        form = null;
        deciding.dataset.mode = 'recorded';
        show(changed);
        settled.focus();
      },
    });
    candidates = candidatesPart(provider, id, principal, signal, form.choose);
    const parts = [candidates.node, form.node];
    deciding.replaceChildren(...mode === 'decide' ? parts : [h('details', {}, h('summary', {}, 'Correct this decision'), parts)]);
  };

  const show = (operation) => {
    const {tries = [], decision, earlierDecisions = []} = operation;
    if (state && state !== operation.state) {
      say(`The state is now: ${states[operation.state]?.[0] ?? operation.state}`);
    }
    state = operation.state;
    const {tries: _, earlierDecisions: __, ...summary} = operation;
    reconcile(top, [summary], () => 'top', () => h('div', {}, why(operation), facts(operation)));
    reconcile(timeline, tries, ({number}) => String(number), attempt);
    attempts.hidden = false;
    noTries.hidden = tries.length > 0;
    const made = [decision, ...earlierDecisions.toReversed()].filter(Boolean);
    historyPart.hidden = made.length === 0;
    reconcile(history, made, ({decideTime}) => decideTime, (one) => decided(one, made.indexOf(one)));
    offer(operation);
  };

  return {
    node: h('div', {}, h('p', {class: 'back'}, h('a', {href: '#/'}, '← Queue')), h('h1', {}, 'Operation at ', provider), settled, top, deciding, historyPart,
      attempts),
    async refresh() {
      const {operation} = await call('GET', operationPath(provider, id), {query: {principal}, signal});
      show(operation);
    },
  };
}
