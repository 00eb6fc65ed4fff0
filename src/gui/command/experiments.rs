//! Requests of the experiments page.

#[derive(Debug)]
pub enum ExperimentsCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too).
    Run,
}
