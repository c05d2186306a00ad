// The API reference, as the tests see it.
import {expect} from '../harness.js';

const creation = '/docs/#tag/CustomerService/CreateCustomer';

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

export {creation, section, field, client, testButton, sendButton, body, row, token, opened, customer, fill, send, response};
