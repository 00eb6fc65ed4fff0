//! X10: texts in a script that the rest of the column does not use.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::profile::ColumnKind;
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::text_marks::Marks;
use crate::engine::progress::Cancelled;

/// Texts in another script (X10)
///
/// ## What it checks
/// Columns of at least 200 texts of which 98 % with letters are in one script (CJK, Latin, or another): the texts
/// in a different one.
///
/// ## Why it matters
/// A tokenizer or model made for one language reads the others letter by letter; often such rows come from another
/// shop or from test data.
///
/// ## Example
/// 14 of 9,100 texts of `title` are Cyrillic.
///
/// ## Proposed fix
/// None: look at the rows. Filter them if the model is for one language.
pub struct OddScript(OddCells);

impl Violation for OddScript {
    const INFO: RuleInfo = RuleInfo {
        code: "X10",
        name_en: "Texts in another script",
        name_zh: "其他文字系统的文本",
        dimension: Dimension::Validity,
        source: include_str!("odd_script.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0
            .sentence("are in another script than the rest", "使用了与其余不同的文字系统")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A model made for one language reads the others letter by letter; often such rows come from another shop.",
            "面向一种语言的模型只能逐字母地读其他语言；这类行常来自别的站点。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "At most 2 %: above that the column is simply in several languages.",
            "不超过 2 %：超过则说明该列本来就是多语言的。",
        )
    }
}

/// Texts with letters needed before one script is called the column's.
const LEAST_TEXTS: u64 = 200;
/// Share of the texts in other scripts above which the column is in several languages.
const MOST_OTHERS: f64 = 0.02;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    if column.profile.kind != ColumnKind::Text {
        return Ok(Vec::new());
    }
    const SCRIPTS: [Marks; 3] = [Marks::CJK, Marks::LATIN, Marks::OTHER_SCRIPT];
    let marks = column.text_marks();
    let rows = SCRIPTS.map(|script| {
        let counts = marks.iter().zip(&column.distinct.counts);
        counts
            .filter(|(marks, _)| marks.contains(script))
            .map(|(_, &n)| u64::from(n))
            .sum::<u64>()
    });
    let total: u64 = rows.iter().sum();
    let (main, most) = (0..3).zip(rows).max_by_key(|(_, rows)| *rows).unwrap_or((0, 0));
    if total < LEAST_TEXTS || (total - most) as f64 > MOST_OTHERS * total as f64 {
        return Ok(Vec::new());
    }
    let is_other = |marks: &Marks| (0..3).any(|script| script != main && marks.contains(SCRIPTS[script]));
    // What is no word in any script is reported by the checks of garbled text.
    let flagged: Vec<bool> = marks
        .iter()
        .map(|marks| is_other(marks) && !marks.contains(Marks::MOJIBAKE))
        .collect();
    Ok(odd_values(column, &flagged, Severity::Info, OddScript))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn a_few_strangers_but_not_a_column_of_two_languages() {
        let texts: Vec<String> = (0..300).map(|row| format!("red shoes number {row}")).collect();
        let mut cells: Vec<Option<&str>> = texts.iter().map(|text| Some(text.as_str())).collect();
        cells.extend([Some("红色跑步鞋"), Some("красные ботинки")]);
        let found = findings(&table(vec![("text", Col::S(cells.clone()))]), "X10");
        assert_eq!(found[0].rows.as_slice(), [300, 301]);
        cells.extend([Some("红色跑步鞋子"); 30]);
        assert!(findings(&table(vec![("text", Col::S(cells))]), "X10").is_empty());
    }
}
