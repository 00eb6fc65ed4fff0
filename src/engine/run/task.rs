//! What a model is asked for: the task, its metrics, and which way each of them is better.
//!
//! Invariant: names are the JSON keys of events, checkpoints and results; what a task computes lies in `train::tasks`.

use super::metric;
use serde::{Deserialize, Serialize};

/// What a row's label is, and so what the model answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Does it happen? The label is 0 or 1, the answer the probability of 1.
    #[default]
    Binary,
    /// Which one is it? The label is one of some classes, the answer a probability for each.
    Multiclass,
    /// How much? The label is a number, the answer too.
    Graded,
}

impl Task {
    pub const ALL: [Self; 3] = [Self::Binary, Self::Multiclass, Self::Graded];

    pub fn name(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Multiclass => "multiclass",
            Self::Graded => "graded",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|task| task.name() == name)
    }

    /// Metrics that may decide which evaluation is best; `loss` comes last.
    pub fn metrics(self) -> &'static [&'static str] {
        match self {
            Self::Binary => &metric::ROW_METRICS,
            Self::Multiclass => &[
                "accuracy",
                "macro_f1",
                "weighted_f1",
                "log_loss",
                "macro_auc",
                "top_3_accuracy",
                "loss",
            ],
            Self::Graded => &["spearman", "kendall", "ndcg@5", "ndcg@10", "rmse", "mae", "loss"],
        }
    }

    /// The metric to decide by where none is chosen.
    pub fn usual_metric(self, has_groups: bool) -> &'static str {
        match self {
            Self::Binary => "auc",
            // Every class counts alike, however rare.
            Self::Multiclass => "macro_f1",
            Self::Graded if has_groups => "ndcg@10",
            Self::Graded => "spearman",
        }
    }

    /// True for the task of settings that name none; they are written without it, as ever.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}
