//! Asks the authorization server about one token (RFC 7662) while the feed cannot be relied on.
//! An answer serves for a second; callers with the same token at the same time share one request.

use std::sync::Arc;
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;
use tokio::sync::OnceCell;

use super::principal::TokenDigest;
use super::revocations::Standing;
use super::server::AuthorizationServer;
use crate::wire::AccessClaims;
use crate::wire::introspection::Introspection;

/// How long an answer serves, counted from its question.
const SERVES_FOR: Duration = Duration::from_secs(1);
const MOST_ANSWERS: usize = 10_000;

struct Question {
    asked_at: Instant,
    /// `None`: there was no answer.
    answer: OnceCell<Option<Introspection>>,
}

pub(super) struct Introspector {
    server: Arc<AuthorizationServer>,
    questions: Cache<TokenDigest, Arc<Question>>,
}

impl Introspector {
    pub(super) fn new(server: Arc<AuthorizationServer>) -> Self {
        Self { server, questions: Cache::new(MOST_ANSWERS) }
    }

    /// What the authorization server says of a token whose signature and claims are good; `None` when it does not answer.
    pub(super) async fn ask(&self, token: &str, digest: &TokenDigest, claims: &AccessClaims) -> Option<Standing> {
        let question = self.question(digest);
        let answer = question.answer.get_or_init(|| self.fetch(token)).await;
        Some(read(answer.as_ref()?, claims))
    }

    fn question(&self, digest: &TokenDigest) -> Arc<Question> {
        if let Some(question) = self.questions.get(digest).filter(|question| question.asked_at.elapsed() < SERVES_FOR) {
            return question;
        }
        let question = Arc::new(Question { asked_at: Instant::now(), answer: OnceCell::new() });
        self.questions.insert(*digest, Arc::clone(&question));
        question
    }

    async fn fetch(&self, token: &str) -> Option<Introspection> {
        match self.server.introspect(token).await {
            Ok(answer) => Some(answer),
            Err(away) => {
                tracing::warn!(reason = %away, "a token could not be introspected");
                None
            }
        }
    }
}

fn read(answer: &Introspection, claims: &AccessClaims) -> Standing {
    // RFC 7662 §2.2: what is not active says nothing else.
    if !answer.active {
        return Standing::Ended;
    }
    if answer.paused {
        return Standing::Paused;
    }
    // Active without claims, or with another token's, is no answer to what was asked.
    match &answer.claims {
        Some(told) if told.jti == claims.jti => {
            Standing::Told(claims.scope.intersection(told.scope), told.authorization_details.clone())
        }
        _ => Standing::Doubtful,
    }
}
