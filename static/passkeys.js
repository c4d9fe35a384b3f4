// Passkeys: a form that is marked with `data-passkey` is shown where the browser can do what it asks. Pressing its button lets the
// browser make a passkey, or find one, and sends what it answers. Where there is a field for it, the browser offers its passkeys
// among what it can fill in, too. Nothing else happens here; without this script the forms stay hidden.
'use strict';

const can = globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON && globalThis.PublicKeyCredential.parseCreationOptionsFromJSON;
// One ceremony at a time: pressing a button ends the one that waits in the field.
let waiting = null;

const find = (form, more) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(form.dataset.options)), ...more });

const send = (form, answer) => {
    form.elements.answer.value = JSON.stringify(answer.toJSON());
    form.submit();
};

for (const form of can ? document.querySelectorAll('form[data-passkey]') : []) {
    const refused = form.querySelector('[role=alert]');
    form.hidden = false;
    form.addEventListener('submit', async event => {
        if (form.elements.answer.value) return;
        event.preventDefault();
        refused.hidden = true;
        waiting?.abort();
        try {
            send(form, form.dataset.passkey === 'create'
                ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(form.dataset.options)) })
                : await find(form));
        } catch {
            // Cancelled, nothing found, or in time: the browser has said what it is.
            refused.hidden = false;
        }
    });
}

// Web Authentication §5.1.3: conditional mediation waits in a field with autocomplete="… webauthn", and asks nobody anything.
const form = can && document.querySelector('input[autocomplete~=webauthn]') && document.querySelector('form[data-passkey=get]');
if (form && await PublicKeyCredential.isConditionalMediationAvailable?.()) {
    waiting = new AbortController();
    find(form, { mediation: 'conditional', signal: waiting.signal }).then(answer => send(form, answer), () => {});
}
