//! Rules that are edited: a sheet keeps what it is not asked to change, a form says the rule it was made from.

use super::files::rules;
use crate::engine::artifact::{ColumnType, Role, Severity};
use crate::engine::ingest::Dataset;
use crate::engine::recipe::fixture::{dataset, float, text, time};
use crate::engine::rules::{Expectation, KINDS, Rule, RuleDraft, RuleFile, RuleSheet, Scalar, to_toml};
use proptest::prelude::*;

const FILE: &str = "# The contract of the shop.\nversion = 1\n\n# money\n# is never negative\n[[rule]]   # first\nmin = 0.0 # free goods exist\nkind = \"between\"\n\n# refunds?\ncolumn = \"price\"\n\n# left for later:\n# [[rule]]\n# kind = \"not_null\"\n\n[[rule]]\nkind = \"in_set\"\ncolumn = \"event_type\"\nvalues = [\n  \"view\", # most of them\n  \"cart\",\n]\nmostly = 1.0\n";

fn sheet() -> RuleSheet {
    RuleSheet::parse(FILE, "shop.toml").expect("a sound file")
}

fn with(rule: &Rule, change: impl FnOnce(&mut Rule)) -> Rule {
    let mut rule = rule.clone();
    change(&mut rule);
    rule
}

/// The text says the rules.
#[track_caller]
fn assert_sound(sheet: &RuleSheet) {
    let read = RuleFile::parse(sheet.text(), "shop.toml").unwrap_or_else(|error| panic!("{error}\n{}", sheet.text()));
    assert_eq!(read.rules, sheet.rules(), "{}", sheet.text());
}

#[test]
fn an_edit_leaves_alone_what_it_is_not_about() {
    let mut sheet = sheet();
    assert!(sheet.keeps_comments());
    let rule = with(&sheet.rules()[0], |rule| {
        rule.mostly = 0.99;
        rule.severity = Severity::Warning;
    });
    sheet.replace(0, rule);
    assert_sound(&sheet);
    let expected = FILE.replace(
        "column = \"price\"\n",
        "column = \"price\"\nmostly = 0.99\nseverity = \"warning\"\n",
    );
    assert_eq!(sheet.text(), expected);

    let rule = with(&sheet.rules()[1], |rule| {
        rule.expectation = Expectation::InSet {
            column: "event".to_owned(),
            values: vec![Scalar::Text("view".to_owned())],
        };
    });
    sheet.replace(1, rule);
    assert_sound(&sheet);
    let expected = expected
        .replace("column = \"event_type\"", "column = \"event\"")
        .replace("[\n  \"view\", # most of them\n  \"cart\",\n]", "[\"view\"]");
    assert_eq!(
        sheet.text(),
        expected,
        "`mostly = 1.0` was written out by hand and stays"
    );
}

#[test]
fn a_rule_of_another_kind_takes_the_place_with_its_own_keys_only() {
    let mut sheet = sheet();
    let rule = with(&sheet.rules()[0], |rule| {
        rule.expectation = Expectation::NotNull {
            column: "price".to_owned(),
        };
    });
    sheet.replace(0, rule);
    assert_sound(&sheet);
    assert!(!sheet.text().contains("min = 0"), "{}", sheet.text());
    for comment in ["# is never negative", "# first", "# refunds?", "# most of them"] {
        assert!(sheet.text().contains(comment), "{comment} is gone:\n{}", sheet.text());
    }
}

#[test]
fn a_rule_is_taken_out_with_the_comment_above_it_and_the_last_one_with_the_file() {
    let mut sheet = sheet();
    sheet.remove(0);
    assert_sound(&sheet);
    assert_eq!(sheet.rules().len(), 1);
    assert!(!sheet.text().contains("money") && !sheet.text().contains("price"));
    assert!(sheet.text().contains("left for later") && sheet.text().contains("The contract of the shop"));
    sheet.remove(7);
    assert_eq!(sheet.rules().len(), 1);
    sheet.remove(0);
    assert_eq!(sheet, RuleSheet::default());
}

#[test]
fn a_rule_is_added_under_its_comment() {
    let mut sheet = sheet();
    let rule = sheet.rules()[0].clone();
    sheet.push(rule.clone(), "# once more\n");
    assert_sound(&sheet);
    assert!(sheet.text().starts_with(FILE), "{}", sheet.text());
    assert!(sheet.text().ends_with(
        "\n\n# once more\n[[rule]]\nkind = \"between\"\ncolumn = \"price\"\nmin = 0.0\nseverity = \"error\"\n"
    ));
    let mut first = RuleSheet::default();
    first.push(rule, "");
    assert_sound(&first);
    assert!(first.text().starts_with("version = 1\n\n[[rule]]\n"));
}

#[test]
fn a_file_with_its_rules_in_brackets_is_written_anew_and_says_so() {
    let text = "version = 1 # ours\nrule = [{ kind = \"not_null\", column = \"a\" }]\n";
    let mut sheet = RuleSheet::parse(text, "shop.toml").expect("a sound file");
    assert!(!sheet.keeps_comments());
    let rule = sheet.rules()[0].clone();
    sheet.push(rule, "");
    assert_sound(&sheet);
    assert_eq!((sheet.rules().len(), sheet.text().contains("# ours")), (2, false));
}

#[test]
fn line_ends_of_another_system_are_kept() {
    let text = FILE.replace('\n', "\r\n");
    let mut sheet = RuleSheet::parse(&text, "shop.toml").expect("a sound file");
    let rule = with(&sheet.rules()[1], |rule| rule.severity = Severity::Info);
    sheet.replace(1, rule);
    assert_sound(&sheet);
    assert!(sheet.text().starts_with(&text), "only a line was added");
    sheet.remove(0);
    assert_sound(&sheet);
    assert!(sheet.text().contains("# left for later:\r\n"));
}

proptest! {
    #[test]
    fn a_sheet_says_its_rules_after_every_edit(first in prop::collection::vec(rules(), 1..5), edits in prop::collection::vec((0_usize..6, 0_u8..3, rules()), 0..6)) {
        let mut sheet = RuleSheet::parse(&to_toml(&first), "a.toml").expect("what is written is read");
        let mut expected = first;
        for (place, what, rule) in edits {
            match what {
                0 => { expected.push(rule.clone()); sheet.push(rule, "# a comment\n"); }
                1 => { if place < expected.len() { expected[place] = rule.clone(); } sheet.replace(place, rule); }
                _ => { if place < expected.len() { expected.remove(place); } sheet.remove(place); }
            }
            prop_assert_eq!(sheet.rules(), &expected[..]);
            if expected.is_empty() {
                prop_assert_eq!(sheet.text(), "");
            } else {
                let read = RuleFile::parse(sheet.text(), "a.toml").map_err(|error| TestCaseError::fail(error.to_string()))?;
                prop_assert_eq!(&read.rules, &expected);
            }
        }
    }

    #[test]
    fn a_form_says_the_rule_it_was_made_from(rule in rules()) {
        let draft = RuleDraft::of(&rule);
        let said = draft.rule().map_err(|why| TestCaseError::fail(format!("{}: {rule:?}", why.en)))?;
        prop_assert_eq!(said, rule);
    }
}

fn shop() -> Dataset {
    dataset(vec![
        text("user_id", Role::User, &[Some("u1"), Some("u2")]),
        text("event_type", Role::Event, &[Some("view"), Some("cart")]),
        float("price", Role::Price, &[Some(1.0), None]),
        time("event_time", Role::Time, &[Some(0), Some(60)]),
    ])
}

#[test]
fn a_form_of_each_kind_starts_with_the_column_it_is_usually_about() {
    let log = shop();
    let about = |kind| RuleDraft::new(kind, Some(&log.info)).column;
    assert_eq!(
        ["not_null", "in_set", "between", "monotone", "freshness"].map(about),
        ["user_id", "event_type", "price", "event_time", "event_time"]
    );
    for (kind, _) in KINDS {
        let draft = RuleDraft::new(kind, Some(&log.info));
        assert_eq!(draft.kind, kind);
        let complete = matches!(
            kind,
            "not_null" | "unique_together" | "references" | "monotone" | "freshness"
        );
        assert_eq!(draft.rule().is_ok(), complete, "{kind}: {:?}", draft.rule());
        assert_eq!(RuleDraft::new(kind, None).kind, kind);
    }
}

#[test]
fn a_form_tells_what_is_wrong_in_the_words_of_the_file() {
    let log = shop();
    let wrong = |kind: &str, change: fn(&mut RuleDraft)| {
        let mut draft = RuleDraft::new(kind, Some(&log.info));
        change(&mut draft);
        let why = draft.rule().expect_err(kind);
        assert!(!why.zh.is_empty());
        why.en
    };
    for (told, words) in [
        (
            wrong("between", |draft| draft.min = "cheap".to_owned()),
            "`cheap` is neither a number",
        ),
        (wrong("between", |_| ()), "needs `min` or `max`"),
        (
            wrong("matches", |draft| draft.pattern = "(".to_owned()),
            "not a regular expression",
        ),
        (wrong("in_set", |_| ()), "`values` is missing"),
        (
            wrong("volume", |draft| draft.min_rows = "many".to_owned()),
            "whole number of rows",
        ),
        (
            wrong("freshness", |draft| draft.within = "soon".to_owned()),
            "not a length of time",
        ),
        (
            wrong("row_condition", |draft| draft.condition = "price >".to_owned()),
            "condition stops making sense",
        ),
        (
            wrong("not_null", |draft| draft.filter = "price ?".to_owned()),
            "condition stops making sense",
        ),
        (wrong("not_null", |draft| draft.mostly = 0.0), "`mostly` is 0"),
    ] {
        assert!(told.contains(words), "`{words}` is not in: {told}");
    }
}

#[test]
fn values_are_read_as_the_type_of_their_column() {
    let log = shop();
    let mut draft = RuleDraft::new("in_set", Some(&log.info));
    draft.values = "1\n\ntrue\nview".to_owned();
    let texts = ["1", "true", "view"].map(|value| Scalar::Text(value.to_owned()));
    assert!(draft.has_texts);
    let values = |draft: &RuleDraft| match draft.rule().expect("sound").expectation {
        Expectation::InSet { values, .. } => values,
        other => panic!("{other:?}"),
    };
    assert_eq!(values(&draft), texts);
    draft.column = "price".to_owned();
    draft.has_texts = draft.is_text_column(&log.info.columns);
    assert_eq!(log.info.columns[2].dtype, ColumnType::Float);
    assert_eq!(
        values(&draft),
        [Scalar::Integer(1), Scalar::Boolean(true), texts[2].clone()]
    );
}
