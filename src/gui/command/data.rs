//! Requests of the data page.

use crate::engine::artifact::Role;
use crate::engine::ingest::ReadOptions;
use std::path::PathBuf;

#[derive(Debug)]
pub enum DataCommand {
    /// Reads the project's log with its settings (the flow sends it too).
    Run,
    /// Reads these files as the project's log from now on.
    Open(Vec<PathBuf>),
    /// Asks for files with the native dialog.
    Pick,
    /// Uses this file as the item table from now on.
    SetItems(PathBuf),
    PickItems,
    SetRole {
        column: String,
        role: Role,
    },
    /// Reads again with other overrides.
    SetOptions(Box<ReadOptions>),
    /// Reads the first rows with what is tried, or as the log is read.
    Preview,
    /// Tries other overrides on the first rows.
    Try(Box<ReadOptions>),
    /// Tries what is found without any override.
    TryAsFound,
    /// Forgets what was tried.
    DropTrial,
    /// Reads the whole log with what was tried.
    ApplyTrial,
}
