//! P06: number plates of vehicles.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Fact, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::personal::PersonalKind;
use crate::engine::audit::personal_columns::{PersonalColumn, check_kinds};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

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
pub struct Plates(PersonalColumn);

impl Violation for Plates {
    const INFO: RuleInfo = RuleInfo {
        code: "P06",
        name_en: "Number plates",
        name_zh: "车牌号",
        dimension: Dimension::Privacy,
        source: include_str!("plates.rs"),
    };

    fn title(&self) -> Bilingual {
        self.0.title()
    }

    fn message(&self) -> Bilingual {
        self.0.message()
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "A plate leads to the owner of a car and to where it was seen.",
            "车牌可以查到车主及其行踪。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "One whole plate with clean boundaries is enough.",
            "完整且边界清楚的车牌一处即报告。",
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
    const KINDS: &[PersonalKind] = &[PersonalKind::PlateCn];
    check_kinds(column, KINDS, Plates)
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
