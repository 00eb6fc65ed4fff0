//! Requests of the recipe page.

use crate::engine::audit::Finding;
use crate::engine::recipe::Action;
use std::path::PathBuf;

#[derive(Debug)]
pub enum RecipeCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too): apply the recipe.
    Run,
    /// Add the steps all findings of the audit propose.
    Suggest,
    /// Add the steps these findings propose.
    AddFindings(Vec<Finding>),
    AddStep(Action),
    /// Change what a step does; edits of one step in a row are undone together.
    SetAction {
        index: usize,
        action: Action,
    },
    SetEnabled {
        index: usize,
        enabled: bool,
    },
    Move {
        from: usize,
        to: usize,
    },
    Remove(usize),
    Undo,
    Redo,
    /// Show this step's rows in the preview.
    Select(Option<usize>),
    /// Work out what the recipe would do.
    Preview,
    /// Ask where to save the recipe as JSON.
    Export,
    WriteTo(PathBuf),
    /// Ask for a recipe in JSON.
    Import,
    ReadFrom(PathBuf),
}
