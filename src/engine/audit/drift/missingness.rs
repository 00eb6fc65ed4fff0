//! D02, missingness shift.

use super::ColumnDrift;
use super::finding::{ALPHA, Told, p_text};
use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::finding::Unit;
use crate::engine::audit::rule::fact;
use crate::engine::audit::wording::percent;

/// Points of missing share that are worth a warning, as for missing cells themselves, and a look.
const MISSING_LARGE: f64 = 0.05;
const MISSING_SOME: f64 = 0.01;

/// Missingness shift (D02)
///
/// ## What it checks
/// The share of missing cells in both logs, with a chi-square test adjusted over all columns. A warning from a
/// difference of 5 points, a note from 1 point, only if the adjusted p is below 0.05.
///
/// ## Why it matters
/// Missing cells rarely change by chance: a field was dropped from the logging, or a source stopped.
///
/// ## Example
/// The category is missing in 40 % of today's rows and in 2 % of the reference.
///
/// ## Proposed fix
/// None: the cells have to be logged again.
pub(super) fn missingness(column: &ColumnDrift) -> Option<Told<'_>> {
    let p = column.missing_p_adjusted?;
    let difference = column.missing_current - column.missing_reference;
    if difference.abs() < MISSING_SOME || p >= ALPHA {
        return None;
    }
    let (was, is) = (percent(column.missing_reference), percent(column.missing_current));
    Some(Told {
        code: "D02",
        severity: if difference.abs() >= MISSING_LARGE {
            Severity::Warning
        } else {
            Severity::Info
        },
        column: Some(&column.name),
        count: 1,
        unit: Unit::Columns,
        share: None,
        title: Bilingual::new(
            format!("{}: {is} missing, was {was}", column.name),
            format!("{}：缺失 {is}，原为 {was}", column.name),
        ),
        message: Bilingual::new(
            format!(
                "{is} of the cells are missing against {was} in the reference; adjusted p {}.",
                p_text(p)
            ),
            format!("缺失单元格占 {is}，参考数据中为 {was}；校正 p {}。", p_text(p)),
        ),
        why: Bilingual::new(
            "A field was dropped from the logging, or a source stopped.",
            "可能是某个字段停止采集，或某个数据源中断。",
        ),
        threshold: Bilingual::new(
            "5 points are a warning, 1 point a note; only with an adjusted p below 0.05.",
            "相差 5 个百分点为警告，1 个百分点为提示；且校正 p 须小于 0.05。",
        ),
        facts: vec![
            fact(
                "missing_reference",
                "missing in the reference",
                "参考缺失率",
                column.missing_reference,
            ),
            fact("missing_current", "missing now", "当前缺失率", column.missing_current),
            fact("p_adjusted", "p adjusted", "校正 p", p),
        ],
        plots: Vec::new(),
        rows: Vec::new(),
    })
}
