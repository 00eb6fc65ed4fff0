//! A set of rows, one bit each.
//!
//! Ten million rows take 1.25 MB, which stays in a second-level cache however the rows are scattered. Threads that add
//! rows side by side each fill a set of their own: in one they would pull its lines to and fro between their caches.

use crate::engine::progress::{Cancelled, Progress};
use rayon::prelude::*;

/// Rows looked at between two looks at the cancel flag.
const CHUNK: usize = 1 << 16;
/// Sets each thread may fill, so that one that is held up leaves work to others.
const SETS: usize = 4;

pub(super) struct RowSet {
    words: Vec<u64>,
}

impl RowSet {
    /// None of the rows below `len`.
    pub fn new(len: usize) -> Self {
        Self {
            words: vec![0; len.div_ceil(64)],
        }
    }

    pub fn of(rows: &[u32], len: usize) -> Self {
        let mut set = Self::new(len);
        rows.iter().for_each(|&row| set.add(row));
        set
    }

    /// What `add` adds for each of `num` pieces of work, which are done side by side.
    pub fn collected(
        len: usize,
        num: usize,
        progress: &Progress,
        add: impl Fn(usize, &mut Self) + Sync,
    ) -> Result<Self, Cancelled> {
        let at_least = num.div_ceil(SETS * rayon::current_num_threads()).max(1);
        (0..num)
            .into_par_iter()
            .with_min_len(at_least)
            .try_fold(
                || Self::new(len),
                |mut set, piece| {
                    progress.check()?;
                    add(piece, &mut set);
                    Ok(set)
                },
            )
            .try_reduce_with(|mut all, part| {
                all.add_all(&part);
                Ok(all)
            })
            .unwrap_or_else(|| Ok(Self::new(len)))
    }

    /// The places of a slice that `is_member` says yes to, as a set of rows.
    pub fn places<T: Sync>(
        values: &[T],
        progress: &Progress,
        is_member: impl Fn(&T) -> bool + Sync,
    ) -> Result<Self, Cancelled> {
        let mut set = Self::new(values.len());
        let words = set.words.par_chunks_mut(CHUNK / 64);
        words.zip(values.par_chunks(CHUNK)).try_for_each(|(words, values)| {
            progress.check()?;
            for (word, values) in words.iter_mut().zip(values.chunks(64)) {
                let bits = values.iter().map(|value| u64::from(is_member(value)));
                *word = bits.enumerate().fold(0, |word, (place, bit)| word | bit << place);
            }
            Ok(())
        })?;
        Ok(set)
    }

    /// Rows from `len` on are no members.
    #[inline]
    pub fn add(&mut self, row: u32) {
        if let Some(word) = self.words.get_mut(row as usize / 64) {
            *word |= 1 << (row % 64);
        }
    }

    /// Adds the members of another set of as many rows.
    pub fn add_all(&mut self, others: &Self) {
        self.words
            .iter_mut()
            .zip(&others.words)
            .for_each(|(word, other)| *word |= other);
    }

    /// Keeps the members that are members of another set of as many rows, too.
    pub fn keep(&mut self, others: &Self) {
        self.words
            .iter_mut()
            .zip(&others.words)
            .for_each(|(word, other)| *word &= other);
    }

    #[inline]
    pub fn has(&self, row: u32) -> bool {
        let word = self.words.get(row as usize / 64);
        word.is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Those of some rows that are in the set, or that are not, in the order they come in.
    pub fn those(&self, rows: &[u32], members: bool, progress: &Progress) -> Result<Vec<u32>, Cancelled> {
        let parts: Vec<Vec<u32>> = rows
            .par_chunks(CHUNK)
            .map_init(
                || vec![0; CHUNK],
                |kept, chunk| {
                    progress.check()?;
                    // Each row is written and the next one over it if it is none of them: a processor foresees no branch
                    // on every second bit.
                    let mut num = 0;
                    for &row in chunk {
                        kept[num % CHUNK] = row;
                        num += usize::from(self.has(row) == members);
                    }
                    Ok(kept[..num].to_vec())
                },
            )
            .collect::<Result<_, Cancelled>>()?;
        Ok(parts.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_told_from_others_in_any_order() {
        let rows: Vec<u32> = (0..300_001).filter(|row| row % 7 == 3).collect();
        let mut set = RowSet::of(&rows, 300_001);
        assert_eq!(set.count(), rows.len());
        assert!(!set.has(300_000) && !set.has(u32::MAX));
        let progress = Progress::new();
        let turned: Vec<u32> = (0..300_001).rev().collect();
        let mut found = set.those(&turned, true, &progress).expect("not cancelled");
        found.reverse();
        assert_eq!(found, rows);
        let others = set.those(&turned, false, &progress).expect("not cancelled");
        assert_eq!(others.len() + rows.len(), turned.len());
        set.add_all(&RowSet::of(&others, 300_001));
        set.add(300_064);
        assert_eq!(set.count(), 300_001);
        progress.cancel();
        assert!(set.those(&turned, true, &progress).is_err());
    }

    #[test]
    fn sets_filled_side_by_side_are_one() {
        let progress = Progress::new();
        let add = |piece: usize, set: &mut RowSet| {
            (0..10).for_each(|place| set.add((piece * 37 + place) as u32 % 5_000));
        };
        for num in [0, 1, 3, 1_000] {
            let together = RowSet::collected(5_000, num, &progress, add).expect("not cancelled");
            let mut expected = RowSet::new(5_000);
            (0..num).for_each(|piece| add(piece, &mut expected));
            assert_eq!(together.words, expected.words, "{num}");
        }
        let values: Vec<usize> = (0..200_003).map(|place| place * 7_919 % 1_009).collect();
        let small = RowSet::places(&values, &progress, |value| *value < 300).expect("not cancelled");
        assert!((0..values.len()).all(|place| small.has(place as u32) == (values[place] < 300)));
        assert!(!small.has(values.len() as u32));
        progress.cancel();
        assert!(RowSet::collected(9, 1, &progress, add).is_err());
        assert!(RowSet::places(&values, &progress, |_| true).is_err());
    }
}
