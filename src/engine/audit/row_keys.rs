//! The order of rows by one column, of whatever type.
//!
//! In: a column and row numbers. Out: the same rows ordered by value; text by Unicode scalar values, missing cells last.

use super::cells::Cells;
use super::row_sort::{bits_of, order_by, radix_sort};
use crate::engine::progress::{Cancelled, Progress};
use hashbrown::HashMap;
use rayon::prelude::*;
use std::cmp::Ordering;

/// Rows looked at between two looks at the cancel flag.
const CHUNK: usize = 1 << 18;
/// A text column with more different values in a chunk than this is sorted by its letters, not by a dictionary.
const DICTIONARY: usize = 1 << 13;
const MICROS: i64 = 1_000_000;

/// The rows ordered by a column.
pub(super) fn ordered(
    cells: Cells<'_>,
    rows: &[u32],
    descending: bool,
    progress: &Progress,
) -> Result<Vec<u32>, Cancelled> {
    progress.check()?;
    let at = |place: usize| rows[place] as usize;
    let order = match cells {
        Cells::Text(_) => return ordered_texts(cells, rows, descending, progress),
        Cells::Integer(_) | Cells::Boolean(_) => {
            order_by(rows.len(), descending, |place| cells.key(at(place)).map(signed_key))
        }
        Cells::Time(_) => {
            // Whole seconds need twenty bits less, which halves the passes over the rows.
            let is_whole = |&row: &u32| cells.key(row as usize).is_none_or(|key| key as i64 % MICROS == 0);
            let unit = if rows.par_iter().all(is_whole) { MICROS } else { 1 };
            order_by(rows.len(), descending, |place| {
                cells.key(at(place)).map(|key| signed_key((key as i64 / unit) as u64))
            })
        }
        Cells::Float(_) => {
            let is_cents = |&row: &u32| cells.number(row as usize).is_none_or(|value| cents(value).is_some());
            if rows.par_iter().all(is_cents) {
                order_by(rows.len(), descending, |place| {
                    cells
                        .number(at(place))
                        .and_then(cents)
                        .map(|cents| signed_key(cents as u64))
                })
            } else {
                order_by(rows.len(), descending, |place| cells.number(at(place)).map(float_key))
            }
        }
    };
    progress.check()?;
    Ok(order.into_par_iter().map(|place| rows[place as usize]).collect())
}

/// Signed numbers in the order of unsigned ones.
fn signed_key(bits: u64) -> u64 {
    bits ^ (1 << 63)
}

/// Floats in the order of unsigned numbers (IEEE 754, section 5.10, total order).
fn float_key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

/// The number in hundredths if it is exactly that many: prices need a third of a float's bits.
pub(super) fn cents(value: f64) -> Option<i64> {
    let scaled = (value * 100.0).round();
    (scaled.abs() < 1e15 && scaled / 100.0 == value).then_some(scaled as i64)
}

fn ordered_texts(cells: Cells<'_>, rows: &[u32], descending: bool, progress: &Progress) -> Result<Vec<u32>, Cancelled> {
    if let Some(ranks) = ranks(cells, rows, progress)? {
        let order = order_by(rows.len(), descending, |place| {
            let rank = ranks[place];
            (rank != u32::MAX).then_some(u64::from(rank))
        });
        return Ok(order.into_par_iter().map(|place| rows[place as usize]).collect());
    }
    let (present, missing): (Vec<u32>, Vec<u32>) = rows.par_iter().partition(|&&row| !cells.is_null(row as usize));
    progress.check()?;
    let mut order = by_letters(cells, &present, progress)?;
    if descending {
        order.reverse();
        // Equal texts stay in the order of the file.
        for run in order.chunk_by_mut(|a, b| cells.same(*a as usize, *b as usize)) {
            run.reverse();
        }
    }
    order.extend(missing);
    Ok(order)
}

/// The rank of each row's text among the different ones, `u32::MAX` where it is missing; `None` where there are too many
/// different ones for a dictionary.
fn ranks(cells: Cells<'_>, rows: &[u32], progress: &Progress) -> Result<Option<Vec<u32>>, Cancelled> {
    let local: Vec<Option<(Vec<u32>, Vec<&str>)>> = rows
        .par_chunks(CHUNK)
        .map(|chunk| {
            progress.check()?;
            Ok(local_codes(cells, chunk))
        })
        .collect::<Result<_, Cancelled>>()?;
    let Some(local) = local.into_iter().collect::<Option<Vec<_>>>() else {
        return Ok(None);
    };
    let mut known: Vec<&str> = local.iter().flat_map(|(_, texts)| texts.iter().copied()).collect();
    known.par_sort_unstable();
    known.dedup();
    let coded = local.into_par_iter().map(|(mut codes, texts)| {
        let ranks: Vec<u32> = texts
            .iter()
            .map(|text| known.binary_search(text).map_or(u32::MAX, |rank| rank as u32))
            .collect();
        for code in &mut codes {
            *code = ranks.get(*code as usize).copied().unwrap_or(u32::MAX);
        }
        codes
    });
    Ok(Some(coded.collect::<Vec<_>>().concat()))
}

/// Codes of a chunk's rows into the texts they hold, `u32::MAX` for missing ones.
fn local_codes<'a>(cells: Cells<'a>, rows: &[u32]) -> Option<(Vec<u32>, Vec<&'a str>)> {
    let mut known: HashMap<&str, u32> = HashMap::new();
    let mut texts: Vec<&str> = Vec::new();
    let mut codes = Vec::with_capacity(rows.len());
    for &row in rows {
        let code = match cells.text(row as usize) {
            None => u32::MAX,
            Some(text) => *known.entry(text).or_insert_with(|| {
                texts.push(text);
                texts.len() as u32 - 1
            }),
        };
        if texts.len() > DICTIONARY {
            return None;
        }
        codes.push(code);
    }
    Some((codes, texts))
}

/// Texts by their first letters after what all have in common, then the few that tie by the whole text.
fn by_letters(cells: Cells<'_>, rows: &[u32], progress: &Progress) -> Result<Vec<u32>, Cancelled> {
    let text = |row: u32| cells.text(row as usize).unwrap_or_default().as_bytes();
    let Some(&first) = rows.first() else {
        return Ok(Vec::new());
    };
    let first = text(first);
    let shared = rows
        .par_iter()
        .map(|&row| first.iter().zip(text(row)).take_while(|(a, b)| a == b).count())
        .min()
        .unwrap_or(0);
    progress.check()?;
    let keyed = rows.par_iter().map(|&row| (prefix(&text(row)[shared..]), row));
    let mut entries: Vec<(u64, u32)> = keyed.collect();
    let most = entries.par_iter().map(|entry| entry.0).max().unwrap_or(0);
    entries = radix_sort(entries, 0, bits_of(u128::from(most)));
    progress.check()?;
    let compare = |a: &(u64, u32), b: &(u64, u32)| -> Ordering { text(a.1).cmp(text(b.1)).then(a.1.cmp(&b.1)) };
    ties(&mut entries, &|run| run.sort_unstable_by(compare));
    Ok(entries.into_par_iter().map(|entry| entry.1).collect())
}

/// The first eight bytes as a number of the same order.
fn prefix(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = text.len().min(8);
    bytes[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(bytes)
}

/// Sorts every run of equal keys, halves in parallel.
fn ties(entries: &mut [(u64, u32)], sort: &(impl Fn(&mut [(u64, u32)]) + Sync)) {
    if entries.len() > CHUNK / 16 {
        let middle = entries[entries.len() / 2].0;
        let place = entries.partition_point(|entry| entry.0 < middle);
        if place > 0 {
            let (left, right) = entries.split_at_mut(place);
            rayon::join(|| ties(left, sort), || ties(right, sort));
            return;
        }
        let place = entries.partition_point(|entry| entry.0 <= middle);
        if place < entries.len() {
            let (left, right) = entries.split_at_mut(place);
            rayon::join(|| sort(left), || ties(right, sort));
            return;
        }
    }
    for run in entries.chunk_by_mut(|a, b| a.0 == b.0) {
        if run.len() > 1 {
            sort(run);
        }
    }
}
