// The console, as the tests see it, and the operations that they make.
import {expect} from '../harness.js';

// A service is an Enlist with the sandbox behind it. The key is a caller's.
const open = {url: process.env.ENLIST, sandbox: process.env.SANDBOX};
const guarded = {url: process.env.ENLIST_WITH_KEYS, sandbox: process.env.SANDBOX_WITH_KEYS, key: 'other-key', operator: 'operator-key', privacy: 'privacy-alone-key'};

const json = async (response) => {
  expect(response.ok(), await response.text()).toBe(true);
  return response.json();
};

const withKey = ({key}) => key ? {Authorization: `Bearer ${key}`} : {};

const read = async (request, service, requestId) =>
  (await json(await request.get(`${service.url}/v1/providers/avvio/operations/${requestId}`, {headers: withKey(service)}))).operation;

// account creates an account directly at the vendor, as somebody else would. It returns its id.
async function account(request, {sandbox}, {email, givenName, familyName, city}) {
  const {accountID} = await json(await request.post(`${sandbox}/api/ws_api`, {data: {
    operation: 'createAccount', userAuth: {username: 'demo-avvio-user', password: 'demo-avvio-password'}, siteID: 1853,
    accountInformation: {nameFirst: givenName, nameLast: familyName, password: 'secret', email, addressTown: city, addressCountry: 'FR'},
  }}));
  return String(accountID);
}

const create = (request, service, requestId, {email, givenName, familyName, city = 'Nice'}) => request.post(`${service.url}/v1/providers/avvio/customers`, {
  headers: {...withKey(service), 'Idempotency-Key': requestId},
  data: {customer: {name: {givenName, familyName}, email, billingAddress: {city, countryCode: 'FR'}}, avvio: {password: 'a-secret-value'}},
});

// waiting makes a creation that needs a person: its response was lost, and two accounts look like it. Both have the email and the name. other is
// somebody else's, in another city.
async function waiting(request, service, familyName, givenName = 'Ada') {
  const person = {email: `${familyName.toLowerCase().replace(/\W/g, '')}@example.com`, givenName, familyName};
  const requestId = crypto.randomUUID();
  const other = await account(request, service, {...person, city: 'Lyon'});
  await json(await request.post(`${service.sandbox}/sandbox/faults`, {data: {vendor: 'avvio', operation: 'create', kind: 'drop_after'}}));
  await create(request, service, requestId, person);
  await expect.poll(async () => (await read(request, service, requestId)).state).toBe('OPERATION_STATE_NEEDS_PERSON');
  return {requestId, other, ours: String(Number(other) + 1)};
}

const address = (requestId, principal = '') => `/console/#/operations/avvio/${requestId}?principal=${principal}`;

const row = (page, requestId) => page.getByRole('row').filter({hasText: requestId});
const showCandidates = (page) => page.getByRole('button', {name: 'Show candidates'});
const candidates = (page) => page.getByRole('table', {name: 'Request and candidates'});
const choose = (page, id) => page.getByRole('button', {name: `Choose ${id}`});
const record = (page) => page.getByRole('button', {name: 'Record decision'});
const customerID = (page) => page.getByLabel('Customer id at the vendor');
const yourName = (page) => page.getByLabel('Your name');
const reason = (page) => page.getByLabel('Reason', {exact: true});
const unverified = (page) => page.getByLabel('Record it unverified');
const key = (page) => page.getByLabel('API key or token');

async function signIn(page, given) {
  await key(page).fill(given);
  await key(page).press('Enter');
}

// decide fills in the form, and records it.
async function decide(page, id, why = 'seen in the extranet') {
  await customerID(page).fill(id);
  await yourName(page).fill('Jo Doe');
  await reason(page).fill(why);
  await page.getByRole('button', {name: /^Record (decision|correction)$/}).click();
}

export {open, guarded, read, account, create, waiting, address, row, showCandidates, candidates, choose, record, customerID, yourName, reason, unverified, key, signIn, decide};
