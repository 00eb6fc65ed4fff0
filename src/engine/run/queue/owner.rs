//! The owner of a queue: starts its runs one after the other.

use super::{Claim, RunQueue, edit, open_lock, read};
use crate::engine::run::dir::{RunDir, list_runs};
use crate::engine::run::error::RunError;
use crate::engine::run::lock;
use crate::engine::run::now_ms;
use crate::engine::run::supervise::Launcher;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

/// What an owner does next.
enum Next {
    /// A run is under way, its own or another of this folder.
    Wait,
    Start(RunDir),
    /// The run that was taken has ended, or cannot be started.
    Clear(Option<String>),
    End,
}

/// Makes this process the owner and works until nothing is left; false if another process is the owner already.
/// `rest` is the time between two looks.
pub fn work(runs: &Path, launcher: &Launcher, rest: Duration) -> Result<bool, RunError> {
    let Some(_lock) = try_own(runs)? else { return Ok(false) };
    loop {
        match next(runs)? {
            Next::End => return Ok(true),
            Next::Wait => std::thread::sleep(rest),
            Next::Start(run) => match launcher.start(&run) {
                // Somebody else started it by hand in this moment: that is as good.
                Ok(_) | Err(RunError::AlreadyRunning { .. }) => std::thread::sleep(rest),
                Err(error) => clear(runs, Some(format!("{}: {error}", run.id())))?,
            },
            Next::Clear(problem) => clear(runs, problem)?,
        }
    }
}

/// Starts an owner process if there is work and nobody to do it. Cheap where there is none: one small file is read.
pub fn ensure_owner(runs: &Path, launcher: &Launcher) -> Result<(), RunError> {
    if !read(runs)?.has_work() || has_owner(runs) {
        return Ok(());
    }
    launcher.start_queue(runs)
}

/// True while a process owns the queue.
pub fn has_owner(runs: &Path) -> bool {
    matches!(try_own(runs), Ok(None))
}

fn next(runs: &Path) -> Result<Next, RunError> {
    let queue = read(runs)?;
    if let Some(claim) = &queue.current {
        return Ok(after_claim(runs, claim));
    }
    if !queue.has_work() {
        return Ok(Next::End);
    }
    if list_runs(runs)?.iter().any(|run| lock::live_worker(run).is_some()) {
        return Ok(Next::Wait);
    }
    let claimed = edit(runs, |queue| {
        claim(queue);
        Ok(())
    })?;
    Ok(claimed.current.map_or(Next::Wait, |claim| after_claim(runs, &claim)))
}

fn claim(queue: &mut RunQueue) {
    if queue.held || queue.waiting.is_empty() || queue.current.is_some() {
        return;
    }
    queue.current = Some(Claim {
        run_id: queue.waiting.remove(0),
        claimed_ms: now_ms(),
    });
}

/// A claimed run is started once: a launch since the claim was for it, whoever made it.
fn after_claim(runs: &Path, claim: &Claim) -> Next {
    let run = match RunDir::open(&runs.join(&claim.run_id)) {
        Ok(run) => run,
        Err(error) => return Next::Clear(Some(error.to_string())),
    };
    if lock::live_worker(&run).is_some() {
        return Next::Wait;
    }
    let launched = [lock::read_launch(&run), lock::read_worker(&run)];
    let since_claim = launched
        .iter()
        .flatten()
        .any(|record| record.launched_ms >= claim.claimed_ms);
    if since_claim {
        Next::Clear(None)
    } else {
        Next::Start(run)
    }
}

fn clear(runs: &Path, problem: Option<String>) -> Result<(), RunError> {
    edit(runs, |queue| {
        queue.current = None;
        if let Some(problem) = problem {
            queue.complain(problem);
        }
        Ok(())
    })
    .map(drop)
}

/// The owner's lock, `None` while another process holds it.
fn try_own(runs: &Path) -> Result<Option<File>, RunError> {
    let path = runs.join(".queue.owner");
    let file = open_lock(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        // Without locks the claim in the file and the worker's records are what is left.
        Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => Ok(Some(file)),
        Err(TryLockError::Error(error)) => Err(RunError::io("lock", &path)(error)),
    }
}
