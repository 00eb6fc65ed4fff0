//! Why a training or a scoring could not go on, and what to do about it.

use crate::engine::models::ModelError;
use crate::engine::progress::Cancelled;
use crate::engine::run::RunError;
use crate::engine::text::TextError;
use std::path::PathBuf;

/// Errors of `train` and `infer`; `hint` says what the user can do.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("this build has no libtorch, so it can neither train nor score")]
    TorchUnavailable,
    #[error("config.json: {field} {reason}")]
    Config { field: &'static str, reason: String },
    #[error("cannot read {}: {reason}", path.display())]
    Table { path: PathBuf, reason: String },
    #[error("{}: there is no column '{column}'; the columns are {}", path.display(), known.join(", "))]
    MissingColumn {
        path: PathBuf,
        column: String,
        known: Vec<String>,
    },
    #[error("{}, line {line}: label '{column}' is '{value}', expected {expected}", path.display())]
    Label {
        path: PathBuf,
        line: u64,
        column: String,
        value: String,
        expected: &'static str,
    },
    /// The label as a whole does not suit the task.
    #[error("{}: label '{column}' {reason}", path.display())]
    Labels {
        path: PathBuf,
        column: String,
        reason: String,
    },
    #[error("{what}")]
    TooFewRows { what: String },
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Text(#[from] TextError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("{}: {reason}", path.display())]
    Weights { path: PathBuf, reason: String },
    #[error("no CUDA device can be used: {reason}")]
    Device { reason: String },
    #[error("libtorch failed while {during}: {message}")]
    Torch { during: &'static str, message: String },
    #[error("out of memory while {during}: {message}")]
    OutOfMemory { during: &'static str, message: String },
    #[error(
        "the loss is not a number from step {step} on ({batch}: {}); the weights of step {last_good} are kept",
        rows.join(", ")
    )]
    NotFinite {
        step: u64,
        /// `batch 3 of epoch 1`
        batch: String,
        /// `line N` of the rows whose own loss is not a number, or of the whole step; at most eight.
        rows: Vec<String>,
        last_good: u64,
    },
    #[error(
        "the training diverged: {reason}; at step {step} ({batch}: {}); the weights of step {last_good} are kept",
        rows.join(", ")
    )]
    Diverged {
        reason: String,
        step: u64,
        batch: String,
        /// `line N` of the step's rows with the highest loss; at most eight.
        rows: Vec<String>,
        last_good: u64,
    },
    #[error("the disk has no room for the checkpoints: {reason}")]
    NoRoom { reason: String },
    #[error("the checkpoint {} cannot be used: {reason}", path.display())]
    Checkpoint { path: PathBuf, reason: String },
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    /// What the process beside this one answered.
    #[error("{message}")]
    Beside { message: String, hint: String },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

// Without tensors nothing can fail in these ways.
#[cfg_attr(not(feature = "torch"), allow(dead_code))]
impl TrainError {
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    pub(crate) fn config(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Config {
            field,
            reason: reason.into(),
        }
    }

    /// A libtorch message, told apart by its words: it is the only way it reports a lack of memory.
    pub(crate) fn from_torch(during: &'static str, message: &str) -> Self {
        // The first line says what happened; the C++ stack after it helps nobody here.
        let first = message.lines().next().unwrap_or(message).trim().to_owned();
        let lower = message.to_lowercase();
        if [
            "out of memory",
            "can't allocate memory",
            "cannot allocate memory",
            "bad_alloc",
            // Windows' CPU allocator
            "not enough memory",
            // cuBLAS and cuDNN could not make their work space.
            "alloc_failed",
        ]
        .iter()
        .any(|words| lower.contains(words))
        {
            Self::OutOfMemory { during, message: first }
        } else {
            Self::Torch { during, message: first }
        }
    }

    /// The disk (or the user's share of it) has no room for what was to be written.
    pub(crate) fn is_disk_full(&self) -> bool {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        matches!(self, Self::Io { source, .. } if matches!(source.kind(), StorageFull | QuotaExceeded))
    }

    /// What the user can do about it, in one English sentence.
    pub fn hint(&self) -> &str {
        match self {
            Self::TorchUnavailable => "Use a build with the feature `torch`; `touchstone doctor` says what is missing.",
            Self::Config { .. } => "Correct the configuration and start again.",
            Self::Table { .. } => {
                "Check that the file exists and is a table the program can open (try `touchstone ingest`)."
            }
            Self::MissingColumn { .. } => "Choose one of the columns that exist.",
            Self::Label { .. } | Self::Labels { .. } => {
                "Clean the label column, choose another one, or choose the task that suits it: binary for 0/1 or true/false, multiclass for classes, graded for numbers."
            }
            Self::TooFewRows { .. } => "Give more labelled rows, or hold out fewer.",
            Self::Model(_) => "Choose another base model; `touchstone models list` shows the cached ones.",
            Self::Text(_) => "Check the base model's tokenizer files and max_length.",
            Self::Run(_) | Self::Io { .. } => "Check that the disk is writable and not full, then resume.",
            Self::Weights { .. } => "The weight files do not fit config.json; pull or import the model again.",
            Self::Device { .. } => "Choose the CPU, or run `touchstone doctor` to see why CUDA is not there.",
            Self::Torch { .. } => "Resume from the last checkpoint; if it happens again, report the message.",
            Self::OutOfMemory { .. } => {
                "Not even one row fits: close other programs, or start again with a shorter maximum length, adapters (LoRA), gradient checkpointing or a smaller batch."
            }
            Self::NotFinite { .. } => "Lower the learning rate or look at the rows named, then start again.",
            Self::Diverged { .. } => {
                "Lower the learning rate, or lengthen the warm-up; look at the rows named; then start again."
            }
            Self::NoRoom { .. } => "Free disk space or raise checkpoint_budget_mb, then resume.",
            Self::Checkpoint { .. } => "Delete this checkpoint to resume from the one before, or start again.",
            Self::Beside { hint, .. } => hint,
            Self::Cancelled(_) => "Nothing to do: it was cancelled.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lack_of_memory_is_recognised_by_its_words() {
        for message in [
            "CUDA out of memory. Tried to allocate 2.00 GiB",
            "DefaultCPUAllocator: not enough memory: you tried to allocate 8589934592 bytes.",
            "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate(handle)",
            "[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you tried",
        ] {
            let error = TrainError::from_torch("training", message);
            assert!(matches!(error, TrainError::OutOfMemory { .. }), "{error}");
            assert!(error.hint().contains("smaller batch"));
        }
        let other = TrainError::from_torch("training", "shape mismatch\nframe #0: …");
        assert_eq!(other.to_string(), "libtorch failed while training: shape mismatch");
    }
}
