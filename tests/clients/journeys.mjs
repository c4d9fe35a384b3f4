// The journeys that every agent makes, written once: from the bare address of a store's MCP server to a checkout,
// a denial, and the merchant's one click. A client's own file says which SDK walks them and in which era.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { answer, leave, openBrowser, openConsole, revokeSession } from './browser.mjs';
import { Denied, NobodyThere } from './support/agent.mjs';
import { callbackServer } from './support/callback.mjs';
import { bareCall, bareRefresh, demo, eventually } from './support/demo.mjs';
import { documentOf } from './support/documents.mjs';

/** Boxes of the consent page. */
export const STAY = 'Stay connected';
export const CART = 'Add or remove items in your cart';
export const CHECKOUT = 'Start a checkout for you to confirm';

const BANNER = /This is a test store: nothing here is real/;

/** The addresses of an environment of the demo. */
function place(environment = 'live') {
    const { mcp_url, sandbox_mcp_url, issuer, sandbox_issuer, console_url } = demo();
    return environment === 'live'
        ? { mcp_url, issuer, console_url }
        : { mcp_url: sandbox_mcp_url, issuer: sandbox_issuer, console_url: `${console_url}?environment=sandbox` };
}

/** Scopes of a space-separated list, as a set. */
const scopes = list => new Set(list.split(' ').filter(Boolean));

/** The first value under `key` anywhere in a tool's result. */
export function find(value, key) {
    if (Array.isArray(value)) return value.map(each => find(each, key)).find(found => found !== undefined);
    if (value === null || typeof value !== 'object') return undefined;
    return key in value ? value[key] : find(Object.values(value), key);
}

/** A tool's structured result; tells what the tool said if it failed. */
export function structured(result) {
    assert.ok(!result.isError, `the tool failed: ${JSON.stringify(result.content)}`);
    assert.ok(result.structuredContent, 'the tool gave no structured content');
    return result.structuredContent;
}

/** The authorization response, whether it comes to the seat's own callback or to one that the agent's program opened. */
function arrivalAt(page, redirectUri, callback) {
    if (redirectUri === callback.uri) return callback.next();
    return page.waitForRequest(request => request.url().startsWith(redirectUri), { timeout: 60_000 }).then(request => request.url());
}

/** One agent with its callback, and a shopper at a browser who answers as `shopper` says. */
export async function seat(browser, makeAgent, setting) {
    const callback = await callbackServer();
    const seat = {
        asked: [], consents: [], shopper: { allow: true, tick: [STAY] },
        // An agent whose program takes the answer itself can be connected before the browser is done.
        answered: () => eventually('the shopper has answered', () => seat.consents.length > 0, 15_000)
    };
    const agent = await makeAgent({
        ...setting,
        mcpUrl: place(setting.environment).mcp_url,
        redirectUri: callback.uri,
        clientMetadataUrl: setting.hasDocument ? documentOf(setting.name) : undefined,
        async ask(url) {
            seat.asked.push(new URL(url));
            if (!seat.shopper) throw new NobodyThere('a new authorization was asked for');
            const page = await browser.page();
            try {
                const { shopper: person } = demo();
                const arrival = arrivalAt(page, new URL(url).searchParams.get('redirect_uri'), callback);
                const given = await answer(page, url, { person, arrival, ...seat.shopper });
                seat.consents.push(...given.consents);
                return given.address;
            } finally {
                await leave(page);
            }
        }
    });
    const close = async () => {
        await agent.close();
        callback.close();
    };
    return Object.assign(seat, { agent, close });
}

/**
 * Registers the journeys of one client. `label` names it; `setting.name` is what its shopper reads, and
 * `setting.environment` is `sandbox` where it is not the live store. `hasDocument`: it goes by a document of its own and does
 * not register. `revokesItself`: it has a `revoke` (RFC 7009).
 */
export function journeys(label, makeAgent, { stepsUp = true, revokesItself = false, ...setting }) {
    describe(label, () => {
        let browser;
        before(async () => (browser = await openBrowser()));
        after(() => browser?.close());

        test('connects from the bare address, refreshes in silence, and steps up to a checkout', async t => {
            const shop = await seat(browser, makeAgent, setting);
            t.after(shop.close);
            await t.test('discovers, registers and connects', () => connects(shop, setting));
            await t.test('searches', () => searches(shop));
            await t.test('refreshes without asking anybody', () => refreshes(shop));
            if (stepsUp) await t.test('steps up to the cart and to a checkout', () => checksOut(shop, browser));
        });
        test('is told that the shopper said no', async t => {
            const shop = await seat(browser, makeAgent, { ...setting, name: `${setting.name} denied` });
            t.after(shop.close);
            shop.shopper = { allow: false };
            await assert.rejects(shop.agent.connect(), error => error instanceof Denied && error.code === 'access_denied');
        });
        test('is stopped within a second of the merchant\'s click', async t => {
            const shop = await seat(browser, makeAgent, { ...setting, name: `${setting.name} revoked` });
            t.after(shop.close);
            await stopped(shop, browser, { ...setting, name: `${setting.name} revoked` });
        });
        if (revokesItself) {
            test('ends its own connection, and nothing of it works', async t => {
                const shop = await seat(browser, makeAgent, { ...setting, name: `${setting.name} leaving` });
                t.after(shop.close);
                await leaves(shop, setting);
            });
        }
    });
}

async function connects(shop, { era, name, environment, hasDocument }) {
    const version = await shop.agent.connect();
    if (era) assert.equal(version, era);
    assert.equal(shop.asked.length, 1, 'one authorization');
    const { searchParams } = shop.asked[0];
    assert.equal(searchParams.get('resource'), place(environment).mcp_url, 'RFC 8707: the resource is the address as typed');
    assert.equal(searchParams.get('code_challenge_method'), 'S256');
    if (hasDocument) assert.equal(searchParams.get('client_id'), documentOf(name), 'its document, and no registration');
    await shop.answered();
    assert.equal(shop.consents.length, 1);
    assert.match(shop.consents[0], new RegExp(name), 'the consent page names the agent');
    assert.equal(BANNER.test(shop.consents[0]), environment === 'sandbox', 'the consent page says where the agent would shop');
    const granted = scopes((await shop.agent.credentials()).scope);
    assert.ok(granted.has('products:read'), 'browsing was granted');
    assert.ok(!granted.has('cart:write') && !granted.has('checkout:initiate'), 'nothing more was');
    const tools = await shop.agent.tools();
    for (const tool of ['search_products', 'add_to_cart', 'initiate_checkout']) assert.ok(tools.includes(tool), tool);
}

let shelf = process.pid;

async function searches(shop) {
    const found = structured(await shop.agent.call('search_products', { query: 'tea', limit: 20 }));
    // Open checkouts hold stock and all journeys have one shopper: each shops somewhere else on the shelf, where there is much.
    const products = found.products.filter(product => product.variants[0].availability === 'in_stock');
    shop.variant = find(products[shelf++ % products.length], 'variant_id');
    assert.ok(shop.variant, 'a product with a variant');
}

async function refreshes(shop) {
    const before = await shop.agent.credentials();
    assert.ok(before.refreshToken, 'a refresh token came with the first');
    const asked = shop.asked.length;
    await shop.agent.expire();
    structured(await shop.agent.call('search_products', { query: 'tea', limit: 1 }));
    const after = await shop.agent.credentials();
    assert.notEqual(after.accessToken, before.accessToken);
    assert.notEqual(after.refreshToken, before.refreshToken, 'OAuth 2.1 §4.3.1: the refresh token rotated');
    assert.equal(shop.asked.length, asked, 'nobody was asked');
}

async function checksOut(shop, browser) {
    shop.shopper = { allow: true, tick: [STAY, CART] };
    const cart = structured(await shop.agent.call('add_to_cart', { variant_id: shop.variant, quantity: 1 }));
    assert.equal(shop.asked.length, 2, 'the cart cost one step-up');
    const cartId = find(cart, 'cart_id');
    assert.ok(cartId, 'a cart');

    shop.shopper = { allow: true, tick: [STAY, CART, CHECKOUT] };
    const checkout = structured(await shop.agent.call('initiate_checkout', { cart_id: cartId, shipping: { method: 'pickup' } }));
    assert.equal(shop.asked.length, 3, 'the checkout cost another');
    const asked = scopes(shop.asked[2].searchParams.get('scope'));
    for (const scope of ['products:read', 'cart:write', 'checkout:initiate']) assert.ok(asked.has(scope), `union: ${scope}`);
    const granted = scopes((await shop.agent.credentials()).scope);
    assert.ok(granted.has('checkout:initiate') && granted.has('cart:write'), [...granted].join(' '));
    await waitsForApproval(checkout, browser);
}

/** The checkout waits for the shopper, who signs in where it is approved; the store's own page shows it and can do nothing. */
async function waitsForApproval(checkout, browser) {
    assert.match(JSON.stringify(checkout), /"awaiting_approval"/);
    const [approval, frozen] = ['approval_url', 'checkout_url'].map(key => find(checkout, key));
    assert.ok(approval && frozen, 'a link to approve it and a link to look at it');
    const page = await browser.page();
    try {
        const response = await page.goto(frozen);
        assert.equal(response.status(), 200);
        assert.equal(await page.locator('form[method=post]').count(), 0, 'nothing can be approved or paid at the store');
        await page.goto(approval);
        const answers = page.getByRole('button', { name: /^(Sign in|Approve)$/ });
        await answers.first().waitFor();
    } finally {
        await leave(page);
    }
}

async function stopped(shop, browser, { name, environment }) {
    const { console_url, mcp_url, issuer } = place(environment);
    await shop.agent.connect();
    const { accessToken, refreshToken, clientId } = await shop.agent.credentials();
    assert.notEqual(await bareCall(mcp_url, accessToken), 401, 'the token works');

    const page = await browser.page();
    await openConsole(page, { console_url, staff: demo().staff });
    const clicked = await revokeSession(page, name);
    await eventually('the token is refused', async () => await bareCall(mcp_url, accessToken) === 401, 1_000, 50);
    const took = performance.now() - clicked;
    assert.ok(took < 1_000, `refused ${Math.round(took)} ms after the click was answered`);
    await leave(page);

    const { status, body } = await bareRefresh(issuer, clientId, refreshToken);
    assert.deepEqual([status, body.error], [400, 'invalid_grant']);
    shop.shopper = undefined;
    await assert.rejects(shop.agent.call('search_products', { query: 'tea' }), NobodyThere, 'it must ask anew');
}

async function leaves(shop, { environment }) {
    const { mcp_url, issuer } = place(environment);
    await shop.agent.connect();
    const { accessToken, refreshToken, clientId } = await shop.agent.credentials();
    await shop.agent.revoke();
    await eventually('the token is refused', async () => await bareCall(mcp_url, accessToken) === 401, 1_000, 50);
    const { status, body } = await bareRefresh(issuer, clientId, refreshToken);
    assert.deepEqual([status, body.error], [400, 'invalid_grant']);
}
