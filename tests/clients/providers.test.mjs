// Signing in with an account elsewhere, at a real OpenID provider (oidc-provider) in a real browser: from an agent's request
// through the provider's own pages to the consent; an address that has an account, which is not joined but can be linked; and
// turning round on the way.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as mouse from './browser.mjs';
import { SIZES } from './checks.mjs';
import * as keyboard from './keyboard.mjs';
import { demo } from './support/demo.mjs';
import { NAME, provide } from './support/identity_provider.mjs';
import { agentOf, requestOf } from './support/scene.mjs';

const button = (page, name) => page.getByRole('button', { name, exact: true });

const goThere = async (page, hands) => {
    await hands.press(page, `Continue with ${NAME}`);
    await page.getByPlaceholder('Enter any login').waitFor();
};

// Without scripts too: nothing here needs one. There by keyboard alone, at 320 px.
for (const javaScriptEnabled of [true, false]) {
    const { hands, viewport } = javaScriptEnabled ? { hands: mouse } : { hands: keyboard, viewport: SIZES['320 px'] };
    describe(`an account elsewhere, ${javaScriptEnabled ? 'with' : 'without'} scripts`, () => {
        const name = javaScriptEnabled ? 'noor' : 'nadia';
        let browser, context, page;
        before(async () => {
            browser = await mouse.launch();
            context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled, viewport });
            page = await context.newPage();
        });
        after(() => browser?.close());

        test('leads from an agent to its consent, and is the same shopper the next time', async () => {
            const agent = await agentOf('web');
            await page.goto((await requestOf(agent)).url);
            await goThere(page, hands);
            await provide(page, name);
            await button(page, 'Allow').waitFor();
            assert.match(await page.locator('header').innerText(), new RegExp(`${name}@example.com`));
            await page.goto(`${demo().issuer}/account/sign-in`);
            assert.match(await page.locator('main').innerText(), new RegExp(NAME));
        });

        test('that has the address of an account does not open it, and opens it once it is linked', async () => {
            const { issuer, shopper } = demo();
            const address = shopper.email.split('@')[0];
            if (!javaScriptEnabled) return;
            await context.clearCookies();
            await page.goto(`${issuer}/sign-in`);
            await goThere(page, hands);
            await provide(page, address);
            await page.getByRole('heading', { name: 'You already have an account here' }).waitFor();
            await page.getByRole('link', { name: 'Back to sign-in' }).click();
            await hands.signIn(page, shopper);
            await page.waitForURL(`${issuer}/account/agents`);
            await page.getByRole('link', { name: 'Ways to sign in' }).click();
            await button(page, `Add ${NAME}`).click();
            await page.waitForURL(`${issuer}/account/sign-in?said=linked&of=harbour&proof=*`);
            assert.match(await page.locator('.status').innerText(), /Added/);
            await context.clearCookies({ domain: 'localhost', name: /^tg-shopper/ });
            await page.goto(`${issuer}/sign-in`);
            await button(page, `Continue with ${NAME}`).click();
            await page.waitForURL(`${issuer}/account/agents`);
            assert.match(await page.locator('header').innerText(), new RegExp(shopper.email));
            // As it was.
            await page.goto(`${issuer}/account/sign-in`);
            await page.getByRole('button', { name: new RegExp(`^Remove .*${NAME}`) }).click();
            await page.waitForLoadState('load');
        });

        test('with an address that nobody has checked makes no account', async () => {
            const { issuer } = demo();
            await context.clearCookies();
            await page.goto(`${issuer}/sign-in`);
            await goThere(page, hands);
            await provide(page, `unknown-${name}`);
            await page.getByRole('heading', { name: /does not confirm your e-mail address/ }).waitFor();
        });

        test('can be turned away from, and the way back leads on', async () => {
            const agent = await agentOf('web');
            await context.clearCookies();
            await page.goto((await requestOf(agent)).url);
            await goThere(page, hands);
            await page.getByRole('link', { name: /Cancel/ }).click();
            await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
            await page.getByRole('link', { name: 'Back to sign-in' }).click();
            await hands.signIn(page, demo().shopper);
            await button(page, 'Allow').waitFor();
        });
    });
}
