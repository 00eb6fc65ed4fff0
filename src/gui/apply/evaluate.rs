//! Carries out the requests of the evaluate page.

use super::ApplyContext;
use crate::gui::command::evaluate::EvaluateCommand;

pub fn apply(command: EvaluateCommand, _cx: &mut ApplyContext<'_>) {
    match command {
        EvaluateCommand::Run => {}
    }
}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(_cx: &mut ApplyContext<'_>) {}
