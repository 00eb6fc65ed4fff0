//! Suggestions hold on the rows they were drawn from, are refused where later rows break them, and make a file that is
//! read back.

use crate::engine::audit::fixture::{Col, NOW_SECS, table};
use crate::engine::ingest::Dataset;
use crate::engine::progress::Progress;
use crate::engine::rules::suggest::{Suggestion, Suggestions, document, suggest};
use crate::engine::rules::{Expectation, RuleFile, Scalar, Tables};

const DAY: i64 = 86_400;
const NOW_MS: u64 = NOW_SECS as u64 * 1_000;

/// 40 days of 50 events in the order of time, up to an hour ago. From row `turn` on the shop has a new event.
fn log(turn: usize) -> Dataset {
    let rows = 2_000;
    let users: Vec<String> = (0..rows).map(|row| format!("U{:04}", row * 7 % 97)).collect();
    let event = |row: usize| match row {
        row if row >= turn && row.is_multiple_of(2) => "swipe",
        row if row.is_multiple_of(10) => "purchase",
        _ => "view",
    };
    let start = NOW_SECS - 40 * DAY - 3_600;
    table(vec![
        ("user", Col::S(users.iter().map(|user| Some(user.as_str())).collect())),
        (
            "item",
            Col::I((0..rows).map(|row| Some(row as i64 * 31 % 400)).collect()),
        ),
        ("event", Col::S((0..rows).map(|row| Some(event(row))).collect())),
        (
            "price",
            Col::F(
                (0..rows)
                    .map(|row| (row % 20 != 3).then_some(1.0 + row as f64))
                    .collect(),
            ),
        ),
        (
            "time",
            Col::T(
                (0..rows)
                    .map(|row| Some(start + row as i64 * (DAY / 50) + DAY / 50))
                    .collect(),
            ),
        ),
    ])
}

fn suggested(data: &Dataset, items: Option<&Dataset>) -> Suggestions {
    let tables = Tables {
        items,
        ..Tables::default()
    };
    suggest(data, None, &tables, NOW_MS, &Progress::new()).expect("a sound log")
}

fn find<'a>(found: &'a Suggestions, kind: &str, column: &str) -> &'a Suggestion {
    let mut fitting = found.rules.iter().filter(|rule| {
        let expectation = &rule.rule.expectation;
        expectation.kind() == kind && expectation.column().is_none_or(|name| name == column)
    });
    fitting
        .next()
        .unwrap_or_else(|| panic!("no {kind} for {column} in {:#?}", found.rules))
}

#[test]
fn a_steady_log_suggests_rules_that_hold_later() {
    let items = table(vec![("item", Col::I((0..399).map(Some).collect()))]);
    let found = suggested(&log(usize::MAX), Some(&items));
    assert_eq!((found.fit_rows, found.test_rows), (1_600, 400));
    let rule = find(&found, "not_null", "price");
    assert_eq!((rule.fit.checked, rule.fit.failed), (1_600, 80));
    // scipy 1.17.1: binomtest(80, 1600).proportion_ci(0.90, "exact").high = 0.0599…
    assert!((0.939..0.942).contains(&rule.rule.mostly) && rule.accepted, "{rule:?}");
    let rule = find(&found, "in_set", "event");
    let Expectation::InSet { values, .. } = &rule.rule.expectation else {
        panic!("{rule:?}")
    };
    assert_eq!(values, &["view", "purchase"].map(|value| Scalar::Text(value.into())));
    // None of 400: 1 − 0.05^(1/400).
    assert!((rule.upper_bound.expect("rows were tried") - 0.007_461).abs() < 1e-6);
    let rule = find(&found, "between", "price");
    let Expectation::Between {
        min, max, strict_min, ..
    } = &rule.rule.expectation
    else {
        panic!("{rule:?}")
    };
    assert_eq!((min, max, *strict_min), (&Some(Scalar::Integer(0)), &None, true));
    let rule = find(&found, "references", "item");
    assert!(
        rule.accepted && rule.rule.mostly < 1.0 && rule.fit.failed == 4,
        "{rule:?}"
    );
    let rule = find(&found, "volume", "time");
    let Expectation::Volume { min_rows, max_rows, .. } = &rule.rule.expectation else {
        panic!("{rule:?}")
    };
    assert_eq!((min_rows, max_rows, rule.accepted), (&Some(25), &Some(100), true));
    for (kind, column) in [("monotone", "time"), ("freshness", "time"), ("unique_together", "")] {
        assert!(find(&found, kind, column).accepted, "{kind}");
    }
    assert!(found.rules.iter().all(|rule| rule.accepted == rule.refused.is_none()));
}

#[test]
fn what_later_rows_break_is_refused_and_stands_as_a_comment() {
    let found = suggested(&log(1_700), None);
    let rule = find(&found, "in_set", "event");
    assert!(!rule.accepted && rule.back_test.failed == 150, "{rule:?}");
    let text = document(&found, "log\nof the shop").expect("other rules were accepted");
    assert!(
        text.contains("# kind = \"in_set\"") && text.contains("# not accepted: "),
        "{text}"
    );
    let read = RuleFile::parse(&text, "suggested.toml").unwrap_or_else(|error| panic!("{error}\n{text}"));
    let accepted = found.rules.iter().filter(|rule| rule.accepted);
    assert_eq!(read.rules, accepted.map(|rule| rule.rule.clone()).collect::<Vec<_>>());
    for rule in &found.rules {
        assert!(text.contains(&rule.evidence.en), "{}", rule.evidence.en);
    }
    assert!(text.contains("back-test: not passed, 150 of 400 break it"), "{text}");
}

#[test]
fn another_log_can_be_what_rules_are_tried_on() {
    let (one, other) = (log(usize::MAX), log(0));
    let found = suggest(&one, Some(&other), &Tables::default(), NOW_MS, &Progress::new()).expect("sound logs");
    assert_eq!((found.fit_rows, found.test_rows), (2_000, 2_000));
    assert!(!find(&found, "in_set", "event").accepted);
    assert!(find(&found, "monotone", "time").accepted);
}

#[test]
fn an_old_log_does_not_suggest_to_be_fresh() {
    let found = suggest(
        &log(usize::MAX),
        None,
        &Tables::default(),
        NOW_MS + 90 * DAY as u64 * 1_000,
        &Progress::new(),
    );
    let found = found.expect("a sound log");
    let rule = find(&found, "freshness", "time");
    assert!(!rule.accepted && rule.back_test.passed, "{rule:?}");
}

#[test]
fn logs_without_times_or_rows_suggest_what_they_can() {
    let plain = table(vec![("label", Col::I((0..200).map(|row| Some(row % 2)).collect()))]);
    let found = suggested(&plain, None);
    assert_eq!((found.fit_rows, found.test_rows), (160, 40));
    assert!(find(&found, "in_set", "label").accepted);
    let empty = suggested(&table(vec![("user", Col::I(vec![])), ("time", Col::T(vec![]))]), None);
    assert!(empty.rules.is_empty());
    assert_eq!(document(&empty, "nothing"), None);
    let tiny = suggested(&table(vec![("user", Col::I(vec![Some(1)]))]), None);
    assert!(
        tiny.rules.iter().all(|rule| !rule.accepted),
        "nothing was left to try them on"
    );
}
