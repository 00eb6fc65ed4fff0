//! A base model of any size whose vocabulary are the words of the benches' texts.

#[path = "../../tests/it/bert.rs"]
mod bert;

pub use bert::Size;
use std::collections::BTreeSet;
use std::path::Path;

/// Writes a Hugging Face folder whose vocabulary are the words of `texts`, Chinese ones character by character.
pub fn write_model<'a>(folder: &Path, size: Size, texts: impl Iterator<Item = &'a str>) {
    let mut words: BTreeSet<String> = BTreeSet::new();
    for word in texts.flat_map(str::split_whitespace) {
        if word.is_ascii() {
            words.insert(word.to_ascii_lowercase());
        } else {
            words.extend(word.chars().filter(|c| c.is_alphabetic()).map(String::from));
        }
    }
    bert::write_bert(folder, size, words.iter().map(String::as_str));
}
