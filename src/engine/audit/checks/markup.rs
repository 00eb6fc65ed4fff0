//! X03: HTML in texts.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::text_marks::Marks;
use crate::engine::progress::Cancelled;

/// Markup in text (X03)
///
/// ## What it checks
/// Texts with HTML tags (of a fixed list, so that `a < b` is none) or character references such as `&amp;`.
///
/// ## Why it matters
/// Tags take up the words a model can read, and their names become the most frequent words of the column.
///
/// ## Example
/// `great&nbsp;shoes<br>` in 318 rows of `review_text`.
///
/// ## Proposed fix
/// None in place: strip the tags where the text is exported.
pub struct Markup(OddCells);

impl Violation for Markup {
    const INFO: RuleInfo = RuleInfo {
        code: "X03",
        name_en: "Markup in text",
        name_zh: "文本含 HTML 标记",
        dimension: Dimension::Validity,
        source: include_str!("markup.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("hold HTML", "含 HTML 标记")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Tags take up the words a model can read, and become the most frequent words of the column.",
            "标记会占用模型可读的长度，并成为该列最常见的“词”。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any tag of the common list or character reference.",
            "出现常见标签或字符实体即报告。",
        )
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let flagged = column.marked(Marks::HTML);
    Ok(odd_values(column, &flagged, Severity::Warning, Markup))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_the_odd_texts_are_found() {
        let texts = vec![
            Some("a < b"),
            Some("AT&T"),
            Some("good<br>bad"),
            Some("Tom &amp; Jerry"),
            None,
        ];
        let found = findings(&table(vec![("text", Col::S(texts))]), "X03");
        assert_eq!(found[0].rows.as_slice(), [2, 3]);
        let sound = vec![Some("a < b"), Some("AT&T")];
        assert!(findings(&table(vec![("text", Col::S(sound))]), "X03").is_empty());
    }
}
