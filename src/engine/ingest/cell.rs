//! One cell: null spellings, integers, decimals, booleans. Bytes in, values out, exact or nothing.

use super::options::NumberFormat;

/// The characters inside a written number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    /// Decimal point, `.` or `,`.
    pub point: u8,
    groups: Groups,
}

/// What may stand between groups of three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Groups {
    /// Whatever people use, as long as nothing else can be meant.
    Usual,
    /// Nothing.
    None,
    /// This and nothing else; a space stands for every kind of space.
    Only(char),
}

impl Marks {
    pub(super) const POINT: Self = Self::usual(b'.');
    pub(super) const COMMA: Self = Self::usual(b',');

    const fn usual(point: u8) -> Self {
        Self {
            point,
            groups: Groups::Usual,
        }
    }

    /// As the user chose them.
    pub(super) fn chosen(format: NumberFormat) -> Self {
        Self {
            point: if format.decimal == ',' { b',' } else { b'.' },
            groups: format.thousands.map_or(Groups::None, Groups::Only),
        }
    }
}

/// What the text of a null looks like (pandas' list, plus `\N`, dashes, spreadsheet errors and 空).
pub(super) fn is_null(cell: &[u8]) -> bool {
    match cell.len() {
        0 => true,
        1 => cell == b"-",
        2 => matches!(cell, b"NA" | b"\\N" | b"--"),
        3 => {
            matches!(
                cell,
                b"NaN" | b"nan" | b"N/A" | b"n/a" | b"NAN" | b"#NA" | b"NaT" | b"nil" | b"NIL"
            ) || cell == "空".as_bytes()
        }
        4 => matches!(
            cell,
            b"null" | b"NULL" | b"None" | b"Null" | b"NONE" | b"none" | b"#N/A" | b"<NA>" | b"-NaN" | b"-nan"
        ),
        5 => cell == b"#REF!",
        6 => {
            matches!(
                cell,
                b"(null)" | b"(NULL)" | b"[NULL]" | b"[null]" | b"<null>" | b"<NULL>" | b"#NULL!"
            ) || cell == "空值".as_bytes()
        }
        7 => matches!(cell, b"#VALUE!" | b"#DIV/0!"),
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
pub(super) fn parse_int_loose(cell: &[u8], dot_zero: bool, marks: Marks) -> Option<i64> {
    let mut plain = [0u8; 32];
    let plain = plain_number(cell, marks, &mut plain)?;
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

/// A number however it is written: `1,234.50`, `￥99`, `$5`, `+1`; `1.234,50` with a decimal comma.
pub(super) fn parse_float_loose(cell: &[u8], marks: Marks) -> Option<f64> {
    let mut plain = [0u8; 32];
    parse_float(plain_number(cell, marks, &mut plain)?)
}

/// Drops sign `+`, currency signs and thousands separators; `None` if what is left is no plain number.
fn plain_number<'a>(cell: &[u8], marks: Marks, out: &'a mut [u8; 32]) -> Option<&'a [u8]> {
    let point = marks.point;
    // Accountants write -5 as (5).
    let (enclosed, cell) = match cell {
        [b'(', inside @ .., b')'] => (true, inside.trim_ascii()),
        cell => (false, cell),
    };
    let (negative, rest) = match cell {
        [b'-' | b'+', ..] if enclosed => return None,
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (enclosed, rest),
    };
    let rest = strip_currency(rest).trim_ascii();
    let (negative, rest) = match rest {
        [b'-', rest @ ..] if !negative => (true, rest),
        rest => (negative, rest),
    };
    if !rest.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == point) {
        return None;
    }
    let mut length = 0;
    if negative {
        out[0] = b'-';
        length = 1;
    }
    let (whole, fraction) = match memchr::memrchr(point, rest) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    length = push_groups(whole, marks, fraction.is_some(), out, length)?;
    if let Some(fraction) = fraction {
        let end = length + 1 + fraction.len();
        if end > out.len() || !fraction.iter().all(u8::is_ascii_digit) {
            return None;
        }
        out[length] = b'.';
        out[length + 1..end].copy_from_slice(fraction);
        length = end;
    }
    Some(&out[..length])
}

/// Appends the digits of `1,234,567`: one to three, the first not 0, then groups of three behind one kind of
/// separator. A plain space separates only where a fraction follows; otherwise it may be a telephone number.
fn push_groups(whole: &[u8], marks: Marks, has_fraction: bool, out: &mut [u8; 32], mut length: usize) -> Option<usize> {
    let first = whole
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(whole.len());
    let (mut group, mut rest) = whole.split_at(first);
    let separator = match rest {
        [] => None,
        rest => Some(group_separator(rest, marks, has_fraction)?),
    };
    if separator.is_some() && (!(1..=3).contains(&group.len()) || group[0] == b'0') {
        return None;
    }
    loop {
        let end = length + group.len();
        out.get_mut(length..end)?.copy_from_slice(group);
        length = end;
        let Some(separator) = separator.filter(|_| !rest.is_empty()) else {
            return Some(length);
        };
        rest = rest.strip_prefix(separator)?;
        if rest.len() < 3 || !rest[..3].iter().all(u8::is_ascii_digit) {
            return None;
        }
        (group, rest) = rest.split_at(3);
    }
}

/// The separator that `rest` begins with, if it may separate groups.
fn group_separator(rest: &[u8], marks: Marks, has_fraction: bool) -> Option<&'static [u8]> {
    const SPACES: [&[u8]; 4] = [b" ", "\u{A0}".as_bytes(), "\u{202F}".as_bytes(), "\u{2009}".as_bytes()];
    let usual: [&[u8]; 5] = [
        if marks.point == b'.' { b"," } else { b"." },
        b"'",
        "\u{A0}".as_bytes(),
        "\u{202F}".as_bytes(),
        b" ",
    ];
    let usable: &[&'static [u8]] = match marks.groups {
        Groups::Usual => &usual[..if has_fraction { 5 } else { 4 }],
        Groups::None => &[],
        Groups::Only(' ') => &SPACES,
        Groups::Only(',') => &[b","],
        Groups::Only('.') => &[b"."],
        Groups::Only('_') => &[b"_"],
        Groups::Only(_) => &[b"'", "’".as_bytes()],
    };
    usable.iter().copied().find(|separator| rest.starts_with(separator))
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
        2 if cell.eq_ignore_ascii_case(b"on") => Some(true),
        3 if cell.eq_ignore_ascii_case(b"yes") || cell == "是".as_bytes() || cell == "真".as_bytes() => Some(true),
        3 if cell.eq_ignore_ascii_case(b"off") || cell == "否".as_bytes() || cell == "假".as_bytes() => Some(false),
        4 if cell.eq_ignore_ascii_case(b"true") => Some(true),
        5 if cell.eq_ignore_ascii_case(b"false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
