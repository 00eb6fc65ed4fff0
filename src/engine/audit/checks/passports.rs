//! P05: passport numbers.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::personal::PersonalKind;
use crate::engine::audit::personal_columns::PersonalCheck;
use crate::engine::audit::rule::RuleInfo;

/// Passport numbers (P05)
///
/// ## What it checks
/// Texts with the form of a Chinese passport number beside the word passport or 护照. The form alone is that of many
/// product codes and does not count.
///
/// ## Why it matters
/// A passport number is an identity document: leaking it is a notifiable incident.
///
/// ## Example
/// 4 comments hold “passport E1234…”.
///
/// ## Proposed fix
/// Mask what matches; the rest of the text stays.
pub struct Passports;

impl PersonalCheck for Passports {
    const INFO: RuleInfo = RuleInfo {
        code: "P05",
        name_en: "Passport numbers",
        name_zh: "护照号",
        dimension: Dimension::Privacy,
        source: include_str!("passports.rs"),
    };
    const KINDS: &'static [PersonalKind] = &[PersonalKind::Passport];

    fn why() -> Bilingual {
        Bilingual::new(
            "A passport number is an identity document; leaking it must be reported to the authorities.",
            "护照号属于身份证件，泄露须上报。",
        )
    }

    fn threshold() -> Bilingual {
        Bilingual::new(
            "The form of the number and the word beside it.",
            "号码形式与旁边的“护照”字样同时出现。",
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_the_texts_that_hold_them() {
        let texts = vec![Some("model E12345678"), Some("passport E12345678"), None];
        let found = findings(&table(vec![("query", Col::S(texts))]), "P05");
        assert_eq!(found[0].rows.as_slice(), [1]);
    }
}
