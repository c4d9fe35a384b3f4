// The Python SDK in both eras of the protocol, once registered and once by its document.
import { spoken } from './agents/spoken.mjs';
import { journeys } from './journeys.mjs';

const command = [process.env.TILLGATE_PYTHON ?? 'python3', new URL('agents/python_agent.py', import.meta.url).pathname];
for (const [era, hasDocument] of [['2025-11-25', false], ['2026-07-28', true]]) {
    journeys(`Python SDK, ${era}`, setting => spoken(command, setting), { era, name: `Journey Python ${era.slice(0, 4)}`, hasDocument });
}
