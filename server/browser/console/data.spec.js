// What Enlist holds of one customer.
import {readFile} from 'node:fs/promises';
import {test, expect, expectReadable, screens} from '../harness.js';
import {open, guarded, read, create, signIn, address} from './page.js';

// signedUp creates a customer, and returns its id and the request_id.
async function signedUp(request, familyName) {
  const requestId = crypto.randomUUID();
  await create(request, open, requestId, {email: `${familyName.toLowerCase()}@example.com`, givenName: 'Ada', familyName});
  return {requestId, id: (await read(request, open, requestId)).customerId};
}

async function find(page, id) {
  await page.getByLabel('Provider').selectOption('avvio');
  await page.getByLabel('Customer id').fill(id);
  await page.getByRole('button', {name: 'Show what Enlist holds'}).click();
}

test('the data of a customer is shown, saved, and erased after the id is typed again', async ({page, request}) => {
  const {requestId, id} = await signedUp(request, 'Erasable');
  await page.goto('/console/#/data');
  await find(page, id);
  await expect(page.getByRole('heading', {name: '1 operation'})).toBeFocused();
  await expect(page.getByRole('row', {name: new RegExp(requestId)})).toContainText('Succeeded');

  const saving = page.waitForEvent('download');
  await page.getByRole('button', {name: 'Download as JSON'}).click();
  expect(await readFile(await (await saving).path(), 'utf8')).toContain('erasable@example.com');

  await page.getByLabel('Your name').fill('Jo Doe');
  await page.getByLabel('Reason').fill('case 7');
  await page.getByLabel('To confirm, type the id again').fill('another');
  await page.getByRole('button', {name: 'Erase for good'}).click();
  await expect(page.getByText('This is another id, so nothing was erased.')).toBeVisible();
  expect((await read(request, open, requestId)).state).toBe('OPERATION_STATE_SUCCEEDED');

  await page.getByLabel('To confirm, type the id again').fill(id);
  await page.getByRole('button', {name: 'Erase for good'}).click();
  await expect(page.getByText('Erased operations: 1.')).toBeVisible();
  expect((await read(request, open, requestId)).state).toBe('OPERATION_STATE_ERASED');

  await page.goto(address(requestId));
  await expect(page.getByText('Exchanges deleted')).toBeVisible();
  await expect(page.getByText('Exchanges kept until')).toHaveCount(0);
  await expect(page.getByText('case 7')).toBeVisible();
});

test('who may not read the data of customers is told so', async ({page}) => {
  await page.goto(`${guarded.url}/console/#/data`);
  await signIn(page, guarded.key);
  await find(page, '1');
  await expect(page.getByRole('alert').filter({hasText: 'may not call ExportCustomerData'})).toBeVisible();
});

test('the export of the vendor is saved as its file', async ({page, request}) => {
  expect((await request.post(`${open.url}/v1/providers/opencell/customers`, {
    headers: {'Idempotency-Key': crypto.randomUUID()}, data: {customer: {id: 'ZIP-1', name: {familyName: 'Zip'}, billingAddress: {countryCode: 'FR'}}},
  })).ok()).toBe(true);
  await page.goto('/console/#/data');
  await page.getByLabel('Provider').selectOption('opencell');
  await page.getByLabel('Customer id').fill('ZIP-1');
  await page.getByLabel('Read the vendor’s own export, too').check();
  await page.getByRole('button', {name: 'Show what Enlist holds'}).click();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', {name: 'Download the vendor’s export'}).click();
  expect((await readFile(await (await saving).path())).subarray(0, 2).toString()).toBe('PK');
});

// The key of docs/privacy.md may not list the providers.
test('a key for the two RPCs alone is enough', async ({page}) => {
  await page.goto(`${guarded.url}/console/#/data`);
  await signIn(page, guarded.privacy);
  await page.getByRole('textbox', {name: 'Provider'}).fill('avvio');
  await page.getByLabel('Customer id').fill('1');
  await page.getByRole('button', {name: 'Show what Enlist holds'}).click();
  await expect(page.getByRole('heading', {name: '0 operations'})).toBeFocused();
  await expect(page.getByText('may not call')).toHaveCount(0);
});

screens((name) => {
  test('the data of a customer is readable', async ({page, request}) => {
    const {id} = await signedUp(request, `Shown-${name}`);
    await page.goto('/console/#/data');
    await find(page, id);
    await expect(page.getByRole('heading', {name: 'Erase'})).toBeVisible();
    await expectReadable(page, 'the data of a customer');
  });
});
