//! Requests of the evaluate page.

#[derive(Debug)]
pub enum EvaluateCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too).
    Run,
}
