//! The worker's end of the log.

use super::line_head;
use crate::engine::run::error::RunError;
use crate::engine::run::event::{EVENT_VERSION, Event, EventBody};
use crate::engine::run::now_ms;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Appends events; each is on its way to the disk when `write` returns. `Send`: share it behind a mutex.
#[derive(Debug)]
pub struct EventWriter {
    file: File,
    path: PathBuf,
    next_seq: u64,
    /// Which writer of this log it is, from 1.
    number: u32,
    /// A failed write may have left part of a line; the next one starts on a line of its own.
    torn: bool,
}

impl EventWriter {
    /// Opens or creates the log. An unfinished last line is cut off; `seq` and the writer's number go on after the last.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        let (next_seq, earlier_writers) = repair(path).map_err(RunError::io("repair", path))?;
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(RunError::io("open", path))?;
        Ok(Self {
            file,
            path: path.to_owned(),
            next_seq,
            number: earlier_writers.saturating_add(1),
            torn: false,
        })
    }

    /// Waits until all events are on the disk.
    pub fn sync(&self) -> Result<(), RunError> {
        self.file.sync_data().map_err(RunError::io("write to disk", &self.path))
    }

    /// Appends an event that happens now.
    pub fn write(&mut self, step: u64, body: EventBody) -> Result<Event, RunError> {
        self.write_at(now_ms(), step, body)
    }

    /// Appends an event of the given time; `step` is the number of optimiser steps done.
    pub fn write_at(&mut self, wall_ms: u64, step: u64, body: EventBody) -> Result<Event, RunError> {
        let event = Event {
            v: EVENT_VERSION,
            seq: self.next_seq,
            wall_ms,
            step,
            body,
            writer: self.number,
        };
        let mut line = Vec::with_capacity(256);
        if self.torn {
            line.push(b'\n');
        }
        serde_json::to_writer(&mut line, &event).map_err(|error| RunError::json(&self.path, &error))?;
        line.push(b'\n');
        let written = self.file.write_all(&line);
        self.torn = written.is_err();
        written.map_err(RunError::io("write", &self.path))?;
        self.next_seq += 1;
        if event.body.is_terminal() || matches!(event.body, EventBody::Checkpoint { .. }) {
            // What a resume relies on survives a power cut too.
            self.file
                .sync_data()
                .map_err(RunError::io("write to disk", &self.path))?;
        }
        Ok(event)
    }

    /// The `seq` of the event written next.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }
}

/// Cuts off an unfinished last line and returns the next sequence number and the last writer's number.
fn repair(path: &Path) -> std::io::Result<(u64, u32)> {
    let mut file = match OpenOptions::new().read(true).write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((0, 0)),
        Err(error) => return Err(error),
    };
    let len = file.metadata()?.len();
    let mut window = 64 * 1024;
    loop {
        let start = len.saturating_sub(window);
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        (&mut file).take(len - start).read_to_end(&mut bytes)?;
        let whole = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        // Lines from the last to the first: each unreadable one has used up a number too.
        let mut lines = bytes[..whole].split(|&b| b == b'\n').rev().skip(1);
        let found = lines.by_ref().enumerate().find_map(|(unreadable, line)| {
            let head = line_head(line)?;
            Some((head.seq + 1 + unreadable as u64, head.writer))
        });
        if found.is_some() || start == 0 {
            file.set_len(start + whole as u64)?;
            let all_unreadable = bytes[..whole].iter().filter(|&&b| b == b'\n').count() as u64;
            return Ok(found.unwrap_or((all_unreadable, 0)));
        }
        window *= 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn log(message: &str) -> EventBody {
        EventBody::Log {
            message: message.to_owned(),
        }
    }

    #[test]
    fn numbers_go_on_after_a_truncated_last_line() {
        let folder = tempfile::tempdir().expect("temp dir");
        let path = folder.path().join("events.jsonl");
        let mut writer = EventWriter::open(&path).expect("open");
        for step in 0..3 {
            assert_eq!(writer.write(step, log("x")).expect("write").seq, step);
        }
        drop(writer);
        let whole = fs::read(&path).expect("read");
        // Killed at any byte of the last line: everything before it stays, nothing of it does.
        let two = whole[..whole.len() - 1]
            .iter()
            .rposition(|&b| b == b'\n')
            .expect("lines")
            + 1;
        for cut in two..whole.len() {
            fs::write(&path, &whole[..cut]).expect("cut");
            let mut writer = EventWriter::open(&path).expect("repair");
            assert_eq!(writer.next_seq(), 2, "cut at byte {cut}");
            assert_eq!(fs::read(&path).expect("read"), &whole[..two]);
            let event = writer.write_at(1, 9, log("y")).expect("write");
            assert_eq!((event.seq, event.writer), (2, 2));
        }
    }

    #[test]
    fn a_corrupt_line_uses_up_its_number_and_long_files_are_read_from_the_end() {
        let folder = tempfile::tempdir().expect("temp dir");
        let path = folder.path().join("events.jsonl");
        let mut writer = EventWriter::open(&path).expect("open");
        writer.write(0, log(&"long ".repeat(100_000))).expect("write");
        drop(writer);
        let mut file = OpenOptions::new().append(true).open(&path).expect("append");
        file.write_all(b"\x00\xff not json\nhalf").expect("damage");
        assert_eq!(EventWriter::open(&path).expect("repair").next_seq(), 2);
        fs::write(&path, "a\nb\nc").expect("write");
        assert_eq!(EventWriter::open(&path).expect("repair").next_seq(), 2);
        assert_eq!(fs::read_to_string(&path).expect("read"), "a\nb\n");
        fs::write(&path, "no newline at all").expect("write");
        assert_eq!(EventWriter::open(&path).expect("repair").next_seq(), 0);
    }
}
