//! The failing share of each kind is that of a plain count over the rows, whatever they hold.

use crate::engine::audit::fixture::{Col, table};
use crate::engine::rules::fixture::outcome;
use crate::engine::rules::{RuleOutcome, RuleStatus};
use proptest::prelude::*;
use std::collections::HashMap;

type Row = (Option<i64>, Option<i64>, Option<String>);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        prop::option::weighted(0.8, -3_i64..4),
        prop::option::weighted(0.8, 0_i64..3),
        prop::option::weighted(0.8, "[ab]{0,2}"),
    );
    prop::collection::vec(row, 0..60)
}

/// Judged and failing rows by a plain count: `None` a row that is not judged.
fn count(verdicts: impl Iterator<Item = Option<bool>>) -> (u64, u64) {
    verdicts.flatten().fold((0, 0), |(checked, failed), holds| {
        (checked + 1, failed + u64::from(!holds))
    })
}

fn agrees(found: &RuleOutcome, (checked, failed): (u64, u64), rows: usize, mostly: f64) -> Result<(), TestCaseError> {
    prop_assert_eq!((found.checked, found.failed), (checked, failed), "{}", found.title.en);
    prop_assert_eq!(found.failing_rows.len() as u64, failed);
    prop_assert!(found.failing_rows.is_sorted());
    prop_assert_eq!(found.rows, rows as u64);
    prop_assert_eq!(found.share, (checked > 0).then(|| failed as f64 / checked as f64));
    let status = match checked {
        0 => RuleStatus::Undefined,
        _ if (checked - failed) as f64 / checked as f64 >= mostly => RuleStatus::Passed,
        _ => RuleStatus::Failed,
    };
    prop_assert_eq!(found.status, status);
    Ok(())
}

proptest! {
    #[test]
    fn shares_are_those_of_a_plain_count(rows in rows(), mostly in prop_oneof![Just(1.0), 0.1..1.0_f64]) {
        let data = table(vec![
            ("a", Col::I(rows.iter().map(|row| row.0).collect())),
            ("b", Col::I(rows.iter().map(|row| row.1).collect())),
            ("c", Col::S(rows.iter().map(|row| row.2.as_deref()).collect())),
        ]);
        let n = rows.len();
        let judged = |lines: &str| outcome(&format!("{lines}\nmostly = {mostly:?}"), &data);

        let found = judged("kind = \"not_null\"\ncolumn = \"c\"");
        agrees(&found, count(rows.iter().map(|row| Some(row.2.is_some()))), n, mostly)?;

        let found = judged("kind = \"between\"\ncolumn = \"a\"\nmin = -1\nmax = 2\nstrict_max = true");
        agrees(&found, count(rows.iter().map(|row| row.0.map(|a| (-1..2).contains(&a)))), n, mostly)?;

        let found = judged("kind = \"in_set\"\ncolumn = \"c\"\nvalues = [\"a\", \"bb\"]");
        agrees(&found, count(rows.iter().map(|row| row.2.as_ref().map(|c| c == "a" || c == "bb"))), n, mostly)?;

        let found = judged("kind = \"matches\"\ncolumn = \"c\"\npattern = \"a|b.\"");
        let whole = |c: &String| c == "a" || (c.len() == 2 && c.starts_with('b'));
        agrees(&found, count(rows.iter().map(|row| row.2.as_ref().map(whole))), n, mostly)?;

        let found = judged("kind = \"row_condition\"\ncondition = \"a > b\"");
        agrees(&found, count(rows.iter().map(|row| Some(row.0? > row.1?))), n, mostly)?;

        let mut seen: HashMap<(i64, &str), u64> = HashMap::new();
        let key = |row: &'_ Row| -> Option<(i64, String)> { Some((row.1?, row.2.clone()?)) };
        for (b, c) in rows.iter().filter_map(|row| Some((row.1?, row.2.as_deref()?))) {
            *seen.entry((b, c)).or_default() += 1;
        }
        let found = judged("kind = \"unique_together\"\ncolumns = [\"b\", \"c\"]");
        let alone = |row: &Row| key(row).map(|(b, c)| seen[&(b, c.as_str())] == 1);
        agrees(&found, count(rows.iter().map(alone)), n, mostly)?;

        let mut before: HashMap<i64, i64> = HashMap::new();
        let found = judged("kind = \"monotone\"\ncolumn = \"a\"\ngroup = \"b\"");
        let falls = rows.iter().map(|row| {
            let (a, b) = (row.0?, row.1?);
            before.insert(b, a).map(|last| a >= last)
        });
        agrees(&found, count(falls), n, mostly)?;
    }
}
