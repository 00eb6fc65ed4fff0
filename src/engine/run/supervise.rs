//! The owner's side of a run: start its worker, tell it what to do, end it.
//!
//! Invariant: the worker is in a process group of its own, reads nothing from the terminal and writes to a file,
//! so neither closing the window nor Ctrl-C nor a full pipe reaches it.

use super::control::{self, Command, Control};
use super::dir::RunDir;
use super::error::RunError;
use super::liveness::ProcessId;
use super::lock;
use super::now_ms;
use super::status::RunStatus;
use crate::engine::torch_program;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Starts workers: `PROGRAM worker RUN_DIR`.
#[derive(Clone, Debug)]
pub struct Launcher {
    program: PathBuf,
    /// Works off the queue.
    owner: PathBuf,
}

/// A worker this process started. Dropping it leaves the worker alone.
#[derive(Clone, Debug)]
pub struct WorkerHandle {
    pub process: ProcessId,
    exit: Arc<OnceLock<Option<ExitStatus>>>,
}

impl WorkerHandle {
    pub fn has_exited(&self) -> bool {
        self.exit.get().is_some()
    }

    /// How it ended, once it has.
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.exit.get().copied().flatten()
    }
}

impl Launcher {
    /// One program for both.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let program = program.into();
        Self {
            owner: program.clone(),
            program,
        }
    }

    /// Workers are the program beside this one that links libtorch; the queue is this program, or what
    /// `TOUCHSTONE_BIN` names.
    pub fn current() -> Result<Self, RunError> {
        let named = std::env::var_os("TOUCHSTONE_BIN").filter(|name| !name.is_empty());
        let owner = match named {
            Some(program) => PathBuf::from(program),
            None => torch_program::this_program().map_err(|source| RunError::NoProgram { source })?,
        };
        Ok(Self {
            // Without it the program itself says what is missing.
            program: torch_program::find().unwrap_or_else(|| owner.clone()),
            owner,
        })
    }

    /// Starts (or resumes) the training of a run in a detached process.
    ///
    /// The last command is replaced by `continue`. Fails with `AlreadyRunning` while a worker holds the run.
    pub fn start(&self, run: &RunDir) -> Result<WorkerHandle, RunError> {
        lock::check_free(run)?;
        if let Some(worker) = lock::live_worker(run) {
            return Err(RunError::AlreadyRunning {
                pid: worker.pid,
                path: run.path().to_owned(),
            });
        }
        control::send(run, Command::Continue)?;
        let launched_ms = now_ms();
        let child = self.spawn(&[], run)?;
        // Not reaped yet, so its entry in the process table is still its own.
        let process = ProcessId::of(child.id()).unwrap_or(ProcessId {
            pid: child.id(),
            start_secs: 0,
        });
        let handle = WorkerHandle {
            process,
            exit: reap(child),
        };
        lock::write_launch(run, process, launched_ms)?;
        Ok(handle)
    }

    /// The worker's process, with these words before the run folder.
    pub(super) fn spawn(&self, words: &[&str], run: &RunDir) -> Result<Child, RunError> {
        let stderr_path = run.stderr_path();
        let stderr = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&stderr_path)
            .map_err(RunError::io("open", &stderr_path))?;
        let mut command = std::process::Command::new(&self.program);
        command
            .arg("worker")
            .args(words)
            .arg(run.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr);
        detach(&mut command);
        command.spawn().map_err(|source| RunError::Spawn {
            program: self.program.clone(),
            source,
        })
    }

    /// Starts `PROGRAM runs queue work RUNS` in a detached process; it ends with the queue.
    pub(super) fn start_queue(&self, runs: &Path) -> Result<(), RunError> {
        let mut command = std::process::Command::new(&self.owner);
        command
            .args(["runs", "queue", "work"])
            .arg(runs)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        detach(&mut command);
        let child = command.spawn().map_err(|source| RunError::Spawn {
            program: self.owner.clone(),
            source,
        })?;
        reap(child);
        Ok(())
    }

    /// Like [`Self::start`], but refuses a run that is finished.
    pub fn resume(&self, run: &RunDir, status: &RunStatus) -> Result<WorkerHandle, RunError> {
        if *status == RunStatus::Finished {
            return Err(RunError::AlreadyFinished {
                path: run.path().to_owned(),
            });
        }
        self.start(run)
    }
}

/// Asks the worker to hold after its step.
pub fn pause(run: &RunDir) -> Result<Control, RunError> {
    tell(run, Command::Pause)
}

/// Asks a held worker to train on.
pub fn unpause(run: &RunDir) -> Result<Control, RunError> {
    tell(run, Command::Continue)
}

/// Asks the worker to end after its step and keep the best model.
pub fn stop(run: &RunDir) -> Result<Control, RunError> {
    tell(run, Command::Stop)
}

/// Asks the worker for a checkpoint now.
pub fn checkpoint(run: &RunDir) -> Result<Control, RunError> {
    tell(run, Command::Checkpoint)
}

/// Ends the worker without waiting for its step: asks the system politely, and after `grace` not.
///
/// The run counts as crashed then and can be resumed from its last checkpoint. Blocks up to `grace` and two seconds.
pub fn kill(run: &RunDir, grace: Duration) -> Result<(), RunError> {
    let Some(worker) = lock::live_worker(run) else {
        return Err(not_running(run.path()));
    };
    for (force, patience) in [(false, grace), (true, Duration::from_secs(2))] {
        if !worker.signal(force) && !worker.is_alive() {
            return Ok(());
        }
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if !worker.is_alive() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    Err(RunError::CannotKill { pid: worker.pid })
}

fn tell(run: &RunDir, command: Command) -> Result<Control, RunError> {
    if !lock::may_listen(run) {
        return Err(not_running(run.path()));
    }
    control::send(run, command)
}

fn not_running(path: &Path) -> RunError {
    RunError::NotRunning { path: path.to_owned() }
}

#[cfg(unix)]
fn detach(command: &mut std::process::Command) {
    use std::os::unix::process::CommandExt as _;
    // Signals of the terminal (Ctrl-C, hang-up) go to its foreground process group; the worker gets its own.
    command.process_group(0);
}

#[cfg(windows)]
fn detach(command: &mut std::process::Command) {
    use std::os::windows::process::CommandExt as _;
    const DETACHED_PROCESS: u32 = 0x0000_0008;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
}

#[cfg(not(any(unix, windows)))]
fn detach(_command: &mut std::process::Command) {}

/// Waits for the child on a thread of its own, so that it does not stay a zombie while this process lives.
fn reap(mut child: Child) -> Arc<OnceLock<Option<ExitStatus>>> {
    let exit = Arc::new(OnceLock::new());
    let told = Arc::clone(&exit);
    let waiter = std::thread::Builder::new()
        .name("worker-reaper".to_owned())
        .spawn(move || told.set(child.wait().ok()));
    // Without a thread the child is reaped when this process ends; liveness does not count zombies.
    drop(waiter);
    exit
}

#[cfg(all(test, unix))]
#[path = "supervise_tests.rs"]
mod tests;
