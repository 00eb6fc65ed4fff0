//! All rules of the audit in order of their codes.
//!
//! Invariant: codes are unique and never reused; the order of this table is the order of documentation.

use super::checks::{
    bots, constant, double_fire, duplicate_rows, isolated_time, label_imbalance, long_tail, missing, mixed_types,
    orphan_items, orphan_users, personal_data, price, same_key, sessions, time_range, unknown_event, unseen_purchase,
    unused_items,
};
use super::rule::{Check, ColumnCheck, LogCheck, Violation};

pub use super::rule::{Rule, RuleInfo};

/// Every rule, sorted by code.
pub static RULES: &[Rule] = &[
    log::<unseen_purchase::UnseenPurchase>(unseen_purchase::check),
    log::<bots::BotLikeUsers>(bots::check),
    log::<sessions::BrokenSessions>(sessions::check),
    log::<long_tail::LongTail>(long_tail::check),
    column::<missing::MissingCells>(missing::check),
    column::<constant::ConstantColumn>(constant::check),
    log::<orphan_items::OrphanItems>(orphan_items::check),
    log::<orphan_users::OrphanUsers>(orphan_users::check),
    log::<unused_items::UnusedItems>(unused_items::check),
    log::<label_imbalance::LabelImbalance>(label_imbalance::check),
    column::<personal_data::PersonalData>(personal_data::check),
    log::<time_range::TimeOutOfRange>(time_range::check),
    log::<isolated_time::IsolatedTime>(isolated_time::check),
    log::<duplicate_rows::DuplicateRows>(duplicate_rows::check),
    log::<double_fire::DoubleFire>(double_fire::check),
    log::<same_key::SameKey>(same_key::check),
    column::<price::PriceNotPositive>(price::check),
    log::<unknown_event::UnknownEvent>(unknown_event::check),
    column::<mixed_types::MixedTypes>(mixed_types::check),
];

/// A rule that looks at every column.
const fn column<V: Violation>(check: ColumnCheck) -> Rule {
    Rule {
        info: const { &V::INFO },
        check: Check::Column(check),
    }
}

/// A rule that looks at the log once.
const fn log<V: Violation>(check: LogCheck) -> Rule {
    Rule {
        info: const { &V::INFO },
        check: Check::Log(check),
    }
}

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
                Dimension::Validity => "VX",
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
