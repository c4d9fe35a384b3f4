// Passkeys in a real browser with a virtual authenticator (CDP WebAuthn): made while signed in, used to sign in on the way to a
// consent, refused as a copy, without its owner, and once it was removed; and nothing of it is there without scripts. In a window of 320 px,
// made and used by keyboard alone.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launch, signIn } from './browser.mjs';
import { SIZES } from './checks.mjs';
import { press, type } from './keyboard.mjs';
import { demo } from './support/demo.mjs';
import { agentOf, requestOf } from './support/scene.mjs';

const button = (page, name) => page.getByRole('button', { name, exact: true });
const OPTIONS = {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true
};

describe('passkeys', () => {
    let browser, context, page, cdp, authenticatorId;
    const ways = () => page.goto(`${demo().issuer}/account/sign-in`);
    const signOut = () => context.clearCookies({ name: /^tg-shopper/ });
    const credential = async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials[0];
    before(async () => {
        browser = await launch();
        context = await browser.newContext({ viewport: SIZES['320 px'] });
        page = await context.newPage();
        // The authenticator answers at once, and so would the field of the sign-in page, before any button is pressed.
        await page.addInitScript(() => {
            if (!sessionStorage.getItem('autofill')) PublicKeyCredential.isConditionalMediationAvailable = undefined;
        });
        cdp = await context.newCDPSession(page);
        await cdp.send('WebAuthn.enable');
        ({ authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: OPTIONS }));
        await page.goto(`${demo().issuer}/sign-in`);
        await signIn(page, demo().shopper);
        await page.waitForURL(demo().account_url);
    });
    after(() => browser?.close());

    test('one is made, with a name, and can be found without an address', async () => {
        await ways();
        await type(page, page.getByLabel('A name for it, if you like'), 'Pocket');
        await press(page, 'Add a passkey');
        await page.waitForURL(`${demo().issuer}/account/sign-in?said=passkey&proof=*`);
        assert.match(await page.locator('main').innerText(), /Passkey .*Pocket/);
        const { isResidentCredential, rpId, userHandle } = await credential();
        assert.deepEqual([isResidentCredential, rpId], [true, 'localhost']);
        assert.ok(!Buffer.from(userHandle, 'base64').toString().includes('maya'), 'the handle says nothing about the person');
    });

    test('it signs in on the way from an agent to its consent, and the list of browsers says so', async () => {
        await signOut();
        const agent = await agentOf('web');
        await page.goto((await requestOf(agent)).url);
        await press(page, 'Sign in with a passkey');
        await button(page, 'Allow').waitFor();
        assert.match(await page.locator('header').innerText(), new RegExp(demo().shopper.email));
        await page.goto(`${demo().issuer}/account/sessions`);
        assert.match(await page.locator('main').innerText(), /with a passkey/);
    });

    test('whoever cancels stays on the page, and is told', async () => {
        await signOut();
        await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
        await page.goto(`${demo().issuer}/sign-in`);
        await button(page, 'Sign in with a passkey').click();
        await page.getByText('Your browser has not used a passkey').waitFor();
        assert.ok(page.url().endsWith('/sign-in'));
        await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    });

    test('an answer is good once, for the page it was made for, and in its browser', async () => {
        await page.goto(`${demo().issuer}/sign-in`);
        // What the script would send, kept to be sent again.
        const sent = await page.evaluate(async () => {
            const form = document.querySelector('form[data-passkey]');
            const options = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(form.dataset.options));
            const answer = await navigator.credentials.get({ publicKey: options });
            form.elements.answer.value = JSON.stringify(answer.toJSON());
            return [...new FormData(form)].map(([name, value]) => [name, value]);
        });
        const post = (fields, through = context.request) =>
            through.post(`${demo().issuer}/sign-in/passkey`, { form: Object.fromEntries(fields), maxRedirects: 0 });
        const other = await browser.newContext();
        await other.request.get(`${demo().issuer}/sign-in`);
        assert.equal((await post(sent, other.request)).status(), 403);
        await other.close();
        // Another page's challenge.
        await page.goto(`${demo().issuer}/sign-in`);
        const ceremony = await page.locator('form[data-passkey] [name=ceremony]').inputValue();
        const moved = sent.map(([name, value]) => [name, name === 'ceremony' ? ceremony : value]);
        assert.equal((await post(moved)).status(), 403);
        assert.equal((await post(sent)).status(), 303);
        await signOut();
        assert.equal((await post(sent)).status(), 410);
    });

    test('a copy whose counter lags behind is refused', async () => {
        await signOut();
        const copy = await credential();
        await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId: copy.credentialId });
        await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...copy, signCount: 0 } });
        await page.goto(`${demo().issuer}/sign-in`);
        await button(page, 'Sign in with a passkey').click();
        await page.getByRole('heading', { name: 'This passkey does not sign you in here' }).waitFor();
        await page.goto(demo().account_url);
        assert.match(page.url(), /\/sign-in/);
        await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId: copy.credentialId });
        await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...copy, signCount: copy.signCount + 5 } });
    });

    test('it is nothing in the other environment, and nothing once it was removed', async () => {
        await page.goto(`${demo().sandbox_issuer}/sign-in`);
        await button(page, 'Sign in with a passkey').click();
        await page.getByRole('heading', { name: 'This passkey does not sign you in here' }).waitFor();
        await page.goto(`${demo().issuer}/sign-in`);
        await button(page, 'Sign in with a passkey').click();
        await page.waitForURL(demo().account_url);
        await ways();
        await page.getByRole('button', { name: /^Remove .*Pocket/ }).click();
        await page.getByText('It does not sign you in any more').waitFor();
        await signOut();
        await page.goto(`${demo().issuer}/sign-in`);
        await button(page, 'Sign in with a passkey').click();
        await page.getByRole('heading', { name: 'This passkey does not sign you in here' }).waitFor();
    });

    test('who must use one and has none is led to adding it, and then on to the consent', async () => {
        await cdp.send('WebAuthn.clearCredentials', { authenticatorId });
        await page.goto(`${demo().issuer}/sign-in`);
        await signIn(page, demo().shopper);
        await page.waitForURL(demo().account_url);
        const url = new URL((await requestOf(await agentOf('web'))).url);
        url.searchParams.set('acr_values', 'phr');
        await page.goto(url.href);
        await page.getByText('You have no passkey here yet').waitFor();
        await page.getByRole('link', { name: 'Add a passkey' }).click();
        await button(page, 'Add a passkey').click();
        await page.getByText('asks for your passkey here').waitFor();
        await button(page, 'Sign in with a passkey').click();
        await button(page, 'Allow').waitFor();
    });

    test('the browser offers it in the field for the address', async () => {
        await signOut();
        await page.evaluate(() => sessionStorage.setItem('autofill', 'yes'));
        await page.goto(`${demo().issuer}/sign-in`);
        await page.waitForURL(demo().account_url);
    });

    test('without scripts the other ways are there, and no button that does nothing', async () => {
        const plain = await browser.newContext({ javaScriptEnabled: false });
        const still = await plain.newPage();
        await still.goto(`${demo().issuer}/sign-in`);
        assert.equal(await button(still, 'Sign in with a passkey').isVisible(), false);
        assert.ok(await button(still, 'Sign in').isVisible());
        await plain.close();
    });
});
