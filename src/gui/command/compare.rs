//! Requests of the compare page.

#[derive(Debug)]
pub enum CompareCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too).
    Run,
}
