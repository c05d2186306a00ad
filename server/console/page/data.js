// What Enlist holds of one customer: to show, to download, and to erase.
import {call, providerNames} from './api.js';
import {clock, h, submits, table} from './dom.js';
import {link} from './queue.js';
import {states} from './words.js';

const path = (provider, verb) => `v1/providers/${encodeURIComponent(provider)}/customerData:${verb}`;

// held reads all pages of an export. The vendor's own export comes with the first.
async function held(provider, subject, signal) {
  let token = '';
  let whole = null;
  do {
    const page = await call('POST', path(provider, 'export'), {body: {...subject, ...token && {pageToken: token}}, signal});
    token = page.nextPageToken ?? '';
    delete page.nextPageToken;
    whole = whole ? {...whole, operations: [...whole.operations ?? [], ...page.operations ?? []]} : page;
  } while (token);
  return whole;
}

// download saves a text or bytes as a file of the reader's machine.
function download(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], {type}));
  h('a', {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const field = (id, label, input, note) => h('p', {}, h('label', {for: id}, label), input, note && h('span', {id: `${id}-note`, class: 'quiet'}, note));

// erasePart is the form that erases. The reader types the id again, since there is no way back.
function erasePart(provider, subject, key, signal, erased) {
  const problem = h('p', {class: 'problem', role: 'alert', tabindex: -1});
  const again = h('input', {id: 'again', required: true, autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'again-note'});
  const by = h('input', {id: 'erased-by', required: true, maxlength: 255, autocomplete: 'off'});
  const why = h('input', {id: 'erase-reason', required: true, maxlength: 2000, autocomplete: 'off', 'aria-describedby': 'erase-reason-note'});
  const vendor = h('input', {type: 'checkbox', id: 'at-vendor'});
  const button = h('button', {type: 'submit', class: 'danger'}, 'Erase for good');
  const form = h('form', {class: 'panel', 'aria-labelledby': 'erase'}, h('h2', {id: 'erase'}, 'Erase'),
    h('p', {}, 'Enlist erases the requests, the exchanges and the outcomes of these operations. There is no way back. The request_ids stay taken.'),
    h('div', {class: 'pair'}, field('erased-by', 'Your name', by), field('erase-reason', 'Reason', why, 'It is kept: name a case, not the customer.')),
    h('label', {class: 'choice'}, vendor, 'The vendor must erase the customer, too'),
    field('again', 'To confirm, type the id again', again, `the id that you searched for, at ${provider}`),
    problem, h('p', {class: 'actions'}, button));
  submits(form, button, 'Erasing…', async () => {
    problem.textContent = '';
    if (again.value.trim() !== key) {
      problem.textContent = 'This is another id, so nothing was erased. Type the id of this customer.';
      again.focus();
      return;
    }
    try {
      erased(await call('POST', path(provider, 'erase'), {signal, body: {
        ...subject, decidedBy: by.value.trim(), reason: why.value.trim(), ...vendor.checked && {eraseAtVendor: true},
      }}));
    } catch (failure) {
      if (!signal.aborted) {
        problem.textContent = failure.status === 0 ? 'No response arrived. Erase again: Enlist continues where it stopped.' : failure.message;
        problem.focus();
      }
    }
  });
  return form;
}

export function dataView(signal) {
  let provider = h('select', {id: 'data-provider', required: true});
  let isFilled = false;
  const customer = h('input', {id: 'data-customer', maxlength: 255, autocomplete: 'off', spellcheck: 'false'});
  const request = h('input', {id: 'data-request', maxlength: 36, autocomplete: 'off', spellcheck: 'false', 'aria-describedby': 'data-request-note'});
  const principal = h('input', {id: 'data-principal', maxlength: 260, autocomplete: 'off', 'aria-describedby': 'data-principal-note'});
  const vendor = h('input', {type: 'checkbox', id: 'data-vendor'});
  const problem = h('p', {class: 'problem', role: 'alert'});
  const shown = h('section', {'aria-label': 'What Enlist holds'});
  const button = h('button', {type: 'submit', class: 'primary'}, 'Show what Enlist holds');
  const form = h('form', {class: 'panel', 'aria-label': 'Customer'},
    h('div', {class: 'fields'}, field('data-provider', 'Provider', provider), field('data-customer', 'Customer id', customer),
      field('data-request', 'or request_id', request, 'of a creation that has no customer id'),
      field('data-principal', 'Principal', principal, 'of that creation, if it is another')),
    h('label', {class: 'choice'}, vendor, 'Read the vendor’s own export, too'), problem, h('p', {class: 'actions'}, button));

  const show = (at, subject, key, found) => {
    const list = table('Operations', ['Request', 'State', 'Accepted', 'Principal', 'Request held']);
    const operations = found.operations ?? [];
    list.body.append(...operations.map(({operation, request: kept}) => list.row(h('a', {href: link(operation), class: 'id'}, operation.requestId),
      states[operation.state]?.[0] ?? operation.state, clock(operation.createTime), operation.principal || 'none', kept ? 'yes' : 'no')));
    const heading = h('h2', {tabindex: -1}, operations.length === 1 ? '1 operation' : `${operations.length} operations`);
    const save = h('button', {type: 'button', onclick: () => download('customer-data.json', 'application/json', JSON.stringify(found, null, 2))},
      'Download as JSON');
    const saveVendors = found.vendorExport && h('button', {type: 'button', onclick: () =>
      download('vendor-export.zip', 'application/zip', Uint8Array.from(atob(found.vendorExport), (byte) => byte.charCodeAt(0)))}, 'Download the vendor’s export');
    shown.replaceChildren(heading, found.vendorNote ? h('p', {}, found.vendorNote) : '', list.node, h('p', {class: 'actions'}, save, saveVendors || ''),
      erasePart(at, subject, key, signal, ({erasedCount, vendorNote, left = []}) => {
        const done = h('div', {class: 'notice good', tabindex: -1}, h('p', {}, h('strong', {}, `Erased operations: ${erasedCount ?? 0}.`), ' ', vendorNote ?? ''),
          left.length > 0 && h('p', {}, 'Copies are left:'), left.length > 0 && h('ul', {}, left.map((place) => h('li', {}, place))));
        shown.replaceChildren(done);
        customer.value = '';
        request.value = '';
        done.focus();
      }));
    heading.focus();
  };

  submits(form, button, 'Reading…', async () => {
    problem.textContent = '';
    shown.replaceChildren();
    const id = customer.value.trim();
    const key = id || request.value.trim();
    if (!key || id && request.value.trim()) {
      problem.textContent = 'Give a customer id or a request_id, and not both.';
      customer.focus();
      return;
    }
    const subject = id ? {customerId: id} : {requestId: key, ...principal.value.trim() && {principal: principal.value.trim()}};
    try {
      const found = await held(provider.value.trim(), {...subject, ...vendor.checked && {includeVendorExport: true}}, signal);
      show(provider.value.trim(), subject, key, found);
    } catch (failure) {
      if (!signal.aborted) {
        problem.textContent = failure.message;
      }
    }
  });
  return {
    node: h('div', {}, h('h1', {}, 'Customer data'),
      h('p', {class: 'quiet'}, 'What Enlist holds of one customer, of all callers. It needs the permission privacy. docs/privacy.md says what is erased.'), form, shown),
    async refresh() {
      if (isFilled) {
        return;
      }
      const names = await providerNames(signal);
      isFilled = true;
      if (names.length > 0) {
        provider.append(...names.map((name) => h('option', {value: name}, name)));
        return;
      }
      const typed = h('input', {id: 'data-provider', required: true, maxlength: 63, autocomplete: 'off', spellcheck: 'false'});
      provider.replaceWith(typed);
      provider = typed;
    },
  };
}
