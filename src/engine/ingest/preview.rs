//! The first rows of a log as they would be read, from the first megabyte and the last lines alone: quick enough to
//! follow each change of the options.
//!
//! Invariant: what a preview shows of a file that fits in it is what reading the file gives.

use super::chunk::{self, Chunk};
use super::dataset::{Dataset, DatasetInfo};
use super::error::IngestError;
use super::frame::Frame;
use super::options::ReadOptions;
use super::outcome::PassOutcome;
use super::pass::{PassConfig, read_chunk};
use super::prepare::Looking;
use super::preview_end::{self, FileEnd};
use super::read::{self, ReadLog};
use super::source::{self, Compression, Kind, Source};
use super::stream::TextStream;
use super::{log_name, parquet};
use crate::engine::progress::Progress;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Text looked at, over all files.
const PREVIEW_BYTES: usize = 1 << 20;
/// Files looked at; the columns of the others show when the log is read.
const MAX_FILES: usize = 8;
/// Rows shown.
pub const PREVIEW_ROWS: usize = 100;
/// Rows of a Parquet file read.
const PARQUET_ROWS: usize = 1000;
/// Lines before the table that are shown, and the text they are looked for in.
const MAX_SKIPPED: usize = 20;
const SKIPPED_BYTES: usize = 64 << 10;
/// Rejected lines kept.
const MAX_REJECTS: usize = 200;

/// What a preview shows.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The part that was read: its counts are of the part, its table and its invalid cells end after `PREVIEW_ROWS`.
    pub log: Dataset,
    /// The first lines of the first file in their order, and its last ones where they are a footer.
    pub lines: Vec<PreviewLine>,
    /// Bytes of text the part holds.
    pub text_bytes: u64,
    /// The part is all there is.
    pub whole: bool,
    /// Files of the log; at most eight are looked at.
    pub num_files: usize,
    /// Rows of all files by the share of bytes read, where the files are not packed.
    pub expected_rows: Option<u64>,
    /// Columns that the options name and the table lacks.
    pub unknown_columns: Vec<String>,
}

/// One line of a preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreviewLine {
    /// Index of a row of the table.
    Row {
        row: usize,
        /// It had too few or too many fields.
        made_to_fit: bool,
    },
    /// Index into the table's rejected lines.
    Rejected(usize),
    /// A line before the first row that is no row: header, preamble, comment.
    Skipped { line: u64, text: String },
    /// Lines between that are not shown.
    Gap,
    /// One of the last lines, shown where some of them are left out; `from_end` of the very last is 1.
    End {
        from_end: u64,
        text: String,
        is_footer: bool,
    },
}

/// Reads the start of the files as `read_log` would read them.
///
/// # Errors
/// What `read_log` refuses, apart from columns that the options name and the table lacks.
pub fn preview(paths: &[PathBuf], options: &ReadOptions, progress: &Progress) -> Result<Preview, IngestError> {
    let started = Instant::now();
    options.validate()?;
    progress.phase("looking at the first rows", "查看前几行");
    let mut sources = source::resolve(paths)?;
    let (num_files, all_bytes) = (sources.len(), sources.iter().map(|source| source.bytes).sum::<u64>());
    sources.truncate(MAX_FILES);
    let mut preview = if sources[0].kind == Kind::Parquet {
        of_parquet(log_name(paths), &sources, options, progress)?
    } else {
        of_text(log_name(paths), &sources, options, progress)?
    };
    preview.num_files = num_files;
    preview.whole &= num_files == sources.len();
    if preview.expected_rows.is_some() {
        preview.expected_rows = Some(expected_rows(&preview, all_bytes));
    }
    preview.unknown_columns = unknown_columns(&preview.log.info, options);
    let mut info = DatasetInfo::clone(&preview.log.info);
    info.elapsed_ms = started.elapsed().as_millis() as u64;
    preview.log.info = Arc::new(info);
    Ok(preview)
}

fn expected_rows(preview: &Preview, all_bytes: u64) -> u64 {
    let rows = preview.log.info.rows.accepted;
    if preview.whole || preview.text_bytes == 0 {
        return rows;
    }
    (rows as f64 / preview.text_bytes as f64 * all_bytes as f64).round() as u64
}

fn unknown_columns(info: &DatasetInfo, options: &ReadOptions) -> Vec<String> {
    let named = options
        .types
        .keys()
        .chain(options.times.keys())
        .chain(options.numbers.keys())
        .chain(options.roles.keys());
    let mut unknown: Vec<String> = named
        .filter(|name| !info.columns.iter().any(|column| column.name == **name))
        .cloned()
        .collect();
    unknown.sort();
    unknown.dedup();
    unknown
}

fn of_parquet(
    name: String,
    sources: &[Source],
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Preview, IngestError> {
    let log = parquet::read_start(name, sources, options, PARQUET_ROWS, progress)?;
    let shown = log.num_rows().min(PREVIEW_ROWS);
    let rows = (0..shown).map(|row| PreviewLine::Row {
        row,
        made_to_fit: false,
    });
    Ok(Preview {
        lines: rows.collect(),
        whole: log.num_rows() < PARQUET_ROWS,
        log,
        text_bytes: 0,
        num_files: 1,
        expected_rows: None,
        unknown_columns: Vec::new(),
    })
}

fn of_text(
    name: String,
    sources: &[Source],
    options: &ReadOptions,
    progress: &Progress,
) -> Result<Preview, IngestError> {
    let looking = Looking {
        options,
        progress,
        most_bytes: PREVIEW_BYTES,
        lenient: true,
    };
    let files = read::prepare_all(sources, looking)?;
    let skipped = skipped_lines(&files[0].task)?;
    let packed = files.iter().any(|file| file.task.compression != Compression::None);
    let (mut text_bytes, mut whole, mut end) = (0, true, FileEnd::default());
    let ReadLog { mut log, ragged_lines } = read::read_prepared(name, files, looking, &mut |config| {
        let part = read_part(config, progress)?;
        (text_bytes, whole, end) = (part.text_bytes, part.whole, part.end);
        Ok(part.outcome)
    })?;
    let mut lines = lines_in_order(&log, &ragged_lines, skipped);
    add_end(&mut lines, end, whole && log.num_rows() <= PREVIEW_ROWS);
    cut(&mut log);
    Ok(Preview {
        log,
        lines,
        text_bytes,
        whole,
        num_files: 1,
        expected_rows: (!packed).then_some(0),
        unknown_columns: Vec::new(),
    })
}

/// One pass over the start of each file.
struct Part {
    outcome: PassOutcome,
    text_bytes: u64,
    whole: bool,
    /// Of the first file.
    end: FileEnd,
}

fn read_part(config: &PassConfig<'_>, progress: &Progress) -> Result<Part, IngestError> {
    let mut part = Part {
        outcome: PassOutcome::new(config),
        text_bytes: 0,
        whole: true,
        end: FileEnd::default(),
    };
    let mut first_ended = true;
    let want = PREVIEW_BYTES / config.tasks.len().max(1);
    for (file, task) in config.tasks.iter().enumerate() {
        progress.check()?;
        let (source, mark) = (&task.source, task.mark_bytes);
        let mut stream = TextStream::open(source, task.compression, task.encoding, mark, false)?;
        let (mut data, mut carry) = (Vec::new(), Vec::new());
        let ended = read_chunk(task, &mut stream, &mut data, (true, want), &mut carry)?;
        part.text_bytes += stream.raw_bytes().saturating_sub(carry.len() as u64);
        let chunk = Chunk {
            sequence: file,
            file,
            data,
            first: true,
            had_errors: stream.had_errors,
        };
        let rows = chunk::read(&chunk, &task.layout, (config.plans, config.wanted), &|| {
            progress.is_cancelled()
        });
        part.outcome.append(config, rows);
        match ended {
            Some(lines) => part.outcome.files[file].skip_footer(lines),
            None => {
                part.whole = false;
                first_ended &= file > 0;
            }
        }
        part.outcome.files[file].cut_short = stream.cut_short.take();
    }
    if part.whole {
        part.outcome.set_footers_aside(config.tasks);
    }
    let is_known = part.whole || (first_ended && config.tasks[0].footer_lines.is_some());
    let known = is_known.then(|| part.outcome.files[0].footer_lines);
    part.end = preview_end::look(config, 0, known)?;
    if !first_ended {
        part.outcome.files[0].skip_footer(part.end.footer_lines);
    }
    Ok(part)
}

/// The text of the first lines of a file; which of them are rows is known later.
fn skipped_lines(task: &super::pass::Task) -> Result<Vec<String>, IngestError> {
    let (source, mark) = (&task.source, task.mark_bytes);
    let mut stream = TextStream::open(source, task.compression, task.encoding, mark, false)?;
    let mut text = Vec::new();
    stream.read(&mut text, SKIPPED_BYTES)?;
    let newline = match (&task.layout.rewriter, task.layout.format.newline) {
        (None, newline) => newline,
        (Some(_), _) => b'\n',
    };
    let lines = text.split(|&byte| byte == newline).take(MAX_SKIPPED);
    let shown = lines.map(|line| {
        let line = &line[..line.len().min(2000)];
        String::from_utf8_lossy(line).trim_end_matches(['\r', '\n']).to_owned()
    });
    Ok(shown.collect())
}

/// Rows and rejected lines of the first file in their order, after the lines above them.
fn lines_in_order(log: &Dataset, ragged: &[u64], skipped: Vec<String>) -> Vec<PreviewLine> {
    let first_file = log
        .source_of_row
        .as_ref()
        .map_or(log.num_rows(), |sources| sources.partition_point(|&source| source == 0));
    let rows = log.lines.iter().take(first_file.min(PREVIEW_ROWS)).enumerate();
    let mut lines: Vec<(u64, PreviewLine)> = rows
        .map(|(row, line)| {
            let line = u64::from(line);
            let made_to_fit = ragged.binary_search(&line).is_ok();
            (line, PreviewLine::Row { row, made_to_fit })
        })
        .collect();
    let last = lines.last().map_or(u64::MAX, |(line, _)| *line);
    let rejects = log.rejects.iter().enumerate().take(MAX_REJECTS);
    lines.extend(
        rejects
            .filter(|(_, reject)| reject.source == 0 && (reject.line <= last || first_file < PREVIEW_ROWS))
            .map(|(index, reject)| (reject.line, PreviewLine::Rejected(index))),
    );
    lines.sort_by_key(|(line, _)| *line);
    let start = lines.first().map_or(u64::MAX, |(line, _)| *line);
    let above = skipped.into_iter().enumerate().filter_map(|(index, text)| {
        let line = index as u64 + 1;
        (line < start && !(text.is_empty() && start == u64::MAX)).then_some(PreviewLine::Skipped { line, text })
    });
    above.chain(lines.into_iter().map(|(_, line)| line)).collect()
}

/// Puts the last lines of the file below the first ones; without those that already stand there.
fn add_end(lines: &mut Vec<PreviewLine>, end: FileEnd, all_rows_shown: bool) {
    let count = end.lines.len() as u64;
    let last = end.lines.into_iter().enumerate();
    let last = last.filter(|(_, (_, is_footer))| *is_footer || !all_rows_shown);
    let last = last.map(|(at, (text, is_footer))| PreviewLine::End {
        from_end: count - at as u64,
        text,
        is_footer,
    });
    if count > 0 && !all_rows_shown {
        lines.push(PreviewLine::Gap);
    }
    lines.extend(last);
}

/// Leaves the rows that are shown.
fn cut(log: &mut Dataset) {
    if log.num_rows() > PREVIEW_ROWS {
        log.frame = Frame::from(log.frame.head(Some(PREVIEW_ROWS)));
        log.lines = Arc::new(log.lines.head(PREVIEW_ROWS));
        log.source_of_row = log
            .source_of_row
            .as_ref()
            .map(|sources| Arc::new(sources[..PREVIEW_ROWS].to_vec()));
    }
    let shown = log.num_rows() as u64;
    let invalid = log.invalid.iter().filter(|cell| cell.row < shown).cloned();
    log.invalid = Arc::new(invalid.collect());
    if log.rejects.len() > MAX_REJECTS {
        log.rejects = Arc::new(log.rejects[..MAX_REJECTS].to_vec());
    }
}
