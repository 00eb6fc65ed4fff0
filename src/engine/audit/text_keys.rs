//! Keys of texts: as many of their letters as 64 bits hold, in the order of the texts.
//!
//! Invariant: a text before another one never has the larger key; with `are_whole`, equal keys mean equal texts.

use super::cells::Cells;
use rayon::prelude::*;

/// Bytes after the shared ones that may become part of a key: four bits each at least.
const MOST: usize = 16;

/// How the texts of a column become keys: the bytes all of them begin with are left out, the others numbered as densely
/// as the alphabet of the column allows (a hexadecimal digit needs five bits, so that twelve of them fit).
pub(super) struct TextKeys {
    shared: usize,
    /// Rank of each byte among those that occur, from 1 on; 0 stands for the end of a text.
    ranks: [u8; 256],
    bits: u32,
    letters: usize,
    /// Every text fits into its key.
    pub are_whole: bool,
}

/// What all texts have in common: length of the shared beginning, and of the longest text.
#[derive(Clone, Copy)]
struct Extent {
    shared: usize,
    longest: usize,
}

impl TextKeys {
    /// Looks at the texts of all rows.
    pub fn of(cells: Cells<'_>, rows: &[u32]) -> Self {
        let texts = || {
            rows.par_iter()
                .filter_map(|&row| cells.text(row as usize))
                .map(str::as_bytes)
        };
        let first = texts().find_first(|_| true).unwrap_or_default();
        let extent = |text: &[u8]| Extent {
            shared: first.iter().zip(text).take_while(|(a, b)| a == b).count(),
            longest: text.len(),
        };
        let both = |a: Extent, b: Extent| Extent {
            shared: a.shared.min(b.shared),
            longest: a.longest.max(b.longest),
        };
        let extent = texts()
            .map(extent)
            .reduce_with(both)
            .unwrap_or(Extent { shared: 0, longest: 0 });
        let used = texts()
            .fold(
                || [false; 256],
                |mut used, text| {
                    for byte in text[extent.shared..].iter().take(MOST) {
                        used[usize::from(*byte)] = true;
                    }
                    used
                },
            )
            .reduce(
                || [false; 256],
                |mut a, b| {
                    a.iter_mut().zip(b).for_each(|(a, b)| *a |= b);
                    a
                },
            );
        let mut ranks = [0; 256];
        let occurring = (0..256).filter(|&byte| used[byte]);
        // No byte beyond 255 others has rank 256: UTF-8 never has the bytes 0xFE and 0xFF.
        occurring
            .enumerate()
            .for_each(|(rank, byte)| ranks[byte] = (rank + 1).min(255) as u8);
        let num_letters = used.iter().filter(|used| **used).count() as u32;
        let bits = (u32::BITS - num_letters.leading_zeros()).max(1);
        let letters = ((u64::BITS / bits) as usize).min(MOST);
        Self {
            shared: extent.shared,
            ranks,
            bits,
            letters,
            are_whole: extent.longest - extent.shared <= letters,
        }
    }

    /// The key of one of the texts.
    pub fn key(&self, text: &str) -> u64 {
        // Only a missing text is shorter than what all others begin with.
        let text = text.as_bytes().get(self.shared..).unwrap_or_default();
        let taken = &text[..text.len().min(self.letters)];
        let key = taken.iter().fold(0_u64, |key, byte| {
            (key << self.bits) | u64::from(self.ranks[usize::from(*byte)])
        });
        let left = (self.letters - taken.len()) as u32 * self.bits;
        key.checked_shl(left).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::cells::ColumnCells;
    use crate::engine::audit::fixture::{Col, table};

    fn keys(texts: &[&str]) -> (TextKeys, Vec<u64>) {
        let data = table(vec![("text", Col::S(texts.iter().map(|text| Some(*text)).collect()))]);
        let column = ColumnCells::new(&data, 0).expect("a column");
        let rows: Vec<u32> = (0..texts.len() as u32).collect();
        let keys = TextKeys::of(column.cells(), &rows);
        let of_texts = texts.iter().map(|text| keys.key(text)).collect();
        (keys, of_texts)
    }

    #[test]
    fn keys_have_the_order_of_the_texts() {
        let mut texts = vec![
            "",
            "a",
            "a\0",
            "ab",
            "b",
            "茶",
            "茶叶",
            "绿茶",
            "z",
            "Z",
            "\u{10ffff}",
            "é",
        ];
        texts.sort_unstable();
        let (_, keys) = keys(&texts);
        assert!(keys.is_sorted(), "{keys:?}");
    }

    #[test]
    fn what_all_begin_with_is_left_out_and_short_texts_fit_whole() {
        let (of_ids, keys_of_ids) = keys(&["user-00017", "user-00018", "user-2", "user-00017"]);
        assert!(of_ids.are_whole && of_ids.shared == 5);
        assert_eq!(keys_of_ids[0], keys_of_ids[3]);
        assert!(keys_of_ids[0] < keys_of_ids[1] && keys_of_ids[1] < keys_of_ids[2]);
        let long = ["0123456789abcdef0123456789abcdef", "fedcba98"];
        assert!(!keys(&long).0.are_whole);
        let (same, equal) = keys(&["one", "one"]);
        assert!(same.are_whole && equal[0] == equal[1]);
    }
}
