//! D04, changed columns.

use super::ColumnDrift;
use super::finding::Told;
use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::finding::Unit;
use crate::engine::ingest::dataset::Dataset;

/// Changed columns (D04)
///
/// ## What it checks
/// Columns that only one of the logs has, and columns whose type changed.
///
/// ## Why it matters
/// Whatever reads the log by these names stops or reads something else.
///
/// ## Example
/// `price` was a number and is text since today.
///
/// ## Proposed fix
/// None: restore the column where the log is written.
pub(super) fn schema<'a>(name: &'a str, severity: Severity, en: &str, zh: &str) -> Told<'a> {
    Told {
        code: "D04",
        severity,
        column: Some(name),
        count: 1,
        unit: Unit::Columns,
        share: None,
        title: Bilingual::new(format!("{name} {en}"), format!("{name} {zh}")),
        message: Bilingual::new(
            format!("Column {name} {en} compared with the reference."),
            format!("与参考数据相比，列 {name} {zh}。"),
        ),
        why: Bilingual::new(
            "Whatever reads the log by these names stops or reads something else.",
            "按列名读取日志的程序会中断或读到别的内容。",
        ),
        threshold: Bilingual::new("Any change of the columns is told.", "列的任何变化都会提示。"),
        facts: Vec::new(),
        plots: Vec::new(),
        rows: Vec::new(),
    }
}

pub(super) fn changed_type<'a>(column: &'a ColumnDrift, current: &Dataset) -> Option<Told<'a>> {
    let was = column.type_was.as_deref()?;
    let is = current
        .info
        .columns
        .iter()
        .find(|info| info.name == column.name)?
        .dtype
        .name();
    // Whole numbers become fractions by a single value; that is a change of values, not of the column.
    let numbers = ["integer", "float"];
    let severity = if numbers.contains(&was) && numbers.contains(&is) {
        Severity::Info
    } else {
        Severity::Warning
    };
    Some(schema(
        &column.name,
        severity,
        &format!("was {was} and is {is}"),
        &format!("类型由 {was} 变为 {is}"),
    ))
}
