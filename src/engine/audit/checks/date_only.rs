//! T06: times that are a date and no more.

use crate::engine::artifact::{Bilingual, ColumnType, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::core_time::{DAY_MICROS, HOUR_MICROS};
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Dates among times (T06)
///
/// ## What it checks
/// Time columns of which less than half of the cells are exactly midnight (UTC), but more than twenty times as many
/// as chance would put there, and at least three.
///
/// ## Why it matters
/// A row with a date alone is put at the start of its day: sessions, gaps and the order of events within the day
/// are wrong.
///
/// ## Example
/// 12 of 3,000 orders were placed at 00:00:00.
///
/// ## Proposed fix
/// None: the time of day is unknown.
pub struct DateOnlyTimes(OddCells);

impl Violation for DateOnlyTimes {
    const INFO: RuleInfo = RuleInfo {
        code: "T06",
        name_en: "Dates among times",
        name_zh: "只有日期的时间",
        dimension: Dimension::Timeliness,
        source: include_str!("date_only.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0
            .sentence("are a date without a time of day", "只有日期而没有时刻")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A row with a date alone is put at the start of its day: sessions, gaps and the order of events are wrong.",
            "只有日期的行会被放到当天零点：会话、间隔和事件顺序都会出错。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Twenty times what chance puts on midnight, given the resolution of the column.",
            "超过该列精度下随机落在零点数量的二十倍。",
        )
    }
}

const LEAST_CELLS: u64 = 100;
const LEAST_MIDNIGHTS: u64 = 3;
/// Times the number of midnights that chance explains.
const FACTOR: f64 = 20.0;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let cells = column.distinct.num_filled();
    if column.info.dtype != ColumnType::Time || cells < LEAST_CELLS {
        return Ok(Vec::new());
    }
    let is = |unit: i64| move |value: f64| (value as i64).rem_euclid(unit) == 0;
    let flagged = column.flag_numbers(is(DAY_MICROS));
    let counts = flagged.iter().zip(&column.distinct.counts);
    let midnights: u64 = counts
        .filter(|(midnight, _)| **midnight)
        .map(|(_, &n)| u64::from(n))
        .sum();
    if midnights < LEAST_MIDNIGHTS || midnights * 2 >= cells {
        return Ok(Vec::new());
    }
    // A column of whole hours or minutes meets midnight more often than one of seconds.
    let steps = [HOUR_MICROS, 60_000_000, 1_000_000];
    let step = steps.into_iter().find(|&step| column.all_numbers(is(step)));
    let by_chance = cells as f64 * step.unwrap_or(1_000_000) as f64 / DAY_MICROS as f64;
    if midnights as f64 <= FACTOR * by_chance {
        return Ok(Vec::new());
    }
    Ok(odd_values(column, &flagged, Severity::Warning, DateOnlyTimes))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn dates_among_times_but_not_a_column_of_dates() {
        const DAY: i64 = 86_400;
        let mut times: Vec<Option<i64>> = (0..400).map(|row| Some(1_600_000_123 + row * 7_919)).collect();
        assert!(findings(&table(vec![("time", Col::T(times.clone()))]), "T06").is_empty());
        (0..5).for_each(|row| times[row * 50] = Some(18_600 * DAY + row as i64 * DAY));
        assert_eq!(
            findings(&table(vec![("time", Col::T(times))]), "T06")[0]
                .rows
                .as_slice(),
            [0, 50, 100, 150, 200]
        );
        let dates: Vec<Option<i64>> = (0..400).map(|row| Some((18_000 + row) * DAY)).collect();
        assert!(findings(&table(vec![("time", Col::T(dates))]), "T06").is_empty());
    }
}
