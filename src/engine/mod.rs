//! The engine computes. Artefacts go in, artefacts come out, in the order of the flow.
//!
//! Invariant: nothing in here names the window toolkit, prints, or parses arguments. A stage
//! imports only the stages above it in this list and the foundations at the top.

pub mod artifact;
pub mod memory;
pub mod progress;
pub mod project;
pub mod random;
pub mod torch_program;

pub mod doctor;

pub mod run;

pub mod sample;

pub mod ingest;

pub mod audit;

pub mod recipe;

pub mod rules;

pub mod features;

pub mod models;

pub mod text;

pub mod train;

pub mod infer;

pub mod eval;

pub mod compare;

pub mod experiment;

pub mod flow;

pub mod report;
