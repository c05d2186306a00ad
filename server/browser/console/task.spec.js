// From the link in an alert to a settled operation.
import {test, expect, tabTo} from '../harness.js';
import {open, guarded, read, waiting, address, row, showCandidates, candidates, choose, record, yourName, reason, key, signIn} from './page.js';

test('an operator settles an operation in six steps', async ({page, request}) => {
  const {requestId, ours, other} = await waiting(request, guarded, 'Sixstep');
  const steps = [];
  // A step is a link opened, a button pressed, or a form filled in and sent.
  const step = async (what, act) => {
    steps.push(what);
    await act();
  };
  await step('open the link of the alert', () => page.goto(`${guarded.url}/console/`));
  await step('sign in', () => signIn(page, guarded.operator));
  await expect(row(page, requestId)).toContainText(`${ours}`);
  await expect(row(page, requestId)).toContainText('other');
  await step('open the operation', () => page.getByRole('link', {name: requestId}).click());
  await expect(page.getByRole('heading', {level: 1, name: 'Operation at avvio'})).toBeVisible();
  await expect(page.getByText(/match this request/)).toBeVisible();
  await step('show the candidates', () => showCandidates(page).click());
  await expect(candidates(page).getByRole('columnheader', {name: ours})).toBeVisible();
  await expect(candidates(page).getByRole('columnheader', {name: other})).toBeVisible();
  await expect(candidates(page).getByRole('row', {name: /city/})).toContainText('Nice');
  await expect(candidates(page).getByRole('row', {name: /city/}).getByRole('cell', {name: '≠ request Lyon'})).toBeVisible();
  await step('choose the one in the right city', () => choose(page, ours).click());
  await step('say who and why, and record', async () => {
    await expect(yourName(page)).toBeFocused();
    await page.keyboard.type('Jo Doe');
    await page.keyboard.press('Tab');
    await page.keyboard.type('lives in Nice');
    await page.keyboard.press('Control+Enter');
  });
  await expect(page.getByText(`Recorded: The customer exists, with id ${ours}, by Jo Doe.`)).toBeFocused();
  expect(steps.length).toBeLessThanOrEqual(6);
  expect(await read(request, guarded, requestId)).toMatchObject({
    state: 'OPERATION_STATE_SUCCEEDED', customerId: ours, decision: {decidedBy: 'Jo Doe', principal: 'operator', reason: 'lives in Nice'},
  });
});

test('the task needs no mouse', async ({page, request}) => {
  const {requestId, ours} = await waiting(request, open, 'Keyboard');
  await page.goto('/console/');
  const link = page.getByRole('link', {name: requestId});
  await link.waitFor();
  await tabTo(page, link);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', {level: 1})).toBeFocused();
  await tabTo(page, showCandidates(page));
  await page.keyboard.press('Enter');
  await choose(page, ours).waitFor();
  await tabTo(page, choose(page, ours));
  await page.keyboard.press('Enter');
  await page.keyboard.type('Jo Doe');
  await tabTo(page, reason(page));
  await page.keyboard.type('by keyboard');
  await tabTo(page, record(page));
  await page.keyboard.press('Space');
  await expect(page.getByText(`Recorded: The customer exists, with id ${ours}`)).toBeFocused();
  expect((await read(request, open, requestId)).customerId).toBe(ours);
});

test('an operation has an address, also before the operator signs in', async ({page, request}) => {
  const {requestId} = await waiting(request, guarded, 'Deeplink');
  await page.goto(guarded.url + address(requestId, 'other'));
  await expect(key(page)).toBeFocused();
  await signIn(page, guarded.operator);
  await expect(page.getByRole('heading', {name: 'Operation at avvio'})).toBeFocused();
  await expect(page.getByText(requestId)).toBeVisible();
});
