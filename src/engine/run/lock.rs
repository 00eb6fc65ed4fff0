//! One worker a run: an operating-system lock, and beside it who holds it.
//!
//! `worker.lock` carries the lock (released by the system when the process dies, however it dies),
//! `worker.json` says which process holds it, `launch.json` which process the owner started last.
//! Invariant: `worker.json` is written only by the holder of the lock, `launch.json` only by the owner.

use super::dir::{RunDir, write_atomic};
use super::error::RunError;
use super::liveness::{ProcessId, host_name};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// A process and when and where it was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkerRecord {
    #[serde(flatten)]
    pub process: ProcessId,
    pub host: String,
    /// Unix time in milliseconds.
    pub launched_ms: u64,
}

/// Held by the worker for as long as it trains the run.
#[derive(Debug)]
pub struct WorkerLock {
    _file: File,
}

impl WorkerLock {
    /// Makes this process the run's worker, or fails with `AlreadyRunning`.
    pub fn acquire(run: &RunDir, now_ms: u64) -> Result<Self, RunError> {
        let file = try_lock(run)?;
        let record = WorkerRecord {
            process: ProcessId::current(),
            host: host_name().to_owned(),
            launched_ms: now_ms,
        };
        write_record(&worker_path(run), &record)?;
        Ok(Self { _file: file })
    }
}

/// Fails with `AlreadyRunning` if a worker holds the run; holds nothing itself afterwards.
pub(crate) fn check_free(run: &RunDir) -> Result<(), RunError> {
    try_lock(run).map(drop)
}

/// Who holds, or held last, the lock.
pub(crate) fn read_worker(run: &RunDir) -> Option<WorkerRecord> {
    read_record(&worker_path(run))
}

/// Whom the owner started last.
pub(crate) fn read_launch(run: &RunDir) -> Option<WorkerRecord> {
    read_record(&launch_path(run))
}

pub(crate) fn write_launch(run: &RunDir, process: ProcessId, now_ms: u64) -> Result<(), RunError> {
    let record = WorkerRecord {
        process,
        host: host_name().to_owned(),
        launched_ms: now_ms,
    };
    write_record(&launch_path(run), &record)
}

/// The worker of this machine that trains the run now, or one that was just launched.
pub(crate) fn live_worker(run: &RunDir) -> Option<ProcessId> {
    let host = host_name();
    [read_worker(run), read_launch(run)]
        .into_iter()
        .flatten()
        .find(|record| record.host == host && record.process.is_alive())
        .map(|record| record.process)
}

/// Somebody may read a command: a live worker here, or one on another machine, which cannot be asked.
pub(crate) fn may_listen(run: &RunDir) -> bool {
    let host = host_name();
    live_worker(run).is_some() || read_worker(run).is_some_and(|record| record.host != host)
}

fn try_lock(run: &RunDir) -> Result<File, RunError> {
    let path = run.path().join("worker.lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(RunError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(already_running(run)),
        // A file system without locks (some network shares): who is alive decides.
        Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => match live_worker(run) {
            Some(worker) if worker.pid != std::process::id() => Err(already_running(run)),
            _ => Ok(file),
        },
        Err(TryLockError::Error(error)) => Err(RunError::io("lock", &path)(error)),
    }
}

fn already_running(run: &RunDir) -> RunError {
    RunError::AlreadyRunning {
        pid: read_worker(run).map_or(0, |record| record.process.pid),
        path: run.path().to_owned(),
    }
}

fn worker_path(run: &RunDir) -> PathBuf {
    run.path().join("worker.json")
}

fn launch_path(run: &RunDir) -> PathBuf {
    run.path().join("launch.json")
}

fn write_record(path: &Path, record: &WorkerRecord) -> Result<(), RunError> {
    let json = serde_json::to_vec(record).map_err(|error| RunError::json(path, &error))?;
    write_atomic(path, &json)
}

/// A missing or unreadable record is no record: then the log's own `started` event decides.
fn read_record(path: &Path) -> Option<WorkerRecord> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run::config::TrainConfig;

    #[test]
    fn a_second_worker_is_refused_until_the_first_is_gone() {
        let folder = tempfile::tempdir().expect("temp dir");
        let run = RunDir::create_at(folder.path(), &TrainConfig::default()).expect("create");
        assert_eq!(live_worker(&run), None);
        let first = WorkerLock::acquire(&run, 5).expect("free");
        let refused = WorkerLock::acquire(&run, 6).expect_err("held");
        assert!(
            matches!(refused, RunError::AlreadyRunning { pid, .. } if pid == std::process::id()),
            "{refused}"
        );
        assert!(check_free(&run).is_err());
        assert!(run.clone().delete(&folder.path().join("trash")).is_err());
        assert_eq!(read_worker(&run).map(|record| record.launched_ms), Some(5));
        drop(first);
        WorkerLock::acquire(&run, 7).expect("free again");
    }
}
