// Every preset at a real OpenID provider (oidc-provider) that is set up as its kind is: how its issuer ends, where the client's
// secret goes, which scopes its client has. All of them on one sign-in page, of a demo of their own.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch, press, send } from './browser.mjs';
import { ownDatabase } from './support/database.mjs';
import { demo, freePort } from './support/demo.mjs';
import { startDemo } from './support/demo_program.mjs';
import { documentHost } from './support/documents.mjs';
import { provide, startProvider } from './support/identity_provider.mjs';
import { agentOf, mailedCode, requestOf } from './support/scene.mjs';

const SECRET = 'a secret of the preset tests';
const [BASIC, POST] = ['client_secret_basic', 'client_secret_post'];
/** The way of each: whether its issuer ends with a slash, how its client proves itself, and what it may ask for. */
const PRESETS = {
    shopify: [false, BASIC, 'openid email'],
    google: [false, POST, 'openid email'],
    clerk: [false, BASIC, 'openid email'],
    auth0: [true, POST, 'openid email'],
    wordpress: [true, POST, 'openid profile']
};

describe('an account elsewhere, by preset', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillgate-presets-'));
    const closing = [];
    let database, documents, browser, program;
    before(async () => {
        database = ownDatabase('presets', folder);
        documents = await documentHost(folder);
        const [port, storePort] = [await freePort(), await freePort()];
        const file = join(folder, 'providers.toml');
        const entries = await Promise.all(Object.entries(PRESETS).map(async ([preset, [slash, method, scope]]) => {
            const issuer = `https://localhost:${await freePort()}${slash ? '/' : ''}`;
            const client = {
                client_id: preset, client_secret: SECRET, token_endpoint_auth_method: method, scope,
                redirect_uris: [`http://localhost:${port}/sign-in/return/${preset}`]
            };
            closing.push(await startProvider(documents, issuer, [client], { clientAuthMethods: [method] }));
            return ['[[provider]]', `id = "${preset}"`, `preset = "${preset}"`, `name = "At ${preset}"`, `issuer = "${issuer}"`,
                `client_id = "${preset}"`, `client_secret = "${SECRET}"`, ''].join('\n');
        }));
        writeFileSync(file, entries.join('\n'));
        const started = await startDemo(folder, {
            ...documents.settings,
            TILLGATE__SIGN_IN__PROVIDERS_FILE: file,
            ...database.setting
        }, { port, storePort });
        program = started.child;
        process.env.TILLGATE_DEMO_JSON = started.file;
        browser = await launch();
    });
    after(async () => {
        await browser?.close();
        program?.kill('SIGKILL');
        database?.remove();
        closing.forEach(close => close());
        documents?.close();
        rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    });

    for (const preset of Object.keys(PRESETS)) {
        test(`${preset}: leads from an agent to its consent, and is the same shopper the next time`, async () => {
            const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false });
            const page = await context.newPage();
            const agent = await agentOf('web');
            await page.goto((await requestOf(agent)).url);
            await press(page, `Continue with At ${preset}`);
            await provide(page, `${preset}-person`);
            const address = `${preset}-person@example.com`;
            // The plugin tells no address: who comes for the first time proves one.
            if (preset === 'wordpress') {
                await page.getByRole('heading', { name: 'does not confirm your e-mail address' }).waitFor();
                await send(page, 'Send me a code', { 'E-mail address': address });
                await page.getByRole('heading', { name: 'Look in your mail' }).waitFor();
                await send(page, 'Sign in', { Code: await mailedCode(address) });
            }
            await page.getByRole('button', { name: 'Allow', exact: true }).waitFor();
            assert.equal(await page.locator('header bdi').innerText(), address);

            await context.clearCookies({ name: /^tg-shopper/ });
            await page.goto(`${demo().issuer}/sign-in`);
            await press(page, `Continue with At ${preset}`);
            await page.waitForURL(`${demo().issuer}/account/agents`);
            assert.equal(await page.locator('header bdi').innerText(), address);
            await context.close();
        });
    }
});
