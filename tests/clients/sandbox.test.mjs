// The sandbox, by the TypeScript SDK 2.x: the whole loop at addresses of its own, and nothing of it works in the live store.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typescript2 } from './agents/typescript2.mjs';
import { openBrowser } from './browser.mjs';
import { journeys, seat } from './journeys.mjs';
import { bareCall, bareRefresh, demo } from './support/demo.mjs';

const setting = { era: '2026-07-28', name: 'Journey sandbox', environment: 'sandbox', hasDocument: true };

journeys('TypeScript SDK 2.x in the sandbox', typescript2, setting);

test('tokens of one environment are nothing in the other', async t => {
    const browser = await openBrowser();
    t.after(() => browser.close());
    const { issuer, sandbox_issuer, mcp_url, sandbox_mcp_url } = demo();
    const places = [['sandbox', sandbox_mcp_url, mcp_url, issuer], ['live', mcp_url, sandbox_mcp_url, sandbox_issuer]];
    for (const [environment, own, other, otherIssuer] of places) {
        const shop = await seat(browser, typescript2, { ...setting, name: `Journey stays in ${environment}`, environment });
        t.after(shop.close);
        await shop.agent.connect();
        const { accessToken, refreshToken, clientId } = await shop.agent.credentials();
        assert.notEqual(await bareCall(own, accessToken), 401);
        assert.equal(await bareCall(other, accessToken), 401);
        const { status, body } = await bareRefresh(otherIssuer, clientId, refreshToken);
        assert.deepEqual([status, body.error], [401, 'invalid_client'], 'the client is unknown there');
    }
});
