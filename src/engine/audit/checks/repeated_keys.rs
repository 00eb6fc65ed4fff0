//! U05: identifiers that are nearly but not quite unique.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::column_words::name_has;
use crate::engine::audit::context::Context;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::repeated_ids::repeated_ids;
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Repeated identifiers (U05)
///
/// ## What it checks
/// Columns named like an identifier (id, no, key, 编号) that are not of users, items or sessions, in tables without
/// events: where at least 98 % of the cells are different, the rows that repeat an earlier one with other content.
///
/// ## Why it matters
/// What is meant to name one row names two: a join on it multiplies rows, and sums count twice.
///
/// ## Example
/// `order_id` repeats in 6 of 3,000 rows.
///
/// ## Proposed fix
/// None in place: find out whether the rows belong together or the identifier was given twice.
pub struct RepeatedKeys(OddRows);

impl Violation for RepeatedKeys {
    const INFO: RuleInfo = RuleInfo {
        code: "U05",
        name_en: "Repeated identifiers",
        name_zh: "标识重复",
        dimension: Dimension::Uniqueness,
        source: include_str!("repeated_keys.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("rows with an identifier", "带标识的", "行"),
            "repeat the identifier of an earlier row",
            "重复了之前某行的标识",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "What is meant to name one row names two: joins multiply rows, and sums count twice.",
            "本应指一行的标识指了两行：关联会使行数膨胀，合计会重复。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "98 % of different values show that the column is meant to be unique.",
            "98 % 的取值不同，说明该列本应唯一。",
        )
    }
}

const KEY_WORDS: [&str; 9] = ["id", "no", "key", "uuid", "number", "编号", "单号", "主键", "流水号"];

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    if context.log.event.is_some() {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "in a log of events U04 looks at identifiers",
            "行为日志的标识由 U04 检查",
        )));
    }
    let Some(repeats) = repeated_ids(context, |name| name_has(name, &KEY_WORDS))? else {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs a column of identifiers that is nearly unique",
            "需要近乎唯一的标识列",
        )));
    };
    let rows = (repeats.rows, repeats.filled);
    Ok(odd_log_rows(
        context,
        rows,
        Some(&repeats.column),
        Severity::Warning,
        RepeatedKeys,
    ))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn nearly_unique_identifiers_only() {
        let mut orders: Vec<Option<i64>> = (0..200).map(|row| Some(7_000 + row)).collect();
        orders[90] = Some(7_010);
        let amounts = || ("amount", Col::I((0..200).map(Some).collect()));
        let found = findings(&table(vec![("order_id", Col::I(orders)), amounts()]), "U05");
        assert_eq!(found[0].rows.as_slice(), [90]);
        let shared: Vec<Option<i64>> = (0..200).map(|row| Some(row / 2)).collect();
        assert!(findings(&table(vec![("shop_id", Col::I(shared)), amounts()]), "U05").is_empty());
    }
}
