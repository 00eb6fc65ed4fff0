//! C03: words that people write for nothing.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::text_marks::Marks;
use crate::engine::progress::Cancelled;

/// Placeholder words (C03)
///
/// ## What it checks
/// Cells of a text column that hold a placeholder: unknown, undefined, n.a., tbd, ?, --, 未知, 暂无, 待定 and the like,
/// in any case. The spellings that the reader takes for empty (NA, null, -, 空) are empty cells, not placeholders.
///
/// ## Why it matters
/// The cell counts as filled, so completeness looks better than it is, and the placeholder becomes a category of
/// its own.
///
/// ## Example
/// `unknown` in 412 rows of `city`.
///
/// ## Proposed fix
/// Empty the cells, so that they count as missing.
pub struct Placeholders(OddCells);

impl Violation for Placeholders {
    const INFO: RuleInfo = RuleInfo {
        code: "C03",
        name_en: "Placeholder words",
        name_zh: "占位词",
        dimension: Dimension::Completeness,
        source: include_str!("placeholders.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("hold a placeholder", "是占位词")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "The cell counts as filled, so completeness looks better than it is, and the placeholder becomes a category.",
            "单元格看似有值，完整性被高估，占位词还会成为一个类别。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any such cell. A column of which more than half are placeholders is reported all the same.",
            "出现即报告，占比过半也照样报告。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        self.0.emptied()
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    if matches!(column.info.role, Role::Text | Role::Query) {
        // In running text a question mark is an opinion; X06 looks at texts without words.
        return Ok(Vec::new());
    }
    let flagged = column.marked(Marks::PLACEHOLDER);
    Ok(odd_values(column, &flagged, Severity::Warning, Placeholders))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fix::Fix;
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn placeholders_are_found_in_any_case_and_emptied() {
        let cities = vec![
            Some("Berlin"),
            Some("Unknown"),
            Some("未知"),
            None,
            Some("unknown pleasures"),
            Some("Berlin"),
        ];
        let found = findings(&table(vec![("city", Col::S(cities))]), "C03");
        assert_eq!(found[0].rows.as_slice(), [1, 2]);
        assert!(matches!(&found[0].fix, Some(Fix::MapValues { mapping, .. }) if mapping["Unknown"].is_none()));
    }
}
