//! What a pass over the files gives: columns, lines, rejected records, and each file's counts.

use super::chunk::{ChunkRows, MAX_RAGGED_LINES, RaggedRows, Tail};
use super::columns::ColumnBuilder;
use super::dataset::{MAX_KEPT, RejectedLine, RowCounts};
use super::line_numbers::LineNumbers;
use super::pass::{PassConfig, Task};
use crate::engine::artifact::Bilingual;
use std::sync::Arc;

/// What one file held.
#[derive(Clone, Debug, Default)]
pub(super) struct FileOutcome {
    pub counts: RowCounts,
    pub hash: Option<blake3::Hash>,
    pub rows_beyond_ascii: u64,
    pub undecodable: u64,
    pub bad_bytes: Vec<u8>,
    /// Lines after the table that were counted as skipped.
    pub footer_lines: u64,
    pub ragged: RaggedRows,
    /// Why the file's unpacked text ends early.
    pub cut_short: Option<Bilingual>,
    num_lines: u64,
    tail: Tail,
}

/// All rows of all files.
pub(super) struct PassOutcome {
    pub columns: Vec<Option<ColumnBuilder>>,
    pub lines: LineNumbers,
    pub source_of_row: Vec<u16>,
    pub rejects: Vec<RejectedLine>,
    pub files: Vec<FileOutcome>,
}

impl FileOutcome {
    /// Counts lines that were not read because the user said so.
    pub(super) fn skip_footer(&mut self, lines: u64) {
        self.footer_lines = lines;
        self.counts.skipped += lines;
        self.counts.total += lines;
    }
}

impl PassOutcome {
    /// Nothing read yet but the lines before each table.
    pub(super) fn new(config: &PassConfig<'_>) -> Self {
        let files = config.tasks.iter().map(|task| FileOutcome {
            num_lines: task.preamble_lines,
            counts: RowCounts {
                skipped: task.preamble_lines,
                total: task.preamble_lines,
                ..RowCounts::default()
            },
            ..FileOutcome::default()
        });
        Self {
            columns: config.wanted.iter().map(|_| None).collect(),
            lines: LineNumbers::default(),
            source_of_row: Vec::new(),
            rejects: Vec::new(),
            files: files.collect(),
        }
    }

    /// Makes room by the first chunk's rows a byte; untouched room costs no memory.
    pub(super) fn expect_rows(&mut self, config: &PassConfig<'_>, chunk: &ChunkRows, all_bytes: u64) {
        if chunk.bytes == 0 {
            return;
        }
        let per_byte = chunk.counts.accepted as f64 / chunk.bytes as f64;
        let rows = (per_byte * all_bytes as f64 * 1.02) as usize;
        for (column, source) in self.columns.iter_mut().zip(&chunk.columns) {
            if let Some(source) = source {
                let spellings = &config.tasks[chunk.file].layout.spellings;
                let mut builder = ColumnBuilder::new(source.plan, 0, Arc::clone(spellings));
                builder.reserve(rows);
                *column = Some(builder);
            }
        }
    }

    pub(super) fn append(&mut self, config: &PassConfig<'_>, chunk: ChunkRows) {
        for (mine, theirs) in self.columns.iter_mut().zip(chunk.columns) {
            match (mine, theirs) {
                (Some(mine), Some(theirs)) => mine.append(theirs),
                (mine, theirs) => *mine = theirs,
            }
        }
        if !config.first {
            return;
        }
        let file = &mut self.files[chunk.file];
        let before = file.num_lines;
        self.lines
            .extend(chunk.lines.iter().map(|&line| (before + u64::from(line) + 1) as u32));
        if config.tasks.len() > 1 {
            let rows = self.source_of_row.len() + chunk.lines.len();
            self.source_of_row.resize(rows, chunk.file as u16);
        }
        let room = MAX_KEPT.saturating_sub(self.rejects.len());
        self.rejects
            .extend(chunk.rejects.into_iter().take(room).map(|mut reject| {
                reject.line += before + 1;
                reject
            }));
        file.num_lines += u64::from(chunk.num_lines);
        file.counts.total += chunk.counts.total;
        file.counts.accepted += chunk.counts.accepted;
        file.counts.rejected += chunk.counts.rejected;
        file.counts.skipped += chunk.counts.skipped;
        if chunk.counts.accepted > 0 {
            file.tail = chunk.tail;
        } else {
            file.tail.blank |= chunk.tail.blank && file.tail.rejected == 0;
            file.tail.rejected += chunk.tail.rejected;
        }
        file.ragged.padded += chunk.ragged.padded;
        file.ragged.cut += chunk.ragged.cut;
        let room = MAX_RAGGED_LINES.saturating_sub(file.ragged.lines.len());
        let ragged = chunk.ragged.lines.into_iter().take(room);
        file.ragged.lines.extend(ragged.map(|line| line + before + 1));
        file.rows_beyond_ascii += chunk.rows_beyond_ascii;
        file.undecodable += chunk.undecodable;
        let room = chunk
            .bad_bytes
            .len()
            .min((1usize << 20).saturating_sub(file.bad_bytes.len()));
        file.bad_bytes.extend_from_slice(&chunk.bad_bytes[..room]);
    }

    /// Takes the footers out of the rejected lines.
    pub(super) fn set_footers_aside(&mut self, tasks: &[Task]) {
        for (index, file) in self.files.iter_mut().enumerate() {
            if tasks[index].footer_lines.is_some() {
                continue;
            }
            let lines = footer_of(&file.tail, file.counts.accepted);
            if lines == 0 {
                continue;
            }
            file.footer_lines = lines;
            file.counts.rejected -= lines;
            file.counts.skipped += lines;
            let end = self
                .rejects
                .iter()
                .rposition(|reject| reject.source == index)
                .map_or(0, |at| at + 1);
            let start = end.saturating_sub(lines as usize);
            // The kept rejects may end before this file's.
            if self.rejects.len() < MAX_KEPT {
                self.rejects.drain(start..end);
            }
        }
    }
}

/// Records at the end of a file that are a footer and no data: a few that fit no row, after a blank line.
pub(super) fn footer_of(tail: &Tail, accepted: u64) -> u64 {
    const MAX_FOOTER_LINES: u64 = 20;
    let is_footer = tail.blank && tail.rejected <= MAX_FOOTER_LINES && accepted > 0;
    if is_footer { tail.rejected } else { 0 }
}
