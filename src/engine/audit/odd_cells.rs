//! Cells of one column that share a defect: the evidence most checks of values have.
//!
//! In: a column and which of its distinct values (or rows) are odd. Out: `OddCells` inside a finding.
//! Invariant: `count` counts rows, and every one of them is behind the finding.

use super::context::ColumnContext;
use super::distinct::NULL;
use super::finding::{Dimension, Finding};
use super::fix::Fix;
use super::personal;
use super::plot::FindingPlot;
use super::plots::over_time;
use super::rule::{Extent, Violation, finding};
use super::value_plot::{raw_plot, values_plot};
use super::wording::{percent, quoted, shortened, thousands};
use crate::engine::artifact::{Bilingual, ColumnType, Severity};

/// A step that lists more values than this could not be read by a person.
const MOST_LISTED: usize = 200;
/// Characters of a value shown in a sentence.
const SAMPLE_CHARACTERS: usize = 32;

#[derive(Clone, Debug)]
pub struct OddCells {
    pub column: String,
    pub count: u64,
    pub filled: u64,
    /// The odd values, each once, in order of first appearance; empty where they are too many to list.
    values: Vec<String>,
    samples: Vec<String>,
    is_text: bool,
    pub plots: Vec<FindingPlot>,
}

impl OddCells {
    /// `37 of 2,500 filled cells of city (1.5 %) hold a placeholder: “unknown”, “?”.`
    pub fn sentence(&self, en: &str, zh: &str) -> Bilingual {
        let (column, count, filled) = (&self.column, thousands(self.count), thousands(self.filled));
        let share = percent(self.count as f64 / self.filled.max(1) as f64);
        let samples = quoted(&self.samples, 3);
        Bilingual::new(
            format!("{count} of {filled} filled cells of {column} ({share}) {en}: {samples}."),
            format!("{column} 的 {filled} 个已填单元格中有 {count} 个（{share}）{zh}：{samples}。"),
        )
    }

    /// The same without showing any value, for cells that nobody should read.
    pub fn closed_sentence(&self, en: &str, zh: &str) -> Bilingual {
        let (column, count, filled) = (&self.column, thousands(self.count), thousands(self.filled));
        let share = percent(self.count as f64 / self.filled.max(1) as f64);
        Bilingual::new(
            format!("{count} of {filled} filled cells of {column} ({share}) {en}."),
            format!("{column} 的 {filled} 个已填单元格中有 {count} 个（{share}）{zh}。"),
        )
    }

    /// `Control characters in note`.
    pub fn title(&self, name: (&str, &str)) -> Bilingual {
        let column = &self.column;
        Bilingual::new(format!("{} in {column}", name.0), format!("{column}：{}", name.1))
    }

    /// Empties the odd cells, where they are few enough to be listed.
    pub fn emptied(&self) -> Option<(Fix, Bilingual)> {
        if !self.is_text || self.values.is_empty() {
            return None;
        }
        let fix = Fix::MapValues {
            column: self.column.clone(),
            mapping: self.values.iter().map(|value| (value.clone(), None)).collect(),
        };
        Some((fix, Bilingual::new("Empty these cells", "清空这些单元格")))
    }
}

/// A value as a sentence may show it: what is personal in it stays hidden.
pub(super) fn sample(value: &str) -> String {
    shortened(&personal::mask(value, &[]), SAMPLE_CHARACTERS)
}

/// The finding of a column whose flagged distinct values are odd; none if no value is flagged.
pub fn odd_values<V: Violation>(
    column: &ColumnContext<'_>,
    flagged: &[bool],
    severity: Severity,
    make: impl FnOnce(OddCells) -> V,
) -> Vec<Finding> {
    if !flagged.contains(&true) {
        return Vec::new();
    }
    odd_rows(column, column.distinct.rows_where(flagged), severity, make)
}

/// The finding of a column some rows of which hold odd cells; none without rows.
pub fn odd_rows<V: Violation>(
    column: &ColumnContext<'_>,
    rows: Vec<u32>,
    severity: Severity,
    make: impl FnOnce(OddCells) -> V,
) -> Vec<Finding> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut odd = vec![0_u32; column.distinct.num_values()];
    let mut values = Vec::new();
    for &row in &rows {
        let code = column.distinct.codes[row as usize];
        if code == NULL {
            continue;
        }
        odd[code as usize] += 1;
        if odd[code as usize] == 1 && values.len() <= MOST_LISTED {
            values.push(column.value_of(code as usize).to_string());
        }
    }
    // Personal values are not put on the axis of a plot.
    let by_value = (V::INFO.dimension != Dimension::Privacy).then(|| values_plot(column, &odd));
    let samples = values.iter().take(4).map(|value| sample(value));
    let violation = make(OddCells {
        column: column.info.name.clone(),
        count: rows.len() as u64,
        filled: column.distinct.num_filled(),
        samples: samples.collect(),
        values: if values.len() <= MOST_LISTED {
            values
        } else {
            Vec::new()
        },
        is_text: column.info.dtype == ColumnType::Text,
        plots: by_value
            .flatten()
            .into_iter()
            .chain(over_time(column.context, &rows))
            .collect(),
    });
    let extent = Extent::of_rows(severity, Some(&column.info.name), rows, column.num_rows());
    vec![finding(column.context, &violation, extent)]
}

/// The finding of raw texts the reader could not parse; their cells are empty in the table.
pub fn odd_raw<V: Violation>(
    column: &ColumnContext<'_>,
    cells: &[(u32, &str)],
    severity: Severity,
    make: impl FnOnce(OddCells) -> V,
) -> Vec<Finding> {
    if cells.is_empty() {
        return Vec::new();
    }
    let mut samples: Vec<String> = Vec::new();
    for (_, raw) in cells {
        let text = sample(raw);
        if samples.len() < 4 && !samples.contains(&text) {
            samples.push(text);
        }
    }
    let rows: Vec<u32> = cells.iter().map(|(row, _)| *row).collect();
    let violation = make(OddCells {
        column: column.info.name.clone(),
        count: rows.len() as u64,
        filled: column.distinct.num_filled() + column.info.invalid,
        samples,
        values: Vec::new(),
        is_text: false,
        plots: raw_plot(&column.info.name, cells)
            .into_iter()
            .chain(over_time(column.context, &rows))
            .collect(),
    });
    let extent = Extent::of_rows(severity, Some(&column.info.name), rows, column.num_rows());
    vec![finding(column.context, &violation, extent)]
}
