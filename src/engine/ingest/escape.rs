//! Whether a backslash before a quote makes it plain text.

use super::dataset::{Decision, ReadingPart};
use super::dialect::{MAX_KEPT_RECORDS, SampleRecord, split};
use super::records::Format;
use super::score::most_common_width;

/// A backslash before quotes inside fields, where quotes are not doubled.
pub(super) fn detect_escape(body: &[u8], format: &Format, evidence: &mut Vec<Decision>) -> Option<u8> {
    let quote = format.quote?;
    let separates =
        |byte: Option<&u8>| byte.is_none_or(|&byte| byte == format.delimiter || matches!(byte, b'\n' | b'\r'));
    // `sure`: a lone `\"` inside a field. `closing`: `\""` before a separator, an escaped quote and the closing one
    // or a doubled quote in a field that goes on.
    let (mut sure, mut closing, mut doubled) = (0usize, 0usize, 0usize);
    let mut at = 0;
    while let Some(offset) = memchr::memchr(quote, &body[at..]) {
        let run = at + offset;
        let length = body[run..].iter().take_while(|&&byte| byte == quote).count();
        let before = run.checked_sub(1).and_then(|at| body.get(at));
        let ends_field = separates(body.get(run + length));
        at = run + length;
        if before == Some(&b'\\') {
            sure += usize::from(length == 1 && !ends_field);
            closing += usize::from(length == 2 && ends_field);
            doubled += usize::from(length % 2 == 0 && !ends_field);
        } else if !separates(before) {
            doubled += usize::from(length > 2 || (length == 2 && !ends_field));
        }
    }
    let escaped = sure + closing;
    if escaped == 0 || doubled > 0 {
        return None;
    }
    if closing > 0 {
        let with = Format {
            escape: Some(b'\\'),
            ..*format
        };
        let (with, without) = (misfits(body, &with), misfits(body, format));
        if with > without || (with == without && sure == 0) {
            return None;
        }
    }
    evidence.push(Decision::found(
        ReadingPart::Escape,
        format!("Escape \\: {escaped} quotes inside fields follow a backslash and none is doubled"),
        format!("转义符 \\：字段内有 {escaped} 个引号跟在反斜杠之后，没有成对的引号"),
    ));
    Some(b'\\')
}

/// Records of another number of fields than most, and those whose quote never closes.
fn misfits(body: &[u8], format: &Format) -> usize {
    let records = split(body, format, true, MAX_KEPT_RECORDS);
    let width = most_common_width(&records).0;
    let is_misfit = |record: &&SampleRecord| record.unterminated || (record.cells.len() != width && !record.is_blank());
    records.iter().filter(is_misfit).count()
}
