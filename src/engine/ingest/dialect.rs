//! Finds delimiter, quote, escape, line end and preamble of a text table from its first bytes.
//!
//! Every candidate splits the sample; the one whose records are most alike and whose cells most look
//! like values wins (pattern score × type score: van den Burg, Nazábal, Sutton, "Wrangling messy CSV
//! files by detecting row and type patterns", 2019). Each decision leaves one sentence of evidence.

use super::cell;
use super::options::{QuoteChoice, ReadOptions};
use super::records::{Field, Format, Splitter, field_bytes};
use super::time;
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
}

impl SampleRecord {
    pub(super) fn is_blank(&self) -> bool {
        self.cells.len() == 1 && self.cells[0].trim_ascii().is_empty()
    }

    fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.trim_ascii().is_empty()).count()
    }

    fn is_comment(&self) -> bool {
        self.cells[0].starts_with(b"#")
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
    /// Lines starting with `#` stand before the table; later ones are comments too.
    pub comments: bool,
    /// Every line was quoted once more as a whole.
    pub wrapped: bool,
    pub line_ending: &'static str,
    pub evidence: Vec<String>,
    /// Records of the table itself, header included.
    pub records: Vec<SampleRecord>,
}

impl FoundDialect {
    /// The header as it stands in the file, empty without one or where it is too plain to be told from a row.
    pub(super) fn header_bytes(&self, has_header: bool) -> Vec<u8> {
        let header = self.records.first().filter(|_| has_header && self.width > 1);
        header.map(|record| record.raw.clone()).unwrap_or_default()
    }
}

const USUAL: Format = Format {
    delimiter: b',',
    quote: Some(b'"'),
    escape: None,
    newline: b'\n',
    skip_space: false,
};
const DELIMITERS: [u8; 6] = [b',', b';', b'\t', b'|', 1, b' '];
/// ASCII unit separator: stands for `one column` where commas are text.
pub(super) const NO_DELIMITER: u8 = 0x1F;
/// Records looked at for each candidate.
const MAX_TRIED: usize = 400;
/// Records kept to judge the header.
const MAX_KEPT_RECORDS: usize = 2_000;

/// Finds the dialect of `sample`; `whole` tells that the sample is the entire file.
pub(super) fn detect(sample: &[u8], whole: bool, options: &ReadOptions) -> FoundDialect {
    let mut evidence = Vec::new();
    let (newline, line_ending) = detect_line_end(sample, &mut evidence);
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
    let mut format = choose(body, newline, options, &mut evidence);
    format.escape = options
        .escape
        .map(|escape| escape as u8)
        .or_else(|| detect_escape(body, &format, &mut evidence));
    let records = split(body, &format, whole, MAX_KEPT_RECORDS);
    let width = most_common_width(&records).0;
    let (first, comments) = match options.preamble_lines {
        Some(_) => (0, false),
        None => find_table(&records, width),
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
        .filter(|record| !record.is_blank())
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

fn detect_line_end(sample: &[u8], evidence: &mut Vec<String>) -> (u8, &'static str) {
    let feeds = memchr_iter(b'\n', sample).count();
    let returns = memchr_iter(b'\r', sample).count();
    let pairs = memchr_iter(b'\n', sample)
        .filter(|&at| at > 0 && sample[at - 1] == b'\r')
        .count();
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
        records.push(SampleRecord {
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

fn choose(body: &[u8], newline: u8, options: &ReadOptions, evidence: &mut Vec<String>) -> Format {
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
    let mut best: Option<(f64, Format, usize, f64)> = None;
    for &delimiter in &delimiters {
        for &quote in &quotes {
            let (score, format, width, share) = judge(body, newline, delimiter, quote);
            // Earlier candidates are the usual ones; a rarer one must be clearly better.
            if best.as_ref().is_none_or(|(most, ..)| score > most * 1.02) {
                best = Some((score, format, width, share));
            }
        }
    }
    let usual = Format { newline, ..USUAL };
    let (format, width, share) = match best {
        Some((_, format, width, share)) if width > 1 || options.delimiter.is_some() => (format, width, share),
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

/// Score of a candidate, with the width of most records and their share.
fn judge(body: &[u8], newline: u8, delimiter: u8, quote: Option<u8>) -> (f64, Format, usize, f64) {
    let mut format = Format {
        delimiter,
        quote,
        escape: None,
        newline,
        skip_space: false,
    };
    if delimiter != b' ' && space_follows(&split(body, &format, false, MAX_TRIED)) {
        format.skip_space = true;
    }
    let mut records = split(body, &format, true, MAX_TRIED);
    if records.len() > 2 && records.len() < MAX_TRIED {
        // Possibly cut by the end of the sample.
        records.pop();
    }
    records.retain(|record| !record.is_blank());
    let (width, share) = most_common_width(&records);
    let pattern = pattern_score(&records);
    let values = value_score(&records);
    let consistent = if width > 1 && share < 0.5 { 0.05 } else { 1.0 };
    // Plain spaces separate words before they separate fields.
    let usual = if delimiter == b' ' { 0.5 } else { 1.0 };
    (pattern * values * consistent * usual, format, width, share)
}

fn space_follows(records: &[SampleRecord]) -> bool {
    let (mut spaced, mut plain) = (0usize, 0usize);
    for cell in records.iter().flat_map(|record| record.cells.iter().skip(1)) {
        match cell.first() {
            Some(b' ') => spaced += 1,
            Some(_) => plain += 1,
            None => {}
        }
    }
    spaced >= 3 && spaced >= plain * 9
}

fn most_common_width(records: &[SampleRecord]) -> (usize, f64) {
    let mut counts: std::collections::BTreeMap<usize, usize> = std::collections::BTreeMap::new();
    for record in records.iter().filter(|record| !record.is_blank()) {
        *counts.entry(record.cells.len()).or_default() += 1;
    }
    let total: usize = counts.values().sum();
    counts
        .into_iter()
        .max_by_key(|&(width, count)| (count, width))
        .map_or((1, 0.0), |(width, count)| (width, count as f64 / total.max(1) as f64))
}

/// Few different widths, and many fields.
fn pattern_score(records: &[SampleRecord]) -> f64 {
    let mut counts: std::collections::BTreeMap<usize, f64> = std::collections::BTreeMap::new();
    for record in records {
        *counts.entry(record.cells.len()).or_default() += 1.0;
    }
    let kinds = counts.len().max(1) as f64;
    let sum: f64 = counts
        .iter()
        .map(|(&width, count)| count * (width as f64 - 1.0).max(1e-3) / width as f64)
        .sum();
    sum / kinds / records.len().max(1) as f64
}

/// Share of cells that look like one value.
fn value_score(records: &[SampleRecord]) -> f64 {
    let (mut known, mut all) = (0usize, 0usize);
    for record in records {
        for cell in &record.cells {
            all += 1;
            known += usize::from(!record.unterminated && is_value(cell::trim(cell)));
        }
    }
    (known as f64 / all.max(1) as f64).max(1e-3)
}

fn is_value(cell: &[u8]) -> bool {
    cell::is_null(cell)
        || cell::parse_float(cell).is_some()
        || cell::parse_float_loose(cell, b'.').is_some()
        || cell::parse_float_loose(cell, b',').is_some()
        || time::shape(cell).is_some()
        || cell.starts_with(b"http")
        || cell.iter().all(|byte| {
            byte.is_ascii_alphanumeric()
                || !byte.is_ascii()
                || matches!(
                    byte,
                    b' ' | b'_'
                        | b'-'
                        | b'.'
                        | b'/'
                        | b'&'
                        | b'('
                        | b')'
                        | b'+'
                        | b'%'
                        | b'@'
                        | b'!'
                        | b'?'
                        | b':'
                        | b'\''
                )
        }) && !cell.starts_with(b"'")
}

/// A backslash before quotes inside fields, where quotes are not doubled.
fn detect_escape(body: &[u8], format: &Format, evidence: &mut Vec<String>) -> Option<u8> {
    let quote = format.quote?;
    let separates =
        |byte: Option<&u8>| byte.is_none_or(|&byte| byte == format.delimiter || matches!(byte, b'\n' | b'\r'));
    let (mut escaped, mut doubled) = (0usize, 0usize);
    for at in memchr_iter(quote, body) {
        let before = at.checked_sub(1).and_then(|at| body.get(at));
        if separates(body.get(at + 1)) || separates(before) {
            continue;
        }
        escaped += usize::from(before == Some(&b'\\'));
        doubled += usize::from(body.get(at + 1) == Some(&quote));
    }
    if escaped == 0 || doubled > 0 {
        return None;
    }
    evidence.push(format!(
        "Escape \\: {escaped} quotes inside fields follow a backslash and none is doubled"
    ));
    Some(b'\\')
}

/// Index of the table's first record, and whether comment lines stand before it.
fn find_table(records: &[SampleRecord], width: usize) -> (usize, bool) {
    let mut filled: Vec<usize> = records
        .iter()
        .filter(|record| record.cells.len() == width)
        .map(SampleRecord::filled)
        .collect();
    filled.sort_unstable();
    let usual = filled.get(filled.len() / 2).copied().unwrap_or(1);
    let needed = if width > 2 { usual.div_ceil(2) } else { 1 };
    let fits = |record: &SampleRecord| {
        record.cells.len() == width && record.filled() >= needed.max(1) && !(record.is_comment() && width == 1)
    };
    let mut first = records.iter().position(fits).unwrap_or(0);
    if first > 0 && is_ragged_header(&records[first - 1], &records[first], width) {
        first -= 1;
    }
    let comments = first > 0 && records[..first].iter().any(SampleRecord::is_comment);
    (first, comments)
}

/// A line of words just above a line of values, with a field too many or too few.
fn is_ragged_header(above: &SampleRecord, below: &SampleRecord, width: usize) -> bool {
    let near = above.cells.len().abs_diff(width) <= (width / 4).max(1);
    let word = |cell: &Vec<u8>| {
        let cell = cell::trim(cell);
        cell::parse_float_loose(cell, b'.').is_none() && time::shape(cell).is_none()
    };
    let words = above.cells.len() > 2 && above.cells.iter().all(word) && above.filled() * 2 > above.cells.len();
    near && words && !below.cells.iter().all(word)
}
