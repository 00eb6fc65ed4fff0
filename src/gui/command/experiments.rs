//! Requests of the experiments page.

use crate::engine::experiment::{Design, ExperimentConfig};
use std::path::PathBuf;

#[derive(Debug)]
pub enum ExperimentsCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too).
    Run,
    /// Keep these settings and read the log with them.
    RunWith(Box<ExperimentConfig>),
    /// Asks for the experiment log with the native dialog.
    PickFiles,
    /// Reads these files as the experiment log, with settings guessed from their columns.
    OpenFiles(Vec<PathBuf>),
    /// Answers the planner's question.
    Plan(Design),
    /// Asks where to save the report as JSON.
    Export,
    ExportTo(PathBuf),
}
