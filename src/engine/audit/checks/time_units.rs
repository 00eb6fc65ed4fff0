//! T04: seconds among milliseconds, and the like.

use crate::engine::artifact::{Bilingual, ColumnType, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_rows};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::time_slips::{TimeSlip, cells_with};
use crate::engine::progress::Cancelled;

/// Mixed time units (T04)
///
/// ## What it checks
/// Columns of times: cells that cannot be right as they stand (before 2000 or in the future, or too large to be a
/// time at all) but lie within a year of the column's other times when multiplied or divided by a thousand or a
/// million.
///
/// ## Why it matters
/// Two clients send different units. Read in one unit, the rows of the other are in 1970 or in the year 57,000, and
/// every duration over them is absurd.
///
/// ## Example
/// `1759737600` among `1759737600123` in `device_time`.
///
/// ## Proposed fix
/// None in place: convert the cells by their size where the table is made.
pub struct TimeUnits(OddCells);

impl Violation for TimeUnits {
    const INFO: RuleInfo = RuleInfo {
        code: "T04",
        name_en: "Mixed time units",
        name_zh: "时间单位混杂",
        dimension: Dimension::Timeliness,
        source: include_str!("time_units.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0
            .sentence("are in another unit than the rest", "与其余时间单位不同")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Two clients send different units: the rows of one of them land in 1970 or in the far future.",
            "两个客户端上报的单位不同：其中一方的行会落在 1970 年或遥远的未来。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "A factor of a thousand or a million that brings the cell within a year of the others is no accident.",
            "乘除一千或一百万后恰好落在其余时间一年之内，绝非偶然。",
        )
    }
}

const YEAR: f64 = 365.25 * 86_400e6;
const FACTORS: [f64; 4] = [1e3, 1e6, 1e-3, 1e-6];

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    if column.info.dtype != ColumnType::Time {
        return Ok(Vec::new());
    }
    let possible = column.context.possible_times();
    let is_possible = |micros: f64| (*possible.start() as f64..=*possible.end() as f64).contains(&micros);
    let values = column.distinct.first_row.iter();
    let usual = values.filter_map(|&row| column.cells.number(row as usize).filter(|&micros| is_possible(micros)));
    let (low, high) = usual.fold((f64::MAX, f64::MIN), |(low, high), micros| {
        (low.min(micros), high.max(micros))
    });
    let meant = |micros: f64| {
        FACTORS
            .iter()
            .any(|factor| (low - YEAR..=high + YEAR).contains(&(micros * factor)))
    };
    let flagged = column.flag_numbers(|micros| low <= high && !is_possible(micros) && meant(micros));
    let mut rows = column.distinct.rows_where(&flagged);
    rows.extend(cells_with(column, TimeSlip::OtherUnit).iter().map(|(row, _)| *row));
    rows.sort_unstable();
    Ok(odd_rows(column, rows, Severity::Warning, TimeUnits))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, NOW_SECS, findings, table};

    #[test]
    fn seconds_read_as_milliseconds() {
        let mut times: Vec<Option<i64>> = (0..50).map(|row| Some(NOW_SECS - 9_000 * row)).collect();
        times[7] = Some(NOW_SECS / 1_000);
        times[8] = Some(NOW_SECS * 1_000);
        times[9] = Some(0);
        let found = findings(&table(vec![("sent_at", Col::T(times))]), "T04");
        assert_eq!(found[0].rows.as_slice(), [7, 8], "the epoch itself is an empty clock");
    }
}
