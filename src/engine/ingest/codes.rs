//! Dense codes for the values of a column: 0, 1, 2 … in order of first appearance.
//!
//! Built on all cores by splitting the values by hash; the outcome does not depend on the split.
//! Invariant: `codes.len()` is the column's length, every code is below `num` or `NULL_CODE`, and
//! `first_row[code]` is the smallest row that holds it (so it ascends).

use super::texts::{CodedTexts, Dictionary};
use polars::prelude::{Column, DataType, Int64Chunked, Series};
use polars_arrow::array::{PrimitiveArray, Utf8ViewArray};
use polars_buffer::Buffer;
use rayon::prelude::*;
use std::borrow::Cow;
use std::hash::{BuildHasher as _, Hash};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The code of a null cell.
pub const NULL_CODE: u32 = u32::MAX;

/// What the codes stand for.
#[derive(Clone, Debug)]
enum Names {
    /// The column itself, of texts or integers.
    Column(Series),
    Texts(Arc<Dictionary>),
}

/// A column as dense codes; cheap to clone.
#[derive(Clone, Debug)]
pub struct Codes {
    pub codes: Buffer<u32>,
    /// Number of distinct values.
    pub num: usize,
    /// Row on which each value appears first.
    pub first_row: Buffer<u32>,
    values: Names,
}

impl Codes {
    /// Codes of any column; other types than text and integers are coded by their text.
    pub fn of_column(column: &Column) -> Self {
        let series = column.as_materialized_series();
        let values = match series.dtype() {
            DataType::String | DataType::Int64 => series.rechunk(),
            _ => series
                .cast(&DataType::String)
                .unwrap_or_else(|_| Series::full_null(series.name().clone(), series.len(), &DataType::String))
                .rechunk(),
        };
        let (codes, first_row) = match (values.i64(), values.str()) {
            (Ok(integers), _) => integers.downcast_iter().next().map(code_integers),
            (_, Ok(texts)) => texts.downcast_iter().next().map(code_texts),
            _ => None,
        }
        .unwrap_or_default();
        Self {
            num: first_row.len(),
            codes: codes.into(),
            first_row: first_row.into(),
            values: Names::Column(values),
        }
    }

    /// Codes of texts that are coded already.
    pub fn of_texts(texts: &CodedTexts) -> Self {
        Self {
            codes: texts.codes.clone(),
            num: texts.first_row.len(),
            first_row: texts.first_row.clone(),
            values: Names::Texts(Arc::clone(&texts.dictionary)),
        }
    }

    fn integers(&self) -> Option<&Int64Chunked> {
        match &self.values {
            Names::Column(series) => series.i64().ok(),
            Names::Texts(_) => None,
        }
    }

    /// The value a code stands for; empty for `NULL_CODE`.
    pub fn name(&self, code: u32) -> Cow<'_, str> {
        let Some(&row) = self.first_row.get(code as usize) else {
            return Cow::Borrowed("");
        };
        match &self.values {
            Names::Texts(dictionary) => return Cow::Borrowed(dictionary.get(code)),
            Names::Column(series) => {
                if let Ok(texts) = series.str() {
                    return Cow::Borrowed(texts.get(row as usize).unwrap_or_default());
                }
            }
        }
        match self.integers().and_then(|integers| integers.get(row as usize)) {
            Some(value) => Cow::Owned(value.to_string()),
            None => Cow::Borrowed(""),
        }
    }

    /// The integer a code stands for, where the column holds integers.
    pub fn integer(&self, code: u32) -> Option<i64> {
        let row = *self.first_row.get(code as usize)?;
        self.integers()?.get(row as usize)
    }

    /// The code of a value, by looking at each; for occasional questions.
    pub fn find(&self, name: &str) -> Option<u32> {
        (0..self.num as u32).find(|&code| self.name(code) == name)
    }

    /// How many rows hold each value.
    pub fn counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.num];
        for &code in self.codes.iter() {
            if let Some(count) = counts.get_mut(code as usize) {
                *count += 1;
            }
        }
        counts
    }
}

fn code_integers(array: &PrimitiveArray<i64>) -> (Vec<u32>, Vec<u32>) {
    let values = array.values().as_slice();
    let validity = array.validity();
    let is_valid = |row: usize| validity.is_none_or(|validity| validity.get_bit(row));
    let bounds = (0..values.len())
        .filter(|&row| is_valid(row))
        .fold(None, |bounds: Option<(i64, i64)>, row| {
            let value = values[row];
            Some(bounds.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
        });
    let Some((low, high)) = bounds else {
        return (vec![NULL_CODE; values.len()], Vec::new());
    };
    let span = i128::from(high) - i128::from(low) + 1;
    if span <= values.len() as i128 * 4 + 1024 {
        return code_by_table(values, low, span as usize, is_valid);
    }
    code_by_hash(values.len(), |row| is_valid(row).then(|| values[row]))
}

/// Integers in a narrow range: a table says each one's code.
fn code_by_table(values: &[i64], low: i64, span: usize, is_valid: impl Fn(usize) -> bool) -> (Vec<u32>, Vec<u32>) {
    let mut table = vec![NULL_CODE; span];
    let mut first_row = Vec::new();
    let codes = values
        .iter()
        .enumerate()
        .map(|(row, &value)| {
            if !is_valid(row) {
                return NULL_CODE;
            }
            let slot = &mut table[value.wrapping_sub(low) as usize];
            if *slot == NULL_CODE {
                *slot = first_row.len() as u32;
                first_row.push(row as u32);
            }
            *slot
        })
        .collect();
    (codes, first_row)
}

fn code_texts(array: &Utf8ViewArray) -> (Vec<u32>, Vec<u32>) {
    code_by_hash(array.len(), |row| array.get(row))
}

/// Rows below which one thread is faster.
const PARALLEL_ROWS: usize = 50_000;

fn code_by_hash<'a, K, F>(len: usize, value: F) -> (Vec<u32>, Vec<u32>)
where
    K: Hash + Eq + Copy + Send + 'a,
    F: Fn(usize) -> Option<K> + Sync,
{
    let parts = if len < PARALLEL_ROWS {
        1
    } else {
        rayon::current_num_threads().next_power_of_two().min(64)
    };
    // Bits that the hash tables do not look at choose the part.
    let part_of = |hash: u64| (hash >> 40) as usize & (parts - 1);
    let hasher = hashbrown::DefaultHashBuilder::default();
    let hashes: Vec<u64> = (0..len)
        .into_par_iter()
        .map(|row| value(row).map_or(0, |key| hasher.hash_one(key)))
        .collect();
    let locals: Vec<AtomicU32> = (0..len).into_par_iter().map(|_| AtomicU32::new(NULL_CODE)).collect();
    let firsts: Vec<Vec<u32>> = (0..parts)
        .into_par_iter()
        .map(|part| {
            let mut seen: hashbrown::HashTable<(K, u32)> = hashbrown::HashTable::new();
            let mut first_row: Vec<u32> = Vec::new();
            for (row, &hash) in hashes.iter().enumerate() {
                if part_of(hash) != part {
                    continue;
                }
                let Some(key) = value(row) else { continue };
                let entry = seen.entry(hash, |(known, _)| *known == key, |(known, _)| hasher.hash_one(known));
                let local = entry
                    .or_insert_with(|| {
                        first_row.push(row as u32);
                        (key, first_row.len() as u32 - 1)
                    })
                    .get()
                    .1;
                locals[row].store(local, Ordering::Relaxed);
            }
            first_row
        })
        .collect();
    number_by_first_row(&hashes, part_of, &locals, &firsts)
}

/// Turns numbers within a part into codes in order of first appearance.
fn number_by_first_row(
    hashes: &[u64],
    part_of: impl Fn(u64) -> usize + Sync,
    locals: &[AtomicU32],
    firsts: &[Vec<u32>],
) -> (Vec<u32>, Vec<u32>) {
    let mut order: Vec<(u32, u32, u32)> = firsts
        .iter()
        .enumerate()
        .flat_map(|(part, rows)| {
            rows.iter()
                .enumerate()
                .map(move |(local, &row)| (row, part as u32, local as u32))
        })
        .collect();
    order.par_sort_unstable();
    let mut tables: Vec<Vec<u32>> = firsts.iter().map(|rows| vec![0; rows.len()]).collect();
    for (code, &(_, part, local)) in order.iter().enumerate() {
        tables[part as usize][local as usize] = code as u32;
    }
    let codes = hashes
        .par_iter()
        .zip(locals)
        .map(|(&hash, local)| match local.load(Ordering::Relaxed) {
            NULL_CODE => NULL_CODE,
            local => tables[part_of(hash)][local as usize],
        })
        .collect();
    (codes, order.into_iter().map(|(row, _, _)| row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{IntoColumn as _, NamedFrom as _};

    fn expected(values: &[Option<String>]) -> Vec<u32> {
        let mut seen: Vec<&str> = Vec::new();
        values
            .iter()
            .map(|value| match value {
                None => NULL_CODE,
                Some(value) => seen.iter().position(|known| known == value).unwrap_or_else(|| {
                    seen.push(value);
                    seen.len() - 1
                }) as u32,
            })
            .collect()
    }

    #[test]
    fn codes_follow_first_appearance() {
        let texts = Series::new("x".into(), vec![Some("b"), None, Some("a"), Some("b"), Some("")]).into_column();
        let codes = Codes::of_column(&texts);
        assert_eq!(*codes.codes, [0, NULL_CODE, 1, 0, 2]);
        assert_eq!(
            (codes.name(0), codes.name(1), codes.name(2), codes.num),
            ("b".into(), "a".into(), "".into(), 3)
        );
        let integers = Series::new("x".into(), vec![Some(i64::MAX), Some(-5), None, Some(i64::MAX)]).into_column();
        let codes = Codes::of_column(&integers);
        assert_eq!(
            (codes.codes.as_slice(), codes.integer(0)),
            (&[0, 1, NULL_CODE, 0][..], Some(i64::MAX))
        );
        assert_eq!(codes.counts(), [2, 1]);
        assert_eq!(codes.find("-5"), Some(1));
    }

    #[test]
    fn every_way_of_coding_agrees() {
        let n = 120_000usize;
        let draw = |row: usize, below: u64| crate::engine::random::mix64(row as u64) % below;
        for (below, stretch) in [(700, 1), (700, 1 << 40), (90_000, 7_919)] {
            let numbers: Vec<Option<i64>> = (0..n)
                .map(|row| (row % 97 != 0).then(|| draw(row, below) as i64 * stretch))
                .collect();
            let texts: Vec<Option<String>> = numbers
                .iter()
                .map(|number| number.map(|number| format!("a rather long name {number}")))
                .collect();
            let integers = Codes::of_column(&Series::new("x".into(), &numbers).into_column());
            let strings = Codes::of_column(&Series::new("x".into(), &texts).into_column());
            assert_eq!(integers.codes, strings.codes);
            assert_eq!(integers.first_row, strings.first_row);
            assert!(integers.first_row.is_sorted());
            if below == 700 {
                let small = 20_000;
                assert_eq!(expected(&texts[..small]), strings.codes[..small]);
            }
        }
    }
}
