//! The parts of a run's view: attempts, marks, console lines, sample predictions and how it ended.

use crate::engine::run::event::{Event, SamplePrediction};
use crate::engine::run::liveness::ProcessId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One start of the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub process: ProcessId,
    pub started_ms: u64,
    pub device: String,
    pub precision: String,
    pub total_steps: u64,
    pub epochs: f64,
    pub train_rows: u64,
    pub valid_rows: u64,
    pub params_total: u64,
    pub params_trainable: u64,
    /// Step it took up from; `None` for a fresh start.
    pub resumed_from: Option<u64>,
    /// True once it trained or evaluated: loading and tokenising are over.
    pub stepping: bool,
}

/// An evaluation that beat all before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    pub step: u64,
    pub metrics: BTreeMap<String, f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarkKind {
    Checkpoint,
    Best,
    Resumed,
    Paused,
    /// Memory ran out; fewer rows are computed at one time since.
    MemoryShort,
    /// The step's gradient was not finite and changed nothing.
    StepSkipped,
}

/// Something that happened at a step, to be marked on the curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub step: u64,
    pub wall_ms: u64,
    pub kind: MarkKind,
}

/// How the worker said it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    Stopped { reason: String },
    Finished(Finish),
    Failed { message: String, hint: String },
}

/// The `finished` event; see [`EventBody::Finished`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finish {
    pub best_step: u64,
    pub best_metric: String,
    /// `None` when the metric is undefined on these rows.
    pub best_value: Option<f64>,
    pub stopped_early: bool,
    pub test_metrics: BTreeMap<String, f64>,
    pub samples_per_sec: Option<f64>,
    pub wall_secs: f64,
    pub model: String,
}

/// A line of the console: any event but the steady stream of train steps and heartbeats.
#[derive(Clone, Debug, PartialEq)]
pub enum ConsoleLine {
    /// Samples are left out; see [`RunView::samples`].
    Event(Event),
    /// A line of the log that cannot be read.
    Corrupt { line: u64, message: String },
}

/// Sample predictions of one evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleSet {
    pub step: u64,
    pub rows: Arc<[SamplePrediction]>,
}
