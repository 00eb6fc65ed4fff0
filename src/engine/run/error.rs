//! What can go wrong with a run folder, its log, its control file and its worker process.

use std::io;
use std::path::{Path, PathBuf};

/// Errors of the `run` module. The cause of an IO error is its source, not part of the sentence.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("cannot {action} {}", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: io::Error,
    },
    #[error("{} is not a run folder: it has no config.json", path.display())]
    NotARun { path: PathBuf },
    #[error("{}, line {line}, column {column}: {message}", path.display())]
    BadJson {
        path: PathBuf,
        line: usize,
        column: usize,
        message: String,
    },
    #[error("{} already holds a run; resume it or choose another folder", path.display())]
    AlreadyExists { path: PathBuf },
    #[error("the run is being trained by process {pid} already; watch it, or stop it first: {}", path.display())]
    AlreadyRunning { pid: u32, path: PathBuf },
    #[error("no worker is training this run; resume it first: {}", path.display())]
    NotRunning { path: PathBuf },
    #[error("the run is finished; start a new one to train further: {}", path.display())]
    AlreadyFinished { path: PathBuf },
    #[error("cannot find the program to start as a worker")]
    NoProgram { source: io::Error },
    #[error("cannot start the worker {}", program.display())]
    Spawn { program: PathBuf, source: io::Error },
    #[error("process {pid} did not end; end it by hand and resume the run")]
    CannotKill { pid: u32 },
}

impl RunError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    pub(crate) fn json(path: &Path, error: &serde_json::Error) -> Self {
        let full = error.to_string();
        // serde_json appends the place to its sentence; here it stands in front.
        let message = full.split(" at line ").next().unwrap_or(&full).to_owned();
        Self::BadJson {
            path: path.to_owned(),
            line: error.line(),
            column: error.column(),
            message,
        }
    }
}
