//! Rows by hour of the week and event type: when people come.
//!
//! In: the volume by the hour, or the times themselves where volume is by the day. Out: `Rhythm`.

use super::volume::{Types, Volume};
use crate::engine::audit::context::Context;
use crate::engine::audit::core_time::HOUR_MICROS;
use serde::{Deserialize, Serialize};

/// Hours of a week.
pub const WEEK_HOURS: usize = 7 * 24;
/// 1970-01-01 was a Thursday: hours from the Monday before it.
const EPOCH_HOUR_OF_WEEK: i64 = 3 * 24;

/// Rows over the core of the log by hour of the week, UTC; index = weekday (Monday = 0) · 24 + hour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rhythm {
    pub total: Vec<u64>,
    /// Hours of the core that fall on each hour of the week: divide by them to compare hours fairly.
    pub hours_seen: Vec<u64>,
    pub types: Vec<TypeRhythm>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeRhythm {
    pub name: String,
    pub counts: Vec<u64>,
}

impl Rhythm {
    /// Mean rows an hour of the week; `None` where the log has no such hour.
    pub fn mean(&self, hour_of_week: usize) -> Option<f64> {
        let (rows, hours) = (self.total.get(hour_of_week)?, self.hours_seen.get(hour_of_week)?);
        (*hours > 0).then(|| *rows as f64 / *hours as f64)
    }

    /// The highest mean; above 0, so that shares of it exist.
    pub fn highest_mean(&self) -> f64 {
        let means = (0..WEEK_HOURS).filter_map(|hour| self.mean(hour));
        means.fold(0.0, f64::max).max(f64::MIN_POSITIVE)
    }

    /// Labels of the hours of a day, every third one, as far as there is room.
    pub fn hour_labels() -> Vec<String> {
        let label = |hour: usize| {
            if hour.is_multiple_of(3) {
                format!("{hour:02}")
            } else {
                String::new()
            }
        };
        (0..24).map(label).collect()
    }
}

/// Hour of the week of an hour since 1970.
fn hour_of_week(hour: i64) -> usize {
    (hour + EPOCH_HOUR_OF_WEEK).rem_euclid(WEEK_HOURS as i64) as usize
}

pub(super) fn rhythm(context: &Context<'_>, volume: &Volume, types: &Types) -> Option<Rhythm> {
    let core = context.core_time()?;
    let mut counts = vec![vec![0_u64; WEEK_HOURS]; types.names.len()];
    if volume.is_hourly() {
        let first = (volume.start_secs / 3_600.0).round() as i64;
        for (sums, rows) in counts.iter_mut().zip(&volume.counts) {
            for (bin, rows) in rows.iter().enumerate() {
                sums[hour_of_week(first + bin as i64)] += rows;
            }
        }
    } else {
        types.for_each(context, |place, time| {
            if core.contains(time) {
                counts[place][hour_of_week(time.div_euclid(HOUR_MICROS))] += 1;
            }
        });
    }
    let (first, last) = (core.start.div_euclid(HOUR_MICROS), core.end.div_euclid(HOUR_MICROS));
    let whole_weeks = (last - first + 1) / WEEK_HOURS as i64;
    let mut hours_seen = vec![whole_weeks as u64; WEEK_HOURS];
    for hour in first + whole_weeks * WEEK_HOURS as i64..=last {
        hours_seen[hour_of_week(hour)] += 1;
    }
    let total = (0..WEEK_HOURS)
        .map(|hour| counts.iter().map(|counts| counts[hour]).sum())
        .collect();
    let named = types.names.iter().zip(counts);
    Some(Rhythm {
        total,
        hours_seen,
        types: named
            .map(|(name, counts)| TypeRhythm {
                name: name.clone(),
                counts,
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_the_week_start_on_monday() {
        // 2025-10-06 was a Monday; 1_759_708_800 is its midnight.
        assert_eq!(hour_of_week(1_759_708_800 / 3_600), 0);
        assert_eq!(hour_of_week(0), 72);
        assert_eq!(hour_of_week(-73), 167);
    }
}
