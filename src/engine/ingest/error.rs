//! What can go wrong while reading a log; every message says which file, what it is, and what to do.

use crate::engine::progress::Cancelled;
use std::path::PathBuf;

/// Why a log could not be read. Bad rows are not errors: they are kept as rejected lines.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error("no file was given; name at least one CSV or Parquet file")]
    NoInput,
    #[error("there is no file {}; check the path", path.display())]
    NotFound { path: PathBuf },
    #[error("no permission to read {}; change its permissions or choose a copy", path.display())]
    PermissionDenied { path: PathBuf },
    #[error("the folder {} holds no .csv, .tsv, .txt, .jsonl or .parquet file (also .gz, .zst); choose another folder", path.display())]
    EmptyFolder { path: PathBuf },
    #[error("{} is empty (0 bytes); export it again", path.display())]
    EmptyFile { path: PathBuf },
    #[error("{} holds only blank lines; export it again", path.display())]
    NoRecords { path: PathBuf },
    #[error("{} is {what}, not a table; {hint}", path.display())]
    NotATable {
        path: PathBuf,
        what: &'static str,
        hint: &'static str,
    },
    #[error("{} changed while it was read ({was_bytes} bytes before, {is_bytes} after); wait until it is written and open it again", path.display())]
    Changed {
        path: PathBuf,
        was_bytes: u64,
        is_bytes: u64,
    },
    #[error("cannot unpack {} ({compression}) after {at_bytes} unpacked bytes: {source}; copy or download it again", path.display())]
    Unpack {
        path: PathBuf,
        compression: &'static str,
        at_bytes: u64,
        source: std::io::Error,
    },
    #[error("cannot read {}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("cannot read {} as Parquet: {detail}; export it again", path.display())]
    Parquet { path: PathBuf, detail: String },
    #[error("{} is Parquet and {} is text; open files of one format at a time", parquet.display(), text.display())]
    MixedFormats { parquet: PathBuf, text: PathBuf },
    #[error("encoding {name:?} is unknown; use a WHATWG name such as UTF-8, gb18030, UTF-16LE or windows-1252")]
    UnknownEncoding { name: String },
    #[error("{what} {value:?} cannot be used; choose one ASCII character other than a line break")]
    BadDialect { what: &'static str, value: char },
    #[error("there is no column {column:?}; the columns are {}", known.join(", "))]
    NoSuchColumn { column: String, known: Vec<String> },
    #[error("{} has more rows than fit in one table ({rows}); split it by day or user and read the parts", path.display())]
    TooLarge { path: PathBuf, rows: u64 },
    #[error("the table could not be built: {detail}")]
    Table { detail: String },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl IngestError {
    /// Sorts an operating-system error on `path` into the kinds people can act on.
    pub(crate) fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            std::io::ErrorKind::NotFound => Self::NotFound { path },
            std::io::ErrorKind::PermissionDenied => Self::PermissionDenied { path },
            _ => Self::Io { path, source },
        }
    }
}
