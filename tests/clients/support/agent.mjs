// What the agents of the journeys share: how a denial is told, and the memory that the two TypeScript SDKs ask for.

import { randomUUID } from 'node:crypto';

/** The shopper said no, and the agent was told so with this OAuth error code. */
export class Denied extends Error {
    constructor(code) {
        super(`denied: ${code}`);
        this.code = code;
    }
}

/** Raised by `ask` when nobody sits at the browser: the agent wanted a new authorization. */
export class NobodyThere extends Error {}

/** `OAuthClientProvider` of the TypeScript SDKs over plain fields. */
export class MemoryProvider {
    #name;
    #redirectUri;
    #client;
    #tokens;
    #verifier;
    #discovery;
    #redirect;

    /** With a `clientMetadataUrl` the SDK goes by that document where the server takes one, and registers elsewhere. */
    constructor({ name, redirectUri, clientMetadataUrl }) {
        this.#name = name;
        this.#redirectUri = redirectUri;
        this.clientMetadataUrl = clientMetadataUrl;
    }

    get redirectUrl() {
        return this.#redirectUri;
    }

    get clientMetadata() {
        return {
            client_name: this.#name,
            redirect_uris: [this.#redirectUri],
            grant_types: ['authorization_code', 'refresh_token'],
            response_types: ['code'],
            token_endpoint_auth_method: 'none'
        };
    }

    state() {
        return (this.lastState = randomUUID());
    }

    clientInformation = () => this.#client;
    saveClientInformation = client => void (this.#client = client);
    tokens = () => this.#tokens;
    saveTokens = tokens => void (this.#tokens = tokens);
    saveCodeVerifier = verifier => void (this.#verifier = verifier);
    codeVerifier = () => this.#verifier;
    saveDiscoveryState = state => void (this.#discovery = state);
    discoveryState = () => this.#discovery;
    redirectToAuthorization = url => void (this.#redirect = url.href);

    invalidateCredentials(what) {
        if (what === 'all' || what === 'client') this.#client = undefined;
        if (what === 'all' || what === 'tokens') this.#tokens = undefined;
        if (what === 'all' || what === 'verifier') this.#verifier = undefined;
        if (what === 'all' || what === 'discovery') this.#discovery = undefined;
    }

    /** The authorization request that the SDK wants opened, once. */
    takeRedirect() {
        const url = this.#redirect;
        this.#redirect = undefined;
        return url;
    }

    /** As if the access token had run out: the store keeps one that no server takes. */
    spoilAccessToken(value) {
        this.#tokens = { ...this.#tokens, access_token: value };
    }

    credentials() {
        return {
            clientId: this.#client?.client_id,
            accessToken: this.#tokens?.access_token,
            refreshToken: this.#tokens?.refresh_token,
            scope: this.#tokens?.scope ?? ''
        };
    }
}
