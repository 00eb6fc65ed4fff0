//! New users and new items a day.
//!
//! In: times, users, items. Out: `Arrivals`.
//! Invariant: each user (item) with a time in the core is new exactly once, so the counts add up to all of them.

use super::volume::day_width;
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::NULL;
use crate::engine::ingest::Codes;
use serde::{Deserialize, Serialize};

/// Users and items by the day of their first event in the log. On the first days nearly all are new: the log does not
/// know who came before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrivals {
    /// Midnight UTC of the first day, seconds since 1970.
    pub start_secs: f64,
    /// A day, or several in logs of more than 1,500 days.
    pub bin_secs: f64,
    /// `None` without a user column.
    pub new_users: Option<Vec<u64>>,
    /// `None` without an item column.
    pub new_items: Option<Vec<u64>>,
}

impl Arrivals {
    /// New users or items as points of a curve, at the middle of each bin in seconds since 1970.
    pub fn points(&self, counts: &[u64]) -> Vec<[f64; 2]> {
        let at = |bin: usize| self.start_secs + self.bin_secs * (bin as f64 + 0.5);
        counts
            .iter()
            .enumerate()
            .map(|(bin, &new)| [at(bin), new as f64])
            .collect()
    }
}

/// Bin of users (items) that were not seen.
const UNSEEN: u32 = u32::MAX;

pub(super) fn arrivals(context: &Context<'_>) -> Option<Arrivals> {
    let (core, times) = (context.core_time()?, context.log.time.as_deref()?);
    if context.log.user.is_none() && context.log.item.is_none() {
        return None;
    }
    let width = day_width(core.start, core.end);
    let start = core.start.div_euclid(width) * width;
    let num_bins = ((core.end - start) / width + 1) as usize;
    let count = |codes: &Codes| {
        let mut first = vec![UNSEEN; codes.num];
        for (&code, &time) in codes.codes.iter().zip(times) {
            if code != NULL && core.contains(time) {
                let seen = &mut first[code as usize];
                *seen = (*seen).min(((time - start) / width) as u32);
            }
        }
        let mut new = vec![0_u64; num_bins];
        for bin in first.into_iter().filter(|bin| *bin != UNSEEN) {
            new[bin as usize] += 1;
        }
        new
    };
    Some(Arrivals {
        start_secs: start as f64 / 1e6,
        bin_secs: width as f64 / 1e6,
        new_users: context.log.user.as_ref().map(count),
        new_items: context.log.item.as_ref().map(count),
    })
}
