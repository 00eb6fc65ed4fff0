//! P03: unified social credit codes.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::personal::PersonalKind;
use crate::engine::audit::personal_columns::PersonalCheck;
use crate::engine::audit::rule::RuleInfo;

/// Organisation codes (P03)
///
/// ## What it checks
/// Texts with a unified social credit code (GB 32100-2015): 18 characters with an existing region and a right check
/// character.
///
/// ## Why it matters
/// Sole traders are people: the code of a shop leads to its owner's name and home.
///
/// ## Example
/// 9 comments ask for an invoice for 9131…
///
/// ## Proposed fix
/// Mask what matches; the rest of the text stays.
pub struct CreditCodes;

impl PersonalCheck for CreditCodes {
    const INFO: RuleInfo = RuleInfo {
        code: "P03",
        name_en: "Organisation codes",
        name_zh: "统一社会信用代码",
        dimension: Dimension::Privacy,
        source: include_str!("credit_codes.rs"),
    };
    const KINDS: &'static [PersonalKind] = &[PersonalKind::CreditCodeCn];

    fn why() -> Bilingual {
        Bilingual::new(
            "The code of a sole trader leads to a person; with others it shows who buys what.",
            "个体工商户的代码可查到本人；其他代码会暴露采购关系。",
        )
    }

    fn threshold() -> Bilingual {
        Bilingual::new(
            "One match with a right check character and an existing region is enough.",
            "校验码正确且行政区划存在，一处匹配即报告。",
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_the_texts_that_hold_them() {
        let texts = vec![
            Some("invoice 91110108551385082A"),
            Some("invoice 91110108551385082Q"),
            None,
        ];
        let found = findings(&table(vec![("query", Col::S(texts))]), "P03");
        assert_eq!(found[0].rows.as_slice(), [1]);
    }
}
