//! The checks that can refuse, each with one short name for good: it is stored, shown, and looked up for its remedy
//! (`locales/en/why.ftl`: `why-<name>` and `why-<name>-remedy`, with hyphens).

use super::super::client::UnknownWord;

/// To add a check: a line here with what it demands, and its two texts.
macro_rules! checks {
    ($($(#[$doc:meta])+ $variant:ident = $word:literal),+ $(,)?) => {
        /// One check. NEVER CHANGE A NAME: refusals are kept under it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Check { $($(#[$doc])+ $variant),+ }

        impl Check {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for Check {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text { $($word => Ok(Self::$variant),)+ _ => Err(UnknownWord(text.to_owned())) }
            }
        }
    };
}

checks! {
    // Any request.
    /// There is something at the address.
    Address = "address",
    /// The request is not too large.
    RequestSize = "request_size",
    /// The request arrived in time.
    RequestTime = "request_time",
    /// A required parameter is there.
    ParameterPresent = "parameter_present",
    /// No parameter is sent twice (RFC 6749 §3.1).
    ParameterSingle = "parameter_single",
    /// A parameter has only characters that it may have (RFC 6749 appendix A).
    ParameterCharacters = "parameter_characters",
    /// The body is of the form that the endpoint reads.
    BodyForm = "body_form",
    /// Nothing of ours is broken, overloaded or away.
    Server = "server",

    // Clients.
    /// The client id is one of this issuer's clients.
    ClientKnown = "client_known",
    /// One way of client authentication, well-formed (RFC 6749 §2.3).
    ClientAuthentication = "client_authentication",
    /// The client secret is the client's, and only a client that has one sends one.
    ClientSecret = "client_secret",
    /// The client authenticates in the way that it registered.
    ClientMethod = "client_method",
    /// The client assertion is a JWT of the form that RFC 7523 demands.
    AssertionForm = "assertion_form",
    /// The assertion is issued by the client, about itself (RFC 7523 §3).
    AssertionSubject = "assertion_subject",
    /// The assertion is for this issuer (RFC 7523 §3).
    AssertionAudience = "assertion_audience",
    /// The assertion is of now, and does not live long.
    AssertionTime = "assertion_time",
    /// The assertion was not used before.
    AssertionUnused = "assertion_unused",
    /// The assertion's key is one of the client's.
    AssertionKey = "assertion_key",
    /// The assertion's signature is its key's.
    AssertionSignature = "assertion_signature",
    /// The client's keys are public, and some of them can be used.
    KeySet = "key_set",
    /// The client id is a URL that may name a metadata document (CIMD).
    DocumentUrl = "document_url",
    /// The client's metadata document could be fetched.
    DocumentFetched = "document_fetched",
    /// The metadata document says what such a document must, its own address above all.
    DocumentContent = "document_content",
    /// The store allows agents of this host.
    HostAllowed = "host_allowed",
    /// The client is not in quarantine.
    ClientQuarantine = "client_quarantine",

    // Registration.
    /// The store lets agents register themselves.
    RegistrationOpen = "registration_open",
    /// No source registers too often.
    RegistrationRate = "registration_rate",
    /// There is room for another client.
    RegistrationRoom = "registration_room",
    /// The initial access token is good.
    InitialAccessToken = "initial_access_token",
    /// The registration access token is the client's.
    RegistrationToken = "registration_token",
    /// The software statement is from an issuer that the store trusts.
    SoftwareStatement = "software_statement",
    /// There are redirect URIs, and not too many.
    RedirectUriCount = "redirect_uri_count",
    /// A redirect URI may be registered: https, loopback, or known to the store.
    RedirectUriForm = "redirect_uri_form",
    /// Names and addresses in the metadata are short and clean.
    MetadataText = "metadata_text",
    /// The grant types contain the code grant.
    GrantTypes = "grant_types",
    /// The response types contain `code`.
    ResponseTypes = "response_types",
    /// The application type is one that is known.
    ApplicationType = "application_type",
    /// The authentication method is one that is supported.
    AuthMethod = "auth_method",

    // Authorization.
    /// The redirect URI is one of the client's, character for character but for a loopback port (A30).
    RedirectUri = "redirect_uri",
    /// The response type is `code`.
    ResponseType = "response_type",
    /// The response mode is `query`.
    ResponseMode = "response_mode",
    /// Parameters are sent as such, not inside of a request object (RFC 9101 §6.2).
    RequestObject = "request_object",
    /// The shopper may be asked.
    Prompt = "prompt",
    /// OpenID Connect Core §3.1.2.1.
    MaxAge = "max_age",
    /// RFC 9470 §5.
    AcrValues = "acr_values",
    /// OpenID Connect Core §3.1.2.1.
    LoginHint = "login_hint",
    /// PKCE is used, with S256 (A4).
    PkceChallenge = "pkce_challenge",
    /// The resource is a server of this issuer (RFC 8707 §2).
    Resource = "resource",
    /// One resource is named, and the same as before.
    ResourceSingle = "resource_single",
    /// The `authorization_details` are `store_checkout` objects that this store can keep (RFC 9396 §5).
    AuthorizationDetails = "authorization_details",
    /// Some scope is left within what clients of this class may hold.
    ScopeWithinClass = "scope_within_class",
    /// The store has agents switched on.
    AgentsOn = "agents_on",
    /// The shopper says yes.
    ShopperConsent = "shopper_consent",

    // Tokens.
    /// The grant type is one that is supported.
    GrantType = "grant_type",
    /// The code is one of this issuer's.
    CodeKnown = "code_known",
    /// The code was given to this client.
    CodeClient = "code_client",
    /// The code is not older than it may be.
    CodeExpired = "code_expired",
    /// The code was not redeemed before.
    CodeUnused = "code_unused",
    /// The redirect URI is that of the authorization request.
    CodeRedirectUri = "code_redirect_uri",
    /// The verifier hashes to the challenge (RFC 7636 §4.6).
    PkceVerifier = "pkce_verifier",
    /// The refresh token is one of this issuer's.
    RefreshTokenKnown = "refresh_token_known",
    /// The refresh token was given to this client.
    RefreshTokenClient = "refresh_token_client",
    /// The refresh token was not superseded too long ago.
    RefreshTokenUnused = "refresh_token_unused",
    /// The connection was neither revoked nor ended, nor idle for too long.
    ConnectionLive = "connection_live",
    /// The connection's time is not over.
    ConnectionExpired = "connection_expired",
    /// A refresh asks for no more than the connection holds.
    ScopeWithinConnection = "scope_within_connection",
    /// Something usable is left of the connection's scopes.
    ScopeLeft = "scope_left",
    /// The database is not older than the token.
    DatabaseCurrent = "database_current",

    // Resource servers.
    /// The resource server proves itself with its id and secret.
    ResourceServer = "resource_server",

    // Purchases.
    /// The purchase, or the grant and connection that it is for, are the resource server's.
    PurchaseKnown = "purchase_known",
    /// The grant and the connection of a purchase are live, and hold what it takes.
    PurchaseGrant = "purchase_grant",
    /// The store gives links to agents that may not begin checkouts (H20).
    PurchaseLinks = "purchase_links",
    /// The agent of a purchase is not held.
    PurchaseHeld = "purchase_held",
    /// The purchase is within what the shopper lets the agent spend.
    PurchaseLimit = "purchase_limit",
    /// The checkout document is in order, and about the grant.
    PurchaseDocument = "purchase_document",
    /// The shopper has not declined too many in a row.
    PurchaseAsking = "purchase_asking",
    /// The purchase is as far as the call needs it, and no further.
    PurchaseState = "purchase_state",
    /// What is about to be sold is what was approved.
    PurchaseDigest = "purchase_digest",

    // Pages.
    /// The form is one that this browser and account were shown, not long ago.
    FormToken = "form_token",
    /// The form has all its fields.
    FormFields = "form_fields",
    /// The e-mail address and the password belong together.
    Password = "password",
    /// Not too many attempts.
    Attempts = "attempts",
    /// The request goes on in the browser that began it.
    Browser = "browser",
    /// The authorization request was sealed by this issuer.
    RequestSealed = "request_sealed",
    /// The authorization request is not older than ten minutes.
    RequestExpired = "request_expired",
    /// The request was not answered before.
    RequestUnanswered = "request_unanswered",
    /// The link of the mail is good, and was not used.
    MailLink = "mail_link",
    /// The code of the mail is right, not old, and was not used.
    MailCode = "mail_code",
    /// The passkey is known here, and its answer is to this very page.
    Passkey = "passkey",
    /// Who has a passkey has signed in with one before another is added.
    PasskeyBefore = "passkey_before",
    /// What came back from another provider was sent there by this issuer and browser, not long ago, and once.
    UpstreamState = "upstream_state",
    /// The other provider can be reached and is as it is configured.
    UpstreamReached = "upstream_reached",
    /// The other provider says who it is, and says so of somebody.
    UpstreamAnswer = "upstream_answer",
    /// The other provider vouches for an address that has no account here.
    UpstreamAddress = "upstream_address",
    /// What is asked about is there, and the asker's.
    Subject = "subject",
    /// The role allows it.
    Role = "role",

    // Tool calls; the names that resource servers send.
    /// A web page of this origin may call.
    Origin = "origin",
    /// An access token is sent.
    TokenPresent = "token_present",
    /// One Authorization header is sent.
    TokenSingle = "token_single",
    /// The token is a signed JWT of the kind that access tokens are.
    TokenForm = "token_form",
    /// The token's key is one of the issuer's.
    TokenKey = "token_key",
    /// The token's signature is its key's.
    TokenSignature = "token_signature",
    /// The token's claims are those of an access token.
    TokenClaims = "token_claims",
    /// The token is from the issuer that the server trusts.
    Issuer = "issuer",
    /// The token is for this server.
    Audience = "audience",
    /// The token has not expired.
    TokenExpired = "token_expired",
    /// The token is valid already, and lives no longer than it may.
    TokenTime = "token_time",
    /// Neither the token nor its connection was revoked.
    TokenLive = "token_live",
    /// The token's scopes contain what the tool needs.
    Scope = "scope",
    /// The shopper has signed in as the store demands for checkout (RFC 9470 §3).
    SignIn = "sign_in",
    /// The connection calls no more often than it may.
    CallRate = "call_rate",
    /// Not too many calls of the connection run at once.
    CallConcurrency = "call_concurrency",
    /// The store has not paused the agent's calls.
    CallsPaused = "calls_paused",
    /// The resource server can tell whether the token still counts.
    AccessKnown = "access_known",
}

impl Check {
    /// The key of what it demands, and that of the remedy.
    pub fn keys(self) -> [String; 2] {
        let name = self.as_str().replace('_', "-");
        [format!("why-{name}"), format!("why-{name}-remedy")]
    }
}

impl std::fmt::Display for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
