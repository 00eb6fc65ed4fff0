//! V08: times written in another way than the rest of the column.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_raw};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::time_slips::{TimeSlip, cells_with};
use crate::engine::progress::Cancelled;

/// Mixed time formats (V08)
///
/// ## What it checks
/// Cells of a column of written-out times that are numbers which read as a moment between 2000 and now: seconds,
/// milliseconds or microseconds since 1970, or yyyymmdd.
///
/// ## Why it matters
/// The reader leaves such cells empty; a more tolerant one reads them as something else. Usually two programs write
/// the column.
///
/// ## Example
/// `1759737600` among `2025-10-06 08:00:00` in `delivered_at`.
///
/// ## Proposed fix
/// None in place: bring both writers to one format, or read the cells apart.
pub struct MixedTimeFormats(OddCells);

impl Violation for MixedTimeFormats {
    const INFO: RuleInfo = RuleInfo {
        code: "V08",
        name_en: "Mixed time formats",
        name_zh: "时间格式混杂",
        dimension: Dimension::Validity,
        source: include_str!("time_formats.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("are times written as numbers", "是以数字书写的时间")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Usually two programs write the column; the cells of one of them are lost.",
            "通常有两个程序在写这一列，其中一个写入的单元格会丢失。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any such cell: among written-out times a ten-digit number is a time, too.",
            "出现即报告：在文字时间中，十位数字同样是时间。",
        )
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let cells = cells_with(column, TimeSlip::OtherFormat);
    Ok(odd_raw(column, &cells, Severity::Warning, MixedTimeFormats))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, invalid, table};

    #[test]
    fn numbers_among_written_out_times() {
        let times = Col::T(vec![Some(1_600_000_000), None, None, None]);
        let cells = vec![(0, 1, "1600000000"), (0, 2, "20200913"), (0, 3, "12")];
        let data = invalid(table(vec![("time", times)]), cells);
        assert_eq!(findings(&data, "V08")[0].rows.as_slice(), [1, 2]);
    }
}
