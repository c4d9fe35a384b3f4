// The TypeScript SDK 2.x (`@modelcontextprotocol/client`) as an agent: unmodified, with its tokens in memory.
// The SDK does discovery, registration, PKCE, refresh and step-up; this file only keeps what it is told to keep.

import { randomUUID } from 'node:crypto';
import {
    Client, OAuthError, StreamableHTTPClientTransport, UnauthorizedError, UrlElicitationRequiredError
} from '@modelcontextprotocol/client';
import { Denied, MemoryProvider } from '../support/agent.mjs';

/**
 * `era` is `2025-11-25` (the handshake) or `2026-07-28` (stateless); `ask(url)` answers with the callback's address. With an
 * `openLink(url)` the client declares that it opens links for its user, and does.
 */
export function typescript2({ name, mcpUrl, era, redirectUri, clientMetadataUrl, ask, openLink }) {
    const provider = new MemoryProvider({ name, redirectUri, clientMetadataUrl });
    let client, transport;

    function open() {
        const mode = era === '2026-07-28' ? { pin: era } : 'legacy';
        const capabilities = openLink ? { elicitation: { url: {} } } : {};
        client = new Client({ name, version: '1.0.0' }, { capabilities, versionNegotiation: { mode } });
        if (openLink) {
            client.setRequestHandler('elicitation/create', async ({ params }) => {
                await openLink(params.url);
                return { action: 'accept' };
            });
        }
        transport = new StreamableHTTPClientTransport(new URL(mcpUrl), { authProvider: provider });
        return client.connect(transport);
    }

    async function authorize() {
        const url = provider.takeRedirect();
        if (!url) throw new Error('the SDK gave up without asking for authorization');
        const callback = new URL(await ask(url)).searchParams;
        if (callback.get('state') !== provider.lastState) throw new Error('state came back changed');
        // The search parameters as they are: the SDK itself checks `iss` (RFC 9207) before it reads anything else.
        await transport.finishAuth(callback).catch(error => {
            throw OAuthError.isInstance?.(error) || error instanceof OAuthError ? new Denied(error.code) : error;
        });
    }

    async function authorized(attempt, again = attempt) {
        try {
            return await attempt();
        } catch (error) {
            if (!(error instanceof UnauthorizedError)) throw error;
            await authorize();
            return again();
        }
    }

    async function call(tool, args) {
        try {
            return await client.callTool({ name: tool, arguments: args });
        } catch (error) {
            // 2025-11-25: the SDK leaves it to the program to open the link and to call again.
            if (!openLink || !(error instanceof UrlElicitationRequiredError)) throw error;
            for (const { url } of error.elicitations) await openLink(url);
            return client.callTool({ name: tool, arguments: args });
        }
    }

    return {
        async connect() {
            await authorized(open);
            return client.getNegotiatedProtocolVersion();
        },
        tools: async () => (await authorized(() => client.listTools())).tools.map(tool => tool.name),
        call: (tool, args) => authorized(() => call(tool, args)),
        expire: () => provider.spoilAccessToken(randomUUID()),
        credentials: () => provider.credentials(),
        close: () => client?.close()
    };
}
