// The TypeScript SDK 2.x in both eras of the protocol, once registered and once by its document.
import { typescript2 } from './agents/typescript2.mjs';
import { journeys } from './journeys.mjs';

for (const [era, hasDocument] of [['2025-11-25', false], ['2026-07-28', true]]) {
    journeys(`TypeScript SDK 2.x, ${era}`, typescript2, { era, name: `Journey TypeScript ${era.slice(0, 4)}`, hasDocument });
}
