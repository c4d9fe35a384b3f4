// Mail as it really leaves: `tillgate serve` with settings of its own sends the link of a sign-up over SMTP to a mail
// server on loopback, and the link makes an account in a browser.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { leave, openBrowser, signIn } from './browser.mjs';
import { eventually, freePort } from './support/demo.mjs';

const SHOPPER = 'noor@example.com';
const PASSWORD = 'correct horse battery staple';
const USER = { user: 'tillgate', pass: 'of the mail server' };

/** A mail server that asks for a password and keeps what it gets, `delay` milliseconds after it came. */
async function mailServer(delay = 0) {
    const mails = [];
    const server = new SMTPServer({
        // Not waiting for a client that keeps its connection.
        closeTimeout: 100,
        // On loopback, so without TLS.
        disabledCommands: ['STARTTLS'],
        allowInsecureAuth: true,
        onAuth: ({ username, password }, _, done) =>
            username === USER.user && password === USER.pass ? done(null, { user: username }) : done(new Error('refused')),
        onData: async (stream, { envelope }, done) => {
            const chunks = await stream.toArray();
            await new Promise(resolve => setTimeout(resolve, delay));
            mails.push({ envelope, ...(await PostalMime.parse(Buffer.concat(chunks))) });
            done();
        }
    });
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    return { mails, port: server.server.address().port, close: () => new Promise(resolve => server.close(resolve)) };
}

/** A store from an empty folder, served with this transport for mail. */
async function serve(transport) {
    const [folder, secrets] = ['data', 'secrets'].map(name => mkdtempSync(join(tmpdir(), `tillgate-mail-${name}-`)));
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const key = join(secrets, 'secret.key');
    writeFileSync(key, `1 ${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    const env = {
        PATH: process.env.PATH,
        TILLGATE__SECRETS__FILE: key,
        TILLGATE__SERVER__LISTEN: `127.0.0.1:${port}, [::1]:${port}`,
        TILLGATE__MAIL__TRANSPORT: transport,
        TILLGATE__MAIL__FROM: 'Tea & Sons <no-reply@tea.example>'
    };
    const options = { cwd: folder, env };
    await promisify(execFile)(process.env.TILLGATE_BIN, ['store', 'add', '--name', 'Tea & Sons', '--issuer', issuer], options);
    const child = spawn(process.env.TILLGATE_BIN, ['serve'], { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
    const ended = new Promise(resolve => child.on('exit', resolve));
    await eventually('the server answers', () => fetch(`${issuer}/health`).then(answer => answer.ok, () => false), 30_000);
    const stop = async () => {
        child.kill('SIGTERM');
        const status = await ended;
        for (const path of [folder, secrets]) rmSync(path, { recursive: true, force: true });
        return status;
    };
    return { issuer, stop };
}

async function askForLink(page, issuer) {
    await page.goto(`${issuer}/sign-up`);
    await page.getByLabel('E-mail address').fill(SHOPPER);
    await page.getByRole('button', { name: 'Send me the link' }).click();
    await page.getByRole('heading', { name: 'Look in your mail' }).waitFor();
}

test('the link of a sign-up arrives by SMTP and makes an account', async t => {
    const server = await mailServer();
    t.after(() => server.close());
    const credentials = `${USER.user}:${encodeURIComponent(USER.pass)}`;
    const { issuer, stop } = await serve(`smtp://${credentials}@127.0.0.1:${server.port}`);
    t.after(stop);
    const browser = await openBrowser();
    t.after(() => browser.close());
    const page = await browser.page();

    await askForLink(page, issuer);
    await eventually('the mail has arrived', () => server.mails.length > 0);

    const [mail] = server.mails;
    assert.equal(server.mails.length, 1);
    assert.deepEqual(mail.envelope.rcptTo.map(to => to.address), [SHOPPER]);
    assert.equal(mail.envelope.mailFrom.address, 'no-reply@tea.example');
    assert.deepEqual([mail.from.name, mail.to[0].address], ['Tea & Sons', SHOPPER]);
    assert.ok(mail.subject && mail.messageId && mail.date, 'RFC 5322 §3.6');
    const [link] = mail.text.match(/http:\S+/);
    assert.ok(link.startsWith(`${issuer}/sign-up/finish?link=`), link);

    await page.goto(link);
    await page.getByLabel('New password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.waitForURL(`${issuer}/account/agents`);
    const another = await openBrowser();
    t.after(() => another.close());
    const elsewhere = await another.page();
    await elsewhere.goto(`${issuer}/account/agents`);
    await signIn(elsewhere, { email: SHOPPER, password: PASSWORD });
    await elsewhere.waitForURL(`${issuer}/account/agents`);
    await Promise.all([leave(page), leave(elsewhere)]);
});

test('what a mail server has not taken yet is sent before the server ends', async t => {
    const server = await mailServer(1_000);
    t.after(() => server.close());
    const credentials = `${USER.user}:${encodeURIComponent(USER.pass)}`;
    const { issuer, stop } = await serve(`smtp://${credentials}@127.0.0.1:${server.port}`);
    const browser = await openBrowser({ script: false });
    t.after(() => browser.close());
    const page = await browser.page();
    await askForLink(page, issuer);
    assert.equal(server.mails.length, 0);
    assert.equal(await stop(), 0);
    assert.equal(server.mails.length, 1);
});
