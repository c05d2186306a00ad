import {test, expect} from '@playwright/test';
import {policyOf} from '../harness.js';

test('the policy lets no script run but its own files', async ({page}) => {
  expect(policyOf(await page.goto('/docs/'))).toEqual({
    'default-src': "'none'", 'script-src': "'self'", 'style-src': "'self' 'unsafe-inline'", 'img-src': "'self' data:", 'connect-src': "'self'",
    'base-uri': "'none'", 'form-action': "'none'", 'frame-ancestors': "'none'",
  });
});

test('nothing runs, and nobody is asked, but its own', async ({page}) => {
  await page.goto('/docs/');
  await expect(page.getByRole('heading', {name: 'Quickstart'})).toBeVisible();
  await page.evaluate(() => {
    globalThis.blocked = [];
    document.addEventListener('securitypolicyviolation', ({effectiveDirective}) => globalThis.blocked.push(effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'document.title = "changed"';
    document.head.append(script);
    fetch('https://elsewhere.example/').catch(() => {});
    setTimeout(() => new Function('document.title = "changed"')()); // later, since Playwright may compile code
  });
  await expect.poll(() => page.evaluate(() => globalThis.blocked.sort())).toEqual(['connect-src', 'script-src', 'script-src-elem']);
  await expect(page).toHaveTitle('Enlist API reference');
});
