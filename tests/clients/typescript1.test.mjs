// The TypeScript SDK 1.x, as far as it can go (see agents/typescript1.mjs).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { typescript1 } from './agents/typescript1.mjs';
import { typescript2 } from './agents/typescript2.mjs';
import { giveLinks, openBrowser } from './browser.mjs';
import { SIZES } from './checks.mjs';
import { CART, find, journeys, seat, structured } from './journeys.mjs';
import * as keyboard from './keyboard.mjs';
import { ADDRESS, decide, onlyKeys } from './purchases.mjs';
import { demo } from './support/demo.mjs';

journeys('TypeScript SDK 1.x', typescript1, { era: '2025-11-25', name: 'Journey TypeScript one', stepsUp: false, hasDocument: true });

/** A host that holds a token itself, and has nobody who could answer a challenge. */
async function host(t, accessToken, options = {}) {
    const client = new Client({ name: 'host', version: '1.0.0' });
    t.after(() => client.close());
    const requestInit = { headers: { authorization: `Bearer ${accessToken}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(demo().mcp_url), { requestInit, ...options }));
    return client;
}

// C-3: some hosts act on the result and never see the 403. This SDK checks `structuredContent` against the tool's schema in
// errors too, and throws where it does not match: such a host would show the mismatch in place of what is missing.
test('a missing permission can be read in the result by an SDK that checks output schemas', async t => {
    const browser = await openBrowser();
    t.after(() => browser.close());
    const shop = await seat(browser, typescript1, { name: 'Journey TypeScript 1 result' });
    t.after(shop.close);
    await shop.agent.connect();
    const { accessToken } = await shop.agent.credentials();
    const asResult = async (url, init) => {
        const answer = await fetch(url, init);
        return answer.status === 403 ? new Response(answer.body, { headers: { 'content-type': 'application/json' } }) : answer;
    };
    const client = await host(t, accessToken, { fetch: asResult });
    const { tools } = await client.listTools();
    const { outputSchema } = tools.find(tool => tool.name === 'add_to_cart');
    assert.ok(outputSchema, 'there is something to check against');
    const result = await client.callTool({ name: 'add_to_cart', arguments: { variant_id: 'v', quantity: 1 } });
    assert.equal(result.isError, true);
    const { error } = JSON.parse(result.content[0].text);
    assert.deepEqual([error.code, error.missing_scope], ['insufficient_scope', 'cart:write']);
    assert.match(result._meta['mcp/www_authenticate'][0], /error="insufficient_scope"/);
});

// H20: such a host hands the body of the 403 to its model. Its shopper has nothing but a keyboard.
for (const size of Object.keys(SIZES)) test(`where the merchant gives links, an agent that cannot step up has one purchase approved, and no more, at ${size}`, async t => {
    const browser = await openBrowser();
    const desk = await browser.page();
    // Whatever becomes of this: the other journeys are those of a store that gives none.
    t.after(() => giveLinks(desk, demo(), false).finally(() => browser.close()));
    await giveLinks(desk, demo(), true);
    const shoppers = await onlyKeys(size);
    t.after(() => shoppers.close());

    // By an SDK that can ask for the cart; from then on, this one has the token.
    const shop = await seat(shoppers, typescript2, { name: `Journey TypeScript 1 link ${parseInt(size)}`, era: '2025-11-25' });
    t.after(shop.close);
    shop.shopper = { allow: true, tick: [CART], hands: keyboard };
    await shop.agent.connect();
    const { products } = structured(await shop.agent.call('search_products', { query: 'honey', limit: 20 }));
    structured(await shop.agent.call('add_to_cart', { variant_id: find(products, 'variant_id'), quantity: 1 }));
    const { accessToken, scope } = await shop.agent.credentials();
    assert.ok(!scope.includes('checkout'), scope);
    const client = await host(t, accessToken);
    const call = (name, args) => client.callTool({ name, arguments: args });

    const added = async () => find(structured(await call('add_to_cart', { variant_id: find(products, 'variant_id'), quantity: 1 })), 'cart_id');
    const refused = async cart_id => {
        const error = await call('initiate_checkout', { cart_id, shipping: { method: 'standard', address: ADDRESS } }).catch(error => error);
        assert.equal(error.code, 403, JSON.stringify(error));
        const { result } = JSON.parse(error.message.slice(error.message.indexOf('{')));
        const told = JSON.parse(result.content[0].text).error;
        assert.equal(told.missing_scope, 'checkout:initiate');
        return told.checkout;
    };
    const checkout = await refused(await added());
    assert.equal(checkout.state, 'awaiting_approval', JSON.stringify(checkout));
    const asked = await decide(shoppers, checkout.approval_url, 'Approve', keyboard);
    assert.match(asked, /This agent has no permission to start checkouts/);
    assert.match(asked, /Lindenweg 12/);
    const done = structured(await call('get_checkout_status', { checkout_id: checkout.checkout_id }));
    assert.equal(done.state, 'completed', JSON.stringify(done));
    assert.ok(done.order_id);

    const next = await refused(await added());
    assert.equal(next.state, 'awaiting_approval', 'the yes was to one purchase');
    assert.notEqual(next.checkout_id, checkout.checkout_id);
    await giveLinks(desk, demo(), false);
    assert.equal(await refused(await added()), undefined, 'and the merchant can take it back');
});
