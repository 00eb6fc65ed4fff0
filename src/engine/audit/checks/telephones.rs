//! P02: landline and international telephone numbers.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::personal::PersonalKind;
use crate::engine::audit::personal_columns::PersonalCheck;
use crate::engine::audit::rule::RuleInfo;

/// Telephone numbers (P02)
///
/// ## What it checks
/// Texts with a mainland landline number (an existing area code, a separator, seven or eight digits) or an
/// international number with its plus sign and an existing country code (ITU-T E.164). Mainland mobile numbers are
/// P01's.
///
/// ## Why it matters
/// A telephone number names a person or a household; the log must not leave the house with it.
///
/// ## Example
/// 12 comments hold numbers such as 021-6xxxxxxx.
///
/// ## Proposed fix
/// Mask what matches; the rest of the text stays.
pub struct Telephones;

impl PersonalCheck for Telephones {
    const INFO: RuleInfo = RuleInfo {
        code: "P02",
        name_en: "Telephone numbers",
        name_zh: "电话号码",
        dimension: Dimension::Privacy,
        source: include_str!("telephones.rs"),
    };
    const KINDS: &'static [PersonalKind] = &[PersonalKind::LandlineCn, PersonalKind::PhoneE164];

    fn why() -> Bilingual {
        Bilingual::new(
            "A telephone number names a person or a household (PIPL, GDPR).",
            "电话号码可以指向个人或家庭（个人信息保护法、GDPR）。",
        )
    }

    fn threshold() -> Bilingual {
        Bilingual::new(
            "One match with an existing area or country code and clean boundaries is enough.",
            "区号或国家代码存在且边界清楚，一处匹配即报告。",
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_the_texts_that_hold_them() {
        let texts = vec![
            Some("red shoes 010"),
            Some("+20% off today"),
            Some("tel 010-62345678"),
            Some("+1 212 555 0123"),
            None,
        ];
        let found = findings(&table(vec![("query", Col::S(texts))]), "P02");
        assert_eq!(found[0].rows.as_slice(), [2, 3]);
    }
}
