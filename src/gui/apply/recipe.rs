//! Carries out the requests of the recipe page.

use super::ApplyContext;
use crate::gui::command::recipe::RecipeCommand;

pub fn apply(command: RecipeCommand, _cx: &mut ApplyContext<'_>) {
    match command {
        RecipeCommand::Run => {}
    }
}

/// Reads what the project that was just opened holds of this stage.
pub fn restore(_cx: &mut ApplyContext<'_>) {}
