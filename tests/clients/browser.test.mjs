// What only a real browser shows: that the redirect chain after consent survives the page's policy (H15), for a
// loopback address, for another site and for a private-use scheme, and that every page works without scripts.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { answer, leave, openBrowser, openConsole, schemeCalled } from './browser.mjs';
import { callbackServer } from './support/callback.mjs';
import { demo, metadata, register } from './support/demo.mjs';

const CURSOR = 'cursor://anysphere.cursor-mcp/oauth/callback';
// H4: Cursor registers all three at once, and one refused is all refused.
const CURSOR_ALL = [CURSOR, 'https://www.cursor.com/agents/mcp/oauth/callback', 'http://localhost:8787/callback'];

/** An authorization request as an agent would build it by hand. */
async function authorizationRequest(clientId, redirectUri) {
    const { issuer, mcp_url } = demo();
    const { authorization_endpoint } = await metadata(issuer);
    const verifier = randomBytes(32).toString('base64url');
    const url = new URL(authorization_endpoint);
    url.search = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: 'products:read inventory:read',
        state: 'a state/with=signs&more',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        resource: mcp_url
    });
    return url.href;
}

function wellFormed(address, redirectUri) {
    const { searchParams } = new URL(address);
    assert.ok(address.startsWith(`${redirectUri}?`), 'A8: to exactly the requested address');
    assert.equal(searchParams.getAll('code').length, 1);
    assert.deepEqual(searchParams.getAll('state'), ['a state/with=signs&more'], 'A8: the state byte for byte');
    assert.deepEqual(searchParams.getAll('iss'), [demo().issuer], 'RFC 9207');
}

for (const script of [true, false]) {
    const way = script ? 'with scripts' : 'without scripts';
    test(`a browser ${way}`, async t => {
        const browser = await openBrowser({ script });
        t.after(() => browser.close());
        const { shopper: person } = demo();

        await t.test('returns to a loopback address', async () => {
            const callback = await callbackServer();
            const client = await register(demo().issuer, `Browser loopback ${way}`, [callback.uri]);
            const page = await browser.page();
            const url = await authorizationRequest(client, callback.uri);
            const { address } = await answer(page, url, { person, arrival: callback.next() });
            callback.close();
            wellFormed(address, callback.uri);
            await leave(page);
        });

        await t.test('calls an app by its own scheme', async () => {
            const client = await register(demo().issuer, 'Cursor', CURSOR_ALL);
            const page = await browser.page();
            const url = await authorizationRequest(client, CURSOR);
            const { address } = await answer(page, url, { person, arrival: schemeCalled(page, 'cursor') });
            wellFormed(address, CURSOR);
            await leave(page);
        });
    });
}

test('a site that asks for consent is never shown inside another page', async t => {
    const browser = await openBrowser();
    t.after(() => browser.close());
    const callback = await callbackServer();
    t.after(() => callback.close());
    const client = await register(demo().issuer, 'Browser framed', [callback.uri]);
    const page = await browser.page();
    const url = await authorizationRequest(client, callback.uri);
    const refused = page.waitForEvent('console', message => /frame-ancestors|X-Frame-Options|Framing/.test(message.text()));
    await page.goto(callback.uri);
    await page.evaluate(address => {
        const frame = document.createElement('iframe');
        frame.src = address;
        document.body.append(frame);
    }, url);
    await refused;
});

test('a merchant reaches the list of sessions without scripts', async t => {
    const browser = await openBrowser({ script: false });
    t.after(() => browser.close());
    const page = await browser.page();
    await openConsole(page, demo());
    assert.ok(await page.getByRole('heading', { level: 1 }).isVisible());
    assert.ok(await page.getByRole('table').first().isVisible());
});
