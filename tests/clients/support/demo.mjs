// The demo under test: its addresses and people, as `tillgate demo` writes them to `demo.json`, and what
// anyone on the network may ask of it without an SDK. Refuses to run against anything but loopback.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** @returns {{issuer: string, sandbox_issuer: string, mcp_url: string, sandbox_mcp_url: string, account_url: string,
 *  console_url: string, shopper: {email: string, password: string}, staff: {email: string, password: string}}} */
export function demo() {
    const file = process.env.TILLGATE_DEMO_JSON;
    if (!file) throw new Error('TILLGATE_DEMO_JSON names no demo.json: start these tests with tests/clients/run');
    const found = JSON.parse(readFileSync(file, 'utf8'));
    for (const key of ['issuer', 'mcp_url']) {
        const { hostname } = new URL(found[key]);
        if (!['localhost', '127.0.0.1', '[::1]'].includes(hostname)) throw new Error(`${key} is not on loopback`);
    }
    return found;
}

/** Asks `probe` again until it answers something true, and fails after `within` milliseconds. */
export async function eventually(what, probe, within = 5_000, every = 20) {
    const end = performance.now() + within;
    for (;;) {
        const answer = await probe();
        if (answer) return answer;
        if (performance.now() > end) throw new Error(`not within ${within} ms: ${what}`);
        await new Promise(resolve => setTimeout(resolve, every));
    }
}

/** A port on loopback that was free a moment ago. */
export async function freePort() {
    const server = createServer();
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    await new Promise(resolve => server.close(resolve));
    return port;
}

/** The issuer's RFC 8414 metadata. */
export async function metadata(issuer) {
    const { origin, pathname } = new URL(issuer);
    const path = pathname === '/' ? '' : pathname;
    const answer = await fetch(`${origin}/.well-known/oauth-authorization-server${path}`);
    return answer.json();
}

/** Registers a public client by RFC 7591 and returns its id. */
export async function register(issuer, name, redirectUris) {
    const { registration_endpoint } = await metadata(issuer);
    const answer = await fetch(registration_endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
            client_name: name,
            redirect_uris: redirectUris,
            grant_types: ['authorization_code', 'refresh_token'],
            response_types: ['code'],
            token_endpoint_auth_method: 'none'
        })
    });
    if (answer.status !== 201) throw new Error(`registration: ${answer.status} ${await answer.text()}`);
    return (await answer.json()).client_id;
}

/** One bare call with a bearer token; the MCP server decides on the token before it reads the body. */
export async function bareCall(mcpUrl, accessToken) {
    const answer = await fetch(mcpUrl, {
        method: 'POST',
        headers: {
            authorization: `Bearer ${accessToken}`,
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            'mcp-protocol-version': '2025-11-25'
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
    });
    await answer.text();
    return answer.status;
}

/** One bare refresh; returns the status and the parsed body. */
export async function bareRefresh(issuer, clientId, refreshToken) {
    const { token_endpoint } = await metadata(issuer);
    const answer = await fetch(token_endpoint, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId })
    });
    return { status: answer.status, body: await answer.json() };
}
