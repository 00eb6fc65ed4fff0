//! Finds delimiter, quote, escape, line end and preamble of a text table from its first bytes.
//!
//! Every candidate splits the sample; the one whose records are most alike and whose cells most look
//! like values wins (`score`). Each decision leaves one sentence of evidence.

use super::options::{QuoteChoice, ReadOptions};
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
    pub evidence: Vec<String>,
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
    let (newline, line_ending) = detect_line_end(sample, quote, &mut evidence);
    let skip = options.preamble_lines.unwrap_or(0);
    let body = &sample[skip_lines(sample, newline, skip)..];
    let wrapped = options.quote == QuoteChoice::Detect && wrapped::is_wrapped(body, newline);
    let unwrapped;
    let body = if wrapped {
        evidence.push("Each line is one quoted field that holds a record; the outer quotes are taken off".to_owned());
        let outer = Format { newline, ..USUAL };
        unwrapped = wrapped::unwrap_lines(body, &outer);
        &unwrapped[..]
    } else {
        body
    };
    let mut format = choose((body, whole), newline, options, &mut evidence);
    format.escape = options
        .escape
        .map(|escape| escape as u8)
        .or_else(|| detect_escape(body, &format, &mut evidence));
    let mut records = split(body, &format, whole, MAX_KEPT_RECORDS);
    let width = most_common_width(&records).0;
    let (first, comments) = match options.preamble_lines {
        Some(_) => (0, Comments::None),
        None => find_table(&mut records, &format, width, &mut evidence),
    };
    let preamble_lines = skip + records.get(first).map_or(0, |record| u64::from(record.line));
    if preamble_lines > 0 {
        evidence.push(match options.preamble_lines {
            Some(_) => format!("{preamble_lines} lines before the table are skipped as chosen by the user"),
            None => format!(
                "{preamble_lines} lines before the table are skipped: the first record with {width} filled fields is on line {}",
                preamble_lines + 1
            ),
        });
    }
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

/// Index of the table's first record, whose cells are mended if it is a header spelt unlike the rows, and the
/// comment lines.
fn find_table(
    records: &mut [SampleRecord],
    format: &Format,
    width: usize,
    evidence: &mut Vec<String>,
) -> (usize, Comments) {
    let mut first = table::first_record(records, width);
    let header = if first > 0 {
        let above = &records[first - 1];
        table::respelled_header(above, &records[first], format, width).map(|found| (first - 1, found))
    } else if records.len() > 1 {
        table::respelled_header(&records[0], &records[1], format, width).map(|found| (0, found))
    } else {
        None
    };
    if let Some((index, (cells, words))) = header {
        records[index].cells = cells;
        evidence.push(words);
        first = index;
    }
    let (comments, lines) = table::comments(records, first, width);
    if let Comments::All(mark) | Comments::Unfit(mark) = comments {
        evidence.push(format!(
            "Lines that start with {mark} are comments: {lines} in the sample"
        ));
    }
    (first, comments)
}

fn detect_line_end(sample: &[u8], quote: Option<u8>, evidence: &mut Vec<String>) -> (u8, &'static str) {
    let (feeds, returns, pairs) = match count_line_ends(sample, quote) {
        // All between quotes: a lone quote is no enclosure.
        (0, 0, _) => count_line_ends(sample, None),
        counts => counts,
    };
    let (newline, name, text) = if returns > pairs && returns - pairs > feeds * 4 {
        (
            b'\r',
            "cr",
            format!("Lines end with CR: {returns} carriage returns, {feeds} line feeds"),
        )
    } else if pairs * 2 > feeds {
        (
            b'\n',
            "crlf",
            format!("Lines end with CRLF: {pairs} of {feeds} line feeds follow a carriage return"),
        )
    } else {
        (
            b'\n',
            "lf",
            format!("Lines end with LF: {pairs} of {feeds} line feeds follow a carriage return"),
        )
    };
    evidence.push(text);
    (newline, name)
}

/// Line feeds, carriage returns and both together, outside quotes.
fn count_line_ends(sample: &[u8], quote: Option<u8>) -> (usize, usize, usize) {
    let (mut feeds, mut returns, mut pairs) = (0, 0, 0);
    let mut inside = false;
    for at in memchr::memchr3_iter(b'\n', b'\r', quote.unwrap_or(b'\n'), sample) {
        match sample[at] {
            byte if Some(byte) == quote => inside = !inside,
            _ if inside => {}
            b'\r' => returns += 1,
            _ => {
                feeds += 1;
                pairs += usize::from(at > 0 && sample[at - 1] == b'\r');
            }
        }
    }
    (feeds, returns, pairs)
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

fn choose((body, whole): (&[u8], bool), newline: u8, options: &ReadOptions, evidence: &mut Vec<String>) -> Format {
    let delimiters: Vec<u8> = match options.delimiter {
        Some(delimiter) => vec![delimiter as u8],
        None => DELIMITERS
            .into_iter()
            .filter(|&byte| memchr::memchr(byte, body).is_some())
            .collect(),
    };
    let quotes: Vec<Option<u8>> = match options.quote {
        QuoteChoice::Char(quote) => vec![Some(quote as u8)],
        QuoteChoice::None => vec![None],
        QuoteChoice::Detect => [b'"', b'\'']
            .into_iter()
            .filter(|&quote| memchr::memchr(quote, body).is_some())
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
            evidence.push("One column: no delimiter splits the records alike".to_owned());
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
    explain(&format, (width, share), body, options, evidence);
    let quote = match options.quote {
        QuoteChoice::Detect => format.quote.or_else(|| quote_when_unseen(body, &format)),
        _ => format.quote,
    };
    Format { quote, ..format }
}

/// A double quote that does not occur in the sample may still occur later.
fn quote_when_unseen(body: &[u8], format: &Format) -> Option<u8> {
    (format.quote.is_none() && memchr::memchr(b'"', body).is_none()).then_some(b'"')
}

fn explain(
    format: &Format,
    (width, share): (usize, f64),
    body: &[u8],
    options: &ReadOptions,
    evidence: &mut Vec<String>,
) {
    let delimiter = char::from(format.delimiter);
    evidence.push(match options.delimiter {
        Some(_) => format!("Delimiter {delimiter:?} was chosen by the user"),
        None => format!(
            "Delimiter {delimiter:?}: with it {:.1} % of the sampled records have {width} fields",
            share * 100.0
        ),
    });
    evidence.push(match (options.quote, format.quote) {
        (QuoteChoice::Detect, Some(quote)) => {
            let starts = |&at: &usize| at == 0 || body[at - 1] == format.delimiter || body[at - 1] == format.newline;
            let fields = memchr_iter(quote, body).filter(starts).count();
            format!("Quote {}: {fields} sampled fields start with it", char::from(quote))
        }
        (QuoteChoice::Detect, None) => "No quoted field in the sample".to_owned(),
        (_, Some(quote)) => format!("Quote {} was chosen by the user", char::from(quote)),
        (_, None) => "No quoting was chosen by the user".to_owned(),
    });
    if format.skip_space {
        evidence.push("A space follows each delimiter and does not belong to the field".to_owned());
    }
}

/// A backslash before quotes inside fields, where quotes are not doubled.
fn detect_escape(body: &[u8], format: &Format, evidence: &mut Vec<String>) -> Option<u8> {
    let quote = format.quote?;
    let separates =
        |byte: Option<&u8>| byte.is_none_or(|&byte| byte == format.delimiter || matches!(byte, b'\n' | b'\r'));
    // `sure`: a lone `\"` inside a field. `closing`: `\""` before a separator, an escaped quote and the closing one
    // or a doubled quote in a field that goes on.
    let (mut sure, mut closing, mut doubled) = (0usize, 0usize, 0usize);
    let mut at = 0;
    while let Some(offset) = memchr::memchr(quote, &body[at..]) {
        let run = at + offset;
        let length = body[run..].iter().take_while(|&&byte| byte == quote).count();
        let before = run.checked_sub(1).and_then(|at| body.get(at));
        let ends_field = separates(body.get(run + length));
        at = run + length;
        if before == Some(&b'\\') {
            sure += usize::from(length == 1 && !ends_field);
            closing += usize::from(length == 2 && ends_field);
            doubled += usize::from(length % 2 == 0 && !ends_field);
        } else if !separates(before) {
            doubled += usize::from(length > 2 || (length == 2 && !ends_field));
        }
    }
    let escaped = sure + closing;
    if escaped == 0 || doubled > 0 {
        return None;
    }
    if closing > 0 {
        let with = Format {
            escape: Some(b'\\'),
            ..*format
        };
        let (with, without) = (misfits(body, &with), misfits(body, format));
        if with > without || (with == without && sure == 0) {
            return None;
        }
    }
    evidence.push(format!(
        "Escape \\: {escaped} quotes inside fields follow a backslash and none is doubled"
    ));
    Some(b'\\')
}

/// Records of another number of fields than most, and those whose quote never closes.
fn misfits(body: &[u8], format: &Format) -> usize {
    let records = split(body, format, true, MAX_KEPT_RECORDS);
    let width = most_common_width(&records).0;
    let is_misfit = |record: &&SampleRecord| record.unterminated || (record.cells.len() != width && !record.is_blank());
    records.iter().filter(is_misfit).count()
}
