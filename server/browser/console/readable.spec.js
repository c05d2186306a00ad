// For who reads with a keyboard, with another's voice, in the dark, or on a phone.
import {test, expect, expectReadable, screens} from '../harness.js';
import {open, guarded, waiting, address, row, showCandidates, candidates, decide, unverified, key, signIn} from './page.js';

screens((name) => {
  test('the form to sign in is readable', async ({page}) => {
    await page.goto(`${guarded.url}/console/`);
    await expect(key(page)).toBeVisible();
    await signIn(page, 'nobody-has-this');
    await expect(page.getByRole('alert').filter({hasText: /key|credential/i})).toBeVisible();
    await expectReadable(page, 'the form to sign in');
  });

  test('is readable', async ({page, request}) => {
    test.slow();
    const {requestId, ours} = await waiting(request, open, `Read-${name}`);
    await page.goto('/console/');
    await expect(row(page, requestId)).toBeVisible();
    await expectReadable(page, 'the queue');

    await page.goto(address(requestId));
    await showCandidates(page).click();
    await expect(candidates(page)).toBeVisible();
    await decide(page, '1');
    await expect(unverified(page)).toBeVisible();
    for (const summary of await page.locator('summary').all()) {
      await summary.click();
    }
    await expectReadable(page, 'an operation');

    await decide(page, ours);
    await expect(page.getByText('Recorded:')).toBeVisible();
    await page.getByText('Correct this decision').click();
    await expectReadable(page, 'a decision');

    await page.getByRole('link', {name: 'Providers'}).click();
    await expect(page.getByRole('row', {name: /opencell/})).toContainText('closed');
    await expectReadable(page, 'the providers');
  });
});

test('those who hear the page find its parts', async ({page, request}) => {
  const {requestId} = await waiting(request, open, 'Heard');
  await page.goto('/console/');
  await expect(page.getByRole('heading', {level: 1, name: 'Queue'})).toBeFocused();
  await expect(page).toHaveTitle('Queue – Enlist console');
  for (const role of ['banner', 'navigation', 'main']) {
    await expect(page.getByRole(role)).toHaveCount(1);
  }
  await expect(page.getByRole('navigation').getByRole('link', {name: 'Queue'})).toHaveAttribute('aria-current', 'page');
  await expect(page.getByRole('region', {name: /^Needs a person/}).getByRole('columnheader', {name: 'Reason'})).toBeVisible();
  await page.getByRole('link', {name: requestId}).click();
  await expect(page.getByRole('heading', {level: 1, name: 'Operation at avvio'})).toBeFocused();
  await showCandidates(page).click();
  await expect(page.getByRole('status').filter({hasText: '2 candidates'})).toBeAttached();
  await page.goBack();
  await expect(page.getByRole('heading', {level: 1, name: 'Queue'})).toBeFocused();
});
