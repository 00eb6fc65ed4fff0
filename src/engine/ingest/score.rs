//! Scores a candidate delimiter and quote by the records it gives: alike in width, and cells that look like values.
//!
//! Pattern score × type score: van den Burg, Nazábal, Sutton, "Wrangling messy CSV files by detecting row and
//! type patterns", 2019.

use super::cell::{self, Marks};
use super::dialect::{SampleRecord, split};
use super::records::Format;
use super::time;
use std::collections::BTreeMap;

/// Records looked at for each candidate.
const MAX_TRIED: usize = 400;

/// How well a candidate fits (0: not at all), with the width of most records and their share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    pub score: f64,
    pub format: Format,
    pub width: usize,
    pub share: f64,
}

/// Splits the sample by one candidate; `whole` tells that its last record is not cut.
pub(super) fn judge(body: &[u8], whole: bool, candidate: Format) -> Judged {
    let mut format = candidate;
    let spaced = format.delimiter == b' ';
    if !spaced && space_follows(&split(body, &format, whole, MAX_TRIED)) {
        format.skip_space = true;
    }
    let mut records = split(body, &format, true, MAX_TRIED);
    if !whole && records.len() > 2 && records.len() < MAX_TRIED {
        records.pop();
    }
    records.retain(|record| !record.is_blank());
    let (width, share) = most_common_width(&records);
    let consistent = if width > 1 && share < 0.5 { 0.05 } else { 1.0 };
    // Plain spaces separate words, and dates from clocks, before they separate fields.
    let usual = match spaced {
        true if are_single_times(&records) => 0.0,
        true => 0.5,
        false => 1.0,
    };
    let quoting = if format.quote != Some(b'"') && are_enclosed(&records) {
        0.3
    } else {
        1.0
    };
    let score = pattern_score(&records) * value_score(&records) * consistent * usual * quoting;
    Judged {
        score,
        format,
        width,
        share,
    }
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

/// Whether cells stand between double quotes, more of them than have one too many: then the quotes enclose fields.
fn are_enclosed(records: &[SampleRecord]) -> bool {
    let (mut enclosed, mut lone) = (0usize, 0usize);
    for cell in records.iter().flat_map(|record| &record.cells) {
        let quotes = memchr::memchr_iter(b'"', cell).count();
        let cell = cell::trim(cell);
        enclosed += usize::from(cell.len() > 1 && cell.starts_with(b"\"") && cell.ends_with(b"\""));
        lone += quotes % 2;
    }
    enclosed > lone
}

fn are_single_times(records: &[SampleRecord]) -> bool {
    let times = records.iter().filter(|record| {
        let line = cell::trim(&record.raw);
        time::shape(line).is_some()
    });
    !records.is_empty() && times.count() * 5 >= records.len() * 4
}

/// The number of fields most records have, and their share.
pub(super) fn most_common_width(records: &[SampleRecord]) -> (usize, f64) {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
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
    let mut counts: BTreeMap<usize, f64> = BTreeMap::new();
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
    // Where no quote encloses a field, one that only opens is hardly a quote. Where some do, it costs its own
    // cell, which holds it as text.
    let quotes_work = records.iter().any(|record| record.quoted > 0);
    let (mut known, mut all) = (0usize, 0usize);
    for record in records {
        for cell in &record.cells {
            all += 1;
            known += usize::from((quotes_work || !record.unterminated) && is_value(cell::trim(cell)));
        }
    }
    (known as f64 / all.max(1) as f64).max(1e-3)
}

fn is_value(cell: &[u8]) -> bool {
    cell::is_null(cell)
        || cell::parse_float(cell).is_some()
        || cell::parse_float_loose(cell, Marks::POINT).is_some()
        || cell::parse_float_loose(cell, Marks::COMMA).is_some()
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
