//! The order of many rows by a 64-bit key: one pass in parallel spreads them over buckets by the key's first bits, then
//! every bucket, small enough for the cache, is sorted by the rest.
//!
//! Invariant: the order is total and stable: rows of equal keys stay in the order they came in, rows without a key come
//! last whether the order rises or falls.

use rayon::prelude::*;

/// Bits a bucket is chosen by, and bits sorted by in one pass inside it; 2,048 counters stay in the first-level cache.
const DIGIT: u32 = 11;
/// The bucket of rows without a key, after all others.
const MISSING: usize = 1 << DIGIT;
/// Below this many entries a comparison sort is quicker than counting.
const SMALL: usize = 256;
/// Bits a row number takes when it stands below the rest of its key.
const ROW_BITS: u32 = 32;

/// Puts rows of equal keys into their order; gets them in the order they came in.
pub(super) type Ties<'a> = &'a (dyn Fn(&mut [u32]) + Sync);

/// What is sorted: the bits of a key that the bucket does not tell, and the row.
trait Entry: Copy + Ord + Send + Sync + Default {
    /// Where the bits begin in `bits_of_key`.
    const SHIFT: u32;
    fn new(rest: u64, row: u32) -> Self;
    fn row(self) -> u32;
    fn digit(self, shift: u32, mask: u64) -> usize;
    fn has_same_key(self, other: Self) -> bool;
}

/// The bucket says all.
impl Entry for u32 {
    const SHIFT: u32 = 0;
    fn new(_rest: u64, row: u32) -> Self {
        row
    }
    fn row(self) -> u32 {
        self
    }
    fn digit(self, _shift: u32, _mask: u64) -> usize {
        0
    }
    fn has_same_key(self, _other: Self) -> bool {
        true
    }
}

/// The rest of a key above the row.
impl Entry for u64 {
    const SHIFT: u32 = ROW_BITS;
    fn new(rest: u64, row: u32) -> Self {
        (rest << ROW_BITS) | u64::from(row)
    }
    fn row(self) -> u32 {
        self as u32
    }
    fn digit(self, shift: u32, mask: u64) -> usize {
        ((self >> shift) & mask) as usize
    }
    fn has_same_key(self, other: Self) -> bool {
        self >> ROW_BITS == other >> ROW_BITS
    }
}

/// A rest that leaves no room for the row.
impl Entry for (u64, u32) {
    const SHIFT: u32 = 0;
    fn new(rest: u64, row: u32) -> Self {
        (rest, row)
    }
    fn row(self) -> u32 {
        self.1
    }
    fn digit(self, shift: u32, mask: u64) -> usize {
        ((self.0 >> shift) & mask) as usize
    }
    fn has_same_key(self, other: Self) -> bool {
        self.0 == other.0
    }
}

/// How keys become buckets and rests.
#[derive(Clone, Copy)]
struct Scale {
    least: u64,
    most: u64,
    descending: bool,
    /// Bits that stay for inside the bucket.
    rest_bits: u32,
}

impl Scale {
    fn bucket(self, key: u64) -> (usize, u64) {
        let relative = if self.descending {
            self.most - key
        } else {
            key - self.least
        };
        let rest = relative & ((1 << self.rest_bits) - 1);
        ((relative >> self.rest_bits) as usize, rest)
    }
}

/// The rows in the order of their keys. `rows` ascend; `key` is asked for the place of a row among them and must give the
/// same answer each time; `ties` orders rows of equal keys, which else stay as they are.
pub(super) fn order_rows(
    rows: &[u32],
    descending: bool,
    ties: Option<Ties<'_>>,
    key: impl Fn(usize) -> Option<u64> + Sync,
) -> Vec<u32> {
    let limits = (0..rows.len())
        .into_par_iter()
        .filter_map(&key)
        .map(|key| (key, key))
        .reduce_with(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let Some((least, most)) = limits else {
        return rows.to_vec();
    };
    let bits = u64::BITS - (most - least).leading_zeros();
    let scale = Scale {
        least,
        most,
        descending,
        rest_bits: bits.saturating_sub(DIGIT),
    };
    match scale.rest_bits {
        0 => sorted::<u32>(rows, scale, ties, key),
        rest if rest <= ROW_BITS => sorted::<u64>(rows, scale, ties, key),
        _ => sorted::<(u64, u32)>(rows, scale, ties, key),
    }
}

fn sorted<E: Entry>(
    rows: &[u32],
    scale: Scale,
    ties: Option<Ties<'_>>,
    key: impl Fn(usize) -> Option<u64> + Sync,
) -> Vec<u32> {
    let bucket = |place: usize| key(place).map_or((MISSING, 0), |key| scale.bucket(key));
    let (mut entries, ends) = spread::<E>(rows, bucket);
    let mut out = vec![0; rows.len()];
    let mut buckets = Vec::new();
    let (mut from, mut to) = (entries.as_mut_slice(), out.as_mut_slice());
    let mut start = 0;
    for (bucket, end) in ends.into_iter().enumerate() {
        let (own, rest) = from.split_at_mut(end - start);
        let (own_rows, other_rows) = to.split_at_mut(end - start);
        if !own.is_empty() {
            buckets.push((bucket == MISSING, own, own_rows));
        }
        (from, to, start) = (rest, other_rows, end);
    }
    buckets
        .into_par_iter()
        .with_max_len(1)
        .for_each_init(Vec::new, |spare, (is_missing, own, rows)| {
            if !is_missing {
                sort_bucket(own, spare, scale.rest_bits);
            }
            for (row, entry) in rows.iter_mut().zip(own.iter()) {
                *row = entry.row();
            }
            if let Some(ties) = ties.filter(|_| !is_missing) {
                let mut rest = rows;
                for run in own.chunk_by(|a, b| a.has_same_key(*b)) {
                    let (tied, others) = rest.split_at_mut(run.len());
                    if tied.len() > 1 {
                        ties(tied);
                    }
                    rest = others;
                }
            }
        });
    out
}

/// Spreads the rows over buckets, in each in the order they came in; gives where each bucket ends.
fn spread<E: Entry>(rows: &[u32], bucket: impl Fn(usize) -> (usize, u64) + Sync) -> (Vec<E>, Vec<usize>) {
    let size = rows.len().div_ceil(4 * rayon::current_num_threads()).max(SMALL);
    let counts: Vec<Vec<u32>> = rows
        .par_chunks(size)
        .enumerate()
        .map(|(number, chunk)| {
            let mut counts = vec![0; MISSING + 1];
            let first = number * size;
            (first..first + chunk.len()).for_each(|place| counts[bucket(place).0] += 1);
            counts
        })
        .collect();
    let mut entries = vec![E::default(); rows.len()];
    // One part of the result for every bucket and chunk, so that the chunks write side by side.
    let mut parts: Vec<Vec<&mut [E]>> = counts.iter().map(|_| Vec::with_capacity(MISSING + 1)).collect();
    let (mut left, mut ends, mut end) = (entries.as_mut_slice(), Vec::with_capacity(MISSING + 1), 0);
    for number in 0..=MISSING {
        for (counts, parts) in counts.iter().zip(&mut parts) {
            let (part, others) = left.split_at_mut(counts[number] as usize);
            parts.push(part);
            left = others;
            end += counts[number] as usize;
        }
        ends.push(end);
    }
    let chunks = rows.par_chunks(size).enumerate().zip(parts);
    chunks.for_each(|((number, chunk), mut parts)| {
        let mut filled = vec![0_u32; MISSING + 1];
        for (place, &row) in (number * size..).zip(chunk) {
            let (bucket, rest) = bucket(place);
            parts[bucket][filled[bucket] as usize] = E::new(rest, row);
            filled[bucket] += 1;
        }
    });
    (entries, ends)
}

/// Least significant digit first; large buckets by halves in parallel.
fn sort_bucket<E: Entry>(part: &mut [E], spare: &mut Vec<E>, bits: u32) {
    if bits == 0 || part.is_sorted() {
        return;
    }
    if part.len() <= SMALL {
        return part.sort_unstable();
    }
    if part.len() > 1 << 20 {
        // Rows that crowd in one bucket would keep one thread busy and the others waiting.
        return part.par_sort_unstable();
    }
    spare.resize(part.len(), E::default());
    let passes = bits.div_ceil(DIGIT);
    let width = bits.div_ceil(passes);
    let mask = (1_u64 << width) - 1;
    let mut in_part = true;
    for pass in 0..passes {
        let shift = E::SHIFT + pass * width;
        let (from, to) = if in_part {
            (&*part, spare.as_mut_slice())
        } else {
            (spare.as_slice(), &mut *part)
        };
        if scatter(from, to, shift, mask) {
            in_part = !in_part;
        }
    }
    if !in_part {
        part.copy_from_slice(spare);
    }
}

/// One pass; false if all entries have the same digit and nothing was moved.
fn scatter<E: Entry>(from: &[E], to: &mut [E], shift: u32, mask: u64) -> bool {
    let mut starts = [0_u32; 1 << DIGIT];
    for entry in from {
        starts[entry.digit(shift, mask)] += 1;
    }
    if starts.iter().any(|&count| count as usize == from.len()) {
        return false;
    }
    let mut next = 0;
    for start in &mut starts {
        next += std::mem::replace(start, next);
    }
    for &entry in from {
        let start = &mut starts[entry.digit(shift, mask)];
        to[*start as usize] = entry;
        *start += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order a stable comparison sort gives.
    fn plain(keys: &[Option<u64>], descending: bool) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..keys.len() as u32).collect();
        rows.sort_by_key(|&row| {
            let key = keys[row as usize];
            let turned = key.map(|key| if descending { u64::MAX - key } else { key });
            (key.is_none(), turned)
        });
        rows
    }

    fn numbers(n: usize, modulus: u64) -> Vec<Option<u64>> {
        let mut state = 7_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            state
        };
        (0..n)
            .map(|_| {
                let value = next();
                (value % 17 != 0).then(|| (next() ^ (value >> 32)) % modulus)
            })
            .collect()
    }

    #[test]
    fn it_orders_like_a_stable_comparison_sort() {
        for n in [0, 1, 2, 100, 4_097, 70_000] {
            for modulus in [1, 2, 5, 2_048, 1 << 30, 1 << 43, 1 << 44, 1 << 50, u64::MAX] {
                let mut keys = numbers(n, modulus);
                if modulus == u64::MAX && n > 1 {
                    (keys[0], keys[1]) = (Some(u64::MAX), Some(0));
                }
                let rows: Vec<u32> = (0..n as u32).collect();
                for descending in [false, true] {
                    let found = order_rows(&rows, descending, None, |place| keys[place]);
                    assert!(
                        found == plain(&keys, descending),
                        "{n} keys below {modulus}, descending {descending}"
                    );
                }
            }
        }
    }

    #[test]
    fn crowded_keys_and_ties_are_ordered_too() {
        // Nearly all keys in one bucket of the first bits, and each three times.
        let key = |place: usize| {
            Some(if place == 5 {
                1 << 40
            } else {
                place as u64 * 7_919 % 40_009 / 3
            })
        };
        let rows: Vec<u32> = (0..40_000).collect();
        let turned = |tied: &mut [u32]| tied.reverse();
        let found = order_rows(&rows, false, Some(&turned), key);
        let mut expected = rows.clone();
        expected.sort_by_key(|&row| (key(row as usize), std::cmp::Reverse(row)));
        assert_eq!(found, expected);
    }

    #[test]
    fn without_any_key_the_rows_stay_as_they_are() {
        assert_eq!(order_rows(&[3, 5, 9], true, None, |_| None), [3, 5, 9]);
    }
}
