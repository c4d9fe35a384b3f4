// The TypeScript SDK 2.x in both eras of the protocol, once registered and once by its document.
import { typescript2 } from './agents/typescript2.mjs';
import { journeys } from './journeys.mjs';
import { purchases } from './purchases.mjs';

for (const [era, hasDocument] of [['2025-11-25', false], ['2026-07-28', true]]) {
    journeys(`TypeScript SDK 2.x, ${era}`, typescript2, { era, name: `Journey TypeScript ${era.slice(0, 4)}`, hasDocument });
}

// F24: asked in the result, asked by an error, and told the link; there, to whom has nothing but a keyboard.
for (const [era, opensLinks] of [['2026-07-28', true], ['2025-11-25', true], ['2025-11-25', false]]) {
    const how = opensLinks ? 'opening links' : 'showing links, by keyboard alone';
    const setting = { era, opensLinks, hasOnlyKeys: !opensLinks, name: `Buyer ${era.slice(0, 4)} ${opensLinks}` };
    purchases(`TypeScript SDK 2.x, ${era}, ${how}`, typescript2, setting);
}
