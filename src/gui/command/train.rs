//! Requests of the train page.

use crate::engine::run::config::TrainConfig;

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
