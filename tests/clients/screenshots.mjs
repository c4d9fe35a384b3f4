// Pictures of the pages for people to look at, in both schemes and three widths; no test. Start it against a running demo:
// TILLGATE_DEMO_JSON=<data>/demo.json node screenshots.mjs <folder> [a part of the names of the pages]

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from './browser.mjs';
import { makeScene } from './support/scene.mjs';
import { tour } from './tour.mjs';

const [folder, part = ''] = process.argv.slice(2);
if (!folder) throw new Error('name a folder for the pictures');
mkdirSync(folder, { recursive: true });

const browser = await launch();
try {
    const maker = await browser.newContext({ ignoreHTTPSErrors: true });
    const scene = await makeScene(maker);
    const storageState = await maker.storageState();
    for (const colorScheme of ['light', 'dark']) {
        for (const width of [320, 390, 1280]) {
            const open = ({ isSignedIn }) => browser.newContext({ ignoreHTTPSErrors: true,
                colorScheme, viewport: { width, height: 844 }, ...isSignedIn ? { storageState } : {}
            });
            const look = async (page, name) => {
                await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${width}.png`), fullPage: true });
                const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
                if (wide) console.log(`${name} scrolls sideways at ${width}`);
            };
            await tour(scene, open, look, name => name.includes(part));
        }
    }
} finally {
    await browser.close();
}
