//! P05: passport numbers.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Fact, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::personal::PersonalKind;
use crate::engine::audit::personal_columns::{PersonalColumn, check_kinds};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

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
pub struct Passports(PersonalColumn);

impl Violation for Passports {
    const INFO: RuleInfo = RuleInfo {
        code: "P05",
        name_en: "Passport numbers",
        name_zh: "护照号",
        dimension: Dimension::Privacy,
        source: include_str!("passports.rs"),
    };

    fn title(&self) -> Bilingual {
        self.0.title()
    }

    fn message(&self) -> Bilingual {
        self.0.message()
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A passport number is an identity document; leaking it must be reported to the authorities.",
            "护照号属于身份证件，泄露须上报。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "The form of the number and the word beside it.",
            "号码形式与旁边的“护照”字样同时出现。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        self.0.fix()
    }

    fn facts(&self) -> Vec<Fact> {
        self.0.facts()
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.0.plots()
    }
}

pub fn check(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    const KINDS: &[PersonalKind] = &[PersonalKind::Passport];
    check_kinds(column, KINDS, Passports)
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
