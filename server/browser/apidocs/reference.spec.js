import {test, expect, keyed, prefixed, kept} from '../harness.js';
import {creation, section, field, client, testButton, row, token, opened, customer, send, response, sendButton} from './page.js';

test('the guides, their navigation and the search', async ({page}) => {
  test.slow();
  await page.goto('/docs');
  await test.step('says what it is, and of which version', async () => {
    await expect(page).toHaveTitle('Enlist API reference');
    await expect(page.getByRole('heading', {name: 'Enlist API reference', level: 1})).toBeVisible();
    await expect(page.getByRole('navigation', {name: 'This page'})).toContainText('Enlist v9.8.7');
  });
  await test.step('the navigation has guides, the error catalogue, operations and schemas', async () => {
    const navigation = page.getByRole('complementary', {name: 'Sidebar for Enlist'});
    for (const name of ['Quickstart', 'Authentication', 'Idempotency', 'Pagination', 'Errors', 'Error catalogue', 'List providers', 'Wait for operation', 'Customer']) {
      await expect(navigation.getByText(name, {exact: true})).toBeVisible();
    }
    await navigation.getByText('Create customer').click();
    await expect(section(page, 'CreateCustomer').getByRole('heading', {name: 'Create customer'})).toBeInViewport();
  });
  await test.step('the search finds operations, guides and errors', async () => {
    for (const [query, name] of [['resolve', 'Resolve operation'], ['idempotency', 'Idempotency'], ['OUTCOME_UNKNOWN', 'Outcome unknown']]) {
      await page.getByRole('button', {name: /Open Search/}).click();
      const dialog = page.getByRole('dialog', {name: /search/i});
      await dialog.getByRole('combobox').fill(query);
      await dialog.getByRole('option', {name}).first().click();
      await expect(page.getByRole('heading', {name}).first()).toBeInViewport();
    }
  });
});

test('what is said of a creation', async ({page}) => {
  test.slow();
  await page.goto(creation);
  await test.step('an operation has an address', async () => {
    await expect(section(page, 'CreateCustomer').getByRole('heading', {name: 'Create customer'})).toBeInViewport();
  });
  await test.step('the fields of a customer are described without a click', async () => {
    for (const [name, text] of Object.entries({
      requestId: 'UUID', onExisting: 'What to do if', email: 'mail', countryCode: 'ISO 3166-1', familyName: 'name',
    })) {
      await expect(field(page, 'CreateCustomer', name).locator('.property-description')).toContainText(new RegExp(text, 'i'));
    }
  });
  await test.step('no type is not or never', async () => {
    await expect(field(page, 'CreateCustomer', 'countryCode')).toBeVisible();
    const types = await section(page, 'CreateCustomer').locator('.property-type-token').allTextContents();
    expect(types.length).toBeGreaterThan(20);
    expect(types.filter((type) => /^(not|never|any)$/.test(type))).toEqual([]);
  });
  await test.step('a creation has samples in six languages, with the address of this server', async () => {
    const create = section(page, 'CreateCustomer');
    for (const [language, text] of Object.entries({
      curl: `${new URL(page.url()).origin}/v1/providers/opencell/customers`, Python: 'uuid.uuid4()', 'Node.js': 'randomUUID()',
      Go: 'uuid.NewString()', Java: 'UUID.randomUUID()', grpcurl: 'enlist.v1.CustomerService/CreateCustomer',
    })) {
      await create.getByTestId('client-picker').click();
      await page.getByRole('option', {name: language, exact: true}).click();
      await expect(create).toContainText(text);
    }
  });
  await test.step('no link leads to a service of Scalar', async () => {
    await expect(testButton(page)).toBeVisible();
    await testButton(page).click();
    await expect(sendButton(page)).toBeVisible();
    await expect(page.locator('a[href*="scalar.com"]:visible')).toHaveCount(0);
    await expect(page.getByText(/ask ai|agent|mcp/i)).toHaveCount(0);
  });
});

test('a creation is sent, and its response seen', async ({page}) => {
  await opened(page);
  await send(page, customer('FROM-THE-PAGE'));
  await expect(response(page)).toContainText('200 OK');
  await expect(response(page)).toContainText('"id": "FROM-THE-PAGE"');
  await expect(response(page)).toContainText('"outcome": "OUTCOME_CREATED"');
  await expect(page.locator('#said')).toHaveText('The server responded with status 200.');
});

test('a repeated creation is replayed, until it has a new request_id', async ({page}) => {
  await opened(page);
  const first = await row(page, 'Idempotency-Key').textContent();
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  await send(page, customer('TWICE'));
  await expect(response(page)).toContainText('"outcome": "OUTCOME_CREATED"');
  await expect(response(page)).not.toContainText('"replayed"');
  await sendButton(page).click();
  await expect(response(page)).toContainText('"replayed": true');
  await client(page).getByRole('button', {name: 'New request_id'}).click();
  await expect(row(page, 'Idempotency-Key')).not.toHaveText(first);
  await sendButton(page).click();
  await expect(response(page)).toContainText('CUSTOMER_EXISTS');
});

test('the generator makes a request_id for the clipboard', async ({page, context}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/docs/');
  const generate = page.getByRole('button', {name: 'New request_id', exact: true});
  await generate.click();
  await expect(page.locator('#request-id')).toHaveText(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} \(copied\)$/);
  const first = await page.evaluate(() => navigator.clipboard.readText());
  await expect(page.locator('#request-id')).toHaveText(`${first} (copied)`);
  await generate.click();
  await expect(page.locator('#request-id')).not.toHaveText(`${first} (copied)`);
});

test('an error says what to change', async ({page}) => {
  await opened(page);
  await send(page, customer('WRONG', 'France'));
  await expect(response(page)).toContainText('400 Bad Request');
  await expect(response(page)).toContainText('"field": "customer.billingAddress.countryCode"');
  await expect(page.locator('#said')).toHaveText('The server responded with status 400.');
});

test('an API key is sent, and forgotten with the page', async ({page}) => {
  await opened(page, keyed);
  await send(page, customer('NO-KEY'));
  await expect(response(page)).toContainText('CREDENTIALS_MISSING');

  await token(page).fill('one-key');
  await send(page, customer('WITH-KEY'));
  await expect(response(page)).toContainText('"outcome": "OUTCOME_CREATED"');

  expect(await kept(page)).not.toContain('one-key');
  expect(await page.evaluate(async () => [sessionStorage.length, document.cookie, (await indexedDB.databases()).length])).toEqual([0, '', 0]);
  await page.reload();
  await testButton(page).click();
  await expect(token(page)).toHaveValue('');
  await send(page, customer('KEY-IS-GONE'));
  await expect(response(page)).toContainText('CREDENTIALS_MISSING');
});

test('an error has an address', async ({page}) => {
  await page.goto('/docs/#description/outcome-unknown');
  await expect(page.getByRole('heading', {name: 'Outcome unknown'})).toBeInViewport();
});

test('works behind a path prefix', async ({page}) => {
  await opened(page, prefixed);
  await send(page, customer('BEHIND-A-PREFIX'));
  await expect(response(page)).toContainText('"outcome": "OUTCOME_CREATED"');
});

test('another document cannot be put in its place', async ({page}) => {
  await page.goto(`/docs/?url=${encodeURIComponent(`${keyed}/openapi.json`)}`);
  await expect(page.getByRole('heading', {name: 'Quickstart'})).toBeVisible(); // the page fixture sees what was asked
});
