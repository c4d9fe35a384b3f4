//! Every check by name: a stable id, and the clause that asks for it. What it means, what follows when it fails and what to do
//! about it are texts of the locale under the same id (`locales/en/doctor.ftl`).

use std::fmt;

macro_rules! checks {
    ($($name:ident $id:literal $clause:literal,)+) => {
        /// Something that an agent platform relies on, or that a careful operator would want to know.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check {
            $($name,)+
        }

        impl Check {
            /// In the order of an examination.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Never changes: scripts read it. Also the key of its texts.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }

            /// Where it comes from: a row of `spec/mcp-authorization.md`, or a specification.
            pub const fn clause(self) -> &'static str {
                match self {
                    $(Self::$name => $clause,)+
                }
            }
        }
    };
}

checks! {
    // How the deployment is reached.
    ServerAnswers "server-answers" "platforms 3.5",
    AddressHttps "address-https" "A2",
    CertificateValid "certificate-valid" "A2",
    CertificateLasts "certificate-lasts" "A2",
    ClockRight "clock-right" "RFC 7519 §4.1.4",
    // What an agent hears that has no token.
    ChallengeStatus "challenge-status" "B20",
    ChallengeBearer "challenge-bearer" "B21",
    ChallengeSingle "challenge-single" "B26",
    ChallengeMetadata "challenge-metadata" "B2",
    ChallengeSameOrigin "challenge-same-origin" "B3",
    ChallengeNoError "challenge-no-error" "H21",
    ChallengeScope "challenge-scope" "B21",
    ChallengeLeast "challenge-least" "C-6",
    ChallengeNoOffline "challenge-no-offline" "B4",
    ChallengeOld "challenge-old" "B54",
    ChallengeNew "challenge-new" "B54",
    ToolsProtected "tools-protected" "C-7",
    ToolsPublic "tools-public" "C-7",
    OriginRefused "origin-refused" "B31",
    QueryTokenIgnored "query-token-ignored" "B10",
    // Protected resource metadata.
    ResourceFound "prm-found" "B1",
    ResourceByHeader "prm-by-header" "B2",
    ResourceFirst "prm-first-place" "C3",
    ResourceWellKnown "prm-well-known" "B2",
    ResourceInserted "prm-inserted" "B2",
    ResourceRoot "prm-root" "B2",
    ResourceAgree "prm-agree" "B3",
    ResourceExact "prm-resource-exact" "H6",
    ResourceCovers "prm-resource-covers" "B3",
    ResourceServer "prm-server" "B1",
    ResourceOneServer "prm-one-server" "B7",
    ResourceNoOffline "prm-no-offline" "B4",
    ResourceBearer "prm-bearer-header" "B6",
    ResourceScopes "prm-scopes" "B5",
    // Authorization server metadata.
    ServerFound "as-found" "C4",
    ServerOauth "as-oauth" "A10",
    ServerOpenid "as-openid" "A10",
    ServerAgree "as-agree" "A10",
    ServerJson "as-json" "A14",
    MetadataCacheable "metadata-cacheable" "B6",
    IssuerExact "as-issuer" "A11",
    IssuerSame "as-issuer-same" "C5",
    EndpointsListed "as-endpoints" "A14",
    EndpointsHttps "endpoints-https" "A2",
    EndpointsAnswer "as-endpoints-answer" "H23",
    CodeResponse "as-response-types" "A14",
    PkceListed "as-pkce-listed" "A13",
    PkceS256 "as-pkce-s256" "A4",
    RefreshGrant "as-refresh-grant" "A52",
    NoneMethod "as-none" "H2",
    NoneOrKeyMethod "as-none-or-key" "D4",
    CimdFlag "as-cimd" "A15",
    Registration "as-registration" "A20",
    IssFlag "as-iss-flag" "A16",
    OfflineListed "as-offline" "H7",
    ScopesListed "as-scopes" "platforms 3.1",
    ScopesLeast "as-scopes-least" "H8",
    RevocationListed "as-revocation" "A57",
    KeysListed "as-jwks" "A17",
    KeysUsable "as-keys" "A56",
    // Browsers.
    ServerCors "cors-metadata" "A18",
    ResourceCors "cors-prm" "B6",
    KeysCors "cors-jwks" "A18",
    TokenCors "cors-token" "A18",
    RegisterCors "cors-register" "A18",
    RevokeCors "cors-revoke" "A18",
    McpCors "cors-mcp" "B55",
    McpExposed "cors-exposed" "B26",
    // Registration.
    RegisterClaude "register-claude" "A24",
    RegisterClaudeCode "register-claude-code" "H1",
    RegisterChatGpt "register-chatgpt" "H5b",
    RegisterCodex "register-codex" "C13",
    RegisterCursor "register-cursor" "H4",
    RegisterVsCode "register-vscode" "H5",
    RegisterInspector "register-inspector" "H18",
    RegisterMcpRemote "register-mcp-remote" "H9",
    RegisterGoose "register-goose" "C13",
    RegisterAnswer "register-answer" "H22",
    RegisterRefuses "register-refuses" "A26",
    RegisterNoStore "register-no-store" "A24",
    // Where the shopper is sent.
    AuthorizeAccepts "authorize-accepts" "A33",
    AuthorizePlain "authorize-plain" "H6",
    AuthorizeTolerant "authorize-tolerant" "A41",
    AuthorizeNoScope "authorize-no-scope" "H11",
    AuthorizePort "authorize-port" "H1",
    AuthorizePkce "authorize-pkce" "A4",
    AuthorizeUnknown "authorize-unknown-client" "A32",
    AuthorizeForeign "authorize-foreign-redirect" "A32",
    AuthorizeRedirect "authorize-redirect" "H16",
    CimdPage "cimd-page" "D2",
    IssSent "iss-sent" "A35",
    IssRight "iss-right" "C9",
    StateEchoed "state-echoed" "A8",
    // Where tokens are made and ended.
    TokenForm "token-form" "platforms 3.5",
    TokenJson "token-json" "A60",
    TokenUnknownClient "token-unknown-client" "A60",
    TokenBadCode "token-bad-code" "A60",
    TokenNoStore "token-no-store" "A7",
    RevokeAnswers "revoke-answers" "RFC 7009 §2.2",
    // With an access token.
    GivenAccepted "given-token-accepted" "B11",
    GivenClaims "given-token-claims" "A56",
    GivenExpired "expired-token" "B21",
    Tampered "tampered-token" "B21",
    Insufficient "insufficient-scope" "B22",
    Burst "burst-limited" "S1-92",
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
