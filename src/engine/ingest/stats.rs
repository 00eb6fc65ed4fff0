//! What the cells of one column look like: counts by form, from which its type is decided.
//!
//! Invariant: counts add up over parts of a column, so any split into chunks gives the same decision.

use super::cell::{self, Marks};
use super::spellings::Spellings;
use super::time::{self, TimeShape};

/// No number, time or code is longer than this.
const LONGEST_FORM: usize = 64;

/// Counts of the non-null cells of a column by the form of their text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CellStats {
    pub nulls: u64,
    /// Cells that are not null; the sum of the forms below.
    pub cells: u64,
    /// Exact 64-bit integers.
    pub int: u64,
    /// Digits with leading zeros.
    pub leading_zero: u64,
    /// Digits beyond 64 bits.
    pub big_int: u64,
    /// Integers with `+`, currency or thousands separators.
    pub grouped_int: u64,
    /// Decimals whose fraction is all zeros, such as `17850.0`.
    pub dot_zero: u64,
    /// Other decimals, also `1,234.50` and `$5.25`.
    pub decimal: u64,
    /// `3,14`, `1.234,50`
    pub comma_decimal: u64,
    /// Of these, written with both separators, so that nothing else can be meant.
    pub comma_decimal_sure: u64,
    /// Of the decimals and grouped integers, what a decimal comma allows, too: `1.234`, `1,234`.
    pub comma_possible: u64,
    /// Of the decimals, written with both separators: `1,234.50`.
    pub point_decimal_sure: u64,
    pub boolean: u64,
    pub iso: u64,
    /// Numeric dates possible with the day first only, the month first only, both.
    pub day_first: u64,
    pub month_first: u64,
    pub either_first: u64,
    pub named_date: u64,
    /// Letters and at least two digits without spaces: codes.
    pub code: u64,
    pub text: u64,
    /// Of the numbers: plausible as seconds, milliseconds, microseconds since 1970, and as yyyymmdd.
    pub epoch_seconds: u64,
    pub epoch_millis: u64,
    pub epoch_micros: u64,
    pub compact_date: u64,
}

impl CellStats {
    /// Counts one cell.
    pub(super) fn add(&mut self, cell: &[u8]) {
        let cell = cell::trim(cell);
        if cell::is_null(cell) {
            self.nulls += 1;
        } else {
            self.add_value(cell);
        }
    }

    /// Counts one cell of a log with these spellings.
    pub(super) fn add_by(&mut self, cell: &[u8], spellings: &Spellings) {
        let cell = cell::trim(cell);
        if spellings.is_null(cell) {
            self.nulls += 1;
        } else {
            self.add_value_by(cell, spellings);
        }
    }

    /// Counts one trimmed cell that is not null in a log with these spellings.
    pub(super) fn add_value_by(&mut self, cell: &[u8], spellings: &Spellings) {
        if cell.is_empty() {
            self.nulls += 1;
        } else if spellings.is_own_bool(cell) {
            self.cells += 1;
            self.boolean += 1;
        } else {
            let before = self.boolean;
            self.add_value(cell);
            // Where the user chose the words, the usual ones are words like others.
            if spellings.has_own_booleans() && self.boolean > before {
                self.boolean = before;
                self.text += 1;
            }
        }
    }

    /// Counts one trimmed cell known not to be null.
    pub(super) fn add_value(&mut self, cell: &[u8]) {
        self.cells += 1;
        let first = cell[0];
        let numeric = cell.len() <= LONGEST_FORM
            && (first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.' | b'$' | b'(') || !first.is_ascii());
        if numeric && self.add_number(cell) {
            return;
        }
        if (numeric || first.is_ascii_alphabetic()) && cell.len() <= LONGEST_FORM {
            match time::shape(cell) {
                Some(TimeShape::Iso) => self.iso += 1,
                Some(TimeShape::Named) => self.named_date += 1,
                Some(TimeShape::Numeric { day_first, month_first }) => match (day_first, month_first) {
                    (true, true) => self.either_first += 1,
                    (true, false) => self.day_first += 1,
                    _ => self.month_first += 1,
                },
                None => self.add_word(cell),
            }
        } else {
            self.add_word(cell);
        }
    }

    fn add_number(&mut self, cell: &[u8]) -> bool {
        if let Some(value) = cell::parse_int(cell) {
            self.int += 1;
            self.add_magnitude(value);
            if cell.len() >= 8 && time::parse_compact(cell).is_some() {
                self.compact_date += 1;
            }
            return true;
        }
        if cell::leading_zero(cell) {
            self.leading_zero += 1;
            return true;
        }
        if cell.len() > 18 && cell.strip_prefix(b"-").unwrap_or(cell).iter().all(u8::is_ascii_digit) {
            self.big_int += 1;
            return true;
        }
        if let Some(value) = cell::parse_float(cell) {
            self.comma_possible += u64::from(cell::parse_float_loose(cell, Marks::COMMA).is_some());
            if cell::strip_dot_zero(cell).and_then(cell::parse_int).is_some() {
                self.dot_zero += 1;
            } else {
                self.decimal += 1;
            }
            if value.abs() < 9e18 {
                self.add_magnitude(value as i64);
            }
            return true;
        }
        // Currencies are written in capitals; ids such as `72d76fde-8bb3` are passed over quickly.
        if cell.iter().any(u8::is_ascii_lowercase) {
            return false;
        }
        let both = memchr::memchr(b',', cell).is_some() && memchr::memchr(b'.', cell).is_some();
        if cell::parse_int_loose(cell, false, Marks::POINT).is_some() {
            self.grouped_int += 1;
            self.comma_possible += u64::from(cell::parse_float_loose(cell, Marks::COMMA).is_some());
        } else if cell::parse_float_loose(cell, Marks::POINT).is_some() {
            self.decimal += 1;
            self.point_decimal_sure += u64::from(both);
        } else if cell::parse_float_loose(cell, Marks::COMMA).is_some() {
            self.comma_decimal += 1;
            self.comma_decimal_sure += u64::from(both);
        } else {
            return false;
        }
        true
    }

    fn add_magnitude(&mut self, value: i64) {
        // 1990-01-01 to 2100-01-01.
        match value {
            631_152_000..4_102_444_800 => self.epoch_seconds += 1,
            631_152_000_000..4_102_444_800_000 => self.epoch_millis += 1,
            631_152_000_000_000..4_102_444_800_000_000 => self.epoch_micros += 1,
            _ => {}
        }
    }

    fn add_word(&mut self, cell: &[u8]) {
        if cell::parse_bool(cell).is_some() {
            self.boolean += 1;
        } else if is_code(cell) {
            self.code += 1;
        } else {
            self.text += 1;
        }
    }

    /// Adds the counts of another part of the column.
    pub(super) fn merge(&mut self, other: &Self) {
        self.merge_times(other, 1);
    }

    /// Adds the counts of a part that occurs so many times.
    pub(super) fn merge_times(&mut self, other: &Self, times: u64) {
        let pairs = [
            (&mut self.nulls, other.nulls),
            (&mut self.cells, other.cells),
            (&mut self.int, other.int),
            (&mut self.leading_zero, other.leading_zero),
            (&mut self.big_int, other.big_int),
            (&mut self.grouped_int, other.grouped_int),
            (&mut self.dot_zero, other.dot_zero),
            (&mut self.decimal, other.decimal),
            (&mut self.comma_decimal, other.comma_decimal),
            (&mut self.comma_decimal_sure, other.comma_decimal_sure),
            (&mut self.comma_possible, other.comma_possible),
            (&mut self.point_decimal_sure, other.point_decimal_sure),
            (&mut self.boolean, other.boolean),
            (&mut self.iso, other.iso),
            (&mut self.day_first, other.day_first),
            (&mut self.month_first, other.month_first),
            (&mut self.either_first, other.either_first),
            (&mut self.named_date, other.named_date),
            (&mut self.code, other.code),
            (&mut self.text, other.text),
            (&mut self.epoch_seconds, other.epoch_seconds),
            (&mut self.epoch_millis, other.epoch_millis),
            (&mut self.epoch_micros, other.epoch_micros),
            (&mut self.compact_date, other.compact_date),
        ];
        for (mine, theirs) in pairs {
            *mine += theirs * times;
        }
    }

    /// Numbers of any form that a number column can hold.
    pub(super) fn numbers(&self) -> u64 {
        self.int + self.grouped_int + self.dot_zero + self.decimal
    }

    /// Textual times of any form.
    pub(super) fn times(&self) -> u64 {
        self.iso + self.day_first + self.month_first + self.either_first + self.named_date
    }
}

/// Letters and digits in one word with at least two digits: `C536379`, `85123A`, `SKU-00017`.
fn is_code(cell: &[u8]) -> bool {
    if cell.len() > LONGEST_FORM {
        return false;
    }
    let digits = cell.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = cell.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let marks = cell
        .iter()
        .filter(|byte| matches!(byte, b'-' | b'_' | b'.' | b'/' | b':'))
        .count();
    digits >= 2 && letters >= 1 && digits + letters + marks == cell.len()
}
