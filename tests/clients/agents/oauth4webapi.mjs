// `oauth4webapi`, on which other libraries stand: every answer goes through its strict readers. It discovers the resource
// (RFC 9728) and the server (RFC 8414), checks `iss` and `state`, and reads challenges.

import * as oauth from 'oauth4webapi';
import { plainAgent } from './plain.mjs';

// The demo is on loopback, without TLS.
const insecure = { [oauth.allowInsecureRequests]: true };

export function oauth4webapi(setting) {
    let server, client, resource, redirectUri, verifier, state;
    const auth = oauth.None();

    return plainAgent(setting, {
        async introduce({ name, mcpUrl, clientMetadataUrl, ...given }) {
            ({ redirectUri } = given);
            const found = await oauth.resourceDiscoveryRequest(new URL(mcpUrl), insecure);
            ({ resource, authorization_servers: [server] } = await oauth.processResourceDiscoveryResponse(new URL(mcpUrl), found));
            const issuer = new URL(server);
            const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
            server = await oauth.processDiscoveryResponse(issuer, answer);
            if (clientMetadataUrl && server.client_id_metadata_document_supported) {
                client = { client_id: clientMetadataUrl };
                return;
            }
            const registered = await oauth.dynamicClientRegistrationRequest(server, {
                client_name: name,
                redirect_uris: [redirectUri],
                grant_types: ['authorization_code', 'refresh_token'],
                response_types: ['code'],
                token_endpoint_auth_method: 'none'
            }, insecure);
            client = await oauth.processDynamicClientRegistrationResponse(registered);
        },
        async begin(scope) {
            verifier = oauth.generateRandomCodeVerifier();
            state = oauth.generateRandomState();
            const url = new URL(server.authorization_endpoint);
            url.search = new URLSearchParams({
                response_type: 'code',
                client_id: client.client_id,
                redirect_uri: redirectUri,
                scope,
                state,
                resource,
                code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
                code_challenge_method: 'S256'
            });
            return url.href;
        },
        async finish(callback) {
            const parameters = oauth.validateAuthResponse(server, client, callback, state);
            const answer = await oauth.authorizationCodeGrantRequest(server, client, auth, parameters, redirectUri, verifier,
                { additionalParameters: { resource }, ...insecure });
            return oauth.processAuthorizationCodeResponse(server, client, answer);
        },
        async refresh(token) {
            const answer = await oauth.refreshTokenGrantRequest(server, client, auth, token,
                { additionalParameters: { resource }, ...insecure });
            return oauth.processRefreshTokenResponse(server, client, answer);
        },
        async revoke(token) {
            await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, auth, token, insecure));
        },
        async request(token, url, headers, body) {
            try {
                return { response: await oauth.protectedResourceRequest(token, 'POST', url, headers, body, insecure) };
            } catch (error) {
                if (error.code !== oauth.WWW_AUTHENTICATE_CHALLENGE) throw error;
                return { challenge: error.cause[0].parameters };
            }
        },
        clientId: () => client?.client_id
    });
}
