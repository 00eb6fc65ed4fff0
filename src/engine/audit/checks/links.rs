//! X04: web addresses in texts.

use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::audit::text_marks::Marks;
use crate::engine::progress::Cancelled;

/// Links in text (X04)
///
/// ## What it checks
/// Texts with `http://`, `https://` or `www.` and a domain. Columns whose texts are mostly links (referrers,
/// pictures) are meant to hold them and are left out.
///
/// ## Why it matters
/// In queries and reviews links are advertising or bots; the model learns domains in place of words, and a link may
/// name a person.
///
/// ## Example
/// 41 reviews advertise `www.example.org`.
///
/// ## Proposed fix
/// Empty the cells, where they are few.
pub struct Links(OddCells);

impl Violation for Links {
    const INFO: RuleInfo = RuleInfo {
        code: "X04",
        name_en: "Links in text",
        name_zh: "文本含链接",
        dimension: Dimension::Validity,
        source: include_str!("links.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence("hold links", "含网址链接")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "In queries and reviews links are advertising or bots, and a link may name a person.",
            "查询词和评论中的链接多为广告或机器行为，还可能指向个人。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any link in a column of which at most half of the texts are links.",
            "列中链接不超过一半时，出现即报告。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        self.0.emptied()
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let flagged = column.marked(Marks::URL);
    let counts = flagged.iter().zip(&column.distinct.counts);
    let links: u64 = counts.filter(|(link, _)| **link).map(|(_, &n)| u64::from(n)).sum();
    if links * 2 > column.distinct.num_filled() {
        return Ok(Vec::new());
    }
    Ok(odd_values(column, &flagged, Severity::Warning, Links))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_the_odd_texts_are_found() {
        let texts = vec![
            Some("12:30"),
            Some("v1.2"),
            Some("plain"),
            Some("buy at https://example.com"),
            Some("www.example.org"),
            None,
        ];
        let found = findings(&table(vec![("text", Col::S(texts))]), "X04");
        assert_eq!(found[0].rows.as_slice(), [3, 4]);
        let sound = vec![Some("12:30"), Some("v1.2"), Some("plain")];
        assert!(findings(&table(vec![("text", Col::S(sound))]), "X04").is_empty());
    }

    #[test]
    fn a_column_of_links_is_meant_to_hold_them() {
        let links = vec![
            Some("https://example.com/a"),
            Some("https://example.com/b"),
            Some("none"),
        ];
        assert!(findings(&table(vec![("text", Col::S(links))]), "X04").is_empty());
    }
}
