//! Which values of a log a report may show: personal data is masked, and what is personal as a whole is left out.

use super::page::escape;
use crate::engine::audit::personal::mask;
use crate::engine::audit::{AuditReport, Value, shortened};
use std::collections::BTreeSet;

/// Longest cell that is written out.
const CELL: usize = 160;

/// Columns with personal data; their values are masked wherever the report shows them.
pub(super) struct Hidden<'a> {
    /// Columns whose texts hold something personal: the rest of the text is shown.
    masked: BTreeSet<&'a str>,
    /// Columns that are personal as a whole, such as names and addresses: nothing is shown.
    closed: BTreeSet<&'a str>,
}

impl<'a> Hidden<'a> {
    pub(super) fn of(report: &'a AuditReport) -> Self {
        let columns = |is_whole: bool| {
            let personal = report.findings.iter().filter(|finding| finding.code.starts_with('P'));
            personal
                .filter(|finding| matches!(finding.code.as_str(), "P07" | "P08") == is_whole)
                .filter_map(|finding| finding.column.as_deref())
                .collect()
        };
        Self {
            masked: columns(false),
            closed: columns(true),
        }
    }

    /// A cell of a column as safe markup.
    pub(super) fn cell(&self, column: &str, value: &Value) -> String {
        match value {
            Value::Null => "<i>null</i>".to_owned(),
            _ if self.closed.contains(column) => "***".to_owned(),
            Value::Text(text) if self.masked.contains(column) => escape(&shortened(&mask(text, &[]), CELL)),
            // A number that is personal as a whole keeps nothing.
            Value::Integer(_) if self.masked.contains(column) => "***".to_owned(),
            other => escape(&shortened(&other.to_string(), CELL)),
        }
    }
}
