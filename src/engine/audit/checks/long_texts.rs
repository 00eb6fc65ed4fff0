//! X05: texts of which a BERT-type model reads only the beginning.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::text_marks::Marks;
use crate::engine::progress::Cancelled;

/// Texts longer than a model reads (X05)
///
/// ## What it checks
/// Texts of more than about 512 word pieces: a CJK character is one piece, of other scripts about four characters
/// are one.
///
/// ## Why it matters
/// A BERT-type model reads 512 word pieces and does not see the rest. What decides may stand at the end.
///
/// ## Example
/// 212 descriptions are longer than 512 word pieces; the longest has 9,400 characters.
///
/// ## Proposed fix
/// None in place: shorten the text to the part that matters, or split it.
pub struct LongTexts(OddCells);

impl Violation for LongTexts {
    const INFO: RuleInfo = RuleInfo {
        code: "X05",
        name_en: "Texts longer than a model reads",
        name_zh: "文本超过模型可读长度",
        dimension: Dimension::Validity,
        source: include_str!("long_texts.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0
            .sentence("are longer than about 512 word pieces", "超过约 512 个词元")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A BERT-type model reads 512 word pieces and does not see the rest, where the verdict may stand.",
            "BERT 类模型只读前 512 个词元，看不到其余部分，而结论可能就在后面。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "512 word pieces is what BERT-type models are trained with. The estimate (four characters a piece) is for English and Chinese.",
            "512 个词元是 BERT 类模型的训练长度；估算方法（每四个字符一个词元）适用于英文和中文。",
        )
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let flagged = column.marked(Marks::LONG);
    Ok(odd_values(column, &flagged, Severity::Warning, LongTexts))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_what_a_model_does_not_read_to_the_end() {
        let (long, short) = ("word ".repeat(420), "word ".repeat(400));
        let texts = vec![Some(short.as_str()), Some(long.as_str()), None];
        let found = findings(&table(vec![("text", Col::S(texts))]), "X05");
        assert_eq!(found[0].rows.as_slice(), [1]);
    }
}
