// The whole way of a purchase by a real client: it checks out, the shopper approves on their own page in a real browser, and
// there is one order. `setting.opensLinks`: the client opens the page for its user (F24); others show the link and poll.
// `setting.onlyKeysAt`: the shopper has a keyboard, a window of this size (checks.mjs) and no scripts, for all that they do.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as mouse from './browser.mjs';
import { leave, openBrowser } from './browser.mjs';
import { SIZES } from './checks.mjs';
import { CART, CHECKOUT, STAY, find, seat, structured } from './journeys.mjs';
import * as keyboard from './keyboard.mjs';
import { demo } from './support/demo.mjs';

export const ADDRESS = { name: 'Maya Example', line1: 'Lindenweg 12', postal_code: '34117', city: 'Kassel', country: 'DE' };

/** A browser of such a shopper. */
export const onlyKeys = size => openBrowser({ script: false, viewport: SIZES[size] });

/** Opens the approval page as the shopper and answers by the button of this name; returns what stood there. */
export async function decide(browser, url, answer, hands = mouse) {
    const page = await browser.page();
    try {
        await page.goto(url);
        const approve = page.getByRole('button', { name: answer, exact: true });
        await approve.or(page.getByRole('button', { name: 'Sign in', exact: true })).first().waitFor();
        if (!await approve.isVisible()) await hands.signIn(page, demo().shopper);
        await approve.waitFor();
        const asked = await page.locator('main').innerText();
        await hands.send(page, answer);
        return asked;
    } finally {
        await leave(page);
    }
}

/** Registers the journey of one client that buys. */
export function purchases(label, makeAgent, { opensLinks = false, onlyKeysAt, ...setting }) {
    describe(`${label} buys`, () => {
        const hands = onlyKeysAt ? keyboard : mouse;
        let browser;
        before(async () => (browser = await (onlyKeysAt ? onlyKeys(onlyKeysAt) : openBrowser())));
        after(() => browser?.close());

        async function shopping(t, name) {
            const opened = [];
            const openLink = async url => void opened.push({ url, asked: await decide(browser, url, opened.answer ?? 'Approve', hands) });
            const shop = await seat(browser, makeAgent, { ...setting, name, ...(opensLinks ? { openLink } : {}) });
            t.after(shop.close);
            shop.shopper = { allow: true, tick: [STAY, CART, CHECKOUT], hands };
            await shop.agent.connect();
            const { products } = structured(await shop.agent.call('search_products', { query: 'honey', limit: 20 }));
            const variant = find(products[process.pid % products.length], 'variant_id');
            const cart = structured(await shop.agent.call('add_to_cart', { variant_id: variant, quantity: 1 }));
            const shipping = { method: 'standard', address: ADDRESS };
            return { shop, opened, args: { cart_id: find(cart, 'cart_id'), shipping } };
        }

        test('what the shopper approves is ordered, once', async t => {
            const { shop, opened, args } = await shopping(t, `${setting.name} buys`);
            let checkout = structured(await shop.agent.call('initiate_checkout', args));
            if (!opensLinks) {
                assert.equal(checkout.state, 'awaiting_approval');
                const asked = await decide(browser, checkout.approval_url, 'Approve', hands);
                opened.push({ url: checkout.approval_url, asked });
                checkout = structured(await shop.agent.call('get_checkout_status', { checkout_id: checkout.checkout_id }));
            }
            assert.equal(checkout.state, 'completed', JSON.stringify(checkout));
            assert.equal(opened.length, 1, 'the shopper was sent to one page');
            assert.ok(opened[0].url.startsWith(`${demo().issuer}/purchases/`), opened[0].url);
            assert.match(opened[0].asked, /Lindenweg 12/, 'the page says where it goes');
            assert.ok(!JSON.stringify(checkout).includes('Lindenweg'), 'and the agent is not told again');

            const again = structured(await shop.agent.call('initiate_checkout', args));
            assert.equal(again.order_id, checkout.order_id, 'the same call again is the same order');
            const page = await browser.page();
            await page.goto(opened[0].url);
            assert.match(await page.locator('main').innerText(), new RegExp(checkout.order_id), 'the shopper finds it there');
            await leave(page);
        });
        test('what the shopper declines is not bought', async t => {
            const { shop, opened, args } = await shopping(t, `${setting.name} asks`);
            opened.answer = 'Decline';
            let checkout = structured(await shop.agent.call('initiate_checkout', args));
            if (!opensLinks) {
                await decide(browser, checkout.approval_url, 'Decline', hands);
                checkout = structured(await shop.agent.call('get_checkout_status', { checkout_id: checkout.checkout_id }));
            }
            assert.equal(checkout.state, 'declined', JSON.stringify(checkout));
            assert.equal(checkout.order_id, undefined);
        });
    });
}
