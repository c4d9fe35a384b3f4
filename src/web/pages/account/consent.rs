//! The consent page: who asks, where it leads, what for, what never, until when; Deny equal to Allow.
//! spec/pages.md 5.2 and 5.3 in their first form; A36 to A38, D15, S1-14, S2-08.

use askama::Template;
use mcp_resource::wire::{Scope, ScopeSet};

use crate::accounts::asked::Change;
use crate::domain;
use crate::domain::agent_policy::Trust;
use crate::domain::consent::ConsentQuestion;
use crate::domain::elevation::Elevation;
use crate::domain::stay::Stay;
use crate::locale::{Foreign, Moment};

use super::super::scopes::Task;
use super::super::{CsrfToken, Layout, ReturnsTo};
use super::amounts::LimitFields;
use super::consent_bundle::Bundle;

#[derive(Debug, Template)]
#[template(path = "pages/account/consent.html")]
pub struct Consent<'a> {
    pub layout: Layout<'a>,
    pub csrf: CsrfToken,
    /// The sealed authorization request.
    pub request: &'a str,
    /// What the grant holds as this is shown: a second post of the form is recognised by it.
    pub held: Option<String>,
    pub asker: Asker<'a>,
    pub question: Question,
    /// In the place of boxes, where the merchant asks for everything at once.
    pub bundle: Option<Bundle>,
    /// If checkout is asked for.
    pub spending: Option<Spending>,
    pub until: Until,
    pub details: Details<'a>,
    /// Why the page is shown again, if it is.
    pub trouble: Option<&'static str>,
}

/// Who asks. The name is the agent's own word and nothing else vouches for it.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// None: nameless, or confusable with a known platform: "unnamed program".
    pub name: Option<Foreign<'a>>,
    /// How far it is trusted where the answer goes (D19).
    pub trust: Trust,
    /// D15: the host of its own description, if that is how it introduced itself.
    pub described_by: Option<&'a str>,
    /// What the shopper last allowed was something else.
    pub change: Option<Change>,
    /// A38, D15: always shown.
    pub returns_to: ReturnsTo<'a>,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Question {
    pub choices: Vec<Choice>,
    /// The one of them that is the question itself and has no box.
    pub single: Option<Scope>,
    /// What a step-up leaves as it is; empty otherwise.
    pub kept: ScopeSet,
    /// The client already has a live grant of this shopper for this resource (design, decision 3).
    pub is_step_up: bool,
}

/// One permission with its box.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    pub scope: Scope,
    pub is_ticked: bool,
    /// Cannot be unticked. Its box is not posted: whoever reads the form adds it.
    pub is_required: bool,
    pub needs_fresh_sign_in: bool,
}

/// What goes with the permission to begin checkouts.
#[derive(Debug, Clone)]
pub struct Spending {
    pub limits: LimitFields,
    /// How long they may be begun; empty where the merchant allows no more than one purchase at a time.
    pub windows: Vec<Elevation>,
    pub chosen: Elevation,
}

/// When access ends.
#[derive(Debug, Clone)]
pub struct Until {
    /// The last day whatever happens; None if the agent does not ask to stay connected.
    pub ends: Option<Moment>,
    /// When it ends without use, in words, if that is earlier.
    pub unused: Option<String>,
    /// If the shopper has a choice.
    pub stay: Option<StayField>,
    /// Minutes that checkout lasts, if checkout is asked for and the shopper has no choice.
    pub checkout_minutes: Option<u32>,
}

/// How long it may stay connected.
#[derive(Debug, Clone)]
pub struct StayField {
    pub offered: Vec<Stay>,
    pub chosen: Stay,
    /// When what the agent has already ends.
    pub kept: Option<Moment>,
    pub longest: Moment,
}

impl StayField {
    pub fn label(&self, layout: &Layout<'_>, stay: &Stay) -> String {
        match (*stay, &self.kept) {
            (Stay::Kept, Some(kept)) => layout.t1("consent-stay-kept", &("when", kept.words.as_str())),
            (Stay::Kept | Stay::Longest, _) => {
                layout.t1("consent-stay-longest", &("when", self.longest.words.as_str()))
            }
            _ => layout.attribute("consent-stay", stay.as_str()),
        }
    }
}

/// For those who want to know exactly, folded.
#[derive(Debug, Clone, Copy)]
pub struct Details<'a> {
    pub client_id: &'a str,
    pub redirect_uri: &'a str,
    pub resource: &'a str,
    /// As sent.
    pub scope: &'a str,
}

/// The choices of one task, under one heading.
#[derive(Debug)]
struct Group<'c> {
    task: Task,
    choices: Vec<&'c Choice>,
}

impl Question {
    /// `is_harder`: giving it needs another sign-in first. `tried`: the ticks of an answer that the page asks for again.
    pub fn of(question: &ConsentQuestion, is_harder: impl Fn(Scope) -> bool, tried: Option<ScopeSet>) -> Self {
        let choice = |choice: &domain::consent::Choice| Choice {
            scope: choice.scope,
            is_ticked: tried.map_or(choice.is_ticked, |ticked| ticked.contains(choice.scope)),
            is_required: choice.is_required,
            needs_fresh_sign_in: is_harder(choice.scope),
        };
        Self {
            choices: question.choices.iter().map(choice).collect(),
            single: question.single(),
            kept: question.kept,
            is_step_up: question.is_step_up,
        }
    }

    fn single(&self) -> Option<&Choice> {
        self.choices.iter().find(|choice| self.single == Some(choice.scope))
    }

    /// Those with a box.
    fn groups(&self) -> Vec<Group<'_>> {
        let group = |task| Group { task, choices: self.boxes_of(task) };
        Task::ALL.into_iter().map(group).filter(|group| !group.choices.is_empty()).collect()
    }

    fn boxes_of(&self, task: Task) -> Vec<&Choice> {
        let has_box = |choice: &&Choice| Task::of(choice.scope) == task && self.single != Some(choice.scope);
        self.choices.iter().filter(has_box).collect()
    }

    /// What the boxes are about, and what they mean.
    fn about_boxes(&self) -> (&'static str, &'static str) {
        match (self.single, self.is_step_up) {
            (Some(_), _) => ("consent-also", "consent-also-detail"),
            (None, true) => ("consent-new-several", "consent-able-detail"),
            (None, false) => ("consent-able", "consent-able-detail"),
        }
    }
}

impl Choice {
    fn is_checkout(self) -> bool {
        self.scope == Scope::CheckoutInitiate
    }
}

impl Consent<'_> {
    /// A first question for everything at once.
    const fn links(&self) -> bool {
        self.bundle.is_some() && !self.question.is_step_up
    }

    fn needs_fresh_sign_in(&self) -> bool {
        self.question.choices.iter().any(|choice| choice.needs_fresh_sign_in)
    }

    /// Why everything is asked about again, if it is: the title and the rest.
    fn change(&self) -> Option<(&'static str, &'static str)> {
        self.asker.change.map(|change| match change {
            Change::Client => ("consent-changed-title", "consent-changed-detail"),
            Change::Wording => ("consent-reworded-title", "consent-reworded-detail"),
        })
    }

    fn has_windows(&self) -> bool {
        self.spending.as_ref().is_some_and(|spending| !spending.windows.is_empty())
    }

    fn heading(&self) -> String {
        let store = ("store", self.layout.store);
        if self.links() {
            return match self.asker.name {
                Some(name) => self.layout.t2("bundle-asks", &("agent", name), &store),
                None => self.layout.t1("bundle-asks-unnamed", &store),
            };
        }
        match (self.asker.name, self.question.is_step_up) {
            (Some(name), false) => self.layout.t2("consent-asks", &("agent", name), &store),
            (Some(name), true) => self.layout.t2("consent-asks-more", &("agent", name), &store),
            (None, false) => self.layout.t1("consent-asks-unnamed", &store),
            (None, true) => self.layout.t1("consent-asks-more-unnamed", &store),
        }
    }
}
