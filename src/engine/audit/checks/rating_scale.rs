//! V06: ratings outside the scale of the others.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Rating out of its scale (V06)
///
/// ## What it checks
/// The column with role rating: cells outside the smallest usual scale (1–5, 0–5, 1–10, 0–10, 0–100) that holds at
/// least 98 % of them.
///
/// ## Why it matters
/// A 9 on a scale of five moves the mean of an item with few ratings by more than any customer could.
///
/// ## Example
/// `rating` is 9 in 4 of 3,000 rows; the others are 1 to 5.
///
/// ## Proposed fix
/// Empty these cells: what was meant is unknown.
pub struct RatingOutOfScale(OddCells);

impl Violation for RatingOutOfScale {
    const INFO: RuleInfo = RuleInfo {
        code: "V06",
        name_en: "Rating out of its scale",
        name_zh: "评分超出量表",
        dimension: Dimension::Validity,
        source: include_str!("rating_scale.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0
            .sentence("are out of the scale of the others", "超出其余评分的量表")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A 9 on a scale of five moves the mean of an item with few ratings by more than any customer could.",
            "五分制里出现 9 分，会让评分少的商品均值大幅偏离。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "98 % of the cells decide the scale; the rest are slips.",
            "由 98 % 的单元格决定量表，其余为笔误。",
        )
    }
}

const SCALES: [(f64, f64); 5] = [(1.0, 5.0), (0.0, 5.0), (1.0, 10.0), (0.0, 10.0), (0.0, 100.0)];
/// Share of the cells that must lie on a scale for it to be the column's.
const ON_SCALE: f64 = 0.98;
const LEAST_CELLS: u64 = 50;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let cells = column.distinct.num_filled();
    if column.info.role != Role::Rating || cells < LEAST_CELLS {
        return Ok(Vec::new());
    }
    let off_scale = |(low, high): (f64, f64)| {
        let flagged = column.flag_numbers(|value| !(low..=high).contains(&value));
        let counts = flagged.iter().zip(&column.distinct.counts);
        let off: u64 = counts.filter(|(odd, _)| **odd).map(|(_, &n)| u64::from(n)).sum();
        (flagged, off)
    };
    let scale = SCALES
        .into_iter()
        .map(off_scale)
        .find(|(_, off)| (cells - off) as f64 >= ON_SCALE * cells as f64);
    let Some((flagged, _)) = scale else {
        return Ok(Vec::new());
    };
    Ok(odd_values(column, &flagged, Severity::Warning, RatingOutOfScale))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn the_scale_is_what_nearly_all_ratings_are_on() {
        let mut ratings: Vec<Option<i64>> = (0..200).map(|row| Some(1 + row % 5)).collect();
        assert!(findings(&table(vec![("rating", Col::I(ratings.clone()))]), "V06").is_empty());
        ratings[8] = Some(9);
        ratings[9] = Some(-1);
        assert_eq!(
            findings(&table(vec![("rating", Col::I(ratings))]), "V06")[0]
                .rows
                .as_slice(),
            [8, 9]
        );
        let ten: Vec<Option<i64>> = (0..200).map(|row| Some(1 + row % 10)).collect();
        assert!(findings(&table(vec![("rating", Col::I(ten))]), "V06").is_empty());
    }
}
