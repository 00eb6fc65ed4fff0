//! P04: IPv6 and hardware addresses.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::context::ColumnContext;
use crate::engine::audit::finding::{Dimension, Fact, Finding};
use crate::engine::audit::fix::Fix;
use crate::engine::audit::personal::PersonalKind;
use crate::engine::audit::personal_columns::{PersonalColumn, check_kinds};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::rule::{RuleInfo, Violation};
use crate::engine::progress::Cancelled;

/// Network addresses (P04)
///
/// ## What it checks
/// Texts with an IPv6 address of at least three groups or a hardware (MAC) address. IPv4 is P01's.
///
/// ## Why it matters
/// Network addresses follow a device through all its visits; European courts treat them as personal data.
///
/// ## Example
/// `referrer` holds 2001:db8::… in 40 rows.
///
/// ## Proposed fix
/// Mask what matches; the rest of the text stays.
pub struct NetworkAddresses(PersonalColumn);

impl Violation for NetworkAddresses {
    const INFO: RuleInfo = RuleInfo {
        code: "P04",
        name_en: "Network addresses",
        name_zh: "网络地址",
        dimension: Dimension::Privacy,
        source: include_str!("network_addresses.rs"),
    };

    fn title(&self) -> Bilingual {
        self.0.title()
    }

    fn message(&self) -> Bilingual {
        self.0.message()
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Network addresses follow a device through all its visits and count as personal data.",
            "网络地址可以跨访问追踪设备，属于个人信息。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "One whole address with clean boundaries is enough; clocks and code such as a::b are none.",
            "完整且边界清楚的地址一处即报告；时刻和 a::b 之类的代码不算。",
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
    const KINDS: &[PersonalKind] = &[PersonalKind::Ipv6, PersonalKind::MacAddress];
    check_kinds(column, KINDS, NetworkAddresses)
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn only_the_texts_that_hold_them() {
        let texts = vec![
            Some("at 12:30:45 today"),
            Some("from 2001:db8::1f:2a"),
            Some("00:1B:44:11:3A:B7"),
            None,
        ];
        let found = findings(&table(vec![("query", Col::S(texts))]), "P04");
        assert_eq!(found[0].rows.as_slice(), [1, 2]);
    }
}
