//! A trial before the real start: a few steps in a worker of their own, measured, and nothing left behind.
//!
//! In: a configuration. Out: `TrialReport`. The worker (`touchstone worker --trial N --owner PID RUN_DIR`) works in a temporary
//! folder and writes `trial.json` there. Invariant: the folder is gone when `Launcher::trial` returns, however it ends; where this process
//! is killed, the worker removes it.

use super::config::TrainConfig;
use super::dir::{RunDir, write_atomic};
use super::error::RunError;
use super::event::EventBody;
use super::log::{EventReader, LogItem};
use super::supervise::Launcher;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Steps of a trial where none are named.
pub const TRIAL_STEPS: u64 = 10;
const REPORT: &str = "trial.json";
const LOOK: Duration = Duration::from_millis(50);

/// What a few steps took, and what the whole run will take by that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialReport {
    /// Steps measured. One before them, with the longest rows there are, is not in the times, but in the memory.
    pub steps: u64,
    /// Mean and longest time of a step.
    pub step_secs: f64,
    pub longest_step_secs: f64,
    pub samples_per_sec: f64,
    pub tokens_per_sec: f64,
    /// The most memory the worker held.
    pub peak_bytes: u64,
    /// The most memory it held on the CUDA device.
    pub device_peak_bytes: Option<u64>,
    /// What the formula of `train::memory` gives for the memory.
    pub estimated_bytes: u64,
    pub batch_size: u64,
    /// Rows computed at one time, where a batch does not fit at once.
    pub micro_batch: Option<u64>,
    pub device: String,
    pub precision: String,
    /// Of the whole run.
    pub total_steps: u64,
    pub evaluations: u64,
    /// Bytes of one checkpoint.
    pub checkpoint_bytes: u64,
    /// Seconds until the first step, as measured.
    pub load_secs: f64,
    /// Seconds of all training steps, by the tokens of an epoch.
    pub train_secs: f64,
    /// Seconds of all evaluations, by the tokens of the validation rows.
    pub eval_secs: f64,
    /// Seconds of writing checkpoints, one an evaluation; absent where none could be written.
    pub checkpoint_secs: Option<f64>,
    /// Warnings and notes of the worker.
    pub notes: Vec<String>,
}

impl TrialReport {
    /// Seconds of the whole run; early stopping may end it sooner.
    pub fn total_secs(&self) -> f64 {
        self.load_secs + self.train_secs + self.eval_secs + self.checkpoint_secs.unwrap_or(0.0)
    }

    /// Written by the worker.
    pub fn write(&self, run: &RunDir) -> Result<(), RunError> {
        let path = run.path().join(REPORT);
        let json = serde_json::to_vec_pretty(self).map_err(|error| RunError::json(&path, &error))?;
        write_atomic(&path, &json)
    }

    fn read(run: &RunDir) -> Result<Self, RunError> {
        let path = run.path().join(REPORT);
        let text = std::fs::read_to_string(&path).map_err(RunError::io("read", &path))?;
        serde_json::from_str(&text).map_err(|error| RunError::json(&path, &error))
    }
}

/// A folder that goes with it.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Self {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let unique = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("touchstone-trial-{}-{unique}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if self.0.exists()
            && let Err(error) = std::fs::remove_dir_all(&self.0)
        {
            tracing::warn!("{} stays: {error}", self.0.display());
        }
    }
}

/// Ends the worker if nobody waits for it any more.
struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        // An error means that it has ended.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Launcher {
    /// Trains `steps` steps with this configuration in a process of its own and measures them. Blocks until it ends;
    /// `None` once `is_cancelled` says so.
    pub fn trial(
        &self,
        config: &TrainConfig,
        steps: u64,
        is_cancelled: &dyn Fn() -> bool,
    ) -> Result<Option<TrialReport>, RunError> {
        let folder = Temporary::new();
        let run = RunDir::create_at(&folder.0, config)?;
        let (steps, owner) = (steps.to_string(), std::process::id().to_string());
        let words = ["--trial", &steps, "--owner", &owner];
        let mut worker = Worker(self.spawn(&words, &run)?);
        loop {
            if let Some(status) = worker.0.try_wait().map_err(RunError::io("wait for", run.path()))? {
                return match TrialReport::read(&run) {
                    Ok(report) if status.success() => Ok(Some(report)),
                    _ => Err(last_words(&run, folder.0.as_path())),
                };
            }
            if is_cancelled() {
                return Ok(None);
            }
            std::thread::sleep(LOOK);
        }
    }
}

/// Why a trial ended without a report.
fn last_words(run: &RunDir, folder: &Path) -> RunError {
    let failed = EventReader::new(&run.events_path()).poll().ok().and_then(|batch| {
        batch.items.into_iter().rev().find_map(|item| match item {
            LogItem::Event(event) => match event.body {
                EventBody::Failed { message, hint } => Some((message, hint)),
                _ => None,
            },
            _ => None,
        })
    });
    let (message, hint) = failed.unwrap_or_else(|| {
        let words = run.stderr_tail(2000).unwrap_or_default();
        let last = words
            .lines()
            .last()
            .unwrap_or("the worker ended without a word")
            .to_owned();
        let hint = "It was killed or ran out of memory; try a smaller batch or a shorter maximum length.".to_owned();
        (last, hint)
    });
    RunError::Trial {
        message: message.replace(&format!("{}", folder.display()), "the trial's folder"),
        hint,
    }
}
