// An agent's loopback callback: takes one authorization response after another on 127.0.0.1 and hands each
// to whoever waits for it. RFC 8252 §7.3: the port is whatever is free.

import { createServer } from 'node:http';

export async function callbackServer(path = '/callback') {
    const waiting = [];
    const arrived = [];
    const server = createServer((request, response) => {
        const url = new URL(request.url, 'http://127.0.0.1');
        if (url.pathname !== path) {
            response.writeHead(404).end();
            return;
        }
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', connection: 'close' });
        response.end('<!doctype html><title>Back at the agent</title><h1>Back at the agent</h1>');
        const whole = new URL(request.url, uri).href;
        const next = waiting.shift();
        if (next) next(whole);
        else arrived.push(whole);
    });
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    const uri = `http://127.0.0.1:${server.address().port}${path}`;
    return {
        uri,
        /** The next authorization response, as the whole address that the browser was sent to. */
        next() {
            if (arrived.length > 0) return Promise.resolve(arrived.shift());
            return new Promise(resolve => waiting.push(resolve));
        },
        close() {
            server.closeAllConnections();
            server.close();
        }
    };
}
