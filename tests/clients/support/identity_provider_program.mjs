// A real OpenID provider (panva's oidc-provider) on loopback by https, with its own development pages for signing in and
// consenting: whoever types a name is that person. Run by a Node that it supports; settings come on standard input as JSON.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Provider } from 'oidc-provider';

const { issuer, key, certificate, clients, clientAuthMethods } = JSON.parse(readFileSync(0, 'utf8'));
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const provider = new Provider(issuer, {
    clients: clients.map(client => (
        { ...client, response_types: ['code'], grant_types: ['authorization_code'], id_token_signed_response_alg: 'ES256' })),
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' }] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    ...clientAuthMethods ? { clientAuthMethods } : {},
    pkce: { required: () => true },
    // People whose name begins with "unknown" have an address that nobody has checked.
    findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: !id.startsWith('unknown') })
    })
});

createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, provider.callback())
    .listen(new URL(issuer).port, '127.0.0.1', () => console.log('ready'));
