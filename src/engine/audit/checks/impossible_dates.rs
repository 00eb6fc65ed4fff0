//! V07: dates that no calendar has.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_raw};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::time_slips::{TimeSlip, cells_with};
use crate::engine::progress::Cancelled;

/// Impossible dates (V07)
///
/// ## What it checks
/// Cells of a time column that are written like a date but name a day or an hour that does not exist: 30 February,
/// month 13, 25:00.
///
/// ## Why it matters
/// The reader leaves such cells empty, and spreadsheets silently turn them into another day. They come from dates
/// put together by hand or by a program that counts wrong.
///
/// ## Example
/// `2025-02-30 10:00:00` in 3 rows of `shipped_at`.
///
/// ## Proposed fix
/// None: which day was meant is unknown. The cells stay empty.
pub struct ImpossibleDates(OddCells);

impl Violation for ImpossibleDates {
    const INFO: RuleInfo = RuleInfo {
        code: "V07",
        name_en: "Impossible dates",
        name_zh: "不存在的日期",
        dimension: Dimension::Validity,
        source: include_str!("impossible_dates.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0
            .sentence("name a day or an hour that does not exist", "写的是不存在的日期或时刻")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Such dates come from programs that count wrong; the true day is unknown and the cell is empty for all that follows.",
            "这类日期来自计算错误的程序；真实日期未知，该单元格在后续步骤中为空。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new("Any such cell.", "出现即报告。")
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let cells = cells_with(column, TimeSlip::Impossible);
    Ok(odd_raw(column, &cells, Severity::Warning, ImpossibleDates))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, invalid, table};

    #[test]
    fn days_and_hours_that_do_not_exist() {
        let times = Col::T(vec![Some(1_600_000_000), None, None, None, None]);
        let raw = ["2025-02-30 10:00:00", "2025-13-01", "2025-01-01 25:00", "soon"];
        let cells = raw.iter().enumerate().map(|(at, raw)| (0, at as u64 + 1, *raw));
        let data = invalid(table(vec![("time", times)]), cells.collect());
        assert_eq!(findings(&data, "V07")[0].rows.as_slice(), [1, 2, 3]);
        assert_eq!(
            findings(&data, "V03")[0].rows.as_slice(),
            [4],
            "what is no date at all is another check's"
        );
    }
}
