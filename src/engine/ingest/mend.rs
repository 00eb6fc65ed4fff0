//! Lines with the wrong number of fields because one quote is stray.

use super::records::{Close, Field, Format, find_close, is_escaped_at, skip_to_separator, starts_field};
use memchr::memchr;

/// Splits one line that had the wrong number of fields again, with one of its opening quotes as text:
/// `"DATE,TIME,"Name"` is `"DATE`, `TIME`, `Name`. `Some` only if the line's quoting is broken as it stands,
/// and with that one quote as text is clean and gives exactly `width` fields.
pub(super) fn split_with_stray_quote(line: &[u8], format: &Format, width: usize) -> Option<Vec<Field>> {
    /// Opening quotes tried as text.
    const MAX_TRIED: usize = 16;
    let quote = format.quote?;
    if memchr(format.newline, line).is_some() || split_line(line, format, None).is_some() {
        return None;
    }
    let opening = memchr::memchr_iter(quote, line)
        .filter(|&at| starts_field(line, at, format))
        .take(MAX_TRIED);
    let mut found = opening.filter_map(|stray| {
        let fields = split_line(line, format, Some(stray))?;
        (fields.len() == width).then_some(fields)
    });
    found.next()
}

/// One line's fields with the quote at `stray` as text; `None` unless all other quotes enclose fields or are
/// doubled inside them.
pub(super) fn split_line(line: &[u8], format: &Format, stray: Option<usize>) -> Option<Vec<Field>> {
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        while format.skip_space && line.get(at) == Some(&b' ') {
            at += 1;
        }
        let quoted = format.quote.is_some() && line.get(at).copied() == format.quote && stray != Some(at);
        if quoted {
            let Close::At { quote, escaped } = find_close(line, at, format, true, &mut (0, 0)) else {
                return None;
            };
            let field = Field::new(at + 1, quote, escaped);
            if has_lone_quote(field.raw(line), line[at], format) {
                return None;
            }
            fields.push(field);
            at = skip_to_separator(line, quote + 1, format);
        } else {
            let end = memchr(format.delimiter, &line[at..]).map_or(line.len(), |offset| at + offset);
            let checked = if stray == Some(at) { at + 1 } else { at };
            if format
                .quote
                .is_some_and(|quote| memchr(quote, &line[checked..end]).is_some())
            {
                return None;
            }
            fields.push(Field::new(at, end, false));
            at = end;
        }
        if at >= line.len() {
            return Some(fields);
        }
        at += 1;
    }
}

/// Whether a quoted field holds a quote that is neither doubled nor escaped.
fn has_lone_quote(field: &[u8], quote: u8, format: &Format) -> bool {
    let mut at = 0;
    while let Some(offset) = memchr(quote, &field[at..]) {
        let run = at + offset;
        if is_escaped_at(field, 0, run, format) {
            at = run + 1;
            continue;
        }
        let length = field[run..].iter().take_while(|&&byte| byte == quote).count();
        if length % 2 == 1 {
            return true;
        }
        at = run + length;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Format = Format {
        delimiter: b',',
        quote: Some(b'"'),
        escape: None,
        newline: b'\n',
        skip_space: false,
    };

    fn mended(line: &str, width: usize) -> Option<Vec<&str>> {
        let fields = split_with_stray_quote(line.as_bytes(), &COMMA, width)?;
        Some(
            fields
                .iter()
                .map(|field| &line[field.start as usize..field.end()])
                .collect(),
        )
    }

    #[test]
    fn one_stray_quote_is_text() {
        assert_eq!(
            mended("\"DATE,TIME,\"Name, or so\"", 3),
            Some(vec!["\"DATE", "TIME", "Name, or so"])
        );
        assert_eq!(
            mended("1,\"RI-8070,5,\"Great, dry\",\"u\",", 6),
            Some(vec!["1", "\"RI-8070", "5", "Great, dry", "u", ""])
        );
    }

    #[test]
    fn a_sound_line_of_another_width_stays_as_it_is() {
        // Opening a quote less would give three and four fields.
        assert_eq!(mended("1,\"a, b\"", 3), None);
        assert_eq!(mended("1,2,3", 4), None);
        assert_eq!(mended("\"a\",b", 3), None);
        assert_eq!(mended("1,\"he said \"\"so, no\"\"\",x", 4), None);
    }

    #[test]
    fn a_mended_line_has_no_other_stray_quote() {
        assert_eq!(mended("\"a,b\"c\",d", 4), None);
        assert_eq!(mended("\"a,5\" wide,\"b\"", 3), None);
    }
}
