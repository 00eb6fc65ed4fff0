//! Rows of the log that share a defect: the evidence of most checks that look at more than one column.
//!
//! In: rows, and how many rows the defect could have concerned. Out: `OddRows` inside a finding.
//! Invariant: `count` is the number of rows behind the finding.

use super::context::Context;
use super::finding::{Fact, Finding};
use super::plot::FindingPlot;
use super::plots::{over_time, part_of};
use super::rule::{Extent, Outcome, Violation, finding};
use super::wording::{percent, thousands};
use crate::engine::artifact::{Bilingual, Severity};

#[derive(Clone, Debug, Default)]
pub struct OddRows {
    pub count: u64,
    /// Rows that could have the defect.
    pub of: u64,
    pub facts: Vec<Fact>,
    pub plots: Vec<FindingPlot>,
}

/// What is counted: English plural, Chinese noun, Chinese measure word.
pub type Counted = (&'static str, &'static str, &'static str);

impl OddRows {
    /// `37 of 912 reviews (4.1 %) have no purchase before them.`
    pub fn sentence(&self, (en, zh, measure): Counted, what_en: &str, what_zh: &str) -> Bilingual {
        let (count, of) = (thousands(self.count), thousands(self.of));
        let share = percent(self.count as f64 / self.of.max(1) as f64);
        Bilingual::new(
            format!("{count} of {of} {en} ({share}) {what_en}."),
            format!("{of} {measure}{zh}中有 {count} {measure}（{share}）{what_zh}。"),
        )
    }
}

/// The outcome of a check that found `rows`, in any order; passed without rows.
pub fn odd_log_rows<V: Violation>(
    context: &Context<'_>,
    (mut rows, of): (Vec<u32>, u64),
    column: Option<&str>,
    severity: Severity,
    make: impl FnOnce(OddRows) -> V,
) -> Outcome {
    if rows.is_empty() {
        return Outcome::Checked(Vec::new());
    }
    rows.sort_unstable();
    Outcome::Checked(vec![found(context, (rows, of), column, severity, make)])
}

fn found<V: Violation>(
    context: &Context<'_>,
    (rows, of): (Vec<u32>, u64),
    column: Option<&str>,
    severity: Severity,
    make: impl FnOnce(OddRows) -> V,
) -> Finding {
    let violation = make(OddRows {
        count: rows.len() as u64,
        of,
        facts: Vec::new(),
        plots: over_time(context, &rows)
            .or_else(|| part_of(rows.len() as u64, of))
            .into_iter()
            .collect(),
    });
    let extent = Extent::of_rows(severity, column, rows, context.num_rows());
    finding(context, &violation, extent)
}
