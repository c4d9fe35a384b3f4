// What the consent page says at the end of the ways that lead there: of an agent that has changed since the shopper said yes, of
// permissions that were described in other words then, of an agent that the store approved, of one at a host that it keeps out, of
// Google's account linking, and of a request that waited for too long. Without scripts, on a small phone. A demo of its own, which is
// started again: descriptions of agents are held in memory for minutes. Its clock is the test's.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch, openConsole, send, signIn } from './browser.mjs';
import { SIZES, faults } from './checks.mjs';
import { clock } from './support/clock.mjs';
import { ownDatabase } from './support/database.mjs';
import { demo, freePort, register } from './support/demo.mjs';
import { mayNameHosts, startDemo } from './support/demo_program.mjs';
import { documentHost } from './support/documents.mjs';
import { connect, requestOf } from './support/scene.mjs';

const BROWSE = 'products:read inventory:read';
const CART = `${BROWSE} cart:write`;
// The demo takes it for this computer, where the documents are; the browser finds nobody there.
const HOST = 'described.example';
const CART_BOX = 'Add or remove items in your cart';
const STOCK_BOX = 'See what is in stock';

describe('the consent page', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillgate-consents-'));
    const ports = {}, isNamed = mayNameHosts(), time = clock(folder);
    let database, documents, program, browser, context, page, desk;

    async function start() {
        const settings = {
            ...documents.settings,
            ...database.setting,
            ...time.settings
        };
        const started = await startDemo(folder, settings, { ...ports, hosts: isNamed ? [HOST] : [] });
        program = started.child;
        process.env.TILLGATE_DEMO_JSON = started.file;
    }
    async function stop() {
        if (!program || program.exitCode !== null || program.signalCode !== null) return;
        const ended = once(program, 'exit');
        program.kill('SIGTERM');
        await ended;
        // As it is while a demo starts: whoever waits for the next one is not told of this one.
        const file = join(folder, 'data', 'demo.json');
        renameSync(file, `${file}.new`);
    }

    before(async () => {
        database = ownDatabase('consents', folder);
        Object.assign(ports, { port: await freePort(), storePort: await freePort() });
        documents = await documentHost(folder);
        await start();
        browser = await launch();
        context = await browser.newContext({ javaScriptEnabled: false, viewport: SIZES['320 px'] });
        page = await context.newPage();
        await page.goto(demo().account_url);
        await signIn(page, demo().shopper);
        await page.waitForLoadState('load');
        desk = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
        await openConsole(desk, demo());
    });
    after(async () => {
        await browser?.close();
        await stop();
        database?.remove();
        documents?.close();
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    });

    const at = path => `${demo().console_url}${path}`;
    const asAgent = (name, client, redirect) => ({ name, client, redirect, scope: CART, issuer: demo().issuer, resource: demo().mcp_url });
    const registered = async (name, redirect) => asAgent(name, await register(demo().issuer, name, [redirect]), redirect);
    const open = async (agent, scope) => page.goto((await requestOf(agent, scope)).url);
    const main = () => page.locator('main').innerText();
    // Names are set apart from the sentence around them by marks that nobody sees.
    const heading = async () => (await page.getByRole('heading', { level: 1 }).innerText()).replace(/[\u2068\u2069]/g, '');
    const button = name => page.getByRole('button', { name, exact: true });

    /** Where the agent is called by this answer. The page ends there, where there is nothing, and another takes its place. */
    async function answered(name, { redirect }) {
        const called = page.waitForRequest(request => request.url().startsWith(`${redirect}?`));
        called.catch(() => {});
        await button(name).click();
        const address = new URL((await called).url());
        await page.close();
        page = await context.newPage();
        return address;
    }

    test('asks about everything again when an agent has changed, and leaves it no more than it is given then', async () => {
        const agent = asAgent('Tea Finder', `${documents.origin}/agents/Tea_Finder/client.json`, 'http://127.0.0.1/callback');
        assert.match((await connect(context, agent)).scope, /cart:write/);
        await open(agent);
        assert.doesNotMatch(await main(), /has changed/);

        documents.change('Tea_Finder', { client_name: 'Tea Buyer', redirect_uris: [agent.redirect, 'https://buyer.example/callback'] });
        await stop();
        await start();
        await open(agent);
        assert.match(await main(), /This agent has changed\s+It describes itself in another way than when you said yes/);
        assert.match(await heading(), /“Tea Buyer” wants to shop for you/, 'as if it had never been allowed anything');
        assert.equal(await page.getByRole('checkbox', { name: CART_BOX }).isChecked(), false, 'nor is what it has ticked');
        assert.deepEqual(await faults(page), []);

        await answered('Allow', agent);
        await page.goto(demo().account_url);
        const card = await page.locator('li.card', { hasText: 'Tea Buyer' }).innerText();
        assert.doesNotMatch(card, new RegExp(CART_BOX), 'what was not given again is gone');
    });

    test('asks about everything again when the permissions were described in other words then', async () => {
        const agent = await registered('Word Keeper', 'https://words.example/callback');
        await open(agent);
        assert.doesNotMatch(await main(), /described in other words/);
        await page.getByRole('checkbox', { name: CART_BOX }).check();
        await answered('Allow', agent);
        await open(agent, `${CART} orders:read`);
        assert.match(await heading(), /“Word Keeper” asks for more/);

        // What a release leaves whose sentences were others.
        await stop();
        const older = `replace(wordings, '"version":"', '"version":"older')`;
        assert.equal(database.change(`UPDATE grants SET wordings = ${older} WHERE client_id = '${agent.client}'`), 1);
        await start();
        await open(agent, `${CART} orders:read`);
        assert.match(await main(), /The permissions are described in other words\s+They read differently when you said yes/);
        assert.match(await heading(), /“Word Keeper” wants to shop for you/);
        assert.equal(await page.getByRole('checkbox', { name: CART_BOX }).isChecked(), false, 'nothing is kept');
        assert.deepEqual(await faults(page), []);

        await answered('Allow', agent);
        await open(agent, `${CART} orders:read`);
        assert.match(await heading(), /“Word Keeper” asks for more/, 'asked once');
    });

    test('asks about the one new permission itself, with boxes beside it for what was left out before', async () => {
        const agent = await registered('Late Asker', 'https://late.example/callback');
        await open(agent, CART);
        await page.getByRole('checkbox', { name: STOCK_BOX }).uncheck();
        await page.getByRole('checkbox', { name: CART_BOX }).check();
        await answered('Allow', agent);
        await open(agent, `${CART} orders:read offline_access`);
        assert.match(await main(), /New permission\s+See your orders and delivery address/);
        assert.match(await main(), /You can allow this, too/);
        const boxes = await page.getByRole('checkbox').evaluateAll(boxes => boxes.map(box => [box.value, box.checked]));
        assert.deepEqual(boxes, [['inventory:read', false], ['offline_access', false]], 'the question itself has no box');
        assert.deepEqual(await faults(page), []);

        await page.getByRole('checkbox', { name: STOCK_BOX }).check();
        await answered('Allow', agent);
        await page.goto(demo().account_url);
        const card = await page.locator('li.card', { hasText: 'Late Asker' }).innerText();
        for (const held of [STOCK_BOX, CART_BOX, 'See your orders and delivery address']) assert.match(card, new RegExp(held));
    });

    const skip = !isNamed && 'this user may not make a mount namespace (`unshare --map-root-user --mount true`)';
    test('names the host of an agent that describes itself, and says that it is verified', { skip }, async () => {
        const origin = documents.origin.replace('localhost', HOST);
        const client = `${origin}/agents/Corner_Shopper/client.json`, redirect = `${origin}/callback`;
        documents.change('Corner_Shopper', { client_id: client, redirect_uris: [redirect, 'https://elsewhere.example/callback'] });
        const agent = asAgent('Corner Shopper', client, redirect);
        await open(agent);
        assert.match(await main(), /Verified domain/);
        assert.match(await main(), new RegExp(`${HOST}\\S* publishes this description of the agent`));
        assert.doesNotMatch(await main(), /not verified|on this computer/);
        assert.deepEqual(await faults(page), []);
        assert.ok((await answered('Allow', agent)).searchParams.get('code'));
    });

    test('says of an agent whether the store approved it', async () => {
        const agent = await registered('Pantry Pal', 'https://pantry.example/callback');
        await open(agent);
        assert.match(await main(), /Name not verified/);

        await desk.goto(at('/agents?agent=Pantry'));
        await desk.locator('tbody th a').first().click();
        await desk.getByLabel('Approved by the store').check();
        await desk.locator('form', { has: desk.getByRole('button', { name: 'Save' }) }).getByLabel('Your password').fill(demo().staff.password);
        await send(desk, 'Save');
        assert.match(await desk.locator('main').innerText(), /Saved/);
        await open(agent);
        assert.match(await main(), /Approved by the store/);
        assert.doesNotMatch(await main(), /Name not verified/);
        assert.deepEqual(await faults(page), []);
    });

    test('is no question for an agent at a host that the store keeps out', async () => {
        const agent = await registered('Blocked Basket', 'https://blocked.example/callback');
        await open(agent);
        assert.ok(await button('Allow').isVisible());

        await desk.goto(at('/agents/policy'));
        await desk.getByLabel('Host', { exact: true }).fill('blocked.example');
        await send(desk, 'Deny');
        await open(agent);
        assert.match(await main(), /This store does not work with this agent/);
        assert.equal(await button('Allow').count(), 0);
        assert.deepEqual(await faults(page), []);
    });

    test('asks for Google’s account linking in one sentence each, without boxes', async () => {
        const redirect = 'https://oauth-redirect.googleusercontent.com/r/tea-1';
        await desk.goto(at('/clients/add?environment=live&preset=google'));
        await desk.getByLabel('Ask shoppers for everything at once').check();
        await send(desk, 'Add the client', { 'Google project id': 'tea-1' });
        const values = desk.locator('dl > div', { hasText: 'Client id' });
        const agent = asAgent('Google', (await values.locator('code').first().innerText()).trim(), redirect);
        await open(agent, `${CART} checkout:initiate offline_access`);
        assert.match(await heading(), /^Link your .+ account to “Google”$/);
        assert.match(await main(), /You agree to all of it, or to nothing/);
        assert.equal(await page.getByRole('checkbox').count(), 0);
        assert.ok(await button('Cancel').isVisible());
        assert.deepEqual(await faults(page), []);

        assert.ok((await answered('Agree and link', agent)).searchParams.get('code'), 'one click links it');

        await open(agent, `${CART} checkout:initiate offline_access`);
        assert.match(await heading(), /^“Google” asks for more at/);
        assert.match(await main(), /It keeps what you allowed before[\s\S]+Add or remove items in your cart/);
        assert.equal(await page.getByRole('checkbox').count(), 0);
        assert.ok(await button('Cancel').isVisible());
        assert.deepEqual(await faults(page), []);
        assert.ok((await answered('Agree and link', agent)).searchParams.get('code'));
    });

    // The last one: nobody is signed in as freshly afterwards.
    test('gives nothing by a page that was answered too late, and says what to do', async () => {
        const agent = await registered('Slow Asker', 'https://slow.example/callback');
        await open(agent);
        time.set(11);
        await button('Allow').click();
        assert.match(await heading(), /^This request has expired$/);
        assert.deepEqual(await faults(page), []);
        await page.goto(demo().account_url);
        assert.doesNotMatch(await main(), /Slow Asker/);
    });
});
