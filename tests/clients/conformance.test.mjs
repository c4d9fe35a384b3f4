// The official conformance runner (`@modelcontextprotocol/conformance`), unmodified: its scenarios for authorization
// servers, and its scenarios for MCP servers that need no fixture tools, once on each wire version. It needs Node 22.
// It knows no bearer tokens, so the server scenarios go through a proxy on loopback that adds one and nothing else.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { typescript2 } from './agents/typescript2.mjs';
import { answer, openBrowser } from './browser.mjs';
import { seat } from './journeys.mjs';
import { demo, freePort, register } from './support/demo.mjs';

const here = new URL('.', import.meta.url).pathname;
const RUNNER = `${here}node_modules/@modelcontextprotocol/conformance/dist/index.js`;

/** Scenarios that any MCP server can pass, by wire version. */
const SCENARIOS = {
    '2025-11-25': ['server-initialize', 'server-session-lifecycle', 'ping', 'tools-list', 'dns-rebinding-protection', 'server-sse-multiple-streams'],
    '2026-07-28': ['server-stateless', 'tools-list', 'dns-rebinding-protection', 'http-header-validation', 'caching', 'input-required-result-unsupported-methods', 'server-sse-multiple-streams']
};

const FIXTURE = 'calls a fixture tool, prompt or resource that only a test server has';
const NOT_DECLARED = 'needs the logging, completion, resources or prompts capability, which a store does not declare';
/** What is left out, by the reason; a scenario of the runner that stands in neither list fails the test. */
const LEFT_OUT = {
    [FIXTURE]: [
        'tools-call-simple-text', 'tools-call-image', 'tools-call-audio', 'tools-call-embedded-resource',
        'tools-call-mixed-content', 'tools-call-with-logging', 'tools-call-error', 'tools-call-with-progress',
        'tools-call-sampling', 'tools-call-elicitation', 'json-schema-2020-12', 'json-schema-2020-12-preservation', 'elicitation-sep1034-defaults',
        'server-sse-polling', 'elicitation-sep1330-enums', 'http-custom-header-server-validation',
        'input-required-result-basic-elicitation', 'input-required-result-basic-sampling',
        'input-required-result-basic-list-roots', 'input-required-result-request-state',
        'input-required-result-multiple-input-requests', 'input-required-result-multi-round',
        'input-required-result-missing-input-response', 'input-required-result-non-tool-request',
        'input-required-result-result-type', 'input-required-result-tampered-state',
        'input-required-result-capability-check', 'input-required-result-ignore-extra-params',
        'input-required-result-validate-input'
    ],
    [NOT_DECLARED]: [
        'logging-set-level', 'completion-complete', 'resources-list', 'resources-read-text', 'resources-read-binary',
        'resources-templates-read', 'resources-subscribe', 'resources-unsubscribe', 'sep-2164-resource-not-found',
        'prompts-list', 'prompts-get-simple', 'prompts-get-with-args', 'prompts-get-embedded-resource',
        'prompts-get-with-image'
    ]
};

/** Single checks of a scenario that runs, `scenario:check`, that need what a store does not have, with the reason. */
const LEFT_OUT_CHECKS = {
    'server-stateless:sep-2575-server-rejects-undeclared-capability': FIXTURE,
    'server-stateless:sep-2575-missing-capability-http-400': FIXTURE,
    'server-stateless:sep-2575-http-server-no-independent-requests-on-stream': FIXTURE,
    'server-stateless:sep-2575-server-no-log-without-loglevel': FIXTURE,
    'caching:sep-2549-prompts-list-caching-hints': NOT_DECLARED,
    'caching:sep-2549-resources-list-caching-hints': NOT_DECLARED,
    'caching:sep-2549-resources-templates-list-caching-hints': NOT_DECLARED
};

/** Node 22 from the npm package, or the Node that runs this if it is new enough. */
function node22() {
    const packaged = `${here}node_modules/node-${process.platform}-${process.arch}/bin/node`;
    if (existsSync(packaged)) return packaged;
    if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
    throw new Error(`no Node 22 for ${process.platform} ${process.arch}`);
}

/** Runs the runner; `heard(output)` is called as it speaks. Resolves to its exit code and all it said. */
function conformance(args, heard = () => {}) {
    return new Promise((resolve, reject) => {
        const child = spawn(node22(), [RUNNER, ...args], { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000, env: { ...process.env, NO_COLOR: '1' } });
        let output = '';
        for (const stream of [child.stdout, child.stderr]) {
            stream.on('data', bytes => {
                output += bytes;
                heard(output);
            });
        }
        child.on('error', reject);
        child.on('exit', code => resolve({ code, output }));
    });
}

test('the authorization server scenarios pass', async t => {
    const { issuer, mcp_url, shopper: person } = demo();
    const port = await freePort();
    const client = await register(issuer, 'Conformance runner', [`http://127.0.0.1:${port}/callback`]);
    const browser = await openBrowser();
    t.after(() => browser.close());
    const page = await browser.page();
    let opened;
    const arrival = page.waitForRequest(request => request.url().startsWith(`http://127.0.0.1:${port}/callback`), { timeout: 60_000 })
        .then(request => request.url());
    const { code, output } = await conformance(
        ['authorization', '--url', issuer, '--client-id', client, '--resource', mcp_url, '--port', `${port}`],
        said => {
            const url = /^(http:\/\/\S+response_type=code\S*)$/m.exec(said)?.[1];
            if (url && !opened) opened = answer(page, url, { person, arrival }).catch(error => error);
        }
    );
    const given = await opened;
    assert.ok(given && !(given instanceof Error), `${given}\n${output}`);
    assert.equal(code, 0, output);
    assert.doesNotMatch(output, /\[(authorization-code-grant)\s*\][^\n]*(SKIPPED|FAILURE)/, output);
});

/** A proxy on loopback that adds the token; a Host or Origin that is not its own passes as it came. */
async function withToken(mcpUrl, token) {
    const target = new URL(mcpUrl);
    const server = createServer((request, response) => {
        const own = `localhost:${server.address().port}`;
        const headers = { ...request.headers, authorization: `Bearer ${token}` };
        if (headers.host === own) headers.host = target.host;
        if (headers.origin === `http://${own}`) headers.origin = target.origin;
        const onward = forward({ host: target.hostname, port: target.port, method: request.method, path: request.url, headers }, answered => {
            response.writeHead(answered.statusCode, answered.headers);
            answered.pipe(response);
        });
        onward.on('error', () => response.destroy());
        request.pipe(onward);
        response.on('close', () => onward.destroy());
    });
    await new Promise(resolve => server.listen(0, 'localhost', resolve));
    return {
        url: `http://localhost:${server.address().port}${target.pathname}`,
        close() {
            server.closeAllConnections();
            server.close();
        }
    };
}

test('the server scenarios that need no fixtures pass', async t => {
    const browser = await openBrowser();
    t.after(() => browser.close());
    for (const [version, scenarios] of Object.entries(SCENARIOS)) {
        // One agent a wire version: the tokens of one connection share one allowance of calls.
        const shop = await seat(browser, typescript2, { era: version, name: `Conformance ${version.slice(0, 4)}` });
        t.after(shop.close);
        await shop.agent.connect();
        const proxy = await withToken(demo().mcp_url, (await shop.agent.credentials()).accessToken);
        t.after(proxy.close);
        for (const scenario of scenarios) {
            await t.test(`${scenario}, ${version}`, () => passes(proxy.url, scenario, version));
        }
    }
    await t.test('and nothing was left out in silence', async () => {
        const { output } = await conformance(['list', '--server']);
        const known = [...output.matchAll(/^\s+- (\S+) \[([^\]]*)\]/gm)].filter(([, , versions]) => versions !== 'extension').map(([, name]) => name);
        const said = new Set([...Object.values(SCENARIOS).flat(), ...Object.values(LEFT_OUT).flat()]);
        assert.deepEqual(known.filter(name => !said.has(name)), []);
    });
});

/** Runs one scenario and judges its checks one by one: the runner's own exit code knows no single check. */
async function passes(url, scenario, version) {
    const folder = mkdtempSync(join(tmpdir(), 'tillgate-conformance-'));
    try {
        const { output } = await conformance(
            ['server', '--url', url, '--scenario', scenario, '--spec-version', version, '--output-dir', folder]
        );
        const file = readdirSync(folder, { recursive: true }).find(name => basename(name) === 'checks.json');
        assert.ok(file, output);
        const failed = JSON.parse(readFileSync(join(folder, file), 'utf8'))
            .filter(({ id, status }) => status === 'FAILURE' && !(`${scenario}:${id}` in LEFT_OUT_CHECKS))
            .map(({ id, name, errorMessage }) => `${id} (${name}): ${errorMessage}`);
        assert.deepEqual(failed, []);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
