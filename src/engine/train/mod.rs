//! Train: a BERT-type encoder with a head, fine-tuned in a worker process.
//!
//! In: a `TrainConfig` in a run folder, a base-model folder, labelled rows. Out: events, checkpoints, an
//! exported model in Hugging Face layout. Invariants: with `infer`, the only code that names tensors; every
//! random draw is a pure function of (seed, epoch, step, stream), so a resumed run on the CPU ends with
//! bit-identical weights.

pub mod batches;
pub mod card;
pub mod categories;
pub mod cost;
pub mod data;
pub mod divergence;
pub mod energy;
pub mod error;
pub mod evidence;
pub mod faults;
pub mod hardware;
pub mod host;
pub mod inputs;
pub mod memory;
mod monitor;
pub mod origin;
pub mod own_table;
pub mod readme;
pub mod run_host;
pub mod schedule;
pub mod state;
pub mod table;
pub mod tasks;
pub mod validate;

#[cfg(feature = "torch")]
pub(crate) mod backend;
#[cfg(feature = "torch")]
pub use backend::{device, trial, worker};

pub use card::ModelCard;
pub use error::TrainError;
