// People in a real browser: a shopper who signs in and answers consent pages, and a merchant who revokes from
// the console. Everything is found by role and label, as a screen reader would, so a page without them fails.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'
];
const STEP = 10_000;

/** Chromium, for contexts that share nothing but the program. Hosts of examples, and where Google takes answers, are not there, and at once. */
export const launch = () => chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...FLAGS, '--host-resolver-rules=MAP *.example ~NOTFOUND, MAP *.googleusercontent.com ~NOTFOUND']
});

/** A fresh profile of Chromium, signed in nowhere. */
export async function openBrowser({ script = true, ...context } = {}) {
    const profile = mkdtempSync(join(tmpdir(), 'tillgate-browser-'));
    const browser = await chromium.launchPersistentContext(profile, {
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: FLAGS,
        javaScriptEnabled: script,
        ...context
    });
    browser.setDefaultTimeout(STEP);
    return {
        context: browser,
        page: () => browser.newPage(),
        async close() {
            await browser.close();
            rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
        }
    };
}

/** Closes a page once it has come to rest: Chromium can take half a minute to close one in mid-navigation. */
export async function leave(page) {
    await page.waitForLoadState('load', { timeout: 3_000 }).catch(() => {});
    await page.close();
}

const button = (page, name) => page.getByRole('button', { name, exact: true });

export const press = (page, name) => button(page, name).click();
export const follow = (page, name) => page.getByRole('link', { name, exact: true }).click();
export const type = (_page, field, text) => field.fill(text);

/** Fills a form that is on the page by its labels, sends it by its button, and waits for the answer. */
export async function send(page, name, fields = {}) {
    for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).first().fill(text);
    await button(page, name).first().click();
    await page.waitForLoadState('load');
}

/** Fills the sign-in form that is on the page, whole or only its password, and sends it. */
export async function signIn(page, { email, password }) {
    const name = page.getByLabel(/^E-mail/);
    if (await name.isVisible() && await name.isEditable()) await name.fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await button(page, 'Sign in').click();
}

/** What the open page asks: 'consent', 'sign-in' or, with the page's own words, something else. */
async function question(page) {
    if (await button(page, 'Allow').isVisible()) return 'consent';
    if (await button(page, 'Sign in').isVisible()) return 'sign-in';
    return undefined;
}

/** Ticks what is asked for, says Allow or Deny, and returns what stood on the page. */
export async function consent(page, { tick = [], allow = true, person }) {
    const text = await page.locator('body').innerText();
    for (const label of allow ? tick : []) {
        const box = page.getByRole('checkbox', { name: label });
        // A step-up with one new permission asks it as the question itself, without a box (design, decision 2).
        if (await box.isVisible() && await box.isEnabled()) await box.check();
    }
    const password = page.getByLabel('Password', { exact: true });
    if (allow && await password.isVisible()) await password.fill(person.password);
    await button(page, allow ? 'Allow' : 'Deny').click();
    return text;
}

/**
 * Opens an authorization request as the shopper would and answers what comes: sign-in, consent, sign-in again.
 * `arrival` is a promise of the address at which the agent was called back; `hands` are these, or keyboard.mjs.
 * Returns that address and the texts of the consent pages.
 */
export async function answer(page, url, { person, arrival, tick, allow = true, hands = { signIn, consent } }) {
    let arrived;
    arrival.then(address => (arrived = address), () => {});
    const consents = [];
    // The last hop may be a scheme that no browser loads: what counts is that the agent was called.
    await page.goto(url).catch(error => ignoreAborted(error));
    for (let step = 0; step < 8; step++) {
        const asked = await nextQuestion(page, () => arrived);
        if (arrived) return { address: arrived, consents };
        // The page that asked stands until its answer has come: without this it would be answered twice.
        const left = leaves(page, arrival);
        if (asked === 'sign-in') await hands.signIn(page, person);
        else consents.push(await hands.consent(page, { tick, allow, person }));
        await left;
        await settled(page, () => arrived);
    }
    const text = await page.locator('main').innerText().catch(() => '');
    throw new Error(`still asked after eight steps at ${page.url().slice(0, 80)}: ${text.slice(0, 400)}`);
}

function ignoreAborted(error) {
    if (!/ERR_ABORTED|interrupted|ERR_UNKNOWN_URL_SCHEME/.test(String(error))) throw error;
}

/** Resolves when another document has taken the page's place, or the agent was called. */
function leaves(page, arrival) {
    const navigated = page.waitForEvent('framenavigated', { timeout: STEP }).catch(() => undefined);
    return Promise.race([navigated, arrival.catch(() => undefined)]);
}

async function settled(page, arrived) {
    if (!arrived()) await page.waitForLoadState('load').catch(ignoreAborted);
}

async function nextQuestion(page, arrived) {
    const end = performance.now() + STEP;
    while (performance.now() < end) {
        if (arrived()) return undefined;
        const asked = await question(page).catch(() => undefined);
        if (asked) return asked;
        await new Promise(resolve => setTimeout(resolve, 25));
    }
    const text = await page.locator('body').innerText().catch(() => '');
    throw new Error(`neither sign-in nor consent at ${page.url()}: ${text.slice(0, 400)}`);
}

/** Watches for the first address with this scheme that the page leaves for; no handler is needed for it. */
export function schemeCalled(page, scheme) {
    // Measured: Chromium makes this request only when the page's policy let the redirect pass (H15).
    return page.waitForRequest(request => request.url().startsWith(`${scheme}:`), { timeout: 4 * STEP })
        .then(request => request.url());
}

/** The merchant, signed in at the console, on the list of sessions. */
export async function openConsole(page, { console_url, staff }) {
    await page.goto(console_url);
    if (await button(page, 'Sign in').isVisible()) {
        await signIn(page, staff);
        await page.waitForLoadState('load');
        // Signing in leads to the live store's list.
        if (page.url() !== console_url) await page.goto(console_url);
    }
}

/** Ends the one session of the agent of this name, by its row's button; resolves to when the click was answered. */
export async function revokeSession(page, agentName) {
    const row = page.getByRole('row').filter({ hasText: agentName });
    await row.first().waitFor();
    const revoke = row.getByRole('button', { name: /^Revoke/ });
    if (await revoke.count() !== 1) throw new Error(`${await revoke.count()} sessions to revoke for ${agentName}`);
    await Promise.all([page.waitForResponse(response => response.request().method() === 'POST'), revoke.click()]);
    return performance.now();
}

/** The merchant gives links to agents that may not check out (H20), or no more: a switch of the console's policy page. */
export async function giveLinks(page, { console_url, staff }, given) {
    await openConsole(page, { console_url, staff });
    await page.goto(`${console_url}/agents/policy`);
    const links = page.getByRole('checkbox', { name: 'Give them a link for one purchase' });
    const form = page.locator('form').filter({ has: links });
    await links.setChecked(given);
    await form.getByLabel('Your password').fill(staff.password);
    await form.getByRole('button', { name: 'Save' }).click();
    await page.waitForLoadState('load');
    if (await links.isChecked() !== given) throw new Error('the console did not keep what was chosen');
}
