// A person without a mouse: what browser.mjs does by clicking, done by Tab, the space bar and Enter alone. Whatever cannot be
// reached by Tab cannot be used here, so a page that hides it fails.

const MOST = 150;

/** Goes on by Tab until the one control that is wanted has the focus. */
async function reach(page, wanted) {
    await wanted.waitFor();
    for (let step = 0; step < MOST; step++) {
        if (await wanted.evaluate(control => control === document.activeElement)) return;
        await page.keyboard.press('Tab');
    }
    throw new Error(`not reached by Tab at ${page.url().slice(0, 80)}: ${wanted}`);
}

export async function type(page, wanted, text) {
    await reach(page, wanted);
    await page.keyboard.press('Control+A');
    await page.keyboard.type(text);
}

export async function press(page, name) {
    await reach(page, page.getByRole('button', { name, exact: true }).first());
    await page.keyboard.press('Enter');
}

export async function follow(page, name) {
    await reach(page, page.getByRole('link', { name, exact: true }).first());
    await page.keyboard.press('Enter');
}

/** Fills a form that is on the page by its labels, sends it by its button, and waits for the answer. */
export async function send(page, name, fields = {}) {
    for (const [label, text] of Object.entries(fields)) await type(page, page.getByLabel(label, { exact: true }).first(), text);
    const answered = page.waitForEvent('framenavigated');
    await press(page, name);
    await answered;
    await page.waitForLoadState('load');
}

/** Fills the sign-in form that is on the page, whole or only its password, and sends it. */
export async function signIn(page, { email, password }) {
    const name = page.getByLabel(/^E-mail/);
    if (await name.isVisible() && await name.isEditable()) await type(page, name, email);
    await type(page, page.getByLabel('Password', { exact: true }), password);
    await press(page, 'Sign in');
}

/** Ticks what is asked for, says Allow or Deny, and returns what stood on the page. */
export async function consent(page, { tick = [], allow = true, person }) {
    const text = await page.locator('body').innerText();
    for (const label of allow ? tick : []) {
        const box = page.getByRole('checkbox', { name: label });
        if (!await box.isVisible() || !await box.isEnabled() || await box.isChecked()) continue;
        await reach(page, box);
        await page.keyboard.press('Space');
    }
    const password = page.getByLabel('Password', { exact: true });
    if (allow && await password.isVisible()) await type(page, password, person.password);
    await press(page, allow ? 'Allow' : 'Deny');
    return text;
}
