'use strict';

// Zod, which is part of Scalar, would try whether it may compile code. The policy of this page forbids that.
globalThis.__zod_globalConfig = {jitless: true};

// Where this server is, also behind a path prefix: /docs/ is beside /openapi.json and /v1/.
const root = new URL('..', location.href).href.replace(/\/$/, '');

const element = (id) => document.getElementById(id);

// say tells those who hear the page what others see.
function say(text) {
  element('said').textContent = text;
}

// newRequestID makes a UUID. Browsers have crypto.randomUUID only where the page came over TLS or from this machine.
function newRequestID() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = bytes[6] & 0x0f | 0x40;
  bytes[8] = bytes[8] & 0x3f | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

// adapt makes the document one of this server: with its address, and with a request_id for the next creation, in the header alone.
function adapt(openapi) {
  openapi.servers = [{url: root, description: 'This server.'}];
  openapi.components.parameters.IdempotencyKey.example = newRequestID();
  for (const operation of Object.values(openapi.paths).flatMap((path) => Object.values(path))) {
    for (const sample of operation['x-codeSamples']) {
      sample.source = sample.source.replaceAll('http://localhost:8080', root);
    }
    for (const example of Object.values(operation.requestBody?.content['application/json'].examples ?? {})) {
      delete example.value.requestId;
    }
  }
  return openapi;
}

// send sends a request without the Authorization header that Scalar makes of an empty key.
function send(resource, options) {
  const request = new Request(resource, options);
  if (request.headers.get('Authorization')?.trim() === 'Bearer') {
    request.headers.delete('Authorization');
  }
  return fetch(request);
}

async function show() {
  const response = await fetch('../openapi.json');
  Scalar.createApiReference('#reference', {
    content: adapt(await response.json()),
    withDefaultFonts: false,
    telemetry: false,
    persistAuth: false,
    agent: {disabled: true},
    mcp: {disabled: true},
    hideClientButton: true,
    showDeveloperTools: 'never',
    documentDownloadType: 'none',
    hiddenClients: true,
    modelsSectionLabel: 'Schemas',
    orderSchemaPropertiesBy: 'preserve',
    expandAllSchemaProperties: false,
    defaultOpenAllTags: true,
    authentication: {preferredSecurityScheme: 'bearer'},
    generateTagSlug: ({name}) => name,
    generateOperationSlug: ({operationId}) => operationId,
    customFetch: send,
    onResponseReceived: ({response}) => say(`The server responded with status ${response.status}.`),
  });
}

let forget = 0;
element('new').addEventListener('click', async () => {
  const id = newRequestID();
  const shown = element('request-id');
  shown.value = id;
  clearTimeout(forget);
  try {
    await navigator.clipboard.writeText(id);
    shown.value = `${id} (copied)`;
    forget = setTimeout(() => { shown.value = ''; }, 10_000);
  } catch { // the page came neither over TLS nor from this machine: the id stays, to be copied by hand
  }
});

// offerRequestID puts a button beside the Idempotency-Key of a request that is about to be sent.
function offerRequestID(row) {
  const [key, value] = row.querySelectorAll('[contenteditable]');
  if (!value || row.querySelector('.new-request-id')) {
    return;
  }
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'new-request-id';
  button.textContent = 'New';
  button.setAttribute('aria-label', 'New request_id');
  button.addEventListener('click', () => {
    value.focus();
    getSelection().selectAllChildren(value);
    document.execCommand('insertText', false, newRequestID()); // as if typed, which Scalar notices
    button.focus();
  });
  key.closest('td').append(button);
}

// What Scalar does not tell those who hear the page, or tells wrongly. null removes an attribute.
const attributes = [
  ['[role=dialog] > section[aria-label^=Notifications]', () => ({'aria-label': 'Notifications of the client'})],
  ['[role=dialog] button[role=none]', () => ({role: null})],
  ['.code-input-lite__editor', (editor) => ({
    role: 'textbox', 'aria-label': `${editor.closest('tr')?.id || 'another'} ${editor.dataset.placeholder}`.trim(),
  })],
  ['.cm-content[contenteditable=true]', () => ({'aria-label': 'Request body'})],
  ['.cm-content[contenteditable=false]', () => ({'aria-label': 'Response body', 'aria-readonly': 'true'})],
  ['.cm-scroller', () => ({tabindex: '0'})],
  ['.markdown pre code', () => ({tabindex: '0'})],
  ['[aria-controls]', (control) => document.getElementById(control.getAttribute('aria-controls')) ? {} : {'aria-controls': null}],
];

// What Scalar shows folded, and a reader wants to see at once: the guides, and the fields of a customer. Each is unfolded once.
const folded = [
  'aside [data-sidebar-id$="/description/introduction"] > div > button[aria-expanded=false]',
  'li:has(> div [id$=".body.customer"]) [data-schema-toggle][aria-expanded=false]',
].join();
const unfolded = new WeakSet();

function improve() {
  for (const [selector, missing] of attributes) {
    for (const found of document.querySelectorAll(selector)) {
      for (const [name, value] of Object.entries(missing(found))) {
        if (value === null) {
          found.removeAttribute(name);
        } else if (found.getAttribute(name) !== value) {
          found.setAttribute(name, value);
        }
      }
    }
  }
  for (const button of document.querySelectorAll(folded)) {
    if (!unfolded.has(button)) {
      unfolded.add(button);
      button.click();
    }
  }
  for (const row of document.querySelectorAll('[role=dialog] tr[id="Idempotency-Key"]')) {
    offerRequestID(row);
  }
  const isOpen = document.querySelector('.scalar-client--open') !== null;
  for (const behind of document.querySelectorAll('#top, #reference main:not([role=dialog] *), #reference aside:not([role=dialog] *)')) {
    behind.inert = isOpen;
  }
}

let isDue = false;
new MutationObserver(() => {
  if (!isDue) {
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      improve();
    });
  }
}).observe(document.body, {childList: true, subtree: true, attributeFilter: ['class', 'style', 'role']});
addEventListener('DOMContentLoaded', () => show().catch((error) => {
  element('reference').textContent = `The OpenAPI document cannot be shown: ${error.message}. Reload the page.`;
  throw error;
}));
