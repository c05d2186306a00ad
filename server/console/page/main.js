// The frame of the page: sign in, navigation, and the refresh.
import {call, Failure, signedIn, signIn, signOut} from './api.js';
import {element, h, say, submits, tickAges} from './dom.js';
import {dataView} from './data.js';
import {operationView} from './operation.js';
import {providersView} from './providers.js';
import {queueView} from './queue.js';

const refreshEvery = 10_000;

let view = null; // {refresh} of what is shown
let leave = new AbortController(); // ends the requests of the view
let isAsking = false; // for a key
let isPaused = false;
let isRefreshing = false;

// viewOf finds the view of an address. #/operations/{provider}/{request_id}?principal=… is one operation.
function viewOf(hash) {
  const [path, query] = hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  if (parts[0] === 'providers') {
    return {name: 'providers', make: providersView};
  }
  if (parts[0] === 'data') {
    return {name: 'data', make: dataView};
  }
  if (parts[0] === 'operations' && parts.length === 3) {
    const principal = new URLSearchParams(query).get('principal');
    return {name: 'operation', make: (signal) => operationView(parts[1], parts[2], principal, signal)};
  }
  return {name: 'queue', make: queueView};
}

// trouble shows what went wrong with the whole page. The same trouble is shown, and heard, once.
function trouble(text) {
  const shown = element('trouble');
  if (shown.textContent !== text) {
    shown.textContent = text;
  }
}

function enter(heading) {
  document.title = `${heading.textContent} – Enlist console`;
  heading.tabIndex = -1;
  heading.focus({preventScroll: true});
  scrollTo(0, 0);
}

function open() {
  leave.abort();
  leave = new AbortController();
  isRefreshing = false;
  isAsking = false;
  const {name, make} = viewOf(location.hash);
  for (const link of document.querySelectorAll('nav a')) {
    if (link.dataset.view === name) {
      link.setAttribute('aria-current', 'page');
    } else {
      link.removeAttribute('aria-current');
    }
  }
  trouble('');
  view = make(leave.signal);
  present();
}

function present() {
  isAsking = false;
  element('main').replaceChildren(view.node);
  element('pause').hidden = false;
  element('sign-out').hidden = !signedIn();
  enter(view.node.querySelector('h1'));
  refresh();
}

async function refresh() {
  if (isAsking || isRefreshing) {
    return;
  }
  isRefreshing = true;
  const {signal} = leave;
  try {
    await view.refresh();
    trouble('');
    element('updated').textContent = `Updated ${new Date().toLocaleTimeString()}`;
  } catch (error) {
    if (signal.aborted) {
      return;
    }
    if (error.status === 401) {
      askForKey(error);
      return;
    }
    if (!(error instanceof Failure)) {
      throw error;
    }
    trouble(error.message);
  } finally {
    if (!signal.aborted) {
      isRefreshing = false;
    }
  }
}

// askForKey shows the form to sign in. The key is in memory only, so a reload leads here, too. A view whose key was refused stays, with what
// somebody has typed in it.
function askForKey(refused) {
  signOut();
  isAsking = true;
  element('pause').hidden = true;
  element('sign-out').hidden = true;
  element('updated').textContent = '';
  trouble('');
  const problem = h('p', {id: 'key-problem', role: 'alert', class: 'problem'}, refused.reason === 'CREDENTIALS_MISSING' ? '' : refused.message);
  const key = h('input', {
    id: 'key', type: 'password', required: true, autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'key-note key-problem',
  });
  const enterWith = async () => {
    problem.textContent = '';
    const given = key.value.trim();
    if (!/^[\x21-\x7e]+$/.test(given)) {
      problem.textContent = 'The key or token must be printable ASCII without blanks. Paste it again, without “Bearer”.';
      key.focus();
      return;
    }
    signIn(given);
    try {
      await call('GET', 'v1/providers', {query: {page_size: 1}});
    } catch (error) {
      if (error.status !== 403) { // a key without this one permission may have others
        signOut();
        problem.textContent = error.message;
        key.focus();
        return;
      }
    }
    key.value = '';
    say('Signed in');
    if (view) {
      present();
    } else {
      open();
    }
  };
  const button = h('button', {type: 'submit', class: 'primary'}, 'Sign in');
  const form = h('form', {class: 'panel narrow'}, h('h1', {}, 'Sign in'),
  h('p', {id: 'key-note'}, 'Use an API key or a bearer token of an operator. It stays in this page’s memory: a reload forgets it.'),
  problem,
  h('label', {for: 'key'}, 'API key or token'), key,
  h('p', {class: 'actions'}, button));
  submits(form, button, 'Signing in…', enterWith);
  element('main').replaceChildren(form);
  enter(form.querySelector('h1'));
  key.focus();
}

element('pause').addEventListener('click', ({currentTarget}) => {
  isPaused = !isPaused;
  currentTarget.setAttribute('aria-pressed', isPaused);
  say(isPaused ? 'Refresh paused' : 'Refresh resumed');
  if (!isPaused) {
    refresh();
  }
});
element('sign-out').addEventListener('click', () => location.reload()); // it forgets the key, and what the person typed
addEventListener('hashchange', () => {
  if (isAsking) {
    view = null; // it was of another address
  } else {
    open();
  }
});
document.addEventListener('visibilitychange', () => !document.hidden && !isPaused && refresh());
setInterval(() => !document.hidden && !isPaused && refresh(), refreshEvery);
setInterval(tickAges, 1000);
open();
