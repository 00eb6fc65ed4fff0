//! Train: a BERT-type encoder with a head, fine-tuned in a worker process.
//!
//! In: a `TrainConfig` in a run folder, a base-model folder, labelled rows. Out: events, checkpoints, an
//! exported model in Hugging Face layout. Invariants: with `infer`, the only code that names tensors; every
//! random draw is a pure function of (seed, epoch, step, stream), so a resumed run on the CPU ends with
//! bit-identical weights.

pub mod batches;
pub mod card;
pub mod cost;
pub mod data;
pub mod energy;
pub mod error;
pub mod hardware;
pub mod host;
mod monitor;
pub mod origin;
pub mod readme;
pub mod run_host;
pub mod schedule;
pub mod state;
pub mod table;
pub mod validate;

#[cfg(feature = "torch")]
pub(crate) mod backend;
#[cfg(feature = "torch")]
pub use backend::{device, worker};

#[cfg(not(feature = "torch"))]
mod unavailable;
#[cfg(not(feature = "torch"))]
pub use unavailable::{device, worker};

pub use card::ModelCard;
pub use error::TrainError;
