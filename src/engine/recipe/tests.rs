//! Each step on a small table; `whole` is about whole recipes.

use super::fixture::{boolean, dataset, float, integer, shown, text, time, with_invalid};
use super::{Action, Applied, Case, CellValue, Fill, Keep, MaskMethod, Recipe, Step, apply};
use crate::engine::artifact::{ColumnType, Role};
use crate::engine::ingest::dataset::{Dataset, InvalidCell};
use crate::engine::progress::Progress;
use std::collections::BTreeMap;

mod cells;
mod whole;

/// Five events: rows 0 and 2 equal, row 3 without user and price.
fn log() -> Dataset {
    dataset(vec![
        text(
            "user",
            Role::User,
            &[Some("u1"), Some("u2"), Some("u1"), None, Some("u3")],
        ),
        integer("item", Role::Item, &[Some(7), Some(8), Some(7), Some(9), Some(7)]),
        text(
            "kind",
            Role::Event,
            &[Some("view"), Some("cart"), Some("view"), Some("view"), Some("view")],
        ),
        float(
            "price",
            Role::Price,
            &[Some(10.0), Some(-1.0), Some(10.0), None, Some(1000.0)],
        ),
        time("at", Role::Time, &[Some(0), Some(10), Some(0), Some(20), Some(30)]),
    ])
}

fn name(text: &str) -> String {
    text.to_owned()
}

fn names(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn run(dataset: &Dataset, actions: Vec<Action>) -> Applied {
    let recipe = Recipe::new(actions.into_iter().map(Step::new).collect());
    apply(dataset, &recipe, &Progress::new()).unwrap_or_else(|error| panic!("{error}"))
}

fn one(dataset: &Dataset, action: Action) -> Applied {
    run(dataset, vec![action])
}

fn error(dataset: &Dataset, action: Action) -> String {
    let recipe = Recipe::new(vec![Step::new(action)]);
    let error = apply(dataset, &recipe, &Progress::new()).expect_err("the step must fail");
    assert!(!error.explain().zh.is_empty());
    error.to_string()
}

#[test]
fn duplicates_keep_the_first_or_the_last() {
    let all = one(
        &log(),
        Action::DropDuplicates {
            columns: vec![],
            keep: Keep::First,
        },
    );
    assert_eq!(*all.dataset.lines, [2, 3, 5, 6]);
    assert_eq!(
        (all.steps[0].rows_in, all.steps[0].rows_out, all.steps[0].cells_changed),
        (5, 4, 0)
    );
    let last = one(
        &log(),
        Action::DropDuplicates {
            columns: vec![],
            keep: Keep::Last,
        },
    );
    assert_eq!(*last.dataset.lines, [3, 4, 5, 6]);
    let key = one(
        &log(),
        Action::DropDuplicates {
            columns: names(&["item"]),
            keep: Keep::Last,
        },
    );
    assert_eq!(*key.dataset.lines, [3, 5, 6]);
    assert_eq!(
        key.dropped.iter().map(|d| (d.row, d.step)).collect::<Vec<_>>(),
        [(0, 0), (2, 0)]
    );
}

#[test]
fn missing_rows_go_by_column() {
    assert_eq!(
        *one(&log(), Action::DropMissing { columns: vec![] }).dataset.lines,
        [2, 3, 4, 6]
    );
    assert_eq!(
        one(
            &log(),
            Action::DropMissing {
                columns: names(&["item"])
            }
        )
        .dataset
        .num_rows(),
        5
    );
}

#[test]
fn missing_cells_are_filled() {
    let fill = |column: &str, with: Fill| {
        one(
            &log(),
            Action::FillMissing {
                column: name(column),
                with,
            },
        )
    };
    let price = |with| shown(&fill("price", with).dataset, "price")[3].clone();
    // Mean of 10, -1, 10, 1000 = 254.75; median = 10; mode = 10.
    assert_eq!(price(Fill::Mean), "254.75");
    assert_eq!(price(Fill::Median), "10");
    assert_eq!(price(Fill::Mode), "10");
    assert_eq!(
        price(Fill::Constant {
            value: CellValue::Integer(3)
        }),
        "3"
    );
    let user = fill("user", Fill::Mode);
    assert_eq!(shown(&user.dataset, "user")[3], "u1");
    assert_eq!(user.steps[0].cells_changed, 1);
    assert_eq!(user.dataset.info.columns[0].nulls, 0);
    assert_eq!(fill("item", Fill::Mean).steps[0].cells_changed, 0);
    let wrong = Fill::Constant {
        value: CellValue::Text(name("cheap")),
    };
    assert!(
        error(
            &log(),
            Action::FillMissing {
                column: name("price"),
                with: wrong
            }
        )
        .contains("`cheap`")
    );
    assert!(
        error(
            &log(),
            Action::FillMissing {
                column: name("user"),
                with: Fill::Mean
            }
        )
        .contains("needs numbers")
    );
    let empty = dataset(vec![float("x", Role::Other, &[None, None])]);
    assert!(
        error(
            &empty,
            Action::FillMissing {
                column: name("x"),
                with: Fill::Median
            }
        )
        .contains("no value at all")
    );
}

#[test]
fn integer_and_time_columns_keep_their_type_when_filled() {
    let table = dataset(vec![
        integer("n", Role::Other, &[Some(1), Some(2), None, Some(2), Some(4)]),
        time("t", Role::Time, &[Some(0), None, Some(60), Some(120), None]),
        boolean("b", Role::Other, &[Some(true), None, Some(true), Some(false), None]),
    ]);
    let filled = run(
        &table,
        vec![
            Action::FillMissing {
                column: name("n"),
                with: Fill::Mean,
            },
            Action::FillMissing {
                column: name("t"),
                with: Fill::Median,
            },
            Action::FillMissing {
                column: name("b"),
                with: Fill::Mode,
            },
        ],
    );
    assert_eq!(shown(&filled.dataset, "n"), ["1", "2", "2", "2", "4"]);
    assert_eq!(shown(&filled.dataset, "t")[1], "1970-01-01 00:01:00");
    assert_eq!(shown(&filled.dataset, "b"), ["true", "true", "true", "false", "true"]);
    let types: Vec<ColumnType> = filled.dataset.info.columns.iter().map(|c| c.dtype).collect();
    assert_eq!(types, [ColumnType::Integer, ColumnType::Time, ColumnType::Boolean]);
}

fn clip(min: Option<f64>, max: Option<f64>, lower_quantile: Option<f64>, upper_quantile: Option<f64>) -> Action {
    Action::Clip {
        column: name("price"),
        min,
        max,
        lower_quantile,
        upper_quantile,
    }
}

#[test]
fn numbers_are_clipped_to_bounds_and_quantiles() {
    let bounds = one(&log(), clip(Some(0.0), Some(100.0), None, None));
    assert_eq!(shown(&bounds.dataset, "price"), ["10", "0", "10", "-", "100"]);
    assert_eq!(bounds.steps[0].cells_changed, 2);
    // numpy.quantile([-1, 10, 10, 1000], [0.25, 0.75]) = [7.25, 257.5]
    let quantiles = one(&log(), clip(None, None, Some(0.25), Some(0.75)));
    assert_eq!(shown(&quantiles.dataset, "price"), ["10", "7.25", "10", "-", "257.5"]);
    assert!(error(&log(), clip(None, None, None, Some(1.5))).contains("between 0 and 1"));
    assert!(error(&log(), clip(Some(5.0), Some(1.0), None, None)).contains("not above max"));
    let items = Action::Clip {
        column: name("item"),
        min: Some(7.5),
        max: None,
        lower_quantile: None,
        upper_quantile: None,
    };
    assert_eq!(shown(&one(&log(), items).dataset, "item"), ["8", "8", "8", "9", "8"]);
}

#[test]
fn filter_keeps_and_drop_rows_drops() {
    let kept = one(
        &log(),
        Action::Filter {
            condition: name("price > 0 and kind = \"view\""),
        },
    );
    assert_eq!(*kept.dataset.lines, [2, 4, 6]);
    // The price of line 5 is unknown: `filter` does not keep it, `drop_rows` does not drop it.
    let dropped = one(
        &log(),
        Action::DropRows {
            condition: name("price > 0"),
        },
    );
    assert_eq!(*dropped.dataset.lines, [3, 5]);
    let bad = error(
        &log(),
        Action::Filter {
            condition: name("price > 0 and prise < 3"),
        },
    );
    assert_eq!(
        bad,
        "step 1 (filter): there is no column `prise`; did you mean `price`? (at character 15 of the condition)"
    );
}

fn double_fire(seconds: f64) -> Action {
    Action::DropDoubleFire {
        seconds,
        columns: vec![],
        time: None,
        slow_events: vec![],
        slow_seconds: None,
    }
}

#[test]
fn bursts_leave_their_first_event() {
    let at = |secs: [i64; 6]| {
        dataset(vec![
            text(
                "user",
                Role::User,
                &[Some("a"), Some("a"), Some("a"), Some("b"), Some("a"), None],
            ),
            integer("item", Role::Item, &[Some(1); 6]),
            text(
                "kind",
                Role::Event,
                &[
                    Some("view"),
                    Some("view"),
                    Some("view"),
                    Some("view"),
                    Some("buy"),
                    Some("view"),
                ],
            ),
            time("at", Role::Time, &secs.map(Some)),
        ])
    };
    // a: 0, 1, 2 s: each within 1 s of the one before, so only the first stays.
    let log = at([0, 1, 2, 1, 1, 1]);
    assert_eq!(*one(&log, double_fire(1.0)).dataset.lines, [2, 5, 6, 7]);
    assert_eq!(one(&log, double_fire(0.5)).dataset.num_rows(), 6);
    // Out of order in the file, in order in time.
    assert_eq!(
        *one(&at([2, 0, 1, 1, 1, 1]), double_fire(1.0)).dataset.lines,
        [3, 5, 6, 7]
    );
    let buys = dataset(vec![
        text("user", Role::User, &[Some("a"); 4]),
        text(
            "kind",
            Role::Event,
            &[Some("view"), Some("view"), Some("buy"), Some("buy")],
        ),
        time("at", Role::Time, &[Some(0), Some(4), Some(0), Some(4)]),
    ]);
    let slow = Action::DropDoubleFire {
        seconds: 1.0,
        columns: vec![],
        time: None,
        slow_events: names(&["buy"]),
        slow_seconds: Some(5.0),
    };
    assert_eq!(*one(&buys, slow).dataset.lines, [2, 3, 4]);
    assert!(error(&log, double_fire(-1.0)).contains("between 0"));
    let no_time = dataset(vec![text("user", Role::User, &[Some("a")])]);
    assert!(error(&no_time, double_fire(1.0)).contains("role time"));
}

#[test]
fn listed_users_go() {
    let drop = |users: &[&str], column: Option<&str>| Action::DropUsers {
        users: names(users),
        column: column.map(name),
    };
    assert_eq!(*one(&log(), drop(&["u1", "u9"], None)).dataset.lines, [3, 5, 6]);
    assert_eq!(*one(&log(), drop(&["7"], Some("item"))).dataset.lines, [3, 5]);
}

#[test]
fn unknown_columns_are_named_with_a_suggestion() {
    let message = error(&log(), Action::DropColumn { column: name("pirce") });
    assert_eq!(
        message,
        "step 1 (drop_column): there is no column `pirce`; did you mean `price`?"
    );
}
