//! 128-bit hashes of rows over chosen columns, for finding equal rows.
//!
//! Two different rows collide with probability 2^-128 a pair: below 1e-24 for 10 million rows. Missing cells
//! equal each other and nothing else; -0.0 equals 0.0; all not-a-numbers are equal.

use super::cells::Cells;
use crate::engine::random::mix64;
use std::hash::{BuildHasherDefault, Hasher};

/// A row's hash in two lanes that share no constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct RowHash(u64, u64);

const START: RowHash = RowHash(0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344);
const MISSING: [u64; 2] = [0xA409_3822_299F_31D0, 0x082E_FA98_EC4E_6C89];

impl RowHash {
    fn add(&mut self, [a, b]: [u64; 2]) {
        self.0 = mix64(self.0.rotate_left(23) ^ a);
        self.1 = mix64(self.1.wrapping_mul(0xD6E8_FEB8_6659_FD93).wrapping_add(b));
    }
}

fn number(bits: u64) -> [u64; 2] {
    [
        mix64(bits ^ 0x4528_21E6_38D0_1377),
        mix64(bits.wrapping_add(0xBE54_66CF_34E9_0C6C)),
    ]
}

fn text(text: &str) -> [u64; 2] {
    let bytes = text.as_bytes();
    let (mut a, mut b) = (0x9E37_79B9_7F4A_7C15u64 ^ bytes.len() as u64, 0xC2B2_AE3D_27D4_EB4Fu64);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes([
            chunk[0], chunk[1], chunk[2], chunk[3], chunk[4], chunk[5], chunk[6], chunk[7],
        ]);
        a = mix64(a ^ word);
        b = mix64(b.wrapping_add(word).rotate_left(29));
    }
    let mut last = [0u8; 8];
    let rest = chunks.remainder();
    last[..rest.len()].copy_from_slice(rest);
    let word = u64::from_le_bytes(last);
    [mix64(a ^ word), mix64(b.wrapping_add(word).rotate_left(31))]
}

fn float(value: f64) -> u64 {
    if value.is_nan() {
        f64::NAN.to_bits()
    } else {
        // Adding zero turns -0.0 into 0.0 and changes nothing else.
        (value + 0.0).to_bits()
    }
}

/// One hash a row over these columns.
pub(super) fn row_hashes(columns: &[Cells<'_>], num_rows: usize) -> Vec<RowHash> {
    let mut hashes = vec![START; num_rows];
    for column in columns {
        match column {
            Cells::Text(cells) => add_all(&mut hashes, cells.iter().map(|v| v.map(text))),
            Cells::Integer(cells) | Cells::Time(cells) => {
                add_all(&mut hashes, cells.iter().map(|v| v.map(|v| number(v as u64))));
            }
            Cells::Float(cells) => add_all(&mut hashes, cells.iter().map(|v| v.map(|v| number(float(v))))),
            Cells::Boolean(cells) => add_all(&mut hashes, cells.iter().map(|v| v.map(|v| number(u64::from(v))))),
        }
    }
    hashes
}

fn add_all(hashes: &mut [RowHash], cells: impl Iterator<Item = Option<[u64; 2]>>) {
    for (hash, cell) in hashes.iter_mut().zip(cells) {
        hash.add(cell.unwrap_or(MISSING));
    }
}

/// The keys are hashes already, so one lane is the table's hash.
#[derive(Default)]
pub(super) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = mix64(self.0 ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 ^= value;
    }
}

pub(super) type BuildIdentity = BuildHasherDefault<Identity>;

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{Column, NamedFrom as _, Series};

    fn hash_pair(a: Column, b: Column) -> (RowHash, RowHash) {
        let one = |column: &Column| row_hashes(&[Cells::of(column).expect("supported")], 1)[0];
        (one(&a), one(&b))
    }

    #[test]
    fn cells_are_equal_exactly_when_they_should_be() {
        let f = |v: Option<f64>| Column::from(Series::new("x".into(), [v]));
        let s = |v: Option<&str>| Column::from(Series::new("x".into(), [v]));
        let same = |(a, b): (RowHash, RowHash)| a == b;
        assert!(same(hash_pair(f(Some(0.0)), f(Some(-0.0)))));
        assert!(same(hash_pair(f(Some(f64::NAN)), f(Some(-f64::NAN)))));
        assert!(same(hash_pair(s(None), s(None))));
        assert!(!same(hash_pair(s(Some("")), s(None))));
        assert!(!same(hash_pair(s(Some("")), s(Some("\0")))));
        assert!(!same(hash_pair(s(Some("abcdefgh")), s(Some("abcdefgi")))));
        assert!(!same(hash_pair(f(Some(1.0)), f(Some(2.0)))));
    }

    #[test]
    fn texts_do_not_flow_into_each_other() {
        let columns = [
            Column::from(Series::new("a".into(), ["ab", "a"])),
            Column::from(Series::new("b".into(), ["c", "bc"])),
        ];
        let cells: Vec<Cells<'_>> = columns.iter().map(|c| Cells::of(c).expect("supported")).collect();
        let hashes = row_hashes(&cells, 2);
        assert_ne!(hashes[0], hashes[1]);
    }
}
