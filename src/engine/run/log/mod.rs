//! `events.jsonl`: one writer (the worker), any number of readers, at the same time.
//!
//! Invariant: only whole lines count. The writer cuts off what a killed predecessor left unfinished;
//! a reader that meets an unfinished last line reads it again later.

mod reader;
mod writer;

pub use reader::{Batch, EventReader, FileSource, LogItem, LogSource, SourceStat};
pub use writer::EventWriter;

use super::event::{EVENT_VERSION, Event};
use serde::Deserialize;

/// What every version's line has.
#[derive(Deserialize)]
struct LineHead {
    v: u32,
    seq: u64,
}

/// Reads one line, or says in one clause why it cannot be read.
fn parse_line(line: &[u8]) -> Result<Event, String> {
    let head: Option<LineHead> = serde_json::from_slice(line).ok();
    if let Some(head) = head.filter(|head| head.v > EVENT_VERSION) {
        return Err(format!(
            "written by a newer version of the program (line format {}, this one reads {EVENT_VERSION})",
            head.v
        ));
    }
    serde_json::from_slice(line).map_err(|error| error.to_string())
}

/// The sequence number of a line of any version.
fn line_seq(line: &[u8]) -> Option<u64> {
    serde_json::from_slice::<LineHead>(line).ok().map(|head| head.seq)
}
