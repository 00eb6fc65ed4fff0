//! Where a quoted field opens and where it closes.

use super::{Close, Format, MAX_FIELD_BYTES, has_escape};
use memchr::memchr;

/// First byte after `at` that is not a space (or the carriage return of CRLF).
pub(in crate::engine::ingest) fn skip_to_separator(data: &[u8], mut at: usize, format: &Format) -> usize {
    while let Some(&byte) = data.get(at) {
        let crlf = byte == b'\r' && format.newline == b'\n' && data.get(at + 1).is_none_or(|&next| next == b'\n');
        if (byte == b' ' && format.delimiter != b' ') || crlf {
            at += 1;
        } else {
            break;
        }
    }
    at
}

/// Whether a field could end before `at`.
fn separates(data: &[u8], at: usize, format: &Format) -> bool {
    let at = skip_to_separator(data, at, format);
    data.get(at)
        .is_none_or(|&byte| byte == format.delimiter || byte == format.newline)
}

/// Whether a field could start at `at`.
pub(in crate::engine::ingest) fn starts_field(data: &[u8], at: usize, format: &Format) -> bool {
    let mut before = at;
    while format.skip_space && before > 0 && data[before - 1] == b' ' {
        before -= 1;
    }
    before == 0 || data[before - 1] == format.delimiter || data[before - 1] == format.newline
}

/// Finds the quote that closes the field opened at `open`.
pub(in crate::engine::ingest) fn find_close(
    data: &[u8],
    open: usize,
    format: &Format,
    at_end: bool,
    no_close: &mut (usize, usize),
) -> Close {
    let quote = data[open];
    let limit = data.len().min(open.saturating_add(MAX_FIELD_BYTES));
    let mut at = open + 1;
    let mut escaped = false;
    let mut lines_checked = open;
    let mut many_lines = false;
    loop {
        if at > open + 1 && at >= no_close.0 && at < no_close.1 {
            at = no_close.1.min(limit);
            // Doubled quotes may lie in what is passed over.
            escaped = true;
        }
        let Some(offset) = memchr(quote, &data[at.min(limit)..limit]) else {
            if !at_end && limit == data.len() {
                return Close::NeedMore;
            }
            *no_close = (open, limit);
            return Close::Never;
        };
        let run = at + offset;
        if let Some(escape) = format.escape.filter(|&escape| escape != quote) {
            let slashes = data[open + 1..run]
                .iter()
                .rev()
                .take_while(|&&byte| byte == escape)
                .count();
            escaped |= slashes > 0;
            if slashes % 2 == 1 {
                at = run + 1;
                continue;
            }
        }
        let length = data[run..].iter().take_while(|&&byte| byte == quote).count();
        let after = run + length;
        let next = skip_to_separator(data, after, format);
        if next >= data.len() && !at_end {
            return Close::NeedMore;
        }
        if !many_lines && memchr(format.newline, &data[lines_checked..run]).is_some() {
            many_lines = true;
            if is_stray_pair(data, open, format) {
                return Close::Never;
            }
        }
        lines_checked = run;
        if length % 2 == 1 && separates(data, after, format) {
            return Close::At {
                quote: after - 1,
                escaped: escaped || length > 1 || has_escape(&data[open..after], format),
            };
        }
        // A later line on which another quoted field starts: this one was never closed. An even run there may
        // as well be doubled quotes of this field.
        if many_lines && length % 2 == 1 && starts_field(data, run, format) {
            *no_close = (open, run);
            return Close::Never;
        }
        escaped |= length > 1;
        at = after;
    }
}

/// Whether the line on which the field opens at `open` has a second quote that closes nothing and a delimiter
/// after it: `"Tall" hat,5`. Then the first quote is text, too, and the field ends on its line. Looks at that
/// line only, so the answer does not depend on where a chunk ends.
fn is_stray_pair(data: &[u8], open: usize, format: &Format) -> bool {
    let quote = data[open];
    let start = open + 1;
    let end = memchr(format.newline, &data[start..]).map_or(data.len(), |offset| start + offset);
    let mut at = start;
    while let Some(offset) = memchr(quote, &data[at..end]) {
        let run = at + offset;
        if is_escaped_at(data, start, run, format) {
            at = run + 1;
            continue;
        }
        let length = data[run..end].iter().take_while(|&&byte| byte == quote).count();
        at = run + length;
        if length % 2 == 1 {
            return memchr(format.delimiter, &data[at..end]).is_some();
        }
    }
    false
}

/// Whether an odd number of escape characters stands before the quote at `at`.
pub(in crate::engine::ingest) fn is_escaped_at(data: &[u8], start: usize, at: usize, format: &Format) -> bool {
    let Some(escape) = format.escape.filter(|&escape| Some(escape) != format.quote) else {
        return false;
    };
    let escapes = data[start..at].iter().rev().take_while(|&&byte| byte == escape);
    escapes.count() % 2 == 1
}
