//! Defects planted on ordinary rows: which row gets which, and the ledger that counts them.
//!
//! Invariant: a row gets at most one defect, only where it cannot make another one, and the ledger counts a
//! defect at the moment its row is written.

use super::visit::{Event, EventKind, Standing};
use crate::engine::random::Draws;

const STREAM: u64 = 0xBAD;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plant {
    None,
    MissingBrand,
    MissingCategory,
    MissingUser,
    NegativePrice,
    ZeroPrice,
    UnknownEvent,
    OrphanItem,
    MixedPosition,
    Email,
    Mobile,
    ResidentId,
    TooFewFields,
    TooManyFields,
    ExactCopy,
    SameKey,
    DoubleFire,
}

/// What a row must be for a defect to stay alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Any row of an ordinary visit.
    Any,
    /// A view that nothing follows from.
    Lone,
    /// A view with a place in a list.
    View,
    /// A lone view with a typed query, or a review.
    FreeText,
}

const RATES: [(Plant, f64, Needs); 16] = [
    (Plant::MissingBrand, 0.008, Needs::Any),
    (Plant::MissingCategory, 0.005, Needs::Any),
    (Plant::MissingUser, 0.0015, Needs::Lone),
    (Plant::NegativePrice, 0.001, Needs::Any),
    (Plant::ZeroPrice, 0.001, Needs::Any),
    (Plant::UnknownEvent, 0.002, Needs::Lone),
    (Plant::OrphanItem, 0.004, Needs::Lone),
    (Plant::MixedPosition, 0.0025, Needs::View),
    (Plant::Email, 0.0006, Needs::FreeText),
    (Plant::Mobile, 0.0006, Needs::FreeText),
    (Plant::ResidentId, 0.0004, Needs::FreeText),
    (Plant::TooFewFields, 0.0006, Needs::Lone),
    (Plant::TooManyFields, 0.0008, Needs::Lone),
    (Plant::ExactCopy, 0.004, Needs::Any),
    (Plant::SameKey, 0.002, Needs::View),
    (Plant::DoubleFire, 0.004, Needs::Any),
];
/// Reviews are few, so personal data in them is planted more often.
const REVIEW_FREE_TEXT_FACTOR: f64 = 50.0;

/// The defect of the row with this number, if any.
pub(super) fn choose(seed: u64, row: u64, event: &Event) -> Plant {
    // The row after a pause stays as it is, or the pause could be lost with it.
    let Standing::Ordinary { lone, after_gap: false } = event.standing else {
        return Plant::None;
    };
    let review = event.kind == EventKind::Review;
    let view = event.kind == EventKind::View;
    let mut left = Draws::new(seed, &[STREAM, row]).uniform();
    for (plant, rate, needs) in RATES {
        let (fits, rate) = match needs {
            Needs::Any => (!review, rate),
            Needs::Lone => (view && lone, rate),
            Needs::View => (view, rate),
            Needs::FreeText if review => (true, rate * REVIEW_FREE_TEXT_FACTOR),
            Needs::FreeText => (view && lone && event.query.is_some(), rate),
        };
        if fits {
            left -= rate;
            if left < 0.0 {
                return plant;
            }
        }
    }
    Plant::None
}

pub(super) const PERSONAL: [Plant; 3] = [Plant::Email, Plant::Mobile, Plant::ResidentId];

/// Number of columns of the event log.
pub(super) const NUM_COLUMNS: usize = 13;

/// Everything that is counted while the log is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    pub rows: u64,
    pub plants: [u64; 17],
    /// Of each kind of personal data, those in reviews.
    pub pii_in_reviews: [u64; 3],
    /// Written events by kind, malformed lines and unknown types left out.
    pub kinds: [u64; 5],
    /// Empty cells of each column that are empty by nature.
    pub empty: [u64; NUM_COLUMNS],
    pub bot_users: u64,
    pub bot_rows: u64,
    pub overlong_sessions: u64,
    pub overlong_rows: u64,
    pub gap_sessions: u64,
    pub purchases_without_view: u64,
    pub isolated: u64,
    pub orphan_users: u64,
    /// Items of items.csv that no accepted row names.
    pub unused_items: u64,
    /// Rows of the last fifth of the time on items without a row before.
    pub new_item_rows: u64,
    pub past: u64,
    pub future: u64,
    pub exact_groups: u64,
    pub exact_surplus: u64,
    pub same_key_surplus: u64,
    pub double_fires: u64,
    pub exposures_without_position: u64,
    pub first_secs: Option<i64>,
    pub last_secs: i64,
}

impl Ledger {
    pub(super) fn count(&self, plant: Plant) -> u64 {
        self.plants[plant as usize]
    }

    /// Counts an event as it is written.
    pub(super) fn note(&mut self, event: &Event, plant: Plant) {
        self.plants[plant as usize] += 1;
        if let Some(private) = PERSONAL.iter().position(|personal| *personal == plant)
            && event.kind == EventKind::Review
        {
            self.pii_in_reviews[private] += 1;
        }
        if !matches!(plant, Plant::TooFewFields | Plant::TooManyFields | Plant::UnknownEvent) {
            self.kinds[event.kind as usize] += 1;
        }
        let in_list = matches!(event.kind, EventKind::View | EventKind::Click) && plant != Plant::UnknownEvent;
        let is_lost = matches!(plant, Plant::TooFewFields | Plant::TooManyFields);
        self.exposures_without_position += u64::from(in_list && !is_lost && event.position.is_none());
        match event.standing {
            Standing::Ordinary { after_gap, .. } => self.gap_sessions += u64::from(after_gap),
            Standing::Bot => self.bot_rows += 1,
            Standing::Overlong { last } => {
                self.overlong_rows += 1;
                self.overlong_sessions += u64::from(last);
            }
            Standing::WithoutView => self.purchases_without_view += 1,
            Standing::OutOfRange { future: true } => self.future += 1,
            Standing::OutOfRange { future: false } => self.past += 1,
            Standing::Isolated => self.isolated += 1,
            Standing::Stranger => self.orphan_users += 1,
            Standing::Echo => self.double_fires += 1,
        }
        if !matches!(event.standing, Standing::OutOfRange { .. } | Standing::Isolated) {
            self.first_secs.get_or_insert(event.unix_secs);
            self.last_secs = self.last_secs.max(event.unix_secs);
        }
    }
}
