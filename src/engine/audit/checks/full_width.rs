//! X07: letters and digits in their full-width form.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::text_marks::Marks;
use crate::engine::progress::Cancelled;

/// Full-width letters and digits (X07)
///
/// ## What it checks
/// Texts with full-width Latin letters or digits (`ｉＰｈｏｎｅ１３`).
///
/// ## Why it matters
/// To a program `ｉＰｈｏｎｅ` and `iPhone` are different words: searches miss and vocabularies split.
///
/// ## Example
/// `ｉＰｈｏｎｅ１３` in 57 rows of `query`.
///
/// ## Proposed fix
/// Bring the column to Unicode NFKC, which makes them plain.
pub struct FullWidth(OddCells);

impl Violation for FullWidth {
    const INFO: RuleInfo = RuleInfo {
        code: "X07",
        name_en: "Full-width letters and digits",
        name_zh: "全角字母和数字",
        dimension: Dimension::Validity,
        source: include_str!("full_width.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("hold full-width letters or digits", "含全角字母或数字")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "To a program full-width and plain letters are different words: searches miss and vocabularies split.",
            "对程序而言全角与半角是不同的词：搜索不到，词表分裂。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any such letter or digit. Full-width punctuation is normal in Chinese and is left alone.",
            "出现即报告。全角标点在中文里是正常的，不在此列。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::NormalizeText {
            column: self.0.column.clone(),
            nfkc: true,
        };
        Some((fix, Bilingual::new("Make them plain", "转换为半角")))
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let flagged = column.marked(Marks::FULL_WIDTH);
    Ok(odd_values(column, &flagged, Severity::Warning, FullWidth))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_the_odd_texts_are_found() {
        let texts = vec![Some("iPhone 13"), Some("你好！"), Some("ｉＰｈｏｎｅ１３"), None];
        let found = findings(&table(vec![("text", Col::S(texts))]), "X07");
        assert_eq!(found[0].rows.as_slice(), [2]);
        let sound = vec![Some("iPhone 13"), Some("你好！")];
        assert!(findings(&table(vec![("text", Col::S(sound))]), "X07").is_empty());
    }
}
