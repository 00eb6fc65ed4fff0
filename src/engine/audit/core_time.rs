//! The core of a log in time: the stretch between the first and the last hour (or day) of real volume.
//!
//! In: times of all rows, and the bounds within which a time can be right. Out: `CoreTime`.
//! Invariant: a time that cannot be right (1970, the far future) never lies in the core, unless no row has a
//! better one; of the others at most a small share lies outside.

use super::options::Thresholds;
use crate::engine::ingest::log::NULL_TIME;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

pub const HOUR_MICROS: i64 = 3_600_000_000;
pub const DAY_MICROS: i64 = 24 * HOUR_MICROS;

/// A log of fewer rows has no strays: one row is too large a part of it.
const STRAYS_FROM: usize = 20;

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
    /// Rows before `start` or after `end`, impossible times included.
    pub outside: u64,
    /// Width of the buckets in which volume was compared; `None` where volume was too thin to compare.
    pub bucket_micros: Option<i64>,
    /// Volume of the bucket in which the median event lies.
    pub typical_rows: u64,
}

impl CoreTime {
    /// Finds the core; `None` without any time.
    pub fn find(times: &[i64], possible: &RangeInclusive<i64>, thresholds: &Thresholds) -> Option<Self> {
        let known = || times.iter().copied().filter(|&time| time != NULL_TIME);
        let (first, last) = range(known())?;
        let is_possible = |time: &i64| possible.contains(time);
        let Some((low, high)) = range(known().filter(is_possible)) else {
            // A log of nothing but impossible times is still shown where it says it is.
            return Some(Self::all(first, last));
        };
        let whole = Self {
            start: low,
            end: high,
            ..Self::all(first, last)
        };
        let hours = bucket_counts(known().filter(is_possible), HOUR_MICROS);
        let mut core = Self::in_buckets(whole, &hours, HOUR_MICROS, thresholds)
            .or_else(|| Self::in_buckets(whole, &by_day(&hours), DAY_MICROS, thresholds))
            .unwrap_or_else(|| Self::without_strays(whole, known().filter(is_possible).collect()));
        core.outside = known().filter(|&time| !core.contains(time)).count() as u64;
        Some(core)
    }

    fn all(first: i64, last: i64) -> Self {
        Self {
            start: first,
            end: last,
            first,
            last,
            outside: 0,
            bucket_micros: None,
            typical_rows: 0,
        }
    }

    /// The core of a log too thin to compare volumes: up to one row in a hundred at either end is left out if
    /// it lies further from the rest than the rest is long, and more than a month.
    fn without_strays(whole: Self, mut times: Vec<i64>) -> Self {
        times.sort_unstable();
        let most = times.len() / 100 + usize::from(times.len() >= STRAYS_FROM && times.len() < 100);
        if most == 0 {
            return whole;
        }
        let rest = &times[most..times.len() - most];
        let far = (rest[rest.len() - 1] - rest[0]).max(30 * DAY_MICROS);
        let is_far = |place: &usize| times[*place].saturating_sub(times[*place - 1]) > far;
        let low = (1..=most).rev().find(is_far).unwrap_or(0);
        let high = (times.len() - most..times.len()).find(is_far).unwrap_or(times.len());
        Self {
            start: times[low],
            end: times[high - 1],
            ..whole
        }
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
        // A neighbour without a row is no part of the log.
        let (low, high) = filled(buckets, low, high)?;
        let outside = total - buckets.range(low..=high).map(|(_, count)| count).sum::<u64>();
        if outside as f64 > total as f64 * thresholds.isolated_max_share {
            return Some(Self {
                bucket_micros: Some(width),
                typical_rows: typical,
                ..whole
            });
        }
        Some(Self {
            start: (low * width).max(whole.start),
            end: ((high + 1) * width - 1).min(whole.end),
            bucket_micros: Some(width),
            typical_rows: typical,
            ..whole
        })
    }
}

fn range(times: impl Iterator<Item = i64>) -> Option<(i64, i64)> {
    times.fold(None, |range: Option<(i64, i64)>, time| match range {
        Some((low, high)) => Some((low.min(time), high.max(time))),
        None => Some((time, time)),
    })
}

/// The first and the last bucket with a row in a range.
fn filled(buckets: &BTreeMap<i64, u64>, low: i64, high: i64) -> Option<(i64, i64)> {
    let mut inside = buckets.range(low..=high).map(|(&bucket, _)| bucket);
    let first = inside.next()?;
    Some((first, inside.next_back().unwrap_or(first)))
}

fn by_day(hours: &BTreeMap<i64, u64>) -> BTreeMap<i64, u64> {
    let mut days: BTreeMap<i64, u64> = BTreeMap::new();
    for (hour, count) in hours {
        *days.entry(hour.div_euclid(24)).or_default() += count;
    }
    days
}

/// Rows of each bucket that has any.
pub fn bucket_counts(times: impl Iterator<Item = i64>, width: i64) -> BTreeMap<i64, u64> {
    let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
    let mut open = (i64::MIN, 0_u64);
    for time in times {
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

    const ALL: RangeInclusive<i64> = i64::MIN..=i64::MAX;

    fn find(times: &[i64]) -> CoreTime {
        CoreTime::find(times, &ALL, &Thresholds::default()).expect("there are times")
    }

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
        let core = find(&times);
        assert_eq!((core.start, core.outside), (100 * HOUR_MICROS, 5));
        assert!(core.contains(101 * HOUR_MICROS) && !core.contains(97 * HOUR_MICROS));
    }

    #[test]
    fn thin_edges_of_a_small_or_growing_log_are_not_stragglers() {
        let small = hours(&[(0, 1), (1, 10), (2, 30), (3, 1)]);
        let core = find(&small);
        assert_eq!((core.outside, core.bucket_micros), (0, None));
        let growing = hours(&[(0, 40), (1, 200), (2, 1_000), (3, 3_000)]);
        let core = find(&growing);
        assert_eq!(core.outside, 0);
    }

    #[test]
    fn the_empty_day_before_a_log_with_stragglers_is_no_part_of_it() {
        // Thin hours, busy days; a straggler weeks before.
        let mut times: Vec<i64> = (0..4_000)
            .map(|row| 100 * DAY_MICROS + row * DAY_MICROS / 500)
            .collect();
        times.push(40 * DAY_MICROS);
        let core = find(&times);
        assert_eq!((core.start, core.outside), (100 * DAY_MICROS, 1));
    }

    #[test]
    fn no_time_has_no_core() {
        assert_eq!(CoreTime::find(&[NULL_TIME], &ALL, &Thresholds::default()), None);
    }

    #[test]
    fn impossible_times_never_form_the_core() {
        let possible = 10 * DAY_MICROS..=1_000 * DAY_MICROS;
        // Half of the log is from the epoch hour and a tenth from the far future: more than the rest.
        let mut times = hours(&[(0, 5_000), (24 * 100, 2_000), (24 * 100 + 1, 2_000)]);
        times.extend([9_000 * DAY_MICROS; 1_000]);
        let core = CoreTime::find(&times, &possible, &Thresholds::default()).expect("there are times");
        assert_eq!((core.start, core.outside), (100 * DAY_MICROS + 5, 6_000));
        assert_eq!((core.first, core.last), (5, 9_000 * DAY_MICROS));
        // The same in a log too thin to compare volumes.
        let thin = [0, 500 * DAY_MICROS, 501 * DAY_MICROS, 9_000 * DAY_MICROS];
        let core = CoreTime::find(&thin, &possible, &Thresholds::default()).expect("there are times");
        assert_eq!(
            (core.start, core.end, core.outside),
            (500 * DAY_MICROS, 501 * DAY_MICROS, 2)
        );
        // Nothing but impossible times: they are all there is to show.
        let core = CoreTime::find(&[5, 7], &possible, &Thresholds::default()).expect("there are times");
        assert_eq!((core.start, core.end), (5, 7));
    }

    #[test]
    fn a_mistyped_year_is_a_stray_of_a_thin_log_and_a_slow_start_is_not() {
        let mut times: Vec<i64> = (0..60).map(|day| (3_650 + day) * DAY_MICROS).collect();
        times.push(10 * DAY_MICROS);
        let core = find(&times);
        assert_eq!((core.start, core.outside), (3_650 * DAY_MICROS, 1));
        let slow: Vec<i64> = (1..60).map(|step| step * step * DAY_MICROS).collect();
        assert_eq!(find(&slow).outside, 0);
    }

    proptest::proptest! {
        #[test]
        fn the_core_holds_only_possible_times_and_counts_the_others(
            times in proptest::collection::vec(0_i64..2_000, 1..300), low in 0_i64..500, high in 500_i64..2_000,
        ) {
            let times: Vec<i64> = times.into_iter().map(|hour| hour * HOUR_MICROS).collect();
            let possible = low * HOUR_MICROS..=high * HOUR_MICROS;
            let core = CoreTime::find(&times, &possible, &Thresholds::default()).expect("there are times");
            if times.iter().any(|time| possible.contains(time)) {
                proptest::prop_assert!(possible.contains(&core.start) && possible.contains(&core.end));
            }
            let outside = times.iter().filter(|&&time| !core.contains(time)).count() as u64;
            proptest::prop_assert_eq!(core.outside, outside);
        }
    }
}
