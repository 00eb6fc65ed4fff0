//! Flow: all stages of a project in order, resuming where it stopped.

pub mod sources;
