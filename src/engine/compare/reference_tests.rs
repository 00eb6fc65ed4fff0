//! Comparisons against numbers from scipy and scikit-learn, and the properties every comparison must have.

use super::*;
use crate::engine::eval::{Codes, EvalError, Metric, ReferenceRows, ResampleUnit, Segment};
use crate::engine::progress::Progress;
use proptest::prelude::*;

fn run(input: &CompareInput<'_>, config: &CompareConfig) -> Comparison {
    compare(input, config, &Progress::new()).expect("valid input")
}

fn config(metrics: &[&str]) -> CompareConfig {
    CompareConfig {
        metrics: metrics.iter().map(|name| Metric::parse(name).expect("known")).collect(),
        resample: ResampleUnit::Row,
        ..CompareConfig::default()
    }
}

fn two<'a>(labels: &'a [f64], a: &'a [f64], b: &'a [f64]) -> CompareInput<'a> {
    CompareInput {
        labels,
        models: vec![
            ScoredModel { name: "A", scores: a },
            ScoredModel { name: "B", scores: b },
        ],
        ..CompareInput::default()
    }
}

fn close(found: Option<f64>, expected: f64, tolerance: f64) {
    let found = found.unwrap_or(f64::NAN);
    assert!((found - expected).abs() < tolerance, "{found}, expected {expected}");
}

#[test]
fn delong_equals_its_definition_in_numpy() {
    let rows = ReferenceRows::new();
    let found = run(&two(&rows.labels, &rows.a, &rows.b), &config(&["auc"]));
    let pair = &found.pairs[0];
    close(pair.delta, -0.092_943_121_693_121_69, 1e-12);
    close(pair.standard_error, 0.031_846_824_430_639_18, 1e-12);
    close(pair.p_value, 0.003_517_848_972_987_209, 1e-12);
    assert_eq!(pair.test, Some(Test::Delong));
    let [lower, upper] = pair.interval.expect("defined");
    close(
        Some(lower),
        -0.092_943_121_693 - 1.959_963_984_54 * 0.031_846_824_430_6,
        1e-9,
    );
    assert!(upper < 0.0);
    assert_eq!((pair.better.as_deref(), found.best.as_deref()), (Some("A"), Some("A")));
    assert!(
        found.verdict.en.starts_with("A is better than B: AUC higher by 0.0929"),
        "{}",
        found.verdict.en
    );
    assert!(found.verdict.zh.starts_with("A 优于 B"), "{}", found.verdict.zh);
    assert!(
        found.verdict.en.contains("interval 0.0305 to 0.1554"),
        "{}",
        found.verdict.en
    );
}

#[test]
fn mcnemar_and_bootstrap_equal_scipy() {
    let rows = ReferenceRows::new();
    let config = CompareConfig {
        threshold: Some(0.4),
        bootstrap: 8000,
        ..config(&["accuracy", "average_precision"])
    };
    let found = run(&two(&rows.labels, &rows.a, &rows.b), &config);
    let accuracy = &found.pairs[0];
    assert_eq!(
        accuracy.win_tie_loss,
        Some(WinTieLoss {
            b_better: 119,
            equal: 320,
            a_better: 161
        })
    );
    close(accuracy.p_value, 0.014_131_865_390_006_19, 1e-12);
    assert_eq!(accuracy.test, Some(Test::McnemarExact));
    // numpy, 4000 paired resamples with scikit-learn's AP: sd 0.0413, 2.5 % and 97.5 % points −0.231 and −0.070.
    let precision = &found.pairs[1];
    close(precision.standard_error, 0.0413, 0.002);
    let [lower, upper] = precision.interval.expect("defined");
    assert!(
        (lower + 0.231).abs() < 0.012 && (upper + 0.070).abs() < 0.012,
        "{lower} {upper}"
    );
    assert_eq!(precision.test, Some(Test::PairedBootstrap));
    // No resample reaches 0; the normal tail at 3.7 standard errors is finer than 2 / 8001 and stays above 0.
    let p = precision.p_value.expect("defined");
    assert!(p > 1e-5 && p < 3e-3, "{p}");
}

#[test]
fn ranking_tests_equal_scipy() {
    let rows = ReferenceRows::new();
    let input = CompareInput {
        groups: Some(rows.codes()),
        ..two(&rows.labels, &rows.a, &rows.b)
    };
    let found = run(&input, &config(&["ndcg@10"]));
    let pair = &found.pairs[0];
    close(pair.delta, -0.112_394_784_517_581_99, 1e-12);
    // scipy: ttest_1samp over the 39 groups; numpy: 200 000 sign patterns.
    close(
        pair.cross_check.map(|check| check.p_value),
        0.007_509_299_431_827_54,
        1e-12,
    );
    close(pair.p_value, 0.0076, 0.003);
    assert_eq!(pair.test, Some(Test::Randomisation));
    close(
        pair.effect_size.as_ref().map(|effect| effect.value),
        -0.112_394_784_517_582 / 0.248_538_454_602_509,
        1e-9,
    );
    let outcome = pair.win_tie_loss.expect("groups");
    assert_eq!(outcome.a_better + outcome.b_better + outcome.equal, 39);
    assert!(pair.largest_changes[0].delta > 0.0);
    assert!(
        pair.largest_changes
            .iter()
            .all(|change| (change.value_b - change.value_a - change.delta).abs() < 1e-12)
    );
    assert_eq!(found.num_groups, Some(39));
}

#[test]
fn identical_models_show_no_difference_in_any_metric() {
    let rows = ReferenceRows::new();
    let input = CompareInput {
        groups: Some(rows.codes()),
        ..two(&rows.labels, &rows.a, &rows.a)
    };
    for resample in [ResampleUnit::Row, ResampleUnit::Group] {
        let config = CompareConfig {
            bootstrap: 200,
            resample,
            ..CompareConfig::default()
        };
        let found = run(&input, &config);
        assert_eq!(found.pairs.len(), 10);
        for pair in &found.pairs {
            assert_eq!(pair.delta, Some(0.0), "{}", pair.metric);
            assert_eq!(
                (pair.p_value, pair.p_adjusted),
                (Some(1.0), Some(1.0)),
                "{}",
                pair.metric
            );
            assert_eq!(
                (pair.interval, &pair.better),
                (Some([0.0, 0.0]), &None),
                "{}",
                pair.metric
            );
        }
        assert!(found.verdict.en.contains("agree everywhere"), "{}", found.verdict.en);
        assert_eq!(found.best, None);
    }
}

#[test]
fn groups_as_units_change_the_test() {
    let rows = ReferenceRows::new();
    let input = CompareInput {
        groups: Some(rows.codes()),
        ..two(&rows.labels, &rows.a, &rows.b)
    };
    let config = CompareConfig {
        resample: ResampleUnit::Auto,
        bootstrap: 300,
        ..config(&["auc", "accuracy"])
    };
    let found = run(&input, &config);
    assert_eq!(found.unit, "group");
    assert_eq!(found.pairs[0].test, Some(Test::DelongClustered));
    assert_eq!(found.pairs[1].test, Some(Test::PairedBootstrap));
    assert_eq!(
        found.pairs[1].cross_check.map(|check| check.test),
        Some(Test::McnemarExact)
    );
    // The groups are random, so both variances estimate the same thing.
    close(found.pairs[0].standard_error, 0.0318, 0.008);
}

#[test]
fn three_models_are_adjusted_together() {
    let rows = ReferenceRows::new();
    let noise: Vec<f64> = (0..600).map(|row| f64::from(row * 37 % 600) / 600.0).collect();
    let mut input = two(&rows.labels, &rows.a, &rows.b);
    input.models.push(ScoredModel {
        name: "noise",
        scores: &noise,
    });
    let found = run(&input, &config(&["auc", "brier"]));
    let shown: Vec<(String, &str, &str)> = found
        .pairs
        .iter()
        .map(|p| (p.metric.name(), p.a.as_str(), p.b.as_str()))
        .collect();
    assert_eq!(shown[0], ("auc".to_owned(), "A", "B"));
    assert_eq!(shown[2], ("auc".to_owned(), "B", "noise"));
    assert_eq!((shown.len(), found.family_size), (6, 6));
    assert!(found.pairs.iter().all(|pair| pair.p_adjusted >= pair.p_value));
    assert_eq!(found.best.as_deref(), Some("A"));
    assert!(
        found.verdict.en.starts_with("A is the best of 3 models"),
        "{}",
        found.verdict.en
    );
    // A lower Brier score is better.
    let brier = &found.pairs[4];
    assert!(
        brier.delta > Some(0.0) && brier.better.as_deref() == Some("A"),
        "{brier:?}"
    );
    let json = serde_json::to_string(&found).expect("plain data");
    assert_eq!(serde_json::from_str::<Comparison>(&json).expect("round trip"), found);
    let value: serde_json::Value = serde_json::from_str(&json).expect("json");
    for key in ["a", "b", "metric", "delta", "interval", "p_value", "p_adjusted", "test"] {
        assert!(!value["pairs"][0][key].is_null(), "{key}");
    }
}

#[test]
fn segments_are_compared_on_the_deciding_metric() {
    let rows = ReferenceRows::new();
    let codes: Vec<u32> = (0..600).map(|row| u32::from(row % 3 == 0)).collect();
    let names = ["old".to_owned(), "new".to_owned()];
    let input = CompareInput {
        segments: vec![Segment {
            column: "user_age",
            values: Codes {
                codes: &codes,
                names: &names,
            },
        }],
        ..two(&rows.labels, &rows.a, &rows.b)
    };
    let found = run(&input, &config(&["auc"]));
    let shown: Vec<(&str, u64)> = found
        .segments
        .iter()
        .map(|part| (part.value.as_str(), part.n))
        .collect();
    assert_eq!(shown, [("old", 400), ("new", 200)]);
    for part in &found.segments {
        assert!(part.delta.is_some() && part.p_adjusted >= part.p_value);
    }
}

#[test]
fn what_cannot_be_compared_says_why() {
    let labels = [1.0, 0.0, 1.0, 0.0];
    let found = run(
        &two(&labels, &[0.9, 0.2, 0.8, 0.1], &[2.0, -1.0, 3.0, 0.0]),
        &config(&["log_loss", "ndcg@5", "auc"]),
    );
    assert!(
        found.pairs[0]
            .undefined
            .as_ref()
            .is_some_and(|why| why.en.contains("between 0 and 1"))
    );
    assert!(
        found.pairs[1]
            .undefined
            .as_ref()
            .is_some_and(|why| why.en.contains("group column"))
    );
    assert!(found.pairs[0].verdict.en.contains("cannot be compared"));
    // Both models rank perfectly, so their components agree.
    assert_eq!(found.pairs[2].p_value, Some(1.0));
    let one_class = run(&two(&[1.0, 1.0], &[0.9, 0.2], &[0.1, 0.5]), &config(&["auc"]));
    assert_eq!((one_class.pairs[0].delta, one_class.pairs[0].p_value), (None, None));
    assert!(one_class.pairs[0].undefined.is_some());
}

#[test]
fn bad_input_is_refused() {
    let progress = Progress::new();
    let alone = CompareInput {
        labels: &[1.0],
        models: vec![ScoredModel {
            name: "A",
            scores: &[0.5],
        }],
        ..CompareInput::default()
    };
    assert!(matches!(
        compare(&alone, &config(&[]), &progress),
        Err(EvalError::BadSetting { .. })
    ));
    let same_name = CompareInput {
        labels: &[1.0],
        models: vec![
            ScoredModel {
                name: "A",
                scores: &[0.5]
            };
            2
        ],
        ..CompareInput::default()
    };
    assert!(compare(&same_name, &config(&[]), &progress).is_err());
    let short = two(&[1.0, 0.0], &[0.5], &[0.5, 0.4]);
    assert!(matches!(
        compare(&short, &config(&[]), &progress),
        Err(EvalError::LengthMismatch { .. })
    ));
    let nothing = two(&[1.0, 0.0], &[f64::NAN, 0.5], &[0.5, f64::NAN]);
    assert!(matches!(
        compare(&nothing, &config(&[]), &progress),
        Err(EvalError::NoRows { total: 2 })
    ));
    progress.cancel();
    let fine = two(&[1.0, 0.0], &[0.5, 0.4], &[0.5, 0.6]);
    assert!(matches!(
        compare(&fine, &config(&[]), &progress),
        Err(EvalError::Cancelled(_))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn swapping_the_models_flips_the_sign_and_nothing_else(
        rows in prop::collection::vec((any::<bool>(), 0_u8..12, 0_u8..12, 0_u32..6), 6..60)
    ) {
        let labels: Vec<f64> = rows.iter().map(|row| f64::from(u8::from(row.0))).collect();
        let a: Vec<f64> = rows.iter().map(|row| f64::from(row.1) / 12.0).collect();
        let b: Vec<f64> = rows.iter().map(|row| f64::from(row.2) / 12.0).collect();
        let codes: Vec<u32> = rows.iter().map(|row| row.3).collect();
        let names: Vec<String> = (0..6).map(|group| format!("g{group}")).collect();
        let groups = Some(Codes { codes: &codes, names: &names });
        let config = CompareConfig { bootstrap: 100, permutations: 50, ..CompareConfig::default() };
        let first = run(&CompareInput { groups, ..two(&labels, &a, &b) }, &config);
        let second = run(&CompareInput { groups, ..two(&labels, &b, &a) }, &config);
        for (x, y) in first.pairs.iter().zip(&second.pairs) {
            prop_assert_eq!(x.metric, y.metric);
            match (x.p_value, y.p_value) {
                (Some(p), Some(q)) => prop_assert!((p - q).abs() < 1e-9, "{} {p} {q}", x.metric),
                (p, q) => prop_assert_eq!(p, q),
            }
            match (x.delta, y.delta) {
                (Some(x), Some(y)) => prop_assert!((x + y).abs() < 1e-12),
                (x, y) => prop_assert_eq!(x, y),
            }
            match (x.interval, y.interval) {
                (Some(p), Some(q)) => prop_assert!((p[0] + q[1]).abs() < 1e-9 && (p[1] + q[0]).abs() < 1e-9, "{} {:?} {:?}", x.metric, p, q),
                (p, q) => prop_assert_eq!(p, q),
            }
        }
    }
}
