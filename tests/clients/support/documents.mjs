// Agents that go by a document of their own (Client ID Metadata Documents): a host on loopback, by https, that has one for every
// name. Its certificate is made for the run, and only the demo under test is told to believe it.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';

/** Of every agent here: no port, since that is of the moment (RFC 8252 §7.3). */
const CALLBACKS = ['http://127.0.0.1/callback', 'http://127.0.0.1/oauth/callback', 'http://localhost/oauth/callback'];

/** The client id of the agent of this name, which is its document's address. */
export function documentOf(name) {
    return `${process.env.TILLGATE_DOCUMENTS}/agents/${name.replaceAll(' ', '_')}/client.json`;
}

/** Starts the host; `certificate` is the file that who fetches from it has to believe. */
export async function documentHost(folder) {
    const [key, certificate] = [join(folder, 'documents.key'), join(folder, 'documents.pem')];
    execFileSync('openssl', [
        'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=documents',
        '-addext', 'subjectAltName=DNS:localhost,DNS:described.example', '-addext', 'basicConstraints=critical,CA:FALSE', '-keyout', key, '-out', certificate
    ], { stdio: 'ignore' });
    const changes = new Map();
    const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
        const name = /^\/agents\/([A-Za-z0-9_.-]+)\/client\.json$/.exec(request.url)?.[1];
        if (!name) return void response.writeHead(404).end();
        response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'max-age=600' });
        response.end(JSON.stringify({
            client_id: `${origin}${request.url}`,
            client_name: name.replaceAll('_', ' '),
            redirect_uris: CALLBACKS,
            grant_types: ['authorization_code', 'refresh_token'],
            response_types: ['code'],
            token_endpoint_auth_method: 'none',
            ...changes.get(name)
        }));
    });
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    const origin = `https://localhost:${server.address().port}`;
    return {
        origin,
        certificate,
        key,
        /** With which a demo believes what is here. */
        settings: { TILLGATE__OUTBOUND__ALLOW_LOOPBACK: 'true', TILLGATE__OUTBOUND__EXTRA_ROOT_CERTIFICATES: certificate },
        /** From now on the document of this agent says something else. */
        change: (name, fields) => changes.set(name, fields),
        close() {
            server.closeAllConnections();
            server.close();
        }
    };
}
