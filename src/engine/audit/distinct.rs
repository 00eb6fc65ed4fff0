//! The exact dictionary of a column: which distinct value each row holds, how often, and where first.
//!
//! In: `Cells`. Out: `Distinct`. Profiles, duplicate search and value checks work on distinct values
//! instead of rows, which is what makes the exact audit fast.
//! Invariant: codes are dense and numbered by first appearance; counts plus nulls add up to the rows.

use super::cells::Cells;
use crate::engine::ingest::Codes;
use crate::engine::progress::{Cancelled, Progress};
use hashbrown::hash_map::Entry;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use polars_buffer::Buffer;
use std::hash::BuildHasher as _;

/// The code of a null cell.
pub const NULL: u32 = u32::MAX;

/// Rows between two looks at the cancel flag; a few milliseconds of work.
const CHECK_EVERY: usize = 1 << 16;

#[derive(Clone, Debug, Default)]
pub struct Distinct {
    /// One code a row, `NULL` for a null cell.
    pub codes: Buffer<u32>,
    /// First row of each code, ascending.
    pub first_row: Buffer<u32>,
    /// Rows of each code.
    pub counts: Vec<u32>,
    pub nulls: u64,
}

impl Distinct {
    /// Encodes a column exactly (hashing with comparison; no sketch).
    pub fn of(cells: Cells<'_>, progress: &Progress) -> Result<Self, Cancelled> {
        match cells {
            Cells::Coded(texts) => Ok(Self::from_codes(&Codes::of_texts(texts))),
            Cells::Text(_) => encode_text(cells, progress),
            Cells::Integer(array) | Cells::Time(array) => match dense_range(array.values(), cells) {
                Some(range) => encode_dense(cells, range, progress),
                None => encode_keys(cells, progress),
            },
            Cells::Float(_) => encode_keys(cells, progress),
            Cells::Boolean(_) => {
                let range = Range {
                    low: 0,
                    unit: 1,
                    size: 2,
                };
                encode_dense(cells, range, progress)
            }
        }
    }

    /// Takes over codes that were made for the log; they are numbered by first appearance as well.
    pub fn from_codes(codes: &Codes) -> Self {
        let counts = codes.counts();
        let filled: u64 = counts.iter().map(|&count| u64::from(count)).sum();
        Self {
            codes: codes.codes.clone(),
            first_row: codes.first_row.clone(),
            counts,
            nulls: codes.codes.len() as u64 - filled,
        }
    }

    /// How many distinct values there are, null not counted.
    pub fn num_values(&self) -> usize {
        self.counts.len()
    }

    /// Rows that are not null.
    pub fn num_filled(&self) -> u64 {
        self.codes.len() as u64 - self.nulls
    }

    /// All rows whose code is flagged, in order.
    pub fn rows_where(&self, flagged: &[bool]) -> Vec<u32> {
        let is_flagged = |code: u32| flagged.get(code as usize).copied().unwrap_or(false);
        (0..self.codes.len() as u32)
            .filter(|&row| is_flagged(self.codes[row as usize]))
            .collect()
    }

    /// All null rows, in order.
    pub fn null_rows(&self) -> Vec<u32> {
        if self.nulls == 0 {
            return Vec::new();
        }
        (0..self.codes.len() as u32)
            .filter(|&row| self.codes[row as usize] == NULL)
            .collect()
    }
}

/// A dictionary while its rows are added one by one.
#[derive(Default)]
struct Encoder {
    codes: Vec<u32>,
    first_row: Vec<u32>,
    counts: Vec<u32>,
    nulls: u64,
}

impl Encoder {
    fn with_capacity(rows: usize) -> Self {
        Self {
            codes: Vec::with_capacity(rows),
            ..Self::default()
        }
    }

    fn push_null(&mut self) {
        self.codes.push(NULL);
        self.nulls += 1;
    }

    fn push_known(&mut self, code: u32) {
        self.codes.push(code);
        self.counts[code as usize] += 1;
    }

    /// Adds the row as the first one of a new value and returns its code.
    fn push_new(&mut self) -> u32 {
        let code = self.counts.len() as u32;
        self.first_row.push(self.codes.len() as u32);
        self.counts.push(1);
        self.codes.push(code);
        code
    }

    fn finish(self) -> Distinct {
        Distinct {
            codes: self.codes.into(),
            first_row: self.first_row.into(),
            counts: self.counts,
            nulls: self.nulls,
        }
    }
}

/// Values `low + unit * k` for k below `size`.
#[derive(Clone, Copy)]
struct Range {
    low: i64,
    unit: u64,
    size: usize,
}

/// The range of the values if a direct table is cheaper than hashing. Times in whole seconds or minutes lie on a
/// lattice, which is looked for.
fn dense_range(values: &[i64], cells: Cells<'_>) -> Option<Range> {
    let rows = values.len();
    let filled = || (0..rows).filter(|&row| !cells.is_null(row)).map(|row| values[row]);
    let (low, high) = filled().fold(None, |range: Option<(i64, i64)>, value| match range {
        Some((low, high)) => Some((low.min(value), high.max(value))),
        None => Some((value, value)),
    })?;
    // Four table entries a row still beat a hash table of 24 bytes an entry in both time and memory.
    let limit = (rows as u128 * 4).clamp(1 << 12, 1 << 28);
    let span = high.abs_diff(low);
    let mut unit = span.max(1);
    for value in filled() {
        let step = value.abs_diff(low);
        if step % unit != 0 {
            unit = greatest_common_divisor(unit, step);
        }
        if unit == 1 || u128::from(span / unit) >= limit {
            break;
        }
    }
    if u128::from(span / unit) >= limit {
        return None;
    }
    let size = (span / unit) as usize + 1;
    Some(Range { low, unit, size })
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn encode_dense(cells: Cells<'_>, range: Range, progress: &Progress) -> Result<Distinct, Cancelled> {
    let mut code_of = vec![NULL; range.size];
    let mut out = Encoder::with_capacity(cells.len());
    for row in 0..cells.len() {
        if row % CHECK_EVERY == 0 {
            progress.check()?;
        }
        match cells.key(row) {
            None => out.push_null(),
            Some(key) => {
                let place = (key as i64).abs_diff(range.low) / range.unit;
                let slot = &mut code_of[place as usize];
                if *slot == NULL {
                    *slot = out.push_new();
                } else {
                    out.push_known(*slot);
                }
            }
        }
    }
    Ok(out.finish())
}

fn encode_keys(cells: Cells<'_>, progress: &Progress) -> Result<Distinct, Cancelled> {
    let mut code_of: HashMap<u64, u32> = HashMap::new();
    let mut out = Encoder::with_capacity(cells.len());
    let mut last = None;
    for row in 0..cells.len() {
        if row % CHECK_EVERY == 0 {
            progress.check()?;
        }
        let Some(key) = cells.key(row) else {
            out.push_null();
            continue;
        };
        // Logs are mostly in time order, so equal neighbours are common and need no look-up.
        if let Some((last_key, code)) = last
            && last_key == key
        {
            out.push_known(code);
            continue;
        }
        let code = match code_of.entry(key) {
            Entry::Occupied(entry) => {
                out.push_known(*entry.get());
                *entry.get()
            }
            Entry::Vacant(entry) => *entry.insert(out.push_new()),
        };
        last = Some((key, code));
    }
    Ok(out.finish())
}

fn encode_text(cells: Cells<'_>, progress: &Progress) -> Result<Distinct, Cancelled> {
    let hasher = DefaultHashBuilder::default();
    let mut table: HashTable<(u64, u32)> = HashTable::new();
    let mut out = Encoder::with_capacity(cells.len());
    let mut last: Option<(&str, u32)> = None;
    for row in 0..cells.len() {
        if row % CHECK_EVERY == 0 {
            progress.check()?;
        }
        let Some(text) = cells.text(row) else {
            out.push_null();
            continue;
        };
        if let Some((last_text, code)) = last
            && last_text == text
        {
            out.push_known(code);
            continue;
        }
        let hash = hasher.hash_one(text);
        let same = |&(other, code): &(u64, u32)| {
            other == hash && cells.text(out.first_row[code as usize] as usize) == Some(text)
        };
        let code = match table.find(hash, same) {
            Some(&(_, code)) => {
                out.push_known(code);
                code
            }
            None => {
                let code = out.push_new();
                table.insert_unique(hash, (hash, code), |&(hash, _)| hash);
                code
            }
        };
        last = Some((text, code));
    }
    Ok(out.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::cells::ColumnCells;
    use crate::engine::audit::fixture::{Col, table};
    use proptest::prelude::*;
    use std::collections::HashMap as StdMap;

    fn encode(column: Col<'_>) -> (Distinct, ColumnCells) {
        let data = table(vec![("c", column)]);
        let cells = ColumnCells::new(&data, 0).expect("fixture column");
        (
            Distinct::of(cells.cells(), &Progress::new()).expect("not cancelled"),
            cells,
        )
    }

    fn check_invariants(distinct: &Distinct, cells: &ColumnCells) {
        let cells = cells.cells();
        let counted: u64 = distinct.counts.iter().map(|&count| u64::from(count)).sum();
        assert_eq!(counted + distinct.nulls, cells.len() as u64);
        assert!(distinct.first_row.is_sorted());
        for row in 0..cells.len() {
            let code = distinct.codes[row];
            assert_eq!(code == NULL, cells.is_null(row));
            if code != NULL {
                assert!(cells.same(row, distinct.first_row[code as usize] as usize));
            }
        }
    }

    proptest! {
        #[test]
        fn integers_match_a_plain_count(values in prop::collection::vec(prop::option::of(prop_oneof![-3i64..4, any::<i64>()]), 0..200)) {
            let mut expected: StdMap<i64, u32> = StdMap::new();
            values.iter().flatten().for_each(|&value| *expected.entry(value).or_default() += 1);
            let (distinct, cells) = encode(Col::I(values));
            check_invariants(&distinct, &cells);
            prop_assert_eq!(distinct.num_values(), expected.len());
        }

        #[test]
        fn texts_match_a_plain_count(values in prop::collection::vec(prop::option::of("[ab]{0,3}"), 0..200)) {
            let distinct_texts: std::collections::HashSet<&String> = values.iter().flatten().collect();
            let expected = distinct_texts.len();
            let (distinct, cells) = encode(Col::S(values.iter().map(|value| value.as_deref()).collect()));
            check_invariants(&distinct, &cells);
            prop_assert_eq!(distinct.num_values(), expected);
        }
    }

    #[test]
    fn the_full_range_of_integers_does_not_overflow() {
        let (distinct, cells) = encode(Col::I(vec![Some(i64::MIN), Some(i64::MAX), Some(i64::MIN), None]));
        check_invariants(&distinct, &cells);
        assert_eq!((distinct.num_values(), distinct.nulls), (2, 1));
        assert_eq!(distinct.rows_where(&[true, false]), vec![0, 2]);
    }

    #[test]
    fn times_in_whole_minutes_are_told_apart() {
        let minute = 60_000_000;
        let start = 1_569_888_000_000_000;
        let values = [3, 0, 3, 400_000, 7].map(|minutes| Some(start + minutes * minute));
        let range = dense_range(
            &values.map(Option::unwrap_or_default),
            ColumnCells::new(&table(vec![("c", Col::I(values.to_vec()))]), 0)
                .expect("fixture column")
                .cells(),
        );
        assert!(range.is_none(), "400,000 places for five rows are too many");
        let near = [3, 0, 3, 400, 7].map(|minutes| Some(start + minutes * minute));
        let (distinct, cells) = encode(Col::I(near.to_vec()));
        check_invariants(&distinct, &cells);
        assert_eq!(&*distinct.codes, [0, 1, 0, 2, 3]);
    }

    #[test]
    fn a_cancelled_progress_stops_it() {
        let data = table(vec![("c", Col::I(vec![Some(1)]))]);
        let cells = ColumnCells::new(&data, 0).expect("fixture column");
        let progress = Progress::new();
        progress.cancel();
        assert!(Distinct::of(cells.cells(), &progress).is_err());
    }
}
