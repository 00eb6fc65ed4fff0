//! Train: a BERT-type encoder with a head, fine-tuned in a worker process.
//!
//! Invariant: with `infer`, the only code that names tensors.
pub mod error;
pub mod worker;
