//! D03, new or vanished categories.

use super::finding::Told;
use super::{CategoryCount, ColumnDrift};
use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::AuditError;
use crate::engine::audit::cells::ColumnCells;
use crate::engine::audit::finding::Unit;
use crate::engine::audit::personal::mask;
use crate::engine::audit::rule::fact;
use crate::engine::audit::wording::{percent, quoted};
use crate::engine::ingest::dataset::Dataset;
use std::collections::HashSet;

/// Share of rows in new, or formerly in vanished, categories that is worth a warning.
const CATEGORY_LARGE: f64 = 0.01;

/// New or vanished categories (D03)
///
/// ## What it checks
/// Values of a category column that only one of the two logs has. A warning where at least 1 % of the rows hold a
/// new one, or held one that vanished; else a note.
///
/// ## Why it matters
/// A model has learned nothing about a new category; a vanished one is often a renamed one.
///
/// ## Example
/// `electronics.smartphone` vanished and `electronics.phone` is new.
///
/// ## Proposed fix
/// None: map a renamed category with a recipe step.
pub(super) fn categories<'a>(column: &'a ColumnDrift, current: &Dataset) -> Result<Option<Told<'a>>, AuditError> {
    let (new, gone) = (&column.new_categories, &column.vanished_categories);
    if new.is_empty() && gone.is_empty() {
        return Ok(None);
    }
    let share = |found: &[CategoryCount]| found.iter().map(|category| category.share).sum::<f64>();
    let names = |found: &[CategoryCount]| {
        // A value may be somebody's number: the sentence is read by more people than the log.
        let names: Vec<String> = found.iter().map(|category| mask(&category.value, &[])).collect();
        quoted(&names, 5)
    };
    let rows = rows_of(column, current)?;
    let (new_share, gone_share) = (share(new), share(gone));
    let (en, zh) = (
        format!(
            "{} new values in {} of the filled cells ({}); {} of the reference's values are gone, which were {} of it ({}).",
            new.len(),
            percent(new_share),
            names(new),
            gone.len(),
            percent(gone_share),
            names(gone)
        ),
        format!(
            "新增取值 {} 个，占已填单元格 {}（{}）；参考数据中的 {} 个取值消失，原占 {}（{}）。",
            new.len(),
            percent(new_share),
            names(new),
            gone.len(),
            percent(gone_share),
            names(gone)
        ),
    );
    Ok(Some(Told {
        code: "D03",
        severity: if new_share.max(gone_share) >= CATEGORY_LARGE {
            Severity::Warning
        } else {
            Severity::Info
        },
        column: Some(&column.name),
        count: rows.len() as u64,
        unit: Unit::Rows,
        share: Some(rows.len() as f64 / current.num_rows().max(1) as f64),
        title: Bilingual::new(
            format!("{}: {} new, {} vanished values", column.name, new.len(), gone.len()),
            format!("{}：新增 {} 个、消失 {} 个取值", column.name, new.len(), gone.len()),
        ),
        message: Bilingual::new(en, zh),
        why: Bilingual::new(
            "A model has learned nothing about a new category; a vanished one is often a renamed one.",
            "模型对新类别一无所知；消失的类别常常是被改名。",
        ),
        threshold: Bilingual::new("1 % of the rows is a warning.", "占行数 1 % 即为警告。"),
        facts: vec![
            fact("new_share", "share of new values", "新增取值占比", new_share),
            fact("vanished_share", "share of vanished values", "消失取值占比", gone_share),
        ],
        plots: Vec::new(),
        rows,
    }))
}

/// Rows of the current log with a value the reference has not.
fn rows_of(column: &ColumnDrift, current: &Dataset) -> Result<Vec<u32>, AuditError> {
    let place = current.info.columns.iter().position(|info| info.name == column.name);
    let (Some(place), false) = (place, column.new_categories.is_empty()) else {
        return Ok(Vec::new());
    };
    let new: HashSet<&str> = column
        .new_categories
        .iter()
        .map(|category| category.value.as_str())
        .collect();
    let held = ColumnCells::new(current, place)?;
    let cells = held.cells();
    let is_new = |row: &u32| {
        let row = *row as usize;
        match cells.text(row) {
            Some(text) => new.contains(text),
            None => !cells.is_null(row) && new.contains(cells.value(row).to_string().as_str()),
        }
    };
    Ok((0..current.num_rows() as u32).filter(is_new).collect())
}
