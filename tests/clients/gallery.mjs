// The gallery: every page in every state, as a debug build of the server shows its own samples, in every language that it has and
// in two that nobody speaks. The tour shows what a visitor meets on the way; this shows what it takes a switch, a mistake or a
// month to meet.

import { demo } from './support/demo.mjs';

/** From right to left, and in full-width letters (src/locale/pseudo.rs). */
export const [MIRRORED, WIDENED] = ['ar-XB', 'en-XA'];

/** The names of all samples. */
async function samples() {
    const list = await (await fetch(`${demo().issuer}/_gallery`)).text();
    const names = [...list.matchAll(/href="\/_gallery\/([^"?]+)\?/g)].map(([, name]) => name);
    if (names.length < 150) throw new Error(`the gallery has only ${names.length} samples`);
    return names;
}

/**
 * Shows each sample in one page of `context`, and hands it to `look`. They take each other's place in one window, which keeps what
 * was loaded for the first: the stylesheet, and whatever looks at them.
 */
export async function gallery(context, language, look, only = () => true) {
    const page = await context.newPage();
    await page.goto(`${demo().issuer}/_gallery/home`);
    for (const name of (await samples()).filter(only)) {
        const answer = await fetch(`${demo().issuer}/_gallery/${name}?language=${language}`);
        if (!answer.ok) throw new Error(`${name} in ${language}: ${answer.status}`);
        await page.setContent(await answer.text());
        // As the script does, which runs once in a window.
        await page.evaluate(() => document.querySelectorAll('form[data-passkey]').forEach(form => (form.hidden = false)));
        await look(page, name);
    }
    await page.close();
}
