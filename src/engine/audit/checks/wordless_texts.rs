//! X06: texts of punctuation alone.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::text_marks::Marks;
use crate::engine::progress::Cancelled;

/// Texts without words (X06)
///
/// ## What it checks
/// Filled cells of a text column (reviews, titles, queries) without a letter, a digit or a pictograph.
///
/// ## Why it matters
/// They count as filled but say nothing; a model sees an empty text with a label.
///
/// ## Example
/// `!!!` and `。。。` in 96 rows of `review_text`.
///
/// ## Proposed fix
/// Empty the cells.
pub struct WordlessTexts(OddCells);

impl Violation for WordlessTexts {
    const INFO: RuleInfo = RuleInfo {
        code: "X06",
        name_en: "Texts without words",
        name_zh: "没有文字的文本",
        dimension: Dimension::Validity,
        source: include_str!("wordless_texts.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("hold no word", "没有任何文字")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "They count as filled but say nothing; a model sees an empty text with a label.",
            "它们看似有值却没有内容；模型看到的是带标签的空文本。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any such cell in a column with the role text or query; elsewhere a dash may be a code.",
            "仅在文本和查询词列中检查；其他列中的符号可能是代码。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        self.0.emptied()
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    if !matches!(column.info.role, Role::Text | Role::Query) {
        return Ok(Vec::new());
    }
    let flagged = column.marked(Marks::WORDLESS);
    Ok(odd_values(column, &flagged, Severity::Warning, WordlessTexts))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_the_odd_texts_are_found() {
        let texts = vec![Some("ok"), Some("👍"), Some("好"), Some("!!!"), Some("。。。"), None];
        let found = findings(&table(vec![("text", Col::S(texts))]), "X06");
        assert_eq!(found[0].rows.as_slice(), [3, 4]);
        let sound = vec![Some("ok"), Some("👍"), Some("好")];
        assert!(findings(&table(vec![("text", Col::S(sound))]), "X06").is_empty());
    }
}
