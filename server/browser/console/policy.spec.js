import {test as plain, expect} from '@playwright/test';
import {test, policyOf, kept} from '../harness.js';
import {open, guarded, waiting, address, row, key, signIn, showCandidates, candidates} from './page.js';

plain('the policy lets nothing run, load or be asked but its own', async ({page}) => {
  expect(policyOf(await page.goto('/console/'))).toEqual({
    'default-src': "'none'", 'script-src': "'self'", 'style-src': "'self'", 'img-src': "'self'", 'connect-src': "'self'", 'base-uri': "'none'",
    'form-action': "'none'", 'frame-ancestors': "'none'", 'require-trusted-types-for': "'script'", 'trusted-types': "'none'",
  });
  await expect(page.getByRole('heading', {name: 'Needs a person'})).toBeVisible();
  const refused = await page.evaluate(async () => {
    const blocked = [];
    document.addEventListener('securitypolicyviolation', ({effectiveDirective}) => blocked.push(effectiveDirective));
    document.body.append(Object.assign(document.createElement('style'), {textContent: 'body { display: none }'}));
    await fetch('https://elsewhere.example/').catch(() => {});
    for (const unsafe of [
      () => { document.createElement('p').innerHTML = '<img>'; },
      () => { document.createElement('script').textContent = 'document.title = "changed"'; },
    ]) {
      try {
        unsafe();
        blocked.push('nothing');
      } catch (error) {
        blocked.push(error.name);
      }
    }
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    return [...new Set(blocked)].sort();
  });
  expect(refused).toEqual(['TypeError', 'connect-src', 'require-trusted-types-for', 'style-src-elem']);
});

test('what a customer writes is text', async ({page, request}) => {
  const markup = '<img src=x onerror=alert(1)>';
  page.on('dialog', () => { throw new Error('a script ran'); });
  const {requestId} = await waiting(request, open, markup, markup);
  await page.goto(address(requestId));
  await showCandidates(page).click();
  await expect(candidates(page)).toContainText(markup);
  for (const summary of await page.locator('summary').all()) {
    await summary.click();
  }
  await expect(page.getByText(`"nameLast": "${markup}"`)).toBeVisible();
  expect(await page.locator('img').count()).toBe(0);
});

test('a key is sent, kept nowhere, and forgotten', async ({page, request, context}) => {
  const {requestId} = await waiting(request, guarded, 'Secret');
  await page.goto(`${guarded.url}/console/`);
  await signIn(page, 'nobody-has-this');
  await expect(page.getByRole('alert').filter({hasText: /API key/})).toBeVisible();
  await signIn(page, 'with a blank');
  await expect(page.getByRole('alert').filter({hasText: /without blanks/})).toBeVisible();
  await signIn(page, guarded.operator);
  await expect(row(page, requestId)).toBeVisible();
  expect(await kept(page)).not.toContain(guarded.operator);
  expect(await context.storageState()).toEqual({cookies: [], origins: []});
  expect(await page.content()).not.toContain(guarded.operator);

  await page.getByLabel('Customer id').fill('of-a-person');
  await page.getByRole('button', {name: 'Filter'}).click();
  await page.getByRole('button', {name: 'Sign out'}).click();
  await expect(key(page)).toHaveValue('');
  await expect(page.getByText(requestId)).toHaveCount(0);
  await signIn(page, guarded.operator);
  await expect(row(page, requestId)).toBeVisible();
  await expect(page.getByLabel('Customer id')).toHaveValue('');
  await page.reload();
  await expect(key(page)).toHaveValue('');
});
