//! P04: IPv6 and hardware addresses.

use crate::engine::artifact::Bilingual;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::personal::PersonalKind;
use crate::engine::audit::personal_columns::PersonalCheck;
use crate::engine::audit::rule::RuleInfo;

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
pub struct NetworkAddresses;

impl PersonalCheck for NetworkAddresses {
    const INFO: RuleInfo = RuleInfo {
        code: "P04",
        name_en: "Network addresses",
        name_zh: "网络地址",
        dimension: Dimension::Privacy,
        source: include_str!("network_addresses.rs"),
    };
    const KINDS: &'static [PersonalKind] = &[PersonalKind::Ipv6, PersonalKind::MacAddress];

    fn why() -> Bilingual {
        Bilingual::new(
            "Network addresses follow a device through all its visits and count as personal data.",
            "网络地址可以跨访问追踪设备，属于个人信息。",
        )
    }

    fn threshold() -> Bilingual {
        Bilingual::new(
            "One whole address with clean boundaries is enough; clocks and code such as a::b are none.",
            "完整且边界清楚的地址一处即报告；时刻和 a::b 之类的代码不算。",
        )
    }
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
