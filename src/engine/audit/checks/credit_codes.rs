//! P03: unified social credit codes.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Fact, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::personal::PersonalKind;
use crate::engine::audit::personal_columns::{PersonalColumn, check_kinds};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

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
pub struct CreditCodes(PersonalColumn);

impl Violation for CreditCodes {
    const INFO: RuleInfo = RuleInfo {
        code: "P03",
        name_en: "Organisation codes",
        name_zh: "统一社会信用代码",
        dimension: Dimension::Privacy,
        source: include_str!("credit_codes.rs"),
    };

    fn title(&self) -> Bilingual {
        self.0.title()
    }

    fn message(&self) -> Bilingual {
        self.0.message()
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "The code of a sole trader leads to a person; with others it shows who buys what.",
            "个体工商户的代码可查到本人；其他代码会暴露采购关系。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "One match with a right check character and an existing region is enough.",
            "校验码正确且行政区划存在，一处匹配即报告。",
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
    const KINDS: &[PersonalKind] = &[PersonalKind::CreditCodeCn];
    check_kinds(column, KINDS, CreditCodes)
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
