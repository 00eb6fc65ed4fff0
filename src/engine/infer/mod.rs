//! Infer: a fine-tuned model and rows → scores.
//!
//! In: a model folder (exported by `train`, or any `…ForSequenceClassification`) and rows. Out: what the model says of
//! each row (the probability of label 1, one a class, or the grade), in their order. Invariant: scores do not depend on which
//! rows are scored together beyond the last bits of fp32.

#[cfg(feature = "torch")]
mod scorer;
#[cfg(feature = "torch")]
pub use scorer::Scorer;

#[cfg(not(feature = "torch"))]
mod unavailable;
#[cfg(not(feature = "torch"))]
pub use unavailable::Scorer;

use crate::engine::progress::Progress;
use crate::engine::run::config::{DeviceChoice, Precision};
use crate::engine::train::TrainError;
use crate::engine::train::data::Rows;
use std::path::Path;

/// Where and how to score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScoreOptions {
    pub device: DeviceChoice,
    pub precision: Precision,
    pub batch_size: usize,
    /// Cores to use; 0 = all.
    pub threads: usize,
}

impl Default for ScoreOptions {
    fn default() -> Self {
        Self {
            device: DeviceChoice::Auto,
            precision: Precision::Auto,
            batch_size: 64,
            threads: 0,
        }
    }
}

/// Scores rows with the model in `model_dir`: `numeric` is row-major over the model's numeric columns, NaN where
/// missing.
pub fn score(
    model_dir: &Path,
    texts: &[String],
    pairs: Option<&[String]>,
    numeric: &[f32],
    progress: &Progress,
) -> Result<Vec<f32>, TrainError> {
    let scorer = Scorer::open(model_dir, ScoreOptions::default())?;
    let rows = Rows {
        texts: texts.to_vec(),
        pairs: pairs.map(<[String]>::to_vec),
        numeric: numeric.to_vec(),
        numeric_columns: scorer.card().numeric.len(),
        ..Rows::default()
    };
    scorer.score(rows, progress)
}
