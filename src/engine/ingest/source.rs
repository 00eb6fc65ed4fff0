//! Which files were meant, and what each of them is by its first bytes.
//!
//! Invariant: files are only ever opened for reading.

use super::error::IngestError;
use super::glob;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

/// How a file's bytes are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text(Compression),
    Parquet,
}

/// One file to read.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub path: PathBuf,
    pub bytes: u64,
    pub modified: Option<std::time::SystemTime>,
    pub kind: Kind,
}

const TABLE_EXTENSIONS: [&str; 8] = ["csv", "tsv", "tab", "txt", "psv", "jsonl", "ndjson", "parquet"];

/// Expands folders, sorts their files by name, and looks at each file's first bytes.
pub(super) fn resolve(paths: &[PathBuf]) -> Result<Vec<Source>, IngestError> {
    let mut files = Vec::new();
    for path in expanded(paths) {
        let path = &path;
        let metadata = std::fs::metadata(path).map_err(|error| IngestError::io(path, error))?;
        if metadata.is_dir() {
            let before = files.len();
            list_tables(path, &mut files)?;
            if files.len() == before {
                return Err(IngestError::EmptyFolder { path: path.clone() });
            }
        } else {
            files.push(path.clone());
        }
    }
    if files.is_empty() {
        return Err(IngestError::NoInput);
    }
    let sources = files.into_iter().map(inspect).collect::<Result<Vec<_>, _>>()?;
    let parquet = sources.iter().find(|source| source.kind == Kind::Parquet);
    let text = sources.iter().find(|source| source.kind != Kind::Parquet);
    if let (Some(parquet), Some(text)) = (parquet, text) {
        return Err(IngestError::MixedFormats {
            parquet: parquet.path.clone(),
            text: text.path.clone(),
        });
    }
    Ok(sources)
}

/// The paths with those that have wildcards, and are no file of that name, replaced by what they match.
fn expanded(paths: &[PathBuf]) -> Vec<PathBuf> {
    let expand = |path: &PathBuf| {
        if !glob::is_pattern(path) || path.exists() {
            return vec![path.clone()];
        }
        let found = glob::expand(path);
        // What matches nothing is told as a path that is not there.
        if found.is_empty() { vec![path.clone()] } else { found }
    };
    paths.iter().flat_map(expand).collect()
}

/// Tables directly in the folder and in its sub-folders, by path; hidden files and other kinds are left out.
fn list_tables(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), IngestError> {
    let failed = |error| IngestError::io(folder, error);
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if !entry.file_name().to_string_lossy().starts_with(['.', '_']) {
            entries.push((entry.path(), entry.file_type().map_err(failed)?));
        }
    }
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    for (path, file_type) in entries {
        if file_type.is_dir() {
            list_tables(&path, files)?;
        } else if is_table_name(&path) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_table_name(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default();
    let name = name
        .strip_suffix(".gz")
        .or_else(|| name.strip_suffix(".zst"))
        .unwrap_or(&name);
    TABLE_EXTENSIONS
        .iter()
        .any(|extension| name.strip_suffix(extension).is_some_and(|stem| stem.ends_with('.')))
}

fn inspect(path: PathBuf) -> Result<Source, IngestError> {
    let failed = |error| IngestError::io(&path, error);
    let mut file = File::open(&path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let mut head = [0u8; 512];
    let read = read_up_to(&mut file, &mut head).map_err(failed)?;
    let head = &head[..read];
    if head.is_empty() && metadata.len() == 0 {
        return Err(IngestError::EmptyFile { path });
    }
    let kind = kind_of(&path, head)?;
    Ok(Source {
        bytes: metadata.len(),
        modified: modified(&metadata),
        path,
        kind,
    })
}

pub(super) fn modified(metadata: &Metadata) -> Option<std::time::SystemTime> {
    metadata.modified().ok()
}

pub(super) fn read_up_to(reader: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// First bytes of the kinds people open by mistake, what they are, and the way out.
pub(super) const SIGNATURES: [(&[u8], &str, &str); 24] = [
    (b"%PDF", "a PDF document", "export the table as CSV or Parquet"),
    (
        b"PK\x03\x04",
        "a ZIP archive or an Excel workbook",
        "unpack it, or save the sheet as CSV UTF-8",
    ),
    (
        b"\xD0\xCF\x11\xE0",
        "an old Excel or Office document",
        "save the sheet as CSV UTF-8",
    ),
    (b"Rar!", "a RAR archive", "unpack it and open the files in it"),
    (
        b"7z\xBC\xAF\x27\x1C",
        "a 7-Zip archive",
        "unpack it and open the files in it",
    ),
    (b"BZh", "a bzip2 archive", "unpack it, or pack it as .gz or .zst"),
    (b"\xFD7zXZ", "an xz archive", "unpack it, or pack it as .gz or .zst"),
    (b"\x89PNG", "a PNG image", "open the table it was made from"),
    (b"\xFF\xD8\xFF", "a JPEG image", "open the table it was made from"),
    (b"GIF8", "a GIF image", "open the table it was made from"),
    (b"II*\0", "a TIFF image", "open the table it was made from"),
    (b"MM\0*", "a TIFF image", "open the table it was made from"),
    (b"RIFF", "a picture, sound or film", "open the table it was made from"),
    (b"{\\rtf", "a Word document", "export the table as CSV or Parquet"),
    (b"\x89HDF", "an HDF5 file", "write it as Parquet"),
    (b"\x93NUMPY", "a NumPy array", "write it as Parquet"),
    (
        b"\x04\x22\x4D\x18",
        "an LZ4 archive",
        "unpack it, or pack it as .gz or .zst",
    ),
    (
        b"SQLite format 3",
        "an SQLite database",
        "export its table as CSV or Parquet",
    ),
    (b"ARROW1", "an Arrow IPC file", "write it as Parquet"),
    (b"ORC", "an ORC file", "write it as Parquet"),
    (b"Obj\x01", "an Avro file", "write it as Parquet"),
    (b"\x7FELF", "a program", "choose a CSV or Parquet file"),
    (b"MZ", "a program", "choose a CSV or Parquet file"),
    (
        b"version https://git-lfs.github.com/spec",
        "a Git LFS pointer, not the data itself",
        "fetch the data with `git lfs pull`",
    ),
];

fn kind_of(path: &Path, head: &[u8]) -> Result<Kind, IngestError> {
    if head.starts_with(b"PAR1") {
        return Ok(Kind::Parquet);
    }
    if head.starts_with(&[0x1F, 0x8B]) {
        return Ok(Kind::Text(Compression::Gzip));
    }
    if head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
        return Ok(Kind::Text(Compression::Zstd));
    }
    refuse_what_is_no_table(path, head)?;
    Ok(Kind::Text(Compression::None))
}

/// How HTML pages begin, in lower case.
const HTML_STARTS: [&[u8]; 7] = [
    b"<!doctype",
    b"<html",
    b"<head",
    b"<body",
    b"<script",
    b"<table",
    b"<!--",
];

/// Names the file for what it is if its first (unpacked) bytes are no text table.
pub(super) fn refuse_what_is_no_table(path: &Path, head: &[u8]) -> Result<(), IngestError> {
    let refuse = |what, hint| {
        Err(IngestError::NotATable {
            path: path.to_path_buf(),
            what,
            hint,
        })
    };
    for (signature, what, hint) in SIGNATURES {
        // A table may begin with the letters ORC, GIF8 or BZh; binary files also hold control bytes.
        let binary = signature.len() > 4
            || signature.iter().any(|byte| !byte.is_ascii_alphanumeric())
            || has_control_bytes(head);
        if head.starts_with(signature) && binary {
            return refuse(what, hint);
        }
    }
    // An archive of files without compression tells itself behind the first file's name.
    if head.get(257..262) == Some(b"ustar") {
        return refuse("a tar archive", "unpack it and open the files in it");
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let lower = text[..text.len().min(64)].to_ascii_lowercase();
    if HTML_STARTS.iter().any(|start| lower.starts_with(start)) {
        return refuse(
            "an HTML page",
            "it may be a login or error page; download the file itself",
        );
    }
    if lower.starts_with(b"<?xml") || lower.starts_with(b"<svg") {
        return refuse("an XML document", "export the table as CSV or Parquet");
    }
    if is_json(text) && !super::json_lines::are_lines(text) {
        return refuse(
            "JSON",
            "write one object a line (JSON Lines), or CSV or Parquet with one column a field",
        );
    }
    if has_control_bytes(head) && !looks_like_utf16(head) {
        return refuse("binary data", "choose a CSV or Parquet file");
    }
    Ok(())
}

fn is_json(text: &[u8]) -> bool {
    let rest = match text.first() {
        Some(b'{') => &text[1..],
        Some(b'[') => match text[1..].trim_ascii_start().strip_prefix(b"{") {
            Some(rest) => rest,
            None => return false,
        },
        _ => return false,
    };
    let Some(name) = rest.trim_ascii_start().strip_prefix(b"\"") else {
        return false;
    };
    memchr::memchr(b'"', name).is_some_and(|end| name[end + 1..].trim_ascii_start().starts_with(b":"))
}

fn has_control_bytes(head: &[u8]) -> bool {
    let controls = head
        .iter()
        .filter(|&&byte| byte < 9 && byte != 1 || (14..32).contains(&byte) && byte != 27)
        .count();
    // Stray control characters occur in text; one in fifty does not.
    controls * 50 > head.len()
}

fn looks_like_utf16(head: &[u8]) -> bool {
    head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") || super::encoding::utf16_by_zeros(head).is_some()
}
