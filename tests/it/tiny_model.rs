//! A BERT of 2 layers and 32 dimensions, and rows it can learn in seconds.

use crate::bert::{Size, write_bert};
use std::fmt::Write as _;
use std::path::Path;

const TINY: Size = Size {
    hidden: 32,
    inner: 64,
    layers: 2,
    heads: 4,
    positions: 64,
    width: 0.6,
};

/// Writes a Hugging Face folder; `words` are its whole vocabulary beside the special tokens.
pub fn write_model(folder: &Path, words: &[&str]) {
    write_bert(folder, TINY, words.iter().copied());
}

/// The words of [`write_reviews`].
pub const WORDS: [&str; 12] = [
    "good", "bad", "red", "blue", "dress", "shoe", "bag", "fits", "looks", "size", "and", "very",
];

/// A table `text,group,label`: the label is 1 where the text says `good`, 0 where it says `bad`, but for
/// every twentieth row.
pub fn write_reviews(path: &Path, rows: usize, seed: u64) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut below = |n: u64| {
        // Xorshift (Marsaglia 2003); plain enough to be the same everywhere.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % n
    };
    let mut table = "text,group,label\n".to_owned();
    for row in 0..rows {
        let label = below(2);
        let word = if (label == 1) == (row % 20 != 0) { "good" } else { "bad" };
        let mut words: Vec<&str> = (0..2 + below(6)).map(|_| WORDS[2 + below(10) as usize]).collect();
        words.insert(below(words.len() as u64) as usize, word);
        writeln!(table, "{},g{},{label}", words.join(" "), row % 25).expect("text");
    }
    std::fs::write(path, table).expect("a writable folder");
}

/// The words of the sample shop's items, Chinese ones character by character, as BERT reads them.
pub fn shop_words() -> Vec<&'static str> {
    const ITEMS: &str = include_str!("../../sample_data/items.csv");
    let titles = ITEMS.lines().skip(1).filter_map(|line| line.split(',').nth(1));
    let mut words: Vec<&'static str> = Vec::new();
    for word in titles.flat_map(str::split_whitespace) {
        if word.is_ascii() && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            words.push(word);
        } else if !word.is_ascii() {
            let characters = word.char_indices().filter(|(_, character)| *character >= '\u{4e00}');
            words.extend(characters.map(|(at, character)| &word[at..at + character.len_utf8()]));
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}
