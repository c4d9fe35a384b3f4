// The Python SDK in both eras of the protocol.
import { spoken } from './agents/spoken.mjs';
import { journeys } from './journeys.mjs';

const command = [process.env.TILLGATE_PYTHON ?? 'python3', new URL('agents/python_agent.py', import.meta.url).pathname];
for (const era of ['2025-11-25', '2026-07-28']) {
    journeys(`Python SDK, ${era}`, setting => spoken(command, setting), { era, name: `Journey Python ${era.slice(0, 4)}` });
}
