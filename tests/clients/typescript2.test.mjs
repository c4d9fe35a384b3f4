// The TypeScript SDK 2.x in both eras of the protocol, once registered and once by its document.
import { typescript2 } from './agents/typescript2.mjs';
import { SIZES } from './checks.mjs';
import { journeys } from './journeys.mjs';
import { purchases } from './purchases.mjs';

for (const [era, hasDocument] of [['2025-11-25', false], ['2026-07-28', true]]) {
    journeys(`TypeScript SDK 2.x, ${era}`, typescript2, { era, name: `Journey TypeScript ${era.slice(0, 4)}`, hasDocument });
}

// F24: asked in the result, asked by an error, and told the link; there by mouse, and to whom has nothing but a keyboard.
for (const [era, opensLinks] of [['2026-07-28', true], ['2025-11-25', true], ['2025-11-25', false]]) {
    for (const onlyKeysAt of [undefined, ...Object.keys(SIZES)]) {
        const how = opensLinks ? 'opening links' : 'showing links';
        const by = onlyKeysAt ? `by keyboard alone at ${onlyKeysAt}` : 'by mouse';
        const name = `Buyer ${era.slice(0, 4)} ${opensLinks ? 'opens' : 'shows'} ${onlyKeysAt ? `keys ${parseInt(onlyKeysAt)}` : 'mouse'}`;
        purchases(`TypeScript SDK 2.x, ${era}, ${how}, ${by}`, typescript2, { era, opensLinks, onlyKeysAt, name });
    }
}
