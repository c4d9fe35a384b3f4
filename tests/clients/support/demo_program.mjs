// `tillgate demo` as a program, for tests that start one.

import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, freePort } from './demo.mjs';

/** Starts the demo with variables of its own, and answers with the program and the address of `demo.json` once that is there. */
export async function startDemo(folder, settings, { port, storePort } = {}) {
    const log = openSync(join(folder, 'demo.log'), 'w');
    const data = join(folder, 'data');
    const ports = ['--port', `${port ?? await freePort()}`, '--store-port', `${storePort ?? await freePort()}`];
    const child = spawn(process.env.TILLGATE_BIN, ['demo', '--data', data, ...ports],
        { stdio: ['ignore', log, log], env: { ...process.env, ...settings } });
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
