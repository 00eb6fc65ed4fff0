//! What is converted into what: the kinds behind conversion rates.

use super::candidates::MAX_KINDS;
use super::config::LabelRule;
use super::events::{Events, Kind};
use crate::engine::ingest::EventKind;

/// Kinds whose counts make a conversion: what is converted, and into what.
#[derive(Clone, Debug, Default)]
pub(super) struct Funnel {
    pub anchor: Vec<u32>,
    pub target: Vec<u32>,
}

impl Funnel {
    /// The label's own events, or views into purchases and carts.
    pub fn new(events: &Events<'_>, rule: &LabelRule) -> Self {
        let codes = |fits: &dyn Fn(&Kind) -> bool| -> Vec<u32> {
            let kinds = events.kinds.iter().enumerate().take(MAX_KINDS);
            kinds
                .filter(|(_, kind)| fits(kind))
                .map(|(code, _)| code as u32)
                .collect()
        };
        match rule {
            LabelRule::Followed { anchor, target, .. } => Self {
                anchor: codes(&|kind| anchor.contains(&kind.name)),
                target: codes(&|kind| target.contains(&kind.name)),
            },
            LabelRule::Column { .. } => Self {
                anchor: codes(&|kind| matches!(kind.guess, Some(EventKind::View | EventKind::Exposure))),
                target: codes(&|kind| matches!(kind.guess, Some(EventKind::Purchase | EventKind::Cart))),
            },
        }
    }

    pub fn is_known(&self) -> bool {
        !self.anchor.is_empty() && !self.target.is_empty()
    }
}
