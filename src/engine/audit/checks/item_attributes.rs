//! K05: items with several brands or categories.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::{Distinct, NULL};
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Item attributes that contradict (K05)
///
/// ## What it checks
/// Rows whose brand or category differs from the one their item has in most rows: items with at least three rows,
/// where the usual value has at least twice as many as the other. Only where at least 95 % of the rows agree with
/// their item, so that the attribute belongs to it.
///
/// ## Why it matters
/// The same item counts under two categories: shares, conversion by category and category features are wrong for
/// both.
///
/// ## Example
/// Item 1004856 is `samsung` in 812 rows and `oppo` in one.
///
/// ## Proposed fix
/// None in place: join the attribute from one item table.
pub struct ItemAttributes(OddRows);

impl Violation for ItemAttributes {
    const INFO: RuleInfo = RuleInfo {
        code: "K05",
        name_en: "Item attributes that contradict",
        name_zh: "商品属性矛盾",
        dimension: Dimension::Consistency,
        source: include_str!("item_attributes.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("rows with an attribute of their item", "带商品属性的", "行"),
            "contradict the item's usual brand or category",
            "与该商品通常的品牌或类目矛盾",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "The same item counts under two categories: shares, conversions and features are wrong for both.",
            "同一商品被计入两个类目，两边的占比、转化和特征都会出错。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Twice as many rows for the usual value leave no doubt which one is the slip.",
            "通常取值的行数至少是另一取值的两倍，足以判断哪个是错的。",
        )
    }
}

/// Share of the rows that must agree with their item for the attribute to belong to it.
const AGREEING_ROWS: f64 = 0.95;

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let Some(item) = &context.log.item else {
        return Ok(Outcome::missing_roles("item", "商品"));
    };
    let (mut all, mut rows, mut judged) = (0_u64, Vec::new(), Vec::new());
    for role in [Role::Brand, Role::Category] {
        let Some(index) = context.dataset.column_with_role(role) else {
            continue;
        };
        judged.push(context.dataset.info.columns[index].name.clone());
        let values = context.distinct(index)?;
        if let Some(odd) = contradicting(&item.codes, item.num, &values) {
            rows.extend(odd);
        }
        all = all.max(values.num_filled());
    }
    if judged.is_empty() {
        return Ok(Outcome::missing_roles("brand or category", "品牌或类目"));
    }
    rows.sort_unstable();
    rows.dedup();
    Ok(odd_log_rows(
        context,
        (rows, all),
        None,
        Severity::Warning,
        ItemAttributes,
    ))
}

/// Rows whose value is not their item's usual one; `None` where the attribute does not belong to the item.
fn contradicting(items: &[u32], num_items: usize, values: &Distinct) -> Option<Vec<u32>> {
    // Majority vote of Boyer and Moore, then a count of what it found.
    let mut vote: Vec<(u32, u32)> = vec![(NULL, 0); num_items];
    for (&item, &value) in items.iter().zip(values.codes.iter()) {
        if item == NULL || value == NULL {
            continue;
        }
        let (candidate, lead) = &mut vote[item as usize];
        match (*candidate == value, *lead) {
            (true, _) => *lead += 1,
            (false, 0) => (*candidate, *lead) = (value, 1),
            (false, _) => *lead -= 1,
        }
    }
    let mut counts: Vec<(u32, u32)> = vec![(0, 0); num_items];
    for (&item, &value) in items.iter().zip(values.codes.iter()) {
        if item != NULL && value != NULL {
            let (usual, other) = &mut counts[item as usize];
            *(if vote[item as usize].0 == value { usual } else { other }) += 1;
        }
    }
    let (agreeing, others) = counts
        .iter()
        .fold((0_u64, 0_u64), |(agreeing, others), (usual, other)| {
            (agreeing + u64::from(*usual), others + u64::from(*other))
        });
    if (agreeing as f64) < AGREEING_ROWS * (agreeing + others) as f64 {
        return None;
    }
    let is_clear = |(usual, other): (u32, u32)| usual + other >= 3 && usual >= 2 * other;
    let is_odd = |row: &u32| {
        let (item, value) = (items[*row as usize], values.codes[*row as usize]);
        item != NULL && value != NULL && vote[item as usize].0 != value && is_clear(counts[item as usize])
    };
    Some((0..items.len() as u32).filter(is_odd).collect())
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    fn brands(of: impl Fn(i64) -> &'static str) -> Vec<Option<&'static str>> {
        (0..400).map(|row| Some(of(row))).collect()
    }

    #[test]
    fn a_slip_of_an_item_but_not_a_shared_attribute() {
        let items = || ("item", Col::I((0..400).map(|row| Some(row % 100)).collect()));
        let usual = |row: i64| if row % 100 < 50 { "lumio" } else { "kestrel" };
        let mut cells = brands(usual);
        cells[107] = Some("kestrel");
        cells[30] = None;
        let found = findings(&table(vec![items(), ("brand", Col::S(cells))]), "K05");
        assert_eq!(found[0].rows.as_slice(), [107]);
        // The seller changes from row to row: not the item's own.
        let sellers = brands(|row| if row % 3 == 0 { "lumio" } else { "kestrel" });
        assert!(findings(&table(vec![items(), ("brand", Col::S(sellers))]), "K05").is_empty());
    }

    #[test]
    fn two_rows_that_differ_decide_nothing() {
        let mut items: Vec<Option<i64>> = (0..100).map(|row| Some(row / 2)).collect();
        items[1] = Some(0);
        let mut cells: Vec<Option<&str>> = vec![Some("lumio"); 100];
        cells[1] = Some("kestrel");
        assert!(findings(&table(vec![("item", Col::I(items)), ("brand", Col::S(cells))]), "K05").is_empty());
    }
}
