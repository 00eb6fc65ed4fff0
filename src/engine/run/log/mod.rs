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
    #[serde(default)]
    writer: u32,
}

/// Reads one line, or says in one clause why it cannot be read.
fn parse_line(line: &[u8]) -> Result<Event, String> {
    let newer =
        |v: u32| format!("written by a newer version of the program (line format {v}, this one reads {EVENT_VERSION})");
    match serde_json::from_slice::<Event>(line) {
        Ok(event) if event.v <= EVENT_VERSION => Ok(event),
        Ok(event) => Err(newer(event.v)),
        Err(error) => match serde_json::from_slice::<LineHead>(line) {
            Ok(head) if head.v > EVENT_VERSION => Err(newer(head.v)),
            _ => Err(error.to_string()),
        },
    }
}

/// What a line of any version says first.
fn line_head(line: &[u8]) -> Option<LineHead> {
    serde_json::from_slice(line).ok()
}
