//! Labels: what follows within the window, what shares the key, what the end of the log cuts off.

use crate::engine::artifact::Role;
use crate::engine::features::FeatureError;
use crate::engine::features::config::{LabelRule, Scope};
use crate::engine::features::events::Events;
use crate::engine::features::label::{Examples, default_rule, examples};
use crate::engine::ingest::Dataset;
use crate::engine::progress::Progress;
use crate::engine::recipe::fixture::{boolean, dataset, integer, text, time};

fn rule(within_secs: f64, scope: Scope) -> LabelRule {
    LabelRule::Followed {
        anchor: vec!["view".to_owned()],
        target: vec!["buy".to_owned()],
        within_secs,
        scope,
    }
}

/// (user, item, session, kind, seconds)
fn log(rows: &[(&str, i64, &str, &str, i64)]) -> Dataset {
    dataset(vec![
        text("user", Role::User, &rows.iter().map(|r| Some(r.0)).collect::<Vec<_>>()),
        integer("item", Role::Item, &rows.iter().map(|r| Some(r.1)).collect::<Vec<_>>()),
        text(
            "session",
            Role::Session,
            &rows.iter().map(|r| Some(r.2)).collect::<Vec<_>>(),
        ),
        text("kind", Role::Event, &rows.iter().map(|r| Some(r.3)).collect::<Vec<_>>()),
        time("at", Role::Time, &rows.iter().map(|r| Some(r.4)).collect::<Vec<_>>()),
    ])
}

fn found(log: &Dataset, rule: &LabelRule) -> Result<Examples, FeatureError> {
    let progress = Progress::new();
    examples(&Events::new(log, None, &progress)?, rule, &progress)
}

const ROWS: [(&str, i64, &str, &str, i64); 9] = [
    ("a", 1, "s1", "view", 0), // bought after 10 s
    ("a", 2, "s1", "view", 1), // other item bought in the session
    ("b", 1, "s2", "view", 2), // another user
    ("a", 1, "s1", "buy", 10),
    ("a", 1, "s1", "view", 10), // tied with the purchase: it does not follow
    ("a", 1, "s3", "view", 50), // bought after 50 s
    ("a", 1, "s3", "buy", 100),
    ("b", 2, "s2", "view", 140), // the window of 20 s ends with the log
    ("b", 2, "s2", "view", 160), // the log ends before the window
];

fn labels(rule: &LabelRule) -> Vec<(u32, bool)> {
    let found = found(&log(&ROWS), rule).expect("examples");
    found.rows.into_iter().zip(found.labels).collect()
}

#[test]
fn a_view_is_positive_if_the_purchase_follows_in_time() {
    let positives = |within, scope| -> Vec<u32> {
        labels(&rule(within, scope))
            .into_iter()
            .filter(|row| row.1)
            .map(|row| row.0)
            .collect()
    };
    assert_eq!(positives(20.0, Scope::UserItem), [0]);
    assert!(positives(9.999, Scope::UserItem).is_empty());
    assert_eq!(positives(50.0, Scope::UserItem), [0, 5]);
    assert_eq!(positives(20.0, Scope::Session), [0, 1]);
    assert_eq!(positives(20.0, Scope::SessionItem), [0]);
}

#[test]
fn rows_whose_window_is_cut_off_are_dropped_and_every_row_is_counted() {
    let found = found(&log(&ROWS), &rule(20.0, Scope::UserItem)).expect("examples");
    assert_eq!(found.rows, [0, 1, 2, 4, 5, 7]);
    assert_eq!((found.dropped.window_cut_off, found.dropped.not_anchor), (1, 2));
    assert_eq!(found.rows.len() as u64 + found.dropped.total(), 9);
}

#[test]
fn labels_do_not_depend_on_the_order_of_rows() {
    let mut reversed = ROWS;
    reversed.reverse();
    let found = found(&log(&reversed), &rule(20.0, Scope::Session)).expect("examples");
    let mut mirrored: Vec<(u32, bool)> = found.rows.iter().map(|row| 8 - row).zip(found.labels).collect();
    mirrored.sort_unstable();
    assert_eq!(mirrored, labels(&rule(20.0, Scope::Session)));
}

#[test]
fn the_default_rule_is_found_in_the_log() {
    let table = log(&ROWS);
    let progress = Progress::new();
    let rule = default_rule(&Events::new(&table, None, &progress).expect("a log")).expect("a rule");
    let LabelRule::Followed {
        anchor, target, scope, ..
    } = rule
    else {
        panic!("{rule:?}")
    };
    assert_eq!(
        (anchor[0].as_str(), target[0].as_str(), scope),
        ("view", "buy", Scope::UserItem)
    );
    let labelled = dataset(vec![
        text("review", Role::Text, &[Some("good"), Some("bad")]),
        integer("liked", Role::Label, &[Some(1), Some(0)]),
    ]);
    let rule = default_rule(&Events::new(&labelled, None, &progress).expect("a table")).expect("a rule");
    assert_eq!(
        rule,
        LabelRule::Column {
            column: "liked".to_owned(),
            positive: vec![]
        }
    );
    let neither = dataset(vec![text("review", Role::Text, &[Some("good")])]);
    let error = default_rule(&Events::new(&neither, None, &progress).expect("a table"));
    assert!(matches!(error, Err(FeatureError::NoLabelRule)));
}

#[test]
fn the_default_window_is_an_hour_unless_the_log_is_too_short_for_it() {
    // Ten views, one every `apart` seconds, and a purchase with the last of them: the log ends there.
    let window = |apart: i64| {
        let mut rows: Vec<(&str, i64, &str, &str, i64)> = (0..10).map(|i| ("a", 1, "s", "view", i * apart)).collect();
        rows.push(("a", 1, "s", "buy", 9 * apart));
        let table = log(&rows);
        let events = Events::new(&table, None, &Progress::new()).expect("a log");
        match default_rule(&events).expect("a rule") {
            LabelRule::Followed { within_secs, .. } => within_secs,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(window(86_400), 3600.0);
    // Five of ten windows end within the log: the fifth view comes 5 · apart before its end.
    assert_eq!((window(720), window(719)), (3600.0, 1800.0));
    assert_eq!((window(360), window(180), window(120)), (1800.0, 900.0, 600.0));
    assert_eq!((window(60), window(1)), (300.0, 300.0));
}

#[test]
fn label_columns_are_read_and_refused() {
    let column = |column: &str, positive: &[&str]| LabelRule::Column {
        column: column.to_owned(),
        positive: positive.iter().map(|p| (*p).to_owned()).collect(),
    };
    let table = dataset(vec![
        boolean("flag", Role::Other, &[Some(true), None, Some(false), Some(true)]),
        integer("stars", Role::Other, &[Some(3), Some(1), Some(0), Some(2)]),
        text("words", Role::Other, &[Some("Yes"), Some("no"), Some("是"), Some("0")]),
    ]);
    let flags = found(&table, &column("flag", &[])).expect("labels");
    assert_eq!(
        (flags.rows, flags.labels, flags.dropped.no_label),
        (vec![0, 2, 3], vec![true, false, true], 1)
    );
    assert_eq!(
        found(&table, &column("words", &[])).expect("labels").labels,
        [true, false, true, false]
    );
    assert_eq!(
        found(&table, &column("stars", &["3", "2"])).expect("labels").labels,
        [true, false, false, true]
    );
    let refused = found(&table, &column("stars", &[])).expect_err("3 is no label");
    assert!(
        matches!(&refused, FeatureError::NotALabel { value, line: 2, .. } if value == "3"),
        "{refused}"
    );
    assert!(matches!(
        found(&table, &column("star", &[])),
        Err(FeatureError::UnknownColumn { .. })
    ));
    let unknown = found(
        &log(&ROWS),
        &LabelRule::Followed {
            anchor: vec!["look".to_owned()],
            target: vec!["buy".to_owned()],
            within_secs: 1.0,
            scope: Scope::UserItem,
        },
    );
    assert!(matches!(unknown, Err(FeatureError::UnknownEvent { .. })));
}
