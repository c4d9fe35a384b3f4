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

/** Starts it for an issuer; `settings` is the file that `sign_in.providers_file` has to name. */
export async function identityProvider(folder, { key, certificate }, issuer) {
    const port = await freePort();
    const redirects = [issuer, `${issuer}/sandbox`].map(each => `${each}/sign-in/return/harbour`);
    const program = new URL('identity_provider_program.mjs', import.meta.url).pathname;
    const child = spawn(node(), [program], { stdio: ['pipe', 'pipe', process.env.VERBOSE ? 'inherit' : 'ignore'] });
    child.stdin.end(JSON.stringify({ port, key, certificate, client: { ...CLIENT, redirect_uris: redirects } }));
    await new Promise((resolve, reject) => {
        child.stdout.once('data', resolve);
        child.once('exit', code => reject(new Error(`the OpenID provider ended with ${code}`)));
    });
    const settings = join(folder, 'providers.toml');
    writeFileSync(settings, [
        '[[provider]]', 'id = "harbour"', 'preset = "custom"', `name = "${NAME}"`, `issuer = "https://localhost:${port}"`,
        `client_id = "${CLIENT.client_id}"`, `client_secret = "${CLIENT.client_secret}"`, ''
    ].join('\n'));
    return { settings, close: () => child.kill('SIGKILL') };
}
