//! JSON Lines: one object a line. Its keys become columns, nested objects' keys joined by dots; numbers keep
//! their digits, arrays their text.
//!
//! Invariant: one line gives one record, also where it is blank or no object.

use super::error::IngestError;
use super::rewritten::{FORMAT, push_cell};
use super::stream::TextStream;
use crate::engine::progress::Progress;
use std::collections::HashMap;
use std::path::Path;

/// Objects with more keys than this are no rows of one table.
const MAX_KEYS: usize = 4096;
/// Objects within objects deeper than this are refused, so that the stack is bounded.
const MAX_DEPTH: usize = 64;

/// The keys of all objects in order of their first appearance.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    pub names: Vec<String>,
    index: HashMap<String, usize>,
}

/// Whether a text begins with an object on one line, as JSON Lines do and indented JSON does not.
pub(super) fn are_lines(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let Some(rest) = text.strip_prefix(b"{") else {
        return false;
    };
    let gap = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    if rest[..gap].contains(&b'\n') {
        return false;
    }
    let mut scanner = Scanner { text: rest, at: gap };
    scanner.string().is_some() && scanner.eat(b':')
}

impl Keys {
    /// Reads the lines of a stream for their keys, up to about `most_bytes`.
    pub(super) fn of(
        path: &Path,
        stream: &mut TextStream<'_>,
        most_bytes: usize,
        progress: &Progress,
    ) -> Result<Self, IngestError> {
        const READ_BYTES: usize = 4 << 20;
        let mut keys = Self::default();
        let mut data = Vec::new();
        let mut passed = 0;
        loop {
            progress.check()?;
            let before = data.len();
            let ended = stream.read(&mut data, READ_BYTES.min(most_bytes))?;
            passed += data.len() - before;
            let cut = if ended {
                data.len()
            } else {
                memchr::memrchr(b'\n', &data).map_or(0, |at| at + 1)
            };
            for line in data[..cut].split(|&byte| byte == b'\n') {
                for (key, _) in parse(line).unwrap_or_default() {
                    keys.add(key);
                }
            }
            if keys.names.len() > MAX_KEYS {
                return Err(IngestError::NotATable {
                    path: path.to_path_buf(),
                    what: "JSON Lines with more than 4096 different keys",
                    hint: "export the fields of one table only",
                });
            }
            if ended || passed >= most_bytes {
                return Ok(keys);
            }
            data.drain(..cut);
        }
    }

    fn add(&mut self, key: String) {
        if !self.index.contains_key(&key) {
            self.index.insert(key.clone(), self.names.len());
            self.names.push(key);
        }
    }

    /// Rewrites whole lines as records. A line that is no object has one field more than there are keys, and its
    /// text in the first.
    pub(super) fn rewrite(&self, lines: &[u8]) -> Vec<u8> {
        let width = self.names.len();
        let mut out = Vec::with_capacity(lines.len());
        let mut cells: Vec<Vec<u8>> = vec![Vec::new(); width];
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            let text = line.trim_ascii();
            if text.is_empty() {
                out.push(FORMAT.newline);
                continue;
            }
            let Some(fields) = parse(text) else {
                push_cell(&mut out, text, true);
                out.resize(out.len() + width, FORMAT.delimiter);
                out.push(FORMAT.newline);
                continue;
            };
            cells.iter_mut().for_each(Vec::clear);
            for (key, value) in fields {
                if let Some(&column) = self.index.get(&key) {
                    cells[column] = value;
                }
            }
            for (column, cell) in cells.iter().enumerate() {
                if column > 0 {
                    out.push(FORMAT.delimiter);
                }
                push_cell(&mut out, cell, width == 1);
            }
            out.push(FORMAT.newline);
        }
        out
    }
}

/// The line of a record that is no object, as it stands in the file.
pub(super) fn original(record: &[u8]) -> Vec<u8> {
    let end = record
        .iter()
        .rposition(|&byte| byte != FORMAT.delimiter)
        .map_or(0, |at| at + 1);
    let text = &record[..end];
    let inside = text
        .strip_prefix(b"\"")
        .and_then(|text| text.strip_suffix(b"\""))
        .unwrap_or(text);
    let mut out = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = memchr::memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=at]);
        rest = rest.get(at + 2..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// The keys and values of one object; `None` if the line is anything else.
fn parse(line: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut scanner = Scanner {
        text: line.trim_ascii(),
        at: 0,
    };
    let mut fields = Vec::new();
    scanner.object("", &mut fields, 0)?;
    (scanner.at == scanner.text.len()).then_some(fields)
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn space(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        let found = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    /// An object's fields, with `prefix` before their keys.
    fn object(&mut self, prefix: &str, fields: &mut Vec<(String, Vec<u8>)>, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH || !self.eat(b'{') {
            return None;
        }
        if self.eat(b'}') {
            return Some(());
        }
        loop {
            let key = format!("{prefix}{}", self.string()?);
            if !self.eat(b':') {
                return None;
            }
            self.space();
            match self.text.get(self.at)? {
                b'{' => self.object(&format!("{key}."), fields, depth + 1)?,
                b'"' => fields.push((key, self.string()?.into_bytes())),
                _ => {
                    let start = self.at;
                    self.skip(depth)?;
                    let value = &self.text[start..self.at];
                    fields.push((key, if value == b"null" { Vec::new() } else { value.to_vec() }));
                }
            }
            if !self.eat(b',') {
                return self.eat(b'}').then_some(());
            }
        }
    }

    /// Passes one value of any kind.
    fn skip(&mut self, depth: usize) -> Option<()> {
        self.space();
        match self.text.get(self.at)? {
            b'{' => self.object("", &mut Vec::new(), depth + 1),
            b'[' => self.array(depth + 1),
            b'"' => self.string().map(drop),
            _ => self.word(),
        }
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH || !self.eat(b'[') {
            return None;
        }
        if self.eat(b']') {
            return Some(());
        }
        loop {
            self.skip(depth)?;
            if !self.eat(b',') {
                return self.eat(b']').then_some(());
            }
        }
    }

    /// `true`, `false`, `null` or a number.
    fn word(&mut self) -> Option<()> {
        let rest = &self.text[self.at..];
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.'))
            .count();
        let word = &rest[..length];
        let number = || {
            let starts = word.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-');
            starts && std::str::from_utf8(word).is_ok_and(|word| word.parse::<f64>().is_ok())
        };
        if !matches!(word, b"true" | b"false" | b"null") && !number() {
            return None;
        }
        self.at += length;
        Some(())
    }

    fn string(&mut self) -> Option<String> {
        if !self.eat(b'"') {
            return None;
        }
        let mut out = Vec::new();
        loop {
            let rest = self.text.get(self.at..)?;
            let stop = memchr::memchr2(b'"', b'\\', rest)?;
            out.extend_from_slice(&rest[..stop]);
            self.at += stop + 1;
            if rest[stop] == b'"' {
                return String::from_utf8(out).ok();
            }
            let escaped = *self.text.get(self.at)?;
            self.at += 1;
            match escaped {
                b'"' | b'\\' | b'/' => out.push(escaped),
                b'n' => out.push(b'\n'),
                b't' => out.push(b'\t'),
                b'r' => out.push(b'\r'),
                b'b' => out.push(8),
                b'f' => out.push(12),
                b'u' => {
                    let character = self.unicode()?;
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                _ => return None,
            }
        }
    }

    /// The character of `\uXXXX`, or of two of them that make up a surrogate pair.
    fn unicode(&mut self) -> Option<char> {
        let first = self.four_digits()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first);
        }
        if self.text.get(self.at..self.at + 2)? != b"\\u" {
            return None;
        }
        self.at += 2;
        let second = self.four_digits()?;
        let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + low)
    }

    fn four_digits(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |value, &byte| {
            char::from(byte).to_digit(16).map(|digit| value * 16 + digit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(line: &str) -> Option<Vec<(String, String)>> {
        let text = |value: Vec<u8>| String::from_utf8(value).expect("UTF-8");
        Some(
            parse(line.as_bytes())?
                .into_iter()
                .map(|(key, value)| (key, text(value)))
                .collect(),
        )
    }

    fn pairs(list: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
        Some(
            list.iter()
                .map(|&(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    #[test]
    fn objects_are_flattened_and_numbers_keep_their_digits() {
        assert_eq!(
            fields(
                r#"{"user": "u\"1", "price":1.50, "big": 12345678901234567890, "geo": {"city": "上海", "x": null}, "tags": ["a", {"b": 1}]}"#
            ),
            pairs(&[
                ("user", "u\"1"),
                ("price", "1.50"),
                ("big", "12345678901234567890"),
                ("geo.city", "上海"),
                ("geo.x", ""),
                ("tags", r#"["a", {"b": 1}]"#)
            ])
        );
        assert_eq!(fields(r#"{"a":"\u4e0a\ud83d\ude00\n"}"#), pairs(&[("a", "上😀\n")]));
        assert_eq!(fields("{}"), pairs(&[]));
    }

    #[test]
    fn what_is_no_object_is_none() {
        for line in [
            "",
            "[1]",
            "1",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":1} x",
            "{\"a\":nan}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":[1}",
            "{'a':1}",
            "{\"a\":01x}",
        ] {
            assert_eq!(fields(line), None, "{line}");
        }
        assert_eq!(fields(&("{\"a\":".repeat(5_000) + "1" + &"}".repeat(5_000))), None);
    }

    #[test]
    fn lines_are_told_from_indented_json() {
        assert!(are_lines(b"{\"a\": 1}\n{\"a\": 2}\n"));
        assert!(!are_lines(b"{\n  \"a\": 1\n}\n") && !are_lines(b"[{\"a\": 1}]") && !are_lines(b"{a,b}\n"));
    }
}
