//! Requests of the features page.

#[derive(Debug)]
pub enum FeaturesCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too).
    Run,
}
