// For who reads with a keyboard, with another's voice, in the dark, or on a phone.
import {test, expect, tabTo, expectReadable, screens} from '../harness.js';
import {creation, field, client, testButton, sendButton, body, row, opened, customer, send, response} from './page.js';

test('a creation needs no mouse', async ({page}) => {
  test.slow();
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

screens((name) => {
  test('is readable', async ({page}) => {
    test.slow();
    await page.goto('/docs/');
    await expect(page.getByRole('heading', {name: 'Quickstart'})).toBeVisible();
    await expectReadable(page, 'the guides');

    await page.goto('about:blank');
    await opened(page);
    await client(page).getByRole('button', {name: 'Close Client'}).click();
    await expect(client(page)).toBeHidden();
    await expect(page.getByRole('navigation', {name: 'This page'})).toBeVisible();
    await expect(field(page, 'CreateCustomer', 'countryCode')).toBeAttached();
    await expectReadable(page, 'a creation');

    await testButton(page).click();
    await send(page, customer(`READ-${name}`));
    await expect(response(page)).toContainText('"outcome": "OUTCOME_CREATED"');
    await expectReadable(page, 'a response', '[role=dialog]');
  });
});
