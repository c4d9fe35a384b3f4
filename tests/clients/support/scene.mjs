// What the pages of the tour show: agents of every kind, connected and used by bare requests, a session ended by each
// side, calls served and refused. Made once; every look at a page afterwards is with the cookies that this leaves.

import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { consent, openConsole, revokeSession, send, signIn } from '../browser.mjs';
import { demo, eventually, metadata, register } from './demo.mjs';

const BROWSE = 'products:read inventory:read';
const ALL = `${BROWSE} cart:write checkout:initiate orders:read offline_access`;
const TICKS = {
    'cart:write': 'Add or remove items in your cart',
    'checkout:initiate': 'Start a checkout for you to confirm',
    'orders:read': 'See your orders and delivery address'
};

/** Agents that a shopper should be able to tell apart. None of their hosts exists: being called is enough. */
export const AGENTS = {
    web: { name: 'Shopping Helper', redirect: 'https://agent.example/callback', scope: `${BROWSE} cart:write offline_access` },
    loopback: { name: 'Terminal Agent', redirect: 'http://127.0.0.1/callback', scope: ALL },
    pretender: { name: 'ChatGPT <b>official</b>', redirect: 'https://chatgpt-shopping.example/callback', scope: BROWSE },
    app: { name: 'Pocket Assistant', redirect: 'cursor://anysphere.cursor-mcp/oauth/callback', scope: `${BROWSE} cart:write` },
    long: {
        name: 'Personal Concierge for Fine Teas and Teapots',
        redirect: 'https://a-rather-long-name-for-one-label-of-a-host.concierge.agents.example/oauth/callback', scope: ALL
    }
};

/** A registered agent that asks in one environment, live if none is said. */
export async function agentOf(which, { issuer = demo().issuer, resource = demo().mcp_url } = {}) {
    const { name, redirect, scope } = AGENTS[which];
    const client = await register(issuer, name, [redirect]);
    return { name, redirect, scope, client, issuer, resource };
}

/** An authorization request of the agent's, and what redeems its code. */
export async function requestOf(agent, scope = agent.scope) {
    const verifier = randomBytes(32).toString('base64url');
    const url = new URL((await metadata(agent.issuer)).authorization_endpoint);
    url.search = new URLSearchParams({
        response_type: 'code', client_id: agent.client, redirect_uri: agent.redirect, scope, state: 'tour',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256',
        resource: agent.resource
    });
    return { url: url.href, verifier };
}

/** The shopper allows all that the agent asks; returns its tokens. */
export async function connect(context, agent, scope = agent.scope) {
    const { url, verifier } = await requestOf(agent, scope);
    // A page of its own each time: this one ends at an address that is not there.
    const page = await context.newPage();
    await page.goto(url);
    const called = page.waitForRequest(request => request.url().startsWith(`${agent.redirect}?`), { timeout: 5_000 });
    called.catch(() => {});
    const tick = scope.split(' ').map(each => TICKS[each]).filter(Boolean);
    await consent(page, { tick, person: demo().shopper }).catch(error => stuck(page, error));
    const code = new URL((await called.catch(error => stuck(page, error))).url()).searchParams.get('code');
    await page.close();
    return token(agent, { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: agent.redirect });
}

async function stuck(page, error) {
    throw new Error(`the agent was not called: ${error.message} ${page.url()} ${await page.locator('main').innerText()}`);
}

async function token(agent, form) {
    const { token_endpoint } = await metadata(agent.issuer);
    const answer = await fetch(token_endpoint, { method: 'POST', body: new URLSearchParams({ ...form, client_id: agent.client }) });
    if (!answer.ok) throw new Error(`token: ${answer.status} ${await answer.text()}`);
    return answer.json();
}

/** One tool call by hand; the body of the answer, whatever its status. */
export async function call(agent, { access_token }, name, args) {
    const answer = await fetch(agent.resource, {
        method: 'POST',
        headers: {
            authorization: `Bearer ${access_token}`, 'content-type': 'application/json',
            accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-11-25'
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } })
    });
    return (await answer.json()).result;
}

/** Asks for an account with this address. */
export async function signUp(page, address) {
    await page.goto(`${demo().issuer}/sign-up`);
    await send(page, 'Send me the link', { 'E-mail address': address });
}

/** The text of the newest mail to this address. */
async function mailed(address) {
    const folder = join(dirname(process.env.TILLGATE_DEMO_JSON), 'mail');
    const found = await eventually(`mail to ${address}`, () => {
        const mails = readdirSync(folder).filter(name => name.endsWith('.eml')).map(name => readFileSync(join(folder, name), 'utf8'));
        return mails.findLast(mail => mail.includes(`To: ${address}`));
    });
    const plain = found.replace(/=\r?\n/g, '').replace(/=3D/g, '=');
    return plain.slice(plain.indexOf('\r\n\r\n'));
}

/** The link in the newest mail to this address. */
export const mailedLink = async address => /https?:\/\/\S+/.exec(await mailed(address))[0];

/** The one-time code in the newest mail to this address. */
export const mailedCode = async address => /\b\d{4} ?\d{4}\b/.exec(await mailed(address))[0];

/**
 * Makes the scene in `context`, which is left signed in as shopper in both environments and as staff.
 * Returns the agents, the addresses of an open checkout at the store and of its approval, and the link that ends a sign-up.
 */
export async function makeScene(context) {
    const { shopper, account_url, sandbox_issuer, sandbox_mcp_url } = demo();
    const page = await context.newPage();
    const sandbox = { issuer: sandbox_issuer, resource: sandbox_mcp_url };
    const agents = { sandbox: await agentOf('web', sandbox) };
    for (const which of Object.keys(AGENTS)) agents[which] = await agentOf(which);
    for (const address of [account_url, `${sandbox_issuer}/account/agents`]) {
        await page.goto(address);
        await signIn(page, shopper);
        await page.waitForLoadState('load');
    }
    // The earlier of two connections is folded under the later, which is in use.
    await connect(context, agents.loopback, BROWSE);
    await connect(context, agents.web);
    await connect(context, agents.pretender);
    await connect(context, agents.loopback, BROWSE);
    const tokens = await connect(context, agents.loopback);
    await connect(context, agents.long, BROWSE);
    const { checkout_url: checkout, approval_url: approval } = await shop(agents.loopback, tokens);
    await openConsole(page, demo());
    await allowRules(page);
    await letBuy(page);
    await openConsole(page, demo());
    await revokeSession(page, 'Personal Concierge');
    // Once: who asks too often for mail gets none.
    const visitor = `visitor-${process.pid}@example.com`;
    await signUp(page, visitor);
    const link = await mailedLink(visitor);
    await page.close();
    return { agents, checkout, approval, link };
}

/** As staff: shoppers may let agents buy without asking. */
async function allowRules(page) {
    await page.goto(`${demo().console_url}/agents/policy`);
    await page.getByLabel('Shoppers may let agents buy without asking').check();
    await send(page, 'Save', { 'Your password': demo().staff.password });
}

/** As the shopper, who has just signed in: one agent may buy small orders by itself. */
async function letBuy(page) {
    const change = async () => {
        await page.goto(demo().account_url);
        await page.locator('li.card', { hasText: 'Start a checkout' }).last().getByRole('link', { name: /^Change/ }).click();
        await page.waitForLoadState('load');
    };
    await change();
    await send(page, 'Save', { 'Limit per month (EUR)': '200' });
    await change();
    await page.getByLabel('Approve orders up to this amount by yourself').check();
    await send(page, 'Let it buy', { 'Up to this amount per order (EUR)': '20' });
}

/** Calls that succeed, one that fails and one without its permission, for the trail; returns the checkout. */
async function shop(agent, tokens) {
    const found = await call(agent, tokens, 'search_products', { query: 'tea', limit: 3 });
    const [variant] = found.structuredContent.products[process.pid % 3].variants;
    await call(agent, tokens, 'get_product', { product_id: 'no-such-product' });
    await call(agent, tokens, 'get_order_status', { order_id: 'no-such-order' });
    const cart = await call(agent, tokens, 'add_to_cart', { variant_id: variant.variant_id, quantity: 2 });
    const checkout = await call(agent, tokens, 'initiate_checkout', { cart_id: cart.structuredContent.cart_id, shipping: { method: 'pickup' } });
    return checkout.structuredContent;
}
