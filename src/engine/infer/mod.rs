//! Infer: a fine-tuned model and rows → scores.
//!
//! In: a model folder (exported by `train`, or any `…ForSequenceClassification`) and rows. Out: what the model says of
//! each row (the probability of label 1, one a class, or the grade), in their order. Invariants: scores do not depend
//! on which rows are scored together beyond the last bits of fp32; only `scorer` and `serve` name tensors, and they run
//! in `touchstone-torch`, so that a fault of libtorch ends that process alone.

mod client;
#[cfg(feature = "torch")]
pub(crate) mod scorer;
#[cfg(feature = "torch")]
pub mod serve;
mod wire;

pub use client::ScorerClient;

use crate::engine::run::config::{DeviceChoice, Precision};
use serde::{Deserialize, Serialize};

/// Where and how to score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
