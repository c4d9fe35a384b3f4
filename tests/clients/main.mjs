// Starts one `tillgate demo` on free ports with an empty folder, runs the test files one after another against it,
// each within a time, closes with `N passed, N failed`, and leaves nothing running and nothing on disk.

import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { freePort } from './support/demo.mjs';
import { startDemo } from './support/demo_program.mjs';
import { documentHost } from './support/documents.mjs';
import { NAME, identityProvider } from './support/identity_provider.mjs';

// For a whole file: the tour of all pages takes some minutes on a busy machine.
const PER_TEST = 600_000;
const here = new URL('.', import.meta.url).pathname;

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
            if (test.details.error?.failureType === 'subtestsFailed') return;
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
    const settings = {
        ...documents.settings,
        TILLGATE__SIGN_IN__PROVIDERS_FILE: providers.settings,
        ...process.env.TEST_DATABASE_URL ? { TILLGATE__DATABASE__URL: process.env.TEST_DATABASE_URL } : {}
    };
    const started = await startDemo(folder, settings, { port, storePort });
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
