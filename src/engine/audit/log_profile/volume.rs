//! Rows over time by event type.
//!
//! In: times and event codes. Out: `Volume`.
//! Invariant: every row with a time is counted once, in a bin or as lying outside the core.

use super::EventProfile;
use crate::engine::audit::context::Context;
use crate::engine::audit::core_time::{DAY_MICROS, HOUR_MICROS};
use crate::engine::audit::distinct::NULL;
use crate::engine::ingest::log::NULL_TIME;
use serde::{Deserialize, Serialize};

/// Rows by time and event type over the core of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Volume {
    /// Start of the first bin, seconds since 1970 UTC.
    pub start_secs: f64,
    pub bin_secs: f64,
    /// At most eight types, most frequent first; the others together as `other`.
    pub types: Vec<String>,
    /// For each type, rows in each bin.
    pub counts: Vec<Vec<u64>>,
    /// Rows outside the core of the log.
    pub outside: u64,
}

/// Longest core that is still shown by the hour, in hours; longer ones by the day.
const MOST_HOURS: i64 = 24 * 62;
/// Bins of the longest log; beyond it bins grow to several days.
const MOST_DAYS: i64 = 1_500;
const MOST_TYPES: usize = 8;

/// The types that are shown, and where each event code and rows without an event are counted.
pub(super) struct Types {
    pub names: Vec<String>,
    place_of: Vec<usize>,
    last: usize,
}

impl Types {
    /// Without an event column all rows are `other`.
    pub(super) fn of(context: &Context<'_>, profiles: &[EventProfile]) -> Self {
        let mut names: Vec<String> = profiles
            .iter()
            .take(MOST_TYPES)
            .map(|profile| profile.name.clone())
            .collect();
        let all = context.event_names();
        let place_of = all
            .iter()
            .map(|name| names.iter().position(|other| other == name).unwrap_or(names.len()))
            .collect();
        let has_gaps = || {
            context
                .log
                .event
                .as_ref()
                .is_some_and(|event| event.codes.contains(&NULL))
        };
        if all.len() > names.len() || names.is_empty() || has_gaps() {
            names.push("other".to_owned());
        }
        let last = names.len() - 1;
        Self { names, place_of, last }
    }

    /// Where a row is counted.
    fn place(&self, code: u32) -> usize {
        let place = self.place_of.get(code as usize);
        place.map_or(self.last, |&place| place.min(self.last))
    }

    /// Calls `count` with type and time of every row that has a time.
    pub(super) fn for_each(&self, context: &Context<'_>, mut count: impl FnMut(usize, i64)) {
        let times = context.log.time.as_deref().unwrap_or_default();
        let codes = context.log.event.as_ref().map(|event| event.codes.as_slice());
        for (row, &time) in times.iter().enumerate().filter(|(_, time)| **time != NULL_TIME) {
            count(codes.map_or(self.last, |codes| self.place(codes[row])), time);
        }
    }
}

/// Width of a bin of days: one, or more where the log is longer than can be shown.
pub(super) fn day_width(start: i64, end: i64) -> i64 {
    DAY_MICROS * ((end - start) / DAY_MICROS / MOST_DAYS + 1)
}

pub(super) fn volume(context: &Context<'_>, types: &Types) -> Option<Volume> {
    let core = context.core_time()?;
    let hours = core.end.div_euclid(HOUR_MICROS) - core.start.div_euclid(HOUR_MICROS) + 1;
    let width = if hours <= MOST_HOURS {
        HOUR_MICROS
    } else {
        day_width(core.start, core.end)
    };
    let start = core.start.div_euclid(width) * width;
    let num_bins = ((core.end - start) / width + 1) as usize;
    let mut counts = vec![vec![0_u64; num_bins]; types.names.len()];
    let mut outside = 0;
    types.for_each(context, |place, time| {
        if core.contains(time) {
            counts[place][((time - start) / width) as usize] += 1;
        } else {
            outside += 1;
        }
    });
    Some(Volume {
        start_secs: start as f64 / 1e6,
        bin_secs: width as f64 / 1e6,
        types: types.names.clone(),
        counts,
        outside,
    })
}

impl Volume {
    /// Bins are hours.
    pub fn is_hourly(&self) -> bool {
        self.bin_secs <= 3_600.0
    }

    /// Rows of all types in each bin.
    pub fn totals(&self) -> Vec<u64> {
        let num_bins = self.counts.first().map_or(0, Vec::len);
        (0..num_bins)
            .map(|bin| self.counts.iter().map(|counts| counts[bin]).sum())
            .collect()
    }
}
