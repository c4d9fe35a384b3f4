//! The agent platforms as data: which checks stop each, which limit it, how it introduces itself and what it asks for. Each
//! row names its source: a row of `spec/mcp-authorization.md` (B3, H19 ...), a section of `spec/platforms.md`, or the code of
//! an SDK. Where a platform's behaviour is not known it has no row, so that red always means something.

use super::checks::Check;

/// A check that a platform depends on, and the source that says so.
#[derive(Debug, Clone, Copy)]
pub struct Need(pub Check, pub &'static str);

/// A way in which a client gets its client id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// By its metadata document (CIMD).
    Document,
    /// By RFC 7591.
    Dynamic,
    /// Somebody types a client id, where others need not.
    ByHand,
    /// Somebody always configures it.
    Configured,
}

/// Taken when what it looks for is advertised; then it has to work, since no client tries another.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    pub kind: Kind,
    pub looks_for: &'static [Check],
    pub needs: &'static [Need],
}

/// Which scopes it asks for at first (C6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Those of the challenge, else all of the resource.
    Challenge,
    /// All of the resource.
    Resource,
    /// All of the authorization server (H8).
    Server,
    /// It names none (H11).
    Nothing,
    /// Those that were configured.
    Configured,
}

#[derive(Debug, Clone, Copy)]
pub struct Platform {
    /// Never changes: scripts read it.
    pub id: &'static str,
    pub name: &'static str,
    pub source: &'static str,
    /// C1: in the order of preference.
    pub ways: &'static [Way],
    pub asks: Asks,
    /// C6, H7: adds `offline_access` where the authorization server lists it.
    pub adds_offline: bool,
    /// Each of these stops it.
    pub needs: &'static [&'static [Need]],
    /// Each of these limits it.
    pub suffers: &'static [&'static [Need]],
}

/// Whoever speaks OAuth at all.
const OAUTH: &[Need] = &[
    Need(Check::CertificateValid, "A2"),
    Need(Check::AddressHttps, "A2"),
    Need(Check::EndpointsHttps, "A2, C15"),
    Need(Check::EndpointsAnswer, "H23"),
    Need(Check::StateEchoed, "A8"),
    Need(Check::TokenForm, "platforms 3.5"),
];

/// Whoever finds its way by the MCP specification.
const MCP: &[Need] = &[
    Need(Check::ServerAnswers, "platforms 3.5"),
    Need(Check::ChallengeStatus, "B20, B54"),
    Need(Check::ResourceServer, "B1"),
    Need(Check::ServerFound, "C4"),
    Need(Check::EndpointsListed, "A14"),
    Need(Check::CodeResponse, "A14"),
    Need(Check::PkceS256, "C7"),
    Need(Check::AuthorizeAccepts, "A33, C8"),
];

/// What shortens or widens every connection.
const MCP_SUFFERS: &[Need] = &[
    Need(Check::ResourceOneServer, "B7"),
    Need(Check::RefreshGrant, "A52"),
    Need(Check::TokenJson, "A60"),
    Need(Check::ChallengeNew, "B53"),
];

/// Asks for everything where the challenge names nothing (C6).
const SCOPE_OF_CHALLENGE: &[Need] = &[Need(Check::ChallengeScope, "C6")];

/// Clients on the TypeScript SDK 1.x: they follow a pointer or the well-known places, and compare the origin and the path.
const TYPESCRIPT: &[Need] = &[Need(Check::ResourceFirst, "TypeScript SDK 1.x"), Need(Check::ResourceCovers, "B3")];

/// Clients on rmcp: they try everything, forgive the slash of the root, and insist on what was promised.
const RUST: &[Need] = &[
    Need(Check::ResourceCovers, "B3, rmcp"),
    Need(Check::IssuerSame, "C5"),
    Need(Check::IssSent, "H19"),
    Need(Check::IssRight, "C9"),
];
const RUST_SUFFERS: &[Need] = &[Need(Check::ChallengeSameOrigin, "B3")];

/// Clients that take MCP's MUSTs of 2025-11-25 and later literally.
const LITERAL: &[Need] =
    &[Need(Check::ResourceFound, "C3"), Need(Check::IssuerExact, "A11"), Need(Check::PkceListed, "C7")];

const OFFLINE: &[Need] = &[Need(Check::OfflineListed, "H7")];
const CIMD_PREFERRED: &[Need] = &[Need(Check::CimdFlag, "A15"), Need(Check::NoneMethod, "H2")];

const DOCUMENT: Way =
    Way { kind: Kind::Document, looks_for: &[Check::CimdFlag], needs: &[Need(Check::CimdPage, "D2")] };
/// H2
const DOCUMENT_AND_NONE: Way = Way { looks_for: &[Check::CimdFlag, Check::NoneMethod], ..DOCUMENT };
const BY_HAND: Way = Way { kind: Kind::ByHand, looks_for: &[], needs: &[] };
const CONFIGURED: Way = Way { kind: Kind::Configured, ..BY_HAND };

const fn dynamic(needs: &'static [Need]) -> Way {
    Way { kind: Kind::Dynamic, looks_for: &[Check::Registration], needs }
}

const NOBODY: Platform = Platform {
    id: "",
    name: "",
    source: "",
    ways: &[],
    asks: Asks::Challenge,
    adds_offline: false,
    needs: &[],
    suffers: &[],
};

pub const PLATFORMS: &[Platform] = &[
    Platform {
        id: "claude",
        name: "Claude",
        source: "platforms 3.5",
        ways: &[DOCUMENT_AND_NONE, dynamic(&[Need(Check::RegisterClaude, "platforms 3.5")]), BY_HAND],
        adds_offline: true,
        needs: &[
            OAUTH,
            MCP,
            LITERAL,
            &[
                Need(Check::ResourceExact, "platforms 3.5"),
                Need(Check::IssRight, "C9"),
                Need(Check::AuthorizeTolerant, "H10"),
                Need(Check::AuthorizeRedirect, "H16"),
                Need(Check::TokenJson, "H23"),
            ],
        ],
        suffers: &[
            MCP_SUFFERS,
            SCOPE_OF_CHALLENGE,
            OFFLINE,
            CIMD_PREFERRED,
            &[Need(Check::TokenUnknownClient, "H14"), Need(Check::ScopesLeast, "H8")],
        ],
        ..NOBODY
    },
    Platform {
        id: "claude-code",
        name: "Claude Code",
        source: "H1, H11, H14",
        ways: &[DOCUMENT, dynamic(&[Need(Check::RegisterClaudeCode, "H1")])],
        adds_offline: true,
        needs: &[
            OAUTH,
            MCP,
            TYPESCRIPT,
            &[Need(Check::IssuerSame, "C5"), Need(Check::AuthorizePort, "H1"), Need(Check::AuthorizeNoScope, "H11")],
        ],
        suffers: &[MCP_SUFFERS, SCOPE_OF_CHALLENGE, OFFLINE, CIMD_PREFERRED, &[Need(Check::TokenUnknownClient, "H14")]],
        ..NOBODY
    },
    Platform {
        id: "chatgpt",
        name: "ChatGPT (one metadata document)",
        source: "platforms 3.4",
        ways: &[Way {
            looks_for: &[Check::CimdFlag, Check::NoneOrKeyMethod, Check::IssFlag],
            needs: &[Need(Check::CimdPage, "D2"), Need(Check::IssSent, "platforms 3.4"), Need(Check::IssRight, "C9")],
            ..DOCUMENT
        }],
        asks: Asks::Resource,
        adds_offline: true,
        needs: &[OAUTH, MCP, LITERAL, &[Need(Check::ResourceExact, "H6")]],
        suffers: &[MCP_SUFFERS, OFFLINE, CHATGPT_SUFFERS],
    },
    Platform {
        id: "chatgpt-connector",
        name: "ChatGPT (each connector)",
        source: "platforms 3.4, H5b",
        ways: &[dynamic(&[Need(Check::RegisterChatGpt, "H5b")]), BY_HAND],
        asks: Asks::Resource,
        adds_offline: true,
        needs: &[OAUTH, MCP, LITERAL, &[Need(Check::ResourceExact, "H6")]],
        suffers: &[MCP_SUFFERS, OFFLINE, CHATGPT_SUFFERS],
    },
    Platform {
        id: "codex",
        name: "Codex",
        source: "platforms 3.4, H21",
        ways: &[DOCUMENT_AND_NONE, dynamic(&[Need(Check::RegisterCodex, "C13")])],
        asks: Asks::Server,
        adds_offline: true,
        needs: &[
            OAUTH,
            MCP,
            RUST,
            &[
                Need(Check::ChallengeNoError, "H21"),
                Need(Check::ResourceWellKnown, "H21"),
                Need(Check::AuthorizePort, "platforms 3.4"),
                Need(Check::AuthorizePlain, "H6"),
            ],
        ],
        suffers: &[MCP_SUFFERS, RUST_SUFFERS, CIMD_PREFERRED, &[Need(Check::ScopesLeast, "H8")]],
    },
    Platform {
        id: "cursor",
        name: "Cursor",
        source: "H4",
        ways: &[dynamic(&[Need(Check::RegisterCursor, "H4")])],
        needs: &[OAUTH, MCP, TYPESCRIPT],
        suffers: &[MCP_SUFFERS, SCOPE_OF_CHALLENGE],
        ..NOBODY
    },
    Platform {
        id: "vscode",
        name: "VS Code",
        source: "H3, H5",
        ways: &[DOCUMENT, dynamic(&[Need(Check::RegisterVsCode, "H5")]), BY_HAND],
        needs: &[OAUTH, MCP, LITERAL, &[Need(Check::ResourceCovers, "B3"), Need(Check::AuthorizePort, "H5")]],
        suffers: &[MCP_SUFFERS, SCOPE_OF_CHALLENGE, CIMD_PREFERRED],
        ..NOBODY
    },
    Platform {
        id: "google",
        name: "Google account linking",
        source: "platforms 3.1, 3.2",
        ways: &[CONFIGURED],
        asks: Asks::Configured,
        needs: &[
            OAUTH,
            &[
                Need(Check::AuthorizePlain, "platforms 3.2"),
                Need(Check::ServerOauth, "platforms 3.1"),
                Need(Check::IssuerExact, "platforms 3.1"),
                Need(Check::EndpointsListed, "platforms 3.1"),
                Need(Check::CodeResponse, "platforms 3.1"),
                Need(Check::PkceListed, "platforms 3.1"),
                Need(Check::IssFlag, "platforms 3.1"),
                Need(Check::IssSent, "platforms 3.1"),
                Need(Check::IssRight, "platforms 3.1"),
                Need(Check::ScopesListed, "platforms 3.1"),
                Need(Check::RevocationListed, "platforms 3.1"),
                Need(Check::RevokeAnswers, "platforms 3.2"),
                Need(Check::KeysListed, "platforms 3.1"),
                Need(Check::KeysUsable, "platforms 3.1"),
            ],
        ],
        suffers: &[&[Need(Check::RefreshGrant, "platforms 3.1"), Need(Check::TokenJson, "A60")]],
        ..NOBODY
    },
    Platform {
        id: "copilot-studio",
        name: "Copilot Studio",
        source: "platforms 3.13",
        ways: &[CONFIGURED],
        asks: Asks::Configured,
        adds_offline: true,
        needs: &[OAUTH, &[Need(Check::AuthorizePlain, "platforms 3.13"), Need(Check::EndpointsListed, "A14")]],
        suffers: &[OFFLINE, &[Need(Check::RefreshGrant, "H7"), Need(Check::TokenJson, "A60")]],
    },
    Platform {
        id: "inspector",
        name: "MCP Inspector",
        source: "H18, TypeScript SDK 1.x",
        ways: &[dynamic(&[Need(Check::RegisterInspector, "H18")])],
        needs: &[
            OAUTH,
            MCP,
            TYPESCRIPT,
            &[
                Need(Check::ResourceCors, "H18"),
                Need(Check::ServerCors, "H18"),
                Need(Check::RegisterCors, "H18"),
                Need(Check::TokenCors, "H18"),
            ],
        ],
        suffers: &[MCP_SUFFERS, SCOPE_OF_CHALLENGE, &[Need(Check::McpCors, "H18"), Need(Check::McpExposed, "B26")]],
        ..NOBODY
    },
    Platform {
        id: "mcp-remote",
        name: "mcp-remote",
        source: "H9, TypeScript SDK 1.x",
        ways: &[dynamic(&[Need(Check::RegisterMcpRemote, "H9")])],
        needs: &[OAUTH, MCP, TYPESCRIPT],
        suffers: &[MCP_SUFFERS, SCOPE_OF_CHALLENGE],
        ..NOBODY
    },
    Platform {
        id: "goose",
        name: "Goose (rmcp)",
        source: "C13, rmcp 3.9",
        ways: &[dynamic(&[Need(Check::RegisterGoose, "C13")])],
        adds_offline: true,
        needs: &[OAUTH, MCP, RUST, &[Need(Check::ResourceFound, "C3")]],
        suffers: &[MCP_SUFFERS, RUST_SUFFERS, SCOPE_OF_CHALLENGE],
        ..NOBODY
    },
    Platform {
        id: "mcp-2025-06-18",
        name: "Any client of 2025-06-18",
        source: "section G",
        ways: &[dynamic(&[Need(Check::RegisterInspector, "A20")])],
        asks: Asks::Resource,
        needs: &[
            OAUTH,
            MCP,
            &[
                Need(Check::ChallengeOld, "B54"),
                Need(Check::ChallengeBearer, "B2"),
                Need(Check::ChallengeMetadata, "B2"),
                Need(Check::ChallengeSameOrigin, "B3"),
                Need(Check::ResourceByHeader, "C3"),
                Need(Check::ResourceCovers, "B3"),
                Need(Check::ServerOauth, "A10"),
                Need(Check::IssuerExact, "A11"),
            ],
        ],
        suffers: &[&[
            Need(Check::ResourceOneServer, "B7"),
            Need(Check::RefreshGrant, "A52"),
            Need(Check::TokenJson, "A60"),
        ]],
        ..NOBODY
    },
];

const CHATGPT_SUFFERS: &[Need] =
    &[Need(Check::RevocationListed, "platforms 3.4"), Need(Check::RevokeAnswers, "platforms 3.4")];
