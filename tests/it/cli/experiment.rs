//! `touchstone experiment` and `power` on answers that are known beforehand.

use crate::program::{Folder, assert_keys, at, number, sample_file};
use serde_json::Value;

fn experiment(folder: &Folder, file: &str, more: &[&str]) -> Value {
    let mut words = vec!["experiment", file];
    words.extend(more);
    folder.json(&words)
}

/// 1000 units an arm; 200 and 260 convert. z of the two-proportion test with pooled variance is 3.188.
fn two_arms(folder: &Folder) {
    let mut table = "unit,arm,converted,spend\n".to_owned();
    for (arm, converted) in [("old", 200), ("new", 260)] {
        for unit in 0..1000_u32 {
            let spend = f64::from(unit * 7919 % 1009) / 100.0 + if arm == "new" { 0.5 } else { 0.0 };
            table.push_str(&format!(
                "{arm}{unit},{arm},{},{spend:.2}\n",
                u32::from(unit < converted)
            ));
        }
    }
    folder.write("two.csv", table);
}

#[test]
fn the_result_has_the_names_of_the_contract_and_the_numbers_of_the_textbook() {
    let folder = Folder::new();
    two_arms(&folder);
    let words = [
        "--unit",
        "unit",
        "--variant",
        "arm",
        "--control",
        "old",
        "--metric",
        "proportion:conversion=converted",
        "--metric",
        "mean:spend=spend",
    ];
    let value = experiment(&folder, "two.csv", &words);
    assert_keys(&value, "", &["srm", "metrics", "verdict"]);
    assert_keys(&value, "srm", &["expected", "observed", "chi2", "p_value"]);
    assert!(number(&value, "srm.chi2").abs() < 1e-12 && (number(&value, "srm.p_value") - 1.0).abs() < 1e-12);
    let metrics = value["metrics"].as_array().expect("a list");
    assert_eq!(metrics.len(), 2);
    for metric in metrics {
        assert_keys(metric, "", &["name", "control", "treatments"]);
        let names = [
            "name",
            "n",
            "estimate",
            "delta",
            "relative",
            "interval",
            "relative_interval",
            "p_value",
            "p_adjusted",
        ];
        assert_keys(at(metric, "treatments.0"), "", &names);
    }
    let new = at(&metrics[0], "treatments.0");
    assert!((number(new, "estimate") - 0.26).abs() < 1e-12);
    assert!((number(new, "delta") - 0.06).abs() < 1e-12);
    assert!((number(new, "relative") - 0.3).abs() < 1e-12);
    // Two-sided p of z = 3.188 is 0.00143; without pooling, z = 3.198 and p = 0.00138.
    let p = number(new, "p_value");
    assert!((0.0013..0.0015).contains(&p), "{p}");
    assert!(number(new, "interval.0") > 0.0 && number(new, "interval.1") < 0.12);
}

#[test]
fn the_sample_shops_test_has_the_effect_that_was_planted() {
    let folder = Folder::new();
    let file = sample_file("experiment.csv");
    let words = [
        "--unit",
        "unit_id",
        "--variant",
        "variant",
        "--control",
        "ranker_v11",
        "--metric",
        "ratio:ctr=clicks/impressions",
    ];
    let value = experiment(&folder, file.to_str().expect("plain"), &words);
    let treatment = at(&value, "metrics.0.treatments.0");
    let interval = [
        number(treatment, "relative_interval.0"),
        number(treatment, "relative_interval.1"),
    ];
    assert!(
        interval[0] < 0.06 && 0.06 < interval[1],
        "+6 % was planted, {interval:?} was found"
    );
}

#[test]
fn a_wrong_question_is_refused() {
    let folder = Folder::new();
    two_arms(&folder);
    let base = [
        "experiment",
        "two.csv",
        "--unit",
        "unit",
        "--variant",
        "arm",
        "--control",
    ];
    let ended = |control: &str, metric: &str| {
        let mut words = base.to_vec();
        words.extend([control, "--metric", metric]);
        folder.run(&words)
    };
    let nobody = ended("nobody", "mean:spend=spend");
    assert!(matches!(nobody.code, Some(1 | 2)), "{nobody:?}");
    nobody.says(&["nobody"]);
    let typo = ended("old", "mean:spend=spent");
    assert!(matches!(typo.code, Some(1 | 2)), "{typo:?}");
    typo.says(&["spent"]);
    ended("old", "median-ish:spend=spend")
        .with_code(2)
        .says(&["median-ish"]);
}

#[test]
fn power_agrees_with_the_closed_formula() {
    let folder = Folder::new();
    // n = (1.959964 + 0.841621)² · 2 · 1 / 0.1² = 1569.8 an arm.
    let value = folder.json(&[
        "power",
        "--kind",
        "mean",
        "--baseline",
        "10",
        "--sd",
        "1",
        "--mde",
        "0.1",
    ]);
    let text = value.to_string();
    assert!(["1570", "1571"].iter().any(|n| text.contains(n)), "{value:#}");
    folder
        .run(&["power", "--kind", "mode", "--baseline", "10"])
        .with_code(2);
}
