//! What to build: label rule, split, selection, text, size. Everything has a default that works on a shop's log.

use super::select::SelectConfig;
use serde::{Deserialize, Serialize};

/// The configuration of a feature set. `None` means: decide from the log; the feature set says what was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FeatureConfig {
    pub label: Option<LabelRule>,
    pub split: SplitConfig,
    pub select: SelectConfig,
    /// Numeric and categorical features a model gets; chosen by their scores if absent.
    pub features: Option<Vec<String>>,
    /// Text columns a model reads: one, or two for a pair. Query and item text if absent.
    pub text: Option<Vec<String>>,
    /// What ranking metrics group rows by; session, else query, else user if absent.
    pub group: Option<GroupBy>,
    /// At most about so many examples; whole groups are kept, chosen by a hash of the group and the seed.
    pub max_rows: Option<usize>,
    pub seed: u64,
}

impl Default for FeatureConfig {
    fn default() -> Self {
        Self {
            label: None,
            split: SplitConfig::default(),
            select: SelectConfig::default(),
            features: None,
            text: None,
            group: None,
            max_rows: Some(DEFAULT_MAX_ROWS),
            seed: 42,
        }
    }
}

/// Some hundred positives in the test rows even where they are rare, so that models can be told apart; few enough to be
/// scored without a GPU. How many an epoch learns from is the training's own setting.
pub const DEFAULT_MAX_ROWS: usize = 50_000;

/// What makes an example positive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum LabelRule {
    /// Each event of a kind in `anchor` is an example; it is positive if an event of a kind in `target` with the same
    /// `scope` follows within `within_secs` (strictly later). Examples whose window the log cuts off are dropped.
    Followed {
        anchor: Vec<String>,
        target: Vec<String>,
        within_secs: f64,
        #[serde(default)]
        scope: Scope,
    },
    /// Each row is an example; the column says 0/1 or true/false, or one of `positive`.
    Column {
        column: String,
        #[serde(default)]
        positive: Vec<String>,
    },
}

/// What an event and the one that follows must share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    #[default]
    UserItem,
    SessionItem,
    Session,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    Session,
    Query,
    User,
}

impl GroupBy {
    pub fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Query => "query",
            Self::User => "user",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SplitConfig {
    /// `time` where the log has times, else `random`, if absent.
    pub strategy: Option<Strategy>,
    /// Shares of train, valid and test; they sum to 1. `leave_one_out` only asks whether valid is above 0.
    pub ratios: [f64; 3],
    /// Time split only: examples less than this before a boundary are left out, so that no label window reaches over it.
    pub embargo_secs: f64,
}

impl Default for SplitConfig {
    fn default() -> Self {
        Self {
            strategy: None,
            ratios: [0.8, 0.1, 0.1],
            embargo_secs: 0.0,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// One boundary in time for all users; equal times stay together.
    Time,
    /// All rows of a user in one part.
    User,
    Random,
    /// Each user's last row is tested, the one before validates.
    LeaveOneOut,
}

impl Strategy {
    pub const ALL: [Self; 4] = [Self::Time, Self::User, Self::Random, Self::LeaveOneOut];

    pub fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::User => "user",
            Self::Random => "random",
            Self::LeaveOneOut => "leave_one_out",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strategy| strategy.name() == name)
    }
}
