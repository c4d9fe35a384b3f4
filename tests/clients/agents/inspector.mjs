// The MCP Inspector's command line: one program run for each call, which keeps what it knows in a folder, ours and thrown away.
// It asks on standard error for a browser, and on standard input before it steps up.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Denied } from '../support/agent.mjs';
import { freePort } from '../support/demo.mjs';

const CLI = new URL('../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url).pathname;
const INVITATION = /Please navigate to: (http\S+)\n/g;

/** `era` is `legacy` or `modern` in its words; `env` are more variables. */
export async function inspector({ mcpUrl, era = 'legacy', clientMetadataUrl, ask }, { env = {} } = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'tillgate-inspector-'));
    const port = await freePort();

    /** Runs one command; resolves to what it printed, or rejects with its error. */
    function run(method, more = []) {
        const document = clientMetadataUrl ? ['--client-metadata-url', clientMetadataUrl] : [];
        const args = ['--cli', '--server-url', mcpUrl, '--transport', 'http', '--protocol-era', era, '--method', method,
            '--format', 'json', '--callback-url', `http://127.0.0.1:${port}/oauth/callback`, ...document, ...more];
        const child = spawn(process.execPath, [CLI, ...args], {
            // Nobody opens a browser but the shopper of the journey.
            env: {
                PATH: '', HOME: folder, MCP_STORAGE_DIR: folder, MCP_INSPECTOR_SECRET_STORE: 'file', MCP_AUTO_OPEN_ENABLED: 'true',
                BROWSER: 'true', DISPLAY: '', NO_COLOR: '1', ...env
            },
            stdio: ['pipe', 'pipe', 'pipe']
        });
        let output = '', heard = '', answered = 0, stepsUp = false, asking;
        return new Promise((resolve, reject) => {
            const fail = error => {
                child.kill('SIGKILL');
                reject(error);
            };
            child.stdout.on('data', bytes => (output += bytes));
            child.stderr.on('data', bytes => {
                heard += bytes;
                if (!stepsUp && heard.includes('[y/N]')) {
                    stepsUp = true;
                    child.stdin.write('y\n');
                }
                const invitations = [...heard.matchAll(INVITATION)];
                if (invitations.length <= answered) return;
                answered = invitations.length;
                asking = ask(invitations.at(-1)[1]).then(address => {
                    const callback = new URL(address).searchParams;
                    if (callback.has('error')) throw new Denied(callback.get('error'));
                });
                asking.catch(fail);
            });
            child.on('error', fail);
            child.on('exit', async code => {
                // On a refusal the program ends before the browser has come to rest.
                await asking?.catch(fail);
                if (code === 0) resolve(JSON.parse(output).result);
                else reject(new Error(`${output}${heard}`));
            });
        });
    }

    /** Its tokens, as it keeps them where there is no keychain; `change` gives what to keep instead. */
    function tokens(change) {
        const file = join(folder, 'secrets.json');
        const whole = JSON.parse(readFileSync(file, 'utf8'));
        const key = Object.keys(whole.secrets).find(name => name.includes(':tokens:'));
        const kept = JSON.parse(whole.secrets[key]);
        if (change) {
            whole.secrets[key] = JSON.stringify({ ...kept, ...change });
            writeFileSync(file, JSON.stringify(whole));
        }
        return kept;
    }

    function credentials() {
        const { servers } = JSON.parse(readFileSync(join(folder, 'oauth.json'), 'utf8'));
        const [{ clientInformation }] = Object.values(servers[mcpUrl].byIssuer);
        const { access_token: accessToken, refresh_token: refreshToken, scope } = tokens();
        return { clientId: clientInformation.client_id, accessToken, refreshToken, scope };
    }

    return {
        tools: async () => (await run('tools/list')).tools.map(tool => tool.name),
        call: (tool, args) => run('tools/call', ['--tool-name', tool, '--tool-args-json', JSON.stringify(args)]),
        credentials,
        expire: () => void tokens({ access_token: 'no-longer-good' }),
        close: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    };
}
