//! Where in the records the table begins: preamble, comment lines, and a header that is written unlike the rows.

use super::cell::{self, Marks};
use super::dialect::{DELIMITERS, SampleRecord};
use super::mend::{split_line, split_with_stray_quote};
use super::records::{Field, Format, field_bytes};
use super::stats::CellStats;
use super::time;
use crate::engine::artifact::Bilingual;
use std::sync::Arc;

/// What comment lines start with.
const COMMENT_MARKS: [&str; 4] = ["#", "//", "--", "%"];

/// Which lines are comments and no rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Comments {
    #[default]
    None,
    /// All lines that start with this, chosen by the user: also above the header.
    Chosen(Arc<str>),
    /// Lines with this mark that do not fit the table.
    Unfit(&'static str),
    /// All lines with this mark: they also stand above the table, and most sampled rows do not start with it.
    All(&'static str),
}

impl Comments {
    /// Whether a record that fits the table is a comment.
    #[inline]
    pub(super) fn takes_fitting(&self, raw: &[u8]) -> bool {
        matches!(self, Self::All(mark) if raw.starts_with(mark.as_bytes())) || self.takes_any(raw)
    }

    /// Whether a line is a comment wherever it stands.
    #[inline]
    pub(super) fn takes_any(&self, raw: &[u8]) -> bool {
        matches!(self, Self::Chosen(mark) if raw.starts_with(mark.as_bytes()))
    }

    /// Whether a sampled record is a comment.
    pub(super) fn takes(&self, record: &SampleRecord, width: usize) -> bool {
        if record.cells.len() == width {
            self.takes_fitting(&record.raw)
        } else {
            self.takes_unfit(&record.raw)
        }
    }

    /// Whether a record that does not fit the table is a comment.
    pub(super) fn takes_unfit(&self, raw: &[u8]) -> bool {
        match self {
            Self::None => false,
            Self::Chosen(mark) => raw.starts_with(mark.as_bytes()),
            Self::Unfit(mark) | Self::All(mark) => raw.starts_with(mark.as_bytes()),
        }
    }
}

/// Index of the table's first record.
pub(super) fn first_record(records: &[SampleRecord], width: usize) -> usize {
    let mut filled: Vec<usize> = records
        .iter()
        .filter(|record| record.cells.len() == width)
        .map(SampleRecord::filled)
        .collect();
    filled.sort_unstable();
    let usual = filled.get(filled.len() / 2).copied().unwrap_or(1);
    let needed = if width > 2 { usual.div_ceil(2) } else { 1 };
    let fits = |record: &SampleRecord| {
        record.cells.len() == width && record.filled() >= needed.max(1) && !(record.raw.starts_with(b"#") && width == 1)
    };
    let Some(mut first) = records.iter().position(fits) else {
        return 0;
    };
    // A comment with as many delimiters as a row is no header where the next line is one.
    let is_marked = |record: &SampleRecord| COMMENT_MARKS.iter().any(|mark| record.raw.starts_with(mark.as_bytes()));
    while width > 1
        && is_marked(&records[first])
        && records
            .get(first + 1)
            .is_some_and(|next| fits(next) && next.cells.iter().all(|cell| is_word(cell)))
    {
        first += 1;
    }
    if first > 0 && is_ragged_header(&records[first - 1], &records[first], width) {
        first -= 1;
    }
    first
}

/// Text that is no number and no time.
fn is_word(cell: &[u8]) -> bool {
    let cell = cell::trim(cell);
    cell::parse_float_loose(cell, Marks::POINT).is_none() && time::shape(cell).is_none()
}

/// A line of words just above a line of values, with a field too many or too few.
fn is_ragged_header(above: &SampleRecord, below: &SampleRecord, width: usize) -> bool {
    let near = above.cells.len().abs_diff(width) <= (width / 4).max(1);
    let words =
        above.cells.len() > 2 && above.cells.iter().all(|cell| is_word(cell)) && above.filled() * 2 > above.cells.len();
    near && words && !below.cells.iter().all(|cell| is_word(cell))
}

/// Which comment lines there are: the mark that stands above the table, or on lines that do not fit it.
pub(super) fn comments(records: &[SampleRecord], first: usize, width: usize) -> (Comments, usize) {
    for mark in COMMENT_MARKS {
        let marked = |record: &&SampleRecord| record.raw.starts_with(mark.as_bytes());
        let above = records[..first].iter().filter(marked).count();
        let body = records.get(first + 1..).unwrap_or_default();
        let (fitting, unfit): (Vec<&SampleRecord>, Vec<&SampleRecord>) = body
            .iter()
            .filter(marked)
            .partition(|record| record.cells.len() == width);
        if above > 0 && fitting.len() * 2 < body.len() {
            return (Comments::All(mark), above + unfit.len() + fitting.len());
        }
        if above + unfit.len() > 0 && (mark == "#" || above > 0) {
            return (Comments::Unfit(mark), above + unfit.len());
        }
    }
    (Comments::None, 0)
}

/// A header just above the first row whose names are separated by another character, or among whose quotes one
/// is stray: its cells, and in words how it is read.
pub(super) fn respelled_header(
    above: &SampleRecord,
    below: &SampleRecord,
    format: &Format,
    width: usize,
) -> Option<(Vec<Vec<u8>>, Bilingual)> {
    if width < 2 || above.cells.len() == width || below.cells.iter().all(|cell| is_word(cell)) {
        return None;
    }
    let cells_of = |fields: Vec<Field>, format: &Format| -> Option<Vec<Vec<u8>>> {
        let mut scratch = Vec::new();
        let cells: Vec<Vec<u8>> = fields
            .into_iter()
            .map(|field| field_bytes(&above.raw, field, format, &mut scratch).to_vec())
            .collect();
        let filled = cells.iter().filter(|cell| !cell.trim_ascii().is_empty()).count();
        (filled * 2 > width && cells.iter().all(|cell| is_word(cell))).then_some(cells)
    };
    if let Some(fields) = split_with_stray_quote(&above.raw, format, width) {
        let cells = cells_of(fields, format)?;
        let words = Bilingual::new(
            "One quote in the header encloses nothing and is text",
            "表头中有一个引号没有包围任何内容，按文本读取",
        );
        return Some((cells, words));
    }
    for delimiter in DELIMITERS
        .into_iter()
        .filter(|&delimiter| delimiter != format.delimiter)
    {
        let other = Format {
            delimiter,
            skip_space: false,
            ..*format
        };
        let fields = split_line(&above.raw, &other, None).filter(|fields| fields.len() == width);
        if let Some(cells) = fields.and_then(|fields| cells_of(fields, &other)) {
            let shown = char::from(delimiter);
            return Some((
                cells,
                Bilingual::new(
                    format!("The header separates its {width} names by {shown:?} and is read so"),
                    format!("表头的 {width} 个列名以 {shown:?} 分隔，并按此读取"),
                ),
            ));
        }
    }
    None
}

/// Whether a cell is a number, a time or a code of digits, and no word.
pub(super) fn is_typed(cell: &[u8]) -> bool {
    let mut stats = CellStats::default();
    stats.add(cell);
    stats.cells > 0 && stats.code == 0 && stats.text == 0 && stats.boolean == 0
}
