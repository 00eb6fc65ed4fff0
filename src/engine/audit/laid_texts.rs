//! Lower-case texts laid end to end, so that one search goes through all of them at the speed of memory.
//!
//! Invariant: a text is found exactly if it contains the wanted one; no match reaches from one text into the next, since
//! the byte between them occurs in no UTF-8.

use super::row_set::RowSet;
use crate::engine::progress::{Cancelled, Progress};
use memchr::memmem::Finder;
use memchr::{memchr, memchr_iter, memchr2_iter};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Texts in one piece: the pieces are written and searched side by side, and stay in a second-level cache.
pub(super) const PER_PIECE: usize = 1 << 10;
/// Memory a piece takes beside its letters.
const PIECE_BYTES: usize = size_of::<Box<[u8]>>();
/// Ends each text.
const END: u8 = 0xFF;

pub(super) struct LaidTexts {
    pieces: Vec<Box<[u8]>>,
}

/// A piece while it is written.
#[derive(Default)]
pub(super) struct PieceWriter(Vec<u8>);

impl PieceWriter {
    /// Adds a text that is ASCII, in either case.
    pub fn plain(&mut self, text: &[u8]) {
        let start = self.0.len();
        self.0.extend_from_slice(text);
        self.0[start..].make_ascii_lowercase();
        self.0.push(END);
    }

    pub fn text(&mut self, text: &str) {
        if text.is_ascii() {
            return self.plain(text.as_bytes());
        }
        self.0.extend_from_slice(text.to_lowercase().as_bytes());
        self.0.push(END);
    }
}

impl LaidTexts {
    /// Lays `num` texts; `write` adds those of a range. `None` if they take more than `room` bytes.
    pub fn new(
        num: usize,
        room: usize,
        progress: &Progress,
        write: impl Fn(Range<usize>, &mut PieceWriter) + Sync,
    ) -> Result<Option<Self>, Cancelled> {
        let taken = AtomicUsize::new(0);
        let pieces: Vec<Box<[u8]>> = (0..num.div_ceil(PER_PIECE))
            .into_par_iter()
            .map(|piece| {
                progress.check()?;
                let mut writer = PieceWriter::default();
                if taken.load(Ordering::Relaxed) <= room {
                    write(piece * PER_PIECE..((piece + 1) * PER_PIECE).min(num), &mut writer);
                    taken.fetch_add(writer.0.len() + PIECE_BYTES, Ordering::Relaxed);
                }
                Ok(writer.0.into_boxed_slice())
            })
            .collect::<Result<_, Cancelled>>()?;
        Ok((taken.into_inner() <= room).then_some(Self { pieces }))
    }

    pub fn bytes(&self) -> usize {
        let pieces = self.pieces.iter().map(|piece| piece.len() + PIECE_BYTES);
        pieces.sum()
    }

    /// A set below `len` of what `add` adds for the number of each text that contains `wanted`, which is in lower case and
    /// not empty.
    pub fn search(
        &self,
        wanted: &str,
        len: usize,
        progress: &Progress,
        add: impl Fn(u32, &mut RowSet) + Sync,
    ) -> Result<RowSet, Cancelled> {
        let finder = Finder::new(wanted);
        RowSet::collected(len, self.pieces.len(), progress, |number, set| {
            let (piece, first) = (&self.pieces[number], number * PER_PIECE);
            let hit = |text: usize| add((first + text) as u32, set);
            match wanted.as_bytes() {
                &[letter] => hits_of(piece, letter, hit),
                _ => hits_in(piece, &finder, hit),
            }
        })
    }
}

/// The numbers of the texts of one piece that have a letter: most of them often do, so every text's end is passed anyhow.
fn hits_of(piece: &[u8], letter: u8, mut hit: impl FnMut(usize)) {
    let (mut text, mut is_hit) = (0, false);
    for place in memchr2_iter(letter, END, piece) {
        if piece[place] == END {
            (text, is_hit) = (text + 1, false);
        } else if !is_hit {
            is_hit = true;
            hit(text);
        }
    }
}

/// The numbers of the texts of one piece that match.
fn hits_in(piece: &[u8], finder: &Finder<'_>, mut hit: impl FnMut(usize)) {
    let (mut text, mut start) = (0, 0);
    while let Some(place) = finder.find(&piece[start..]) {
        let place = start + place;
        text += memchr_iter(END, &piece[start..place]).count();
        hit(text);
        let Some(rest) = memchr(END, &piece[place..]) else {
            return;
        };
        start = place + rest + 1;
        text += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(texts: &[String], room: usize) -> Option<LaidTexts> {
        LaidTexts::new(texts.len(), room, &Progress::new(), |range, writer| {
            texts[range].iter().for_each(|text| writer.text(text));
        })
        .expect("not cancelled")
    }

    #[test]
    fn every_text_that_contains_the_wanted_one_is_found_once() {
        let mut texts: Vec<String> = (0..5_000).map(|n| format!("{:x}", n * 7_919)).collect();
        texts[3] = String::new();
        texts[4] = "Green TEA, 绿茶 É\n1".to_owned();
        let laid = laid(&texts, usize::MAX).expect("there is room");
        for wanted in ["1", "11", "tea", "绿", "é\n", "f0", "nowhere", ",", "1f1"] {
            let add = |text, set: &mut RowSet| set.add(text);
            let found = laid
                .search(wanted, texts.len(), &Progress::new(), add)
                .expect("not cancelled");
            let found: Vec<u32> = (0..texts.len() as u32).filter(|&text| found.has(text)).collect();
            let matching = (0..texts.len()).filter(|&n| texts[n].to_lowercase().contains(wanted));
            assert!(
                found == matching.map(|n| n as u32).collect::<Vec<u32>>(),
                "{wanted:?}: {found:?}"
            );
        }
    }

    #[test]
    fn texts_without_room_are_not_laid() {
        let texts: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
        let bytes = texts.iter().map(|text| text.len() + 1).sum::<usize>() + 5 * PIECE_BYTES;
        assert!(laid(&texts, bytes - 1).is_none());
        assert_eq!(laid(&texts, bytes).expect("just enough").bytes(), bytes);
    }
}
