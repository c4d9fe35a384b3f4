// What real clients do about deliberate breaks of what the servers say (tests/breaks.json): whether they still link is set down
// in breaks.json here, break by break, and where one is otherwise than its documentation a note says so.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inspector } from './agents/inspector.mjs';
import { mcpRemote } from './agents/mcp_remote.mjs';
import { spoken } from './agents/spoken.mjs';
import { typescript1 } from './agents/typescript1.mjs';
import { typescript2 } from './agents/typescript2.mjs';
import { breakingProxy } from './support/breaking.mjs';
import { documentOf } from './support/documents.mjs';

const PATIENCE = 30_000;
/** As many clients at a time. */
const AT_ONCE = 4;

const read = path => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const { baseline, breaks, groups } = read('../breaks.json');
const { unbroken, expected } = read('breaks.json');

const python = [process.env.TILLGATE_PYTHON ?? 'python3', new URL('agents/python_agent.py', import.meta.url).pathname];
const rust = [process.env.TILLGATE_RMCP_CLIENT ?? 'rmcp_client'];

/** `opens`: it has a callback of its own, which is to be called. */
const CLIENTS = {
    'typescript 1': { make: typescript1 },
    'typescript 2': { make: typescript2, era: '2026-07-28' },
    'typescript 2, document': { make: typescript2, era: '2026-07-28', clientMetadataUrl: documentOf('Break') },
    python: { make: setting => spoken(python, setting), era: '2025-11-25' },
    rust: { make: setting => spoken(rust, setting), era: '2025-11-25' },
    'mcp-remote': { make: mcpRemote, opens: true },
    inspector: { make: inspector, opens: true, connect: agent => agent.tools() }
};

/** The platforms of tests/breaks.json whose real client, or whose library, runs here. */
const PLATFORMS = { inspector: 'inspector', 'mcp-remote': 'mcp-remote', goose: 'rust' };

/** Whether this client links with servers that are broken so: `green` or `red`. */
async function outcome({ make, opens, connect = agent => agent.connect(), ...setting }, broken) {
    const proxy = await breakingProxy(broken);
    const agent = await make({
        ...setting,
        name: 'Break',
        mcpUrl: proxy.mcpUrl,
        redirectUri: 'http://127.0.0.1:61234/callback',
        async ask(url) {
            const address = proxy.allow(url);
            if (opens) await fetch(address);
            return address;
        }
    });
    let timer;
    const silence = new Promise(resolve => (timer = setTimeout(resolve, PATIENCE, 'red')));
    try {
        // A client that gave up may still have called with its token a moment before.
        const gaveUp = connect(agent).then(() => 'green', () => Promise.race([proxy.linked, new Promise(resolve => setTimeout(resolve, 50, 'red'))]));
        return await Promise.race([proxy.linked, gaveUp, silence]);
    } finally {
        clearTimeout(timer);
        await agent.close();
        proxy.close();
    }
}

/** Runs the work in order, so many at a time. */
async function inTurn(work, atOnce) {
    const left = [...work];
    const runner = async () => {
        for (let next = left.shift(); next; next = left.shift()) await next();
    };
    await Promise.all(Array.from({ length: atOnce }, runner));
}

test('each break is red for the clients that depend on it, and for no other', async () => {
    const rows = Object.entries(expected).map(([id, row]) => ({ ...breaks.find(each => each.id === id), ...row }));
    assert.ok(rows.every(row => row.edits), 'every break that is expected here is in tests/breaks.json');
    const attempts = [{ ...unbroken, red: [], green: Object.keys(CLIENTS) }, ...rows].flatMap(row => [
        ...row.red.map(client => ({ row, client, wanted: 'red' })),
        ...row.green.map(client => ({ row, client, wanted: 'green' }))
    ]);
    const wrong = [];
    await inTurn(attempts.map(({ row, client, wanted }) => async () => {
        const seen = await outcome(CLIENTS[client], { edits: [...baseline, ...row.edits] });
        if (seen !== wanted) wrong.push(`${row.id}: ${client} is ${seen}`);
    }), AT_ONCE);
    assert.deepEqual(wrong, []);
});

test('where a real client does otherwise than tests/breaks.json has it, a note says why', () => {
    const unexplained = Object.entries(expected).filter(([id, { red, green, note }]) => {
        const documented = breaks.find(each => each.id === id).red.flatMap(name => name.startsWith('@') ? groups[name.slice(1)] : name);
        const differs = ([platform, client]) => documented.includes(platform) ? green.includes(client) : red.includes(client);
        return !note && Object.entries(PLATFORMS).some(differs);
    });
    assert.deepEqual(unexplained.map(([id]) => id), []);
});
