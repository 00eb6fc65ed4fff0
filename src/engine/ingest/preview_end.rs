//! The end of a file that a preview does not read to: which of its last lines are a footer.
//!
//! In: a file as it is read, its size. Out: `FileEnd`.
//! Invariant: the lines that are called a footer are those that reading the whole file leaves out, as long as they and
//! a row before them lie in the last 64 KiB; a packed file has no end that could be looked at, and says nothing.

use super::chunk::{self, Chunk};
use super::error::IngestError;
use super::footer;
use super::outcome::footer_of;
use super::pass::{PassConfig, Task};
use super::source::Compression;
use super::wrapped::unwrap_lines;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

/// Text looked at.
const END_BYTES: u64 = 64 << 10;
/// Lines before the footer that are shown.
const LINES_BEFORE: usize = 2;
/// Footer lines that are shown.
const MOST_SHOWN: usize = 20;
/// Bytes of a line that are shown.
const SHOWN_BYTES: usize = 2_000;

/// The last lines of a file.
#[derive(Default)]
pub(super) struct FileEnd {
    /// Lines left out there.
    pub footer_lines: u64,
    /// The last lines in their order, where some are left out: text, whether it is one of them.
    pub lines: Vec<(String, bool)>,
}

/// Looks at the end of a file; `known` are the lines left out there, where the file was read to its end.
pub(super) fn look(config: &PassConfig<'_>, file: usize, known: Option<u64>) -> Result<FileEnd, IngestError> {
    let task = &config.tasks[file];
    if task.compression != Compression::None {
        return Ok(FileEnd::default());
    }
    let text = last_text(task)?;
    let newline = if task.layout.rewriter.is_some() {
        b'\n'
    } else {
        task.layout.format.newline
    };
    let footer_lines = match known.or(task.footer_lines) {
        Some(lines) => lines,
        None => found(config, (file, task), &text, newline),
    };
    if footer_lines == 0 {
        return Ok(FileEnd::default());
    }
    let closed = text.strip_suffix(&[newline]).unwrap_or(&text);
    let lines: Vec<&[u8]> = closed.split(|&byte| byte == newline).collect();
    let first = lines.len().saturating_sub(footer_lines as usize);
    let shown = first.saturating_sub(LINES_BEFORE)..lines.len().min(first + MOST_SHOWN);
    Ok(FileEnd {
        footer_lines,
        lines: shown.map(|at| (shown_text(lines[at]), at >= first)).collect(),
    })
}

/// Lines that reading to the end would set aside by itself.
fn found(config: &PassConfig<'_>, (file, task): (usize, &Task), text: &[u8], newline: u8) -> u64 {
    let data = match &task.layout.rewriter {
        Some(rewriter) => rewriter.rewrite(text),
        None if task.layout.wrapped => unwrap_lines(text, &task.layout.format),
        None => text.to_vec(),
    };
    let end = Chunk {
        sequence: 0,
        file,
        data,
        first: false,
        had_errors: false,
    };
    let rows = chunk::read(&end, &task.layout, (config.plans, config.wanted), &|| false);
    let set_aside = footer_of(&rows.tail, rows.counts.accepted);
    // Records of several lines are counted by their lines.
    let first = rows.rejects.len().checked_sub(set_aside as usize);
    let line = first
        .and_then(|first| rows.rejects.get(first))
        .map(|reject| reject.line);
    line.map_or(0, |line| footer::count_lines(text, newline).saturating_sub(line))
}

/// The last whole lines of a file as UTF-8.
fn last_text(task: &Task) -> Result<Vec<u8>, IngestError> {
    let failed = |error| IngestError::io(&task.source.path, error);
    let mark = task.mark_bytes as u64;
    let mut start = task.source.bytes.saturating_sub(END_BYTES).max(mark);
    // Encodings of two bytes a unit are cut between units.
    start -= (start - mark) % 2;
    let mut file = File::open(&task.source.path).map_err(failed)?;
    file.seek(SeekFrom::Start(start)).map_err(failed)?;
    let mut raw = Vec::new();
    file.take(task.source.bytes - start)
        .read_to_end(&mut raw)
        .map_err(failed)?;
    let (text, _) = task.encoding.decode_without_bom_handling(&raw);
    let mut text = text.into_owned().into_bytes();
    if start > mark {
        // The first line is cut, and so may be its first character.
        let line_end = memchr::memchr(task.layout.format.newline, &text).map_or(text.len(), |at| at + 1);
        text.drain(..line_end);
    }
    Ok(text)
}

fn shown_text(line: &[u8]) -> String {
    let line = &line[..line.len().min(SHOWN_BYTES)];
    String::from_utf8_lossy(line).trim_end_matches(['\r', '\n']).to_owned()
}
