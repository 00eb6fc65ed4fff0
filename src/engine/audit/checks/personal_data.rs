//! P01: columns that hold personal data.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::personal::PersonalKind;
use crate::engine::audit::personal_columns::PersonalCheck;
use crate::engine::audit::rule::RuleInfo;

/// Personal data (P01)
///
/// ## What it checks
/// Text and whole-number columns for e-mail addresses, mainland mobile numbers, resident identity numbers
/// (GB 11643, with check character), bank cards (issuer and Luhn check) and IPv4 addresses. Precision comes
/// first: mobile numbers, cards and addresses count only if most numbers of that shape in the column pass, and
/// a column of numbers only if 80 % of its cells match and they are spread like real ones or the column's name
/// says what they are.
///
/// ## Why it matters
/// Search boxes and reviews collect what people paste. Such a log must not leave the house (PIPL, GDPR), and a
/// text model memorises it.
///
/// ## Example
/// 318 rows of `query` hold mobile numbers.
///
/// ## Proposed fix
/// Mask what matches; the rest of the text stays.
pub struct PersonalData;

impl PersonalCheck for PersonalData {
    const INFO: RuleInfo = RuleInfo {
        code: "P01",
        name_en: "Personal data",
        name_zh: "个人信息",
        dimension: Dimension::Privacy,
        source: include_str!("personal_data.rs"),
    };
    const KINDS: &'static [PersonalKind] = &[
        PersonalKind::Email,
        PersonalKind::MobileCn,
        PersonalKind::ResidentIdCn,
        PersonalKind::BankCard,
        PersonalKind::Ipv4,
    ];

    fn why() -> Bilingual {
        Bilingual::new(
            "Such a log must not leave the house (PIPL, GDPR), and a text model memorises what it reads.",
            "这样的日志不得外传（个人信息保护法、GDPR），文本模型还会记住它读到的内容。",
        )
    }

    fn threshold() -> Bilingual {
        Bilingual::new(
            "One match with clean boundaries and a valid checksum is enough in text; a column of numbers needs 80 % matches.",
            "文本中只要有一处边界清楚且校验通过的匹配即报告；纯数字列需 80 % 匹配。",
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn free_text_is_searched_and_counted_by_kind() {
        let query = vec![
            Some("shoes"),
            Some("call 13812345678"),
            Some("a@b.com 13912345678"),
            None,
            Some("call 13812345678"),
        ];
        let found = findings(&table(vec![("query", Col::S(query))]), "P01");
        assert_eq!(found[0].rows.as_slice(), [1, 2, 4]);
        assert_eq!(
            (found[0].fact("phone_cn"), found[0].fact("email")),
            (Some(3.0), Some(1.0))
        );
    }

    #[test]
    fn identifiers_are_not_taken_for_phone_numbers_or_cards() {
        let ids: Vec<Option<i64>> = (0..500).map(|row| Some(13_900_000_000 + row * 37)).collect();
        let cards: Vec<String> = (0..500_u64).map(|row| format!("order 62{:014}", row * 7_919)).collect();
        let data = table(vec![
            ("user", Col::I(ids.clone())),
            ("item", Col::I(vec![Some(2_053_013_555_069_845_885); 500])),
            ("note", Col::S(cards.iter().map(|text| Some(text.as_str())).collect())),
        ]);
        assert!(findings(&data, "P01").is_empty());
        let named = findings(&table(vec![("mobile", Col::I(ids))]), "P01");
        assert_eq!(named[0].rows.len(), 500, "the name says what the numbers are");
    }

    #[test]
    fn versions_are_not_addresses() {
        let versions = vec![Some("1.2.3.4"), Some("app 2.0.0.1")];
        let addresses = vec![Some("10.1.2.3"), Some("192.168.1.1")];
        let data = table(vec![("version", Col::S(versions)), ("source", Col::S(addresses))]);
        let found = findings(&data, "P01");
        assert_eq!((found.len(), found[0].column.as_deref()), (1, Some("source")));
    }
}
