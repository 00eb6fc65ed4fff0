//! Requests of the compare page.

use crate::gui::state::compare::CompareChoice;

#[derive(Debug)]
pub enum CompareCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too).
    Run,
    /// Keep these settings and compare with them.
    RunWith(Box<CompareChoice>),
}
