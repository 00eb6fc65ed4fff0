//! Rules on single cells and rows: kept and broken, missing and unread cells, columns of the wrong type, no rows.

use crate::engine::audit::fixture::{Col, table};
use crate::engine::ingest::{Dataset, InvalidCell};
use crate::engine::rules::fixture::{assert_judged, assert_undefined, outcome};
use crate::engine::rules::{Judged, RuleStatus};
use std::sync::Arc;

/// Rows stand on lines 2 to 6.
fn shop() -> Dataset {
    table(vec![
        (
            "event",
            Col::S(vec![Some("view"), Some("cart"), None, Some("VIEW"), Some("view")]),
        ),
        (
            "price",
            Col::F(vec![Some(9.5), Some(-1.0), None, Some(f64::NAN), Some(100.0)]),
        ),
        ("count", Col::I(vec![Some(1), Some(2), Some(3), None, Some(i64::MAX)])),
        (
            "paid",
            Col::B(vec![Some(true), Some(false), None, Some(true), Some(true)]),
        ),
        ("time", Col::T(vec![Some(0), Some(60), None, Some(120), Some(180)])),
    ])
}

/// The same with texts in `price` that are no numbers, on lines 4 and 5.
fn unread_shop() -> Dataset {
    let mut data = shop();
    let mut info = (*data.info).clone();
    info.columns[1].invalid = 2;
    data.info = Arc::new(info);
    data.invalid = Arc::new(
        [2, 3]
            .map(|row| InvalidCell {
                row,
                column: 1,
                raw: "free".to_owned(),
            })
            .to_vec(),
    );
    data
}

fn no_rows() -> Dataset {
    table(vec![
        ("event", Col::S(vec![])),
        ("price", Col::F(vec![])),
        ("time", Col::T(vec![])),
    ])
}

#[test]
fn not_null_counts_missing_and_not_a_number() {
    assert_judged("kind = \"not_null\"\ncolumn = \"event\"", &shop(), (5, 1), &[4]);
    assert_judged("kind = \"not_null\"\ncolumn = \"price\"", &shop(), (5, 2), &[4, 5]);
    let full = table(vec![("a", Col::I(vec![Some(1), Some(2)]))]);
    assert_judged("kind = \"not_null\"\ncolumn = \"a\"", &full, (2, 0), &[]);
}

#[test]
fn in_set_compares_whole_values_and_skips_missing_ones() {
    let rule = "kind = \"in_set\"\ncolumn = \"event\"\nvalues = [\"view\", \"cart\"]";
    assert_judged(rule, &shop(), (4, 1), &[5]);
    assert_eq!(outcome(rule, &shop()).missing, 1);
    assert_judged(
        "kind = \"in_set\"\ncolumn = \"count\"\nvalues = [1, 2, 3, 9223372036854775807]",
        &shop(),
        (4, 0),
        &[],
    );
    assert_judged(
        "kind = \"in_set\"\ncolumn = \"count\"\nvalues = [1, 2, 3, 9223372036854775806]",
        &shop(),
        (4, 1),
        &[6],
    );
    assert_judged(
        "kind = \"in_set\"\ncolumn = \"paid\"\nvalues = [true]",
        &shop(),
        (4, 1),
        &[3],
    );
    assert_undefined(
        "kind = \"in_set\"\ncolumn = \"price\"\nvalues = [\"cheap\"]",
        &shop(),
        &["price", "cheap"],
    );
}

#[test]
fn between_includes_its_ends_unless_told_otherwise() {
    let rule = "kind = \"between\"\ncolumn = \"price\"\nmin = 9.5\nmax = 100";
    assert_judged(rule, &shop(), (3, 1), &[3]);
    assert_judged(
        &format!("{rule}\nstrict_min = true\nstrict_max = true"),
        &shop(),
        (3, 3),
        &[2, 3, 6],
    );
    assert_judged(
        "kind = \"between\"\ncolumn = \"count\"\nmax = 9223372036854775806",
        &shop(),
        (4, 1),
        &[6],
    );
    let times = "kind = \"between\"\ncolumn = \"time\"\nmin = 1970-01-01T00:01:00Z\nmax = \"1970-01-01 00:02\"";
    assert_judged(times, &shop(), (4, 2), &[2, 6]);
    assert_undefined(
        "kind = \"between\"\ncolumn = \"event\"\nmin = 1",
        &shop(),
        &["event", "text", "numbers"],
    );
    assert_undefined("kind = \"between\"\ncolumn = \"time\"\nmin = 1", &shop(), &["time"]);
}

#[test]
fn matches_is_about_the_whole_cell() {
    assert_judged(
        "kind = \"matches\"\ncolumn = \"event\"\npattern = \"view|cart\"",
        &shop(),
        (4, 1),
        &[5],
    );
    assert_judged(
        "kind = \"matches\"\ncolumn = \"event\"\npattern = \"vie\"",
        &shop(),
        (4, 4),
        &[2, 3, 5, 6],
    );
    assert_judged(
        "kind = \"matches\"\ncolumn = \"event\"\npattern = '(?i)view|cart'",
        &shop(),
        (4, 0),
        &[],
    );
    assert_judged(
        "kind = \"matches\"\ncolumn = \"count\"\npattern = '\\d{1,2}'",
        &shop(),
        (4, 1),
        &[6],
    );
    let lines = table(vec![("a", Col::S(vec![Some("x"), Some("x\ny"), Some("x\n")]))]);
    assert_judged(
        "kind = \"matches\"\ncolumn = \"a\"\npattern = '(?m)^x$'",
        &lines,
        (3, 2),
        &[3, 4],
    );
}

#[test]
fn a_row_condition_is_not_judged_where_a_cell_is_missing() {
    let rule = "kind = \"row_condition\"\ncondition = 'price >= 0 or event = \"cart\"'";
    assert_judged(rule, &shop(), (3, 0), &[]);
    assert_judged(
        "kind = \"row_condition\"\ncondition = 'price > 0 and count < 5'",
        &shop(),
        (3, 2),
        &[3, 6],
    );
    assert_undefined(
        "kind = \"row_condition\"\ncondition = 'prize > 0'",
        &shop(),
        &["prize", "price"],
    );
    assert_undefined("kind = \"row_condition\"\ncondition = 'event > 3'", &shop(), &["event"]);
}

#[test]
fn where_says_which_rows_a_rule_is_about() {
    let rule = "kind = \"between\"\ncolumn = \"price\"\nmin = 0\nwhere = 'event = \"view\"'";
    let found = outcome(rule, &shop());
    assert_eq!((found.rows, found.checked, found.failed), (2, 2, 0));
    assert!(found.title.en.contains("where event"), "{}", found.title.en);
    assert_undefined(
        "kind = \"not_null\"\ncolumn = \"price\"\nwhere = 'event = \"refund\"'",
        &shop(),
        &["where"],
    );
    assert_undefined(
        "kind = \"not_null\"\ncolumn = \"price\"\nwhere = 'evnt = \"view\"'",
        &shop(),
        &["evnt", "event"],
    );
}

#[test]
fn a_cell_that_could_not_be_read_is_not_missing() {
    let data = unread_shop();
    for (rule, counts, lines) in [
        ("kind = \"not_null\"\ncolumn = \"price\"", (5, 2), vec![4, 5]),
        ("kind = \"between\"\ncolumn = \"price\"\nmin = -5", (5, 2), vec![4, 5]),
        (
            "kind = \"in_set\"\ncolumn = \"price\"\nvalues = [9.5, -1, 100]",
            (5, 2),
            vec![4, 5],
        ),
        (
            "kind = \"matches\"\ncolumn = \"price\"\npattern = '.*'",
            (5, 2),
            vec![4, 5],
        ),
    ] {
        assert_judged(rule, &data, counts, &lines);
    }
    let found = outcome("kind = \"between\"\ncolumn = \"price\"\nmin = -5", &data);
    assert_eq!(
        found.examples[0].values["price"].to_string(),
        "free",
        "the example shows what the file says"
    );
    // More unread cells than are kept with their rows cannot be told apart from missing ones.
    let mut info = (*data.info).clone();
    info.columns[1].invalid = 3;
    let more = Dataset {
        info: Arc::new(info),
        ..data
    };
    assert_undefined(
        "kind = \"between\"\ncolumn = \"price\"\nmin = -5",
        &more,
        &["price", "3 cells"],
    );
}

#[test]
fn nothing_to_judge_is_undefined_and_never_passes() {
    for rule in [
        "kind = \"not_null\"\ncolumn = \"price\"",
        "kind = \"in_set\"\ncolumn = \"event\"\nvalues = [\"view\"]",
        "kind = \"between\"\ncolumn = \"price\"\nmin = 0",
        "kind = \"matches\"\ncolumn = \"event\"\npattern = \"a\"",
        "kind = \"unique_together\"\ncolumns = [\"event\", \"price\"]",
        "kind = \"monotone\"\ncolumn = \"time\"",
        "kind = \"row_condition\"\ncondition = \"price > 0\"",
    ] {
        assert_undefined(rule, &no_rows(), &["no rows"]);
    }
    let empty = table(vec![("a", Col::S(vec![None, None]))]);
    assert_undefined(
        "kind = \"matches\"\ncolumn = \"a\"\npattern = \".\"",
        &empty,
        &["2 rows"],
    );
    assert_undefined(
        "kind = \"not_null\"\ncolumn = \"prise\"",
        &shop(),
        &["`prise`", "did you mean `price`"],
    );
    assert_undefined(
        "kind = \"not_null\"\ncolumn = \"zzzzzz\"",
        &shop(),
        &["`zzzzzz`", "event, price"],
    );
}

#[test]
fn mostly_is_the_share_that_must_hold_and_its_edge_passes() {
    // 1 − 0.9 is less than 1/10 in floating point, and 9 of 10 still is 90 %.
    let mut cells: Vec<Option<i64>> = vec![Some(1); 9];
    cells.push(None);
    let data = table(vec![("a", Col::I(cells))]);
    for (mostly, status) in [
        (0.9, RuleStatus::Passed),
        (0.91, RuleStatus::Failed),
        (1.0, RuleStatus::Failed),
    ] {
        let found = outcome(
            &format!("kind = \"not_null\"\ncolumn = \"a\"\nmostly = {mostly:?}"),
            &data,
        );
        assert_eq!(
            (found.status, found.share, found.unit),
            (status, Some(0.1), Judged::Rows),
            "{mostly}"
        );
        let allowed = found.allowed_share.expect("a rule on rows has a bound");
        assert!((allowed - (1.0 - mostly)).abs() < 1e-12);
    }
}
