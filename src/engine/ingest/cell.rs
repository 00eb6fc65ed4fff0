//! One cell: null spellings, integers, decimals, booleans. Bytes in, values out, exact or nothing.

/// What the text of a null looks like (pandas' list, plus `\N`, a lone dash and 空).
pub(super) fn is_null(cell: &[u8]) -> bool {
    match cell.len() {
        0 => true,
        1 => cell == b"-",
        2 => matches!(cell, b"NA" | b"\\N"),
        3 => matches!(cell, b"NaN" | b"nan" | b"N/A" | b"n/a" | b"NAN" | b"#NA") || cell == "空".as_bytes(),
        4 => matches!(
            cell,
            b"null" | b"NULL" | b"None" | b"Null" | b"NONE" | b"none" | b"#N/A" | b"<NA>" | b"-NaN" | b"-nan"
        ),
        6 => cell == b"(null)",
        _ => false,
    }
}

/// Without leading and trailing ASCII white space.
#[inline]
pub(super) fn trim(cell: &[u8]) -> &[u8] {
    match (cell.first(), cell.last()) {
        (Some(first), Some(last)) if !first.is_ascii_whitespace() && !last.is_ascii_whitespace() => cell,
        _ => cell.trim_ascii(),
    }
}

/// `-?(0|[1-9][0-9]*)` within 64 bits: the texts that an integer reproduces exactly.
#[inline]
pub(super) fn parse_int(cell: &[u8]) -> Option<i64> {
    let (negative, digits) = match cell {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 19 || (digits[0] == b'0' && (digits.len() > 1 || negative)) {
        return None;
    }
    let mut value: u64 = 0;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        // Nineteen digits stay below 2^64.
        value = value * 10 + u64::from(digit);
    }
    if negative {
        0i64.checked_sub_unsigned(value)
    } else {
        i64::try_from(value).ok()
    }
}

/// An integer however it is written: `+5`, `1,234`, `￥20`, and `17850.0` where `dot_zero` allows it.
pub(super) fn parse_int_loose(cell: &[u8], dot_zero: bool) -> Option<i64> {
    let mut plain = [0u8; 32];
    let plain = plain_number(cell, b'.', &mut plain)?;
    let digits = if dot_zero {
        strip_dot_zero(plain).unwrap_or(plain)
    } else {
        plain
    };
    if leading_zero(digits) {
        return None;
    }
    parse_int(digits)
}

/// `17850.0` → `17850`.
pub(super) fn strip_dot_zero(cell: &[u8]) -> Option<&[u8]> {
    let dot = cell.iter().position(|&byte| byte == b'.')?;
    let (whole, fraction) = cell.split_at(dot);
    (fraction.len() > 1 && fraction[1..].iter().all(|&byte| byte == b'0')).then_some(whole)
}

/// Digits with a zero in front that a number would lose.
pub(super) fn leading_zero(cell: &[u8]) -> bool {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    digits.len() > 1 && digits[0] == b'0' && digits.iter().all(u8::is_ascii_digit)
}

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// A finite decimal number with point `b'.'`; correctly rounded.
#[inline]
pub(super) fn parse_float(cell: &[u8]) -> Option<f64> {
    let (negative, digits) = match cell {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 16 {
        return parse_float_slow(cell);
    }
    let mut mantissa: u64 = 0;
    let mut decimals = 0usize;
    let mut seen_point = false;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            mantissa = mantissa * 10 + u64::from(digit);
            decimals += usize::from(seen_point);
        } else if byte == b'.' && !seen_point {
            seen_point = true;
        } else {
            return parse_float_slow(cell);
        }
    }
    if mantissa >= 1 << 53 || (seen_point && digits.len() == 1) {
        return parse_float_slow(cell);
    }
    // Both factors are exact doubles, so one division rounds once (Clinger 1990).
    let value = mantissa as f64 / POWERS[decimals];
    Some(if negative { -value } else { value })
}

fn parse_float_slow(cell: &[u8]) -> Option<f64> {
    let starts = cell.first()?;
    if !(starts.is_ascii_digit() || matches!(starts, b'-' | b'+' | b'.')) || !cell.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let text = std::str::from_utf8(cell).ok()?;
    text.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// A number however it is written: `1,234.50`, `￥99`, `$5`, `+1`; `1.234,50` with `point` = `,`.
pub(super) fn parse_float_loose(cell: &[u8], point: u8) -> Option<f64> {
    let mut plain = [0u8; 32];
    parse_float(plain_number(cell, point, &mut plain)?)
}

/// Drops sign `+`, currency signs and thousands separators; `None` if what is left is no plain number.
fn plain_number<'a>(cell: &[u8], point: u8, out: &'a mut [u8; 32]) -> Option<&'a [u8]> {
    let (negative, rest) = match cell {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let rest = strip_currency(rest).trim_ascii();
    let (negative, rest) = match rest {
        [b'-', rest @ ..] if !negative => (true, rest),
        rest => (negative, rest),
    };
    if !rest.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == point) {
        return None;
    }
    let separator = if point == b'.' { b',' } else { b'.' };
    let mut length = 0;
    let mut push = |byte: u8, length: &mut usize| {
        out.get_mut(*length).map(|slot| {
            *slot = byte;
            *length += 1;
        })
    };
    if negative {
        push(b'-', &mut length)?;
    }
    let mut since_separator: Option<usize> = None;
    let mut in_fraction = false;
    let mut whole_digits = 0;
    for &byte in rest {
        if byte.is_ascii_digit() {
            push(byte, &mut length)?;
            whole_digits += usize::from(!in_fraction);
            since_separator = since_separator.map(|count| count + usize::from(!in_fraction));
        } else if byte == separator && !in_fraction {
            // 1,234,567: one to three digits, then groups of three.
            let well_placed = since_separator.map_or((1..=3).contains(&whole_digits), |count| count == 3);
            if !well_placed {
                return None;
            }
            since_separator = Some(0);
        } else if byte == point && !in_fraction {
            if since_separator.is_some_and(|count| count != 3) {
                return None;
            }
            in_fraction = true;
            push(b'.', &mut length)?;
        } else {
            return None;
        }
    }
    if !in_fraction && since_separator.is_some_and(|count| count != 3) {
        return None;
    }
    Some(&out[..length])
}

const CURRENCIES: [&str; 8] = ["￥", "¥", "$", "€", "£", "元", "RMB", "CNY"];

fn strip_currency(cell: &[u8]) -> &[u8] {
    let cell = cell.trim_ascii();
    for sign in CURRENCIES {
        if let Some(rest) = cell.strip_prefix(sign.as_bytes()) {
            return rest;
        }
        if let Some(rest) = cell.strip_suffix(sign.as_bytes()) {
            return rest;
        }
    }
    cell
}

/// The words for true and false, in any case; not 0 and 1, which are integers.
pub(super) fn parse_bool(cell: &[u8]) -> Option<bool> {
    match cell.len() {
        1 => match cell[0] {
            b't' | b'T' | b'y' | b'Y' => Some(true),
            b'f' | b'F' | b'n' | b'N' => Some(false),
            _ => None,
        },
        2 if cell.eq_ignore_ascii_case(b"no") => Some(false),
        3 if cell.eq_ignore_ascii_case(b"yes") || cell == "是".as_bytes() => Some(true),
        3 if cell == "否".as_bytes() => Some(false),
        4 if cell.eq_ignore_ascii_case(b"true") => Some(true),
        5 if cell.eq_ignore_ascii_case(b"false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_exact_or_nothing() {
        for (text, want) in [
            ("0", Some(0)),
            ("-1", Some(-1)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("99999999999999999999", None),
            ("007", None),
            ("-0", None),
            ("", None),
            ("-", None),
            ("1.0", None),
            ("1e3", None),
            ("１", None),
        ] {
            assert_eq!(parse_int(text.as_bytes()), want, "{text}");
        }
        assert_eq!(parse_int_loose(b"17850.0", true), Some(17850));
        assert_eq!(parse_int_loose(b"17850.0", false), None);
        assert_eq!(parse_int_loose(b"17850.5", true), None);
        assert_eq!(parse_int_loose(b"1,234,567", false), Some(1_234_567));
        assert_eq!(parse_int_loose(b"1,23", false), None);
        assert_eq!(parse_int_loose("￥20".as_bytes(), false), Some(20));
    }

    #[test]
    fn floats_agree_with_the_standard_library() {
        for text in [
            "0",
            "1.5",
            "-33.20",
            "0.1",
            "251.74",
            "1e-7",
            "123456789012345.678",
            "9007199254740993",
            ".5",
            "5.",
            "0.3",
            "1.7976931348623157e308",
            "-0.0",
            "100000.01",
        ] {
            assert_eq!(
                parse_float(text.as_bytes()).map(f64::to_bits),
                text.parse::<f64>().ok().map(f64::to_bits),
                "{text}"
            );
        }
        for text in [
            "", "-", ".", "nan", "inf", "1.2.3", "1,5", "e5", "0x10", "1e999", "infinity", "+",
        ] {
            assert_eq!(parse_float(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn money_and_thousands() {
        for (text, want) in [
            ("1,234.50", Some(1234.5)),
            ("337,300.00", Some(337_300.0)),
            ("$5", Some(5.0)),
            ("-$5.25", Some(-5.25)),
            ("￥1,000", Some(1000.0)),
            ("99元", Some(99.0)),
            ("1,5", None),
            ("12,34,567", None),
            ("5 apples", None),
        ] {
            assert_eq!(parse_float_loose(text.as_bytes(), b'.'), want, "{text}");
        }
        assert_eq!(parse_float_loose(b"1.234,50", b','), Some(1234.5));
        assert_eq!(parse_float_loose(b"3,25", b','), Some(3.25));
    }
}
