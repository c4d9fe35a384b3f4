// Ways to an account on the way from an agent, in a real browser without scripts: a code by mail, another person's account
// instead of the one that is signed in ("Not you?"), and an account that is made first because the agent asks for that. By mouse,
// and in small windows by keyboard alone.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as mouse from './browser.mjs';
import { SIZES } from './checks.mjs';
import * as keyboard from './keyboard.mjs';
import { demo } from './support/demo.mjs';
import { agentOf, mailedCode, mailedLink, requestOf } from './support/scene.mjs';

const PASSWORD = 'correct horse battery staple';
const button = (page, name) => page.getByRole('button', { name, exact: true });

for (const [how, hands, size] of [
    ['by mouse', mouse, undefined], ['by keyboard at 320 px', keyboard, '320 px'], ['by keyboard at 200 % zoom', keyboard, '200 % zoom']
]) {
    describe(`from an agent to its consent, ${how}`, () => {
        const { send, signIn, follow } = hands;
        let browser, page, agent;
        const signedInAs = async () => (await page.locator('header bdi').innerText());
        const asks = async () => (await page.getByRole('heading', { level: 1 }).innerText());
        const someone = name => `${name}-${size ?? 'mouse'}-${process.pid}@example.com`.replace(/[ %]/g, '');
        before(async () => {
            browser = await mouse.launch();
            agent = await agentOf('web');
        });
        after(() => browser?.close());
        const newPage = async () => (page = await (await browser.newContext({ javaScriptEnabled: false, viewport: SIZES[size] })).newPage());

        /** From the sign-in page, by a code that the mail brings. */
        async function byCode(address) {
            await follow(page, 'Send me a code instead');
            await send(page, 'Send me a code', { 'E-mail address': address });
            await page.getByRole('heading', { name: 'Look in your mail' }).waitFor();
            await send(page, 'Sign in', { Code: await mailedCode(address) });
        }

        test('a code from the mail signs in, and makes the account that there was not', async () => {
            const address = someone('by-code');
            await newPage();
            await page.goto((await requestOf(agent)).url);
            await byCode(address);
            assert.ok(await button(page, 'Allow').isVisible());
            assert.equal(await signedInAs(), address);
            await page.goto(demo().account_url);
            assert.equal(await signedInAs(), address);
            await page.goto(`${demo().issuer}/account/sessions`);
            assert.match(await page.locator('main').innerText(), /with a code by e-mail/);
        });

        test('whoever is not the one who is signed in can be it, and the agent asks them', async () => {
            const { shopper } = demo();
            await newPage();
            await page.goto((await requestOf(agent)).url);
            await signIn(page, shopper);
            await button(page, 'Allow').waitFor();
            assert.equal(await signedInAs(), shopper.email);
            const asked = await asks();
            assert.match(asked, new RegExp(agent.name));
            await send(page, 'Not you?');
            assert.ok(await page.getByLabel('Password').isVisible(), 'to the sign-in page');
            assert.equal(await page.locator('header bdi').count(), 0, 'as nobody');
            const another = someone('not-me');
            await byCode(another);
            assert.equal(await asks(), asked, 'the same question');
            assert.equal(await signedInAs(), another, 'to another account');
        });

        test('an agent can ask that an account is made first', async () => {
            const address = someone('created');
            await newPage();
            const { url } = await requestOf(agent);
            await page.goto(`${url}&prompt=create`);
            assert.match(page.url(), /\/sign-up\?/);
            await send(page, 'Send me the link', { 'E-mail address': address });
            await page.goto(await mailedLink(address));
            await send(page, 'Create the account', { 'New password': PASSWORD });
            await button(page, 'Allow').waitFor();
            assert.equal(await signedInAs(), address);
            // Who is signed in has one.
            await page.goto(`${(await requestOf(agent)).url}&prompt=create`);
            assert.ok(await button(page, 'Allow').isVisible());
        });
    });
}
