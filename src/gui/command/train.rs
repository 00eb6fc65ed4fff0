//! Requests of the train page.

#[derive(Debug)]
pub enum TrainCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too).
    Run,
}
