//! P06: number plates of vehicles.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::personal::PersonalKind;
use crate::engine::audit::personal_columns::PersonalCheck;
use crate::engine::audit::rule::RuleInfo;

/// Number plates (P06)
///
/// ## What it checks
/// Texts with a mainland number plate: province, letter and five or six characters with at least one digit.
///
/// ## Why it matters
/// A plate leads to the owner of a car and to where it was seen.
///
/// ## Example
/// 7 comments hold plates for the gate.
///
/// ## Proposed fix
/// Mask what matches; the rest of the text stays.
pub struct Plates;

impl PersonalCheck for Plates {
    const INFO: RuleInfo = RuleInfo {
        code: "P06",
        name_en: "Number plates",
        name_zh: "车牌号",
        dimension: Dimension::Privacy,
        source: include_str!("plates.rs"),
    };
    const KINDS: &'static [PersonalKind] = &[PersonalKind::PlateCn];

    fn why() -> Bilingual {
        Bilingual::new(
            "A plate leads to the owner of a car and to where it was seen.",
            "车牌可以查到车主及其行踪。",
        )
    }

    fn threshold() -> Bilingual {
        Bilingual::new(
            "One whole plate with clean boundaries is enough.",
            "完整且边界清楚的车牌一处即报告。",
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_the_texts_that_hold_them() {
        let texts = vec![Some("京东A12345"), Some("新A款"), Some("car 沪A12345"), None];
        let found = findings(&table(vec![("query", Col::S(texts))]), "P06");
        assert_eq!(found[0].rows.as_slice(), [2]);
    }
}
