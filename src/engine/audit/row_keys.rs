//! The order of rows by one column, of whatever type.
//!
//! In: a column and row numbers. Out: the same rows ordered by value; text by Unicode scalar values, missing cells last.

use super::cells::Cells;
use super::row_sort::{Ties, order_rows};
use super::text_keys::TextKeys;
use crate::engine::ingest::CodedTexts;
use crate::engine::progress::{Cancelled, Progress};
use hashbrown::HashMap;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

/// Rows looked at between two looks at the cancel flag.
const CHUNK: usize = 1 << 18;
/// Rows that show whether a text column repeats itself, and the share of different texts up to which it does.
const PROBE: usize = 1 << 14;
const REPEATED: f64 = 0.25;
/// A code for a missing text.
const NONE: u32 = u32::MAX;
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
        Cells::Coded(texts) if texts.first_row.len() <= rows.len() / 2 => ordered_codes(texts, rows, descending),
        Cells::Text(_) | Cells::Coded(_) => return ordered_texts(cells, rows, descending, progress),
        Cells::Integer(_) | Cells::Boolean(_) => {
            order_rows(rows, descending, None, |place| cells.key(at(place)).map(signed_key))
        }
        Cells::Time(_) => {
            // Whole seconds need twenty bits less, which saves a pass over the rows.
            let is_whole = |&row: &u32| cells.key(row as usize).is_none_or(|key| key as i64 % MICROS == 0);
            if rows.par_iter().all(is_whole) {
                order_rows(rows, descending, None, |place| {
                    cells.key(at(place)).map(|key| signed_key((key as i64 / MICROS) as u64))
                })
            } else {
                order_rows(rows, descending, None, |place| cells.key(at(place)).map(signed_key))
            }
        }
        Cells::Float(_) => match all_cents(cells, rows) {
            Some(cents) => order_rows(rows, descending, None, |place| {
                let cents = cents[place];
                (cents != NO_CENTS).then(|| signed_key(cents as u64))
            }),
            None => order_rows(rows, descending, None, |place| cells.number(at(place)).map(float_key)),
        },
    };
    progress.check()?;
    Ok(order)
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
    let scaled = value * 100.0;
    if scaled.abs() >= 1e15 {
        return None;
    }
    let nearest = (scaled + 0.5_f64.copysign(scaled)) as i64;
    (nearest as f64 / 100.0 == value).then_some(nearest)
}

/// Stands for a missing number among hundredths.
const NO_CENTS: i64 = i64::MIN;

/// Every row's number in hundredths, if all are whole hundredths.
fn all_cents(cells: Cells<'_>, rows: &[u32]) -> Option<Vec<i64>> {
    let are_all = AtomicBool::new(true);
    let mut found = vec![NO_CENTS; rows.len()];
    found
        .par_chunks_mut(CHUNK)
        .zip(rows.par_chunks(CHUNK))
        .for_each(|(found, rows)| {
            for (slot, &row) in found.iter_mut().zip(rows) {
                let Some(value) = cells.number(row as usize) else {
                    continue;
                };
                match cents(value) {
                    Some(cents) if are_all.load(Ordering::Relaxed) => *slot = cents,
                    _ => return are_all.store(false, Ordering::Relaxed),
                }
            }
        });
    are_all.into_inner().then_some(found)
}

/// Texts by the rank of their code: only the different ones are compared.
fn ordered_codes(texts: &CodedTexts, rows: &[u32], descending: bool) -> Vec<u32> {
    let mut codes: Vec<u32> = (0..texts.first_row.len() as u32).collect();
    codes.par_sort_unstable_by(|&a, &b| texts.dictionary.get(a).cmp(texts.dictionary.get(b)));
    let mut ranks = vec![0_u32; codes.len()];
    for (rank, &code) in codes.iter().enumerate() {
        ranks[code as usize] = rank as u32;
    }
    order_rows(rows, descending, None, |place| {
        let code = texts.codes[rows[place] as usize];
        ranks.get(code as usize).map(|&rank| u64::from(rank))
    })
}

fn ordered_texts(cells: Cells<'_>, rows: &[u32], descending: bool, progress: &Progress) -> Result<Vec<u32>, Cancelled> {
    if repeats(cells, rows) {
        let ranks = ranks(cells, rows, progress)?;
        return Ok(order_rows(rows, descending, None, |place| {
            let rank = ranks[place];
            (rank != NONE).then_some(u64::from(rank))
        }));
    }
    progress.check()?;
    let (present, missing): (Vec<u32>, Vec<u32>) = if rows.par_iter().any(|&row| cells.is_null(row as usize)) {
        rows.par_iter().partition(|&&row| !cells.is_null(row as usize))
    } else {
        (rows.to_vec(), Vec::new())
    };
    let keys = TextKeys::of(cells, &present);
    progress.check()?;
    let text = |row: u32| cells.text(row as usize).unwrap_or_default();
    let by_whole_text = |tied: &mut [u32]| {
        if tied.windows(2).any(|pair| text(pair[0]) != text(pair[1])) {
            tied.sort_by(|&a, &b| {
                let order = text(a).cmp(text(b));
                if descending { order.reverse() } else { order }
            });
        }
    };
    let ties: Option<Ties<'_>> = if keys.are_whole { None } else { Some(&by_whole_text) };
    // Letters are put together once; the sort asks for each key several times.
    let of_rows: Vec<u64> = present.par_iter().map(|&row| keys.key(text(row))).collect();
    let mut order = order_rows(&present, descending, ties, |place| Some(of_rows[place]));
    order.extend(missing);
    Ok(order)
}

/// True if the first rows hold few different texts.
fn repeats(cells: Cells<'_>, rows: &[u32]) -> bool {
    let probed = &rows[..rows.len().min(PROBE)];
    let different: hashbrown::HashSet<&str> = probed.iter().filter_map(|&row| cells.text(row as usize)).collect();
    different.len() as f64 <= REPEATED * probed.len() as f64
}

/// The rank of each row's text among the different ones, `NONE` where it is missing.
fn ranks(cells: Cells<'_>, rows: &[u32], progress: &Progress) -> Result<Vec<u32>, Cancelled> {
    let mut codes = vec![NONE; rows.len()];
    let local: Vec<Vec<&str>> = rows
        .par_chunks(CHUNK)
        .zip(codes.par_chunks_mut(CHUNK))
        .map(|(rows, codes)| {
            progress.check()?;
            Ok(code(cells, rows, codes))
        })
        .collect::<Result<_, Cancelled>>()?;
    let mut known: Vec<&str> = local.concat();
    known.par_sort_unstable();
    known.dedup();
    codes.par_chunks_mut(CHUNK).zip(local).for_each(|(codes, texts)| {
        let rank = |text: &&str| known.binary_search(text).map_or(NONE, |rank| rank as u32);
        let ranks: Vec<u32> = texts.iter().map(rank).collect();
        for code in codes {
            *code = ranks.get(*code as usize).copied().unwrap_or(NONE);
        }
    });
    Ok(codes)
}

/// Codes a chunk's rows by the different texts they hold, which are returned.
fn code<'a>(cells: Cells<'a>, rows: &[u32], codes: &mut [u32]) -> Vec<&'a str> {
    let mut known: HashMap<&str, u32> = HashMap::new();
    let mut texts: Vec<&str> = Vec::new();
    for (&row, code) in rows.iter().zip(codes) {
        if let Some(text) = cells.text(row as usize) {
            *code = *known.entry(text).or_insert_with(|| {
                texts.push(text);
                texts.len() as u32 - 1
            });
        }
    }
    texts
}
