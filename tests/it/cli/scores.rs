//! `touchstone evaluate` and `compare` on tables whose answers are known.

use crate::program::{Folder, assert_keys, at, number};
use std::fmt::Write as _;

/// 600 rows in 30 groups: `a` knows the label, `b` half of it, `c` nothing.
fn scored(folder: &Folder) {
    let mut table = "q,y,a,b,c,part\n".to_owned();
    for row in 0..600_u32 {
        let noise = f64::from((row * 7919) % 1009) / 1009.0;
        let other = f64::from((row * 104_729) % 997) / 997.0;
        let label = u32::from(other > 0.6);
        let truth = f64::from(label);
        let (a, b) = (0.2 + 0.4 * truth + 0.4 * noise, 0.3 + 0.15 * truth + 0.5 * noise);
        let part = ["north", "south"][(row % 2) as usize];
        writeln!(table, "q{},{label},{a:.4},{b:.4},{noise:.4},{part}", row % 30).expect("text");
    }
    folder.write("scored.csv", table);
}

#[test]
fn four_rows_by_hand() {
    let folder = Folder::new();
    // Pairs (positive, negative): .8>.6, .8>.1, .3<.6, .3>.1 → AUC 3/4; AP = (1/1 + 2/3) / 2 = 5/6.
    // Brier = (.04 + .49 + .36 + .01) / 4.
    folder.write("four.csv", "y,s\n1,0.8\n1,0.3\n0,0.6\n0,0.1\n");
    let value = folder.json(&[
        "evaluate",
        "--data",
        "four.csv",
        "--label",
        "y",
        "--score",
        "s",
        "--bootstrap",
        "0",
    ]);
    for (name, expected) in [
        ("auc", 0.75),
        ("average_precision", 5.0 / 6.0),
        ("brier", 0.225),
        ("n", 4.0),
        ("positives", 2.0),
    ] {
        assert!((number(&value, name) - expected).abs() < 1e-12, "{name}: {value:#}");
    }
}

#[test]
fn the_result_of_evaluate_has_the_names_of_the_contract() {
    let folder = Folder::new();
    scored(&folder);
    let words = [
        "evaluate",
        "--data",
        "scored.csv",
        "--label",
        "y",
        "--score",
        "a",
        "--group",
        "q",
        "--segment",
        "part",
        "--k",
        "5,10",
        "--bootstrap",
        "200",
        "--seed",
        "3",
    ];
    let value = folder.json(&words);
    assert_eq!(value, folder.json(&words), "the same seed gives the same intervals");
    let names = [
        "n",
        "positives",
        "auc",
        "average_precision",
        "log_loss",
        "brier",
        "ece",
        "accuracy",
        "precision",
        "recall",
        "f1",
        "threshold",
        "mcc",
        "ranking",
        "intervals",
        "segments",
    ];
    assert_keys(&value, "", &names);
    assert_keys(
        &value,
        "ranking",
        &["ndcg@5", "ndcg@10", "recall@10", "mrr", "map@10", "hit_rate@10"],
    );
    let interval = at(&value, "intervals.auc");
    // Where there is no interval, the result says why.
    assert!(
        !interval.is_null() || value["undefined"]["interval of auc"]["en"].is_string(),
        "{interval}"
    );
    assert_eq!(value["segments"].as_array().map(Vec::len), Some(2));
}

#[test]
fn the_better_model_wins_the_comparison_and_the_same_one_does_not() {
    let folder = Folder::new();
    scored(&folder);
    let words = [
        "compare",
        "--data",
        "scored.csv",
        "--label",
        "y",
        "--scores",
        "c,a",
        "--group",
        "q",
        "--metric",
        "auc",
    ];
    let value = folder.json(&words);
    let pair = at(&value, "pairs.0");
    assert_keys(
        pair,
        "",
        &["a", "b", "metric", "delta", "interval", "p_value", "p_adjusted", "test"],
    );
    assert!(number(pair, "delta") > 0.2 && number(pair, "interval.0") > 0.0 && number(pair, "p_value") < 1e-6);
    folder.write(
        "same.csv",
        folder
            .read("scored.csv")
            .replacen("q,y,a,b,c,part", "q,y,a,a2,c,part", 1),
    );
    let mut twin = folder
        .read("scored.csv")
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            format!("{},{},{}\n", cells[1], cells[2], cells[2])
        })
        .collect::<String>();
    twin.replace_range(..twin.find('\n').expect("a header"), "y,one,two");
    folder.write("twin.csv", twin);
    let value = folder.json(&[
        "compare", "--data", "twin.csv", "--label", "y", "--scores", "one,two", "--metric", "auc",
    ]);
    assert_eq!(number(&value, "pairs.0.delta"), 0.0);
    assert_eq!(number(&value, "pairs.0.p_value"), 1.0);
    folder
        .run(&["compare", "--data", "twin.csv", "--label", "y", "--scores", "one"])
        .with_code(2)
        .says(&["two columns"]);
}

#[test]
fn the_interval_of_auc_contains_the_estimate() {
    let folder = Folder::new();
    let mut table = String::from("y,a\n");
    for row in 0..400_u32 {
        let label = u32::from(row % 3 == 0);
        let noise = f64::from(row * 37 % 101) / 101.0;
        table.push_str(&format!("{label},{:.4}\n", 0.3 * f64::from(label) + 0.6 * noise));
    }
    folder.write("spread.csv", table);
    let words = [
        "evaluate",
        "--data",
        "spread.csv",
        "--label",
        "y",
        "--score",
        "a",
        "--bootstrap",
        "200",
        "--seed",
        "3",
    ];
    let value = folder.json(&words);
    let (auc, interval) = (number(&value, "auc"), at(&value, "intervals.auc"));
    assert!(number(interval, "0") < auc && auc < number(interval, "1"), "{interval}");
    assert!(0.6 < auc && auc < 1.0, "{auc}");
}
