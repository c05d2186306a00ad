import {test, expect} from '@playwright/test';

test('nothing runs, and nobody is asked, but its own', async ({page}) => {
  await page.goto('/docs/');
  await page.evaluate(() => {
    globalThis.blocked = [];
    document.addEventListener('securitypolicyviolation', ({effectiveDirective}) => globalThis.blocked.push(effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'document.title = "changed"';
    document.head.append(script);
    fetch('https://elsewhere.example/').catch(() => {});
  });
  await expect.poll(() => page.evaluate(() => globalThis.blocked)).toEqual(['script-src-elem', 'connect-src']);
  await expect(page).toHaveTitle('Enlist API reference');
});
