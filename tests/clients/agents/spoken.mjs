// An agent in another language, as a process that is told what to do on its standard input and answers on its
// standard output, one JSON object a line. It asks for a browser with {"open": url} and hears {"callback": address}.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Denied } from '../support/agent.mjs';

/** `command` is the program and its arguments; the agent's name, address and era reach it as one JSON argument. */
export function spoken(command, { name, mcpUrl, era, redirectUri, clientMetadataUrl, ask }) {
    const [program, ...args] = command;
    const setting = JSON.stringify({ name, mcp_url: mcpUrl, era, redirect_uri: redirectUri, client_metadata_url: clientMetadataUrl });
    const child = spawn(program, [...args, setting], { stdio: ['pipe', 'pipe', 'inherit'] });
    const waiting = new Map();
    let last = 0;
    let asking = ask;

    const failAll = error => {
        for (const { reject } of waiting.values()) reject(error);
        waiting.clear();
    };
    child.on('error', failAll);
    child.on('exit', code => failAll(new Error(`${program} ended with ${code}`)));
    const say = words => child.stdin.write(`${JSON.stringify(words)}\n`);

    createInterface({ input: child.stdout }).on('line', async line => {
        const said = JSON.parse(line);
        if (said.open) {
            try {
                say({ callback: await asking(said.open) });
            } catch (error) {
                // Nobody will come back: every question under way ends with the reason.
                failAll(error);
                child.kill('SIGKILL');
            }
            return;
        }
        const { resolve, reject } = waiting.get(said.id) ?? {};
        waiting.delete(said.id);
        if (said.denied) reject?.(new Denied(said.denied));
        else if (said.error) reject?.(new Error(said.error));
        else resolve?.(said.result);
    });

    const tell = (action, more = {}) => new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, { resolve, reject });
        if (child.exitCode !== null) failAll(new Error(`${program} has ended`));
        else say({ id, do: action, ...more });
    });
    return {
        connect: () => tell('connect'),
        tools: () => tell('tools'),
        call: (tool, args) => tell('call', { tool, arguments: args }),
        expire: () => tell('expire'),
        credentials: () => tell('credentials'),
        close: () => void child.kill('SIGKILL')
    };
}
