// Starts one `tillgate demo` on free ports with an empty folder, runs the test files one after another against it,
// each within a time, closes with `N passed, N failed`, and leaves nothing running and nothing on disk.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { eventually, freePort } from './support/demo.mjs';
import { documentHost } from './support/documents.mjs';
import { NAME, identityProvider } from './support/identity_provider.mjs';

// For a whole file: the tour of all pages takes some minutes on a busy machine.
const PER_TEST = 600_000;
const here = new URL('.', import.meta.url).pathname;

/** Starts the demo and answers once it has written `demo.json`. */
async function startDemo(folder, documents, { port, storePort, providers }) {
    const log = openSync(join(folder, 'demo.log'), 'w');
    const env = {
        ...process.env,
        TILLGATE__OUTBOUND__ALLOW_LOOPBACK: 'true',
        TILLGATE__OUTBOUND__EXTRA_ROOT_CERTIFICATES: documents.certificate,
        TILLGATE__SIGN_IN__PROVIDERS_FILE: providers.settings
    };
    if (env.TEST_DATABASE_URL) env.TILLGATE__DATABASE__URL = env.TEST_DATABASE_URL;
    const data = join(folder, 'data');
    const child = spawn(process.env.TILLGATE_BIN, ['demo', '--data', data, '--port', `${port}`, '--store-port', `${storePort}`],
        { stdio: ['ignore', log, log], env });
    let ended;
    child.on('exit', code => (ended = `the demo ended with ${code}`));
    child.on('error', error => (ended = String(error)));
    const file = join(data, 'demo.json');
    try {
        await eventually('the demo is ready', () => {
            if (ended) throw new Error(ended);
            return existsSync(file) && complete(file);
        }, 60_000);
    } catch (error) {
        child.kill('SIGKILL');
        throw new Error(`${error.message}\n${readFileSync(join(folder, 'demo.log'), 'utf8').slice(-4_000)}`);
    }
    return { child, file };
}

function complete(file) {
    try {
        return JSON.parse(readFileSync(file, 'utf8')).mcp_url;
    } catch {
        return false;
    }
}

/** Runs the files and counts the tests that have no tests inside them. */
async function runTests(files, signal) {
    let passed = 0, failed = 0;
    await new Promise(resolve => {
        const stream = run({ files, concurrency: 1, timeout: PER_TEST, signal });
        const parents = new Set();
        const key = test => `${test.file}:${test.line}:${test.column}`;
        stream.on('test:pass', test => {
            if (test.details.type === 'suite' || parents.has(key(test))) return;
            console.log(`${'  '.repeat(test.nesting)}ok ${test.name} (${Math.round(test.details.duration_ms)} ms)`);
            passed += 1;
        });
        stream.on('test:fail', test => {
            const cause = test.details.error?.cause ?? test.details.error;
            // What went wrong before a suite's tests is said of the suite only.
            if (test.details.error?.failureType === 'hookFailed') console.log(`FAILED before ${test.name}: ${cause?.stack ?? cause}`);
            if (test.details.type === 'suite' || test.details.error?.failureType === 'subtestsFailed') return;
            console.log(`${'  '.repeat(test.nesting)}FAILED ${test.name}: ${cause?.stack ?? cause}`);
            failed += 1;
        });
        stream.on('test:stderr', ({ message }) => process.env.VERBOSE && process.stderr.write(message));
        stream.on('end', resolve);
        stream.resume();
    });
    return { passed, failed };
}

const folder = mkdtempSync(join(tmpdir(), 'tillgate-clients-'));
let child, documents, providers;
const cleanUp = () => {
    child?.kill('SIGKILL');
    documents?.close();
    providers?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
};
const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stopped.abort());
try {
    documents = await documentHost(folder);
    process.env.TILLGATE_DOCUMENTS = documents.origin;
    const [port, storePort] = [await freePort(), await freePort()];
    providers = await identityProvider(folder, documents, `http://localhost:${port}`);
    process.env.TILLGATE_PROVIDER = NAME;
    const started = await startDemo(folder, documents, { port, storePort, providers });
    child = started.child;
    process.env.TILLGATE_DEMO_JSON = started.file;
    // Profiles of browsers and the runner's results go where they are thrown away with the rest.
    process.env.TMPDIR = folder;
    const named = process.argv.slice(2);
    const files = readdirSync(here).filter(name => name.endsWith('.test.mjs'))
        .filter(name => named.length === 0 || named.includes(name.replace('.test.mjs', '')))
        .sort().map(name => join(here, name));
    const { passed, failed } = await runTests(files, stopped.signal);
    if (failed > 0) console.log(readFileSync(join(folder, 'demo.log'), 'utf8').split('\n').slice(-60).join('\n'));
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
} finally {
    cleanUp();
}
