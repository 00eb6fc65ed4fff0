//! Retention: of the users first seen in a period, how many come back in each later one.
//!
//! In: users and times. Out: `Retention`, one row a cohort.
//! Invariant: counts are exact; period 0 of a cohort is its size, and the sizes add up to the users with a time in
//! the core of the log.

use crate::engine::audit::context::Context;
use crate::engine::audit::core_time::DAY_MICROS;
use crate::engine::audit::distinct::NULL;
use serde::{Deserialize, Serialize};

/// Cohorts of a triangle a person can read, and bits of the set a user's periods are kept in.
const MOST_PERIODS: i64 = 26;
/// Up to so many days the periods are days.
const MOST_DAYS: i64 = 14;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Retention {
    /// Midnight UTC of the day the first period starts, seconds since 1970.
    pub start_secs: f64,
    /// A day in logs of up to 14 days, a week up to half a year, else several weeks.
    pub period_secs: f64,
    /// How much of the last period the log covers, 0..=1: its counts are low for that reason alone.
    pub last_period_share: f64,
    /// One a period that users were first seen in.
    pub cohorts: Vec<Cohort>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cohort {
    /// Periods after the first.
    pub period: u32,
    /// Users with an event in this period and each one after it, up to the last; the first entry is the cohort's size.
    pub users: Vec<u64>,
}

impl Retention {
    /// The highest share of a cohort that came back in a later period; above 0, so that shares of it exist.
    pub fn highest_rate(&self) -> f64 {
        let rates = self
            .cohorts
            .iter()
            .flat_map(|cohort| (1..cohort.users.len()).filter_map(|later| cohort.rate(later)));
        rates.fold(0.0, f64::max).max(f64::MIN_POSITIVE)
    }

    /// Periods of the longest cohort, its own included.
    pub fn num_periods(&self) -> usize {
        self.cohorts.iter().map(|cohort| cohort.users.len()).max().unwrap_or(0)
    }

    pub fn period_days(&self) -> u64 {
        (self.period_secs / 86_400.0).round() as u64
    }

    /// The day a cohort's period starts, in a format of `chrono`.
    pub fn start_of(&self, cohort: &Cohort, format: &str) -> String {
        let secs = self.start_secs + f64::from(cohort.period) * self.period_secs;
        let time = chrono::DateTime::from_timestamp(secs as i64, 0);
        time.map_or_else(String::new, |time| time.format(format).to_string())
    }
}

impl Cohort {
    pub fn size(&self) -> u64 {
        self.users.first().copied().unwrap_or(0)
    }

    /// Share of the cohort that is active so many periods later; `None` beyond the log.
    pub fn rate(&self, later: usize) -> Option<f64> {
        let users = *self.users.get(later)?;
        (self.size() > 0).then(|| users as f64 / self.size() as f64)
    }
}

/// `None` without users and times, or if the log is a single period.
pub(super) fn retention(context: &Context<'_>) -> Option<Retention> {
    let (core, times, user) = (
        context.core_time()?,
        context.log.time.as_deref()?,
        context.log.user.as_ref()?,
    );
    let start = core.start.div_euclid(DAY_MICROS) * DAY_MICROS;
    let days = (core.end - start) / DAY_MICROS + 1;
    let width = if days <= MOST_DAYS {
        DAY_MICROS
    } else {
        7 * DAY_MICROS * (days - 1).div_euclid(7 * MOST_PERIODS).saturating_add(1)
    };
    let num_periods = ((core.end - start) / width + 1) as usize;
    if num_periods < 2 {
        return None;
    }
    // One bit a period: a user's cohort is the lowest one.
    let mut seen = vec![0_u32; user.num];
    for (&code, &time) in user.codes.iter().zip(times) {
        if code != NULL && core.contains(time) {
            seen[code as usize] |= 1 << ((time - start) / width);
        }
    }
    let mut counts: Vec<Vec<u64>> = (0..num_periods).map(|period| vec![0; num_periods - period]).collect();
    for bits in seen.into_iter().filter(|bits| *bits != 0) {
        let first = bits.trailing_zeros() as usize;
        let mut left = bits;
        while left != 0 {
            let period = left.trailing_zeros() as usize;
            counts[first][period - first] += 1;
            left &= left - 1;
        }
    }
    let cohorts = counts.into_iter().enumerate().filter(|(_, users)| users[0] > 0);
    Some(Retention {
        start_secs: start as f64 / 1e6,
        period_secs: width as f64 / 1e6,
        last_period_share: ((core.end - start) % width) as f64 / width as f64,
        cohorts: cohorts
            .map(|(period, users)| Cohort {
                period: period as u32,
                users,
            })
            .collect(),
    })
}
