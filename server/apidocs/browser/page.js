// The page, as the tests see it.
import {test as base, expect} from '@playwright/test';
import axe from 'axe-core';

const keyed = process.env.ENLIST_WITH_KEYS;
const prefixed = process.env.ENLIST_BEHIND_PREFIX;

// test has a page that may ask nothing but its own server, and complain of nothing but refused calls to it.
const test = base.extend({
  page: async ({page}, use) => {
    const complaints = [];
    const asked = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      const refused = message.location().url.includes('/v1/') && message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !refused) {
        complaints.push(message.text());
      }
    });
    await use(page);
    expect(complaints).toEqual([]);
    expect(asked.filter((url) => !url.startsWith('data:') && new URL(url).origin !== new URL(page.url()).origin)).toEqual([]);
  },
});

const create = (page) => page.locator('.opblock-post').filter({has: page.locator('[data-path="/v1/providers/{provider}/customers"]')});

// opened opens the reference and, in it, the create.
async function opened(page, address = '/docs/') {
  await page.goto(address);
  await create(page).locator('.opblock-summary-control').click();
  await expect(create(page).getByRole('button', {name: 'Execute'})).toBeVisible();
}

const customer = (id, countryCode = 'FR') => JSON.stringify({customer: {id, name: {familyName: 'Smith'}, billingAddress: {countryCode}}});

// send fills the create in and sends it.
async function send(page, body) {
  await create(page).getByPlaceholder('provider').fill('opencell');
  await create(page).getByRole('textbox', {name: 'Request body'}).fill(body);
  await create(page).getByRole('button', {name: 'Execute'}).click();
}

// answer is what the server said, on the page.
const answer = (page) => create(page).locator('.live-responses-table .response');

// barriers are what keeps people out of that part of the page, as far as axe can tell.
async function barriers(page, part) {
  await page.evaluate(axe.source);
  const {violations} = await page.evaluate((selector) => globalThis.axe.run(selector), part);
  return violations.flatMap(({id, impact, nodes}) => nodes.map((node) => `${impact} ${id}: ${node.target} ${node.html}`));
}

export {test, expect, keyed, prefixed, create, opened, customer, send, answer, barriers};
