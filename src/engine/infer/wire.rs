//! What this program and `touchstone-torch serve` say to each other: one JSON object a line.
//!
//! Numbers that JSON cannot write (NaN stands for a missing cell) travel as the bits of their `f32`.

use super::ScoreOptions;
use crate::engine::progress::ProgressSnapshot;
use crate::engine::train::ModelCard;
use crate::engine::train::data::Rows;
use crate::engine::train::tasks::Predictions;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::PathBuf;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Request {
    /// Load a model; answered by `Card`. Comes first.
    Open { model_dir: PathBuf, options: ScoreOptions },
    /// Answered by `Predictions`, after any number of `Progress`.
    Predict(Rows),
    /// Answered by `Logits`, after any number of `Progress`.
    Logits(Rows),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reply {
    Card(Box<ModelCard>),
    Progress {
        fraction: f32,
        en: String,
        zh: String,
    },
    Predictions(Predictions),
    /// Bits of the logits of each row.
    Logits(Vec<Vec<u32>>),
    Failed {
        message: String,
        hint: String,
    },
}

impl Reply {
    pub(super) fn progress(now: ProgressSnapshot) -> Self {
        Self::Progress {
            fraction: now.fraction,
            en: now.phase.en,
            zh: now.phase.zh,
        }
    }
}

/// Writes one message and hands it over at once.
pub(super) fn send(mut to: impl Write, message: &impl Serialize) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()
}

pub(super) fn to_bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

pub(super) fn from_bits(bits: &[u32]) -> Vec<f32> {
    bits.iter().map(|&bits| f32::from_bits(bits)).collect()
}
