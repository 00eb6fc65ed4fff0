//! How the rows of a validation are judged.
//!
//! The evaluation stage comes after this one, so whoever starts a worker hands its definitions in.

use super::tasks::binary;
use std::collections::BTreeMap;

/// Scores of validation or test rows of a binary model, with what is needed to judge them.
#[derive(Clone, Copy, Debug)]
pub struct Validated<'a> {
    /// Probability of label 1.
    pub scores: &'a [f32],
    /// 0 or 1.
    pub labels: &'a [f32],
    /// Codes of the ranking groups, [`super::data::NO_GROUP`] for none.
    pub groups: Option<&'a [u32]>,
    /// The metric that decides "best"; must be among the results where it is defined.
    pub metric: &'a str,
}

/// The metrics of a binary model that are defined for these rows, by name.
pub type Measure = fn(&Validated<'_>) -> BTreeMap<String, f64>;

/// The metrics that this stage computes itself.
pub fn basic_metrics(rows: &Validated<'_>) -> BTreeMap<String, f64> {
    binary::metrics(rows.scores, rows.labels)
}
