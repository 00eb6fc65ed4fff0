//! Requests about the project as a whole.

use std::path::PathBuf;

#[derive(Debug)]
pub enum ProjectCommand {
    /// Opens an existing project folder, or makes one of an empty or new folder.
    Open(PathBuf),
    /// Asks for a folder with the native dialog, then opens it.
    PickFolder,
    /// Asks for one or more log files with the native dialog.
    PickLog,
    /// A project folder or a log: whichever the path is.
    OpenAny(PathBuf),
    /// Logs were dropped or picked: opens them in the open project, or in a new one beside them.
    OpenLogs(Vec<PathBuf>),
    /// Writes the sample shop into a new project folder and opens it; `run_flow` goes on with all stages.
    CreateSample {
        run_flow: bool,
    },
    /// Runs every stage of the open project with its settings, visibly.
    RunFlow,
    StopFlow,
    Close,
    Notice(String),
    DismissNotice,
}
