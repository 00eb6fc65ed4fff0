//! X02: characters nobody sees.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::text_marks::Marks;
use crate::engine::progress::Cancelled;

/// Invisible characters (X02)
///
/// ## What it checks
/// Control characters other than tab and line breaks, zero-width blanks, byte order marks inside a text, and marks
/// that turn the direction of writing.
///
/// ## Why it matters
/// Two texts that look the same are different: joins miss, categories split, searches find nothing, and a
/// vocabulary grows by words nobody can tell apart.
///
/// ## Example
/// `iphone` followed by a zero-width blank in 12 rows of `query`.
///
/// ## Proposed fix
/// Map the cells to nothing where they are few; otherwise clean the source.
pub struct ControlCharacters(OddCells);

impl Violation for ControlCharacters {
    const INFO: RuleInfo = RuleInfo {
        code: "X02",
        name_en: "Invisible characters",
        name_zh: "不可见字符",
        dimension: Dimension::Validity,
        source: include_str!("control_characters.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("hold invisible characters", "含不可见字符")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Texts that look the same are different: joins miss, categories split, searches find nothing.",
            "看上去相同的文本实际不同：关联失败、类目分裂、搜索不到。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any such character: nobody types them on purpose. Joiners inside emoji and Persian words are left alone.",
            "出现即报告：没有人会有意输入它们。表情符号和波斯语中的连接符除外。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        self.0.emptied()
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let flagged = column.marked(Marks::CONTROL);
    Ok(odd_values(column, &flagged, Severity::Warning, ControlCharacters))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_the_odd_texts_are_found() {
        let texts = vec![
            Some("tab\there"),
            Some("plain"),
            Some("a\u{200b}b"),
            Some("bell\u{7}"),
            None,
        ];
        let found = findings(&table(vec![("text", Col::S(texts))]), "X02");
        assert_eq!(found[0].rows.as_slice(), [2, 3]);
        let sound = vec![Some("tab\there"), Some("plain")];
        assert!(findings(&table(vec![("text", Col::S(sound))]), "X02").is_empty());
    }
}
