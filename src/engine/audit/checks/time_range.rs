//! T01: times before the web shop age or after now.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::cells::{Value, iso_time};
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::{Dimension, Fact};
use crate::engine::audit::fix::{Condition, Fix};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, fact, finding};
use crate::engine::audit::wording::{percent, thousands};
use crate::engine::ingest::log::NULL_TIME;
use crate::engine::progress::Cancelled;
use std::collections::BTreeMap;

/// Time out of range (T01)
///
/// ## What it checks
/// Rows whose time lies before 2000-01-01 (an empty clock writes 1970; seconds read as milliseconds land there
/// too) or more than a day after the moment of the audit.
///
/// ## Why it matters
/// One wrong clock stretches the log over decades: splits by time put its rows on the wrong side, recency and
/// session features explode.
///
/// ## Example
/// 12 rows are from 1970-01-01, 3 from 2038.
///
/// ## Proposed fix
/// Drop the rows: their true time is unknown.
pub struct TimeOutOfRange {
    past: u64,
    future: u64,
    total: u64,
    column: String,
    earliest: String,
    latest: String,
    slack_hours: i64,
    years: BTreeMap<i32, u64>,
}

impl Violation for TimeOutOfRange {
    const INFO: RuleInfo = RuleInfo {
        code: "T01",
        name_en: "Time out of range",
        name_zh: "时间超出合理范围",
        dimension: Dimension::Timeliness,
        source: include_str!("time_range.rs"),
    };

    fn message(&self) -> Bilingual {
        let (past, future) = (thousands(self.past), thousands(self.future));
        let share = percent((self.past + self.future) as f64 / self.total as f64);
        Bilingual::new(
            format!(
                "{past} rows lie before {} and {future} after {} ({share} of all).",
                self.earliest, self.latest
            ),
            format!(
                "{past} 行早于 {}，{future} 行晚于 {}（占 {share}）。",
                self.earliest, self.latest
            ),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "One wrong clock stretches the log over decades: splits by time, recency and sessions all go wrong.",
            "一个错误的时钟就能把日志拉长几十年：按时间切分、新近度和会话特征都会出错。",
        )
    }

    fn threshold(&self) -> Bilingual {
        let hours = self.slack_hours;
        Bilingual::new(
            format!("No shop log is older than 2000, and clocks and time zones run ahead by at most {hours} h."),
            format!("没有早于 2000 年的商城日志；时钟与时区最多超前 {hours} 小时。"),
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let column = || self.column.clone();
        let fix = Fix::DropRows {
            condition: Condition::Any {
                conditions: vec![
                    Condition::Less {
                        column: column(),
                        value: Value::Text(self.earliest.clone()),
                    },
                    Condition::Greater {
                        column: column(),
                        value: Value::Text(self.latest.clone()),
                    },
                ],
            },
        };
        Some((fix, Bilingual::new("Drop these rows", "删除这些行")))
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            fact("past", "Too early", "过早", self.past as f64),
            fact("future", "In the future", "在未来", self.future as f64),
        ]
    }

    fn plots(&self) -> Vec<FindingPlot> {
        let bars = self
            .years
            .iter()
            .map(|(year, &count)| (year.to_string(), count as f64, true))
            .collect();
        vec![FindingPlot::bars(
            Bilingual::new("Year these rows claim", "这些行标注的年份"),
            Bilingual::new("year", "年份"),
            Bilingual::new("rows", "行数"),
            bars,
        )]
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(times), Some(column)) = (context.log.time.as_deref(), context.column_name(Role::Time)) else {
        return Ok(Outcome::missing_roles("time", "时间"));
    };
    let (earliest, latest) = context.possible_times().into_inner();
    let is_out = |time: i64| time != NULL_TIME && !(earliest..=latest).contains(&time);
    let rows: Vec<u32> = (0..times.len() as u32)
        .filter(|&row| is_out(times[row as usize]))
        .collect();
    if rows.is_empty() {
        return Ok(Outcome::Checked(Vec::new()));
    }
    let past = rows.iter().filter(|&&row| times[row as usize] < earliest).count() as u64;
    let mut years = BTreeMap::new();
    for &row in &rows {
        if let Some(time) = chrono::DateTime::from_timestamp_micros(times[row as usize]) {
            *years.entry(chrono::Datelike::year(&time)).or_default() += 1;
        }
    }
    let violation = TimeOutOfRange {
        past,
        future: rows.len() as u64 - past,
        total: times.len() as u64,
        column: column.clone(),
        earliest: iso_time(earliest),
        // Nobody needs the fractions of the second in which the audit ran.
        latest: iso_time(latest - latest.rem_euclid(1_000_000)),
        slack_hours: context.thresholds().future_slack_secs / 3_600,
        years: if years.len() <= 24 { years } else { BTreeMap::new() },
    };
    let extent = Extent::of_rows(Severity::Error, Some(&column), rows, times.len());
    Ok(Outcome::Checked(vec![finding(context, &violation, extent)]))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, NOW_SECS, findings, table};

    #[test]
    fn epoch_and_future_are_out_and_a_day_ahead_is_not() {
        let times = vec![
            Some(0),
            Some(946_684_799),
            Some(946_684_800),
            Some(NOW_SECS + 86_400),
            Some(NOW_SECS + 86_401),
            None,
        ];
        let found = findings(&table(vec![("time", Col::T(times))]), "T01");
        assert_eq!(found[0].rows.as_slice(), [0, 1, 4]);
        assert_eq!((found[0].fact("past"), found[0].fact("future")), (Some(2.0), Some(1.0)));
        assert!(found[0].message.en.contains("2000-01-01T00:00:00Z"));
    }
}
