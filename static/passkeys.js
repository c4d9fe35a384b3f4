// Passkeys: a form that is marked with `data-passkey` is shown where the browser can do what it asks. Pressing its button lets the
// browser make a passkey, or find one, and sends what it answers. Nothing else happens here; without this script the forms
// stay hidden.
'use strict';

const can = globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON && globalThis.PublicKeyCredential.parseCreationOptionsFromJSON;

for (const form of can ? document.querySelectorAll('form[data-passkey]') : []) {
    const refused = form.querySelector('[role=alert]');
    form.hidden = false;
    form.addEventListener('submit', async event => {
        if (form.elements.answer.value) return;
        event.preventDefault();
        refused.hidden = true;
        try {
            const options = JSON.parse(form.dataset.options);
            const answer = form.dataset.passkey === 'create'
                ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
                : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
            form.elements.answer.value = JSON.stringify(answer.toJSON());
            form.submit();
        } catch {
            // Cancelled, nothing found, or in time: the browser has said what it is.
            refused.hidden = false;
        }
    });
}
