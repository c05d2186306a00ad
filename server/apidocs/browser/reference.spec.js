import {test, expect, keyed, prefixed, create, opened, customer, send, answer} from './page.js';

test('says what it is, and of which version', async ({page}) => {
  await page.goto('/docs');
  await expect(page).toHaveTitle('Enlist API reference');
  await expect(page.getByRole('heading', {level: 1})).toHaveText('Enlist API reference');
  await expect(page.getByRole('banner')).toContainText('Enlist v9.8.7 ·');
  await expect(page.locator('.opblock')).not.toHaveCount(0);
});

test('a create is sent, and its answer seen', async ({page}) => {
  await opened(page);
  await send(page, customer('FROM-THE-PAGE'));
  await expect(answer(page)).toContainText('200');
  await expect(answer(page)).toContainText('"id": "FROM-THE-PAGE"');
  await expect(answer(page)).toContainText('"outcome": "OUTCOME_CREATED"');
  await expect(page.getByRole('status')).toHaveText('The server answered with status 200.');
});

test('an error says what to change', async ({page}) => {
  await opened(page);
  await send(page, customer('WRONG', 'France'));
  await expect(answer(page)).toContainText('400');
  await expect(answer(page)).toContainText('"field": "customer.billing_address.country_code"');
  await expect(page.getByRole('status')).toHaveText('The server answered with status 400.');
});

test('an API key is sent, and forgotten with the page', async ({page}) => {
  await opened(page, `${keyed}/docs/`);
  await send(page, customer('NO-KEY'));
  await expect(answer(page)).toContainText('CREDENTIALS_MISSING');

  await page.locator('.auth-wrapper .authorize').click();
  const dialog = page.getByRole('dialog', {name: 'Authorization'});
  await dialog.getByRole('textbox').fill('one-key');
  await dialog.getByRole('button', {name: 'Authorize'}).click();
  await dialog.getByRole('button', {name: 'Close'}).first().click();
  await send(page, customer('WITH-KEY'));
  await expect(answer(page)).toContainText('"outcome": "OUTCOME_CREATED"');

  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, '']);
  await opened(page, `${keyed}/docs/`);
  await send(page, customer('KEY-IS-GONE'));
  await expect(answer(page)).toContainText('CREDENTIALS_MISSING');
});

test('an operation has an address', async ({page}) => {
  await opened(page);
  const address = page.url();
  expect(new URL(address).hash).not.toBe('');
  await page.goto('about:blank');
  await page.goto(address);
  await expect(create(page).getByRole('button', {name: 'Execute'})).toBeVisible();
});

test('works behind a path prefix', async ({page}) => {
  await opened(page, `${prefixed}/docs`);
  await send(page, customer('BEHIND-A-PREFIX'));
  await expect(answer(page)).toContainText('"outcome": "OUTCOME_CREATED"');
});

test('another document cannot be put in its place', async ({page}) => {
  await page.goto(`/docs/?url=${encodeURIComponent(`${keyed}/openapi.json`)}`);
  await expect(page.locator('.opblock')).not.toHaveCount(0); // the page fixture sees what was asked
});
