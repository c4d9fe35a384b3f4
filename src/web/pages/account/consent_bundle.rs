//! The bundled consent (spec/platforms.md 3.2): one sentence for each thing that the agent may do, no boxes, and said to be a
//! link to a company, with where its promises are. Only clients that the merchant has chosen are asked about so.

use mcp_resource::wire::{Scope, ScopeSet};

use super::super::scopes::{Task, sentence_key};
use crate::domain::consent::ConsentQuestion;
use crate::domain::platforms::Platforms;

/// What is shown in the place of boxes.
#[derive(Debug, Clone)]
pub struct Bundle {
    pub sentences: Vec<Sentence>,
    /// Whose host the answer goes to, if that is known.
    pub company: Option<String>,
    /// Where that company says what it does with what it learns.
    pub policy: Option<String>,
}

/// One group of permissions in words.
#[derive(Debug, Clone, Copy)]
pub struct Sentence {
    pub key: &'static str,
    /// The one of the group that could do most harm.
    pub riskiest: Scope,
}

impl Bundle {
    pub(super) fn policy_link(&self) -> Option<(&str, &str)> {
        Some((self.company.as_deref()?, self.policy.as_deref()?))
    }

    pub fn of(question: &ConsentQuestion, platforms: &Platforms, host: Option<&str>) -> Self {
        let platform = host.and_then(|host| platforms.find_by_host(host));
        Self {
            sentences: Task::ALL.into_iter().filter_map(|task| Sentence::of(task, question.asked())).collect(),
            company: platform.map(|platform| platform.name.clone()),
            policy: platform.and_then(|platform| platform.help.clone()),
        }
    }
}

impl Sentence {
    pub fn of(task: Task, asked: ScopeSet) -> Option<Self> {
        let group: Vec<Scope> = asked.iter().filter(|scope| Task::of(*scope) == task).collect();
        let riskiest = group.iter().copied().max_by_key(|scope| scope.risk())?;
        let key = match (task, group.as_slice()) {
            (Task::Look, _) => "bundle-look",
            (Task::Stay, _) => "bundle-stay",
            (_, [only]) => sentence_key(*only),
            (Task::Shop, _) => "bundle-buy",
            (Task::Orders, _) => sentence_key(riskiest),
        };
        Some(Self { key, riskiest })
    }
}
