// What is asked of every page, whatever it says: that nothing runs out of it, that the keyboard reaches every control with a ring
// that can be seen, and that axe-core finds nothing. With scripts or without; each check answers what it found in words.

import axe from 'axe-core';
import { controls, focused, tooWide } from './support/seen.mjs';

// A small phone, and a window of 1280 by 800 pixels zoomed to 200 %.
export const SIZES = { '320 px': { width: 320, height: 640 }, '200 % zoom': { width: 640, height: 400 } };

const ALL = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// Only colours differ between the schemes: in the dark these alone are asked for.
const OF_COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

// Where a page's scripts are off no timer of its window rings, and axe waits for some. Promises are kept there too.
const AXE = `globalThis.setTimeout = (ring, ms = 0) => void (ms < 100 && Promise.resolve().then(ring)); ${axe.source}`;

/** All of it, in the page's small size, and what runs out of it in the zoomed one. `known` as for `stumbles`. */
export async function faults(page, known) {
    const found = [...await runsOut(page), ...await objections(page), ...await stumbles(page, known)];
    await page.setViewportSize(SIZES['200 % zoom']);
    found.push(...(await runsOut(page)).map(fault => `at 200 % zoom, ${fault}`));
    await page.setViewportSize(SIZES['320 px']);
    return found;
}

/** What runs out of the page at its present size. */
export async function runsOut(page) {
    return (await page.evaluate(tooWide)).map(what => `out of the page: ${what}`);
}

/** What a person with a keyboard alone would stumble over. Where `known` has seen the same controls before, nothing. */
export async function stumbles(page, known) {
    const all = await page.evaluate(controls);
    // Their elements and styles; words make no difference.
    const alike = all.map(what => what.replace(/ (?!class|type|role)[\w-]+="[^"]*"?|>.*/g, '')).join();
    if (known?.has(alike)) return [];
    known?.add(alike);
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
    return [...unseen, ...missed];
}

/** What axe-core objects to, in the light and then in the dark. */
export async function objections(page, { inTheDark = true } = {}) {
    if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(AXE);
    const found = await violations(page, ALL);
    if (!inTheDark) return found;
    await page.emulateMedia({ colorScheme: 'dark' });
    // Buttons fade from one colour to the other.
    await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
    found.push(...(await violations(page, OF_COLOURS)).map(objection => `in the dark, ${objection}`));
    await page.emulateMedia({ colorScheme: 'light' });
    return found;
}

function violations(page, runOnly) {
    return page.evaluate(async options => {
        const { violations } = await globalThis.axe.run(document, options);
        const of = nodes => nodes.map(node => node.html.slice(0, 120)).join(' | ');
        return violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${of(nodes)}`);
    }, { runOnly, preload: false, resultTypes: ['violations'] });
}
