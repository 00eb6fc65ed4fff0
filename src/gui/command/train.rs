//! Requests of the train page.

use crate::engine::run::about::About;
use crate::engine::run::config::TrainConfig;
use std::collections::BTreeSet;
use std::path::PathBuf;

#[derive(Debug)]
pub enum TrainCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too).
    Run,
    /// Start a new run with these settings.
    Start(Box<TrainConfig>),
    /// Train a few steps aside and measure them.
    Try(Box<TrainConfig>),
    /// End the trial that runs.
    StopTrial,
    /// Show this run.
    Select(String),
    /// Something to do with a run that exists.
    Act(String, RunAction),
    /// Read again what can be trained on and which base models there are.
    Refresh,
    /// Look at the project's table as something to train on, without features.
    LookAtTable,
    /// Look at a base model that was named by hand: its width.
    Inspect(String),
    DismissError,
    /// Make a run, perhaps from another, and start or queue it.
    Make(Box<NewRun>),
    /// Note, tags and archive of a run.
    Say(String, About),
    Queue(QueueAction),
    /// Bring a run back from the trash.
    Restore(PathBuf),
    /// These runs' curves are looked at.
    LookAt(BTreeSet<String>),
    /// Fetch a base model by name.
    Pull(String),
    /// Copy a Hugging Face folder into the cache.
    Import(PathBuf),
}

/// A run to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRun {
    pub config: TrainConfig,
    /// The run it is made from, and the checkpoint to go on from (`None` = from the start).
    pub source: Option<(String, Option<u64>)>,
    /// Wait for its turn instead of starting at once.
    pub queued: bool,
}

/// What can be done with the queue of runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueAction {
    Add(String),
    Remove(String),
    /// To this place, from 1.
    Move(String, usize),
    Hold(bool),
    /// Forget what went wrong.
    Tidy,
}

/// What the owner of a run can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunAction {
    Pause,
    Continue,
    /// End after the step and export the best model so far.
    Stop,
    Checkpoint,
    /// Start the worker again; it takes up its last checkpoint.
    Resume,
    /// End the worker's process without waiting for its step.
    Kill,
    /// Move the run to the trash.
    Delete,
}
