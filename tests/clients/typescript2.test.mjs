// The TypeScript SDK 2.x in both eras of the protocol.
import { typescript2 } from './agents/typescript2.mjs';
import { journeys } from './journeys.mjs';

for (const era of ['2025-11-25', '2026-07-28']) {
    journeys(`TypeScript SDK 2.x, ${era}`, typescript2, { era, name: `Journey TypeScript ${era.slice(0, 4)}` });
}
