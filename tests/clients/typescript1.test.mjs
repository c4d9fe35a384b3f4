// The TypeScript SDK 1.x, as far as it can go (see agents/typescript1.mjs).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { typescript1 } from './agents/typescript1.mjs';
import { openBrowser } from './browser.mjs';
import { journeys, seat } from './journeys.mjs';
import { demo } from './support/demo.mjs';

journeys('TypeScript SDK 1.x', typescript1, { era: '2025-11-25', name: 'Journey TypeScript one', stepsUp: false, hasDocument: true });

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
    const client = new Client({ name: 'host', version: '1.0.0' });
    t.after(() => client.close());
    const requestInit = { headers: { authorization: `Bearer ${accessToken}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(demo().mcp_url), { requestInit, fetch: asResult }));
    const { tools } = await client.listTools();
    const { outputSchema } = tools.find(tool => tool.name === 'add_to_cart');
    assert.ok(outputSchema, 'there is something to check against');
    const result = await client.callTool({ name: 'add_to_cart', arguments: { variant_id: 'v', quantity: 1 } });
    assert.equal(result.isError, true);
    const { error } = JSON.parse(result.content[0].text);
    assert.deepEqual([error.code, error.missing_scope], ['insufficient_scope', 'cart:write']);
    assert.match(result._meta['mcp/www_authenticate'][0], /error="insufficient_scope"/);
});
