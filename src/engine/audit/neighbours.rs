//! Neighbours in the order of user, item, event and time: the pairs that repeats and contradicting copies are made of.
//!
//! In: the log's user-item order and its exact duplicates. Out: `Pairs`.
//! Invariant: both rows of a pair have the same user, item and event; a row that is an exact copy of an earlier
//! one is in no pair as the later row, so that a copy counts once, as a copy.

use super::context::Context;
use super::rule::Outcome;
use super::user_items::UserItemEvent;
use crate::engine::artifact::Bilingual;
use crate::engine::ingest::log::NULL_TIME;
use crate::engine::progress::Cancelled;
use rayon::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub earlier: u32,
    pub later: u32,
    pub gap_micros: i64,
}

pub enum Pairs {
    /// In order of the later row.
    Found(Vec<Pair>),
    /// The log lacks what neighbours need.
    Missing(Outcome),
}

/// All pairs of neighbours for which `keep(event code, gap)` holds.
pub fn pairs(context: &Context<'_>, keep: impl Fn(u32, i64) -> bool + Sync) -> Result<Pairs, Cancelled> {
    let Some(order) = context.user_items()? else {
        let outcome = Outcome::missing_roles("user, item and time", "用户、商品、时间");
        return Ok(Pairs::Missing(outcome));
    };
    if !has_seconds(context) {
        return Ok(Pairs::Missing(Outcome::NotApplicable(Bilingual::new(
            "times are only to the minute or coarser",
            "时间精度只到分钟或更粗",
        ))));
    }
    let duplicates = context.duplicates()?;
    let mut found: Vec<Pair> = (0..order.num_users())
        .into_par_iter()
        .flat_map_iter(|user| order.groups_of(user).flat_map(|group| pairs_in(group, &keep)))
        .filter(|pair| !duplicates.is_surplus(pair.later))
        .collect();
    found.sort_unstable_by_key(|pair| pair.later);
    Ok(Pairs::Found(found))
}

fn pairs_in(group: &[UserItemEvent], keep: &impl Fn(u32, i64) -> bool) -> Vec<Pair> {
    let pair = |(before, after): (&UserItemEvent, &UserItemEvent)| {
        let gap_micros = after.time - before.time;
        (before.event == after.event && keep(after.event, gap_micros)).then_some(Pair {
            earlier: before.row,
            later: after.row,
            gap_micros,
        })
    };
    group.iter().zip(group.iter().skip(1)).filter_map(pair).collect()
}

/// Minute-resolution logs put whole baskets on one time; a second means nothing there.
fn has_seconds(context: &Context<'_>) -> bool {
    let mut times = context.log.time.as_deref().unwrap_or_default().iter();
    times.any(|time| *time != NULL_TIME && time.rem_euclid(60_000_000) != 0)
}
