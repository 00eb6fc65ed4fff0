//! K09: two times of a row in the wrong order.

use crate::engine::artifact::{Bilingual, ColumnType, Severity};
use crate::engine::audit::cells::Cells;
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// End before start (K09)
///
/// ## What it checks
/// Pairs of time columns of which one is later in at least 95 % of the rows, by more than ten minutes in half of
/// them: the rows in which it is earlier. Differences of more than ten years belong to T01 and T07.
///
/// ## Why it matters
/// A parcel cannot arrive before it was sent: durations become negative, and what is meant to be known before is
/// known after.
///
/// ## Example
/// `shipped_at` is before `ordered_at` in 4 of 3,000 orders.
///
/// ## Proposed fix
/// None: which of the two is wrong is unknown.
pub struct EndBeforeStart(OddRows);

impl Violation for EndBeforeStart {
    const INFO: RuleInfo = RuleInfo {
        code: "K09",
        name_en: "End before start",
        name_zh: "结束早于开始",
        dimension: Dimension::Consistency,
        source: include_str!("end_before_start.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("rows with both times", "两个时间都有的", "行"),
            "have the later time before the earlier one",
            "中较晚的时间反而在前",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Durations become negative, and what is meant to be known before is known after.",
            "时长变成负数，本应先知道的变成了后知道。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "95 % of the rows in one order show that the order has a meaning.",
            "95 % 的行顺序一致，说明顺序有含义。",
        )
    }
}

const LEAST_ROWS: usize = 50;
const ORDERED_SHARE: f64 = 0.95;
const LEAST_STEP: i64 = 600_000_000;
const LONGEST: i64 = 3_653 * 86_400_000_000;
/// Pairs of more columns than this are too many to be looked at row by row.
const MOST_COLUMNS: usize = 8;

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let columns = context.dataset.info.columns.iter();
    let times: Vec<usize> = columns
        .enumerate()
        .filter(|(_, column)| column.dtype == ColumnType::Time)
        .map(|(index, _)| index)
        .take(MOST_COLUMNS)
        .collect();
    if times.len() < 2 {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs two time columns",
            "需要两个时间列",
        )));
    }
    let (mut all, mut rows) = (0_u64, Vec::new());
    for (place, &first) in times.iter().enumerate() {
        for &second in &times[place + 1..] {
            context.progress.check()?;
            let (both, odd) = reversed(context.columns[first].cells(), context.columns[second].cells());
            all = all.max(both);
            rows.extend(odd);
        }
    }
    rows.sort_unstable();
    rows.dedup();
    Ok(odd_log_rows(
        context,
        (rows, all),
        None,
        Severity::Warning,
        EndBeforeStart,
    ))
}

/// Rows that hold both times, and those of them in the rarer order.
fn reversed(first: Cells<'_>, second: Cells<'_>) -> (u64, Vec<u32>) {
    let step = |row: usize| {
        let step = (second.key(row)? as i64).checked_sub(first.key(row)? as i64)?;
        (step.abs() <= LONGEST).then_some(step)
    };
    let mut steps: Vec<(i64, u32)> = (0..first.len())
        .filter_map(|row| Some((step(row)?, row as u32)))
        .collect();
    let both = steps.len();
    let later = steps.iter().filter(|(step, _)| *step >= 0).count();
    let sign = if later * 2 >= both { 1 } else { -1 };
    let is_odd = |step: i64| step * sign < 0;
    let odd: Vec<u32> = steps
        .iter()
        .filter(|(step, _)| is_odd(*step))
        .map(|(_, row)| *row)
        .collect();
    if both < LEAST_ROWS || odd.is_empty() || (both - odd.len()) as f64 / (both as f64) < ORDERED_SHARE {
        return (both as u64, Vec::new());
    }
    let middle = both / 2;
    let (median, _) = *steps.select_nth_unstable(middle).1;
    let has_a_meaning = median * sign >= LEAST_STEP;
    (both as u64, if has_a_meaning { odd } else { Vec::new() })
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn reversed_steps_of_a_process_but_not_jitter() {
        let ordered: Vec<Option<i64>> = (0..100).map(|row| Some(1_600_000_000 + 5_000 * row)).collect();
        let mut shipped: Vec<Option<i64>> = ordered.iter().map(|time| time.map(|time| time + 90_000)).collect();
        shipped[12] = ordered[12].map(|time| time - 3_600);
        shipped[13] = None;
        let data = table(vec![("time", Col::T(ordered.clone())), ("shipped_at", Col::T(shipped))]);
        assert_eq!(findings(&data, "K09")[0].rows.as_slice(), [12]);
        let mut received: Vec<Option<i64>> = ordered.iter().map(|time| time.map(|time| time + 1)).collect();
        received[5] = ordered[5].map(|time| time - 1);
        let data = table(vec![("time", Col::T(ordered)), ("received", Col::T(received))]);
        assert!(findings(&data, "K09").is_empty(), "a second is jitter between clocks");
    }
}
