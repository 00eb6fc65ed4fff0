//! Rows ordered by user, item, event and time: the order in which repeats and missing views show.
//!
//! In: dense codes and times. Out: `UserItemOrder`.
//! Invariant: holds exactly the rows that have a user, an item and a time.

use super::distinct::NULL;
use crate::engine::ingest::Codes;
use crate::engine::ingest::log::NULL_TIME;
use crate::engine::progress::{Cancelled, Progress};
use rayon::prelude::*;

/// One event of one user; the derived order is the sort order. Packed: there is one a row of the log.
#[repr(C, packed(4))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserItemEvent {
    pub item: u32,
    /// `NULL` where the log has no event column or no event there.
    pub event: u32,
    /// Microseconds since 1970.
    pub time: i64,
    pub row: u32,
}

pub struct UserItemOrder {
    events: Vec<UserItemEvent>,
    /// Start of each user's events, one more than there are users.
    starts: Vec<u32>,
}

impl UserItemOrder {
    /// Counting sort by user, then a sort within each user, in parallel.
    pub fn new(
        user: &Codes,
        item: &Codes,
        event: Option<&Codes>,
        time: &[i64],
        progress: &Progress,
    ) -> Result<Self, Cancelled> {
        let is_known = |row: usize| user.codes[row] != NULL && item.codes[row] != NULL && time[row] != NULL_TIME;
        let mut starts = vec![0_u32; user.num + 1];
        for row in (0..time.len()).filter(|&row| is_known(row)) {
            starts[user.codes[row] as usize + 1] += 1;
        }
        for user in 1..starts.len() {
            starts[user] += starts[user - 1];
        }
        progress.check()?;
        let mut next = starts.clone();
        let mut events = vec![UserItemEvent::default(); starts.last().map_or(0, |&end| end as usize)];
        for row in (0..time.len()).filter(|&row| is_known(row)) {
            let place = &mut next[user.codes[row] as usize];
            events[*place as usize] = UserItemEvent {
                item: item.codes[row],
                event: event.map_or(NULL, |event| event.codes[row]),
                time: time[row],
                row: row as u32,
            };
            *place += 1;
        }
        progress.check()?;
        let mut out = Self { events, starts };
        out.segments_mut()
            .into_par_iter()
            .for_each(<[UserItemEvent]>::sort_unstable);
        progress.check()?;
        Ok(out)
    }

    /// All events of one user on one item, each group in order of event and time.
    pub fn groups_of(&self, user: usize) -> impl Iterator<Item = &[UserItemEvent]> {
        let events = &self.events[self.starts[user] as usize..self.starts[user + 1] as usize];
        events.chunk_by(|a, b| a.item == b.item)
    }

    pub fn num_users(&self) -> usize {
        self.starts.len() - 1
    }

    /// How many different (user, item) pairs occur.
    pub fn num_pairs(&self) -> u64 {
        (0..self.num_users())
            .into_par_iter()
            .map(|user| self.groups_of(user).count() as u64)
            .sum()
    }

    fn segments_mut(&mut self) -> Vec<&mut [UserItemEvent]> {
        let mut rest = self.events.as_mut_slice();
        let mut out = Vec::with_capacity(self.starts.len());
        for bounds in self.starts.windows(2) {
            let (segment, tail) = rest.split_at_mut((bounds[1] - bounds[0]) as usize);
            out.push(segment);
            rest = tail;
        }
        out
    }
}
