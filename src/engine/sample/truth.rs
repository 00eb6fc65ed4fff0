//! What is true of a sample: every planted defect counted, the ceiling for models, the experiment's effect.
//!
//! Invariant: counts are of what was written, each beside the definition it was counted by.

use super::ab_log::ExperimentTruth;
use super::plant::{Ledger, PERSONAL, Plant};
use super::propensity::KnownAuc;
use super::rows::{naturally_empty, planted_empty};
use super::visit::EventKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The content of truth.json.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    pub version: u32,
    pub seed: u64,
    pub clean: bool,
    /// Data lines of events.csv, the header not counted; accepted + malformed.
    pub rows: u64,
    pub rows_accepted: u64,
    pub rows_malformed: u64,
    pub users: u64,
    pub items: u64,
    /// Accepted rows by event type; rows with an unknown type are left out.
    pub event_types: BTreeMap<String, u64>,
    /// First and last Unix second of the log, times out of range left out.
    pub first_unix_secs: Option<i64>,
    pub last_unix_secs: i64,
    /// Share of the views that the most viewed tenth of the items holds.
    pub views_of_top_tenth: Option<f64>,
    /// Cells that are empty by nature: no query on a category page, no review on a view.
    pub empty_by_nature: BTreeMap<String, u64>,
    /// Empty with `--clean`.
    pub defects: Vec<Planted>,
    /// AUC of the true click probability over all views: the ceiling for `view_to_click`.
    pub propensity_auc: Option<f64>,
    pub propensities: Vec<KnownAuc>,
    pub experiment: ExperimentTruth,
}

/// One kind of planted defect.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Planted {
    pub check: String,
    /// The file it is planted in; events.csv if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Tells planted defects of one check apart, e.g. `negative` and `zero`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Rows (for duplicates: surplus rows) that have the defect.
    pub rows: u64,
    /// Duplicates: groups of equal rows, and rows in such groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_in_groups: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<u64>,
    pub definition: String,
}

fn planted(check: &str, column: &str, variant: &str, rows: u64, definition: &str) -> Planted {
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Planted {
        check: check.to_owned(),
        column: given(column),
        variant: given(variant),
        rows,
        definition: definition.to_owned(),
        ..Planted::default()
    }
}

/// A defect of another table than events.csv: (check, column, variant).
pub(super) fn planted_in(
    table: &str,
    (check, column, variant): (&str, &str, &str),
    rows: u64,
    definition: &str,
) -> Planted {
    Planted {
        table: Some(table.to_owned()),
        ..planted(check, column, variant, rows, definition)
    }
}

pub(super) fn malformed(ledger: &Ledger) -> u64 {
    ledger.count(Plant::TooFewFields) + ledger.count(Plant::TooManyFields)
}

pub(super) fn event_types(ledger: &Ledger) -> BTreeMap<String, u64> {
    let kinds = EventKind::ALL.into_iter().zip(ledger.kinds);
    kinds.map(|(kind, rows)| (kind.name().to_owned(), rows)).collect()
}

pub(super) fn empty_by_nature(ledger: &Ledger) -> BTreeMap<String, u64> {
    let columns = naturally_empty().into_iter();
    columns
        .map(|(index, name)| (name.to_owned(), ledger.empty[index]))
        .collect()
}

/// Share of the views that the most viewed tenth of the items holds.
pub(super) fn views_of_top_tenth(mut views_per_item: Vec<u32>) -> Option<f64> {
    let total: u64 = views_per_item.iter().map(|&views| u64::from(views)).sum();
    views_per_item.sort_unstable_by(|a, b| b.cmp(a));
    let head: u64 = views_per_item
        .iter()
        .take(views_per_item.len() / 10)
        .map(|&views| u64::from(views))
        .sum();
    (total > 0).then(|| head as f64 / total as f64)
}

/// All planted defects in the order of the audit's checks.
pub(super) fn defects(ledger: &Ledger) -> Vec<Planted> {
    let mut found = Vec::new();
    for (plant, column) in planted_empty() {
        let definition = "empty cell in an accepted row";
        found.push(planted("missing", column, "", ledger.count(plant), definition));
    }
    let accepted = ledger.rows - malformed(ledger);
    let definition = "every accepted row holds the same value";
    found.push(planted("constant_column", "site", "main", accepted, definition));
    found.extend(duplicates(ledger));
    found.extend(values(ledger));
    found.extend(identifiers(ledger));
    found.extend(behaviour(ledger));
    found.extend(text(ledger));
    let definition = "3 to 6 fields where 13 are expected";
    found.push(planted(
        "malformed_line",
        "",
        "too_few_fields",
        ledger.count(Plant::TooFewFields),
        definition,
    ));
    let definition = "15 fields where 13 are expected";
    found.push(planted(
        "malformed_line",
        "",
        "too_many_fields",
        ledger.count(Plant::TooManyFields),
        definition,
    ));
    found
}

fn duplicates(ledger: &Ledger) -> [Planted; 2] {
    let surplus = ledger.exact_surplus;
    let exact = Planted {
        groups: Some(ledger.exact_groups),
        rows_in_groups: Some(surplus + ledger.exact_groups),
        ..planted(
            "duplicates",
            "",
            "exact",
            surplus,
            "all cells equal those of an earlier row; rows = surplus rows",
        )
    };
    let same = ledger.same_key_surplus;
    let definition =
        "user, item, event and time equal those of an earlier row but the position differs; rows = surplus rows";
    let same_key = Planted {
        groups: Some(same),
        rows_in_groups: Some(2 * same),
        ..planted("duplicates", "", "same_key", same, definition)
    };
    [exact, same_key]
}

fn values(ledger: &Ledger) -> [Planted; 7] {
    let count = |plant| ledger.count(plant);
    [
        planted(
            "time_out_of_range",
            "event_time",
            "before_2000",
            ledger.past,
            "time before 2000-01-01",
        ),
        planted(
            "time_out_of_range",
            "event_time",
            "future",
            ledger.future,
            "time on or after 2038-01-19 03:14:07 UTC",
        ),
        planted(
            "isolated_time",
            "event_time",
            "",
            ledger.isolated,
            "time 60 to 79 days before the row arrived, weeks before all other rows",
        ),
        planted(
            "price_not_positive",
            "price",
            "negative",
            count(Plant::NegativePrice),
            "price below 0",
        ),
        planted(
            "price_not_positive",
            "price",
            "zero",
            count(Plant::ZeroPrice),
            "price equal to 0",
        ),
        planted(
            "unknown_event_type",
            "event_type",
            "",
            count(Plant::UnknownEvent),
            "event type other than view, click, cart, purchase, review (veiw, test_event)",
        ),
        planted(
            "mixed_types",
            "position",
            "",
            count(Plant::MixedPosition),
            "cell with a letter (p3) in a column of whole numbers",
        ),
    ]
}

fn identifiers(ledger: &Ledger) -> [Planted; 3] {
    [
        planted(
            "orphan_item",
            "product_id",
            "",
            ledger.count(Plant::OrphanItem),
            "product_id that items.csv does not hold",
        ),
        planted(
            "orphan_user",
            "user_id",
            "",
            ledger.orphan_users,
            "row of a user_id that users.csv does not hold",
        ),
        planted(
            "unused_item",
            "product_id",
            "items",
            ledger.unused_items,
            "items of items.csv that no accepted row names; rows = items",
        ),
    ]
}

fn behaviour(ledger: &Ledger) -> [Planted; 7] {
    let double_fire = planted(
        "double_fire",
        "",
        "",
        ledger.double_fires,
        "second row of the same user, item and event 1 s after the first (3 s for a purchase); the surplus rows of \
         both kinds of duplicates are 0 s apart and come on top where a check counts them too",
    );
    let bots = Planted {
        users: Some(ledger.bot_users),
        sessions: Some(ledger.bot_users),
        ..planted(
            "bot_user",
            "user_id",
            "",
            ledger.bot_rows,
            "130 to 189 views at exactly 2 s intervals: 30 events a minute, interval coefficient of variation 0",
        )
    };
    let without_view = planted(
        "purchase_without_view",
        "",
        "",
        ledger.purchases_without_view,
        "purchase whose user never viewed, clicked or carted the item before",
    );
    let gap = Planted {
        sessions: Some(ledger.gap_sessions),
        ..planted(
            "session_gap",
            "user_session",
            "",
            ledger.gap_sessions,
            "more than 30 min between two neighbouring events of one session; rows = pauses, one a session",
        )
    };
    let overlong = Planted {
        sessions: Some(ledger.overlong_sessions),
        users: Some(ledger.overlong_sessions),
        ..planted(
            "session_overlong",
            "user_session",
            "",
            ledger.overlong_rows,
            "session of more than 12 h without a pause of 30 min; rows = all rows of these sessions",
        )
    };
    let position = planted(
        "exposure_without_position",
        "position",
        "",
        ledger.exposures_without_position,
        "views and clicks without a position: of bots, overlong sessions and events out of time",
    );
    let shift = planted(
        "popularity_shift",
        "product_id",
        "",
        ledger.new_item_rows,
        "rows of the last fifth of the time on items without a row before: goods launched after 85 % of the rows",
    );
    [double_fire, bots, without_view, gap, overlong, position, shift]
}

fn text(ledger: &Ledger) -> Vec<Planted> {
    let kinds = [
        ("email", "e-mail address"),
        ("cn_mobile", "1[3-9] and nine digits, standing alone"),
        (
            "cn_resident_id",
            "18 characters with a right check character (GB 11643)",
        ),
    ];
    let mut found = Vec::new();
    for ((plant, (variant, definition)), in_reviews) in PERSONAL.into_iter().zip(kinds).zip(ledger.pii_in_reviews) {
        found.push(planted(
            "pii",
            "query",
            variant,
            ledger.count(plant) - in_reviews,
            definition,
        ));
        found.push(planted("pii", "review_text", variant, in_reviews, definition));
    }
    found
}
