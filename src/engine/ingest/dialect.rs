//! Finds delimiter, quote, escape, line end and preamble of a text table from its first bytes.
//!
//! Every candidate splits the sample; the one whose records are most alike and whose cells most look
//! like values wins (`score`). Each decision leaves one sentence of evidence.

mod explain;

use super::dataset::{Decision, ReadingPart};
use super::escape::detect_escape;
use super::footer;
use super::line_end;
use super::options::{CommentChoice, QuoteChoice, ReadOptions};
use super::records::{Field, Format, Splitter, field_bytes};
use super::score::{Judged, judge, most_common_width};
use super::table::{self, Comments};
use super::wrapped;
use memchr::memchr_iter;

/// The records of a sample: the raw text of each cell with quotes undone, and where the record starts.
#[derive(Clone, Debug, Default)]
pub(super) struct SampleRecord {
    pub cells: Vec<Vec<u8>>,
    /// The record as it stands in the file.
    pub raw: Vec<u8>,
    pub line: u32,
    pub unterminated: bool,
    /// Fields enclosed in quotes.
    pub quoted: usize,
}

impl SampleRecord {
    pub(super) fn is_blank(&self) -> bool {
        self.cells.len() == 1 && self.cells[0].trim_ascii().is_empty()
    }

    /// Cells that are not blank.
    pub(super) fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.trim_ascii().is_empty()).count()
    }
}

/// What was found, before the header is judged.
#[derive(Clone, Debug)]
pub(super) struct FoundDialect {
    pub format: Format,
    /// Fields of most records.
    pub width: usize,
    /// Physical lines before the first record of the table.
    pub preamble_lines: u64,
    pub comments: Comments,
    /// Every line was quoted once more as a whole.
    pub wrapped: bool,
    pub line_ending: &'static str,
    pub evidence: Vec<Decision>,
    /// Records of the table itself, header included.
    pub records: Vec<SampleRecord>,
}

const USUAL: Format = Format {
    delimiter: b',',
    quote: Some(b'"'),
    escape: None,
    newline: b'\n',
    skip_space: false,
};
/// Usual ones first.
pub(super) const DELIMITERS: [u8; 8] = [b',', b';', b'\t', b'|', 1, b'^', b'~', b' '];
/// ASCII unit separator: stands for `one column` where commas are text.
pub(super) const NO_DELIMITER: u8 = 0x1F;
/// Records kept to judge the header.
pub(super) const MAX_KEPT_RECORDS: usize = 2_000;

/// Finds the dialect of `sample`; `whole` tells that the sample is the entire file.
pub(super) fn detect(sample: &[u8], whole: bool, options: &ReadOptions) -> FoundDialect {
    let mut evidence = Vec::new();
    let quote = match options.quote {
        QuoteChoice::Char(quote) => Some(quote as u8),
        QuoteChoice::Detect => Some(b'"'),
        QuoteChoice::None => None,
    };
    let (newline, line_ending) = match options.line_ending {
        Some(chosen) => line_end::chosen(chosen, &mut evidence),
        None => line_end::detect(sample, quote, &mut evidence),
    };
    let skip = options.preamble_lines.unwrap_or(0);
    let body = &sample[skip_lines(sample, newline, skip)..];
    let footer_lines = if whole { options.footer_lines.unwrap_or(0) } else { 0 };
    let body = &body[..footer::readable(body, newline, footer_lines, true)];
    let wrapped = options.quote == QuoteChoice::Detect && wrapped::is_wrapped(body, newline);
    let unwrapped;
    let body = if wrapped {
        evidence.push(Decision::found(
            ReadingPart::Quote,
            "Each line is one quoted field that holds a record; the outer quotes are taken off",
            "每行是一个带引号的字段，其中包含一条记录；已去除外层引号",
        ));
        let outer = Format { newline, ..USUAL };
        unwrapped = wrapped::unwrap_lines(body, &outer);
        &unwrapped[..]
    } else {
        body
    };
    let commented = without_comments(body, newline, options);
    let mut format = choose(
        (commented.as_deref().unwrap_or(body), whole),
        newline,
        options,
        &mut evidence,
    );
    format.escape = match options.escape {
        Some(escape) => explain::chosen_escape(escape, &format, &mut evidence),
        None => detect_escape(body, &format, &mut evidence),
    };
    let mut records = split(body, &format, whole, MAX_KEPT_RECORDS);
    if let CommentChoice::Prefix(prefix) = &options.comment {
        records.retain(|record| !record.raw.starts_with(prefix.as_bytes()));
    }
    let width = most_common_width(&records).0;
    let first = match options.preamble_lines {
        Some(_) => 0,
        None => find_table(&mut records, &format, width, &mut evidence),
    };
    let comments = comments(&records, (first, width), options, &mut evidence);
    let preamble_lines = match options.preamble_lines {
        Some(lines) => lines,
        None => records.get(first).map_or(0, |record| u64::from(record.line)),
    };
    explain::preamble(preamble_lines, width, options, &mut evidence);
    let records = records
        .into_iter()
        .skip(first)
        .enumerate()
        .filter(|(index, record)| !record.is_blank() && (*index == 0 || !comments.takes(record, width)))
        .map(|(_, record)| record)
        .collect();
    FoundDialect {
        format,
        width,
        preamble_lines,
        comments,
        wrapped,
        line_ending,
        evidence,
        records,
    }
}

/// Index of the table's first record, whose cells are mended if it is a header spelt unlike the rows.
fn find_table(records: &mut [SampleRecord], format: &Format, width: usize, evidence: &mut Vec<Decision>) -> usize {
    let first = table::first_record(records, width);
    let header = if first > 0 {
        let above = &records[first - 1];
        table::respelled_header(above, &records[first], format, width).map(|found| (first - 1, found))
    } else if records.len() > 1 {
        table::respelled_header(&records[0], &records[1], format, width).map(|found| (0, found))
    } else {
        None
    };
    let Some((index, (cells, words))) = header else {
        return first;
    };
    records[index].cells = cells;
    evidence.push(Decision::found(ReadingPart::Header, words.en, words.zh));
    index
}

/// Which lines are comments: as chosen, or as the sample shows where the table's start is not chosen.
fn comments(
    records: &[SampleRecord],
    (first, width): (usize, usize),
    options: &ReadOptions,
    evidence: &mut Vec<Decision>,
) -> Comments {
    let about = ReadingPart::Comments;
    match &options.comment {
        CommentChoice::Prefix(prefix) => {
            evidence.push(Decision::set(
                about,
                format!("Lines that start with {prefix} are comments: set by you"),
                format!("以 {prefix} 开头的行是注释：由您设定"),
            ));
            return Comments::Chosen(prefix.as_str().into());
        }
        CommentChoice::None => {
            evidence.push(Decision::set(
                about,
                "No line is a comment: set by you",
                "没有注释行：由您设定",
            ));
            return Comments::None;
        }
        CommentChoice::Detect if options.preamble_lines.is_some() => return Comments::None,
        CommentChoice::Detect => {}
    }
    let (comments, lines) = table::comments(records, first, width);
    if let Comments::All(mark) | Comments::Unfit(mark) = comments {
        evidence.push(Decision::found(
            about,
            format!("Lines that start with {mark} are comments: {lines} in the sample"),
            format!("以 {mark} 开头的行是注释：样本中有 {lines} 行"),
        ));
    }
    comments
}

/// The sample without the lines that the user calls comments.
fn without_comments(body: &[u8], newline: u8, options: &ReadOptions) -> Option<Vec<u8>> {
    let CommentChoice::Prefix(prefix) = &options.comment else {
        return None;
    };
    let lines = body.split_inclusive(|&byte| byte == newline);
    Some(
        lines
            .filter(|line| !line.starts_with(prefix.as_bytes()))
            .flatten()
            .copied()
            .collect(),
    )
}

/// Offset after the first `lines` physical lines.
pub(super) fn skip_lines(data: &[u8], newline: u8, lines: u64) -> usize {
    if lines == 0 {
        return 0;
    }
    memchr_iter(newline, data)
        .nth(lines as usize - 1)
        .map_or(data.len(), |at| at + 1)
}

pub(super) fn split(data: &[u8], format: &Format, whole: bool, most: usize) -> Vec<SampleRecord> {
    let mut splitter = Splitter::new(data, *format);
    let mut fields: Vec<Field> = Vec::new();
    let mut scratch = Vec::new();
    let mut records = Vec::new();
    while records.len() < most {
        fields.clear();
        let Some(record) = splitter.next_record(&mut fields) else {
            break;
        };
        // The sample's last record may be cut.
        if !whole && record.end as usize >= data.len() {
            break;
        }
        let quoted = |field: &&Field| {
            let start = field.start as usize;
            start > record.start as usize && Some(data[start - 1]) == format.quote
        };
        records.push(SampleRecord {
            quoted: fields.iter().filter(quoted).count(),
            cells: fields
                .iter()
                .map(|&field| field_bytes(data, field, format, &mut scratch).to_vec())
                .collect(),
            raw: data[record.start as usize..record.end as usize].to_vec(),
            line: record.line,
            unterminated: record.unterminated,
        });
    }
    records
}

fn choose((body, whole): (&[u8], bool), newline: u8, options: &ReadOptions, evidence: &mut Vec<Decision>) -> Format {
    let delimiters: Vec<u8> = match options.delimiter {
        Some(delimiter) => vec![delimiter as u8],
        None => DELIMITERS
            .into_iter()
            .filter(|&byte| memchr::memchr(byte, body).is_some() && !is_taken(byte, options))
            .collect(),
    };
    let quotes: Vec<Option<u8>> = match options.quote {
        QuoteChoice::Char(quote) => vec![Some(quote as u8)],
        QuoteChoice::None => vec![None],
        QuoteChoice::Detect => [b'"', b'\'']
            .into_iter()
            .filter(|&quote| memchr::memchr(quote, body).is_some() && options.delimiter != Some(char::from(quote)))
            .map(Some)
            .chain([None])
            .collect(),
    };
    let usual = Format { newline, ..USUAL };
    let mut best: Option<Judged> = None;
    for &delimiter in &delimiters {
        for &quote in &quotes {
            let candidate = Format {
                delimiter,
                quote,
                ..usual
            };
            let judged = judge(body, whole, candidate);
            // Earlier candidates are the usual ones; a rarer one must be clearly better.
            if best.is_none_or(|best| judged.score > best.score * 1.02) {
                best = Some(judged);
            }
        }
    }
    let (format, width, share) = match best {
        Some(best) if (best.width > 1 && best.score > 0.0) || options.delimiter.is_some() => {
            (best.format, best.width, best.share)
        }
        _ => {
            evidence.push(Decision::found(
                ReadingPart::Delimiter,
                "One column: no delimiter splits the records alike",
                "单列：没有分隔符能把各记录分成相同的字段数",
            ));
            return Format {
                // Commas that occur without order belong to the text.
                delimiter: if delimiters.is_empty() {
                    usual.delimiter
                } else {
                    NO_DELIMITER
                },
                quote: quotes[0].or(usual.quote).filter(|_| options.quote != QuoteChoice::None),
                ..usual
            };
        }
    };
    // An apostrophe that only stands inside texts encloses nothing.
    let mut format = format;
    let other_quote = Some(b'"').filter(|&quote| quote != format.delimiter);
    if options.quote == QuoteChoice::Detect && format.quote == Some(b'\'') && !opens_fields(body, &format) {
        format.quote = other_quote;
    }
    explain::format(&format, (width, share), body, options, evidence);
    let quote = match options.quote {
        // What separates the fields cannot enclose them, too.
        QuoteChoice::Detect => format
            .quote
            .or_else(|| quote_when_unseen(body, &format).and(other_quote)),
        _ => format.quote,
    };
    Format { quote, ..format }
}

/// Whether a field starts with the quote.
fn opens_fields(body: &[u8], format: &Format) -> bool {
    let opens = |at: usize| {
        let spaces = body[..at]
            .iter()
            .rev()
            .take_while(|&&byte| format.skip_space && byte == b' ');
        let before = at - spaces.count();
        before == 0 || body[before - 1] == format.delimiter || body[before - 1] == format.newline
    };
    format.quote.is_some_and(|quote| memchr_iter(quote, body).any(opens))
}

/// A double quote that does not occur in the sample may still occur later.
fn quote_when_unseen(body: &[u8], format: &Format) -> Option<u8> {
    (format.quote.is_none() && memchr::memchr(b'"', body).is_none()).then_some(b'"')
}

/// Whether the user made this character a quote or an escape.
fn is_taken(byte: u8, options: &ReadOptions) -> bool {
    let character = char::from(byte);
    options.quote == QuoteChoice::Char(character) || options.escape == Some(character)
}
