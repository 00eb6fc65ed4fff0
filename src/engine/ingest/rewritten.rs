//! Formats whose lines are rewritten as records of the splitter, one a line, so that everything after it is the same
//! for all of them.

use super::fixed_width::Columns;
use super::json_lines::{self, Keys};
use super::records::Format;
use std::sync::Arc;

/// How rewritten records are separated: ASCII's unit and record separators, which text does not hold.
pub(super) const FORMAT: Format = Format {
    delimiter: 0x1F,
    quote: Some(b'"'),
    escape: None,
    newline: 0x1E,
    skip_space: false,
};
/// How the lines are cut before they are rewritten.
pub(super) const LINES: Format = Format {
    quote: None,
    newline: b'\n',
    ..FORMAT
};

/// What a line of the file is turned into a record by.
#[derive(Clone, Debug)]
pub(super) enum Rewriter {
    /// One JSON object with some of these keys.
    Json(Arc<Keys>),
    /// Cells at the same characters of every line.
    FixedWidth(Arc<Columns>),
}

impl Rewriter {
    /// Rewrites whole lines; as many records as lines.
    pub(super) fn rewrite(&self, lines: &[u8]) -> Vec<u8> {
        match self {
            Self::Json(keys) => keys.rewrite(lines),
            Self::FixedWidth(columns) => columns.rewrite(lines),
        }
    }

    /// A rejected record as its line stood in the file; of a fixed-width line without its padding.
    pub(super) fn original(&self, record: &[u8]) -> Vec<u8> {
        match self {
            Self::Json(_) => json_lines::original(record),
            Self::FixedWidth(_) => {
                let space = |&byte: &u8| if byte == FORMAT.delimiter { b' ' } else { byte };
                record.iter().map(space).collect()
            }
        }
    }
}

/// Appends a cell, quoted where it holds a separator or a quote.
pub(super) fn push_cell(out: &mut Vec<u8>, cell: &[u8], always_quoted: bool) {
    let special = |byte: &u8| matches!(byte, b'"' | 0x1E | 0x1F);
    if !always_quoted && !cell.iter().any(special) {
        out.extend_from_slice(cell);
        return;
    }
    out.push(b'"');
    for &byte in cell {
        out.push(byte);
        if byte == b'"' {
            out.push(b'"');
        }
    }
    out.push(b'"');
}
