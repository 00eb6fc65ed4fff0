//! Base models: Hugging Face BERT folders in a cache shared by all projects.
//!
//! In: a catalogue name, a repository of the hub or a folder. Out: a folder checked to hold a model this program can fine-tune.
//! Invariant: a name under the cache's `models/` is either absent or complete (written aside, then renamed).

mod bert_config;
mod cache;
mod card_facts;
mod catalogue;
mod download;
mod family;
mod hub;
mod import;
mod pull;

pub use bert_config::{Activation, BertConfig};
pub use cache::{BaseModel, absent, cache_root, list, models_dir, resolve};
pub use catalogue::{CATALOGUE, PinnedModel, pinned};
pub use family::Family;
pub use hub::{KNOWN, KnownModel, Source};
pub use import::{import, inspect, sha256_of_file, weight_files};
pub use pull::{PullOptions, Pulled, pull};

use std::path::PathBuf;

/// The files of a tokenizer in a model's folder; none has all of them.
pub const TOKENIZER_FILES: [&str; 7] = [
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "added_tokens.json",
];

/// Why a base model cannot be had or used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error(
        "'{name}' is neither a model folder nor a model in the cache; known names: {known}. \
         Run `touchstone models pull NAME` (of any other model of the Hugging Face hub: `pull OWNER/REPO`), \
         or give the path of a Hugging Face BERT folder"
    )]
    Unknown { name: String, known: String },
    #[error("base model '{name}' is not in the cache yet; run `touchstone models pull {name}`")]
    NotCached { name: String },
    #[error("{} holds no {file}; a model folder needs config.json, model.safetensors and tokenizer.json (or vocab.txt)", dir.display())]
    MissingFile { dir: PathBuf, file: String },
    #[error("{}: {reason}", path.display())]
    BadFile { path: PathBuf, reason: String },
    #[error("the model in {} cannot be used: {reason}", dir.display())]
    Unsupported { dir: PathBuf, reason: String },
    #[error("{} has SHA-256 {found}, expected {expected}; the file is damaged or another model, so it was not kept", path.display())]
    HashMismatch {
        path: PathBuf,
        expected: String,
        found: String,
    },
    #[error("'{name}' is no name for a cached model; use letters, digits, '-', '_' and '.'")]
    BadName { name: String },
    #[error("'{name}' is already in the cache at {}; choose another name", dir.display())]
    NameTaken { name: String, dir: PathBuf },
    #[error("no source had model '{name}': {}", attempts.join("; "))]
    NoSource { name: String, attempts: Vec<String> },
    #[error("'{hub}' cannot be pulled: {reason}")]
    Hub { hub: String, reason: String },
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        action: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Cancelled(#[from] crate::engine::progress::Cancelled),
}

impl ModelError {
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}
