//! K06: prices ten times or a tenth of what the item costs.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::NULL;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Price out of line with its item (K06)
///
/// ## What it checks
/// Rows whose price is at least ten times or at most a tenth of the median price of their item, for items with at
/// least three prices above 0.
///
/// ## Why it matters
/// Yuan and fen, or two currencies, in one column: revenue and price features are wrong by two orders of magnitude
/// for these rows.
///
/// ## Example
/// Item 1004856 costs 129.00, and 12,900 in 3 rows.
///
/// ## Proposed fix
/// None in place: find the unit, then repair the rows where the table is made.
pub struct PriceJumps(OddRows);

impl Violation for PriceJumps {
    const INFO: RuleInfo = RuleInfo {
        code: "K06",
        name_en: "Price out of line with its item",
        name_zh: "价格与商品不符",
        dimension: Dimension::Consistency,
        source: include_str!("price_jumps.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("priced rows", "有价格的", "行"),
            "are ten times dearer or cheaper than their item usually is",
            "价格是该商品通常价格的十倍以上或十分之一以下",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Two units or currencies in one column: revenue and price features are wrong by orders of magnitude.",
            "同一列里混了两种单位或币种：营收和价格特征会差几个数量级。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Ten times: no sale or price rise comes near, while a slip of unit is a hundred.",
            "十倍：促销和涨价达不到，而单位错误是一百倍。",
        )
    }
}

const FACTOR: f64 = 10.0;
const LEAST_PRICES: usize = 3;

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(item), Some(prices)) = (&context.log.item, context.log.price.as_deref()) else {
        return Ok(Outcome::missing_roles("item and price", "商品、价格"));
    };
    let is_priced = |row: usize| item.codes[row] != NULL && prices[row] > 0.0;
    let mut starts = vec![0_u32; item.num + 1];
    for row in (0..prices.len()).filter(|&row| is_priced(row)) {
        starts[item.codes[row] as usize + 1] += 1;
    }
    for code in 1..starts.len() {
        starts[code] += starts[code - 1];
    }
    context.progress.check()?;
    let mut next = starts.clone();
    let mut grouped = vec![0.0_f64; starts.last().map_or(0, |&end| end as usize)];
    for row in (0..prices.len()).filter(|&row| is_priced(row)) {
        let place = &mut next[item.codes[row] as usize];
        grouped[*place as usize] = prices[row];
        *place += 1;
    }
    context.progress.check()?;
    let medians: Vec<f64> = starts
        .windows(2)
        .map(|bounds| median(&mut grouped[bounds[0] as usize..bounds[1] as usize]))
        .collect();
    let is_odd = |row: usize| {
        let usual = if is_priced(row) {
            medians[item.codes[row] as usize]
        } else {
            f64::NAN
        };
        prices[row] >= FACTOR * usual || prices[row] * FACTOR <= usual
    };
    let rows: Vec<u32> = (0..prices.len())
        .filter(|&row| is_odd(row))
        .map(|row| row as u32)
        .collect();
    let column = context.column_name(Role::Price);
    let of = grouped.len() as u64;
    Ok(odd_log_rows(
        context,
        (rows, of),
        column.as_deref(),
        Severity::Warning,
        PriceJumps,
    ))
}

/// The lower median; not a number where there are too few prices to know the usual one.
fn median(prices: &mut [f64]) -> f64 {
    if prices.len() < LEAST_PRICES {
        return f64::NAN;
    }
    let middle = (prices.len() - 1) / 2;
    *prices.select_nth_unstable_by(middle, f64::total_cmp).1
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn a_slip_of_unit_but_not_a_sale() {
        let items = vec![Some(1), Some(1), Some(1), Some(1), Some(2), Some(2), Some(1), Some(1)];
        let prices = [12.0, 12.0, 1_200.0, 6.0, 5.0, 500.0, 1.2, -12.0];
        let prices = prices.map(Some).to_vec();
        let data = table(vec![("item", Col::I(items)), ("price", Col::F(prices))]);
        // Item 2 has two prices only; a negative price is another check's.
        assert_eq!(findings(&data, "K06")[0].rows.as_slice(), [2, 6]);
    }
}
