// The pictures of the console in docs/operations.md: make pictures.
import {test} from '@playwright/test';
import {expect} from '../harness.js';
import {open, account, waiting, address, row, showCandidates, candidates, choose, decide, yourName, reason, unverified} from '../console/page.js';

// taken declares the test that takes a picture.
const taken = (name, width, height, prepare, {colorScheme = 'light'} = {}) => test.describe(name, () => {
  test.use({viewport: {width, height}, colorScheme});
  test('is taken', async ({page, request}) => {
    await prepare(page, request);
    await page.screenshot({path: `${process.env.PICTURES}/${name}.png`});
  });
});

taken('console-queue', 1000, 580, async (page, request) => {
  const {requestId} = await waiting(request, open, 'Lovelace');
  await waiting(request, open, 'Hopper', 'Grace');
  await page.goto('/console/');
  await expect(row(page, requestId)).toBeVisible();
});

taken('console-decide', 1000, 1180, async (page, request) => {
  const {requestId, ours} = await waiting(request, open, 'Franklin', 'Rosalind');
  await page.goto(address(requestId));
  await showCandidates(page).click();
  await choose(page, ours).click();
  await yourName(page).fill('Jo Doe');
  await reason(page).fill('the city is that of the request');
  await page.evaluate(() => scrollTo(0, 0));
});

taken('console-refused', 1000, 760, async (page, request) => {
  const {requestId} = await waiting(request, open, 'Noether', 'Emmy');
  const other = await account(request, open, {email: 'hilbert@example.com', givenName: 'David', familyName: 'Hilbert', city: 'Nice'});
  await page.goto(address(requestId));
  await decide(page, other, 'typed from memory');
  await expect(page.getByText('hilbert@example.com')).toBeVisible();
  await expect(unverified(page)).toBeVisible();
  await expect(candidates(page)).toBeVisible();
  await page.evaluate(() => scrollTo(0, document.getElementById('decide').getBoundingClientRect().top + scrollY - 70));
});

taken('console-phone', 390, 844, async (page, request) => {
  const {requestId} = await waiting(request, open, 'Turing', 'Alan');
  await page.goto(address(requestId));
  await showCandidates(page).click();
  await expect(candidates(page)).toBeVisible();
  await page.evaluate(() => document.getElementById('candidates').scrollIntoView());
}, {colorScheme: 'dark'});
