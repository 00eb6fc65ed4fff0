//! All rules of the audit in order of their codes.
//!
//! Invariant: codes are unique and never reused; the order of this table is the order of documentation.

use super::checks::{
    bots, cart_after_purchase, click_without_exposure, clock_skew, column_outage, constant, control_characters,
    credit_codes, currency_mix, date_only, double_fire, duplicate_rows, edge_space, empty_days, empty_rows,
    end_before_start, escaped_text, exposure_without_position, full_width, future_times, impossible_dates,
    isolated_time, item_attributes, k_core, label_imbalance, label_leak, links, long_tail, long_texts, lost_zeros,
    markup, missing, mixed_types, mojibake, near_constant, network_addresses, numbers_with_units, odd_script,
    orphan_items, orphan_users, outliers, passports, personal_data, personal_names, placeholders, plates,
    popularity_shift, postal_addresses, price, price_jumps, quantity, rating_scale, repeated_keys, repeated_texts,
    review_without_purchase, rounded_numbers, same_key, scientific_codes, sentinels, sessions, shared_sessions,
    spelling_variants, split_order, split_overlap, synthetic_duplicates, telephones, time_formats, time_range,
    time_units, totals, unknown_event, unseen_purchase, unused_items, whole_log_totals, wordless_texts, zone_shift,
};
use super::personal_columns::{self, Personal, PersonalCheck};
use super::rule::{Check, ColumnCheck, LogCheck, Violation};

pub use super::rule::{Rule, RuleInfo};

/// Every rule, sorted by code.
pub static RULES: &[Rule] = &[
    log::<unseen_purchase::UnseenPurchase>(unseen_purchase::check),
    log::<bots::BotLikeUsers>(bots::check),
    log::<sessions::BrokenSessions>(sessions::check),
    log::<long_tail::LongTail>(long_tail::check),
    log::<review_without_purchase::ReviewWithoutPurchase>(review_without_purchase::check),
    log::<cart_after_purchase::CartAfterPurchase>(cart_after_purchase::check),
    log::<click_without_exposure::ClickWithoutExposure>(click_without_exposure::check),
    log::<exposure_without_position::ExposureWithoutPosition>(exposure_without_position::check),
    log::<k_core::KCore>(k_core::check),
    log::<popularity_shift::PopularityShift>(popularity_shift::check),
    column::<missing::MissingCells>(missing::check),
    column::<constant::ConstantColumn>(constant::check),
    column::<placeholders::Placeholders>(placeholders::check),
    column::<sentinels::Sentinels>(sentinels::check),
    log::<empty_rows::MostlyEmptyRows>(empty_rows::check),
    column::<column_outage::ColumnOutage>(column_outage::check),
    column::<near_constant::NearConstant>(near_constant::check),
    log::<orphan_items::OrphanItems>(orphan_items::check),
    log::<orphan_users::OrphanUsers>(orphan_users::check),
    log::<unused_items::UnusedItems>(unused_items::check),
    column::<spelling_variants::SpellingVariants>(spelling_variants::check),
    log::<item_attributes::ItemAttributes>(item_attributes::check),
    log::<price_jumps::PriceJumps>(price_jumps::check),
    column::<currency_mix::CurrencyMix>(currency_mix::check),
    log::<shared_sessions::SharedSessions>(shared_sessions::check),
    log::<end_before_start::EndBeforeStart>(end_before_start::check),
    log::<totals::Totals>(totals::check),
    log::<label_imbalance::LabelImbalance>(label_imbalance::check),
    log::<whole_log_totals::WholeLogTotals>(whole_log_totals::check),
    log::<split_order::SplitOrder>(split_order::check),
    log::<label_leak::LabelLeak>(label_leak::check),
    log::<split_overlap::SplitOverlap>(split_overlap::check),
    personal::<personal_data::PersonalData>(),
    personal::<telephones::Telephones>(),
    personal::<credit_codes::CreditCodes>(),
    personal::<network_addresses::NetworkAddresses>(),
    personal::<passports::Passports>(),
    personal::<plates::Plates>(),
    column::<personal_names::PersonalNames>(personal_names::check),
    column::<postal_addresses::PostalAddresses>(postal_addresses::check),
    log::<time_range::TimeOutOfRange>(time_range::check),
    log::<isolated_time::IsolatedTime>(isolated_time::check),
    log::<empty_days::EmptyDays>(empty_days::check),
    column::<time_units::TimeUnits>(time_units::check),
    log::<clock_skew::ClockSkew>(clock_skew::check),
    column::<date_only::DateOnlyTimes>(date_only::check),
    column::<future_times::FutureTimes>(future_times::check),
    log::<zone_shift::ZoneShift>(zone_shift::check),
    log::<duplicate_rows::DuplicateRows>(duplicate_rows::check),
    log::<double_fire::DoubleFire>(double_fire::check),
    log::<same_key::SameKey>(same_key::check),
    log::<synthetic_duplicates::SyntheticDuplicates>(synthetic_duplicates::check),
    log::<repeated_keys::RepeatedKeys>(repeated_keys::check),
    column::<price::PriceNotPositive>(price::check),
    log::<unknown_event::UnknownEvent>(unknown_event::check),
    column::<mixed_types::MixedTypes>(mixed_types::check),
    column::<quantity::QuantityNotPositive>(quantity::check),
    column::<outliers::Outliers>(outliers::check),
    column::<rating_scale::RatingOutOfScale>(rating_scale::check),
    column::<impossible_dates::ImpossibleDates>(impossible_dates::check),
    column::<time_formats::MixedTimeFormats>(time_formats::check),
    column::<numbers_with_units::NumbersWithUnits>(numbers_with_units::check),
    column::<lost_zeros::LostZeros>(lost_zeros::check),
    column::<scientific_codes::ScientificCodes>(scientific_codes::check),
    column::<rounded_numbers::RoundedNumbers>(rounded_numbers::check),
    column::<mojibake::Mojibake>(mojibake::check),
    column::<control_characters::ControlCharacters>(control_characters::check),
    column::<markup::Markup>(markup::check),
    column::<links::Links>(links::check),
    column::<long_texts::LongTexts>(long_texts::check),
    column::<wordless_texts::WordlessTexts>(wordless_texts::check),
    column::<full_width::FullWidth>(full_width::check),
    column::<edge_space::EdgeSpace>(edge_space::check),
    column::<escaped_text::EscapedText>(escaped_text::check),
    column::<odd_script::OddScript>(odd_script::check),
    log::<repeated_texts::RepeatedTexts>(repeated_texts::check),
];

/// A rule that looks at every column.
const fn column<V: Violation>(check: ColumnCheck) -> Rule {
    Rule {
        info: const { &V::INFO },
        check: Check::Column(check),
    }
}

/// A rule that looks for kinds of personal data in every column.
const fn personal<C: PersonalCheck>() -> Rule {
    column::<Personal<C>>(personal_columns::check::<C>)
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
