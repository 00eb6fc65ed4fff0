//! V12: measurements of which some were rounded.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::column_words::ID_WORDS;
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::profile::ColumnKind;
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Heaps at round numbers (V12)
///
/// ## What it checks
/// Columns of whole numbers with at least 200 cells, 50 different values and a range of 20 steps: the share of the
/// multiples of 1000, 500, 100, 50, 10 or 5, against the share that chance gives them. Reported from 15 points above
/// chance up to 90 %; beyond that the column is simply in that step. Identifiers and prices are left out.
///
/// ## Why it matters
/// Part of the numbers were guessed, rounded or filled in; a model sees peaks where there are none, and a threshold
/// at a round number cuts through a heap.
///
/// ## Example
/// 31 % of `distance_m` are multiples of 500 where chance gives 0.2 %.
///
/// ## Proposed fix
/// None in place: bin the column at least as wide as its heaps, or find out where the rounded numbers come from.
pub struct RoundedNumbers {
    cells: OddCells,
    step: i64,
}

impl Violation for RoundedNumbers {
    const INFO: RuleInfo = RuleInfo {
        code: "V12",
        name_en: "Heaps at round numbers",
        name_zh: "整数堆积",
        dimension: Dimension::Validity,
        source: include_str!("rounded_numbers.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.cells)
    }

    fn message(&self) -> Bilingual {
        let step = self.step;
        self.cells.sentence(
            &format!("are multiples of {step}, far more than chance gives"),
            &format!("是 {step} 的倍数，远多于随机情形"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Part of the numbers were guessed or rounded; a model sees peaks where there are none.",
            "部分数值是估计或取整得来的；模型会看到并不存在的峰值。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "15 points above chance. Whipple's index of ages calls data very rough from 35 % of multiples of 5, 15 points above the 20 % of chance.",
            "高于随机 15 个百分点。衡量年龄的惠普尔指数以 5 的倍数占 35 %（高于随机的 20 % 共 15 个百分点）为“非常粗糙”。",
        )
    }
}

const LEAST_CELLS: u64 = 200;
const LEAST_VALUES: usize = 50;
/// Widest first, so that a heap at hundreds is not called one at tens.
const STEPS: [i64; 6] = [1_000, 500, 100, 50, 10, 5];
const LEAST_STEPS: i64 = 20;
/// Above chance: Whipple's index of 175 (United Nations, Demographic Yearbook 1962, ch. 1).
const ABOVE_CHANCE: f64 = 0.15;
const MOST_SHARE: f64 = 0.9;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let is_code = column.profile.kind == ColumnKind::Identifier
        || matches!(
            column.info.role,
            Role::User | Role::Item | Role::Session | Role::Category | Role::Price | Role::Label
        );
    let (distinct, cells) = (column.distinct, column.distinct.num_filled());
    let is_measured = column.info.dtype == ColumnType::Integer && !is_code && !column.name_has(&ID_WORDS);
    if !is_measured || cells < LEAST_CELLS || distinct.num_values() < LEAST_VALUES {
        return Ok(Vec::new());
    }
    let number = |row: u32| column.cells.key(row as usize).map_or(0, |key| key as i64);
    let values: Vec<i64> = distinct.first_row.iter().map(|&row| number(row)).collect();
    let (low, high) = (values.iter().min(), values.iter().max());
    let range = high.copied().unwrap_or(0).saturating_sub(low.copied().unwrap_or(0));
    for step in STEPS {
        // Zero is a number of its own, however numbers are rounded.
        let flagged: Vec<bool> = values.iter().map(|value| *value != 0 && value % step == 0).collect();
        let counts = flagged.iter().zip(&distinct.counts);
        let round: u64 = counts.filter(|(round, _)| **round).map(|(_, &n)| u64::from(n)).sum();
        let share = round as f64 / cells as f64;
        if range / step < LEAST_STEPS || share < ABOVE_CHANCE + 1.0 / step as f64 {
            continue;
        }
        // Nearly all: that is the unit of the column, and finer steps are met by the same numbers.
        if share > MOST_SHARE {
            return Ok(Vec::new());
        }
        let make = |cells| RoundedNumbers { cells, step };
        return Ok(odd_values(column, &flagged, Severity::Info, make));
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};
    use crate::engine::random::Draws;

    #[test]
    fn rounded_guesses_but_neither_chance_nor_a_coarse_unit() {
        let mut draws = Draws::new(8, &[]);
        let measured: Vec<i64> = (0..900).map(|_| 300 + draws.below(7_600) as i64).collect();
        let column = |of: &dyn Fn(usize, i64) -> i64| {
            Col::I(
                measured
                    .iter()
                    .enumerate()
                    .map(|(row, &value)| Some(of(row, value)))
                    .collect(),
            )
        };
        let guessed = column(&|row, value| if row % 3 == 0 { value / 100 * 100 } else { value });
        let found = findings(&table(vec![("distance", guessed)]), "V12");
        let expected = (0..900).filter(|row| row % 3 == 0 || measured[*row] % 100 == 0).count();
        assert_eq!((found.len(), found[0].count), (1, expected as u64));
        assert!(
            found[0].message.en.contains("multiples of 100"),
            "{}",
            found[0].message.en
        );
        for (name, numbers) in [
            ("distance", column(&|_, value| value)),
            ("distance", column(&|_, value| value / 100 * 100)),
            (
                "distance_id",
                column(&|row, value| if row % 3 == 0 { value / 100 * 100 } else { value }),
            ),
        ] {
            assert!(findings(&table(vec![(name, numbers)]), "V12").is_empty(), "{name}");
        }
    }
}
