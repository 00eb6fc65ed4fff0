//! Tables each of whose lines was quoted once more as a whole: `"834778,UK"`.

use super::records::Format;

/// Whether nearly all lines of the sample are one quoted field with a delimiter inside.
pub(super) fn is_wrapped(sample: &[u8], newline: u8) -> bool {
    let (mut wrapped, mut lines) = (0usize, 0usize);
    for line in sample.split(|&byte| byte == newline).take(400) {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            continue;
        }
        lines += 1;
        let inside = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\""));
        // A single quote inside would end the field: then the line is an ordinary quoted record.
        wrapped +=
            usize::from(inside.is_some_and(|inside| {
                only_doubled_quotes(inside) && inside.iter().any(|byte| b",;\t|".contains(byte))
            }));
    }
    // The sample's last line may be cut.
    lines >= 2 && wrapped + 1 >= lines
}

fn only_doubled_quotes(inside: &[u8]) -> bool {
    let mut rest = inside;
    while let Some(at) = memchr::memchr(b'"', rest) {
        if rest.get(at + 1) != Some(&b'"') {
            return false;
        }
        rest = &rest[at + 2..];
    }
    true
}

/// Takes the outer quotes off each line and halves the doubled ones; other lines stay.
pub(super) fn unwrap_lines(data: &[u8], format: &Format) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    for line in data.split_inclusive(|&byte| byte == format.newline) {
        let text = line.trim_ascii_end();
        let ending = &line[text.len()..];
        match text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")) {
            Some(inside) => {
                let mut rest = inside;
                while let Some(at) = memchr::memchr(b'"', rest) {
                    out.extend_from_slice(&rest[..=at]);
                    let doubled = rest.get(at + 1) == Some(&b'"');
                    rest = &rest[at + 1 + usize::from(doubled)..];
                }
                out.extend_from_slice(rest);
            }
            None => out.extend_from_slice(text),
        }
        out.extend_from_slice(ending);
    }
    out
}
