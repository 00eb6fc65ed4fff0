//! Carries out the requests of the data page.

use super::ApplyContext;
use crate::gui::command::data::DataCommand;

pub fn apply(command: DataCommand, _cx: &mut ApplyContext<'_>) {
    match command {
        DataCommand::Run | DataCommand::Open(_) => {}
    }
}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(_cx: &mut ApplyContext<'_>) {}
