//! Lines at the end of a file that the user does not want read.
//!
//! Invariant: whichever way the file is read in pieces, the same lines are left out.

use memchr::{memchr_iter, memrchr_iter};

/// How much of `data` may be read when the last `lines` physical lines of the file are left out: all before them at
/// the end of the file, and before what may become them further up.
pub(super) fn readable(data: &[u8], newline: u8, lines: u64, at_end: bool) -> usize {
    if lines == 0 {
        return data.len();
    }
    // A line end at the very end of the file ends the last line and begins no other.
    let closed = data.last() == Some(&newline);
    let ends_before = lines as usize + usize::from(closed || !at_end);
    memrchr_iter(newline, data).nth(ends_before - 1).map_or(0, |at| at + 1)
}

/// Physical lines in what is left out.
pub(super) fn count_lines(data: &[u8], newline: u8) -> u64 {
    let open = data.last().is_some_and(|&last| last != newline);
    memchr_iter(newline, data).count() as u64 + u64::from(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_left_out() {
        for (text, lines, want) in [
            ("a\nb\nc\n", 1, "a\nb\n"),
            ("a\nb\nc", 1, "a\nb\n"),
            ("a\nb\nc\n", 0, "a\nb\nc\n"),
            ("a\nb\n\n", 1, "a\nb\n"),
            ("a\nb\n", 2, ""),
            ("a\nb\n", 9, ""),
            ("", 1, ""),
        ] {
            let end = readable(text.as_bytes(), b'\n', lines, true);
            assert_eq!(&text[..end], want, "{text:?} without {lines}");
            assert!(count_lines(&text.as_bytes()[end..], b'\n') <= lines);
            // Before the end is known, never more is given out.
            let early = readable(text.as_bytes(), b'\n', lines, false);
            assert!(early <= end, "{text:?} without {lines}");
        }
    }
}
