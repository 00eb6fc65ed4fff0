//! All rules of the audit in order of their codes.
//!
//! Invariant: codes are unique and never reused; the order of this table is the order of documentation.

use super::checks::{
    bots, constant, double_fire, duplicate_rows, isolated_time, label_imbalance, long_tail, missing, mixed_types,
    orphans, personal_data, price, same_key, sessions, time_range, unknown_event, unseen_purchase,
};
use super::rule::{Check, Violation as _};

pub use super::rule::{Rule, RuleInfo};

/// Every rule, sorted by code.
pub const RULES: [Rule; 19] = [
    Rule {
        info: &unseen_purchase::UnseenPurchase::INFO,
        check: Check::Log(unseen_purchase::check),
    },
    Rule {
        info: &bots::BotLikeUsers::INFO,
        check: Check::Log(bots::check),
    },
    Rule {
        info: &sessions::BrokenSessions::INFO,
        check: Check::Log(sessions::check),
    },
    Rule {
        info: &long_tail::LongTail::INFO,
        check: Check::Log(long_tail::check),
    },
    Rule {
        info: &missing::MissingCells::INFO,
        check: Check::Column(missing::check),
    },
    Rule {
        info: &constant::ConstantColumn::INFO,
        check: Check::Column(constant::check),
    },
    Rule {
        info: &orphans::OrphanItems::INFO,
        check: Check::Log(orphans::check_items),
    },
    Rule {
        info: &orphans::OrphanUsers::INFO,
        check: Check::Log(orphans::check_users),
    },
    Rule {
        info: &orphans::UnusedItems::INFO,
        check: Check::Log(orphans::check_unused),
    },
    Rule {
        info: &label_imbalance::LabelImbalance::INFO,
        check: Check::Log(label_imbalance::check),
    },
    Rule {
        info: &personal_data::PersonalData::INFO,
        check: Check::Column(personal_data::check),
    },
    Rule {
        info: &time_range::TimeOutOfRange::INFO,
        check: Check::Log(time_range::check),
    },
    Rule {
        info: &isolated_time::IsolatedTime::INFO,
        check: Check::Log(isolated_time::check),
    },
    Rule {
        info: &duplicate_rows::DuplicateRows::INFO,
        check: Check::Log(duplicate_rows::check),
    },
    Rule {
        info: &double_fire::DoubleFire::INFO,
        check: Check::Log(double_fire::check),
    },
    Rule {
        info: &same_key::SameKey::INFO,
        check: Check::Log(same_key::check),
    },
    Rule {
        info: &price::PriceNotPositive::INFO,
        check: Check::Column(price::check),
    },
    Rule {
        info: &unknown_event::UnknownEvent::INFO,
        check: Check::Log(unknown_event::check),
    },
    Rule {
        info: &mixed_types::MixedTypes::INFO,
        check: Check::Column(mixed_types::check),
    },
];

/// The rule with a code, in any case.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.info.code.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::audit::explain::documentation;
    use crate::engine::audit::finding::Dimension;

    #[test]
    fn codes_are_sorted_unique_and_start_with_the_letter_of_their_dimension() {
        let codes: Vec<&str> = RULES.iter().map(|rule| rule.info.code).collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
        for rule in RULES {
            let letters = match rule.info.dimension {
                Dimension::Completeness => "C",
                Dimension::Uniqueness => "U",
                Dimension::Validity => "V",
                Dimension::Consistency => "K",
                Dimension::Timeliness => "T",
                Dimension::Behaviour => "BL",
                Dimension::Privacy => "P",
            };
            assert!(letters.contains(&rule.info.code[..1]), "{}", rule.info.code);
        }
    }

    #[test]
    fn every_rule_is_documented_in_the_four_sections() {
        for rule in RULES {
            let text = documentation(rule.info);
            for section in ["What it checks", "Why it matters", "Example", "Proposed fix"] {
                assert!(text.contains(section), "{} lacks “{section}”:\n{text}", rule.info.code);
            }
            assert!(!rule.info.name_zh.is_ascii());
        }
    }
}
