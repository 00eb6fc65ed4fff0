//! T07: times in the future in columns beside the log's own time.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Time in the future (T07)
///
/// ## What it checks
/// Time columns other than the log's: cells more than a day after the moment of the audit, if they are at most 5 %.
/// Columns whose name speaks of the future (expires, due, until, planned, 到期, 预计) are left out. T01 looks at the
/// log's own time.
///
/// ## Why it matters
/// What has not happened yet cannot have been recorded: durations, ages and recencies computed from such cells are
/// wrong by decades.
///
/// ## Example
/// `delivered_at` is 2099-12-31 in 4 rows.
///
/// ## Proposed fix
/// None in place: filter the rows, or treat the cells as empty.
pub struct FutureTimes(OddCells);

impl Violation for FutureTimes {
    const INFO: RuleInfo = RuleInfo {
        code: "T07",
        name_en: "Time in the future",
        name_zh: "未来的时间",
        dimension: Dimension::Timeliness,
        source: include_str!("future_times.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("lie in the future", "在未来")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "What has not happened yet cannot have been recorded; durations and ages computed from it are wrong.",
            "尚未发生的事不可能被记录；由此算出的时长和年龄都是错的。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "A day of slack for clocks and time zones; above 5 % the column is meant to hold plans.",
            "为时钟和时区留一天余量；超过 5 % 说明该列本来就记录计划。",
        )
    }
}

/// Above this share a column is meant to look ahead.
const MOST_SHARE: f64 = 0.05;
const AHEAD_WORDS: [&str; 14] = [
    "expire",
    "expires",
    "expiry",
    "until",
    "due",
    "valid",
    "planned",
    "expected",
    "scheduled",
    "next",
    "renew",
    "end",
    "到期",
    "预计",
];

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let is_own = column.context.dataset.column_with_role(Role::Time) == Some(column.index);
    if column.info.dtype != ColumnType::Time || is_own || column.name_has(&AHEAD_WORDS) {
        return Ok(Vec::new());
    }
    let latest = *column.context.possible_times().end() as f64;
    let flagged = column.flag_numbers(|value| value > latest);
    let counts = flagged.iter().zip(&column.distinct.counts);
    let ahead: u64 = counts.filter(|(ahead, _)| **ahead).map(|(_, &n)| u64::from(n)).sum();
    if ahead as f64 > MOST_SHARE * column.distinct.num_filled() as f64 {
        return Ok(Vec::new());
    }
    Ok(odd_values(column, &flagged, Severity::Warning, FutureTimes))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, NOW_SECS, findings, table};

    #[test]
    fn the_future_in_other_columns_unless_they_look_ahead() {
        let own: Vec<Option<i64>> = (0..100).map(|row| Some(NOW_SECS - 1_000 * row)).collect();
        let mut other = own.clone();
        other[7] = Some(NOW_SECS * 2);
        let data = table(vec![
            ("time", Col::T(own)),
            ("delivered_at", Col::T(other.clone())),
            ("expires_at", Col::T(other)),
        ]);
        let found = findings(&data, "T07");
        assert_eq!((found.len(), found[0].rows.as_slice()), (1, &[7][..]));
        assert_eq!(found[0].column.as_deref(), Some("delivered_at"));
    }
}
