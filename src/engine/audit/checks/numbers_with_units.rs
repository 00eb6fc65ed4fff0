//! V09: numbers that a unit turns into text.

use crate::engine::artifact::{Bilingual, ColumnType, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Numbers with units as text (V09)
///
/// ## What it checks
/// Text columns of which at least 95 % of the cells are a number followed by a unit of a known list (kg, cm, ml, %,
/// 元, 件 and the like).
///
/// ## Why it matters
/// The column cannot be averaged, compared or scaled, and `900 g` sorts before `1 kg` as text.
///
/// ## Example
/// `weight` is `1.25 kg` in all rows.
///
/// ## Proposed fix
/// None in place: split number and unit where the table is made; mixed units must be converted first.
pub struct NumbersWithUnits(OddCells);

impl Violation for NumbersWithUnits {
    const INFO: RuleInfo = RuleInfo {
        code: "V09",
        name_en: "Numbers with units as text",
        name_zh: "带单位的数字存成文本",
        dimension: Dimension::Validity,
        source: include_str!("numbers_with_units.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("are numbers with a unit", "是带单位的数字")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "As text the numbers cannot be averaged, compared or scaled.",
            "作为文本，这些数字无法求均值、比较或缩放。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "95 % of the cells, as for reading a column as numbers; only units of a known list, so that sizes and codes are not taken for numbers.",
            "占 95 % 以上（与读取数字列的标准相同），且仅限已知单位，以免把尺码和编码当成数字。",
        )
    }
}

const UNITS: [&str; 36] = [
    "kg", "g", "mg", "lb", "lbs", "oz", "km", "m", "cm", "mm", "ml", "l", "ms", "min", "h", "gb", "mb", "tb", "w",
    "kw", "v", "%", "usd", "eur", "cny", "rmb", "元", "件", "个", "克", "千克", "公斤", "米", "厘米", "毫升", "升",
];
const SHARE: f64 = 0.95;
const LEAST_CELLS: u64 = 50;
const LEAST_VALUES: usize = 10;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let cells = column.distinct.num_filled();
    if column.info.dtype != ColumnType::Text || cells < LEAST_CELLS || column.distinct.num_values() < LEAST_VALUES {
        return Ok(Vec::new());
    }
    let flagged = column.flag_texts(has_unit);
    let counts = flagged.iter().zip(&column.distinct.counts);
    let with_unit: u64 = counts.filter(|(unit, _)| **unit).map(|(_, &n)| u64::from(n)).sum();
    if (with_unit as f64) < SHARE * cells as f64 {
        return Ok(Vec::new());
    }
    Ok(odd_values(column, &flagged, Severity::Warning, NumbersWithUnits))
}

fn has_unit(text: &str) -> bool {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+')));
    let Some((number, unit)) = end.map(|end| text.split_at(end)) else {
        return false;
    };
    number.parse::<f64>().is_ok() && UNITS.contains(&unit.trim().to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn a_column_of_weights_but_not_of_sizes() {
        let weights: Vec<String> = (0..80).map(|row| format!("{}.5 kg", row % 30)).collect();
        let sizes: Vec<String> = (0..80).map(|row| format!("{}EU", 30 + row % 12)).collect();
        let cells = |texts: &'static [String]| texts.iter().map(|text| Some(text.as_str())).collect();
        let (weights, sizes) = (weights.leak(), sizes.leak());
        let data = table(vec![("weight", Col::S(cells(weights))), ("size", Col::S(cells(sizes)))]);
        let found = findings(&data, "V09");
        assert_eq!(
            (found.len(), found[0].count, found[0].column.as_deref()),
            (1, 80, Some("weight"))
        );
    }
}
