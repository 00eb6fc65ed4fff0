//! V05: numbers far from all others.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::column_words::ID_WORDS;
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Outliers (V05)
///
/// ## What it checks
/// Columns of positive numbers: values whose logarithm lies more than 8 robust standard deviations (1.4826 times
/// the median absolute deviation) from the median logarithm. At least 200 cells, 20 different values, and at most 1
/// % of outliers; identifiers are left out.
///
/// ## Why it matters
/// One value a thousand times too large decides a mean, a variance and a scaled feature.
///
/// ## Example
/// `latency_ms` is 4,100,000 in 3 rows where half of the rows are below 171.
///
/// ## Proposed fix
/// Clip the column at the outermost ordinary value.
pub struct Outliers(OddCells);

impl Violation for Outliers {
    const INFO: RuleInfo = RuleInfo {
        code: "V05",
        name_en: "Outliers",
        name_zh: "离群值",
        dimension: Dimension::Validity,
        source: include_str!("outliers.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("are outliers", "为离群值")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "One value a thousand times too large decides a mean, a variance and a scaled feature.",
            "一个大一千倍的值就能左右均值、方差和缩放后的特征。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "8 robust standard deviations on the logarithm: prices, durations and counts have long tails, and 5 are not rare among millions. Median and MAD are not moved by the outliers themselves (Iglewicz & Hoaglin 1993).",
            "对数尺度上 8 个稳健标准差：价格、时长和计数天然长尾，数百万行中 5 倍并不罕见。中位数和 MAD 不受离群值本身影响（Iglewicz & Hoaglin 1993）。",
        )
    }
}

/// Cells and different values needed before a distribution is judged.
const LEAST_CELLS: u64 = 200;
const LEAST_VALUES: usize = 20;
/// Robust standard deviations from the median; see the threshold's words.
const LIMIT: f64 = 8.0;
/// More than this share of outliers is a second population, not a mistake.
const MOST_SHARE: f64 = 0.01;
/// Share of the cells that must be positive for logarithms to describe the column.
const POSITIVE_SHARE: f64 = 0.995;
/// The factor that makes the MAD of normal data its standard deviation.
const MAD_TO_SIGMA: f64 = 1.4826;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let is_number = matches!(column.info.dtype, ColumnType::Integer | ColumnType::Float);
    let is_code = matches!(
        column.info.role,
        Role::User | Role::Item | Role::Session | Role::Category | Role::Label
    );
    let cells = column.distinct.num_filled();
    if !is_number || is_code || column.name_has(&ID_WORDS) || cells < LEAST_CELLS {
        return Ok(Vec::new());
    }
    let Some((low, high)) = ordinary_range(column) else {
        return Ok(Vec::new());
    };
    let flagged = column.flag_numbers(|value| value > 0.0 && !(low..=high).contains(&value.ln()));
    let counts = flagged.iter().zip(&column.distinct.counts);
    let outliers: u64 = counts.filter(|(odd, _)| **odd).map(|(_, &n)| u64::from(n)).sum();
    if outliers as f64 > MOST_SHARE * cells as f64 {
        return Ok(Vec::new());
    }
    Ok(odd_values(column, &flagged, Severity::Warning, Outliers))
}

/// The logarithms that are not outliers; `None` where the column is not one positive population.
fn ordinary_range(column: &ColumnContext<'_>) -> Option<(f64, f64)> {
    let mut logs: Vec<(f64, u64)> = Vec::with_capacity(column.distinct.num_values());
    for (&row, &count) in column.distinct.first_row.iter().zip(&column.distinct.counts) {
        let value = column.cells.number(row as usize)?;
        if value.is_finite() && value > 0.0 {
            logs.push((value.ln(), u64::from(count)));
        }
    }
    let positive: u64 = logs.iter().map(|(_, count)| count).sum();
    if logs.len() < LEAST_VALUES || (positive as f64) < POSITIVE_SHARE * column.distinct.num_filled() as f64 {
        return None;
    }
    let median = weighted_median(&mut logs, positive);
    let mut deviations: Vec<(f64, u64)> = logs.iter().map(|&(log, n)| ((log - median).abs(), n)).collect();
    let sigma = MAD_TO_SIGMA * weighted_median(&mut deviations, positive);
    (sigma > 0.0).then_some((median - LIMIT * sigma, median + LIMIT * sigma))
}

/// The lower median of values that occur `count` times each.
fn weighted_median(values: &mut [(f64, u64)], total: u64) -> f64 {
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let mut passed = 0;
    for &(value, count) in values.iter() {
        passed += count;
        if passed * 2 >= total {
            return value;
        }
    }
    0.0
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};
    use crate::engine::random::Draws;

    #[test]
    fn a_thousandfold_slip_but_no_long_tail() {
        let mut draws = Draws::new(4, &[]);
        let mut values: Vec<Option<f64>> = (0..1_000).map(|_| Some((5.0 + 0.4 * draws.normal()).exp())).collect();
        assert!(findings(&table(vec![("latency", Col::F(values.clone()))]), "V05").is_empty());
        values[17] = Some(150_000.0);
        values[400] = Some(0.1);
        let found = findings(&table(vec![("latency", Col::F(values))]), "V05");
        assert_eq!(found[0].rows.as_slice(), [17, 400]);
        let tail: Vec<Option<f64>> = (0..1_000).map(|_| Some((1.5 * draws.normal()).exp())).collect();
        assert!(findings(&table(vec![("spend", Col::F(tail))]), "V05").is_empty());
    }
}
