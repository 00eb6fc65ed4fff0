//! What an evaluation reads: labels, scores, groups and segments as slices, and its settings.
//!
//! Invariant: after `UsableRows::of` every kept row has a label of 0 or 1 and a finite score.

use crate::engine::artifact::Bilingual;
use crate::engine::progress::Cancelled;
use serde::{Deserialize, Serialize};

/// The code of a missing value in `Codes`.
pub const MISSING_CODE: u32 = u32::MAX;

/// A categorical column: `names[codes[row]]`, or `MISSING_CODE`.
#[derive(Clone, Copy, Debug)]
pub struct Codes<'a> {
    pub codes: &'a [u32],
    pub names: &'a [String],
}

impl<'a> Codes<'a> {
    /// The name of a code; empty for a code without one.
    pub fn name(&self, code: u32) -> &'a str {
        self.names.get(code as usize).map_or("", String::as_str)
    }
}

/// A categorical column whose values are reported one by one.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    pub column: &'a str,
    pub values: Codes<'a>,
}

/// Scores of one model with the labels of the same rows. All slices have one length.
#[derive(Clone, Debug, Default)]
pub struct EvalInput<'a> {
    /// 0 or 1; NaN = missing.
    pub labels: &'a [f64],
    /// Higher means more likely positive; NaN = missing. Probabilities or any other scale.
    pub scores: &'a [f64],
    /// Lists that are ranked on their own: queries, users, sessions.
    pub groups: Option<Codes<'a>>,
    pub segments: Vec<Segment<'a>>,
}

/// What is drawn again in a bootstrap resample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResampleUnit {
    /// Groups where there are at least 30 of them, else rows.
    #[default]
    Auto,
    Row,
    /// Whole groups, since rows of one group are not independent (Field and Welsh, JRSS B 2007).
    Group,
}

/// What the sum of precisions in average precision at k is divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MapDenominator {
    /// min(positives, k), so that a perfect list scores 1 (RecBole, Kaggle).
    #[default]
    MinPositivesK,
    /// All positives of the group (trec_eval, ranx).
    Positives,
}

/// Settings of an evaluation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EvalConfig {
    /// Cut-offs of the ranking metrics.
    pub k: Vec<usize>,
    /// Resamples for the intervals; 0 = no intervals.
    pub bootstrap: usize,
    pub seed: u64,
    /// Score from which a row is predicted positive; `None` = the one with the best F1 on these rows.
    pub threshold: Option<f64>,
    /// Intervals cover 1 − alpha.
    pub alpha: f64,
    /// Bins of the headline calibration error.
    pub ece_bins: usize,
    pub map_denominator: MapDenominator,
    pub resample: ResampleUnit,
}

impl Default for EvalConfig {
    fn default() -> Self {
        Self {
            k: vec![5, 10, 20],
            bootstrap: 1000,
            seed: 42,
            threshold: None,
            alpha: 0.05,
            ece_bins: 15,
            map_denominator: MapDenominator::default(),
            resample: ResampleUnit::default(),
        }
    }
}

impl EvalConfig {
    /// Refuses settings no evaluation can follow.
    pub fn validate(&self) -> Result<(), EvalError> {
        let bad = |what: &str| Err(EvalError::BadSetting { what: what.to_owned() });
        if !(self.alpha > 0.0 && self.alpha < 1.0) {
            return bad("alpha must lie between 0 and 1");
        }
        if self.k.contains(&0) {
            return bad("a cut-off k must be at least 1");
        }
        if !(1..=1000).contains(&self.ece_bins) {
            return bad("the number of calibration bins must be 1 to 1000");
        }
        if self.threshold.is_some_and(|threshold| !threshold.is_finite()) {
            return bad("the threshold must be a number");
        }
        Ok(())
    }
}

/// Why scores could not be evaluated or compared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvalError {
    #[error("{what} has {found} values where the labels have {expected}; give one value a row")]
    LengthMismatch {
        what: String,
        expected: usize,
        found: usize,
    },
    #[error("row {row}: the label is {value}, but labels must be 0 or 1; turn it into a yes/no column first")]
    LabelNotBinary {
        /// 0-based
        row: usize,
        value: f64,
    },
    #[error("row {row}: the score is infinite; give finite scores, e.g. probabilities or log-odds")]
    InfiniteScore {
        /// 0-based
        row: usize,
    },
    #[error("none of the {total} rows has both a label and a score")]
    NoRows { total: usize },
    #[error("all {rows} labelled rows are of one class; a baseline needs positives and negatives")]
    OneClass { rows: usize },
    #[error("{what}")]
    BadSetting { what: String },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl EvalError {
    /// The message in both languages.
    pub fn explain(&self) -> Bilingual {
        let zh = match self {
            Self::LengthMismatch { what, expected, found } => {
                format!("{what} 有 {found} 个值，而标签有 {expected} 个；每行应有一个值")
            }
            Self::LabelNotBinary { row, value } => {
                format!("第 {row} 行的标签为 {value}，标签必须为 0 或 1；请先将其转换为是/否列")
            }
            Self::InfiniteScore { row } => format!("第 {row} 行的分数为无穷大；请提供有限的分数，如概率或对数几率"),
            Self::NoRows { total } => format!("{total} 行中没有一行同时具有标签与分数"),
            Self::OneClass { rows } => format!("全部 {rows} 个有标签的行都属于同一类；基线需要正例与负例"),
            Self::BadSetting { what } => format!("设置无效：{what}"),
            Self::Cancelled(_) => "已取消".to_owned(),
        };
        Bilingual::new(self.to_string(), zh)
    }
}

/// The rows that can be evaluated and what was left out.
#[derive(Clone, Debug)]
pub(crate) struct UsableRows {
    /// Indices into the input, ascending.
    pub rows: Vec<u32>,
    pub labels: Vec<bool>,
    pub missing_label: usize,
    pub missing_score: usize,
}

impl UsableRows {
    /// Keeps the rows in which the label and the scores of all models are present.
    pub fn of(labels: &[f64], scores: &[&[f64]]) -> Result<Self, EvalError> {
        for (model, values) in scores.iter().enumerate() {
            check_length(&format!("score column {}", model + 1), labels.len(), values.len())?;
        }
        let mut usable = Self {
            rows: Vec::with_capacity(labels.len()),
            labels: Vec::with_capacity(labels.len()),
            missing_label: 0,
            missing_score: 0,
        };
        for (row, &label) in labels.iter().enumerate() {
            if label.is_nan() {
                usable.missing_label += 1;
            } else if label != 0.0 && label != 1.0 {
                return Err(EvalError::LabelNotBinary { row, value: label });
            } else if scores.iter().any(|values| values[row].is_nan()) {
                usable.missing_score += 1;
            } else if scores.iter().any(|values| values[row].is_infinite()) {
                return Err(EvalError::InfiniteScore { row });
            } else {
                usable.rows.push(row as u32);
                usable.labels.push(label == 1.0);
            }
        }
        if usable.rows.is_empty() {
            return Err(EvalError::NoRows { total: labels.len() });
        }
        Ok(usable)
    }

    /// The values of the kept rows.
    pub fn take<T: Copy>(&self, values: &[T]) -> Vec<T> {
        self.rows.iter().map(|&row| values[row as usize]).collect()
    }
}

/// One value a row, or an error that names the column.
pub(crate) fn check_length(what: &str, expected: usize, found: usize) -> Result<(), EvalError> {
    if expected == found {
        return Ok(());
    }
    Err(EvalError::LengthMismatch {
        what: what.to_owned(),
        expected,
        found,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_are_counted_and_left_out() {
        let labels = [1.0, f64::NAN, 0.0, 1.0];
        let a = [0.5, 0.5, f64::NAN, 0.1];
        let usable = UsableRows::of(&labels, &[&a]).expect("two rows remain");
        assert_eq!(usable.rows, [0, 3]);
        assert_eq!((usable.missing_label, usable.missing_score), (1, 1));
    }

    #[test]
    fn bad_input_is_named() {
        let error = UsableRows::of(&[0.0, 2.0], &[&[0.1, 0.2]]).expect_err("label 2");
        assert_eq!(error, EvalError::LabelNotBinary { row: 1, value: 2.0 });
        assert_eq!(
            UsableRows::of(&[0.0], &[&[f64::INFINITY]]).expect_err("infinite"),
            EvalError::InfiniteScore { row: 0 }
        );
        assert!(matches!(
            UsableRows::of(&[0.0], &[&[0.1, 0.2]]),
            Err(EvalError::LengthMismatch { found: 2, .. })
        ));
        assert_eq!(
            UsableRows::of(&[], &[&[]]).expect_err("empty"),
            EvalError::NoRows { total: 0 }
        );
    }

    #[test]
    fn settings_are_checked() {
        let bad = [
            EvalConfig {
                alpha: 0.0,
                ..EvalConfig::default()
            },
            EvalConfig {
                k: vec![0],
                ..EvalConfig::default()
            },
            EvalConfig {
                ece_bins: 0,
                ..EvalConfig::default()
            },
            EvalConfig {
                threshold: Some(f64::NAN),
                ..EvalConfig::default()
            },
        ];
        for config in bad {
            assert!(matches!(config.validate(), Err(EvalError::BadSetting { .. })));
        }
        assert_eq!(EvalConfig::default().validate(), Ok(()));
    }
}
