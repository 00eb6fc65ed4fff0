//! Requests of the evaluate page.

use crate::gui::state::evaluate::EvaluateChoice;

#[derive(Debug)]
pub enum EvaluateCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too).
    Run,
    /// Keep these settings and evaluate with them.
    RunWith(Box<EvaluateChoice>),
}
