// A proxy in front of the demo's two servers that breaks one detail of what they say (tests/breaks.json), so that it can be seen
// what a real client does about it. What comes after the shopper's consent is made up here: no browser is asked, and a client
// has linked once it calls the store with the token that this proxy gave it.

import { createServer } from 'node:http';
import { demo } from './demo.mjs';

const TOKEN = 'a-token-of-the-proxy';

/** `broken.edits` are what it does to answers; `{issuer}`, `{store}` and `{resource}` in them stand for its own addresses. */
export async function breakingProxy(broken) {
    const upstream = { issuer: demo().issuer, store: new URL(demo().mcp_url).origin };
    const own = {};
    let hasLinked;
    const linked = new Promise(resolve => (hasLinked = () => resolve('green')));

    /** Every address of one side becomes that of the other, written plainly or in a query. */
    function translate(text, from, to) {
        for (const at of ['issuer', 'store']) {
            text = text.replaceAll(from[at], to[at]).replaceAll(encodeURIComponent(from[at]), encodeURIComponent(to[at]));
        }
        return text;
    }

    const fill = value => typeof value === 'string'
        ? value.replaceAll('{issuer}', own.issuer).replaceAll('{store}', own.store).replaceAll('{resource}', `${own.store}/mcp`)
        : Array.isArray(value) ? value.map(fill) : value;

    /** What the real server would have answered, or what stands in for a part of the journey that needs a person. */
    async function answer(at, { method, url, headers, body }) {
        const path = url.split('?')[0];
        const json = (status, value) => ({
            status, body: JSON.stringify(value), headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }
        });
        if (at === 'store' && headers.authorization === `Bearer ${TOKEN}`) {
            hasLinked();
            return json(503, { error: 'that was all' });
        }
        if (at === 'issuer' && method === 'POST' && path === '/token') {
            const scope = 'products:read inventory:read offline_access';
            return json(200, { access_token: TOKEN, token_type: 'Bearer', expires_in: 3600, refresh_token: 'another', scope });
        }
        if (at === 'issuer' && method === 'POST' && path === '/register') {
            return json(201, { ...JSON.parse(body), client_id: 'c1_of-the-proxy', client_id_issued_at: 1 });
        }
        const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(host|connection|content-length|accept-encoding)$/.test(name)));
        const got = await fetch(translate(`${own[at]}${url}`, own, upstream), {
            method, headers: sent, body: body ? translate(body, own, upstream) : undefined, redirect: 'manual'
        });
        const kept = [...got.headers].filter(([name]) => !/^(connection|transfer-encoding|content-length|content-encoding)$/.test(name));
        const said = Object.fromEntries(kept.map(([name, value]) => [name, translate(value, upstream, own)]));
        return { status: got.status, headers: said, body: translate(await got.text(), upstream, own) };
    }

    function applies(edit, at, request, status) {
        const has = words => words.some(word => request.url.includes(word) || request.body.includes(word));
        return edit.at === at
            && edit.path.includes(request.url.split('?')[0])
            && (!edit.method || edit.method === request.method)
            && (!edit.request_contains || has(edit.request_contains))
            && (!edit.request_header || request.headers[edit.request_header[0]] === edit.request_header[1])
            && (!edit.when_status || edit.when_status === status);
    }

    function change(response, edit) {
        if (edit.status) response.status = edit.status;
        if (edit.body) response.body = edit.body;
        if (edit.header) {
            const value = response.headers[edit.header];
            if (edit.remove) delete response.headers[edit.header];
            else if (edit.replace) response.headers[edit.header] = value?.replaceAll(edit.replace[0], fill(edit.replace[1]));
            else response.headers[edit.header] = fill(edit.value);
        }
        if (edit.json) {
            const whole = JSON.parse(response.body);
            const key = edit.json.slice(1);
            if (edit.remove) delete whole[key];
            else whole[key] = fill(edit.value);
            response.body = JSON.stringify(whole);
        }
    }

    function listen(at) {
        const server = createServer(async (incoming, outgoing) => {
            let body = '';
            for await (const part of incoming) body += part;
            const request = { method: incoming.method, url: incoming.url, headers: incoming.headers, body };
            try {
                const response = await answer(at, request);
                for (const edit of broken.edits) if (applies(edit, at, request, response.status)) change(response, edit);
                const headers = Object.entries(response.headers).filter(([, value]) => value !== undefined);
                outgoing.writeHead(response.status, Object.fromEntries(headers)).end(response.body);
            } catch (error) {
                outgoing.writeHead(502).end(String(error));
            }
        });
        return new Promise(resolve => server.listen(0, '127.0.0.1', () => {
            own[at] = `http://localhost:${server.address().port}`;
            resolve(server);
        }));
    }

    const servers = await Promise.all(['issuer', 'store'].map(listen));
    return {
        mcpUrl: `${own.store}/mcp`,
        linked,
        /** The answer to an authorization request, as a shopper who allows everything would cause it. */
        allow(address) {
            const asked = new URL(address).searchParams;
            const back = new URL(asked.get('redirect_uri'));
            const parameters = { code: 'a-code-of-the-proxy', state: asked.get('state'), iss: own.issuer };
            for (const edit of broken.edits) {
                if (!edit.query) continue;
                if (edit.remove) delete parameters[edit.query];
                else parameters[edit.query] = fill(edit.value);
            }
            for (const [name, value] of Object.entries(parameters)) if (value) back.searchParams.set(name, value);
            return back.href;
        },
        close() {
            for (const server of servers) {
                server.closeAllConnections();
                server.close();
            }
        }
    };
}
