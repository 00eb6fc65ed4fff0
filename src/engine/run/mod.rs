//! A run: one fine-tuning in its own folder, readable on any machine.
//!
//! In: a `TrainConfig`. Out: `config.json`, `events.jsonl`, `control.json`, checkpoints, the exported model.
//! Invariant: needs neither tensors nor tables; status is computed by replaying events plus liveness, never stored.

pub mod config;
pub mod event;
