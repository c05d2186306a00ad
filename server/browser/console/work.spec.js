// What operators meet in their work.
import {test, expect, prefixed} from '../harness.js';
import {open, guarded, read, account, create, waiting, address, row, showCandidates, candidates, record, customerID, yourName, reason, unverified, key, signIn, decide} from './page.js';

test('works behind a path prefix, and without its last slash', async ({page, request}) => {
  const {requestId} = await waiting(request, open, 'Prefix');
  await page.goto(`${prefixed}/console`);
  await page.getByRole('link', {name: requestId}).click();
  await expect(page.getByText(requestId)).toBeVisible();
});

test('who may not see others sees their own, and reads so', async ({page, request}) => {
  const {requestId} = await waiting(request, guarded, 'Own');
  const {requestId: others} = await waiting(request, {...guarded, key: 'all-key'}, 'Others');
  await page.goto(`${guarded.url}/console/`);
  await signIn(page, guarded.key);
  await expect(row(page, requestId)).toBeVisible();
  await expect(page.getByText('This key may see its own creations only.')).toBeVisible();
  await expect(row(page, others)).toHaveCount(0);
  await page.getByRole('button', {name: 'Sign out'}).click();
  await signIn(page, guarded.operator);
  await expect(row(page, others)).toContainText('all');
});

test('a refused id shows why, and only that id can be recorded unverified', async ({page, request}) => {
  const {requestId, ours} = await waiting(request, open, 'Refused');
  await page.goto(address(requestId));
  await expect(unverified(page)).toBeHidden();
  await decide(page, '8796093000009');
  await expect(page.getByRole('alert').filter({hasText: 'Not recorded.'})).toBeFocused();
  await expect(page.getByRole('alert').filter({hasText: 'Not recorded.'})).toContainText('customerId');
  await expect(candidates(page)).toContainText(ours); // beside the refusal, without a press
  await expect(unverified(page)).toBeVisible();
  expect((await read(request, open, requestId)).state).toBe('OPERATION_STATE_NEEDS_PERSON');

  await unverified(page).check();
  await expect(page.locator('#summary')).toContainText('UNVERIFIED');
  await customerID(page).fill(ours);
  await expect(unverified(page)).toBeHidden();
  await expect(page.locator('#summary')).not.toContainText('UNVERIFIED');
  await decide(page, '8796093000009', 'the extranet shows it');
  await unverified(page).check();
  await record(page).click();
  await expect(page.getByText('Recorded: The customer exists, with id 8796093000009')).toBeVisible();
  expect((await read(request, open, requestId)).decision).toMatchObject({unverified: true, reason: 'the extranet shows it'});
});

test('the account of somebody else is refused, with what differs', async ({page, request}) => {
  const {requestId} = await waiting(request, open, 'Mistyped');
  const somebody = await account(request, open, {email: 'else@example.com', givenName: 'Some', familyName: 'Body', city: 'Nice'});
  await page.goto(address(requestId));
  await decide(page, somebody);
  const refusal = page.getByRole('alert').filter({hasText: 'Not recorded.'});
  await expect(refusal.getByRole('listitem').filter({hasText: 'customer.email ≠ request else@example.com'})).toBeVisible();
  await expect(refusal.getByRole('listitem').filter({hasText: 'customer.name.familyName ≠ request Body'})).toBeVisible();
  expect((await read(request, open, requestId)).state).toBe('OPERATION_STATE_NEEDS_PERSON');
});

test('nothing was created is refused while a candidate exists', async ({page, request}) => {
  const {requestId} = await waiting(request, open, 'Exists');
  await page.goto(address(requestId));
  await page.getByLabel('Nothing was created').check();
  await yourName(page).fill('Jo Doe');
  await reason(page).fill('a guess');
  await record(page).click();
  await expect(page.getByRole('alert').filter({hasText: 'Not recorded.'})).toContainText('decision');
  await expect(candidates(page)).toBeVisible();
});

test('a decision can be corrected, and both stay', async ({page, request}) => {
  const {requestId, ours, other} = await waiting(request, open, 'Corrected');
  await page.goto(address(requestId));
  await decide(page, other, 'a mistake');
  await expect(page.getByText(`with id ${other}, by Jo Doe.`)).toBeVisible();
  await expect(page.getByText('customer.billing_address.city is Lyon at the vendor, and Nice in the request.')).toBeVisible();
  await page.getByText('Correct this decision').click();
  await expect(yourName(page)).toHaveValue('Jo Doe');
  await decide(page, ours, 'the city is Nice');
  await expect(page.getByText(`with id ${ours}, by Jo Doe.`)).toBeVisible();
  const history = page.getByRole('region', {name: 'Decisions'});
  await expect(history.getByRole('listitem')).toHaveCount(2);
  await expect(history).toContainText('a mistake');
  await expect(history).toContainText('the city is Nice');
  expect(await read(request, open, requestId)).toMatchObject({customerId: ours, earlierDecisions: [{reason: 'a mistake'}]});
});

test('a decision is sent once, however often the button is pressed', async ({page, request}) => {
  const {requestId, ours} = await waiting(request, open, 'Double');
  let sent = 0;
  await page.route('**/*:resolve', async (route) => {
    sent++;
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    await route.continue();
  });
  await page.goto(address(requestId));
  await decide(page, ours);
  const busy = page.getByRole('button', {name: 'Checking and recording…'});
  for (let pressed = 0; pressed < 3; pressed++) {
    await busy.dispatchEvent('click');
  }
  await expect(page.getByText('Recorded:')).toBeVisible();
  expect(sent).toBe(1);
});

test('a lost response is followed by the same decision, which changes nothing', async ({page, request}) => {
  const {requestId, ours} = await waiting(request, open, 'Lostresponse');
  let sent = 0;
  await page.route('**/*:resolve', async (route) => {
    if (++sent === 1) {
      await route.fetch(); // Enlist records it
      await route.abort();
    } else {
      await route.continue();
    }
  });
  await page.goto(address(requestId));
  await decide(page, ours);
  await expect(page.getByText('Recorded:')).toBeVisible();
  expect(sent).toBe(2);
  const {decision, earlierDecisions} = await read(request, open, requestId);
  expect([decision.reason, earlierDecisions]).toEqual(['seen in the extranet', undefined]);
});

test('a decision that gets no response can be recorded again', async ({page, request}) => {
  const {requestId, ours} = await waiting(request, open, 'Noresponse');
  await page.route('**/*:resolve', (route) => route.abort());
  await page.goto(address(requestId));
  await decide(page, ours);
  await expect(page.getByRole('alert').filter({hasText: 'The decision may be recorded.'})).toBeFocused();
  await page.unroute('**/*:resolve');
  await record(page).click();
  await expect(page.getByText('Recorded:')).toBeVisible();
});

test('an unknown operation is said to be unknown', async ({page}) => {
  await page.goto(address('0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11'));
  await expect(page.getByRole('alert').filter({hasText: 'no record'})).toBeVisible();
  await expect(page.getByRole('heading', {name: 'Timeline'})).toBeHidden();
});

test('an old intent is in the queue, and a gap above it', async ({page, request}) => {
  const gap = {since: '2026-11-28T09:00:00Z', closes: '2126-11-29T09:00:00Z'};
  await page.route('**/readyz', (route) => route.fulfill({json: {status: 'SERVING', gap}}));
  await page.clock.install({time: Date.now()});
  await page.goto('/console/');
  const intents = page.getByRole('region', {name: /^Old intents/});
  await expect(intents).toContainText('No intent is old.');
  await request.post(`${open.sandbox}/sandbox/faults`, {data: {vendor: 'avvio', operation: 'create', kind: 'latency', delay_ms: 8000}});
  const requestId = crypto.randomUUID();
  const created = create(request, open, requestId, {email: 'slow@example.com', givenName: 'Slow', familyName: 'Intent'});
  const operation = `${open.url}/v1/providers/avvio/operations/${requestId}`;
  await expect.poll(async () => (await request.get(operation)).status(), {intervals: [50]}).toBe(200);
  await page.clock.fastForward(6 * 60_000);
  await expect(intents.getByText(requestId)).toBeVisible();
  await expect(page.getByRole('status').filter({hasText: 'The journal may have lost records'})).toContainText('Remove nothing');
  await created;
});

test('a section shows more', async ({page, request}) => {
  for (let made = 0; made < 51; made++) {
    await request.post(`${open.url}/v1/providers/opencell/customers`, {headers: {'Idempotency-Key': crypto.randomUUID()},
      data: {customer: {id: `MORE-${made}`, name: {familyName: 'More'}, billingAddress: {countryCode: 'FR'}}}});
  }
  await page.goto('/console/');
  await page.getByLabel('State').selectOption('succeeded');
  await page.getByLabel('Provider').selectOption('opencell');
  await page.getByRole('button', {name: 'Filter'}).click();
  await expect(page.getByRole('heading', {name: 'Succeeded 50+'})).toBeVisible();
  await page.getByRole('button', {name: 'Show more'}).click();
  await expect.poll(() => page.getByRole('rowheader').count()).toBeGreaterThan(50);
  await expect(page.getByRole('button', {name: 'Show more'})).toBeHidden();
});

test('the refresh keeps the focus, and what is half typed', async ({page, request}) => {
  const {requestId} = await waiting(request, open, 'Focus');
  await page.clock.install();
  await page.goto('/console/');
  await page.getByLabel('Customer id').fill('half');
  const link = page.getByRole('link', {name: requestId});
  await link.focus();
  const {requestId: later} = await waiting(request, open, 'Focuslater');
  await page.clock.runFor(10_000);
  await expect(row(page, later)).toBeVisible();
  await expect(link).toBeFocused();
  await expect(page.getByLabel('Customer id')).toHaveValue('half');
  await expect(page.getByRole('status').filter({hasText: /Needs a person: \d+/})).toBeAttached();

  await link.click();
  await reason(page).fill('because of');
  await decideElsewhere(request, requestId);
  await page.clock.runFor(10_000);
  await expect(page.getByText('Nothing to do. The customer exists at the provider.')).toBeVisible();
  await expect(reason(page)).toHaveValue('because of');
  await expect(reason(page)).toBeFocused();
  await expect(page.getByRole('alert').filter({hasText: 'by Another.'})).toBeVisible();
  await expect(page.getByRole('button', {name: 'Record correction'})).toBeVisible();
});

test('a decision that another person made meanwhile is shown before it can be corrected', async ({page, request}) => {
  const {requestId, ours} = await waiting(request, open, 'Meanwhile');
  await page.goto(address(requestId));
  await page.getByRole('button', {name: 'Pause refresh'}).click();
  await decideElsewhere(request, requestId);
  await decide(page, ours, 'the city is Nice');
  await expect(page.getByRole('alert').filter({hasText: 'The customer exists, with id 1, by Another.'})).toBeFocused();
  expect(await read(request, open, requestId)).toMatchObject({customerId: '1', decision: {decidedBy: 'Another'}});
  await expect(reason(page)).toHaveValue('the city is Nice');

  await page.getByRole('button', {name: 'Record correction'}).click();
  await expect(page.getByText(`with id ${ours}, by Jo Doe.`)).toBeVisible();
  expect(await read(request, open, requestId)).toMatchObject({customerId: ours, earlierDecisions: [{reason: 'elsewhere'}]});
});

// decideElsewhere decides as another person would.
async function decideElsewhere(request, requestId) {
  await request.post(`${open.url}/v1/providers/avvio/operations/${requestId}:resolve`, {data: {
    decision: 'DECISION_SUCCEEDED', customerId: '1', decidedBy: 'Another', reason: 'elsewhere', unverified: true,
  }});
}

test('the refresh can be paused', async ({page, request}) => {
  await page.clock.install();
  await page.goto('/console/');
  await expect(page.getByText(/^Updated /)).toBeVisible(); // the first refresh is done
  await page.getByRole('button', {name: 'Pause refresh'}).click();
  const asked = [];
  page.on('request', (one) => asked.push(one.url()));
  await page.clock.runFor(30_000);
  expect(asked).toEqual([]);
  await page.getByRole('button', {name: 'Pause refresh'}).click();
  await expect.poll(() => asked.length).toBeGreaterThan(0);
});

test('the queue is filtered, and shown further', async ({page, request}) => {
  const {requestId} = await waiting(request, open, 'Filtered');
  const id = await account(request, open, {email: 'somebody@example.com', givenName: 'Some', familyName: 'Body'});
  const created = crypto.randomUUID();
  await create(request, open, created, {email: 'found@example.com', givenName: 'Found', familyName: 'Later'});
  await page.goto('/console/');
  await expect(row(page, requestId)).toBeVisible();
  await page.getByLabel('Provider').selectOption('opencell');
  await page.getByRole('button', {name: 'Filter'}).click();
  await expect(page.getByText('Nothing waits for a person.')).toBeVisible();
  await page.getByRole('button', {name: 'Clear'}).click();
  await expect(row(page, requestId)).toBeVisible();
  await page.getByLabel('Reason').selectOption('several customers');
  await page.getByRole('button', {name: 'Filter'}).click();
  await expect(page.getByRole('heading', {level: 2})).toHaveCount(1);
  await expect(row(page, requestId)).toBeVisible();
  await page.getByRole('button', {name: 'Clear'}).click();
  await page.getByLabel('Age').selectOption('older than 1 hour');
  await page.getByRole('button', {name: 'Filter'}).click();
  await expect(page.getByText('Nothing waits for a person.')).toBeVisible();
  await page.getByRole('button', {name: 'Clear'}).click();
  await page.getByLabel('Customer id').fill(String(Number(id) + 1));
  await page.getByRole('button', {name: 'Filter'}).click();
  await expect(row(page, created)).toContainText('Succeeded');
  await expect(page.getByRole('rowheader')).toHaveCount(1);
});

test('a failed refresh is said, and what was read stays', async ({page, request}) => {
  const {requestId} = await waiting(request, open, 'Offline');
  await page.clock.install();
  await page.goto('/console/');
  await expect(row(page, requestId)).toBeVisible();
  await page.route('**/v1/**', (route) => route.abort());
  await page.clock.runFor(10_000);
  await expect(page.getByRole('alert').filter({hasText: 'The server does not respond.'})).toBeVisible();
  await expect(row(page, requestId)).toBeVisible();
  await page.unroute('**/v1/**');
  await page.clock.runFor(10_000);
  await expect(page.getByText('The server does not respond.')).toHaveCount(0);
});

test('a key that ends leaves what is typed', async ({page, request}) => {
  const {requestId} = await waiting(request, guarded, 'Expired');
  await page.clock.install();
  await page.goto(guarded.url + address(requestId, 'other'));
  await signIn(page, guarded.operator);
  await reason(page).fill('half a reason');
  await page.route('**/v1/**', (route) => route.continue({headers: {...route.request().headers(), authorization: 'Bearer over'}}));
  await page.clock.runFor(10_000);
  await expect(key(page)).toBeVisible();
  await page.unroute('**/v1/**');
  await signIn(page, guarded.operator);
  await expect(reason(page)).toHaveValue('half a reason');
});

test('an attempt shows its exchange, and a line to copy', async ({page, request, context}) => {
  const {requestId} = await waiting(request, open, 'Exchange');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(address(requestId));
  const first = page.getByRole('region', {name: 'Timeline'}).getByRole('listitem').first();
  await expect(first).toContainText('Creation: sent, no trustworthy response');
  await first.getByText('Request and response').click();
  await expect(first).toContainText('$AVVIO_PASSWORD');
  await expect(first).not.toContainText('demo-avvio-password');
  await first.getByRole('button', {name: 'Copy the curl command'}).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^curl /);
});

test('providers show their health', async ({page, request}) => {
  await waiting(request, open, 'Healthy');
  await page.goto('/console/#/providers');
  await expect(page.getByRole('row')).toHaveCount(6);
  await expect(page.getByRole('row', {name: /^avvio/})).toContainText('accepted');
  await expect(page.getByRole('row', {name: /^avvio/})).toContainText('Verifiable by match');
});
