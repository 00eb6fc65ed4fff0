//! Requests of the audit page.

use std::path::PathBuf;

#[derive(Debug)]
pub enum AuditCommand {
    /// Do this stage with what is chosen, or its defaults (the flow sends it too).
    Run,
    /// Compute the association of every pair of columns.
    Associate,
    /// Tokenize the texts of a column with a base model's tokenizer.
    CountTokens {
        column: String,
        model: String,
        max_length: usize,
    },
    /// Add the fixes of these findings (indices into the report) to the recipe.
    AddFixes(Vec<usize>),
    /// Ask where to write the report.
    Export,
    /// Write the report: `.json` as JSON, anything else as HTML.
    WriteReport(PathBuf),
}
