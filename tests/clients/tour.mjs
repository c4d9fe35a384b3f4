// A tour of every page in every state that people meet, as stops. A stop is opened in any browser context that has the
// cookies of the scene; whoever takes the tour looks, measures or takes a picture there.

import { consent, openConsole, send, signIn } from './browser.mjs';
import { demo } from './support/demo.mjs';
import { NAME } from './support/identity_provider.mjs';
import { requestOf, signUp } from './support/scene.mjs';

const UNKNOWN = { email: 'nobody@example.com', password: 'not the password' };
let visitor = 0;

const to = url => page => page.goto(url);

/** Pages of people who are not signed in. Each is `[name, open]`. */
function pagesOfNobody({ agents, link }) {
    const { issuer, sandbox_issuer, console_url } = demo();
    return [
        ['home', to(`${issuer}/`)],
        ['home-sandbox', to(`${sandbox_issuer}/`)],
        ['sign-in', to(`${issuer}/sign-in`)],
        // Asked for by an agent, and so not kept: the other stops go on in English.
        ['sign-in-german', to(`${issuer}/sign-in?ui_locales=de`)],
        ['sign-in-for-agent', async page => page.goto((await requestOf(agents.web)).url)],
        ['sign-in-for-passkey', to(`${issuer}/sign-in?to=/account/sign-in&step=passkey`)],
        ['sign-in-refused', async page => {
            await page.goto(`${issuer}/sign-in`);
            await signIn(page, { ...UNKNOWN, email: `nobody-${++visitor}@example.com` });
            await page.waitForLoadState('load');
        }],
        // Only where the demo was started with the provider of the tests.
        ...process.env.TILLGATE_PROVIDER ? [['provider-cancelled', async page => {
            await page.goto(`${issuer}/sign-in`);
            await page.getByRole('button', { name: `Continue with ${NAME}` }).click();
            await page.getByRole('link', { name: /Cancel/ }).click();
            await page.waitForLoadState('load');
        }]] : [],
        ['code', to(`${issuer}/sign-in/code`)],
        ['code-sent', async page => {
            await page.goto(`${issuer}/sign-in/code`);
            await send(page, 'Send me a code', { 'E-mail address': `visitor-${++visitor}@example.com` });
        }],
        ['sign-up', to(`${issuer}/sign-up`)],
        ['sign-up-malformed', async page => {
            await page.goto(`${issuer}/sign-up`);
            // As from a browser that does not check addresses.
            await page.locator('form').evaluate(form => (form.noValidate = true));
            await send(page, 'Send me the link', { 'E-mail address': 'maya at example.com' });
        }],
        ['sign-up-sent', page => signUp(page, `visitor-${++visitor}@example.com`)],
        ['sign-up-finish', to(link)],
        ['sign-up-password-refused', async page => {
            await page.goto(link);
            await send(page, 'Create the account', { 'New password': 'password1234' });
        }],
        ['sign-up-link-expired', to(`${issuer}/sign-up/finish?link=nothing`)],
        ['console-sign-in', to(console_url)],
        ['console-sign-in-refused', async page => {
            await page.goto(console_url);
            await signIn(page, { ...UNKNOWN, email: `nobody-${++visitor}@example.com` });
            await page.waitForLoadState('load');
        }],
        ['error-unknown-agent', to(`${issuer}/authorize?client_id=nobody`)],
        ['error-redirect', async page => {
            const url = new URL((await requestOf(agents.web)).url);
            url.searchParams.set('redirect_uri', 'https://elsewhere.example/');
            await page.goto(url.href);
        }],
        ['sign-in-for-purchase', to(`${issuer}/purchases/1f0c2b0e-6f0d-4c49-9d13-1cf6a1c5f0a1`)],
        ['error-not-found', to(`${issuer}/no-such-page`)],
        ['error-sandbox', to(`${sandbox_issuer}/no-such-page`)]
    ];
}

/** Pages of the shopper, signed in. */
function pagesOfShopper({ agents, checkout, approval }) {
    const { issuer, sandbox_issuer, account_url } = demo();
    const asks = (which, scope) => async page => page.goto((await requestOf(agents[which], scope)).url);
    // Of an agent that can begin checkouts.
    const change = async page => {
        await page.goto(account_url);
        const card = page.locator('li.card', { hasText: 'Start a checkout' });
        await card.getByRole('link', { name: /^Change/ }).first().click();
        await page.waitForLoadState('load');
    };
    return [
        ['consent-web', asks('long')],
        ['consent-loopback', asks('app', undefined)],
        ['consent-pretender', asks('pretender')],
        ['consent-sandbox', asks('sandbox')],
        ['consent-step-up', asks('web', 'products:read inventory:read cart:write checkout:initiate')],
        ['consent-step-up-several', asks('pretender', 'products:read inventory:read cart:write checkout:initiate orders:read')],
        ['consent-limits-refused', async page => {
            await asks('web', 'products:read inventory:read cart:write checkout:initiate')(page);
            await page.getByLabel('Limit per order').fill('eighty');
            await page.getByRole('button', { name: 'Allow' }).click();
            await page.waitForLoadState('load');
        }],
        ['denial', denial(agents)],
        ['purchase', async page => {
            await page.goto(approval);
            await page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
        }],
        ['agents', to(account_url)],
        ['agents-german', to(`${account_url}?ui_locales=de`)],
        ['agents-none', to(`${sandbox_issuer}/account/agents`)],
        ['change', change],
        ['change-refused', async page => {
            await change(page);
            await page.getByLabel('Limit per order').fill('1,000.00');
            await page.getByRole('button', { name: 'Save' }).click();
            await page.waitForLoadState('load');
        }],
        ['sessions', to(`${issuer}/account/sessions`)],
        ['data', to(`${issuer}/account/data`)],
        ['delete', to(`${issuer}/account/delete`)],
        ['ways', to(`${issuer}/account/sign-in`)],
        ['ways-for-passkey', to(`${issuer}/account/sign-in?to=/account/agents`)],
        ['sign-in-again', to(`${issuer}/sign-in?to=/account/sign-in`)],
        ['sign-in-no-passkey', to(`${issuer}/sign-in?to=/account/sign-in&step=passkey`)],
        ['disconnect', async page => {
            await page.goto(account_url);
            await page.getByRole('link', { name: /^Disconnect/ }).first().click();
            await page.waitForLoadState('load');
        }],
        ['error-sealed', to(`${issuer}/consent?request=nothing`)],
        ['error-no-purchase', to(`${issuer}/purchases/1f0c2b0e-6f0d-4c49-9d13-1cf6a1c5f0a1`)],
        ['checkout', to(checkout)],
        ['checkout-unknown', to(checkout.replace(/[^/]{4}$/, 'none'))]
    ];
}

/** Deny, and then the request once more: what a shopper finds who has second thoughts. */
const denial = agents => async page => {
    const { url } = await requestOf(agents.web);
    const other = await page.context().newPage();
    await other.goto(url);
    const called = other.waitForRequest(request => request.url().startsWith('https://agent.example/'));
    await consent(other, { allow: false });
    await called;
    await other.close();
    await page.goto(url);
};

/** Pages of the store's staff, signed in. */
function pagesOfStaff() {
    const at = path => `${demo().console_url}${path}`;
    const follow = (path, link) => async page => {
        await page.goto(at(path));
        await link(page).first().click();
        await page.waitForLoadState('load');
    };
    return [
        ['console-sessions', page => openConsole(page, demo())],
        ['console-sessions-open', async page => {
            await page.goto(at(''));
            for (const fold of await page.locator('details').all()) await fold.locator('summary').click();
        }],
        ['console-sessions-filtered', to(at('?environment=live&agent=Terminal&state=live'))],
        ['console-sessions-none', to(at('?environment=live&agent=no-such-agent'))],
        ['console-sessions-sandbox', to(at('?environment=sandbox'))],
        ['console-confirm', follow('/agents', page => page.getByRole('link', { name: /^Revoke all/ }))],
        ['console-approvals', to(at('/approvals'))],
        ['console-approvals-none', to(at('/approvals?id=no-such-order&state=completed'))],
        ['console-agents', to(at('/agents'))],
        ['console-agents-filtered', to(at('/agents?tier=unverified&agent=Terminal'))],
        ['console-agents-none', to(at('/agents?agent=no-such-agent&state=quarantined'))],
        ['console-agent', follow('/agents', page => page.locator('tbody th a'))],
        ['console-agent-refused', async page => {
            await follow('/agents', page => page.locator('tbody th a'))(page);
            await page.locator('form', { has: page.getByRole('button', { name: 'Save' }) }).getByLabel('Your password').fill('not the password');
            await page.getByRole('button', { name: 'Save' }).click();
            await page.waitForLoadState('load');
        }],
        ['console-merge-refused', to(at('/agents/merge?from=nobody&into=https://agent.example/client.json'))],
        ['console-policy', to(at('/agents/policy'))],
        ['console-policy-refused', async page => {
            await page.goto(at('/agents/policy'));
            await page.getByLabel('Host', { exact: true }).fill('https://no host');
            await page.getByRole('button', { name: 'Deny' }).click();
            await page.waitForLoadState('load');
        }],
        ['console-platforms', to(at('/agents/platforms'))],
        ['console-clients', to(at('/clients'))],
        ['console-client-add', to(at('/clients/add'))],
        ['console-client-google', to(at('/clients/add?environment=live&preset=google'))],
        ['console-client-copilot', to(at('/clients/add?environment=live&preset=copilot'))],
        ['console-client-made', async page => {
            await page.goto(at('/clients/add?environment=live&preset=copilot'));
            await send(page, 'Add the client', {});
        }],
        ['console-client', follow('/clients', page => page.getByRole('link', { name: /^Open/ }))],
        ['console-registration', to(at('/registration'))],
        ['console-registration-token', async page => {
            await page.goto(at('/registration'));
            await send(page, 'Make a token', { 'For whom': 'Shopping Pal', 'Registrations': '3' });
        }],
        ['console-registration-refused', async page => {
            await page.goto(at('/registration'));
            await send(page, 'Add the address', { 'Complete address': 'https://agent.example/' });
        }],
        ['console-audit', to(at('/audit'))],
        ['console-audit-entry', follow('/audit', page => page.locator('td:last-of-type a'))],
        ['console-audit-none', to(at('/audit?reference=nothing'))],
        ['console-why', to(at('/why'))],
        ['console-why-answer', follow('/why', page => page.locator('td:last-of-type a'))],
        ['console-why-none', to(at('/why?reference=nothing'))],
        ['console-health', to(at('/health'))],
        ['console-health-looked', async page => {
            await page.goto(at('/health'));
            await send(page, 'Look now', {});
            await page.waitForLoadState('load');
            for (const fold of await page.locator('details').all()) await fold.locator('summary').first().click();
        }],
        ['console-settings', to(at('/settings'))],
        ['console-settings-refused', async page => {
            await page.goto(at('/settings'));
            await send(page, 'Save', { 'Your password': 'not the password' });
        }],
        ['console-not-found', to(at('/no-such-page'))]
    ];
}

/** Every stop: its name, whether it needs the scene's cookies, and how it is opened. */
export function stops(scene) {
    const stop = isSignedIn => ([name, open]) => ({ name, isSignedIn, open });
    return [
        ...pagesOfNobody(scene).map(stop(false)),
        ...[...pagesOfShopper(scene), ...pagesOfStaff()].map(stop(true))
    ];
}

/**
 * Opens each stop in a context that `open({ isSignedIn })` has made, in its one page, and hands that to `look`, which leaves it in
 * the size and scheme in which it was.
 */
export async function tour(scene, open, look, only = () => true) {
    const contexts = { true: await open({ isSignedIn: true }), false: await open({ isSignedIn: false }) };
    try {
        const pages = { true: await contexts.true.newPage(), false: await contexts.false.newPage() };
        for (const { name, isSignedIn, open: go } of stops(scene).filter(stop => only(stop.name))) {
            const page = pages[isSignedIn];
            await go(page).then(() => look(page, name)).catch(error => {
                throw new Error(`${name}: ${error.message}`, { cause: error });
            });
        }
    } finally {
        for (const context of Object.values(contexts)) await context.close();
    }
}
