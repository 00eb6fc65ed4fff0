//! V10: codes that lost the zero in front.

use crate::engine::artifact::{Bilingual, ColumnType, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Lost leading zeros (V10)
///
/// ## What it checks
/// Text columns of codes made of digits: where at least 90 % of the cells have one length and some of them start
/// with 0, the cells that are one or two digits shorter.
///
/// ## Why it matters
/// A spreadsheet reads the code as a number and drops the zero: `010020` and `10020` are one place with two names,
/// and joins miss one of them.
///
/// ## Example
/// `10020` among six-digit postcodes in 5 rows.
///
/// ## Proposed fix
/// None in place: read the column as text where it is exported.
pub struct LostZeros(OddCells);

impl Violation for LostZeros {
    const INFO: RuleInfo = RuleInfo {
        code: "V10",
        name_en: "Lost leading zeros",
        name_zh: "丢失的前导零",
        dimension: Dimension::Validity,
        source: include_str!("lost_zeros.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("are shorter than the other codes", "比其他编码短")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A spreadsheet dropped the zero: one place has two names, and joins miss one of them.",
            "电子表格丢掉了前导零：同一地点有了两个名字，关联时会漏掉其中之一。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "90 % of one length and at least 1 % with a zero in front show that the codes have a fixed length.",
            "90 % 长度一致且至少 1 % 以零开头，说明编码定长。",
        )
    }
}

const LEAST_CELLS: u64 = 100;
const ONE_LENGTH: f64 = 0.9;
const ZERO_IN_FRONT: f64 = 0.01;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let cells = column.distinct.num_filled();
    if column.info.dtype != ColumnType::Text || cells < LEAST_CELLS {
        return Ok(Vec::new());
    }
    let mut by_length = [0_u64; 33];
    let mut zeros = [0_u64; 33];
    for (&row, &count) in column.distinct.first_row.iter().zip(&column.distinct.counts) {
        let text = column.cells.text(row as usize).unwrap_or_default();
        if text.len() < by_length.len() && is_digits(text) {
            by_length[text.len()] += u64::from(count);
            zeros[text.len()] += u64::from(count) * u64::from(text.starts_with('0'));
        }
    }
    let (length, most) = (0..33).zip(by_length).max_by_key(|(_, cells)| *cells).unwrap_or((0, 0));
    let is_code =
        length >= 3 && most as f64 >= ONE_LENGTH * cells as f64 && zeros[length] as f64 >= ZERO_IN_FRONT * most as f64;
    if !is_code {
        return Ok(Vec::new());
    }
    let flagged = column.flag_texts(|text| is_digits(text) && (length - 2..length).contains(&text.len()));
    Ok(odd_values(column, &flagged, Severity::Warning, LostZeros))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn short_codes_where_codes_have_one_length() {
        let codes: Vec<String> = (0..200).map(|row| format!("{:06}", 9_000 + row * 4_111)).collect();
        let mut cells: Vec<Option<&str>> = codes.iter().map(|code| Some(code.as_str())).collect();
        assert!(findings(&table(vec![("postcode", Col::S(cells.clone()))]), "V10").is_empty());
        cells[5] = Some("10020");
        cells[6] = Some("unknown");
        assert_eq!(
            findings(&table(vec![("postcode", Col::S(cells))]), "V10")[0]
                .rows
                .as_slice(),
            [5]
        );
        let mixed: Vec<String> = (0..200).map(|row| (row * 97).to_string()).collect();
        let cells = mixed.iter().map(|code| Some(code.as_str())).collect();
        assert!(findings(&table(vec![("number", Col::S(cells))]), "V10").is_empty());
    }
}
