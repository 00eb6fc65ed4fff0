//! Whether the values of a column are codes: `TN4821`, `A-113/2`, `6901028075`.
//!
//! In: the distinct texts. Out: a yes or no, decided by all of them.

use crate::engine::audit::cells::Cells;
use crate::engine::audit::distinct::Distinct;

/// Share of the distinct values that must look like a code; the rest are slips.
const CODE_SHARE: f64 = 0.9;
/// No code is longer.
const LONGEST: usize = 40;

/// One word of letters, digits and separators with a digit in it.
fn is_code(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b'#' | b'+');
    (2..=LONGEST).contains(&text.len()) && text.bytes().all(allowed) && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// True if nearly all values are codes.
pub(super) fn are_codes(cells: Cells<'_>, distinct: &Distinct) -> bool {
    let num = distinct.num_values();
    let most_others = (num as f64 * (1.0 - CODE_SHARE)) as usize;
    let mut others = 0;
    for &row in distinct.first_row.iter() {
        if !cells.text(row as usize).is_some_and(is_code) {
            others += 1;
            // Free text is told after a few values.
            if others > most_others {
                return false;
            }
        }
    }
    num > 0
}

#[cfg(test)]
mod tests {
    use super::is_code;

    #[test]
    fn codes_and_what_only_looks_like_them() {
        for code in ["TN4821", "A-113/2", "6901028075", "6.23457E+12", "85123A"] {
            assert!(is_code(code), "{code}");
        }
        for other in ["red shoes", "size 9", "kettle", "红色", "a@b.c1", "7", "C:\\9", ""] {
            assert!(!is_code(other), "{other}");
        }
    }
}
