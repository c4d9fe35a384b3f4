// Every page that people meet, at 320 px and at 200 % zoom, in both colour schemes and with scripts off: nothing runs out
// of the page (WCAG 1.4.10), every control is reached by the keyboard with a ring that can be seen (2.4.7, 2.4.11,
// 1.4.11), and axe-core finds nothing.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import axe from 'axe-core';
import { launch } from './browser.mjs';
import { makeScene } from './support/scene.mjs';
import { controls, focused, tooWide } from './support/seen.mjs';
import { tour } from './tour.mjs';

// A small phone, and a window of 1280 by 800 pixels zoomed to 200 %.
const SIZES = { '320 px': { width: 320, height: 640 }, '200 % zoom': { width: 640, height: 400 } };
const ALL = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// Only colours differ between the schemes: in the dark these alone are asked for, and one size is looked at.
const OF_COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };
const SCHEMES = { light: Object.entries(SIZES), dark: Object.entries(SIZES).slice(0, 1) };

describe('pages', () => {
    let browser, scene, storageState;
    before(async () => {
        browser = await launch();
        const maker = await browser.newContext({ ignoreHTTPSErrors: true });
        scene = await makeScene(maker);
        storageState = await maker.storageState();
        await maker.close();
    });
    after(() => browser?.close());

    const contexts = options => ({ isSignedIn }) => browser.newContext({ ignoreHTTPSErrors: true,
        ...options, deviceScaleFactor: 2, viewport: SIZES['320 px'], ...isSignedIn ? { storageState } : {}
    });

    for (const [colorScheme, sizes] of Object.entries(SCHEMES)) {
        // In the dark only the colour of the focus ring is another; a short run trusts the light one.
        if (colorScheme === 'light' || !process.env.TILLGATE_SHORT_RUN) test(`fit and can be used by keyboard, ${colorScheme}, without scripts`, async () => {
            const found = [];
            await tour(scene, contexts({ javaScriptEnabled: false, colorScheme }), async (page, name) => {
                for (const [size, viewport] of sizes) {
                    await page.setViewportSize(viewport);
                    // The order of Tab is the same at every size: it is walked at the smallest.
                    const seen = size === '320 px' ? await faults(page) : await tooWideOf(page);
                    found.push(...seen.map(fault => `${name} at ${size}: ${fault}`));
                }
            });
            assert.deepEqual(found, []);
        });
    }

    test('have nothing that axe objects to, light and dark', async () => {
        const found = [];
        await tour(scene, contexts({ colorScheme: 'light' }), async (page, name) => {
            await page.evaluate(axe.source);
            const seen = await objections(page, ALL);
            await page.emulateMedia({ colorScheme: 'dark' });
            // Buttons fade from one colour to the other.
            await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
            seen.push(...(await objections(page, OF_COLOURS)).map(objection => `in the dark, ${objection}`));
            await page.emulateMedia({ colorScheme: 'light' });
            found.push(...seen.map(objection => `${name}: ${objection}`));
        });
        assert.deepEqual(found, []);
    });
});

async function tooWideOf(page) {
    return (await page.evaluate(tooWide)).map(what => `out of the page: ${what}`);
}

/** What a person with a narrow window and a keyboard would stumble over. */
async function faults(page) {
    const wide = await tooWideOf(page);
    const all = await page.evaluate(controls);
    const reached = new Set(), unseen = [];
    // Once around, and over the browser's own bar.
    for (let step = 0; step <= all.length; step++) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(focused);
        if (!at || reached.has(at.number)) break;
        reached.add(at.number);
        unseen.push(...at.faults.map(fault => `${all[at.number]}: ${fault}`));
    }
    const missed = all.filter((_, number) => !reached.has(number)).map(what => `not reached by Tab: ${what}`);
    return [...wide, ...unseen, ...missed];
}

/** What axe-core objects to. */
async function objections(page, runOnly) {
    const { violations } = await page.evaluate(options => globalThis.axe.run(document, options), { runOnly });
    return violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(node => node.html.slice(0, 120)).join(' | ')}`);
}
