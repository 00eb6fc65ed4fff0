//! Texts of a column as codes into a dictionary that holds each different text once.
//!
//! A chunk's texts are coded on the thread that reads the chunk; joining chunks in file order then only looks at
//! their different texts. Invariant: codes are dense and numbered by first appearance, `NULL_CODE` is null, and
//! `first_row` ascends.

use super::codes::NULL_CODE;
use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};
use memchr::memmem::Finder;
use polars_arrow::array::{Utf8ViewArray, View};
use polars_arrow::bitmap::Bitmap;
use polars_arrow::datatypes::ArrowDataType;
use polars_buffer::Buffer;
use std::hash::BuildHasher as _;
use std::ops::Range;
use std::sync::Arc;

/// Different texts by code, one behind the other.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    text: String,
    /// Where each code's text ends.
    ends: Vec<usize>,
}

impl Dictionary {
    /// The text of a code; empty for `NULL_CODE`.
    #[inline]
    pub fn get(&self, code: u32) -> &str {
        let code = code as usize;
        let Some(&end) = self.ends.get(code) else { return "" };
        self.text.get(start(&self.ends, code)..end).unwrap_or_default()
    }

    /// Hands over the codes of a range whose texts contain what is looked for, which is not empty.
    pub fn containing(&self, wanted: &Finder<'_>, codes: Range<usize>, mut hit: impl FnMut(u32)) {
        let ends = &self.ends[..codes.end.min(self.ends.len())];
        let Some(&last) = ends.get(codes.start..).and_then(<[usize]>::last) else {
            return;
        };
        let (mut code, mut from) = (codes.start, start(ends, codes.start));
        while let Some(place) = wanted.find(&self.text.as_bytes()[from..last]) {
            let place = from + place;
            code += ends[code..].partition_point(|&end| end <= place);
            // A match may begin in one text and end in the next.
            if place + wanted.needle().len() <= ends[code] {
                hit(code as u32);
            }
            from = ends[code];
            code += 1;
        }
    }
}

/// A column of texts: cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct CodedTexts {
    pub codes: Buffer<u32>,
    /// Row on which each text appears first.
    pub first_row: Buffer<u32>,
    pub dictionary: Arc<Dictionary>,
}

impl CodedTexts {
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The text of a row; `None` for null.
    #[inline]
    pub fn get(&self, row: usize) -> Option<&str> {
        let code = *self.codes.get(row)?;
        (code != NULL_CODE).then(|| self.dictionary.get(code))
    }

    /// The first rows, with the whole dictionary.
    pub fn head(&self, rows: usize) -> Self {
        let rows = rows.min(self.len());
        let seen = self.first_row.partition_point(|&row| (row as usize) < rows);
        Self {
            codes: self.codes.clone().sliced(..rows),
            first_row: self.first_row.clone().sliced(..seen),
            dictionary: Arc::clone(&self.dictionary),
        }
    }

    /// The texts as an arrow array, which shares the dictionary's bytes; 16 bytes a row are made for it.
    pub fn to_array(&self) -> Utf8ViewArray {
        let bytes = Buffer::<u8>::from_owner(DictionaryBytes(Arc::clone(&self.dictionary)));
        let mut buffers = Vec::new();
        let views = dictionary_views(&self.dictionary, &bytes, &mut buffers);
        let rows: Vec<View> = self
            .codes
            .iter()
            .map(|&code| views.get(code as usize).copied().unwrap_or_default())
            .collect();
        let validity = self
            .codes
            .contains(&NULL_CODE)
            .then(|| Bitmap::from_trusted_len_iter(self.codes.iter().map(|&code| code != NULL_CODE)));
        // SAFETY: every view was made from the very bytes of the buffer it names, those are whole texts of a
        // `String`, and a default view is the empty text.
        #[allow(unsafe_code)]
        unsafe {
            Utf8ViewArray::new_unchecked_unknown_md(
                ArrowDataType::Utf8View,
                rows.into(),
                buffers.into(),
                validity,
                None,
            )
        }
    }
}

/// Lends the dictionary's bytes to arrow buffers.
struct DictionaryBytes(Arc<Dictionary>);

impl AsRef<[u8]> for DictionaryBytes {
    fn as_ref(&self) -> &[u8] {
        self.0.text.as_bytes()
    }
}

/// Bytes a buffer may hold; views count them with 32 bits.
const MAX_BUFFER_BYTES: usize = 1 << 30;

/// A view for each code. The bytes are cut into buffers that views can address, never within a text.
fn dictionary_views(dictionary: &Dictionary, bytes: &Buffer<u8>, buffers: &mut Vec<Buffer<u8>>) -> Vec<View> {
    let mut views = Vec::with_capacity(dictionary.ends.len());
    let (mut buffer_start, mut before) = (0, 0);
    for (code, &end) in dictionary.ends.iter().enumerate() {
        let begin = start(&dictionary.ends, code);
        if end - buffer_start > MAX_BUFFER_BYTES {
            buffers.push(bytes.clone().sliced(buffer_start..before));
            buffer_start = begin;
        }
        let offset = (begin - buffer_start) as u32;
        views.push(View::new_from_bytes(&bytes[begin..end], buffers.len() as u32, offset));
        before = end;
    }
    buffers.push(bytes.clone().sliced(buffer_start..before));
    views
}

#[inline]
fn start(ends: &[usize], code: usize) -> usize {
    code.checked_sub(1).map_or(0, |before| ends[before])
}

/// Texts under construction.
#[derive(Default)]
pub(super) struct TextValues {
    codes: Vec<u32>,
    first_row: Vec<u32>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Hash and code of each text.
    index: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
}

impl TextValues {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self {
            codes: Vec::with_capacity(capacity),
            ..Self::default()
        }
    }

    pub(super) fn reserve(&mut self, additional: usize) {
        self.codes.reserve(additional);
    }

    pub(super) fn push_null(&mut self) {
        self.codes.push(NULL_CODE);
    }

    #[inline]
    pub(super) fn push(&mut self, text: &[u8]) {
        // Neighbouring rows are often of one session or one event.
        if let Some(&last) = self.codes.last()
            && last != NULL_CODE
            && self.bytes_of(last) == text
        {
            self.codes.push(last);
            return;
        }
        let code = self.code_of(text, self.codes.len() as u32);
        self.codes.push(code);
    }

    /// The code of a text, which is new at `row` unless it is known.
    fn code_of(&mut self, text: &[u8], row: u32) -> u32 {
        let hash = self.hasher.hash_one(text) as u32;
        let (ends, bytes) = (&self.ends, &self.bytes);
        let same = |&(other, code): &(u32, u32)| {
            other == hash && &bytes[start(ends, code as usize)..ends[code as usize]] == text
        };
        match self.index.entry(wide(hash), same, |&(hash, _)| wide(hash)) {
            Entry::Occupied(entry) => entry.get().1,
            Entry::Vacant(entry) => {
                let code = self.ends.len() as u32;
                entry.insert((hash, code));
                self.bytes.extend_from_slice(text);
                self.ends.push(self.bytes.len());
                self.first_row.push(row);
                code
            }
        }
    }

    /// Each text with the number of rows that hold it.
    pub(super) fn counted(&self) -> impl Iterator<Item = (&[u8], u64)> {
        let mut counts = vec![0u64; self.ends.len()];
        for &code in self.codes.iter().filter(|&&code| code != NULL_CODE) {
            counts[code as usize] += 1;
        }
        let texts = (0..self.ends.len() as u32).map(|code| self.bytes_of(code));
        texts.zip(counts)
    }

    fn bytes_of(&self, code: u32) -> &[u8] {
        let code = code as usize;
        &self.bytes[start(&self.ends, code)..self.ends[code]]
    }

    /// Adds the texts of the next chunk.
    pub(super) fn append(&mut self, next: &Self) {
        let offset = self.codes.len() as u32;
        let code_of: Vec<u32> = (0..next.ends.len() as u32)
            .map(|code| self.code_of(next.bytes_of(code), offset + next.first_row[code as usize]))
            .collect();
        let renumbered = next.codes.iter();
        self.codes
            .extend(renumbered.map(|&code| code_of.get(code as usize).copied().unwrap_or(NULL_CODE)));
    }

    pub(super) fn finish(mut self) -> CodedTexts {
        self.bytes.shrink_to_fit();
        // Cells are cut at ASCII bytes from text that was validated or made by a lossy conversion; were one no
        // text all the same, only that one is shown with replacement characters.
        let dictionary = match String::from_utf8(self.bytes) {
            Ok(text) => Dictionary { text, ends: self.ends },
            Err(refused) => lossy(refused.as_bytes(), &self.ends),
        };
        CodedTexts {
            codes: self.codes.into(),
            first_row: self.first_row.into(),
            dictionary: Arc::new(dictionary),
        }
    }
}

fn lossy(bytes: &[u8], ends: &[usize]) -> Dictionary {
    let mut out = Dictionary::default();
    for (code, &end) in ends.iter().enumerate() {
        out.text
            .push_str(&String::from_utf8_lossy(&bytes[start(ends, code)..end]));
        out.ends.push(out.text.len());
    }
    out
}

/// Both halves of a table's hash, the place and the tag, from 32 bits.
#[inline]
fn wide(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn coded(chunks: &[Vec<Option<String>>]) -> CodedTexts {
        let mut all = TextValues::default();
        for chunk in chunks {
            let mut part = TextValues::with_capacity(chunk.len());
            for text in chunk {
                match text {
                    Some(text) => part.push(text.as_bytes()),
                    None => part.push_null(),
                }
            }
            all.append(&part);
        }
        all.finish()
    }

    proptest! {
        #[test]
        fn chunks_join_to_codes_by_first_appearance(
            chunks in prop::collection::vec(prop::collection::vec(prop::option::of("[ab中]{0,9}"), 0..40), 0..6)
        ) {
            let texts: Vec<Option<String>> = chunks.concat();
            let column = coded(&chunks);
            let array = column.to_array();
            let mut seen: Vec<&str> = Vec::new();
            prop_assert_eq!(column.len(), texts.len());
            for (row, text) in texts.iter().enumerate() {
                prop_assert_eq!(column.get(row), text.as_deref());
                prop_assert_eq!(array.get(row), text.as_deref());
                let Some(text) = text else { continue };
                if !seen.contains(&text.as_str()) {
                    prop_assert_eq!(column.first_row[seen.len()] as usize, row);
                    seen.push(text);
                }
                prop_assert_eq!(seen[column.codes[row] as usize], text.as_str());
            }
            prop_assert_eq!(column.first_row.len(), seen.len());
        }
    }

    #[test]
    fn texts_that_contain_another_are_found_within_their_own_bounds() {
        let texts = ["", "ab", "", "ba", "abab", "中a", "b"];
        let column = coded(&[texts.iter().map(|text| Some((*text).to_owned())).collect()]);
        let different: Vec<&str> = (0..column.first_row.len() as u32)
            .map(|code| column.dictionary.get(code))
            .collect();
        for wanted in ["a", "ab", "bb", "ba", "中", "abab", "zz"] {
            for codes in [0..different.len(), 2..4, 1..usize::MAX, 9..9] {
                let mut found = Vec::new();
                let hit = |code| found.push(code);
                column.dictionary.containing(&Finder::new(wanted), codes.clone(), hit);
                let matching =
                    |code: &u32| codes.contains(&(*code as usize)) && different[*code as usize].contains(wanted);
                let expected: Vec<u32> = (0..different.len() as u32).filter(matching).collect();
                assert_eq!(found, expected, "{wanted} in {codes:?}");
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced_one_by_one() {
        let mut values = TextValues::default();
        values.push(b"caf\xe9");
        values.push("é".as_bytes());
        let column = values.finish();
        assert_eq!((column.get(0), column.get(1)), (Some("caf\u{FFFD}"), Some("é")));
    }

    #[test]
    fn a_head_knows_its_own_texts() {
        let column = coded(&[vec![
            Some("a".to_owned()),
            None,
            Some("b".to_owned()),
            Some("a".to_owned()),
        ]]);
        let head = column.head(2);
        assert_eq!((head.len(), head.first_row.len(), head.get(1)), (2, 1, None));
    }
}
