//! Sessions in time: visits, pauses between them, time spent inside.
//!
//! A session key may outlive a visit: a pause above the limit ends the visit, and what follows is the next one.
//! In: session codes and times. Out: `SessionSpans`.
//! Invariant: only rows with a session and a time that can be right are looked at, ordered by (session, time,
//! row); lengths and intervals are of events within one visit, never across a pause.

use super::distinct::NULL;
use crate::engine::ingest::Codes;
use crate::engine::progress::{Cancelled, Progress};
use std::ops::RangeInclusive;

/// One session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionSpan {
    pub events: u32,
    /// Stretches without a pause above the limit; 0 only without events.
    pub visits: u32,
    /// Time within visits: the sum of the intervals that are no pauses, microseconds.
    pub active: i64,
    /// Longest time between two neighbouring events.
    pub longest_pause: i64,
    /// Length of the longest visit.
    pub longest_visit: i64,
}

#[derive(Clone, Debug, Default)]
pub struct SessionSpans {
    /// By session code.
    pub sessions: Vec<SessionSpan>,
    /// Rows that follow a pause above the limit in their session, ascending.
    pub after_pause: Vec<u32>,
    /// Median interval between neighbouring events of one visit, microseconds; `None` if no visit has two.
    pub median_interval: Option<i64>,
}

impl SessionSpans {
    /// `pause_limit` in microseconds; times outside `possible` are left out.
    pub fn new(
        session: &Codes,
        time: &[i64],
        (pause_limit, possible): (i64, &RangeInclusive<i64>),
        progress: &Progress,
    ) -> Result<Self, Cancelled> {
        let is_known = |row: usize| session.codes[row] != NULL && possible.contains(&time[row]);
        let mut starts = vec![0_u32; session.num + 1];
        for row in (0..time.len()).filter(|&row| is_known(row)) {
            starts[session.codes[row] as usize + 1] += 1;
        }
        for code in 1..starts.len() {
            starts[code] += starts[code - 1];
        }
        progress.check()?;
        let mut next = starts.clone();
        let mut rows = vec![0_u32; starts.last().map_or(0, |&end| end as usize)];
        for row in (0..time.len()).filter(|&row| is_known(row)) {
            let place = &mut next[session.codes[row] as usize];
            rows[*place as usize] = row as u32;
            *place += 1;
        }
        progress.check()?;
        let mut out = Self::default();
        let mut intervals = Vec::with_capacity(rows.len());
        for bounds in starts.windows(2) {
            let members = &mut rows[bounds[0] as usize..bounds[1] as usize];
            members.sort_by_key(|&row| time[row as usize]);
            let span = span_of(members, time, pause_limit, |row, interval| match row {
                Some(row) => out.after_pause.push(row),
                None => intervals.push(interval),
            });
            out.sessions.push(span);
        }
        out.after_pause.sort_unstable();
        out.median_interval = median(&mut intervals);
        Ok(out)
    }
}

/// Tells `visit` each interval, with the row after it where the interval is a pause.
fn span_of(rows: &[u32], time: &[i64], pause_limit: i64, mut visit: impl FnMut(Option<u32>, i64)) -> SessionSpan {
    let Some(&first) = rows.first() else {
        return SessionSpan::default();
    };
    let mut span = SessionSpan {
        events: rows.len() as u32,
        visits: 1,
        ..SessionSpan::default()
    };
    let mut start = time[first as usize];
    for pair in rows.windows(2) {
        let after = time[pair[1] as usize];
        let interval = after - time[pair[0] as usize];
        span.longest_pause = span.longest_pause.max(interval);
        if interval > pause_limit {
            visit(Some(pair[1]), interval);
            span.visits += 1;
            start = after;
        } else {
            visit(None, interval);
            span.active += interval;
        }
        span.longest_visit = span.longest_visit.max(after - start);
    }
    span
}

/// The lower median.
fn median(values: &mut [i64]) -> Option<i64> {
    let middle = values.len().checked_sub(1)? / 2;
    Some(*values.select_nth_unstable(middle).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{IntoColumn as _, NamedFrom as _, Series};

    #[test]
    fn intervals_and_lengths_are_of_visits_and_impossible_times_are_left_out() {
        const SEC: i64 = 1_000_000;
        let keys = Series::new("s".into(), vec!["a", "a", "a", "a", "a", "b", "a"]).into_column();
        let session = Codes::of_column(&keys);
        // Session a: a visit of 20 s, a pause of a day, a visit of 5 s; one row claims 1970.
        let secs = [100_000, 100_010, 100_020, 186_420, 186_425, 7_000, 0];
        let time: Vec<i64> = secs.iter().map(|secs| secs * SEC).collect();
        let possible = 1..=i64::MAX;
        let spans =
            SessionSpans::new(&session, &time, (1_800 * SEC, &possible), &Progress::new()).expect("not cancelled");
        let expected = SessionSpan {
            events: 5,
            visits: 2,
            active: 25 * SEC,
            longest_pause: 86_400 * SEC,
            longest_visit: 20 * SEC,
        };
        assert_eq!(spans.sessions[0], expected);
        assert_eq!((spans.sessions[1].visits, spans.sessions[1].active), (1, 0));
        assert_eq!(spans.after_pause, [3]);
        assert_eq!(
            spans.median_interval,
            Some(10 * SEC),
            "5, 10 and 10 s; the day is a pause"
        );
    }
}
