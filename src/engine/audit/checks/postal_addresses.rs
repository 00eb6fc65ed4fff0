//! P08: columns of postal addresses.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;
use regex::Regex;
use std::sync::LazyLock;

/// Postal addresses (P08)
///
/// ## What it checks
/// Text columns of which at least 60 % of the cells are a street with a number: in Chinese a road, street or lane
/// followed by a number and 号, in English a number and a street word.
///
/// ## Why it matters
/// An address names a household. With an order beside it, it says who bought what.
///
/// ## Example
/// `address` holds addresses in all 3,000 rows.
///
/// ## Proposed fix
/// Drop the column; city or district is enough for a model.
pub struct PostalAddresses(OddCells);

impl Violation for PostalAddresses {
    const INFO: RuleInfo = RuleInfo {
        code: "P08",
        name_en: "Postal addresses",
        name_zh: "通讯地址",
        dimension: Dimension::Privacy,
        source: include_str!("postal_addresses.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.closed_sentence("are postal addresses", "是通讯地址")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "An address names a household; with an order beside it, it says who bought what.",
            "地址指向家庭；配上订单就能知道谁买了什么。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "60 % of the cells: short addresses and post boxes do not match, while other texts hardly ever do.",
            "60 % 的单元格：简短地址和信箱不会匹配，而其他文本几乎不会误中。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::DropColumn {
            column: self.0.column.clone(),
        };
        Some((fix, Bilingual::new("Drop the column", "删除该列")))
    }
}

static CHINESE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[路街巷道弄里]\s*\d{1,5}\s*(?:号|弄)").expect("the pattern is fixed and tested"));
static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b\d{1,5}[a-z]?,? (?:[a-z'.]+ ){1,4}(?:street|st|road|rd|avenue|ave|lane|ln|drive|boulevard|blvd|court|square)\b")
        .expect("the pattern is fixed and tested")
});
const SHARE: f64 = 0.6;
const LEAST_CELLS: u64 = 20;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let cells = column.distinct.num_filled();
    let is_key = matches!(column.info.role, Role::User | Role::Item | Role::Session);
    if column.info.dtype != ColumnType::Text || cells < LEAST_CELLS || is_key {
        return Ok(Vec::new());
    }
    // The first values show whether the rest need be looked at.
    let first = column.distinct.first_row.iter().take(64);
    let is_address = |text: &str| CHINESE.is_match(text) || ENGLISH.is_match(text);
    if !first.filter_map(|&row| column.cells.text(row as usize)).any(is_address) {
        return Ok(Vec::new());
    }
    let flagged = column.flag_texts(is_address);
    let counts = flagged.iter().zip(&column.distinct.counts);
    let addresses: u64 = counts
        .filter(|(address, _)| **address)
        .map(|(_, &n)| u64::from(n))
        .sum();
    if (addresses as f64) < SHARE * cells as f64 {
        return Ok(Vec::new());
    }
    Ok(odd_values(column, &flagged, Severity::Warning, PostalAddresses))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn streets_with_numbers_but_no_other_texts() {
        let count = |cells: &[&'static str]| {
            let cells = cells.iter().map(|cell| Some(*cell)).collect::<Vec<_>>().repeat(10);
            findings(&table(vec![("place", Col::S(cells))]), "P08")
                .first()
                .map(|finding| finding.count)
        };
        assert_eq!(count(&["上海市青石区望月路12号101室", "杭州市南桥街 8号"]), Some(20));
        assert_eq!(count(&["12 Long Acre Street", "7 Elm Rd, Leeds"]), Some(20));
        assert_eq!(count(&["路由器 5 号电池", "街舞鞋"]), None);
        assert_eq!(count(&["3 red shoes", "10 street shoes for women"]), None);
    }
}
