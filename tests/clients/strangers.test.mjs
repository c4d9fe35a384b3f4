// C-7: a store that lets anybody search. Who looks around there without a token is asked for one when it is needed, and an SDK
// that began as a stranger goes on as the shopper's agent. A demo of its own, since the other one lets nobody in.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { typescript1 } from './agents/typescript1.mjs';
import { typescript2 } from './agents/typescript2.mjs';
import { openBrowser } from './browser.mjs';
import { find, seat, structured } from './journeys.mjs';
import { startDemo } from './support/demo_program.mjs';

describe('a store with a public tool', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillgate-strangers-'));
    let browser, program;
    before(async () => {
        const started = await startDemo(folder, { TILLGATE_STORE__SERVER__PUBLIC_TOOLS: 'search_products' });
        program = started.child;
        // Of this file's process, and so of its browser and its agents.
        process.env.TILLGATE_DEMO_JSON = started.file;
        browser = await openBrowser();
    });
    after(async () => {
        await browser?.close();
        program?.kill('SIGKILL');
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    });

    for (const [label, makeAgent, era] of [
        ['TypeScript SDK 1.x', typescript1, undefined],
        ['TypeScript SDK 2.x, 2025-11-25', typescript2, '2025-11-25'],
        ['TypeScript SDK 2.x, 2026-07-28', typescript2, '2026-07-28']
    ]) {
        test(`${label} searches as a stranger, and links when it wants more`, async t => {
            const shop = await seat(browser, makeAgent, { name: `Stranger ${era ?? 'one'}`, era });
            t.after(shop.close);
            await shop.agent.connect();
            assert.ok((await shop.agent.tools()).includes('view_cart'), 'all tools are listed');
            const found = structured(await shop.agent.call('search_products', { query: 'tea' }));
            assert.equal(shop.asked.length, 0, 'nobody was asked for anything');

            const product = structured(await shop.agent.call('get_product', { product_id: find(found, 'product_id') }));
            assert.equal(find(product, 'product_id'), find(found, 'product_id'));
            assert.equal(shop.asked.length, 1, 'one authorization');
            structured(await shop.agent.call('search_products', { query: 'tea' }));
            assert.equal(shop.asked.length, 1, 'and no other');
        });
    }
});
