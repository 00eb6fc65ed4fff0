//! A run: one fine-tuning in its own folder, readable on any machine.
//!
//! In: a `TrainConfig`. Out: `config.json`, `events.jsonl`, `control.json`, checkpoints, the exported model.
//! Invariant: needs neither tensors nor tables; status is computed by replaying events plus liveness, never stored.

pub mod about;
pub mod config;
pub mod control;
pub mod diff;
pub mod digest;
pub mod dir;
pub mod error;
pub mod event;
pub mod fork;
pub mod liveness;
pub mod lock;
pub mod log;
pub mod metric;
mod pace;
mod paths;
pub mod queue;
pub mod replay;
pub mod series;
pub mod status;
pub mod supervise;
pub mod task;
pub mod tensorboard;
pub mod trash;
pub mod trial;
pub mod validate;
pub mod watch;

pub use dir::{RunDir, list_runs};
pub use error::RunError;

/// Unix time in milliseconds.
pub fn now_ms() -> u64 {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since_epoch.map_or(0, |age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX))
}
