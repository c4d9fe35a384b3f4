// An agent on a general OAuth library, which knows nothing of MCP: the library does everything of OAuth, and this file what an
// MCP client does around it. It says its calls itself, reads the challenge, refreshes, steps up, and authorizes anew.

import { Denied } from '../support/agent.mjs';

const ERA = '2025-11-25';

/** `library` is what agents/oauth4webapi.mjs and agents/openid_client.mjs make of their libraries; `ask(url)` is a shopper. */
export function plainAgent({ name, mcpUrl, redirectUri, clientMetadataUrl, ask }, library) {
    let tokens;
    let id = 0;

    async function authorize(scope) {
        const callback = new URL(await ask(await library.begin(scope)));
        try {
            tokens = await library.finish(callback);
        } catch (error) {
            if (error.error) throw new Denied(error.error);
            throw error;
        }
    }

    /** `offline_access` is added where the server lists it, as the SDKs do. */
    const wanted = scopes => [...new Set([...scopes, 'offline_access'])].join(' ');
    const granted = () => (tokens.scope ?? '').split(' ').filter(Boolean);

    async function refreshed() {
        try {
            tokens = { ...tokens, ...await library.refresh(tokens.refresh_token) };
            return true;
        } catch (error) {
            if (error.error === 'invalid_grant') return false;
            throw error;
        }
    }

    /** One message; answers the result, or what the server's challenge says. */
    async function send(method, params) {
        const note = method.startsWith('notifications/');
        const body = JSON.stringify({ jsonrpc: '2.0', ...(note ? {} : { id: ++id }), method, params });
        const headers = new Headers({ 'content-type': 'application/json', accept: 'application/json, text/event-stream' });
        if (method !== 'initialize') headers.set('mcp-protocol-version', ERA);
        const { challenge, response } = await library.request(tokens.access_token, new URL(mcpUrl), headers, body);
        if (challenge) return { challenge };
        if (note) return {};
        const answer = await response.json();
        if (answer.error) throw new Error(answer.error.message);
        return { result: answer.result };
    }

    /** A message, and whatever has to be done about authority until it is answered. */
    async function say(method, params) {
        for (let attempt = 0; attempt < 3; attempt++) {
            if (tokens.expired && !await refreshed()) await authorize(wanted(granted()));
            const { challenge, result } = await send(method, params);
            if (!challenge) return result;
            const missing = (challenge.scope ?? '').split(' ').filter(Boolean);
            if (challenge.error === 'insufficient_scope') await authorize(wanted([...granted(), ...missing]));
            else if (!await refreshed()) await authorize(wanted(missing));
        }
        throw new Error(`the server goes on refusing ${method}`);
    }

    return {
        async connect() {
            const first = await fetch(mcpUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
            const header = first.headers.get('www-authenticate') ?? '';
            const parameter = key => new RegExp(`${key}="([^"]*)"`).exec(header)?.[1];
            if (first.status !== 401) throw new Error(`the server answered ${first.status} to somebody without a token`);
            await library.introduce({ name, mcpUrl, redirectUri, clientMetadataUrl, metadataUrl: parameter('resource_metadata') });
            await authorize(wanted((parameter('scope') ?? '').split(' ')));
            const { protocolVersion } = await say('initialize', {
                protocolVersion: ERA, capabilities: {}, clientInfo: { name, version: '1.0.0' }
            });
            await say('notifications/initialized');
            return protocolVersion;
        },
        tools: async () => (await say('tools/list')).tools.map(tool => tool.name),
        call: (tool, args) => say('tools/call', { name: tool, arguments: args }),
        expire: () => void (tokens.expired = true),
        revoke: () => library.revoke(tokens.refresh_token),
        credentials: () => ({
            clientId: library.clientId(),
            accessToken: tokens?.access_token,
            refreshToken: tokens?.refresh_token,
            scope: tokens?.scope ?? ''
        }),
        close() {}
    };
}
