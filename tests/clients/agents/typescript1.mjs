// The TypeScript SDK 1.x (`@modelcontextprotocol/sdk`), which most agents in the field still carry.
// It answers a 403 by refreshing, which cannot widen a scope (spec H20), so its journeys leave out the step-up.

import { randomUUID } from 'node:crypto';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Denied, MemoryProvider } from '../support/agent.mjs';

export function typescript1({ name, mcpUrl, redirectUri, clientMetadataUrl, ask }) {
    const provider = new MemoryProvider({ name, redirectUri, clientMetadataUrl });
    let client, transport;

    function open() {
        client = new Client({ name, version: '1.0.0' });
        transport = new StreamableHTTPClientTransport(new URL(mcpUrl), { authProvider: provider });
        return client.connect(transport);
    }

    async function authorize() {
        const url = provider.takeRedirect();
        if (!url) throw new Error('the SDK gave up without asking for authorization');
        const callback = new URL(await ask(url)).searchParams;
        if (callback.get('state') !== provider.lastState) throw new Error('state came back changed');
        if (callback.has('error')) throw new Denied(callback.get('error'));
        await transport.finishAuth(callback.get('code'));
    }

    async function authorized(attempt) {
        try {
            return await attempt();
        } catch (error) {
            if (!(error instanceof UnauthorizedError)) throw error;
            await authorize();
            return attempt();
        }
    }

    return {
        async connect() {
            await authorized(open);
            return transport.protocolVersion;
        },
        tools: async () => (await authorized(() => client.listTools())).tools.map(tool => tool.name),
        call: (tool, args) => authorized(() => client.callTool({ name: tool, arguments: args })),
        expire: () => provider.spoilAccessToken(randomUUID()),
        credentials: () => provider.credentials(),
        close: () => client?.close()
    };
}
