//! C04: numbers that stand for a missing value.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::column_words::ID_WORDS;
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Numbers that stand for nothing (C04)
///
/// ## What it checks
/// Number columns: -1, -9, -99, -999, -9999 where all other values are 0 or above, and 9999, 99999, 999999,
/// 99999999 and the like where all others are at most a tenth of it; at least two cells, at most half.
///
/// ## Why it matters
/// A mean over 99999 means nothing, and a model learns the stand-in as a very large value.
///
/// ## Example
/// `distance_m` is 99999 in 31 rows; the next largest value is 7,900.
///
/// ## Proposed fix
/// None in place: filter the rows, or set the cells empty where the table is made.
pub struct Sentinels(OddCells);

impl Violation for Sentinels {
    const INFO: RuleInfo = RuleInfo {
        code: "C04",
        name_en: "Numbers that stand for nothing",
        name_zh: "代表缺失的数字",
        dimension: Dimension::Completeness,
        source: include_str!("sentinels.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0
            .sentence("hold a number that stands for nothing", "是代表缺失的数字")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A mean over 99999 means nothing, and a model learns the stand-in as a very large value.",
            "对 99999 求均值没有意义，模型还会把它当成极大值。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Only numbers of a known list that lie apart from all others, at least two cells of them.",
            "仅限已知的占位数字，且与其余值明显分离、至少出现两次。",
        )
    }
}

const LOW: [f64; 5] = [-1.0, -9.0, -99.0, -999.0, -9999.0];
const HIGH: [f64; 7] = [
    9_999.0,
    99_999.0,
    999_999.0,
    9_999_999.0,
    99_999_999.0,
    999_999_999.0,
    2_147_483_647.0,
];
const LEAST_CELLS: u64 = 50;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let is_number = matches!(column.info.dtype, ColumnType::Integer | ColumnType::Float);
    let has_a_meaning = matches!(
        column.info.role,
        Role::User | Role::Item | Role::Session | Role::Price | Role::Quantity | Role::Rating | Role::Label
    );
    let cells = column.distinct.num_filled();
    if !is_number || has_a_meaning || column.name_has(&ID_WORDS) || cells < LEAST_CELLS {
        return Ok(Vec::new());
    }
    let mut values: Vec<(f64, u64)> = column
        .distinct
        .first_row
        .iter()
        .zip(&column.distinct.counts)
        .filter_map(|(&row, &count)| Some((column.cells.number(row as usize)?, u64::from(count))))
        .collect();
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let [
        (first, first_count),
        (second, _),
        ..,
        (last_but_one, _),
        (last, last_count),
    ] = values[..]
    else {
        return Ok(Vec::new());
    };
    let often = |count: u64| count >= 2 && count * 2 <= cells;
    let low = LOW.contains(&first) && second >= 0.0 && often(first_count);
    let high = HIGH.contains(&last) && last_but_one <= last / 10.0 && often(last_count);
    let flagged = column.flag_numbers(|value| (low && value == first) || (high && value == last));
    Ok(odd_values(column, &flagged, Severity::Warning, Sentinels))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn stand_ins_that_lie_apart() {
        let values = |odd: &[(usize, i64)], base: i64| {
            let mut values: Vec<Option<i64>> = (0..100).map(|row| Some(row * base)).collect();
            odd.iter().for_each(|&(row, value)| values[row] = Some(value));
            findings(&table(vec![("distance", Col::I(values))]), "C04")
        };
        assert_eq!(
            values(&[(3, 99_999), (8, 99_999), (9, -1), (10, -1)], 80)[0]
                .rows
                .as_slice(),
            [3, 8, 9, 10]
        );
        assert!(values(&[(3, 99_999)], 80).is_empty(), "once is a value");
        assert!(values(&[(3, 99_999), (8, 99_999)], 900).is_empty(), "89,100 is near");
        assert!(
            values(&[(3, -1), (4, -1), (5, -2)], 80).is_empty(),
            "negative numbers have a meaning here"
        );
    }
}
