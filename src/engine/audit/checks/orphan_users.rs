//! K02: users of the log that the user table does not hold.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::{Dimension, Fact};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::orphans::{Orphans, USERS, check_side};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Orphan users (K02)
///
/// ## What it checks
/// Events whose user is not in the user table. Needs a user table.
///
/// ## Why it matters
/// Features that come from the user (city, age group) do not exist for these events.
///
/// ## Example
/// 318 events of 12 users the table does not hold.
///
/// ## Proposed fix
/// Load a fuller user table, or drop the events: the step names every user concerned.
pub struct OrphanUsers(Orphans);

impl Violation for OrphanUsers {
    const INFO: RuleInfo = RuleInfo {
        code: "K02",
        name_en: "Orphan users",
        name_zh: "孤儿用户",
        dimension: Dimension::Consistency,
        source: include_str!("orphan_users.rs"),
    };

    fn title(&self) -> Bilingual {
        Bilingual::new("Orphan users: not in user table", "孤儿用户：不在用户表中")
    }

    fn message(&self) -> Bilingual {
        self.0.message()
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Features that come from the user table do not exist for these events.",
            "这些事件没有来自用户表的特征。",
        )
    }

    fn threshold(&self) -> Bilingual {
        self.0.threshold()
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        Some(self.0.fix())
    }

    fn facts(&self) -> Vec<Fact> {
        self.0.facts()
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.0.plots.clone()
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    check_side(context, &USERS, OrphanUsers)
}
