//! An agent's software, and how much it may ever hold.

use std::sync::Arc;
use std::time::Duration;

use super::client_id_url::ClientIdUrl;
use super::client_metadata::ClientMetadata;
use super::redirect_uri::{RedirectUri, VerifiedRedirectUri};
use super::store::Store;
use super::{ClientId, Scope, ScopeSet, Timestamp};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown word `{0}`")]
pub struct UnknownWord(pub String);

/// An enum with one word per variant, written and read alike in every layer.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::domain::client::UnknownWord;
            fn from_str(text: &str) -> Result<Self, $crate::domain::client::UnknownWord> {
                match text { $($word => Ok(Self::$variant),)+ _ => Err($crate::domain::client::UnknownWord(text.to_owned())) }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What a client may ever hold: a ceiling on scopes (design §1).
    AgentClass { Browse = "browse", Shop = "shop", Support = "support" }
}

impl AgentClass {
    /// The table of design §6. `orders:refund` and `admin:full` are in no ceiling (S1-34, S1-35).
    pub fn ceiling(self, store: &Store) -> ScopeSet {
        let browse = ScopeSet::BROWSE.with(Scope::OfflineAccess);
        let shop = browse.with(Scope::CartWrite).with(Scope::CheckoutInitiate);
        match self {
            Self::Browse => browse,
            Self::Shop if store.shop_may_read_orders => shop.with(Scope::OrdersRead),
            Self::Shop => shop,
            Self::Support => browse.with(Scope::OrdersRead),
        }
    }
}

words! {
    /// How a client came to be known.
    ClientOrigin {
        /// By RFC 7591.
        Registered = "registered",
        /// By the merchant's own hand.
        PreRegistered = "pre_registered",
        /// By the document that its id is the address of (D1).
        Described = "described",
    }
}

words! {
    /// How a client proves itself at the token endpoint; the words of RFC 7591 §2.
    AuthMethod {
        None = "none",
        ClientSecretBasic = "client_secret_basic",
        ClientSecretPost = "client_secret_post",
        /// RFC 7523 §2.2, OpenID Connect Core §9.
        PrivateKeyJwt = "private_key_jwt",
    }
}

impl AuthMethod {
    pub const fn is_public(self) -> bool {
        matches!(self, Self::None)
    }

    /// Whether it shares a secret with us.
    pub const fn has_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }
}

/// After a rotation the previous secret of a client counts for this long, unless somebody says otherwise.
pub const SECRET_OVERLAP: Duration = Duration::from_hours(24);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub id: ClientId,
    pub origin: ClientOrigin,
    /// The merchant's own decision; without one the policy decides by its trust.
    pub class: Option<AgentClass>,
    pub auth_method: AuthMethod,
    /// SHA-256 of the secret, for clients that have one.
    pub secret_hash: Option<[u8; 32]>,
    /// SHA-256 of the secret before it, and until when that one counts.
    pub previous_secret: Option<([u8; 32], Timestamp)>,
    /// SHA-256 of the registration access token (RFC 7592), for clients that are nobody else's.
    pub registration_token_hash: Option<[u8; 32]>,
    pub metadata: ClientMetadata,
    /// The resource meant when a request names none; only for pre-registered clients.
    pub default_resource: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// Of a described client: when its metadata was last taken from its document.
    pub document_read_at: Option<Timestamp>,
    /// When the merchant vouched for it.
    pub approved_at: Option<Timestamp>,
    /// Since when the merchant lets it do nothing new.
    pub quarantined_at: Option<Timestamp>,
    /// The described client that it has become, by the merchant's word.
    pub merged_into: Option<ClientId>,
    /// That client, where this one was read alone.
    pub successor: Option<Box<Self>>,
}

impl Client {
    /// A client as it comes: nothing decided about it yet, and never forgotten.
    pub fn new(
        id: ClientId,
        origin: ClientOrigin,
        auth_method: AuthMethod,
        metadata: ClientMetadata,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id,
            origin,
            class: None,
            auth_method,
            secret_hash: None,
            previous_secret: None,
            registration_token_hash: None,
            metadata,
            default_resource: None,
            created_at,
            expires_at: None,
            document_read_at: None,
            approved_at: None,
            quarantined_at: None,
            merged_into: None,
            successor: None,
        }
    }

    /// See [`ClientMetadata::consent_digest`].
    pub fn consent_digest(&self) -> Option<[u8; 32]> {
        self.metadata.consent_digest(self.auth_method)
    }

    /// The host of its own document, for a described client (D15).
    pub fn described_by(&self) -> Option<String> {
        let is_described = self.origin == ClientOrigin::Described;
        let address = is_described.then(|| ClientIdUrl::parse(self.id.as_str()).ok()).flatten()?;
        Some(address.host().to_owned())
    }

    /// Only one that the merchant made by hand and that proves itself: its code is of no use to anybody else (RFC 9700 §2.1.1).
    pub fn may_omit_pkce(&self) -> bool {
        let is_by_hand = self.origin == ClientOrigin::PreRegistered;
        is_by_hand && !self.auth_method.is_public() && self.metadata.is_pkce_optional
    }

    /// Only one that the merchant made by hand, and only by the merchant's word: all others are asked about box by box.
    pub fn is_bundled(&self) -> bool {
        self.origin == ClientOrigin::PreRegistered && self.metadata.is_bundled
    }

    pub fn redirect_uris(&self) -> &[RedirectUri] {
        &self.metadata.redirect_uris
    }

    /// A52, A53: a refresh token goes to a client that lists the grant type, or to a request that asks for `offline_access`.
    pub fn wants_refresh_tokens(&self) -> bool {
        self.metadata.grant_types.iter().any(|grant_type| grant_type == "refresh_token")
    }

    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// The redirect URI of a request, if it is one of this client's.
    pub fn verify_redirect_uri(&self, requested: Option<&str>) -> Option<VerifiedRedirectUri> {
        VerifiedRedirectUri::verify(requested, self.redirect_uris())
    }
}

/// A client that has proved at this request who it is, as far as its method can. Only `oauth::client_authentication` makes
/// one, and tokens are minted for nothing else.
#[derive(Debug, Clone)]
pub struct AuthenticatedClient {
    client: Arc<Client>,
    by_key: bool,
}

impl AuthenticatedClient {
    /// `by_key`: it has signed for this request.
    pub(crate) fn new_after_authentication(client: Arc<Client>, by_key: bool) -> Self {
        Self { client, by_key }
    }
    pub fn client(&self) -> &Client {
        &self.client
    }
    pub fn id(&self) -> &ClientId {
        &self.client.id
    }
    pub fn is_proved_by_key(&self) -> bool {
        self.by_key
    }
    /// Whether it has proved more than that it knows its own id: by its key, or by its secret.
    pub fn is_proved(&self) -> bool {
        self.by_key || self.client.auth_method.has_secret()
    }
}
