//! C06: columns that stop for days.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::core_time::DAY_MICROS;
use crate::engine::audit::distinct::NULL;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_rows};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::wording::thousands;
use crate::engine::progress::Cancelled;
use hashbrown::HashMap;

/// Column empty for whole days (C06)
///
/// ## What it checks
/// Columns that are empty in at most 20 % of the rows otherwise but in every row of one or several days (UTC, at
/// least 20 rows each, inside the core of the log).
///
/// ## Why it matters
/// A field was not sent for a while. Filled with a usual value the days look normal; left empty they teach a model
/// that emptiness means a date.
///
/// ## Example
/// `brand` is empty in all 52,000 rows of 2025-10-11.
///
/// ## Proposed fix
/// None: load the days again, or leave them out where the column matters.
pub struct ColumnOutage(OddCells);

impl Violation for ColumnOutage {
    const INFO: RuleInfo = RuleInfo {
        code: "C06",
        name_en: "Column empty for whole days",
        name_zh: "整天为空的列",
        dimension: Dimension::Completeness,
        source: include_str!("column_outage.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        let (column, rows) = (&self.0.column, thousands(self.0.count));
        Bilingual::new(
            format!("{column} is empty in all {rows} rows of one or several whole days."),
            format!("{column} 在一个或多个整天的全部 {rows} 行中都为空。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A field was not sent for a while; a model learns that emptiness means a date.",
            "某个字段有一段时间没有上报；模型会把“为空”学成日期特征。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Whole days of at least 20 rows: a column that is empty at random is hardly ever empty twenty times in a row.",
            "整天且至少 20 行：随机缺失几乎不可能连续二十行都为空。",
        )
    }
}

const LEAST_ROWS: u32 = 20;
const LEAST_DAYS: usize = 3;
const USUAL_SHARE: f64 = 0.2;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let context = column.context;
    let (Some(times), Some(core)) = (context.log.time.as_deref(), context.core_time()) else {
        return Ok(Vec::new());
    };
    if column.distinct.nulls == 0 || column.distinct.num_values() == 0 || column.info.role == Role::Time {
        return Ok(Vec::new());
    }
    // Rows and empty cells of each day of the core.
    let mut days: HashMap<i64, (u32, u32)> = HashMap::new();
    let day_of = |row: usize| core.contains(times[row]).then(|| times[row].div_euclid(DAY_MICROS));
    for (row, &code) in column.distinct.codes.iter().enumerate() {
        if let Some(day) = day_of(row) {
            let (rows, empty) = days.entry(day).or_default();
            *rows += 1;
            *empty += u32::from(code == NULL);
        }
    }
    let is_out = |&(rows, empty): &(u32, u32)| rows >= LEAST_ROWS && rows == empty;
    let others = days.values().filter(|day| !is_out(day));
    let (rows, empty) = others.clone().fold((0_u64, 0_u64), |(rows, empty), day| {
        (rows + u64::from(day.0), empty + u64::from(day.1))
    });
    let usual = empty as f64 <= USUAL_SHARE * rows as f64;
    if !days.values().any(is_out) || others.count() < LEAST_DAYS || !usual {
        return Ok(Vec::new());
    }
    let is_flagged = |row: &u32| day_of(*row as usize).is_some_and(|day| is_out(&days[&day]));
    let rows = (0..times.len() as u32).filter(is_flagged).collect();
    Ok(odd_rows(column, rows, Severity::Warning, ColumnOutage))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn a_day_without_the_column_but_not_scattered_gaps() {
        let times: Vec<Option<i64>> = (0..400).map(|row| Some(1_600_041_600 + row * 1_728)).collect();
        let brands = |empty: &dyn Fn(i64) -> bool| (0..400).map(|row| (!empty(row)).then_some("lumio")).collect();
        let day = |row: i64| row / 50;
        let data = |brands| table(vec![("time", Col::T(times.clone())), ("brand", Col::S(brands))]);
        let found = findings(&data(brands(&|row| day(row) == 3)), "C06");
        assert_eq!((found[0].count, found[0].rows[0]), (50, 150));
        assert!(findings(&data(brands(&|row| row % 6 == 0)), "C06").is_empty());
        assert!(
            findings(&data(brands(&|row| day(row) < 6)), "C06").is_empty(),
            "too few days hold it"
        );
    }
}
