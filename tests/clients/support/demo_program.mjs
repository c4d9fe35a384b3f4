// `tillgate demo` as a program, for tests that start one.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, freePort } from './demo.mjs';

// A program in a mount namespace of its own, which reads the first argument in the place of the machine's names of hosts.
const APART = ['--map-root-user', '--mount', 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"'];

/** Whether this user may start a program with names of hosts of its own. */
export const mayNameHosts = () => spawnSync('unshare', [...APART, '/etc/hosts', 'true']).status === 0;

/** What starts `program` with the arguments; where `hosts` are named, these are this computer to it. */
function command(program, args, { folder, hosts }) {
    if (!hosts.length) return [program, args];
    const file = join(folder, 'hosts');
    writeFileSync(file, `127.0.0.1 localhost ${hosts.join(' ')}\n`);
    return ['unshare', [...APART, file, program, ...args]];
}

/** Starts the demo with variables of its own, and answers with the program and the address of `demo.json` once that is there. */
export async function startDemo(folder, settings, { port, storePort, hosts = [] } = {}) {
    const log = openSync(join(folder, 'demo.log'), 'w');
    const data = join(folder, 'data');
    const ports = ['--port', `${port ?? await freePort()}`, '--store-port', `${storePort ?? await freePort()}`];
    const [program, args] = command(process.env.TILLGATE_BIN, ['demo', '--data', data, ...ports], { folder, hosts });
    const child = spawn(program, args,
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
