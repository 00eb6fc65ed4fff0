//! The dataset: a typed table, where each of its rows stands in the files, and what was not accepted.
//!
//! Invariant: `rows.accepted + rows.rejected + rows.skipped == rows.total`, `frame.height() == lines.len()`,
//! and `frame`'s columns are `info.columns` in the same order.

use super::frame::Frame;
use super::line_numbers::LineNumbers;
use crate::engine::artifact::{Bilingual, ColumnType, ContentHash, Role};
use polars::prelude::DataFrame;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;

/// What was read, and how; the part of a dataset that is stored and shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DatasetInfo {
    /// File stem, or the folder's name for several files.
    pub name: String,
    pub sources: Vec<SourceFile>,
    pub dialect: Dialect,
    pub rows: RowCounts,
    pub columns: Vec<ColumnInfo>,
    /// Hash over the bytes of all sources and the read options.
    pub hash: ContentHash,
    pub elapsed_ms: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SourceFile {
    pub path: PathBuf,
    pub bytes: u64,
    pub rows: RowCounts,
    /// Columns this file lacks or has in addition to the first one, in words.
    pub schema_differences: Vec<Bilingual>,
}

/// How the bytes became records. For Parquet only `format` says anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dialect {
    /// `csv`, `jsonl` or `parquet`
    pub format: String,
    /// `none`, `gzip` or `zstd`
    pub compression: String,
    /// WHATWG name, e.g. `UTF-8`, `gb18030`, `UTF-16LE`
    pub encoding: String,
    pub byte_order_mark: bool,
    pub delimiter: char,
    pub quote: Option<char>,
    pub escape: Option<char>,
    pub header: bool,
    pub preamble_lines: u64,
    pub footer_lines: u64,
    /// `lf`, `crlf` or `cr`
    pub line_ending: String,
    /// Why: one sentence a decision.
    pub evidence: Vec<Bilingual>,
    /// The same sentences with what each is about.
    #[serde(default)]
    pub decisions: Vec<Decision>,
}

/// What a decision about reading is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadingPart {
    Format,
    Encoding,
    LineEnding,
    Delimiter,
    Quote,
    Escape,
    Comments,
    Preamble,
    Header,
    Footer,
    Ragged,
    Nulls,
    Booleans,
}

/// One decision about reading, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    pub about: ReadingPart,
    pub why: Bilingual,
    /// Overridden, not found.
    pub set_by_you: bool,
}

impl Decision {
    pub(super) fn found(about: ReadingPart, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            about,
            why: Bilingual::new(en, zh),
            set_by_you: false,
        }
    }

    pub(super) fn set(about: ReadingPart, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            set_by_you: true,
            ..Self::found(about, en, zh)
        }
    }
}

impl Dialect {
    /// Adds a decision and its sentence.
    pub(super) fn decide(&mut self, decision: Decision) {
        self.evidence.push(decision.why.clone());
        self.decisions.push(decision);
    }

    /// The decisions about one part, in the order they were made.
    pub fn about(&self, part: ReadingPart) -> impl Iterator<Item = &Decision> {
        self.decisions.iter().filter(move |decision| decision.about == part)
    }
}

/// Counts of records; `total = accepted + rejected + skipped`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    pub total: u64,
    pub accepted: u64,
    /// Records that do not fit the table; kept with line number, raw text and cause.
    pub rejected: u64,
    /// Header, preamble, footer, comment and blank lines.
    pub skipped: u64,
}

impl ColumnInfo {
    /// A column of known type and role, without nulls or invalid cells.
    pub fn new(name: &str, dtype: ColumnType, role: Role) -> Self {
        Self {
            name: name.to_owned(),
            dtype,
            role,
            confidence: 1.0,
            why: Bilingual::default(),
            time_format: None,
            number_format: None,
            nulls: 0,
            invalid: 0,
            evidence: Vec::new(),
            set_by_you: false,
        }
    }
}

impl RowCounts {
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            total: self.total + other.total,
            accepted: self.accepted + other.accepted,
            rejected: self.rejected + other.rejected,
            skipped: self.skipped + other.skipped,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ColumnInfo {
    pub name: String,
    pub dtype: ColumnType,
    pub role: Role,
    /// 0..=1, how sure the role guess is; 1 if the user set it.
    pub confidence: f64,
    /// Why this role, in one sentence.
    pub why: Bilingual,
    /// How times were written (`ISO 8601`, `epoch seconds`, `%d/%m/%Y %H:%M`, …); times only.
    pub time_format: Option<String>,
    /// How numbers were written, as an example (`1,234.50`); numbers of text files only.
    #[serde(default)]
    pub number_format: Option<String>,
    pub nulls: u64,
    /// Cells that were not empty but did not parse as `dtype`; they are null in the table.
    pub invalid: u64,
    /// Why it is read so, one sentence a decision, with what the sampled records show.
    #[serde(default)]
    pub evidence: Vec<Bilingual>,
    /// Type or format was overridden, not found.
    #[serde(default)]
    pub set_by_you: bool,
}

/// A record that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedLine {
    /// Index into `DatasetInfo::sources`.
    pub source: usize,
    /// 1-based physical line on which the record starts.
    pub line: u64,
    pub raw: String,
    /// e.g. `8 fields where 9 are expected`
    pub cause: Bilingual,
}

/// A cell whose text did not parse as its column's type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvalidCell {
    pub row: u64,
    pub column: usize,
    pub raw: String,
}

/// A log in memory. Cheap to clone (columns and lines are shared).
#[derive(Clone, Debug)]
pub struct Dataset {
    pub info: Arc<DatasetInfo>,
    pub frame: Frame,
    /// 1-based physical line on which each row's record starts (row number for Parquet).
    pub lines: Arc<LineNumbers>,
    /// Index into `info.sources` of each row; `None` when there is one source.
    pub source_of_row: Option<Arc<Vec<u16>>>,
    /// At most `MAX_KEPT` of `info.rows.rejected`, in file order.
    pub rejects: Arc<Vec<RejectedLine>>,
    /// At most `MAX_KEPT` of each column's `invalid`, in row order.
    pub invalid: Arc<Vec<InvalidCell>>,
}

/// How many rejected lines, and invalid cells a column, are kept with their text. Counts are always exact.
pub const MAX_KEPT: usize = 100_000;

impl Dataset {
    /// A log made in memory, e.g. by a recipe: one column info a column of `frame`, all rows accepted.
    /// `nulls` of each info are counted from the frame; lines count from 1.
    pub fn from_frame(name: &str, frame: DataFrame, mut columns: Vec<ColumnInfo>, hash: ContentHash) -> Self {
        let height = frame.height();
        for (info, column) in columns.iter_mut().zip(frame.columns()) {
            info.nulls = (column.null_count() as u64).saturating_sub(info.invalid);
        }
        let accepted = height as u64;
        Self {
            info: Arc::new(DatasetInfo {
                name: name.to_owned(),
                sources: Vec::new(),
                dialect: Dialect::default(),
                rows: RowCounts {
                    total: accepted,
                    accepted,
                    ..RowCounts::default()
                },
                columns,
                hash,
                elapsed_ms: 0,
            }),
            frame: frame.into(),
            lines: Arc::new(LineNumbers::consecutive(1, height)),
            source_of_row: None,
            rejects: Arc::new(Vec::new()),
            invalid: Arc::new(Vec::new()),
        }
    }

    pub fn num_rows(&self) -> usize {
        self.frame.height()
    }

    /// Index of the first column with this role.
    pub fn column_with_role(&self, role: Role) -> Option<usize> {
        self.info.columns.iter().position(|column| column.role == role)
    }

    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.info.columns.iter().position(|column| column.name == name)
    }
}
