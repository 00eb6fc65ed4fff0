//! The effect as data came in, and of each day alone.
//!
//! Rows are added day by day to running sums of the units. Invariant: the last cumulative point is the effect
//! with all dated rows; at most `MOST_POINTS` points, then neighbouring days share one.

use super::config::{ExperimentConfig, MetricKind};
use super::difference::{compare, relative};
use super::report::{CumulativePoint, DailyPoint, DayRange};
use super::sequential::half_width;
use super::table::UnitTable;
use super::tails::normal_two_sided;
use super::values::{MetricColumns, UnitSums};
use crate::engine::experiment::config::MetricSpec;
use crate::engine::progress::{Cancelled, Progress};

const MOST_POINTS: usize = 120;
/// A day needs this many units in each arm to be judged alone.
const LEAST_UNITS: u64 = 10;
const MOST_MISSING: usize = 50;
/// Ten years: no log of a shop dates from before 1980.
const LARGEST_DAY_NUMBER: i32 = 3652;

/// `2025-10-06` for days since 1970-01-01; small whole numbers are day numbers of the log itself.
pub(super) fn day_name(day: i32) -> String {
    if (0..LARGEST_DAY_NUMBER).contains(&day) {
        return format!("day {day}");
    }
    let date = chrono::DateTime::from_timestamp(i64::from(day) * 86_400, 0);
    date.map_or_else(|| day.to_string(), |date| date.format("%Y-%m-%d").to_string())
}

pub(super) fn day_range(table: &UnitTable) -> Option<DayRange> {
    let (first, last) = (table.rows_by_day.first()?.0, table.rows_by_day.last()?.0);
    let mut missing = Vec::new();
    for pair in table.rows_by_day.windows(2) {
        for day in pair[0].0 + 1..pair[1].0 {
            if missing.len() < MOST_MISSING {
                missing.push(day_name(day));
            }
        }
    }
    Some(DayRange {
        first: day_name(first),
        last: day_name(last),
        days: (i64::from(last) - i64::from(first) + 1) as u64,
        missing,
    })
}

/// Rows of each point in time: the last day and the range within `rows_by_day`.
fn points(table: &UnitTable) -> Vec<(i32, std::ops::Range<usize>)> {
    let rows = &table.rows_by_day;
    let mut days: Vec<(i32, std::ops::Range<usize>)> = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        let day = rows[start].0;
        let end = start + rows[start..].partition_point(|row| row.0 == day);
        days.push((day, start..end));
        start = end;
    }
    let together = days.len().div_ceil(MOST_POINTS).max(1);
    let merged = days.chunks(together).filter_map(|chunk| {
        let (first, last) = (chunk.first()?, chunk.last()?);
        Some((last.0, first.1.start..last.1.end))
    });
    merged.collect()
}

/// Cumulative and daily effects of one treatment.
type Effects = (Vec<CumulativePoint>, Vec<DailyPoint>);

/// Cumulative and daily effects of every treatment, in the order of the arms from 1 on.
pub(super) fn effects(
    (spec, columns): (&MetricSpec, &MetricColumns),
    table: &UnitTable,
    config: &ExperimentConfig,
    progress: &Progress,
) -> Result<Vec<Effects>, Cancelled> {
    let mut found = vec![(Vec::new(), Vec::new()); table.arms.len() - 1];
    let mut sums = UnitSums::new(spec, columns, table);
    for (day, range) in points(table) {
        progress.check()?;
        let mut alone = UnitSums::new(spec, columns, table);
        for &(_, row) in &table.rows_by_day[range] {
            sums.add(row as usize);
            alone.add(row as usize);
        }
        for (treatment, (cumulative, daily)) in found.iter_mut().enumerate() {
            cumulative.extend(cumulative_point(&sums, spec.kind, treatment + 1, (day, config)));
            if spec.kind != MetricKind::Quantile {
                daily.extend(daily_point(&alone, spec.kind, treatment + 1, (day, config.alpha)));
            }
        }
    }
    Ok(found)
}

fn cumulative_point(
    sums: &UnitSums<'_>,
    kind: MetricKind,
    arm: usize,
    (day, config): (i32, &ExperimentConfig),
) -> Option<CumulativePoint> {
    let (control_units, control) = sums.summary(0, |_| true);
    let (treatment_units, treatment) = sums.summary(arm, |_| true);
    let (control, treatment) = (control?, treatment?);
    let single = compare(kind, &control, &treatment, config.alpha);
    let delta = single.delta?;
    let units = control_units + treatment_units;
    let half = single
        .standard_error
        .filter(|error| *error > 0.0)
        .map(|error| half_width(error, units as f64, config.alpha, config.sequential_units));
    // The band of the plot is scaled by the control of the day; its own error is small beside the effect's.
    let scaled = |value: f64| relative(value, control.estimate);
    let sequential_interval = half.map(|half| [delta - half, delta + half]);
    Some(CumulativePoint {
        day: day_name(day),
        units,
        delta,
        interval: single.interval,
        sequential_interval,
        relative: scaled(delta),
        relative_sequential_interval: sequential_interval.and_then(|[low, high]| Some([scaled(low)?, scaled(high)?])),
    })
}

fn daily_point(alone: &UnitSums<'_>, kind: MetricKind, arm: usize, (day, alpha): (i32, f64)) -> Option<DailyPoint> {
    let (control_units, control) = alone.summary(0, |_| true);
    let (treatment_units, treatment) = alone.summary(arm, |_| true);
    if control_units < LEAST_UNITS || treatment_units < LEAST_UNITS {
        return None;
    }
    let found = compare(kind, &control?, &treatment?, alpha);
    Some(DailyPoint {
        day: day_name(day),
        units: control_units + treatment_units,
        delta: found.delta?,
        standard_error: found.standard_error.filter(|error| *error > 0.0)?,
    })
}

/// p-value of a straight trend of the daily effect over the days (weighted least squares, known variances).
/// Days are taken as independent, which slightly overstates the evidence where units come back.
pub(super) fn trend(daily: &[DailyPoint]) -> Option<f64> {
    if daily.len() < 4 {
        return None;
    }
    let weights: Vec<f64> = daily.iter().map(|point| point.standard_error.powi(-2)).collect();
    let total: f64 = weights.iter().sum();
    let centre = weights
        .iter()
        .enumerate()
        .map(|(at, weight)| weight * at as f64)
        .sum::<f64>()
        / total;
    let average = weights
        .iter()
        .zip(daily)
        .map(|(weight, point)| weight * point.delta)
        .sum::<f64>()
        / total;
    let (mut covariance, mut spread) = (0.0, 0.0);
    for (at, (weight, point)) in weights.iter().zip(daily).enumerate() {
        covariance += weight * (at as f64 - centre) * (point.delta - average);
        spread += weight * (at as f64 - centre).powi(2);
    }
    normal_two_sided(covariance / spread.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::random::Draws;

    #[test]
    fn a_trend_is_seen_and_its_absence_too() {
        let daily = |slope: f64, seed: u64| {
            let mut draws = Draws::new(seed, &[]);
            let point = |day: i32| DailyPoint {
                day: day.to_string(),
                units: 100,
                delta: 1.0 + slope * f64::from(day) + 0.1 * draws.normal(),
                standard_error: 0.1,
            };
            trend(&(0..14).map(point).collect::<Vec<_>>()).expect("enough days")
        };
        assert!(daily(0.1, 1) < 1e-6);
        let false_alarms = (0..500).filter(|&seed| daily(0.0, seed) < 0.05).count();
        assert!((8..45).contains(&false_alarms), "{false_alarms} of 500, 25 expected");
        assert_eq!(trend(&[]), None);
    }

    #[test]
    fn missing_days_are_named() {
        let table = UnitTable {
            rows_by_day: vec![(20_000, 0), (20_000, 3), (20_003, 1)],
            ..UnitTable::default()
        };
        let range = day_range(&table).expect("dated");
        assert_eq!(
            (range.days, range.missing.as_slice()),
            (4, &["2024-10-05".to_owned(), "2024-10-06".to_owned()][..])
        );
        assert_eq!(day_name(3), "day 3");
    }

    #[test]
    fn many_days_share_points() {
        let table = UnitTable {
            rows_by_day: (0..1000).map(|day| (day, day as u32)).collect(),
            ..UnitTable::default()
        };
        let points = points(&table);
        assert!(points.len() <= MOST_POINTS && points.last().map(|point| point.0) == Some(999));
        assert_eq!(points.iter().map(|(_, range)| range.len()).sum::<usize>(), 1000);
    }
}
