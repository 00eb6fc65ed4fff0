//! K10: totals that are not price times quantity.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::column_words::name_has;
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::ingest::dataset::ColumnInfo;
use crate::engine::progress::Cancelled;

/// Total that does not add up (K10)
///
/// ## What it checks
/// A column named total or amount beside columns with the roles price and quantity: where it equals price times
/// quantity (to the cent) in at least 95 % of the rows, the rows in which it does not.
///
/// ## Why it matters
/// One of the three numbers is wrong, and revenue depends on which one is used.
///
/// ## Example
/// `amount` is not `unit_price` times `quantity` in 5 of 3,000 orders.
///
/// ## Proposed fix
/// None: which of the three is wrong is unknown.
pub struct Totals(OddRows);

impl Violation for Totals {
    const INFO: RuleInfo = RuleInfo {
        code: "K10",
        name_en: "Total that does not add up",
        name_zh: "金额不等于单价乘数量",
        dimension: Dimension::Consistency,
        source: include_str!("totals.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("rows with price, quantity and total", "有单价、数量和金额的", "行"),
            "do not add up",
            "三者不相符",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "One of the three numbers is wrong, and revenue depends on which one is used.",
            "三个数字中有一个是错的，营收取决于用哪一个。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "95 % of the rows add up to the cent, so the total is meant to.",
            "95 % 的行精确到分相符，说明本应相等。",
        )
    }
}

const TOTAL_WORDS: [&str; 6] = ["total", "amount", "subtotal", "金额", "总价", "小计"];
const EQUAL_SHARE: f64 = 0.95;
const LEAST_ROWS: u64 = 50;

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(prices), Some(quantities)) = (context.log.price.as_deref(), context.log.quantity.as_deref()) else {
        return Ok(Outcome::missing_roles("price and quantity", "价格、数量"));
    };
    let is_total = |column: &&ColumnInfo| {
        let is_number = matches!(column.dtype, ColumnType::Integer | ColumnType::Float);
        is_number && !matches!(column.role, Role::Price | Role::Quantity) && name_has(&column.name, &TOTAL_WORDS)
    };
    let Some(total) = context.dataset.info.columns.iter().find(is_total) else {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs a column of totals",
            "需要金额列",
        )));
    };
    let Some(index) = context.dataset.column_index(&total.name) else {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs a column of totals",
            "需要金额列",
        )));
    };
    let cells = context.columns[index].cells();
    let (mut all, mut rows) = (0_u64, Vec::new());
    for row in 0..prices.len() {
        let (product, total) = (prices[row] * quantities[row], cells.number(row));
        let Some(total) = total.filter(|_| product.is_finite()) else {
            continue;
        };
        all += 1;
        // Half a cent, and the rounding of very large sums.
        if (total - product).abs() > 0.005_000_1 + 1e-9 * total.abs() {
            rows.push(row as u32);
        }
    }
    if all < LEAST_ROWS || (all - rows.len() as u64) as f64 / (all as f64) < EQUAL_SHARE {
        return Ok(Outcome::Checked(Vec::new()));
    }
    Ok(odd_log_rows(
        context,
        (rows, all),
        Some(&total.name),
        Severity::Warning,
        Totals,
    ))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn totals_that_mostly_add_up() {
        let prices: Vec<Option<f64>> = (0..100).map(|row| Some(1.25 + f64::from(row))).collect();
        let quantities: Vec<Option<i64>> = (0..100).map(|row| Some(1 + row % 3)).collect();
        let mut totals: Vec<Option<f64>> = (0..100)
            .map(|row| Some((1.25 + f64::from(row)) * f64::from(1 + row % 3)))
            .collect();
        totals[7] = totals[7].map(|total| total + 0.01);
        totals[8] = None;
        let data = |totals: Vec<Option<f64>>| {
            table(vec![
                ("price", Col::F(prices.clone())),
                ("quantity", Col::I(quantities.clone())),
                ("amount", Col::F(totals)),
            ])
        };
        assert_eq!(findings(&data(totals.clone()), "K10")[0].rows.as_slice(), [7]);
        let with_tax = totals.iter().map(|total| total.map(|total| total * 1.13)).collect();
        assert!(findings(&data(with_tax), "K10").is_empty());
    }
}
