//! The core of a log in time: the stretch between the first and the last hour (or day) of real volume.
//!
//! In: times of all rows. Out: `CoreTime`.
//! Invariant: at most a small share of rows lies outside, otherwise the core is the whole range.

use super::options::Thresholds;
use crate::engine::ingest::log::NULL_TIME;
use std::collections::BTreeMap;

pub const HOUR_MICROS: i64 = 3_600_000_000;
pub const DAY_MICROS: i64 = 24 * HOUR_MICROS;

/// Buckets thinner than this in the middle of the log say nothing about its edges.
const MIN_TYPICAL_ROWS: u64 = 100;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CoreTime {
    /// First and last microsecond of the core, both inside.
    pub start: i64,
    pub end: i64,
    /// First and last time in the log.
    pub first: i64,
    pub last: i64,
    /// Rows before `start` or after `end`.
    pub outside: u64,
    /// Width of the buckets in which volume was compared; `None` where volume was too thin to compare.
    pub bucket_micros: Option<i64>,
    /// Volume of the bucket in which the median event lies.
    pub typical_rows: u64,
}

impl CoreTime {
    /// Finds the core; `None` without any time.
    pub fn find(times: &[i64], thresholds: &Thresholds) -> Option<Self> {
        let hours = bucket_counts(times, HOUR_MICROS);
        let mut known = times.iter().copied().filter(|&time| time != NULL_TIME);
        let one = known.next()?;
        let (first, last) = known.fold((one, one), |(low, high), time| (low.min(time), high.max(time)));
        let whole = Self {
            start: first,
            end: last,
            first,
            last,
            outside: 0,
            bucket_micros: None,
            typical_rows: 0,
        };
        let core = Self::in_buckets(whole, &hours, HOUR_MICROS, thresholds).or_else(|| {
            let mut days: BTreeMap<i64, u64> = BTreeMap::new();
            hours
                .iter()
                .for_each(|(&hour, &count)| *days.entry(hour.div_euclid(24)).or_default() += count);
            Self::in_buckets(whole, &days, DAY_MICROS, thresholds)
        });
        Some(core.unwrap_or(whole))
    }

    /// Whether a time lies in the core.
    pub fn contains(&self, time: i64) -> bool {
        (self.start..=self.end).contains(&time)
    }

    fn in_buckets(whole: Self, buckets: &BTreeMap<i64, u64>, width: i64, thresholds: &Thresholds) -> Option<Self> {
        let total: u64 = buckets.values().sum();
        let typical = volume_of_median_event(buckets, total);
        if typical < MIN_TYPICAL_ROWS {
            return None;
        }
        let enough = typical as f64 * thresholds.core_volume_share;
        let mut busy = buckets
            .iter()
            .filter(|(_, count)| **count as f64 >= enough)
            .map(|(&bucket, _)| bucket);
        let low = busy.next()?;
        let high = busy.next_back().unwrap_or(low);
        // The first and last day of a log are usually cut, so thin neighbours of the core belong to it.
        let (low, high) = if width == DAY_MICROS {
            (low - 1, high + 1)
        } else {
            (low, high)
        };
        let outside = total - buckets.range(low..=high).map(|(_, count)| count).sum::<u64>();
        if outside as f64 > total as f64 * thresholds.isolated_max_share {
            return Some(Self {
                bucket_micros: Some(width),
                typical_rows: typical,
                ..whole
            });
        }
        Some(Self {
            start: (low * width).max(whole.first),
            end: ((high + 1) * width - 1).min(whole.last),
            outside,
            bucket_micros: Some(width),
            typical_rows: typical,
            ..whole
        })
    }
}

/// Rows of each bucket that has any.
pub fn bucket_counts(times: &[i64], width: i64) -> BTreeMap<i64, u64> {
    let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
    let mut open = (i64::MIN, 0_u64);
    for &time in times {
        if time == NULL_TIME {
            continue;
        }
        let bucket = time.div_euclid(width);
        // Logs are mostly in time order: count runs and touch the map once a run.
        if bucket == open.0 {
            open.1 += 1;
        } else {
            if open.1 > 0 {
                *counts.entry(open.0).or_default() += open.1;
            }
            open = (bucket, 1);
        }
    }
    if open.1 > 0 {
        *counts.entry(open.0).or_default() += open.1;
    }
    counts
}

fn volume_of_median_event(buckets: &BTreeMap<i64, u64>, total: u64) -> u64 {
    let mut volumes: Vec<u64> = buckets.values().copied().collect();
    volumes.sort_unstable();
    let mut passed = 0;
    for volume in volumes {
        passed += volume;
        if passed * 2 >= total {
            return volume;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(volumes: &[(i64, usize)]) -> Vec<i64> {
        volumes
            .iter()
            .flat_map(|&(hour, rows)| std::iter::repeat_n(hour * HOUR_MICROS + 5, rows))
            .collect()
    }

    #[test]
    fn stragglers_before_and_after_are_outside() {
        let times = hours(&[
            (0, 1),
            (97, 3),
            (100, 1_500),
            (101, 20),
            (102, 2_500),
            (103, 2_000),
            (900, 1),
        ]);
        let core = CoreTime::find(&times, &Thresholds::default()).expect("there are times");
        assert_eq!((core.start, core.outside), (100 * HOUR_MICROS, 5));
        assert!(core.contains(101 * HOUR_MICROS) && !core.contains(97 * HOUR_MICROS));
    }

    #[test]
    fn thin_edges_of_a_small_or_growing_log_are_not_stragglers() {
        let small = hours(&[(0, 1), (1, 10), (2, 30), (3, 1)]);
        let core = CoreTime::find(&small, &Thresholds::default()).expect("there are times");
        assert_eq!((core.outside, core.bucket_micros), (0, None));
        let growing = hours(&[(0, 40), (1, 200), (2, 1_000), (3, 3_000)]);
        let core = CoreTime::find(&growing, &Thresholds::default()).expect("there are times");
        assert_eq!(core.outside, 0);
    }

    #[test]
    fn no_time_has_no_core() {
        assert_eq!(CoreTime::find(&[NULL_TIME], &Thresholds::default()), None);
    }
}
