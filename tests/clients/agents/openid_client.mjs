// `openid-client`, the certified OpenID Connect client of Node.js, used for plain OAuth 2.1: discovery by RFC 8414,
// registration, PKCE, `iss`, refresh and revocation are all its own.

import * as oidc from 'openid-client';
import { plainAgent } from './plain.mjs';

// The demo is on loopback, without TLS.
const options = { algorithm: 'oauth2', execute: [oidc.allowInsecureRequests] };

export function openidClient(setting) {
    let config, resource, redirectUri, verifier, state;

    return plainAgent(setting, {
        async introduce({ name, metadataUrl, clientMetadataUrl, ...given }) {
            ({ redirectUri } = given);
            const found = await (await fetch(metadataUrl)).json();
            resource = found.resource;
            const issuer = new URL(found.authorization_servers[0]);
            if (clientMetadataUrl) {
                config = await oidc.discovery(issuer, clientMetadataUrl, undefined, oidc.None(), options);
                if (config.serverMetadata().client_id_metadata_document_supported) return;
            }
            config = await oidc.dynamicClientRegistration(issuer, {
                client_name: name,
                redirect_uris: [redirectUri],
                grant_types: ['authorization_code', 'refresh_token'],
                response_types: ['code'],
                token_endpoint_auth_method: 'none'
            }, oidc.None(), options);
        },
        async begin(scope) {
            verifier = oidc.randomPKCECodeVerifier();
            state = oidc.randomState();
            return oidc.buildAuthorizationUrl(config, {
                redirect_uri: redirectUri,
                scope,
                state,
                resource,
                code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
                code_challenge_method: 'S256'
            }).href;
        },
        finish: callback => oidc.authorizationCodeGrant(config, callback,
            { pkceCodeVerifier: verifier, expectedState: state }, { resource }),
        refresh: token => oidc.refreshTokenGrant(config, token, { resource }),
        revoke: token => oidc.tokenRevocation(config, token),
        async request(token, url, headers, body) {
            try {
                return { response: await oidc.fetchProtectedResource(config, token, url, 'POST', body, headers) };
            } catch (error) {
                if (!(error instanceof oidc.WWWAuthenticateChallengeError)) throw error;
                return { challenge: error.cause[0].parameters };
            }
        },
        clientId: () => config?.clientMetadata().client_id
    });
}
