// Elements, times and the parts of a page that several views use. Text becomes a text node, never markup.

// h makes an element. An attribute that begins with "on" is a listener; null and false leave one out.
export function h(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute.startsWith('on')) {
      made.addEventListener(attribute.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(attribute, value === true ? '' : value);
    }
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const element = (id) => document.getElementById(id);

export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

// say tells those who hear the page what others see.
export function say(text) {
  element('said').textContent = '';
  setTimeout(() => { element('said').textContent = text; }, 50);
}

// lasting writes a duration in its two largest units.
export function lasting(milliseconds) {
  if (milliseconds < 1000) {
    return `${Math.max(0, Math.round(milliseconds))} ms`;
  }
  if (milliseconds < 10_000) {
    return `${(milliseconds / 1000).toFixed(1)} s`;
  }
  const units = [['d', 86_400], ['h', 3600], ['min', 60], ['s', 1]];
  let seconds = Math.round(milliseconds / 1000);
  const parts = [];
  for (const [unit, size] of units) {
    if (seconds >= size && parts.length < 2) {
      parts.push(`${Math.floor(seconds / size)} ${unit}`);
      seconds %= size;
    } else if (parts.length > 0) {
      break;
    }
  }
  return parts.join(' ');
}

const between = (time, ago) => {
  const passed = Date.now() - Date.parse(time);
  return Math.abs(passed) < 1000 ? 'now' : passed < 0 ? `in ${lasting(-passed)}` : lasting(passed) + ago;
};

export const clock = (time) => new Date(time).toLocaleString(undefined, {dateStyle: 'medium', timeStyle: 'medium'});

// age shows how long ago a time is, or how far ahead, with a word after the past. tickAges keeps it true.
export const age = (time, ago = '') => h('time', {datetime: time, title: clock(time), 'data-age': ago}, between(time, ago));

export const moment = (time) => h('span', {}, clock(time), ' ', h('span', {class: 'quiet'}, '(', age(time, ' ago'), ')'));

export function tickAges() {
  for (const shown of document.querySelectorAll('time[data-age]')) {
    setText(shown, between(shown.dateTime, shown.dataset.age));
  }
}

export const badge = (text, tone = '') => h('span', {class: `badge ${tone}`}, text);

// copyButton copies a text. Without access to the clipboard it selects what source shows.
export function copyButton(label, source) {
  const button = h('button', {type: 'button', class: 'small', onclick: async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      say('Copied');
      button.textContent = 'Copied';
    } catch { // the page came neither over TLS nor from this machine
      getSelection().selectAllChildren(source);
      say('Selected. Press Ctrl+C to copy.');
      button.textContent = 'Selected: press Ctrl+C';
    }
    setTimeout(() => { button.textContent = label; }, 3000);
  }}, label);
  return button;
}

// submits lets a form act once for each submit, however often its button is pressed. It returns whether the form is acting.
export function submits(form, button, working, act) {
  let isBusy = false;
  let label = '';
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy) {
      return;
    }
    const settle = (busy) => {
      isBusy = busy;
      button.setAttribute('aria-disabled', busy);
      if (busy) {
        label = button.textContent;
      }
      if (busy || button.textContent === working) { // act may have given it another text
        button.textContent = busy ? working : label;
      }
      form.querySelectorAll('input, select, textarea').forEach((input) => { input.inert = busy; });
    };
    settle(true);
    try {
      await act();
    } finally {
      settle(false);
    }
  });
  return () => isBusy;
}

// table makes a table whose rows a phone shows as blocks. Roles keep it a table for those who hear it.
export function table(label, columns, kind = null) {
  const body = h('tbody', {role: 'rowgroup'});
  return {
    body,
    node: h('table', {role: 'table', 'aria-label': label, class: kind},
      h('thead', {role: 'rowgroup'}, h('tr', {role: 'row'}, columns.map((column) => h('th', {role: 'columnheader', scope: 'col'}, column)))), body),
    row: (...cells) => h('tr', {role: 'row'}, cells.map((cell, i) => i === 0 ?
      h('th', {role: 'rowheader', scope: 'row', 'data-label': columns[i]}, cell) : h('td', {role: 'cell', 'data-label': columns[i]}, cell))),
  };
}

// reconcile makes the children of a node those of the items. It keeps a child whose item has not changed, what is unfolded, and the focus.
export function reconcile(parent, items, keyOf, make) {
  const had = document.activeElement;
  const before = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const children = items.map((item) => {
    const key = keyOf(item);
    const signature = JSON.stringify(item);
    const old = before.get(key);
    if (old?.signature === signature) {
      return old;
    }
    const made = make(item);
    made.dataset.key = key;
    made.signature = signature;
    if (old) {
      const unfolded = [...old.querySelectorAll('details')].map((details) => details.open);
      made.querySelectorAll('details').forEach((details, i) => { details.open = unfolded[i] ?? details.open; });
      made.refocus = old.contains(had) ? [...old.querySelectorAll('a, button, summary')].indexOf(had) : -1;
    }
    return made;
  });
  if (children.length === parent.children.length && children.every((child, i) => child === parent.children[i])) {
    return;
  }
  parent.replaceChildren(...children);
  const again = children.find((child) => child.refocus >= 0);
  if (again) {
    again.querySelectorAll('a, button, summary')[again.refocus]?.focus({preventScroll: true});
    again.refocus = -1;
  } else if (had !== document.activeElement && parent.contains(had)) {
    had.focus({preventScroll: true});
  }
}
