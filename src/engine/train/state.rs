//! `trainer_state.json` of a checkpoint: where the run stood, beside weights and moments.
//!
//! Invariant: with the configuration and the same rows, this and the tensors decide everything that follows;
//! there is no generator state, because every draw is a pure function of (seed, epoch, step, stream).

use crate::engine::artifact::ContentHash;
use crate::engine::run::metric::higher_is_better;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub const STATE_VERSION: u32 = 1;

/// Where a run stood after `step` steps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TrainerState {
    pub version: u32,
    pub step: u64,
    pub total_steps: u64,
    pub seed: u64,
    /// Hash of all settings that change what is learnt.
    pub config: ContentHash,
    /// Hash of the training rows as the model sees them: tokens, numbers, labels.
    pub data: ContentHash,
    pub best: Option<Best>,
    pub evaluations_without_gain: u32,
    /// Rows seen so far, repeats counted.
    pub samples: u64,
    /// Seconds spent in training steps so far.
    pub train_secs: f64,
    /// Seconds of all attempts so far.
    pub wall_secs: f64,
    /// Rows computed at one time; `None` = the whole batch.
    #[serde(default)]
    pub micro_batch: Option<u64>,
    /// Steps whose gradient was not finite.
    #[serde(default)]
    pub skipped: u64,
    /// Mean loss of the first steps; see [`super::divergence`].
    #[serde(default)]
    pub opening_loss: Option<f64>,
    /// BLAKE3 of each file beside this one.
    pub files: BTreeMap<String, ContentHash>,
}

impl TrainerState {
    /// This state as the start of a fork whose own state, before its first step, is `own`. The best step of the
    /// source counts only where it is this one, by the same `metric`: the weights of another are not in the fork.
    pub fn forked(&self, own: &Self, metric: &str) -> Self {
        Self {
            total_steps: own.total_steps,
            seed: own.seed,
            config: own.config.clone(),
            data: own.data.clone(),
            best: self
                .best
                .clone()
                .filter(|best| best.step == self.step && best.metric == metric),
            evaluations_without_gain: 0,
            ..self.clone()
        }
    }
}

/// The best evaluation so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    pub metric: String,
    pub value: f64,
    pub step: u64,
    /// All metrics of that evaluation.
    #[serde(default)]
    pub metrics: BTreeMap<String, f64>,
}

impl Best {
    /// Where nothing could be measured.
    pub fn undefined(metric: &str, step: u64) -> Self {
        Self {
            metric: metric.to_owned(),
            value: f64::NAN,
            step,
            metrics: BTreeMap::new(),
        }
    }

    /// True if `value` beats this one (strictly).
    pub fn is_beaten_by(&self, value: f64) -> bool {
        if higher_is_better(&self.metric) {
            value > self.value
        } else {
            value < self.value
        }
    }
}
