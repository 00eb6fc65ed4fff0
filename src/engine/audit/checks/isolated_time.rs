//! T02: a few rows far from the stretch of time in which the log lives.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::cells::{Value, iso_time};
use crate::engine::audit::context::Context;
use crate::engine::audit::core_time::{CoreTime, HOUR_MICROS, bucket_counts};
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::fix::{Condition, Fix};
use crate::engine::audit::plot::{FindingPlot, Marks, Scale, Series};
use crate::engine::audit::plots::rows_label;
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, finding};
use crate::engine::audit::wording::{percent, thousands};
use crate::engine::ingest::log::NULL_TIME;
use crate::engine::progress::Cancelled;
use std::ops::RangeInclusive;

/// Isolated times (T02)
///
/// ## What it checks
/// The core of the log runs from the first to the last hour with at least 5 % of the volume the median event
/// sees (days instead of hours if volume is thin). Rows outside it are isolated, provided that they are at most
/// 0.1 % of the log. Rows already reported by T01 are left out.
///
/// ## Why it matters
/// Late deliveries and wrong clocks put single events weeks before the rest. They shift the start of the log,
/// and with it every split by time and every rate a day.
///
/// ## Example
/// 35 of 84,476 rows lie outside 2017-11-24 16:00 … 2017-12-03 15:59 (UTC), the earliest in September.
///
/// ## Proposed fix
/// Drop the rows outside the core.
pub struct IsolatedTime {
    count: u64,
    total: u64,
    column: String,
    core: CoreTime,
    volume_share: f64,
    volume: Vec<[f64; 2]>,
}

impl Violation for IsolatedTime {
    const INFO: RuleInfo = RuleInfo {
        code: "T02",
        name_en: "Isolated times",
        name_zh: "孤立时间点",
        dimension: Dimension::Timeliness,
        source: include_str!("isolated_time.rs"),
    };

    fn message(&self) -> Bilingual {
        let (count, share) = (thousands(self.count), percent(self.count as f64 / self.total as f64));
        let (start, end) = (iso_time(self.core.start), iso_time(self.core.end));
        Bilingual::new(
            format!("{count} rows ({share}) lie outside {start} … {end}, where all the others are."),
            format!("{count} 行（{share}）落在 {start} … {end} 之外，而其余行都在其中。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Late deliveries and wrong clocks shift the start and end of the log, and with them splits by time and daily rates.",
            "迟到的数据和错误的时钟会改变日志的起止时间，从而影响按时间切分和日均指标。",
        )
    }

    fn threshold(&self) -> Bilingual {
        let (share, typical) = (percent(self.volume_share), thousands(self.core.typical_rows));
        Bilingual::new(
            format!("The core ends where volume falls below {share} of a typical bucket ({typical} rows) for good."),
            format!("当数据量持续低于典型时段（{typical} 行）的 {share} 时，即视为超出主体时间段。"),
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let text = |micros: i64| Value::Text(iso_time(micros));
        let fix = Fix::DropRows {
            condition: Condition::Any {
                conditions: vec![
                    Condition::Less {
                        column: self.column.clone(),
                        value: text(self.core.start),
                    },
                    Condition::Greater {
                        column: self.column.clone(),
                        value: text(self.core.end),
                    },
                ],
            },
        };
        Some((
            fix,
            Bilingual::new("Drop rows outside the core", "删除主体时间段外的行"),
        ))
    }

    fn plots(&self) -> Vec<FindingPlot> {
        let points = |inside: bool| {
            let is_inside = |point: &&[f64; 2]| self.core.contains((point[0] * 1e6) as i64) == inside;
            self.volume.iter().filter(is_inside).copied().collect::<Vec<_>>()
        };
        let series = |name: Bilingual, flagged: bool| Series {
            name,
            points: points(!flagged),
            flagged,
        };
        let marks = Marks::Lines {
            series: vec![
                series(Bilingual::new("core", "主体"), false),
                series(Bilingual::new("isolated", "孤立"), true),
            ],
        };
        let title = Bilingual::new("Rows an hour, logarithm to base 10", "每小时行数（以 10 为底的对数）");
        let plot = FindingPlot::new(title, Bilingual::new("time (UTC)", "时间（UTC）"), rows_label(), marks);
        vec![plot.with_scale(Scale::Time)]
    }
}

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(times), Some(column)) = (context.log.time.as_deref(), context.column_name(Role::Time)) else {
        return Ok(Outcome::missing_roles("time", "时间"));
    };
    let Some(core) = context.core_time().filter(|core| core.bucket_micros.is_some()) else {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "too few rows a day to tell the edges of the log",
            "每天的行数太少，无法判断日志边界",
        )));
    };
    let possible = context.possible_times();
    let is_isolated = |time: i64| time != NULL_TIME && possible.contains(&time) && !core.contains(time);
    let rows: Vec<u32> = (0..times.len() as u32)
        .filter(|&row| is_isolated(times[row as usize]))
        .collect();
    if rows.is_empty() {
        return Ok(Outcome::Checked(Vec::new()));
    }
    let violation = IsolatedTime {
        count: rows.len() as u64,
        total: times.len() as u64,
        column: column.clone(),
        core: *core,
        volume_share: context.thresholds().core_volume_share,
        volume: volume(times, &possible),
    };
    let extent = Extent::of_rows(Severity::Info, Some(&column), rows, times.len());
    Ok(Outcome::Checked(vec![finding(context, &violation, extent)]))
}

fn volume(times: &[i64], possible: &RangeInclusive<i64>) -> Vec<[f64; 2]> {
    const MOST: usize = 5_000;
    let hours = bucket_counts(
        times.iter().copied().filter(|time| possible.contains(time)),
        HOUR_MICROS,
    );
    let middle = |hour: i64| hour * HOUR_MICROS + HOUR_MICROS / 2;
    let points: Vec<[f64; 2]> = hours
        .iter()
        .map(|(&hour, &count)| [middle(hour) as f64 / 1e6, (count as f64).log10()])
        .collect();
    super::super::plot::thin(&points, MOST)
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn stragglers_are_found_and_epoch_is_left_to_t01() {
        let start = 1_689_998_400;
        let mut times: Vec<Option<i64>> = (0..6_000).map(|row| Some(start + row * 3)).collect();
        times.push(Some(start - 400_000));
        times.push(Some(0));
        times.push(Some(start + 900_000));
        let found = findings(&table(vec![("time", Col::T(times))]), "T02");
        assert_eq!(found[0].rows.as_slice(), [6_000, 6_002]);
    }
}
