//! Touchstone: from a behaviour log to a fine-tuned, evaluated model and a read A/B test.
//!
//! One artefact an arrow:
//!
//! ```text
//! CSV ─ingest→ Dataset ─audit→ AuditReport ─recipe→ Recipe ─apply→ CleanDataset ─features→ FeatureSet
//!     ─train→ Run ─→ Model ─eval→ Evaluation ─compare→ Comparison
//! Experiment log ─experiment→ ExperimentReport
//! ```
//!
//! Dependency rule: `main → cli → engine`, `cli → gui` only to start it, `gui → engine`. A test enforces it.

pub mod cli;
pub mod engine;
#[cfg(feature = "gui")]
pub mod gui;

#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: engine::memory::SpillingAllocator = engine::memory::SpillingAllocator;
