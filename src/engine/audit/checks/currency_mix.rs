//! K07: amounts in several currencies.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Mixed currencies (K07)
///
/// ## What it checks
/// A currency column (by its name) beside a price column: the rows in another currency than the main one, where the
/// main one has at least 60 %.
///
/// ## Why it matters
/// Prices in yen and in yuan differ by a factor of twenty; averages, price features and revenue over both mean
/// nothing.
///
/// ## Example
/// 35 of 12,000 orders are in USD, the others in CNY.
///
/// ## Proposed fix
/// None in place: convert the amounts, or keep one currency.
pub struct CurrencyMix(OddCells);

impl Violation for CurrencyMix {
    const INFO: RuleInfo = RuleInfo {
        code: "K07",
        name_en: "Mixed currencies",
        name_zh: "币种混杂",
        dimension: Dimension::Consistency,
        source: include_str!("currency_mix.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0
            .sentence("are in another currency than the rest", "与其余行币种不同")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Amounts in different currencies cannot be added or compared; averages and price features over both mean nothing.",
            "不同币种的金额不能相加或比较；混在一起的均值和价格特征没有意义。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any row in another currency than that of at least 60 % of the rows.",
            "主币种占 60 % 以上时，其余即报告。",
        )
    }
}

const MAIN_SHARE: f64 = 0.6;
const CURRENCY_WORDS: [&str; 4] = ["currency", "ccy", "币种", "货币"];

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let has_price = column.context.dataset.column_with_role(Role::Price).is_some();
    if !has_price || column.info.dtype != ColumnType::Text || !column.name_has(&CURRENCY_WORDS) {
        return Ok(Vec::new());
    }
    let most = column.distinct.counts.iter().copied().max().unwrap_or(0);
    if f64::from(most) < MAIN_SHARE * column.distinct.num_filled() as f64 {
        return Ok(Vec::new());
    }
    let flagged: Vec<bool> = column.distinct.counts.iter().map(|&count| count != most).collect();
    Ok(odd_values(column, &flagged, Severity::Warning, CurrencyMix))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn the_rows_in_another_currency() {
        let mut codes = vec![Some("CNY"); 20];
        codes[4] = Some("USD");
        let price = || ("price", Col::F(vec![Some(1.5); 20]));
        let found = findings(&table(vec![price(), ("currency", Col::S(codes.clone()))]), "K07");
        assert_eq!(found[0].rows.as_slice(), [4]);
        assert!(
            findings(&table(vec![("currency", Col::S(codes))]), "K07").is_empty(),
            "no amounts"
        );
        let half: Vec<Option<&str>> = (0..20)
            .map(|row| Some(if row % 2 == 0 { "CNY" } else { "USD" }))
            .collect();
        assert!(
            findings(&table(vec![price(), ("currency", Col::S(half))]), "K07").is_empty(),
            "two markets"
        );
    }
}
