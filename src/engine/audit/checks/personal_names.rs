//! P07: columns of names.

use crate::engine::artifact::{Bilingual, ColumnType, Severity};
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::odd_cells::{OddCells, odd_values};
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Names of people (P07)
///
/// ## What it checks
/// Text columns whose name speaks of a person (receiver, consignee, contact, customer name, 姓名, 收货人, 联系人) and of
/// which at least 80 % of the cells look like names: two to four Chinese characters that begin with one of the
/// hundred most frequent surnames, or two to four capitalised words.
///
/// ## Why it matters
/// A name is personal data by itself; with times and goods beside it, it is a profile.
///
/// ## Example
/// `receiver` holds names in all 3,000 rows.
///
/// ## Proposed fix
/// Drop the column; a model needs no names.
pub struct PersonalNames(OddCells);

impl Violation for PersonalNames {
    const INFO: RuleInfo = RuleInfo {
        code: "P07",
        name_en: "Names of people",
        name_zh: "人名",
        dimension: Dimension::Privacy,
        source: include_str!("personal_names.rs"),
    };

    fn cells(&self) -> Option<&OddCells> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.closed_sentence("are names of people", "是人名")
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A name is personal data by itself; with times and goods beside it, it is a profile.",
            "姓名本身就是个人信息；配上时间和商品就成了画像。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Both the column's name and 80 % of its cells must say so: a surname alone begins many brands.",
            "列名与 80 % 的单元格须同时符合：许多品牌也以姓氏开头。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        let fix = Fix::DropColumn {
            column: self.0.column.clone(),
        };
        Some((fix, Bilingual::new("Drop the column", "删除该列")))
    }
}

const NAME_WORDS: [&str; 16] = [
    "receiver",
    "recipient",
    "consignee",
    "contact",
    "fullname",
    "surname",
    "firstname",
    "lastname",
    "realname",
    "person",
    "姓名",
    "收货人",
    "收件人",
    "联系人",
    "真实姓名",
    "客户名",
];
/// The most frequent surnames of mainland China, about 85 % of the people.
const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文";
const LEAST_CELLS: u64 = 20;

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    let cells = column.distinct.num_filled();
    if column.info.dtype != ColumnType::Text || cells < LEAST_CELLS || !column.name_has(&NAME_WORDS) {
        return Ok(Vec::new());
    }
    let flagged = column.flag_texts(|text| is_chinese_name(text) || is_western_name(text));
    let counts = flagged.iter().zip(&column.distinct.counts);
    let names: u64 = counts.filter(|(name, _)| **name).map(|(_, &n)| u64::from(n)).sum();
    if (names as f64) < column.thresholds().personal_column_share * cells as f64 {
        return Ok(Vec::new());
    }
    Ok(odd_values(column, &flagged, Severity::Warning, PersonalNames))
}

fn is_chinese_name(text: &str) -> bool {
    let text = text.trim();
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let length = text.chars().count();
    (2..=4).contains(&length)
        && text.chars().all(is_han)
        && text.chars().next().is_some_and(|first| SURNAMES.contains(first))
}

/// Capitalised words of letters, hyphens and apostrophes.
fn is_western_name(text: &str) -> bool {
    let is_word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().is_some_and(char::is_uppercase);
        first
            && word
                .chars()
                .all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '.' | '’'))
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    (2..=4).contains(&words.len()) && words.iter().all(|word| is_word(word))
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn the_name_of_the_column_and_its_cells_must_agree() {
        let chinese: Vec<Option<&str>> = ["王伟", "李娜娜", "欧阳静", "张明"].map(Some).repeat(10);
        let western: Vec<Option<&str>> = ["Ann Lee", "Jean-Luc Picard", "Mary O'Neil"].map(Some).repeat(10);
        let count = |name: &'static str, cells: &[Option<&'static str>]| {
            let found = findings(&table(vec![(name, Col::S(cells.to_vec()))]), "P07");
            found.first().map(|finding| finding.count)
        };
        assert_eq!(
            count("receiver", &chinese),
            None,
            "a quarter is no frequent surname: three in four are too few"
        );
        assert_eq!(
            count(
                "receiver",
                &chinese[..38]
                    .iter()
                    .filter(|c| **c != Some("欧阳静"))
                    .copied()
                    .collect::<Vec<_>>()
            ),
            Some(29)
        );
        assert_eq!(count("contact", &western), Some(30));
        assert_eq!(count("brand", &western), None);
        assert_eq!(count("receiver", &[Some("pseudonym 17"); 30]), None);
    }
}
