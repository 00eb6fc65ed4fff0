//! Rules on several rows or tables: unique_together, references, monotone, freshness, volume.

use crate::engine::audit::fixture::{Col, NOW_SECS, table};
use crate::engine::ingest::Dataset;
use crate::engine::progress::Progress;
use crate::engine::rules::fixture::{assert_judged, assert_undefined, outcome, outcome_of, read};
use crate::engine::rules::{Judged, RuleFile, RuleStatus, Tables};

const DAY: i64 = 86_400;

#[test]
fn unique_together_fails_every_row_of_a_group_and_tells_the_other_counts() {
    let data = table(vec![
        ("user", Col::I(vec![Some(1), Some(1), Some(1), Some(2), None, None])),
        (
            "item",
            Col::S(vec![Some("a"), Some("a"), Some("b"), Some("a"), Some("a"), Some("a")]),
        ),
    ]);
    let rule = "kind = \"unique_together\"\ncolumns = [\"user\", \"item\"]";
    assert_judged(rule, &data, (4, 2), &[2, 3]);
    let found = outcome(rule, &data);
    let facts: Vec<(&str, f64)> = found
        .facts
        .iter()
        .map(|fact| (fact.name.as_str(), fact.value))
        .collect();
    assert_eq!((found.missing, facts), (2, vec![("groups", 1.0), ("surplus", 1.0)]));
    assert_judged(
        "kind = \"unique_together\"\ncolumns = \"user\"",
        &data,
        (4, 3),
        &[2, 3, 4],
    );
    assert_judged(&format!("{rule}\nwhere = 'item = \"b\"'"), &data, (1, 0), &[]);
    assert_undefined(
        "kind = \"unique_together\"\ncolumns = [\"user\", \"itm\"]",
        &data,
        &["itm", "item"],
    );
}

fn with_items<'a>(items: &'a Dataset) -> Tables<'a> {
    Tables {
        items: Some(items),
        ..Tables::default()
    }
}

#[test]
fn references_compares_values_as_text_and_needs_its_table() {
    let log = table(vec![("item", Col::I(vec![Some(5), Some(6), None, Some(7), Some(7)]))]);
    let items = table(vec![
        ("item", Col::S(vec![Some("5"), Some("6"), None])),
        ("sku", Col::S(vec![Some("7"), Some("5"), Some("6")])),
    ]);
    let rule = read("kind = \"references\"\ncolumn = \"item\"\ntable = \"items\"");
    let found = outcome_of(&rule, &log, &with_items(&items));
    assert_eq!((found.checked, found.failed, found.missing), (4, 2, 1));
    assert_eq!(found.facts[0].value, 1.0, "one strange value in two rows");
    let other = read("kind = \"references\"\ncolumn = \"item\"\ntable = \"items\"\ntable_column = \"sku\"");
    assert_eq!(outcome_of(&other, &log, &with_items(&items)).status, RuleStatus::Passed);
    let wrong = read("kind = \"references\"\ncolumn = \"item\"\ntable = \"items\"\ntable_column = \"skew\"");
    let found = outcome_of(&wrong, &log, &with_items(&items));
    assert!(found.undefined.is_some_and(|why| why.en.contains("skew")));
    assert_undefined(
        "kind = \"references\"\ncolumn = \"item\"\ntable = \"items\"",
        &log,
        &["no item table"],
    );
    assert_undefined(
        "kind = \"references\"\ncolumn = \"item\"\ntable = \"users\"",
        &log,
        &["no user table"],
    );
}

#[test]
fn references_reads_files_beside_the_rules_and_says_which_it_cannot() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("skus.csv"), "item,name\n5,a\n6,b\n").expect("writable");
    let block = |file: &str| format!("[[rule]]\nkind = \"references\"\ncolumn = \"item\"\ntable = \"{file}\"\n");
    let text = format!("version = 1\n{}{}", block("skus.csv"), block("absent.csv"));
    let file = RuleFile::parse(&text, "rules.toml").expect("sound rules");
    let mut tables = Tables::default();
    tables
        .read_files(&file, folder.path(), &Progress::new())
        .expect("not cancelled");
    let log = table(vec![("item", Col::I(vec![Some(5), Some(9)]))]);
    let found = outcome_of(&file.rules[0], &log, &tables);
    assert_eq!((found.checked, found.failed), (2, 1));
    let found = outcome_of(&file.rules[1], &log, &tables);
    assert!(found.undefined.is_some_and(|why| why.en.contains("absent.csv")));
}

#[test]
fn monotone_judges_each_row_against_the_one_before_it() {
    let data = table(vec![
        ("user", Col::I(vec![Some(1), Some(2), Some(1), Some(2), Some(1), None])),
        (
            "time",
            Col::T(vec![Some(10), Some(5), Some(20), None, Some(20), Some(1)]),
        ),
        (
            "word",
            Col::S(vec![Some("b"), Some("a"), Some("c"), Some("c"), Some("d"), None]),
        ),
    ]);
    // 10, 5, 20, 20, 1: the fall to 5 and the fall to 1.
    assert_judged("kind = \"monotone\"\ncolumn = \"time\"", &data, (4, 2), &[3, 7]);
    assert_judged(
        "kind = \"monotone\"\ncolumn = \"time\"\nstrict = true",
        &data,
        (4, 3),
        &[3, 6, 7],
    );
    assert_judged(
        "kind = \"monotone\"\ncolumn = \"time\"\ndirection = \"decreasing\"",
        &data,
        (4, 1),
        &[4],
    );
    assert_judged(
        "kind = \"monotone\"\ncolumn = \"time\"\ngroup = \"user\"",
        &data,
        (2, 0),
        &[],
    );
    assert_judged("kind = \"monotone\"\ncolumn = \"word\"", &data, (4, 1), &[3]);
    let one = table(vec![("time", Col::T(vec![Some(1)]))]);
    assert_undefined("kind = \"monotone\"\ncolumn = \"time\"", &one, &["none"]);
}

#[test]
fn freshness_measures_from_the_moment_it_is_told_and_leaves_the_future_out() {
    let data = table(vec![
        (
            "event",
            Col::S(vec![Some("view"), Some("cart"), Some("view"), Some("view")]),
        ),
        (
            "time",
            Col::T(vec![
                Some(NOW_SECS - 5 * DAY),
                Some(NOW_SECS - 3 * DAY),
                None,
                Some(NOW_SECS + 900 * DAY),
            ]),
        ),
        ("price", Col::F(vec![Some(1.0); 4])),
    ]);
    let rule = |more: &str| format!("kind = \"freshness\"\ncolumn = \"time\"\n{more}");
    let status = |more: &str| outcome(&rule(more), &data).status;
    assert_eq!(status("within = \"3 days\""), RuleStatus::Passed);
    assert_eq!(status("within = \"71 hours\""), RuleStatus::Failed);
    assert_eq!(
        status("within = \"4 days\"\nwhere = 'event = \"view\"'"),
        RuleStatus::Failed
    );
    assert_eq!(
        status("within = \"1 hour\"\nagainst = \"2023-11-11 22:30\""),
        RuleStatus::Passed
    );
    assert_eq!(
        status("within = \"903 days\"\nagainst = \"log_end\"\nwhere = 'event = \"cart\"'"),
        RuleStatus::Passed
    );
    assert_eq!(
        status("within = \"902 days\"\nagainst = \"log_end\"\nwhere = 'event = \"cart\"'"),
        RuleStatus::Failed
    );
    let found = outcome(&rule("within = \"3 days\""), &data);
    assert_eq!(
        (found.unit, found.share, found.allowed_share, found.missing),
        (Judged::Log, None, None, 1)
    );
    assert!(
        found.message.en.contains("1 later times were left out"),
        "{}",
        found.message.en
    );
    assert_undefined(
        &rule("within = \"1 day\"\nagainst = \"log_end\""),
        &data,
        &["end of the log itself"],
    );
    assert_undefined(
        &rule("within = \"1 day\"\nagainst = \"2001-01-01\""),
        &data,
        &["no row has a time", "3 are later"],
    );
    assert_undefined(
        "kind = \"freshness\"\ncolumn = \"price\"\nwithin = \"1 day\"",
        &data,
        &["price", "float"],
    );
}

/// Rows on days 0 to 5: 1, 4, 4, 0, 2, 1.
fn days() -> Dataset {
    let rows = [(0, 1), (1, 4), (2, 4), (4, 2), (5, 1)];
    let times = rows
        .iter()
        .flat_map(|&(day, rows)| (0..rows).map(move |row| Some(day * DAY + row)));
    let times: Vec<Option<i64>> = times.chain([None]).collect();
    table(vec![("time", Col::T(times))])
}

#[test]
fn volume_counts_rows_of_the_log_and_of_each_whole_day() {
    let data = days();
    let status = |more: &str| outcome(&format!("kind = \"volume\"\n{more}"), &data).status;
    assert_eq!(status("min_rows = 13\nmax_rows = 13"), RuleStatus::Passed);
    assert_eq!(status("min_rows = 14"), RuleStatus::Failed);
    assert_eq!(status("max_rows = 12"), RuleStatus::Failed);
    let rule = "kind = \"volume\"\nper_day = \"time\"\nmin_rows = 2";
    let found = outcome(rule, &data);
    assert_eq!(
        (found.unit, found.checked, found.failed, found.missing),
        (Judged::Days, 4, 1, 1)
    );
    assert!(found.message.en.contains("1970-01-04: 0"), "{}", found.message.en);
    let found = outcome(&format!("{rule}\nedge_days = true"), &data);
    assert_eq!((found.checked, found.failed), (6, 3));
    let found = outcome(
        "kind = \"volume\"\nper_day = \"time\"\nmax_rows = 3\nmostly = 0.5",
        &data,
    );
    assert_eq!((found.checked, found.failed, found.status), (4, 2, RuleStatus::Passed));
    let wrong = table(vec![("a", Col::I(vec![Some(1)])), ("time", Col::T(vec![Some(1)]))]);
    assert_undefined(
        "kind = \"volume\"\nper_day = \"a\"\nmin_rows = 1",
        &wrong,
        &["integer", "times"],
    );
    assert_undefined(
        "kind = \"volume\"\nper_day = \"time\"\nmin_rows = 1",
        &wrong,
        &["no whole day", "edge_days"],
    );
}

#[test]
fn an_empty_log_is_what_volume_is_for() {
    let empty = table(vec![("time", Col::T(vec![]))]);
    let found = outcome("kind = \"volume\"\nmin_rows = 1", &empty);
    assert_eq!(found.status, RuleStatus::Failed);
    assert_eq!(
        outcome("kind = \"volume\"\nmax_rows = 10", &empty).status,
        RuleStatus::Passed
    );
    assert_undefined(
        "kind = \"volume\"\nper_day = \"time\"\nmin_rows = 1",
        &empty,
        &["no rows"],
    );
    assert_undefined(
        "kind = \"freshness\"\ncolumn = \"time\"\nwithin = \"1 day\"",
        &empty,
        &["no row has a time"],
    );
}

#[test]
fn one_time_far_away_costs_days_and_no_time() {
    let data = table(vec![(
        "time",
        Col::T(vec![Some(0), Some(3_000_000 * DAY), Some(DAY), Some(DAY)]),
    )]);
    let found = outcome("kind = \"volume\"\nper_day = \"time\"\nmin_rows = 1", &data);
    assert_eq!((found.checked, found.failed), (2_999_999, 2_999_998));
}
