//! X09: escape sequences where characters should be.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::text_marks::Marks;
use crate::engine::progress::Cancelled;

/// Escapes left in text (X09)
///
/// ## What it checks
/// Texts with `\u4e2d`, `\xe9` or percent-encoded UTF-8 (`%E4%B8%AD`) in place of the characters.
///
/// ## Why it matters
/// To a model these are strings of letters and digits; the words behind them are unknown to it.
///
/// ## Example
/// `%E8%80%B3%E6%9C%BA` in `query`, which is 耳机.
///
/// ## Proposed fix
/// None in place: decode the column where the log is exported.
pub struct EscapedText(OddCells);

impl Violation for EscapedText {
    const INFO: RuleInfo = RuleInfo {
        code: "X09",
        name_en: "Escapes left in text",
        name_zh: "未还原的转义字符",
        dimension: Dimension::Validity,
        source: include_str!("escaped_text.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0
            .sentence("hold escapes in place of characters", "含未还原的转义序列")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "To a model escapes are strings of letters and digits; the words behind them are unknown to it.",
            "对模型来说转义只是一串字母和数字，它看不到背后的词。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any such sequence, except in columns of which most texts are links, where percent signs belong.",
            "出现即报告；以链接为主的列除外，因为百分号编码属于链接。",
        )
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let marks = column.text_marks();
    let is_escaped = |marks: &Marks| marks.contains(Marks::ESCAPED) && !marks.contains(Marks::URL);
    let flagged: Vec<bool> = marks.iter().map(is_escaped).collect();
    Ok(odd_values(column, &flagged, Severity::Warning, EscapedText))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_the_odd_texts_are_found() {
        let texts = vec![
            Some("50% off"),
            Some("https://example.com/%E8%80%B3"),
            Some("%E8%80%B3%E6%9C%BA"),
            None,
        ];
        let found = findings(&table(vec![("text", Col::S(texts))]), "X09");
        assert_eq!(found[0].rows.as_slice(), [2]);
        let sound = vec![Some("50% off"), Some("https://example.com/%E8%80%B3")];
        assert!(findings(&table(vec![("text", Col::S(sound))]), "X09").is_empty());
    }
}
