//! The order of many rows by a 64-bit key: a radix sort of keys packed with their places, in parallel parts.
//!
//! Invariant: the order is total and stable: equal keys stay in the order they came in, missing keys come last whether
//! the order rises or falls.

use rayon::prelude::*;

/// Bits sorted by in one pass; 2,048 counters stay in the first-level cache.
const DIGIT: u32 = 11;
/// Below this many entries a comparison sort is quicker than counting.
const SMALL: usize = 4_096;

/// What is sorted: its key in `bits` bits from `shift` on, and a total order that agrees with it.
pub(super) trait Entry: Copy + Ord + Send + Sync + Default {
    fn digit(self, shift: u32, mask: u64) -> usize;
}

/// A key above the place it belongs to.
impl Entry for u64 {
    fn digit(self, shift: u32, mask: u64) -> usize {
        ((self >> shift) & mask) as usize
    }
}

/// A key that leaves no room for the place.
impl Entry for (u64, u32) {
    fn digit(self, shift: u32, mask: u64) -> usize {
        ((self.0 >> shift) & mask) as usize
    }
}

/// The places 0..n in the order of their keys. `key` must give the same answer each time.
pub(super) fn order_by(n: usize, descending: bool, key: impl Fn(usize) -> Option<u64> + Sync) -> Vec<u32> {
    let limits = (0..n)
        .into_par_iter()
        .filter_map(&key)
        .map(|key| (key, key))
        .reduce_with(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let Some((least, most)) = limits else {
        return (0..n as u32).collect();
    };
    let relative = |place: usize| match key(place) {
        None => u128::from(most - least) + 1,
        Some(key) if descending => u128::from(most - key),
        Some(key) => u128::from(key - least),
    };
    let bits = bits_of(u128::from(most - least) + 1);
    let place_bits = bits_of(n.saturating_sub(1) as u128);
    if bits + place_bits <= 64 {
        let packed = (0..n)
            .into_par_iter()
            .map(|place| ((relative(place) as u64) << place_bits) | place as u64);
        let sorted = radix_sort(packed.collect(), place_bits, bits);
        let mask = u64::MAX >> (64 - place_bits.max(1));
        return sorted.into_par_iter().map(|entry| (entry & mask) as u32).collect();
    }
    // A missing key may need the 65th bit; then it is told apart before the others are sorted.
    let (wide, missing): (Vec<(u64, u32)>, Vec<u32>) = (0..n).into_par_iter().partition_map(|place| {
        use rayon::iter::Either::{Left, Right};
        match key(place) {
            Some(_) => Left((relative(place) as u64, place as u32)),
            None => Right(place as u32),
        }
    });
    let sorted = radix_sort(wide, 0, bits_of(u128::from(most - least)));
    let places = sorted.into_iter().map(|entry| entry.1);
    places.chain(missing).collect()
}

/// How many bits hold a number.
pub(super) fn bits_of(value: u128) -> u32 {
    u128::BITS - value.leading_zeros()
}

/// Sorts entries by `bits` bits of their key from `shift` on; entries come in the order that ties keep.
pub(super) fn radix_sort<T: Entry>(mut entries: Vec<T>, shift: u32, bits: u32) -> Vec<T> {
    let n = entries.len();
    let parts = rayon::current_num_threads().next_power_of_two().clamp(1, 8);
    let size = n.div_ceil(parts).max(SMALL);
    let mut scratch = vec![T::default(); n];
    entries
        .par_chunks_mut(size)
        .zip(scratch.par_chunks_mut(size))
        .for_each(|(part, spare)| sort_part(part, spare, shift, bits));
    let mut sorted = size;
    while sorted < n {
        entries
            .par_chunks(2 * sorted)
            .zip(scratch.par_chunks_mut(2 * sorted))
            .for_each(|(pair, out)| {
                let (a, b) = pair.split_at(sorted.min(pair.len()));
                merge(a, b, out);
            });
        std::mem::swap(&mut entries, &mut scratch);
        sorted *= 2;
    }
    entries
}

/// Least significant digit first, the result in `part`.
fn sort_part<T: Entry>(part: &mut [T], spare: &mut [T], shift: u32, bits: u32) {
    if part.len() <= SMALL {
        return part.sort_unstable();
    }
    let passes = bits.div_ceil(DIGIT).max(1);
    let width = bits.div_ceil(passes);
    let mask = (1_u64 << width) - 1;
    let mut in_part = true;
    for pass in 0..passes {
        let shift = shift + pass * width;
        let (from, to) = if in_part {
            (&*part, &mut *spare)
        } else {
            (&*spare, &mut *part)
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
fn scatter<T: Entry>(from: &[T], to: &mut [T], shift: u32, mask: u64) -> bool {
    let mut starts = vec![0_u32; mask as usize + 1];
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

/// Two sorted runs into one; halves of large ones in parallel.
fn merge<T: Entry>(a: &[T], b: &[T], out: &mut [T]) {
    if a.len() < b.len() {
        return merge(b, a, out);
    }
    if out.len() > 1 << 16 && !b.is_empty() {
        let middle = a.len() / 2;
        let place = b.partition_point(|entry| *entry < a[middle]);
        let (left, right) = out.split_at_mut(middle + place);
        rayon::join(
            || merge(&a[..middle], &b[..place], left),
            || merge(&a[middle..], &b[place..], right),
        );
        return;
    }
    let (mut i, mut j) = (0, 0);
    for slot in out {
        let from_a = j == b.len() || (i < a.len() && a[i] <= b[j]);
        *slot = if from_a { a[i] } else { b[j] };
        i += usize::from(from_a);
        j += usize::from(!from_a);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order a stable comparison sort gives.
    fn plain(keys: &[Option<u64>], descending: bool) -> Vec<u32> {
        let mut places: Vec<u32> = (0..keys.len() as u32).collect();
        places.sort_by_key(|&place| {
            let key = keys[place as usize];
            (
                key.is_none(),
                key.map(|key| if descending { u64::MAX - key } else { key }),
            )
        });
        places
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
        for n in [0, 1, 2, 100, 4_096, 4_097, 70_000] {
            for modulus in [1, 2, 5, 1_000, 1 << 30, 1 << 50, u64::MAX] {
                let mut keys = numbers(n, modulus);
                if modulus == u64::MAX && n > 1 {
                    (keys[0], keys[1]) = (Some(u64::MAX), Some(0));
                }
                for descending in [false, true] {
                    assert_eq!(
                        order_by(n, descending, |place| keys[place]),
                        plain(&keys, descending),
                        "{n} keys below {modulus}, descending {descending}"
                    );
                }
            }
        }
    }

    #[test]
    fn without_any_key_the_rows_stay_as_they_are() {
        assert_eq!(order_by(3, true, |_| None), [0, 1, 2]);
    }
}
