//! Requests of the data page.

#[derive(Debug)]
pub enum DataCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too).
    Run,
    /// Reads these files as the project's log from now on.
    Open(Vec<std::path::PathBuf>),
}
