//! X01: texts read in the wrong encoding.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::text_marks::Marks;
use crate::engine::progress::Cancelled;

/// Garbled text (X01)
///
/// ## What it checks
/// Texts that turn into other, sensible UTF-8 when their characters are written as Windows-1252 bytes again, and
/// texts with the replacement character U+FFFD.
///
/// ## Why it matters
/// A tokenizer cuts garbled words into meaningless pieces, the same word garbled and not counts as two, and what
/// U+FFFD replaced is lost for good.
///
/// ## Example
/// `CafÃ© noir` in `title`, which was `Café noir`.
///
/// ## Proposed fix
/// None in place: read the file again in its true encoding. Dropping the rows is the last resort.
pub struct Mojibake(OddCells);

impl Violation for Mojibake {
    const INFO: RuleInfo = RuleInfo {
        code: "X01",
        name_en: "Garbled text",
        name_zh: "乱码文本",
        dimension: Dimension::Validity,
        source: include_str!("mojibake.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("hold garbled text", "含乱码")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A tokenizer cuts garbled words into meaningless pieces; the same word garbled and not counts as two.",
            "分词器会把乱码切成无意义的片段；同一个词的乱码与原文会被当成两个词。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "One such text is enough: by accident sensible text hardly ever reads as UTF-8 of other characters.",
            "出现即报告：正常文本几乎不可能恰好构成另一段合法的 UTF-8。",
        )
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let flagged = column.marked(Marks::MOJIBAKE);
    Ok(odd_values(column, &flagged, Severity::Warning, Mojibake))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_the_odd_texts_are_found() {
        let texts = vec![
            Some("Café noir"),
            Some("中文"),
            Some("plain"),
            Some("CafÃ© noir"),
            Some("lost \u{fffd}"),
            None,
        ];
        let found = findings(&table(vec![("text", Col::S(texts))]), "X01");
        assert_eq!(found[0].rows.as_slice(), [3, 4]);
        let sound = vec![Some("Café noir"), Some("中文"), Some("plain")];
        assert!(findings(&table(vec![("text", Col::S(sound))]), "X01").is_empty());
    }
}
