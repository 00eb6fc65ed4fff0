//! T03: days inside the log without a single event.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::cells::iso_time;
use crate::engine::audit::context::Context;
use crate::engine::audit::core_time::{DAY_MICROS, bucket_counts};
use crate::engine::audit::finding::{Dimension, Fact, Unit};
use crate::engine::audit::plot::{FindingPlot, Marks, Scale};
use crate::engine::audit::plots::rows_label;
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, fact, finding};
use crate::engine::audit::wording::thousands;
use crate::engine::progress::Cancelled;
use std::collections::BTreeMap;

/// Days without events (T03)
///
/// ## What it checks
/// Calendar days (UTC) inside the core of the log that have no row, in logs of at least seven days with at least 20
/// rows on the median day. A weekday on which the log never has rows (a shop closed on Saturdays) is left out.
///
/// ## Why it matters
/// A file is missing or collection stood still. Counts per day, sessions, recencies and tests that span the gap are
/// wrong without a warning.
///
/// ## Example
/// Nothing on 2025-10-09, between days of 52,000 rows.
///
/// ## Proposed fix
/// None: load the missing files.
pub struct EmptyDays {
    days: Vec<i64>,
    typical: u64,
    /// Rows a day over the core.
    volume: Vec<(i64, u64)>,
}

impl Violation for EmptyDays {
    const INFO: RuleInfo = RuleInfo {
        code: "T03",
        name_en: "Days without events",
        name_zh: "没有事件的日期",
        dimension: Dimension::Timeliness,
        source: include_str!("empty_days.rs"),
    };

    fn message(&self) -> Bilingual {
        let (days, typical) = (thousands(self.days.len() as u64), thousands(self.typical));
        let names: Vec<String> = self.days.iter().take(3).map(|&day| date(day)).collect();
        let more = if self.days.len() > 3 { ", …" } else { "" };
        let names = names.join(", ") + more;
        Bilingual::new(
            format!("{days} days inside the log have no row ({names}); the median day has {typical}."),
            format!("日志期间有 {days} 天没有任何行（{names}）；中位日有 {typical} 行。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A file is missing or collection stood still; daily counts, sessions and recencies across the gap are wrong.",
            "可能缺了文件或采集中断；跨越空档的日统计、会话和新近度都会出错。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any empty day where the median day has at least 20 rows, unless the log never has rows on that weekday.",
            "中位日至少 20 行时，任何空白日即报告；若该星期几从来没有数据则除外。",
        )
    }

    fn facts(&self) -> Vec<Fact> {
        vec![fact(
            "days",
            "Days without events",
            "没有事件的天数",
            self.days.len() as f64,
        )]
    }

    fn plots(&self) -> Vec<FindingPlot> {
        let counts: Vec<f64> = self.volume.iter().map(|(_, rows)| *rows as f64).collect();
        let edge = |day: i64| (day * DAY_MICROS) as f64 / 1e6;
        let mut edges: Vec<f64> = self.volume.iter().map(|(day, _)| edge(*day)).collect();
        edges.extend(self.volume.last().map(|(day, _)| edge(day + 1)));
        let flagged = vec![0.0; counts.len()];
        let marks = Marks::Histogram { edges, counts, flagged };
        let title = Bilingual::new("Rows a day", "每天的行数");
        let plot = FindingPlot::new(title, Bilingual::new("day (UTC)", "日期（UTC）"), rows_label(), marks);
        vec![plot.with_scale(Scale::Time)]
    }
}

const LEAST_DAYS: usize = 7;
const LEAST_ROWS: u64 = 20;

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(times), Some(core)) = (context.log.time.as_deref(), context.core_time()) else {
        return Ok(Outcome::missing_roles("time", "时间"));
    };
    let days = bucket_counts(times.iter().copied().filter(|&time| core.contains(time)), DAY_MICROS);
    let mut volumes: Vec<u64> = days.values().copied().collect();
    volumes.sort_unstable();
    let typical = volumes.get(volumes.len() / 2).copied().unwrap_or(0);
    if days.len() < LEAST_DAYS || typical < LEAST_ROWS {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs seven days of at least 20 rows",
            "需要至少七天、每天 20 行以上",
        )));
    }
    let span = core.start.div_euclid(DAY_MICROS)..=core.end.div_euclid(DAY_MICROS);
    let has_weekday = |day: i64| days.keys().any(|other| (other - day).rem_euclid(7) == 0);
    let empty: Vec<i64> = span
        .clone()
        .filter(|day| !days.contains_key(day) && has_weekday(*day))
        .collect();
    if empty.is_empty() {
        return Ok(Outcome::Checked(Vec::new()));
    }
    Ok(Outcome::Checked(vec![report(
        context,
        (empty, typical),
        span.count(),
        &days,
    )]))
}

fn report(
    context: &Context<'_>,
    (empty, typical): (Vec<i64>, u64),
    num_days: usize,
    days: &BTreeMap<i64, u64>,
) -> crate::engine::audit::Finding {
    let column = context.column_name(Role::Time);
    let extent = Extent {
        severity: Severity::Warning,
        column,
        count: empty.len() as u64,
        unit: Unit::Days,
        share: Some(empty.len() as f64 / num_days.max(1) as f64),
        rows: Vec::new(),
    };
    let first = days.keys().next().copied().unwrap_or(0);
    let violation = EmptyDays {
        days: empty,
        typical,
        volume: (first..first + num_days as i64)
            .map(|day| (day, days.get(&day).copied().unwrap_or(0)))
            .collect(),
    };
    finding(context, &violation, extent)
}

/// `2025-10-09`
fn date(day: i64) -> String {
    iso_time(day * DAY_MICROS).chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    /// Thirty rows on each day for which `open` holds.
    fn log(open: impl Fn(i64) -> bool) -> Vec<Option<i64>> {
        let days = (18_000..18_028).filter(|day| open(*day));
        days.flat_map(|day| (0..30).map(move |row| Some(day * 86_400 + row * 2_000)))
            .collect()
    }

    #[test]
    fn a_missing_day_but_no_weekly_rest() {
        let found = findings(&table(vec![("time", Col::T(log(|day| day != 18_009)))]), "T03");
        assert_eq!((found[0].count, found[0].fact("days")), (1, Some(1.0)));
        assert!(found[0].message.en.contains("2019-04-23"), "{}", found[0].message.en);
        assert!(findings(&table(vec![("time", Col::T(log(|day| day % 7 != 2)))]), "T03").is_empty());
        assert!(findings(&table(vec![("time", Col::T(log(|_| true)))]), "T03").is_empty());
    }
}
