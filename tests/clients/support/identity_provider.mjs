// The OpenID provider that the demo under test offers beside its own sign-in: started for the run, with the certificate of the
// host of documents, which the demo believes.

import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './demo.mjs';

const CLIENT = { client_id: 'tillgate', client_secret: 'a secret of the client tests' };
/** What the button on the sign-in page calls it. */
export const NAME = 'Harbour Account';

/** The Node that comes with the locks, where the provider needs a newer one than runs this. */
function node() {
    const packed = new URL(`../node_modules/node-linux-${process.arch}/bin/node`, import.meta.url).pathname;
    return existsSync(packed) ? packed : process.execPath;
}

/** Starts one with these clients; `provider` is how it calls itself. */
export async function startProvider({ key, certificate }, provider, clients, more = {}) {
    const program = new URL('identity_provider_program.mjs', import.meta.url).pathname;
    const child = spawn(node(), [program], { stdio: ['pipe', 'pipe', process.env.VERBOSE ? 'inherit' : 'ignore'] });
    child.stdin.end(JSON.stringify({ issuer: provider, key, certificate, clients, ...more }));
    await new Promise((resolve, reject) => {
        child.stdout.once('data', resolve);
        child.once('exit', code => reject(new Error(`the OpenID provider ended with ${code}`)));
    });
    return () => child.kill('SIGKILL');
}

/** Starts it for an issuer; `settings` is the file that `sign_in.providers_file` has to name. */
export async function identityProvider(folder, files, issuer) {
    const provider = `https://localhost:${await freePort()}`;
    const redirects = [issuer, `${issuer}/sandbox`].map(each => `${each}/sign-in/return/harbour`);
    const close = await startProvider(files, provider, [{ ...CLIENT, redirect_uris: redirects }]);
    const settings = join(folder, 'providers.toml');
    writeFileSync(settings, [
        '[[provider]]', 'id = "harbour"', 'preset = "custom"', `name = "${NAME}"`, `issuer = "${provider}"`,
        `client_id = "${CLIENT.client_id}"`, `client_secret = "${CLIENT.client_secret}"`, ''
    ].join('\n'));
    return { settings, close };
}

/** Signs in at the provider, whose development pages ask for any name, and then for consent. */
export async function provide(page, name) {
    const button = name => page.getByRole('button', { name, exact: true });
    await page.getByPlaceholder('Enter any login').fill(name);
    await page.getByPlaceholder('and password').fill('any');
    await button('Sign-in').click();
    await button('Continue').click();
    await page.waitForLoadState('load');
}
