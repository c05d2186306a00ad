// The page, as the tests see it.
import {test as base, expect} from '@playwright/test';
import axe from 'axe-core';

const keyed = process.env.ENLIST_WITH_KEYS;
const prefixed = process.env.ENLIST_BEHIND_PREFIX;
const creation = '/docs/#tag/CustomerService/CreateCustomer';

// test has a page that may send requests to its own server alone. It may complain of nothing but refused requests to that.
const test = base.extend({
  page: async ({page}, use) => {
    const complaints = [];
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      const refused = message.location().url.includes('/v1/') && message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !refused) {
        complaints.push(message.text());
      }
    });
    await page.addInitScript(() => {
      globalThis.violations = [];
      document.addEventListener('securitypolicyviolation', ({effectiveDirective, blockedURI}) => {
        globalThis.violations.push(`${effectiveDirective} ${blockedURI}`);
      });
    });
    await use(page);
    expect(complaints).toEqual([]);
    expect(await page.evaluate(() => globalThis.violations)).toEqual([]);
    expect(asked.filter((url) => !url.startsWith('data:') && new URL(url).origin !== new URL(page.url()).origin)).toEqual([]);
  },
});

// section is the part of the page about an operation.
const section = (page, rpc) => page.locator(`section[id$="/${rpc}"]`);

// field is a field of an operation's request or response, the first of that name.
const field = (page, rpc, name) => section(page, rpc).locator('li').filter({
  has: page.locator('> .property-heading .property-name').getByText(name, {exact: true}),
}).first();

// client is the dialog in which a request is filled in and sent.
const client = (page) => page.getByRole('dialog', {name: 'API Client'});

const testButton = (page) => section(page, 'CreateCustomer').getByRole('button', {name: 'Test Request'});
const sendButton = (page) => client(page).getByRole('button', {name: /^Send post request/});
const body = (page) => client(page).getByRole('textbox', {name: 'Request body'});
const row = (page, name) => client(page).getByRole('textbox', {name: `${name} Value`});
const token = (page) => client(page).getByRole('textbox', {name: 'Bearer Token'});

// opened opens the reference and, in it, the client for a creation.
async function opened(page, before = '') {
  await page.goto(before + creation);
  await testButton(page).click();
  await expect(sendButton(page)).toBeVisible();
}

const customer = (id, countryCode = 'FR') => JSON.stringify({customer: {id, name: {familyName: 'Smith'}, billingAddress: {countryCode}}});

// fill replaces the text of an editor.
async function fill(page, editor, text) {
  await editor.focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(text);
}

// send fills in the creation and sends it.
async function send(page, text) {
  await fill(page, row(page, 'provider'), 'opencell');
  await fill(page, body(page), text);
  await sendButton(page).click();
}

// response is what the server said, on the page.
const response = (page) => client(page).getByRole('region', {name: 'Response', exact: true});

// barriers are what keeps people out of that part of the page, as far as axe can tell.
async function barriers(page, part) {
  await page.evaluate(axe.source);
  const {violations} = await page.evaluate((selector) => globalThis.axe.run(selector), part);
  return violations.flatMap(({id, impact, nodes}) => nodes.map((node) => `${impact} ${id}: ${node.target} ${node.html}`));
}

export {test, expect, keyed, prefixed, creation, section, field, client, testButton, sendButton, body, row, token, opened, customer, fill, send, response, barriers};
