// Pictures of the pages for people to look at, light and dark, at 390 and 1280 pixels; no test. Start it against a
// running demo: TILLGATE_DEMO_JSON=<data>/demo.json node screenshots.mjs <folder>

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { consent, openBrowser, openConsole, signIn } from './browser.mjs';
import { demo, metadata, register } from './support/demo.mjs';

const folder = process.argv[2];
if (!folder) throw new Error('name a folder for the pictures');
mkdirSync(folder, { recursive: true });

const BROWSE = 'products:read inventory:read';
/** Three that a shopper should be able to tell apart: a web agent, a program on this computer, and a pretender. */
const CLIENTS = [
    { file: 'web', name: 'Shopping Helper', redirect: 'https://agent.example/callback', scope: `${BROWSE} cart:write` },
    { file: 'loopback', name: 'Terminal Agent', redirect: 'http://127.0.0.1/callback', scope: `${BROWSE} cart:write checkout:initiate orders:read offline_access` },
    { file: 'pretender', name: 'ChatGPT <b>official</b>', redirect: 'https://not-openai.example/callback', scope: BROWSE }
];

async function requestOf({ name, redirect, scope }) {
    const { issuer, mcp_url } = demo();
    const url = new URL((await metadata(issuer)).authorization_endpoint);
    url.search = new URLSearchParams({
        response_type: 'code', client_id: await register(issuer, name, [redirect]), redirect_uri: redirect, scope,
        state: 'picture', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256', resource: mcp_url
    });
    return url.href;
}

for (const colorScheme of ['light', 'dark']) {
    for (const width of [390, 1280]) {
        const browser = await openBrowser({ colorScheme, viewport: { width, height: 844 } });
        const page = await browser.page();
        const shot = async name => {
            await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${width}.png`), fullPage: true });
            const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
            if (wide) console.log(`${name} scrolls sideways at ${width}`);
        };
        try {
            await pictures(page, shot);
        } finally {
            await browser.close();
        }
    }
}

/** Answers the consent page; the agent's site need not exist, so leaving for it is enough. */
async function decide(page, allow, site) {
    const left = page.waitForRequest(request => site.test(new URL(request.url()).host));
    await consent(page, { allow, person: demo().shopper });
    await left;
    await page.waitForLoadState('load').catch(() => {});
}

async function pictures(page, shot) {
    const { shopper, account_url } = demo();
    await page.goto(await requestOf(CLIENTS[0]));
    await shot('sign-in');
    await signIn(page, { ...shopper, password: 'not the password' });
    await page.waitForLoadState('load');
    await shot('sign-in-refused');
    if (await page.getByLabel('Password', { exact: true }).isVisible()) await signIn(page, shopper);
    await page.waitForLoadState('load');
    for (const client of CLIENTS) {
        await page.goto(await requestOf(client));
        await shot(`consent-${client.file}`);
    }
    await page.goto(await requestOf(CLIENTS[0]));
    await decide(page, true, /agent\.example/);
    const denied = await requestOf(CLIENTS[2]);
    await page.goto(denied);
    await decide(page, false, /not-openai\.example/);
    // Back to a consent page that has been answered: what the shopper sees after a denial.
    await page.goto(denied).catch(() => {});
    await shot('after-denial');
    await page.goto(account_url);
    await shot('connected-agents');
    await page.goto(`${(await metadata(demo().issuer)).authorization_endpoint}?client_id=nobody`);
    await shot('error');
    await openConsole(page, { ...demo(), staff: demo().staff });
    await shot('console-sessions');
}
