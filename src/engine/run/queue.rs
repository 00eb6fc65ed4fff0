//! Runs that wait for their turn: one at a time, also after the window is closed.
//!
//! `queue.json` in the folder of runs holds the order; every change is made under `.queue.edit`, a lock held for the
//! moment. Whoever holds `.queue.owner` takes the next run: usually `touchstone runs queue work`, a small process that
//! ends with the queue. Invariants: a run is claimed in the file before it is started, so a killed owner loses none and
//! no run is started twice; the worker's own lock is the last word.

mod owner;

pub use owner::{ensure_owner, has_owner, work};

use super::dir::{RunDir, write_atomic};
use super::error::RunError;
use super::now_ms;
use super::watch::RunWatch;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

/// The content of `queue.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunQueue {
    /// Ids in order; the first is started next.
    pub waiting: Vec<String>,
    /// The run that was taken and has not ended yet.
    pub current: Option<Claim>,
    /// Nothing more is started until it is released.
    pub held: bool,
    /// Why runs could not be started, the latest last.
    pub problems: Vec<String>,
}

/// A run that an owner of the queue took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    pub run_id: String,
    /// Unix time in milliseconds; a worker launched later was started for it.
    pub claimed_ms: u64,
}

const MOST_PROBLEMS: usize = 20;

impl RunQueue {
    /// Place of a waiting run, from 1.
    pub fn place(&self, run_id: &str) -> Option<usize> {
        self.waiting
            .iter()
            .position(|waiting| waiting == run_id)
            .map(|at| at + 1)
    }

    /// Something is left to start or to wait for.
    fn has_work(&self) -> bool {
        self.current.is_some() || (!self.held && !self.waiting.is_empty())
    }

    fn complain(&mut self, problem: String) {
        self.problems.push(problem);
        let surplus = self.problems.len().saturating_sub(MOST_PROBLEMS);
        self.problems.drain(..surplus);
    }
}

/// The queue of the folder `runs`; empty where there is none.
pub fn read(runs: &Path) -> Result<RunQueue, RunError> {
    let path = file(runs);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| RunError::json(&path, &error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(RunQueue::default()),
        Err(error) => Err(RunError::io("read", &path)(error)),
    }
}

/// Puts a run at the end of the queue. One that waits already keeps its place.
///
/// # Errors
/// `CannotQueue` for a run that is under way or finished.
pub fn add(run: &RunDir) -> Result<RunQueue, RunError> {
    let mut watch = RunWatch::open(run.clone())?;
    watch.catch_up(now_ms())?;
    if !watch.status().can_start() {
        return Err(RunError::CannotQueue {
            run_id: run.id(),
            status: watch.status().name(),
        });
    }
    let run_id = run.id();
    edit(&run.runs_dir(), |queue| {
        if queue.place(&run_id).is_none() {
            queue.waiting.push(run_id);
        }
        Ok(())
    })
}

/// Takes a waiting run out of the queue; the run itself stays as it is.
pub fn remove(runs: &Path, run_id: &str) -> Result<RunQueue, RunError> {
    edit(runs, |queue| {
        let at = place_of(queue, run_id)?;
        queue.waiting.remove(at);
        Ok(())
    })
}

/// Moves a waiting run to another place, counted from 1; beyond the end means last.
pub fn move_to(runs: &Path, run_id: &str, place: usize) -> Result<RunQueue, RunError> {
    edit(runs, |queue| {
        let at = place_of(queue, run_id)?;
        let moved = queue.waiting.remove(at);
        let target = place.saturating_sub(1).min(queue.waiting.len());
        queue.waiting.insert(target, moved);
        Ok(())
    })
}

/// Holds the queue (the run under way goes on), or lets it go on.
pub fn hold(runs: &Path, held: bool) -> Result<RunQueue, RunError> {
    edit(runs, |queue| {
        queue.held = held;
        Ok(())
    })
}

/// Forgets runs that are not there any more, and what went wrong earlier.
pub fn tidy(runs: &Path) -> Result<RunQueue, RunError> {
    edit(runs, |queue| {
        queue.problems.clear();
        queue.waiting.retain(|run_id| RunDir::open(&runs.join(run_id)).is_ok());
        Ok(())
    })
}

fn place_of(queue: &RunQueue, run_id: &str) -> Result<usize, RunError> {
    let at = queue.waiting.iter().position(|waiting| waiting == run_id);
    at.ok_or_else(|| RunError::NotQueued {
        run_id: run_id.to_owned(),
    })
}

/// Reads, changes and writes the queue while nobody else does.
fn edit(runs: &Path, change: impl FnOnce(&mut RunQueue) -> Result<(), RunError>) -> Result<RunQueue, RunError> {
    std::fs::create_dir_all(runs).map_err(RunError::io("create", runs))?;
    let _lock = wait_for_lock(&runs.join(".queue.edit"))?;
    let mut queue = read(runs)?;
    let before = queue.clone();
    change(&mut queue)?;
    if queue != before {
        let path = file(runs);
        let json = serde_json::to_vec_pretty(&queue).map_err(|error| RunError::json(&path, &error))?;
        write_atomic(&path, &json)?;
    }
    Ok(queue)
}

fn file(runs: &Path) -> PathBuf {
    runs.join("queue.json")
}

fn open_lock(path: &Path) -> Result<File, RunError> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(RunError::io("open", path))
}

/// Locks a file; a file system without locks does without.
fn wait_for_lock(path: &Path) -> Result<File, RunError> {
    let file = open_lock(path)?;
    match file.lock() {
        Err(error) if error.kind() != std::io::ErrorKind::Unsupported => Err(RunError::io("lock", path)(error)),
        _ => Ok(file),
    }
}

#[cfg(test)]
#[path = "queue/tests.rs"]
mod tests;
