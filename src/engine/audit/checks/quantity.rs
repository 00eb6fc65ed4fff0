//! V04: quantities of zero and below.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::cells::Value;
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::fix::{Condition, Fix};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Quantity zero or negative (V04)
///
/// ## What it checks
/// Rows whose quantity (the column with role quantity) is 0 or below.
///
/// ## Why it matters
/// Returns and cancellations booked as negative sales lower every total, and as events they teach a model the
/// opposite of what happened.
///
/// ## Example
/// `Quantity` is -12 in an invoice that starts with C.
///
/// ## Proposed fix
/// Drop the rows, or keep returns as events of their own.
pub struct QuantityNotPositive(OddCells);

impl Violation for QuantityNotPositive {
    const INFO: RuleInfo = RuleInfo {
        code: "V04",
        name_en: "Quantity zero or negative",
        name_zh: "数量为零或负数",
        dimension: Dimension::Validity,
        source: include_str!("quantity.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("are zero or negative", "为零或负数")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Returns booked as negative sales lower every total, and teach a model the opposite of what happened.",
            "把退货记成负销量会拉低所有合计，并让模型学到相反的事实。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any quantity at or below 0: what is sold has a quantity.",
            "任何小于等于 0 的数量：成交必有数量。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::DropRows {
            condition: Condition::LessOrEqual {
                column: self.0.column.clone(),
                value: Value::Integer(0),
            },
        };
        Some((fix, Bilingual::new("Drop these rows", "删除这些行")))
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    if column.info.role != Role::Quantity {
        return Ok(Vec::new());
    }
    let flagged = column.flag_numbers(|value| value <= 0.0);
    Ok(odd_values(column, &flagged, Severity::Warning, QuantityNotPositive))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn zero_and_negative_quantities_of_the_role_only() {
        let quantities = vec![Some(2), Some(0), Some(-3), None, Some(1)];
        let data = table(vec![
            ("quantity", Col::I(quantities.clone())),
            ("change", Col::I(quantities)),
        ]);
        let found = findings(&data, "V04");
        assert_eq!((found.len(), found[0].rows.as_slice()), (1, &[1, 2][..]));
    }
}
