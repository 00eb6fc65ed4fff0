//! C02: columns that carry no information.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding, Unit};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::rule::{Extent, RuleInfo, Violation, finding};
use crate::engine::audit::wording::{shortened, thousands};
use crate::engine::progress::Cancelled;

/// Constant or empty column (C02)
///
/// ## What it checks
/// A column that holds the same value in every row, or no value at all. A column with one value and gaps is
/// not constant: presence itself may say something.
///
/// ## Why it matters
/// It cannot separate anything, so a model learns nothing from it; often it shows that an export lost a field
/// or that a filter was left on.
///
/// ## Example
/// `country` is `CN` in all 77,628 rows.
///
/// ## Proposed fix
/// Drop the column.
pub struct ConstantColumn {
    column: String,
    value: Option<String>,
    rows: u64,
}

impl Violation for ConstantColumn {
    const INFO: RuleInfo = RuleInfo {
        code: "C02",
        name_en: "Constant or empty column",
        name_zh: "常量列或空列",
        dimension: Dimension::Completeness,
        source: include_str!("constant.rs"),
    };

    fn title(&self) -> Bilingual {
        match self.value {
            Some(_) => Bilingual::new(
                format!("{} is constant", self.column),
                format!("{} 只有一个值", self.column),
            ),
            None => Bilingual::new(format!("{} is empty", self.column), format!("{} 全为空", self.column)),
        }
    }

    fn message(&self) -> Bilingual {
        let (column, rows) = (&self.column, thousands(self.rows));
        match &self.value {
            Some(value) => Bilingual::new(
                format!("{column} is “{value}” in all {rows} rows."),
                format!("{column} 在全部 {rows} 行中都是“{value}”。"),
            ),
            None => Bilingual::new(
                format!("{column} holds no value in any of the {rows} rows."),
                format!("{column} 在全部 {rows} 行中都没有值。"),
            ),
        }
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "It cannot separate anything; often an export lost the field or a filter was left on.",
            "它无法区分任何样本；常见原因是导出时丢了字段，或忘了关掉筛选。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new("Exactly one value, or none.", "恰好一个值，或一个也没有。")
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::DropColumn {
            column: self.column.clone(),
        };
        Some((fix, Bilingual::new("Drop the column", "删除该列")))
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let (num_rows, distinct) = (column.num_rows(), column.distinct);
    let is_empty = distinct.num_values() == 0 && column.info.invalid == 0;
    let is_constant = distinct.num_values() == 1 && distinct.nulls == 0;
    if num_rows < 2 || !(is_empty || is_constant) {
        return Ok(Vec::new());
    }
    let violation = ConstantColumn {
        column: column.info.name.clone(),
        value: is_constant.then(|| shortened(&column.value_of(0).to_string(), 60)),
        rows: num_rows as u64,
    };
    // One event type or one session is a fact about the log, not a broken column.
    let plausible = is_constant && matches!(column.info.role, Role::Event | Role::Session | Role::Time | Role::User);
    let extent = Extent {
        severity: if plausible { Severity::Info } else { Severity::Warning },
        column: Some(column.info.name.clone()),
        count: 1,
        unit: Unit::Columns,
        share: Some(1.0 / column.context.columns.len() as f64),
        rows: (0..num_rows as u32).collect(),
    };
    Ok(vec![finding(column.context, &violation, extent)])
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn one_value_or_none_but_not_one_value_with_gaps() {
        let data = table(vec![
            ("a", Col::I(vec![Some(1), Some(1), Some(1)])),
            ("b", Col::S(vec![None, None, None])),
            ("c", Col::B(vec![Some(true), None, Some(true)])),
            ("d", Col::F(vec![Some(0.5), Some(0.25), Some(0.5)])),
        ]);
        let found = findings(&data, "C02");
        let columns: Vec<&str> = found.iter().filter_map(|finding| finding.column.as_deref()).collect();
        assert_eq!(columns, ["a", "b"]);
        assert!(
            findings(&table(vec![("a", Col::I(vec![Some(1)]))]), "C02").is_empty(),
            "one row says nothing"
        );
    }
}
