//! One line of `events.jsonl`: what the worker says, in the order it happened.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the line format; a reader refuses higher ones.
pub const EVENT_VERSION: u32 = 1;

/// `{"v":1,"seq":12,"wall_ms":…,"step":300,"type":"train",…}`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    pub v: u32,
    /// 0, 1, 2, … without gaps over the whole file, attempts included.
    pub seq: u64,
    /// Unix time in milliseconds of the worker's clock.
    pub wall_ms: u64,
    /// Optimiser steps done when it happened.
    pub step: u64,
    #[serde(flatten)]
    pub body: EventBody,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventBody {
    /// First event of each attempt.
    Started {
        pid: u32,
        /// Start time of the process in seconds since the epoch, so that a reused pid is not taken for the worker.
        pid_start_secs: u64,
        device: String,
        precision: String,
        total_steps: u64,
        epochs: f64,
        train_rows: u64,
        valid_rows: u64,
        params_total: u64,
        params_trainable: u64,
    },
    /// Points of earlier attempts after `from_step` are void.
    Resumed {
        from_step: u64,
    },
    /// A long phase before or between steps (`loading_model`, `tokenizing`, `evaluating`, `exporting`).
    Phase {
        name: String,
    },
    Train {
        loss: f64,
        learning_rate: f64,
        /// Global gradient norm before clipping.
        grad_norm: f64,
        epoch: f64,
        samples_per_sec: f64,
        tokens_per_sec: f64,
        /// Padded share of all token positions, 0..=1.
        padding_share: f64,
        rss_bytes: u64,
    },
    /// Metrics on the validation rows (`loss`, `auc`, …); `best` if it beats all before.
    Evaluated {
        metrics: BTreeMap<String, f64>,
        best: bool,
        #[serde(default)]
        samples: Vec<SamplePrediction>,
    },
    Checkpoint {
        path: String,
        best: bool,
    },
    Paused,
    Continued,
    Warning {
        message: String,
    },
    Log {
        message: String,
    },
    /// Terminal: stopped by request; the best model so far was exported.
    Stopped {
        reason: String,
    },
    /// Terminal: all steps done or stopped early.
    Finished {
        best_step: u64,
        best_metric: String,
        best_value: f64,
        stopped_early: bool,
        #[serde(default)]
        test_metrics: BTreeMap<String, f64>,
        samples_per_sec: f64,
        wall_secs: f64,
        model: String,
    },
    /// Terminal: the worker gave up; `hint` says what to do.
    Failed {
        message: String,
        hint: String,
    },
    /// Sent when nothing else was for a while, so that silence means trouble.
    Heartbeat {
        rss_bytes: u64,
    },
}

impl EventBody {
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Stopped { .. } | Self::Finished { .. } | Self::Failed { .. })
    }
}

/// A fixed validation row scored at each evaluation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SamplePrediction {
    pub text: String,
    pub label: f64,
    pub score: f64,
}
