//! The condition language on good and bad input.

use super::{Condition, parse_moment};
use polars::prelude::{Column, DataFrame, IntoColumn as _, NamedFrom as _, Series, TimeUnit};

fn table() -> DataFrame {
    let time = Series::new(
        "event_time".into(),
        [Some(0i64), Some(86_400_000_000), None, Some(172_800_000_000)],
    )
    .i64()
    .expect("integers")
    .clone()
    .into_datetime(TimeUnit::Microseconds, None)
    .into_column();
    DataFrame::new_infer_height(vec![
        Column::new("price".into(), [Some(0.0), Some(9.5), None, Some(f64::NAN)]),
        Column::new("stock".into(), [Some(9_007_199_254_740_993i64), Some(2), Some(3), None]),
        Column::new("event_type".into(), [Some("view"), Some("cart"), Some("加购"), None]),
        Column::new("paid".into(), [Some(true), Some(false), None, Some(true)]),
        Column::new("unit cost".into(), [Some(1.0), Some(9.5), Some(2.0), Some(3.0)]),
        time,
    ])
    .expect("a table")
}

#[track_caller]
fn check(condition: &str, expected: [u8; 4]) {
    let parsed = Condition::parse(condition).unwrap_or_else(|error| panic!("{condition}: {error}"));
    let rows = parsed
        .evaluate(&table())
        .unwrap_or_else(|error| panic!("{condition}: {error}"));
    let rows: Vec<u8> = rows.into_iter().map(u8::from).collect();
    assert_eq!(rows, expected, "{condition}");
}

#[test]
fn conditions_select_the_rows_they_say() {
    check("price > 0", [0, 1, 0, 0]);
    check("price >= 0 and price <= 9.5", [1, 1, 0, 0]);
    check("0 < price", [0, 1, 0, 0]);
    check("price between 0 and 1", [1, 0, 0, 0]);
    check("price not between 0 and 1", [0, 1, 0, 0]);
    check("price is null", [0, 0, 1, 0]);
    check("price is not null", [1, 1, 0, 1]);
    check("stock = 9007199254740993", [1, 0, 0, 0]);
    check("stock = 9007199254740992", [0, 0, 0, 0]);
    check("stock > 2.5", [1, 0, 1, 0]);
    check("stock in (2, 3)", [0, 1, 1, 0]);
    check("stock in (\"2\")", [0, 1, 0, 0]);
    check("event_type in (\"view\",\"cart\")", [1, 1, 0, 0]);
    check("event_type not in ('view')", [0, 1, 1, 0]);
    check("event_type = \"加购\"", [0, 0, 1, 0]);
    check("event_type contains 'ar'", [0, 1, 0, 0]);
    check(
        "event_type starts_with \"v\" or event_type ends_with \"购\"",
        [1, 0, 1, 0],
    );
    check("event_type matches '^(view|cart)$'", [1, 1, 0, 0]);
    check("not event_type contains 'ar'", [1, 0, 1, 0]);
    check("paid", [1, 0, 0, 1]);
    check("not paid", [0, 1, 0, 0]);
    check("paid = false", [0, 1, 0, 0]);
    check("paid and price >= 0", [1, 0, 0, 0]);
    check("event_time >= \"1970-01-02\"", [0, 1, 0, 1]);
    check("event_time < '1970-01-02 00:00:01 UTC'", [1, 1, 0, 0]);
    check("event_time = '1970-01-02T08:00:00+08:00'", [0, 1, 0, 0]);
    check("price = `unit cost`", [0, 1, 0, 0]);
    check("stock > `unit cost`", [1, 0, 1, 0]);
    check("（price > 0）and event_type in（“cart”，'x'）", [0, 1, 0, 0]);
    check("price > 0 && !(event_type == 'view') || stock = 3", [0, 1, 1, 0]);
}

#[test]
fn and_binds_tighter_than_or_and_not_tighter_than_and() {
    check("stock = 3 or price > 0 and paid", [0, 0, 1, 0]);
    check("(stock = 3 or price > 0) and not paid", [0, 1, 0, 0]);
    check("not stock = 3 and price = 0", [1, 0, 0, 0]);
}

#[test]
fn unknown_follows_kleene() {
    // Row 3 has no price: unknown or true is true, unknown and false is false, not unknown is unknown.
    check("price > 0 or stock = 3", [0, 1, 1, 0]);
    check("not (price > 0 and stock = 4)", [1, 1, 1, 0]);
    check("not (price > 0)", [1, 0, 0, 0]);
}

#[track_caller]
fn fails(condition: &str, at: usize, part: &str) {
    let error = match Condition::parse(condition) {
        Err(error) => error,
        Ok(parsed) => parsed.evaluate(&table()).expect_err(condition),
    };
    assert_eq!(error.at, at, "{condition}: {error}");
    assert!(error.message.en.contains(part), "{condition}: {error}");
    assert!(!error.message.zh.is_empty());
}

#[test]
fn errors_name_the_character_and_the_remedy() {
    fails("", 1, "empty");
    fails("price >", 8, "expected");
    fails("price > 0 event_type", 11, "left over");
    fails("price > 0 and", 14, "expected");
    fails("(price > 0", 11, "`)`");
    fails("price >> 0", 8, "expected");
    fails("event_type in \"view\"", 15, "`(`");
    fails("event_type in (view)", 16, "write \"view\"");
    fails("event_type = \"view", 14, "not closed");
    fails("12abc > 3", 1, "not a number");
    fails("\"price\" > 3", 1, "needs a column");
    fails("prize > 3", 1, "did you mean `price`");
    fails("price > 0 and prize > 3", 15, "did you mean `price`");
    fails("price > \"cheap\"", 9, "holds numbers");
    fails("event_time > 5", 14, "holds times");
    fails("event_type < 5", 14, "alphabetically");
    fails("event_type matches '('", 20, "not a regular expression");
    fails("event_type contains ''", 21, "empty");
    fails("price", 1, "not true and false");
    fails("price is 3", 10, "`null`");
    fails("price = event_type", 9, "cannot be compared");
    fails("price ; 3", 7, "not understood");
    fails(&"(".repeat(100), 65, "nested");
    fails(&"not ".repeat(100), 257, "nested");
}

#[test]
fn columns_are_listed_once() {
    let condition = Condition::parse("price > 0 and (`unit cost` < 3 or price is null)").expect("valid");
    assert_eq!(condition.columns(), ["price", "unit cost"]);
}

#[test]
fn moments_are_read_in_the_usual_forms() {
    for text in [
        "2026-10-01",
        "2026-10-01 00:00",
        "2026-10-01T00:00:00Z",
        "2026-10-01 00:00:00.000 UTC",
        "2026-10-01 08:00:00+08:00",
    ] {
        assert_eq!(parse_moment(text), Some(1_790_812_800_000_000), "{text}");
    }
    assert_eq!(parse_moment("2026-13-01"), None);
    assert_eq!(parse_moment("yesterday"), None);
}

proptest::proptest! {
    #[test]
    fn no_input_panics(text in "\\PC{0,40}") {
        if let Ok(condition) = Condition::parse(&text) {
            let _outcome = condition.evaluate(&table());
        }
    }

    #[test]
    fn no_sequence_of_words_panics(words in proptest::collection::vec(
        proptest::sample::select(vec!["price", "and", "or", "not", "(", ")", "in", "is", "null", ",", "'a'", "3", ">", "=", "between", "`x"]), 0..12)) {
        if let Ok(condition) = Condition::parse(&words.join(" ")) {
            let _outcome = condition.evaluate(&table());
        }
    }
}
