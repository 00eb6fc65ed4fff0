//! X08: texts that begin or end with white space.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::text_marks::Marks;
use crate::engine::progress::Cancelled;

/// White space around texts (X08)
///
/// ## What it checks
/// Cells that begin or end with white space of any kind, the ideographic blank included.
///
/// ## Why it matters
/// A value with a blank behind it is another value: joins miss it and groups split.
///
/// ## Example
/// `red ` beside `red` in `colour`.
///
/// ## Proposed fix
/// Trim the column.
pub struct EdgeSpace(OddCells);

impl Violation for EdgeSpace {
    const INFO: RuleInfo = RuleInfo {
        code: "X08",
        name_en: "White space around texts",
        name_zh: "文本首尾空白",
        dimension: Dimension::Validity,
        source: include_str!("edge_space.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("begin or end with white space", "首尾有空白")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A value with a blank behind it is another value: joins miss it and groups split.",
            "末尾多一个空格就是另一个值：关联不上，分组分裂。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new("Any such cell.", "出现即报告。")
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::NormalizeText {
            column: self.0.column.clone(),
            nfkc: false,
        };
        Some((fix, Bilingual::new("Trim the column", "去除首尾空白")))
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let flagged = column.marked(Marks::EDGES);
    Ok(odd_values(column, &flagged, Severity::Warning, EdgeSpace))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_the_odd_texts_are_found() {
        let texts = vec![Some("red"), Some("dark red"), Some("red "), Some("\u{3000}红"), None];
        let found = findings(&table(vec![("text", Col::S(texts))]), "X08");
        assert_eq!(found[0].rows.as_slice(), [2, 3]);
        let sound = vec![Some("red"), Some("dark red")];
        assert!(findings(&table(vec![("text", Col::S(sound))]), "X08").is_empty());
    }
}
