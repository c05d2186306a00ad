// What the tests of all pages share.
import {test as base, expect} from '@playwright/test';
import axe from 'axe-core';

const keyed = process.env.ENLIST_WITH_KEYS;
const prefixed = process.env.ENLIST_BEHIND_PREFIX;

// test has a page that may send requests to its own server alone. It may complain of nothing but refused requests to that.
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
    await page.addInitScript(() => {
      globalThis.violations = [];
      document.addEventListener('securitypolicyviolation', ({effectiveDirective, blockedURI}) => {
        globalThis.violations.push(`${effectiveDirective} ${blockedURI}`);
      });
    });
    await use(page);
    expect(complaints).toEqual([]);
    expect(await page.evaluate(() => globalThis.violations)).toEqual([]);
    expect(asked.filter((url) => !url.startsWith('data:') && new URL(url).origin !== new URL(page.url()).origin)).toEqual([]);
  },
});

// policyOf is the Content-Security-Policy of a response, by directive.
const policyOf = (response) => Object.fromEntries(response.headers()['content-security-policy'].split('; ').map((directive) => {
  const [name, ...sources] = directive.split(' ');
  return [name, sources.join(' ')];
}));

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

const wide = {width: 1440, height: 900};
const narrow = {width: 390, height: 844};

// screens declares the tests for a wide window in light colours, and for a narrow one in dark colours.
function screens(declare) {
  for (const [colorScheme, viewport] of [['light', wide], ['dark', narrow]]) {
    test.describe(`${colorScheme}, ${viewport.width} pixels wide`, () => {
      test.use({colorScheme, viewport});
      declare(colorScheme);
    });
  }
}

// expectReadable expects that nothing in that part of the page keeps people out, as far as axe can tell, that the page fits the window, and
// that no print is small.
async function expectReadable(page, what, part = ':root') {
  await page.evaluate(axe.source);
  const {violations} = await page.evaluate((selector) => globalThis.axe.run(selector), part);
  const barriers = violations.flatMap(({id, impact, nodes}) => nodes.map((node) => `${impact} ${id}: ${node.target} ${node.html}`));
  expect(barriers, what).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${what}: wider than the window`).toBeLessThanOrEqual(0);
  expect(await small(page, part), `${what}: small print`).toEqual([]);
}

// small returns what is shown in letters of less than 12 pixels.
const small = (page, part) => page.evaluate((selector) => [...document.querySelectorAll(`${selector} *`)]
  .filter((element) => element.checkVisibility({visibilityProperty: true, opacityProperty: true}) && parseFloat(getComputedStyle(element).fontSize) < 12 &&
    !element.closest('[aria-hidden=true], .sr-only, .screenreader-only') &&
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
  .map((element) => `${element.className} ${element.textContent.trim()}`), part);

// kept is everything that the browser keeps of a page.
const kept = (page) => page.evaluate(async () => JSON.stringify([
  {...localStorage}, {...sessionStorage}, document.cookie, history.state, location.href, await indexedDB.databases(), await caches.keys(),
]));

export {test, expect, keyed, prefixed, policyOf, tabTo, screens, expectReadable, kept};
