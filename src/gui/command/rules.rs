//! Requests of the rules page.

use crate::engine::rules::Rule;
use std::path::PathBuf;

#[derive(Debug)]
pub enum RulesCommand {
    /// Check the project's rules on the open log; nothing where there is none.
    Check,
    /// Look for rules in the open log, and show them.
    Suggest,
    /// Show the suggestions, or the project's rules.
    Show(RulesView),
    /// Add these suggestions (indices) to the project's rules.
    Accept(Vec<usize>),
    Add(Box<Rule>),
    /// Put another rule in the place of `old`.
    Replace {
        index: usize,
        old: Box<Rule>,
        new: Box<Rule>,
    },
    Remove {
        index: usize,
        old: Box<Rule>,
    },
    Undo,
    Redo,
    /// Judge a rule on the open log before it is saved.
    Try(Box<Rule>),
    /// Ask for a rules file.
    Open,
    /// Make the rules of a file the project's.
    ReadFrom(PathBuf),
    /// Ask where to save the rules.
    Save,
    WriteTo(PathBuf),
    /// Read the project's rules file again.
    Reload,
}

/// What the rules page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RulesView {
    #[default]
    Rules,
    Suggestions,
}
