//! Splits UTF-8 (or at least ASCII-compatible) bytes into records and fields.
//!
//! A quote opens a field only at its start and closes it only before a delimiter or a line end; any
//! other quote is text. A quote that never closes (or whose field would swallow the start of another
//! quoted field on a later line, or the rest of a line that goes on after a stray second quote) makes
//! its own line a bad record and nothing more: reading goes on at the next line. Invariant: the records of a buffer cut anywhere at `last_boundary` are the records
//! of the whole, so chunks can be split on many threads.

mod quotes;

pub(super) use quotes::{find_close, is_escaped_at, skip_to_separator, starts_field};

use memchr::{memchr, memchr2, memchr3, memrchr};

/// A quoted field longer than this counts as unterminated; bounds memory and the search.
pub(super) const MAX_FIELD_BYTES: usize = 8 << 20;

/// The characters that matter to the splitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format {
    pub delimiter: u8,
    pub quote: Option<u8>,
    pub escape: Option<u8>,
    /// `\n` (also for CRLF) or `\r`
    pub newline: u8,
    /// Spaces after a delimiter do not belong to the field.
    pub skip_space: bool,
}

/// A field's bytes in its buffer. The top bit of `end` tells that quotes or escapes must be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub start: u32,
    end: u32,
}

const ESCAPED: u32 = 1 << 31;

impl Field {
    pub(super) fn new(start: usize, end: usize, escaped: bool) -> Self {
        Self {
            start: start as u32,
            end: end as u32 | if escaped { ESCAPED } else { 0 },
        }
    }

    /// The same bytes in a buffer that starts `offset` bytes earlier.
    pub(super) fn shifted(self, offset: usize) -> Self {
        Self {
            start: self.start + offset as u32,
            end: self.end + offset as u32,
        }
    }

    pub(super) fn end(self) -> usize {
        (self.end & !ESCAPED) as usize
    }

    pub(super) fn is_escaped(self) -> bool {
        self.end & ESCAPED != 0
    }

    pub(super) fn raw(self, data: &[u8]) -> &[u8] {
        &data[self.start as usize..self.end()]
    }
}

/// One record: where it stands and how many fields it has; the fields follow each other in one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub start: u32,
    /// Without the line end.
    pub end: u32,
    /// 0-based physical line in this buffer on which it starts.
    pub line: u32,
    pub num_fields: u32,
    /// A quote was opened and not closed.
    pub unterminated: bool,
}

/// How the search for a closing quote ended.
pub(super) enum Close {
    At { quote: usize, escaped: bool },
    Never,
    NeedMore,
}

/// Walks one buffer record by record.
pub(super) struct Splitter<'a> {
    data: &'a [u8],
    format: Format,
    pos: usize,
    line: u32,
    has_quotes: bool,
    /// No quote after the first of these and before the second closes a field.
    no_close: (usize, usize),
}

impl<'a> Splitter<'a> {
    pub(super) fn new(data: &'a [u8], format: Format) -> Self {
        let has_quotes = format.quote.is_some_and(|quote| memchr(quote, data).is_some());
        Self {
            data,
            format,
            pos: 0,
            line: 0,
            has_quotes,
            no_close: (0, 0),
        }
    }

    /// Physical lines walked over so far.
    pub(super) fn lines(&self) -> u32 {
        self.line
    }

    /// The next record, its fields appended to `fields`; `None` at the end.
    #[inline]
    pub(super) fn next_record(&mut self, fields: &mut Vec<Field>) -> Option<Record> {
        if self.pos >= self.data.len() {
            return None;
        }
        if self.has_quotes {
            Some(self.quoted_record(fields))
        } else {
            Some(self.plain_record(fields))
        }
    }

    fn plain_record(&mut self, fields: &mut Vec<Field>) -> Record {
        let (data, format) = (self.data, self.format);
        let start = self.pos;
        let before = fields.len();
        let mut field_start = start;
        let mut end = data.len();
        self.pos = end;
        for at in memchr::memchr2_iter(format.delimiter, format.newline, &data[start..]) {
            let at = start + at;
            if data[at] == format.newline {
                end = at;
                self.pos = at + 1;
                break;
            }
            fields.push(Field::new(self.field_start(field_start), at, false));
            field_start = at + 1;
        }
        self.finish_record(fields, before, (start, end), field_start, false)
    }

    fn quoted_record(&mut self, fields: &mut Vec<Field>) -> Record {
        let (data, format) = (self.data, self.format);
        let quote = format.quote.unwrap_or(b'"');
        let start = self.pos;
        let before = fields.len();
        let mut at = start;
        loop {
            let field_start = self.field_start(at);
            if data.get(field_start) == Some(&quote) {
                match find_close(data, field_start, &format, true, &mut self.no_close) {
                    Close::At { quote: close, escaped } => {
                        fields.push(Field::new(field_start + 1, close, escaped));
                        at = skip_to_separator(data, close + 1, &format);
                        match data.get(at) {
                            Some(&byte) if byte == format.delimiter => {
                                at += 1;
                                continue;
                            }
                            _ => {
                                let end = at.min(data.len());
                                self.pos = (end + 1).min(data.len());
                                return self.closed_record(fields, before, start, end);
                            }
                        }
                    }
                    Close::Never | Close::NeedMore => return self.broken_record(fields, before, start, field_start),
                }
            }
            match memchr2(format.delimiter, format.newline, &data[field_start..]) {
                Some(offset) if data[field_start + offset] == format.delimiter => {
                    fields.push(Field::new(field_start, field_start + offset, false));
                    at = field_start + offset + 1;
                }
                found => {
                    let end = found.map_or(data.len(), |offset| field_start + offset);
                    self.pos = if found.is_some() { end + 1 } else { end };
                    return self.finish_record(fields, before, (start, end), field_start, false);
                }
            }
        }
    }

    /// The line of a quote that never closes: the rest of the line is split with quotes as text.
    fn broken_record(&mut self, fields: &mut Vec<Field>, before: usize, start: usize, open: usize) -> Record {
        let (data, format) = (self.data, self.format);
        let quote = format.quote.unwrap_or(b'"');
        let found = memchr(format.newline, &data[open..]);
        let end = found.map_or(data.len(), |offset| open + offset);
        self.pos = if found.is_some() { end + 1 } else { end };
        let mut field_start = open;
        // `"Tall" hat` has its second quote on the line: a stray pair, kept as text. A lone quote is a broken field.
        let lone = memchr(quote, &data[open + 1..end]).is_none();
        for offset in memchr::memchr_iter(format.delimiter, &data[open..end]) {
            fields.push(Field::new(field_start, open + offset, false));
            field_start = open + offset + 1;
        }
        self.finish_record(fields, before, (start, end), field_start, lone)
    }

    /// Adds the last field and strips the carriage return of CRLF.
    #[inline]
    fn finish_record(
        &mut self,
        fields: &mut Vec<Field>,
        before: usize,
        (start, mut end): (usize, usize),
        field_start: usize,
        unterminated: bool,
    ) -> Record {
        if self.format.newline == b'\n' && end > start && self.data[end - 1] == b'\r' {
            end -= 1;
        }
        let field_start = self.field_start(field_start).min(end);
        fields.push(Field::new(field_start, end, false));
        self.record(fields.len() - before, start, end, unterminated)
    }

    fn closed_record(&mut self, fields: &[Field], before: usize, start: usize, mut end: usize) -> Record {
        if self.format.newline == b'\n' && end > start && self.data[end - 1] == b'\r' {
            end -= 1;
        }
        self.record(fields.len() - before, start, end, false)
    }

    #[inline]
    fn record(&mut self, num_fields: usize, start: usize, end: usize, unterminated: bool) -> Record {
        let line = self.line;
        self.line += 1;
        if self.has_quotes {
            self.line += count(self.format.newline, &self.data[start..end]);
        }
        Record {
            start: start as u32,
            end: end as u32,
            line,
            num_fields: num_fields as u32,
            unterminated,
        }
    }

    #[inline]
    fn field_start(&self, mut at: usize) -> usize {
        if self.format.skip_space {
            while self.data.get(at) == Some(&b' ') {
                at += 1;
            }
        }
        at
    }
}

fn count(byte: u8, data: &[u8]) -> u32 {
    memchr::memchr_iter(byte, data).count() as u32
}

fn has_escape(field: &[u8], format: &Format) -> bool {
    format.escape.is_some_and(|escape| memchr(escape, field).is_some())
}

/// Offset just after the last whole record of `data`, and 0 if there is none. With `at_end`, all of it.
pub(super) fn last_boundary(data: &[u8], format: &Format, at_end: bool) -> usize {
    if at_end {
        return data.len();
    }
    let Some(quote) = format.quote else {
        return memrchr(format.newline, data).map_or(0, |at| at + 1);
    };
    let mut boundary = 0;
    let mut outside = 0;
    let mut search = 0;
    let mut no_close = (0, 0);
    while let Some(offset) = memchr(quote, &data[search..]) {
        let open = search + offset;
        if !starts_field(data, open, format) {
            search = open + 1;
            continue;
        }
        if let Some(at) = memrchr(format.newline, &data[outside..open]) {
            boundary = outside + at + 1;
        }
        match find_close(data, open, format, false, &mut no_close) {
            Close::At { quote: close, .. } => outside = close + 1,
            Close::NeedMore => return boundary,
            Close::Never => match memchr(format.newline, &data[open..]) {
                Some(at) => {
                    outside = open + at;
                    boundary = outside + 1;
                    search = boundary;
                    continue;
                }
                None => return boundary,
            },
        }
        search = outside;
    }
    memrchr(format.newline, &data[outside..]).map_or(boundary, |at| outside + at + 1)
}

/// The field's text with doubled quotes and escapes undone, in `scratch` only where something had to be undone.
#[inline]
pub(super) fn field_bytes<'a>(data: &'a [u8], field: Field, format: &Format, scratch: &'a mut Vec<u8>) -> &'a [u8] {
    let raw = field.raw(data);
    if !field.is_escaped() {
        return raw;
    }
    unescape(raw, format, scratch);
    scratch
}

fn unescape(raw: &[u8], format: &Format, scratch: &mut Vec<u8>) {
    let quote = format.quote.unwrap_or(b'"');
    scratch.clear();
    let mut rest = raw;
    while let Some(at) = memchr3(quote, format.escape.unwrap_or(quote), quote, rest) {
        let byte = rest[at];
        let next = rest.get(at + 1).copied();
        let undo = next == Some(quote) || (byte != quote && next == Some(byte));
        if undo {
            scratch.extend_from_slice(&rest[..at]);
            scratch.extend(next);
            rest = &rest[at + 2..];
        } else {
            scratch.extend_from_slice(&rest[..=at]);
            rest = &rest[at + 1..];
        }
    }
    scratch.extend_from_slice(rest);
}

#[cfg(test)]
mod tests;
