//! Carries out the requests of the compare page.

use super::ApplyContext;
use crate::gui::command::compare::CompareCommand;

pub fn apply(command: CompareCommand, _cx: &mut ApplyContext<'_>) {
    match command {
        CompareCommand::Run => {}
    }
}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(_cx: &mut ApplyContext<'_>) {}
