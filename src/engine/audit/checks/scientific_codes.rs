//! V11: codes that a spreadsheet turned into powers of ten.

use crate::engine::artifact::{Bilingual, ColumnType, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Codes in scientific notation (V11)
///
/// ## What it checks
/// Text columns of which most cells hold eight and more digits: cells such as `6.23457E+14`.
///
/// ## Why it matters
/// A spreadsheet showed the long code as a number and saved what it showed: all but six digits are lost, and
/// different codes became one.
///
/// ## Example
/// `6.23457E+14` in 4 rows of `tracking_no`.
///
/// ## Proposed fix
/// Empty the cells: the codes cannot be recovered from them.
pub struct ScientificCodes(OddCells);

impl Violation for ScientificCodes {
    const INFO: RuleInfo = RuleInfo {
        code: "V11",
        name_en: "Codes in scientific notation",
        name_zh: "编码变成科学计数法",
        dimension: Dimension::Validity,
        source: include_str!("scientific_codes.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0
            .sentence("are codes in scientific notation", "是科学计数法形式的编码")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "All but a few digits of the code are lost, and different codes became one.",
            "编码只剩几位有效数字，不同的编码变成了同一个。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any such cell, where most of the others hold long codes.",
            "当其余多为长编码时，出现即报告。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        self.0.emptied()
    }
}

/// Digits of a code that spreadsheets cut.
const LONG_CODE: usize = 8;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    if column.info.dtype != ColumnType::Text {
        return Ok(Vec::new());
    }
    let flagged = column.flag_texts(is_power);
    if !flagged.contains(&true) {
        return Ok(Vec::new());
    }
    let is_long = |text: &str| text.bytes().filter(u8::is_ascii_digit).count() >= LONG_CODE;
    let long = column.flag_texts(is_long);
    let counts = long.iter().zip(&column.distinct.counts);
    let long: u64 = counts.filter(|(long, _)| **long).map(|(_, &n)| u64::from(n)).sum();
    if long * 2 < column.distinct.num_filled() {
        return Ok(Vec::new());
    }
    Ok(odd_values(column, &flagged, Severity::Warning, ScientificCodes))
}

/// One digit, decimals, `E+` and an exponent of eight or more.
fn is_power(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let one_digit = mantissa.split('.').next().is_some_and(|head| head.len() == 1);
    let plain = mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    one_digit && plain && exponent.bytes().all(|byte| is_digit(&byte)) && exponent.parse::<u32>().is_ok_and(|n| n >= 8)
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn powers_among_long_codes() {
        let codes = vec![
            Some("SF1234567890123"),
            Some("6.23457E+14"),
            Some("SF1234567890124"),
            None,
            Some("7e9"),
        ];
        assert_eq!(
            findings(&table(vec![("tracking_no", Col::S(codes))]), "V11")[0]
                .rows
                .as_slice(),
            [1, 4]
        );
        let colours = vec![Some("1.5E+10"), Some("red"), Some("blue"), Some("5e")];
        assert!(findings(&table(vec![("colour", Col::S(colours))]), "V11").is_empty());
    }
}
