//! Ingest: files in any dialect → `Dataset`, every line accounted for.

pub mod dataset;
