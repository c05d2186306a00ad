// For who reads with a keyboard, with another's voice, in the dark, or on a phone.
import {test, expect, create, opened, customer, send, answer, barriers} from './page.js';

// tabTo presses Tab until the focus is on what the locator finds.
async function tabTo(page, locator) {
  for (let pressed = 0; pressed < 60; pressed++) {
    await page.keyboard.press('Tab');
    if (await locator.evaluate((element) => element === document.activeElement)) {
      return;
    }
  }
  throw new Error(`60 times Tab do not reach ${locator}`);
}

test('a create needs no mouse', async ({page}) => {
  await page.goto('/docs/');
  await create(page).waitFor();
  await tabTo(page, create(page).locator('.opblock-summary-control'));
  await page.keyboard.press('Enter');
  await tabTo(page, create(page).getByPlaceholder('provider'));
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('opencell');
  await tabTo(page, create(page).getByRole('textbox', {name: 'Request body'}));
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(customer('BY-KEYBOARD'));
  await tabTo(page, create(page).getByRole('button', {name: 'Execute'}));
  await page.keyboard.press('Enter');
  await expect(answer(page)).toContainText('"outcome": "OUTCOME_CREATED"');
});

for (const [name, use] of Object.entries({
  'in the light': {colorScheme: 'light', viewport: {width: 1280, height: 800}},
  'in the dark': {colorScheme: 'dark', viewport: {width: 1280, height: 800}},
  'on a phone': {colorScheme: 'light', viewport: {width: 360, height: 740}},
})) {
  test.describe(name, () => {
    test.use(use);

    test('is readable', async ({page}) => {
      const readable = async (what, part = ':root') => {
        expect(await barriers(page, part), what).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${what}: wider than the window`).toBeLessThanOrEqual(0);
        expect(await small(page), `${what}: small print`).toEqual([]);
      };
      await opened(page);
      await send(page, customer(`READ-${use.colorScheme}-${use.viewport.width}`));
      await expect(answer(page)).toContainText('"outcome": "OUTCOME_CREATED"');
      await readable('answered');

      await create(page).locator('.opblock-summary-control').click();
      await page.getByRole('button', {name: 'Schemas'}).click();
      await page.locator('.models').getByRole('button', {name: /\bCustomer$/}).click();
      await expect(page.locator('.models')).toContainText('billingAddress');
      await readable('a schema');

      await page.locator('.auth-wrapper .authorize').click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await readable('authorization', '[role=dialog]');
    });
  });
}

// small returns what is shown in letters of less than 12 pixels.
const small = (page) => page.evaluate(() => [...document.querySelectorAll('body *')]
  .filter((element) => element.checkVisibility() && parseFloat(getComputedStyle(element).fontSize) < 12 &&
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
  .map((element) => element.textContent.trim()));
