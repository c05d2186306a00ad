// For who reads with a keyboard, with another's voice, in the dark, or on a phone.
import {test, expect, creation, field, client, testButton, sendButton, body, row, opened, customer, send, response, barriers} from './page.js';

// tabTo presses Tab until the focus is on what the locator finds.
async function tabTo(page, locator) {
  for (let pressed = 0; pressed < 200; pressed++) {
    await page.keyboard.press('Tab');
    if (await locator.evaluate((element) => element === document.activeElement)) {
      return;
    }
  }
  throw new Error(`200 times Tab do not reach ${locator}`);
}

test('a creation needs no mouse', async ({page}) => {
  await page.goto(creation);
  await testButton(page).waitFor();
  await tabTo(page, testButton(page));
  await page.keyboard.press('Enter');
  await sendButton(page).waitFor();
  await tabTo(page, row(page, 'provider'));
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('opencell');
  await tabTo(page, body(page));
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.insertText(customer('BY-KEYBOARD'));
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(response(page)).toContainText('"outcome": "OUTCOME_CREATED"');
  await page.keyboard.press('Escape'); // else Tab would indent
  await tabTo(page, client(page).getByRole('button', {name: 'Close Client'}));
  await page.keyboard.press('Enter');
  await expect(client(page)).toBeHidden();
});

for (const colorScheme of ['light', 'dark']) {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    test.describe(`${colorScheme}, ${width} pixels wide`, () => {
      test.use({colorScheme, viewport: {width, height}});

      test('is readable', async ({page}) => {
        test.slow();
        const readable = async (what, part = ':root') => {
          expect(await barriers(page, part), what).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${what}: wider than the window`).toBeLessThanOrEqual(0);
          expect(await small(page, part), `${what}: small print`).toEqual([]);
        };
        await page.goto('/docs/');
        await expect(page.getByRole('heading', {name: 'Quickstart'})).toBeVisible();
        await readable('the guides');

        await page.goto('about:blank');
        await opened(page);
        await client(page).getByRole('button', {name: 'Close Client'}).click();
        await expect(client(page)).toBeHidden();
        await expect(page.getByRole('navigation', {name: 'This page'})).toBeVisible();
        await expect(field(page, 'CreateCustomer', 'countryCode')).toBeAttached();
        await readable('a creation');

        await testButton(page).click();
        await send(page, customer(`READ-${colorScheme}-${width}`));
        await expect(response(page)).toContainText('"outcome": "OUTCOME_CREATED"');
        await readable('a response', '[role=dialog]');
      });
    });
  }
}

// small returns what is shown in letters of less than 12 pixels.
const small = (page, part) => page.evaluate((selector) => [...document.querySelectorAll(`${selector} *`)]
  .filter((element) => element.checkVisibility({visibilityProperty: true, opacityProperty: true}) && parseFloat(getComputedStyle(element).fontSize) < 12 &&
    !element.closest('[aria-hidden=true], .sr-only, .screenreader-only') &&
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
  .map((element) => `${element.className} ${element.textContent.trim()}`), part);
