// A tour of every page in every state that people meet, as stops. A stop is opened in any browser context that has the
// cookies of the scene; whoever takes the tour looks, measures or takes a picture there.

import { consent, openConsole, signIn } from './browser.mjs';
import { demo } from './support/demo.mjs';
import { mailedLink, requestOf } from './support/scene.mjs';

const UNKNOWN = { email: 'nobody@example.com', password: 'not the password' };
let visitor = 0;

const to = url => page => page.goto(url);

/** Sends the form that is on the page, and waits for its answer. */
async function send(page, button, fields = {}) {
    for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).first().fill(text);
    await page.getByRole('button', { name: button, exact: true }).first().click();
    await page.waitForLoadState('load');
}

/** Pages of people who are not signed in. Each is `[name, open]`. */
function pagesOfNobody({ agents }) {
    const { issuer, sandbox_issuer, console_url } = demo();
    return [
        ['home', to(`${issuer}/`)],
        ['home-sandbox', to(`${sandbox_issuer}/`)],
        ['sign-in', to(`${issuer}/sign-in`)],
        ['sign-in-for-agent', async page => page.goto((await requestOf(agents.web)).url)],
        ['sign-in-refused', async page => {
            await page.goto(`${issuer}/sign-in`);
            await signIn(page, { ...UNKNOWN, email: `nobody-${++visitor}@example.com` });
            await page.waitForLoadState('load');
        }],
        ['sign-up', to(`${issuer}/sign-up`)],
        ['sign-up-malformed', async page => {
            await page.goto(`${issuer}/sign-up`);
            await send(page, 'Send me the link', { 'E-mail address': '"a"@example.com' });
        }],
        ['sign-up-sent', signUp],
        ['sign-up-finish', async page => page.goto(await mailedLink(await signUp(page)))],
        ['sign-up-password-refused', async page => {
            await page.goto(await mailedLink(await signUp(page)));
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
        ['error-not-found', to(`${issuer}/no-such-page`)],
        ['error-sandbox', to(`${sandbox_issuer}/no-such-page`)]
    ];
}

async function signUp(page) {
    const address = `visitor-${process.pid}-${++visitor}@example.com`;
    await page.goto(`${demo().issuer}/sign-up`);
    await send(page, 'Send me the link', { 'E-mail address': address });
    return address;
}

/** Pages of the shopper, signed in. */
function pagesOfShopper({ agents, checkout }) {
    const { issuer, sandbox_issuer, account_url } = demo();
    const asks = (which, scope) => async page => page.goto((await requestOf(agents[which], scope)).url);
    return [
        ['consent-web', asks('long')],
        ['consent-loopback', asks('app', undefined)],
        ['consent-pretender', asks('pretender')],
        ['consent-sandbox', asks('sandbox')],
        ['consent-step-up', asks('web', 'products:read inventory:read cart:write checkout:initiate')],
        ['consent-step-up-several', asks('pretender', 'products:read inventory:read cart:write checkout:initiate orders:read')],
        ['consent-step-up-refused', async page => {
            await asks('pretender', 'products:read cart:write checkout:initiate')(page);
            await consent(page, { allow: true, person: demo().shopper });
            await page.waitForLoadState('load');
        }],
        ['denial', denial(agents)],
        ['agents', to(account_url)],
        ['agents-none', to(`${sandbox_issuer}/account/agents`)],
        ['disconnect', async page => {
            await page.goto(account_url);
            await page.getByRole('link', { name: /^Disconnect/ }).first().click();
            await page.waitForLoadState('load');
        }],
        ['error-sealed', to(`${issuer}/consent?request=nothing`)],
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
        ['console-agents', to(at('/agents'))],
        ['console-audit', to(at('/audit'))],
        ['console-audit-entry', follow('/audit', page => page.locator('td:last-of-type a'))],
        ['console-audit-none', to(at('/audit?reference=nothing'))],
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

/** Opens each stop in a context made for it by `open({ isSignedIn })`, and hands its page to `look`. */
export async function tour(scene, open, look, only = () => true) {
    for (const { name, isSignedIn, open: go } of stops(scene).filter(stop => only(stop.name))) {
        const context = await open({ isSignedIn });
        const page = await context.newPage();
        try {
            await go(page);
            await look(page, name);
        } catch (error) {
            throw new Error(`${name}: ${error.message}`, { cause: error });
        } finally {
            await context.close();
        }
    }
}
