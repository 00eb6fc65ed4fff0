//! Baselines every model must beat: popularity and a logistic regression, fitted on training rows only.
//!
//! Invariant: scoring reads nothing of the scored rows but the item or the features, never the label.

pub use super::logistic::{LogisticConfig, LogisticModel};

use super::input::{Codes, EvalError, MISSING_CODE, UsableRows, check_length};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the baselines are called, in results and in both languages.
pub const POPULARITY_NAME: (&str, &str) = ("Popularity", "热门度");
pub const LOGISTIC_NAME: (&str, &str) = ("Logistic regression", "逻辑回归");

/// A model's name in a Chinese sentence: baselines in Chinese, runs as they are called.
pub fn name_in_chinese(name: &str) -> &str {
    let known = [POPULARITY_NAME, LOGISTIC_NAME];
    known.into_iter().find(|(en, _)| *en == name).map_or(name, |(_, zh)| zh)
}

/// Rows' worth of the overall rate that each item's rate starts from.
pub const POPULARITY_PRIOR_ROWS: f64 = 20.0;

/// Score = smoothed positive rate of the item in the training rows:
/// (positives + prior · overall rate) / (rows + prior). An unknown item gets the overall rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Popularity {
    pub overall_rate: f64,
    pub prior_rows: f64,
    pub train_rows: u64,
    /// (rows, positives) by item name.
    pub items: BTreeMap<String, (u64, u64)>,
}

impl Popularity {
    /// Counts the training rows. Rows without a label are left out.
    ///
    /// # Errors
    /// Lengths that differ, a label other than 0 or 1, or no labelled row.
    pub fn fit(items: Codes<'_>, labels: &[f64]) -> Result<Self, EvalError> {
        check_length("the item column", labels.len(), items.codes.len())?;
        let usable = UsableRows::of(labels, &[])?;
        let mut counts = vec![(0_u64, 0_u64); items.names.len()];
        let mut positives = 0_u64;
        for (&row, &label) in usable.rows.iter().zip(&usable.labels) {
            positives += u64::from(label);
            if let Some(count) = counts.get_mut(items.codes[row as usize] as usize) {
                count.0 += 1;
                count.1 += u64::from(label);
            }
        }
        let counted = items.names.iter().zip(counts).filter(|(_, count)| count.0 > 0);
        Ok(Self {
            overall_rate: positives as f64 / usable.rows.len() as f64,
            prior_rows: POPULARITY_PRIOR_ROWS,
            train_rows: usable.rows.len() as u64,
            items: counted.map(|(name, count)| (name.clone(), count)).collect(),
        })
    }

    /// A score in 0..=1 for each row.
    pub fn predict(&self, items: Codes<'_>) -> Vec<f64> {
        let by_code: Vec<f64> = items.names.iter().map(|name| self.score(name)).collect();
        let score = |&code: &u32| match code {
            MISSING_CODE => self.overall_rate,
            code => by_code.get(code as usize).copied().unwrap_or(self.overall_rate),
        };
        items.codes.iter().map(score).collect()
    }

    /// The score of one item by name.
    pub fn score(&self, item: &str) -> f64 {
        let (rows, positives) = self.items.get(item).copied().unwrap_or((0, 0));
        (positives as f64 + self.prior_rows * self.overall_rate) / (rows as f64 + self.prior_rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn popularity_is_the_smoothed_rate_of_the_training_rows() {
        let names = ["a".to_owned(), "b".to_owned(), "unused".to_owned()];
        let codes = [0, 0, 0, 1, MISSING_CODE, 1];
        let labels = [1.0, 1.0, 0.0, 0.0, 0.0, f64::NAN];
        let train = Codes {
            codes: &codes,
            names: &names,
        };
        let model = Popularity::fit(train, &labels).expect("labels");
        assert_eq!((model.overall_rate, model.train_rows), (0.4, 5));
        assert_eq!(model.items.len(), 2);
        let test_names = ["b".to_owned(), "new".to_owned(), "a".to_owned()];
        let test_codes = [2, 0, 1, MISSING_CODE];
        let scores = model.predict(Codes {
            codes: &test_codes,
            names: &test_names,
        });
        let expected = [(2.0 + 8.0) / 23.0, 8.0 / 21.0, 0.4, 0.4];
        for (score, expected) in scores.iter().zip(expected) {
            assert!((score - expected).abs() < 1e-15, "{score} {expected}");
        }
    }

    #[test]
    fn bad_labels_are_refused() {
        let names = ["a".to_owned()];
        let items = Codes {
            codes: &[0],
            names: &names,
        };
        assert!(matches!(
            Popularity::fit(items, &[3.0]),
            Err(EvalError::LabelNotBinary { .. })
        ));
        assert!(matches!(
            Popularity::fit(items, &[f64::NAN]),
            Err(EvalError::NoRows { .. })
        ));
        assert!(matches!(
            Popularity::fit(items, &[]),
            Err(EvalError::LengthMismatch { .. })
        ));
    }
}
