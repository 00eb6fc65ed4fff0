//! volume: the number of rows, of the log or of each day, lies in a range.
//!
//! Days are those of UTC between the first and the last one with a row; a day without rows counts as 0 rows, since an
//! outage is what the rule is for. The first and the last day are usually cut by the export and are judged only with
//! `edge_days = true`.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::cells::Cells;
use crate::engine::audit::{DAY_MICROS, Fact, bucket_counts, percent, thousands};
use crate::engine::rules::outcome::Judged;
use crate::engine::rules::subject::{Scope, Stop, Subject, Verdict, undefined};
use std::collections::BTreeMap;

/// Least and most rows.
pub(super) type Range = (Option<u64>, Option<u64>);

pub(super) fn judge(
    range: Range,
    per_day: Option<&str>,
    edge_days: bool,
    subject: &Subject<'_>,
    scope: &Scope,
) -> Result<Verdict, Stop> {
    match per_day {
        None => Ok(of_log(range, scope.count())),
        Some(column) => of_days(range, column, edge_days, subject, scope),
    }
}

fn holds((min, max): Range, rows: u64) -> bool {
    min.is_none_or(|min| rows >= min) && max.is_none_or(|max| rows <= max)
}

fn of_log(range: Range, rows: u64) -> Verdict {
    let (en, zh) = range_words(range);
    let shown = thousands(rows);
    Verdict {
        unit: Judged::Log,
        checked: 1,
        failed: u64::from(!holds(range, rows)),
        message: Some(Bilingual::new(
            format!("{shown} rows; {en} are expected."),
            format!("共 {shown} 行；预期{zh}。"),
        )),
        ..Verdict::default()
    }
}

fn of_days(range: Range, column: &str, edge_days: bool, subject: &Subject<'_>, scope: &Scope) -> Result<Verdict, Stop> {
    let found = subject.column(column)?;
    let Cells::Time(_) = found.cells else {
        let name = found.info.dtype.name();
        return Err(undefined(
            format!("`{column}` holds {name}; days are counted in times"),
            format!("列 `{column}` 是 {name}；按天统计需要时间列"),
        ));
    };
    let times = scope
        .rows()
        .filter_map(|row| found.cells.key(row))
        .map(|key| key as i64);
    let days = bucket_counts(times, DAY_MICROS);
    let timed: u64 = days.values().sum();
    let mut verdict = Verdict {
        unit: Judged::Days,
        missing: scope.count() - timed,
        ..Verdict::default()
    };
    let (Some((&first, _)), Some((&last, _))) = (days.first_key_value(), days.last_key_value()) else {
        return Ok(verdict);
    };
    let (first, last) = if edge_days {
        (first, last)
    } else {
        (first + 1, last - 1)
    };
    if first > last {
        return Err(undefined(
            "there is no whole day between the first and the last one; set edge_days = true to judge these",
            "首日与末日之间没有完整的一天；如需判断首末日，请设 edge_days = true",
        ));
    }
    let wrong = wrong_days(range, &days, (first, last));
    verdict.checked = (last - first + 1) as u64;
    verdict.failed = wrong.count;
    verdict.facts = vec![Fact {
        name: "empty_days".to_owned(),
        label: Bilingual::new("Days without a row", "没有数据的天数"),
        value: wrong.empty as f64,
    }];
    verdict.message = Some(message(range, &verdict, &wrong.shown));
    Ok(verdict)
}

struct WrongDays {
    count: u64,
    /// Days between the first and the last without a row, wrong or not.
    empty: u64,
    /// The first ones with their rows.
    shown: Vec<String>,
}

/// Counts days by those that have rows, so that one time far from the rest costs nothing.
fn wrong_days(range: Range, days: &BTreeMap<i64, u64>, (first, last): (i64, i64)) -> WrongDays {
    let inside = || days.range(first..=last);
    let filled = inside().count() as u64;
    let empty = (last - first + 1) as u64 - filled;
    let empty_is_wrong = !holds(range, 0);
    let wrong = inside().filter(|(_, rows)| !holds(range, **rows));
    let mut shown: Vec<(i64, u64)> = wrong.clone().take(3).map(|(&day, &rows)| (day, rows)).collect();
    if empty_is_wrong && empty > 0 {
        let gaps = (first..=last).filter(|day| !days.contains_key(day));
        shown.extend(gaps.take(3).map(|day| (day, 0)));
    }
    shown.sort_unstable();
    shown.truncate(3);
    let of_day = |(day, rows): (i64, u64)| {
        let date = chrono::DateTime::from_timestamp_micros(day.saturating_mul(DAY_MICROS));
        let date = date.map_or_else(|| format!("{day}"), |date| date.format("%Y-%m-%d").to_string());
        format!("{date}: {}", thousands(rows))
    };
    WrongDays {
        count: wrong.count() as u64 + if empty_is_wrong { empty } else { 0 },
        empty,
        shown: shown.into_iter().map(of_day).collect(),
    }
}

fn message(range: Range, verdict: &Verdict, shown: &[String]) -> Bilingual {
    let (en, zh) = range_words(range);
    let (failed, checked) = (thousands(verdict.failed), thousands(verdict.checked));
    let share = percent(verdict.failed as f64 / verdict.checked as f64);
    let (listed_en, listed_zh) = if shown.is_empty() {
        (String::new(), String::new())
    } else {
        (
            format!(" First: {}.", shown.join(", ")),
            format!("最早：{}。", shown.join("，")),
        )
    };
    Bilingual::new(
        format!("{failed} of {checked} days ({share}) have another number of rows than {en}.{listed_en}"),
        format!("{checked} 天中有 {failed} 天（{share}）的行数不是{zh}。{listed_zh}"),
    )
}

/// A range of rows in words, English and Chinese.
pub(in crate::engine::rules) fn range_words((min, max): Range) -> (String, String) {
    match (min.map(thousands), max.map(thousands)) {
        (Some(min), Some(max)) => (format!("{min} to {max}"), format!(" {min} 至 {max} 行")),
        (Some(min), None) => (format!("at least {min}"), format!("至少 {min} 行")),
        (None, Some(max)) => (format!("at most {max}"), format!("至多 {max} 行")),
        (None, None) => ("any number".to_owned(), "任意行数".to_owned()),
    }
}
