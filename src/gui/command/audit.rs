//! Requests of the audit page.

use crate::engine::audit::row_view::RowQuery;
use std::path::PathBuf;
use std::sync::Arc;

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
    /// Accept a finding (index into the report) as it is, with a reason; kept in the project.
    Accept {
        finding: usize,
        reason: String,
        who: String,
    },
    /// Take an acceptance back.
    TakeBack { code: String, column: Option<String> },
    /// Choose and order the rows behind a finding (index into the report).
    ArrangeRows { finding: usize, query: RowQuery },
    /// Work out what the repair of a finding (index into the report) does.
    PreviewRepair(usize),
    /// Ask where to write these rows of the log.
    ExportRows {
        /// Suggested name without ending.
        name: String,
        rows: Arc<Vec<u32>>,
    },
    /// Write these rows of the log as CSV.
    WriteRows { rows: Arc<Vec<u32>>, path: PathBuf },
}
