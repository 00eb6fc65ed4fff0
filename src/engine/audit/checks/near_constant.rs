//! C07: columns that hold one value in nearly every row.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::wording::shortened;
use crate::engine::progress::Cancelled;

/// Nearly constant column (C07)
///
/// ## What it checks
/// Columns of at least 200 filled cells of which at least 99 % hold one value; the finding's rows are the others.
/// Labels, event types and columns of people, items, sessions and times are left out.
///
/// ## Why it matters
/// The few other rows decide all that a feature of this column can say; a split or a fold may hold none of them.
///
/// ## Example
/// `channel` is `app` in 9,980 of 10,000 rows.
///
/// ## Proposed fix
/// Drop the column.
pub struct NearConstant {
    cells: OddCells,
    usual: String,
}

impl Violation for NearConstant {
    const INFO: RuleInfo = RuleInfo {
        code: "C07",
        name_en: "Nearly constant column",
        name_zh: "近乎常量的列",
        dimension: Dimension::Completeness,
        source: include_str!("near_constant.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.cells)
    }

    fn message(&self) -> Bilingual {
        let usual = &self.usual;
        self.cells.sentence(
            &format!("are not “{usual}” like all others"),
            &format!("与其余单元格的“{usual}”不同"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "The few other rows decide all that a feature of this column can say; a fold may hold none of them.",
            "该列特征的全部信息取决于这几行；某一折里可能一行都没有。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "99 % in one value: what is left is too few rows to estimate an effect in each of ten folds.",
            "99 % 为同一取值：剩余的行太少，不足以在十折的每一折中估计效应。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::DropColumn {
            column: self.cells.column.clone(),
        };
        Some((fix, Bilingual::new("Drop the column", "删除该列")))
    }
}

const LEAST_CELLS: u64 = 200;
const USUAL_SHARE: f64 = 0.99;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let has_a_meaning = matches!(
        column.info.role,
        Role::User | Role::Item | Role::Session | Role::Event | Role::Time | Role::Label | Role::Variant
    );
    let (distinct, cells) = (column.distinct, column.distinct.num_filled());
    if has_a_meaning || cells < LEAST_CELLS || distinct.num_values() < 2 {
        return Ok(Vec::new());
    }
    let counts = distinct.counts.iter().enumerate();
    let Some((usual, most)) = counts.max_by_key(|(_, count)| **count) else {
        return Ok(Vec::new());
    };
    if f64::from(*most) < USUAL_SHARE * cells as f64 {
        return Ok(Vec::new());
    }
    let flagged: Vec<bool> = (0..distinct.num_values()).map(|code| code != usual).collect();
    let usual = shortened(&column.value_of(usual).to_string(), 40);
    let make = |cells| NearConstant { cells, usual };
    Ok(odd_values(column, &flagged, Severity::Info, make))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn one_percent_of_others_but_not_two_nor_a_label() {
        let column = |others: i64| {
            Col::S(
                (0..500)
                    .map(|row| Some(if row < others { "web" } else { "app" }))
                    .collect(),
            )
        };
        let found = findings(&table(vec![("channel", column(5))]), "C07");
        assert_eq!(found[0].rows.as_slice(), [0, 1, 2, 3, 4]);
        assert!(found[0].message.en.contains("“app”"), "{}", found[0].message.en);
        for (name, others) in [("channel", 10), ("channel", 0), ("label", 5)] {
            assert!(
                findings(&table(vec![(name, column(others))]), "C07").is_empty(),
                "{name} {others}"
            );
        }
    }
}
