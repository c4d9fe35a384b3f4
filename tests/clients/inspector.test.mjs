// The MCP Inspector's command line: from the bare address to a cart, and out again, in both eras. It has one name for all, and
// asks for everything at first, so that it has no journeys of its own. Where the shopper gives less than it asked for, this
// version cannot step up: it refreshes instead (H20). Its `--relogin` forgets what it had and, with secrets in a file, revokes
// nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspector } from './agents/inspector.mjs';
import { leave, openBrowser, openConsole, revokeSession } from './browser.mjs';
import { seat, structured } from './journeys.mjs';
import { Denied } from './support/agent.mjs';
import { bareCall, bareRefresh, demo, eventually } from './support/demo.mjs';

const TICKED = ['Stay connected', 'Add or remove items in your cart'];

/** A seat for it, at which a shopper lets it stay and gives it the cart. */
async function sitDown(t, setting) {
    const browser = await openBrowser();
    t.after(() => browser.close());
    const shop = await seat(browser, inspector, { ...setting, name: 'MCP Inspector' });
    t.after(shop.close);
    shop.shopper = { allow: true, tick: TICKED };
    return Object.assign(shop, { browser });
}

test('connects, shops, refreshes in silence, and asks anew when it was stopped', async t => {
    const shop = await sitDown(t, { era: 'legacy' });
    assert.ok((await shop.agent.tools()).includes('add_to_cart'));
    assert.equal(shop.asked.length, 1, 'one authorization');
    assert.equal(shop.asked[0].searchParams.get('resource'), demo().mcp_url);
    await shop.answered();
    assert.match(shop.consents[0], /MCP Inspector/);
    structured(await shop.agent.call('add_to_cart', { variant_id: 'sencha-kagoshima-50-g', quantity: 1 }));

    const before = shop.agent.credentials();
    shop.agent.expire();
    structured(await shop.agent.call('search_products', { query: 'tea', limit: 1 }));
    const { accessToken, refreshToken, clientId } = shop.agent.credentials();
    assert.notEqual(refreshToken, before.refreshToken, 'OAuth 2.1 §4.3.1: the refresh token rotated');
    assert.equal(shop.asked.length, 1, 'nobody was asked');

    const page = await shop.browser.page();
    await openConsole(page, { console_url: demo().console_url, staff: demo().staff });
    await revokeSession(page, 'MCP Inspector');
    await eventually('the token is refused', async () => await bareCall(demo().mcp_url, accessToken) === 401, 1_000, 50);
    await leave(page);
    const { status, body } = await bareRefresh(demo().issuer, clientId, refreshToken);
    assert.deepEqual([status, body.error], [400, 'invalid_grant']);
    shop.shopper = { allow: false };
    await assert.rejects(shop.agent.tools(), error => error instanceof Denied && error.code === 'access_denied');
});

test('speaks the stateless revision', async t => {
    const shop = await sitDown(t, { era: 'modern', hasDocument: true });
    structured(await shop.agent.call('search_products', { query: 'tea', limit: 1 }));
    assert.equal(shop.asked.length, 1, 'one authorization');
});
