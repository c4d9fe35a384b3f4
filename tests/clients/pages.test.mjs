// Every page that people meet, and every state of each, at 320 px and at 200 % zoom, in both colour schemes and with scripts
// off: nothing runs out of the page (WCAG 1.4.10), every control is reached by the keyboard with a ring that can be seen
// (2.4.7, 2.4.11, 1.4.11), and axe-core finds nothing.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch } from './browser.mjs';
import { SIZES, faults, objections, runsOut, stumbles } from './checks.mjs';
import { MIRRORED, WIDENED, gallery } from './gallery.mjs';
import { demo } from './support/demo.mjs';
import { makeScene } from './support/scene.mjs';
import { tour } from './tour.mjs';

const isShort = Boolean(process.env.TILLGATE_SHORT_RUN);
const SMALL = '320 px', ZOOMED = '200 % zoom';

describe('pages', () => {
    // A short run goes by Tab only through what it has not seen before.
    const known = isShort ? new Set() : undefined;
    let browser;
    before(async () => (browser = await launch()));
    after(() => browser?.close());

    describe('on the way', () => {
        let scene, storageState;
        before(async () => {
            const maker = await browser.newContext({ ignoreHTTPSErrors: true });
            scene = await makeScene(maker);
            storageState = await maker.storageState();
            await maker.close();
        });
        const contexts = colorScheme => ({ isSignedIn }) => browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false,
            colorScheme, deviceScaleFactor: 2, viewport: SIZES[SMALL], ...isSignedIn ? { storageState } : {}
        });

        test('fit, can be used by keyboard without scripts, and have nothing that axe objects to', async () => {
            const found = [];
            await tour(scene, contexts('light'), async (page, name) => {
                found.push(...(await faults(page, known)).map(fault => `${name}: ${fault}`));
            });
            assert.deepEqual(found, []);
        });

        // In the dark only the colour of the focus ring is another; a short run trusts the light one.
        test('can be used by keyboard in the dark', { skip: isShort }, async () => {
            const found = [];
            await tour(scene, contexts('dark'), async (page, name) => {
                found.push(...(await stumbles(page)).map(fault => `${name}: ${fault}`));
            });
            assert.deepEqual(found, []);
        });
    });

    describe('of the gallery', () => {
        const opened = (size, options) => browser.newContext({ viewport: SIZES[size], ...options });

        test('have nothing that axe objects to, and can be used by keyboard', async () => {
            const found = [];
            const context = await opened(SMALL);
            await gallery(context, 'en', async (page, name) => {
                // What shoppers see is always looked at in the dark, too.
                const inTheDark = !isShort || name.startsWith('account/');
                const seen = [...await objections(page, { inTheDark }), ...await stumbles(page, known), ...await runsOut(page)];
                found.push(...seen.map(fault => `${name}: ${fault}`));
            });
            await context.close();
            assert.deepEqual(found, []);
        });

        const most = { [SMALL]: ['de', MIRRORED, WIDENED], [ZOOMED]: ['en', 'de', MIRRORED, WIDENED] };
        const short = { [SMALL]: ['de', MIRRORED], [ZOOMED]: ['de'] };
        for (const [size, languages] of Object.entries(isShort ? short : most)) {
            test(`fit at ${size}, in ${languages.join(', ')}`, async () => {
                const found = [], context = await opened(size);
                for (const language of languages) {
                    await gallery(context, language, async (page, name) => {
                        found.push(...(await runsOut(page)).map(fault => `${name} in ${language}: ${fault}`));
                    });
                }
                await context.close();
                assert.deepEqual(found, []);
            });
        }
    });

    // Without scripts, as on the tour: there axe runs on promises alone.
    test('with faults are found out', async () => {
        const context = await browser.newContext({ javaScriptEnabled: false, viewport: SIZES[SMALL] });
        const page = await context.newPage();
        await page.goto(`${demo().issuer}/`);
        await page.evaluate(() => {
            const main = document.querySelector('main');
            main.insertAdjacentHTML('beforeend', '<input><p id="faint">faint</p><a href="/" tabindex="-1">skipped</a><pre>wide</pre>');
            // Of a contrast that is too low in both schemes.
            main.querySelector('#faint').style.color = '#777';
            main.querySelector('pre').style.width = '400px';
            main.querySelector('input').style.outline = 'none';
        });
        const found = [...await objections(page), ...await runsOut(page), ...await stumbles(page)].join('\n');
        const planted = [/^label/m, /^color-contrast .*faint/m, /^in the dark, color-contrast/m, /out of the page/, /no ring/, /not reached by Tab: <a/];
        for (const fault of planted) assert.match(found, fault);
        await context.close();
    });
});
