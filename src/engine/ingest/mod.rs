//! Ingest: files in any dialect → `Dataset`, every line accounted for.
//!
//! Flow: `source` (which files) → `prepare` (encoding, dialect, header) → `pass` (all rows, typed, on all
//! cores) → again for columns whose type the rows refuted → `roles` → `Dataset`; `log` is the later
//! stages' view of it. Invariant: inputs are only read; accepted + rejected + skipped = total.

mod assemble;
mod cell;
mod chunk;
mod codes;
mod columns;
pub mod dataset;
mod dialect;
#[cfg(test)]
mod dialect_tests;
mod encoding;
mod error;
mod escape;
mod evidence;
mod fixed_width;
#[cfg(test)]
pub(crate) mod fixture;
mod footer;
mod frame;
mod glob;
mod header;
mod json_lines;
pub mod kind;
mod line_end;
pub mod line_numbers;
pub mod log;
mod look;
mod mend;
mod names;
mod options;
mod outcome;
mod parquet;
mod pass;
mod plan;
mod prepare;
mod preview;
mod preview_end;
#[cfg(test)]
mod property_tests;
mod read;
#[cfg(test)]
mod real_data_tests;
mod reconcile;
mod records;
mod rewritten;
mod roles;
mod score;
mod source;
mod spellings;
mod stats;
mod stream;
mod table;
#[cfg(test)]
mod tests;
mod texts;
mod time;
mod wrapped;
pub mod write;

pub use codes::{Codes, NULL_CODE};
pub use dataset::{
    ColumnInfo, Dataset, DatasetInfo, Decision, Dialect, InvalidCell, MAX_KEPT, ReadingPart, RejectedLine, RowCounts,
    SourceFile,
};
pub use error::IngestError;
pub use frame::{Frame, FrameColumn};
pub use kind::EventKind;
pub use line_numbers::LineNumbers;
pub use log::{EventLog, NULL_TIME};
pub(crate) use names::words as name_words;
pub use options::{
    BooleanWords, CommentChoice, FileFormat, LineEnding, NumberFormat, QuoteChoice, Ragged, ReadOptions, TimeChoice,
    USUAL_NULLS,
};
pub use preview::{Preview, PreviewLine, preview};
pub use texts::CodedTexts;

use crate::engine::progress::Progress;
use std::path::PathBuf;
use std::time::Instant;

/// Reads one log from one or several files or folders. Columns are matched by name across files.
///
/// Rows that do not fit are kept in `Dataset::rejects`, cells that do not parse in `Dataset::invalid`; only
/// what is no table at all is an error. Deterministic; cancels within a chunk's time.
pub fn read_log(paths: &[PathBuf], options: &ReadOptions, progress: &Progress) -> Result<Dataset, IngestError> {
    let started = Instant::now();
    options.validate()?;
    progress.phase("looking at the files", "检查文件");
    progress.set(0.0);
    let sources = source::resolve(paths)?;
    progress.check()?;
    let name = log_name(paths);
    let mut dataset = if sources[0].kind == source::Kind::Parquet {
        parquet::read(name, &sources, options, progress)?
    } else {
        read::read(name, &sources, options, progress)?
    };
    let mut info = DatasetInfo::clone(&dataset.info);
    info.elapsed_ms = started.elapsed().as_millis() as u64;
    dataset.info = std::sync::Arc::new(info);
    progress.set(1.0);
    Ok(dataset)
}

/// The first path's name without its extensions.
fn log_name(paths: &[PathBuf]) -> String {
    let several = paths.len() > 1;
    let path = paths.first().map(PathBuf::as_path);
    let shown = match path {
        Some(path) if several && !path.is_dir() => path
            .parent()
            .filter(|parent| parent.file_name().is_some())
            .or(Some(path)),
        path => path,
    };
    let full = shown
        .and_then(|path| path.canonicalize().ok())
        .or_else(|| shown.map(PathBuf::from));
    let name = full
        .as_deref()
        .and_then(std::path::Path::file_name)
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_else(|| "log".to_owned());
    let stem = name
        .strip_suffix(".gz")
        .or_else(|| name.strip_suffix(".zst"))
        .unwrap_or(&name);
    for extension in [".csv", ".tsv", ".tab", ".txt", ".psv", ".jsonl", ".ndjson", ".parquet"] {
        if let Some(stem) = stem.strip_suffix(extension) {
            return stem.to_owned();
        }
    }
    stem.to_owned()
}
