// `mcp-remote`, the bridge for programs that speak MCP on standard input and know no OAuth: unmodified, with its folder thrown
// away afterwards. The program behind it is the TypeScript SDK 1.x, which hears nothing of tokens.

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { Denied } from '../support/agent.mjs';
import { freePort } from '../support/demo.mjs';

const PROXY = new URL('../node_modules/mcp-remote/dist/proxy.js', import.meta.url).pathname;
const INVITATION = /authorize this client by visiting:\s+(http\S+)/i;

/** `extra` are more arguments for it, `env` more variables. */
export function mcpRemote({ name, mcpUrl, clientMetadataUrl, ask }, { extra = [], env = {} } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'tillgate-mcp-remote-'));
    let client, transport, refused;

    /** One of its files, by what its name ends with. */
    function file(ending) {
        const [found] = readdirSync(folder, { recursive: true }).filter(path => path.endsWith(ending));
        return found && join(folder, found);
    }
    const read = ending => file(ending) ? JSON.parse(readFileSync(file(ending), 'utf8')) : {};

    /** Answers what it asks for on standard error; a refusal rejects whatever it is doing. */
    function listen(stream) {
        let heard = '', answered = 0;
        return new Promise((_, reject) => {
            stream.on('data', async bytes => {
                heard += bytes;
                const invitations = [...heard.matchAll(new RegExp(INVITATION, 'gi'))];
                // Half an address would be another one.
                if (invitations.length <= answered || !heard.endsWith('\n')) return;
                answered = invitations.length;
                try {
                    const callback = new URL(await ask(invitations.at(-1)[1])).searchParams;
                    if (callback.has('error')) reject(new Denied(callback.get('error')));
                } catch (error) {
                    reject(error);
                }
            });
        });
    }

    async function unlessRefused(work) {
        try {
            return await Promise.race([work, refused]);
        } catch (error) {
            // On a refusal the program ends, and may do so before the browser has come to rest.
            await Promise.race([refused, new Promise(resolve => setTimeout(resolve, 2_000))]);
            throw error;
        }
    }

    return {
        async connect() {
            const port = await freePort();
            const metadata = clientMetadataUrl
                ? ['--client-metadata-url', clientMetadataUrl]
                : ['--static-oauth-client-metadata', JSON.stringify({ client_name: name })];
            transport = new StdioClientTransport({
                command: process.execPath,
                args: [PROXY, mcpUrl, `${port}`, '--transport', 'http-only', ...metadata, ...extra],
                // Nobody opens a browser but the shopper of the journey.
                env: { PATH: '', HOME: folder, MCP_REMOTE_CONFIG_DIR: folder, BROWSER: 'true', DISPLAY: '', ...env },
                stderr: 'pipe'
            });
            refused = listen(transport.stderr);
            refused.catch(() => {});
            client = new Client({ name, version: '1.0.0' });
            await unlessRefused(client.connect(transport));
            return transport.protocolVersion ?? '2025-11-25';
        },
        tools: async () => (await unlessRefused(client.listTools())).tools.map(tool => tool.name),
        call: (tool, args) => unlessRefused(client.callTool({ name: tool, arguments: args })),
        expire() {
            const tokens = read('_tokens.json');
            writeFileSync(file('_tokens.json'), JSON.stringify({ ...tokens, access_token: 'no-longer-good' }));
        },
        credentials() {
            const tokens = read('_tokens.json');
            return {
                clientId: read('_client_info.json').client_id ?? clientMetadataUrl,
                accessToken: tokens.access_token,
                refreshToken: tokens.refresh_token,
                scope: tokens.scope ?? ''
            };
        },
        async close() {
            await client?.close();
            rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
        }
    };
}
