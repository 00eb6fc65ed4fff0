//! The command line from end to end: exit codes, the names in the JSON results, one file into the next.

mod contract;
mod decisions;
mod endings;
mod experiment;
mod flow;
mod hub;
mod ingest;
mod kept;
mod large;
mod project_rules;
mod report;
mod road;
mod rules;
mod runs;
mod sample_shop;
mod scores;
pub mod training;
