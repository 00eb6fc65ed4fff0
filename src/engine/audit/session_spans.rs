//! Sessions in time: length, pauses inside, stretches without a pause.
//!
//! In: session codes and times. Out: `SessionSpans`.
//! Invariant: only rows with a session and a time are looked at; rows are ordered by (session, time, row).

use super::distinct::NULL;
use crate::engine::ingest::Codes;
use crate::engine::ingest::log::NULL_TIME;
use crate::engine::progress::{Cancelled, Progress};

/// One session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionSpan {
    pub events: u32,
    /// Last minus first time, microseconds.
    pub length: i64,
    /// Longest time between two neighbouring events.
    pub longest_pause: i64,
    /// Longest stretch without a pause above the limit.
    pub longest_stretch: i64,
}

#[derive(Clone, Debug, Default)]
pub struct SessionSpans {
    /// By session code.
    pub sessions: Vec<SessionSpan>,
    /// Rows that follow a pause above the limit in their session, ascending.
    pub after_pause: Vec<u32>,
}

impl SessionSpans {
    /// `pause_limit` in microseconds.
    pub fn new(session: &Codes, time: &[i64], pause_limit: i64, progress: &Progress) -> Result<Self, Cancelled> {
        let is_known = |row: usize| session.codes[row] != NULL && time[row] != NULL_TIME;
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
        for bounds in starts.windows(2) {
            let members = &mut rows[bounds[0] as usize..bounds[1] as usize];
            members.sort_by_key(|&row| time[row as usize]);
            out.sessions
                .push(span_of(members, time, pause_limit, &mut out.after_pause));
        }
        out.after_pause.sort_unstable();
        Ok(out)
    }
}

fn span_of(rows: &[u32], time: &[i64], pause_limit: i64, after_pause: &mut Vec<u32>) -> SessionSpan {
    let (Some(&first), Some(&last)) = (rows.first(), rows.last()) else {
        return SessionSpan::default();
    };
    let mut span = SessionSpan {
        events: rows.len() as u32,
        length: time[last as usize] - time[first as usize],
        ..SessionSpan::default()
    };
    let mut stretch_start = time[first as usize];
    for pair in rows.windows(2) {
        let (before, after) = (time[pair[0] as usize], time[pair[1] as usize]);
        span.longest_pause = span.longest_pause.max(after - before);
        if after - before > pause_limit {
            after_pause.push(pair[1]);
            stretch_start = after;
        }
        span.longest_stretch = span.longest_stretch.max(after - stretch_start);
    }
    span
}
