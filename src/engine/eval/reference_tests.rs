//! The whole evaluation against scikit-learn, and the properties every metric must have.
//!
//! The expected numbers were computed with scikit-learn 1.9.1, scipy 1.17.1 and numpy from the same rows, which both
//! sides generate exactly from an integer hash.

use super::*;
use crate::engine::progress::Progress;
use crate::engine::random::mix64;
use proptest::prelude::*;

/// 600 rows: labels, scores of two models with ties (multiples of 1/64), groups of about 15 rows.
pub(crate) struct ReferenceRows {
    pub labels: Vec<f64>,
    pub a: Vec<f64>,
    pub b: Vec<f64>,
    pub groups: Vec<u32>,
    pub group_names: Vec<String>,
}

fn unit(row: u64, stream: u64) -> f64 {
    let key = row
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(stream.wrapping_mul(0xD1B5_4A32_D192_ED03));
    (mix64(key) >> 11) as f64 / (1_u64 << 53) as f64
}

impl ReferenceRows {
    pub fn new() -> Self {
        let labels: Vec<f64> = (0..600).map(|row| f64::from(u8::from(unit(row, 1) < 0.3))).collect();
        let label = |row: u64| labels[row as usize];
        let model = |streams: (u64, u64), gain: f64, shift: f64| -> Vec<f64> {
            let score = |row| 0.55 * unit(row, streams.0) + gain * label(row) * unit(row, streams.1) + shift;
            (0..600).map(|row| (score(row) * 64.0).floor() / 64.0).collect()
        };
        Self {
            a: model((2, 3), 0.35, 0.05),
            b: model((4, 5), 0.20, 0.10),
            groups: (0..600).map(|row| (unit(row, 6) * 40.0) as u32).collect(),
            group_names: (0..40).map(|group| format!("q{group}")).collect(),
            labels,
        }
    }

    /// Scores of model a with every tie broken.
    fn without_ties(&self) -> Vec<f64> {
        let shifted = |(row, score): (usize, &f64)| score + unit(row as u64, 7) / 1000.0;
        self.a.iter().enumerate().map(shifted).collect()
    }

    pub fn codes(&self) -> Codes<'_> {
        Codes {
            codes: &self.groups,
            names: &self.group_names,
        }
    }

    fn input<'a>(&'a self, scores: &'a [f64]) -> EvalInput<'a> {
        EvalInput {
            labels: &self.labels,
            scores,
            groups: Some(self.codes()),
            segments: Vec::new(),
        }
    }
}

fn quick() -> EvalConfig {
    EvalConfig {
        bootstrap: 0,
        ..EvalConfig::default()
    }
}

fn run(input: &EvalInput<'_>, config: &EvalConfig) -> Evaluation {
    evaluate(input, config, &Progress::new()).expect("valid input")
}

fn plain<'a>(labels: &'a [f64], scores: &'a [f64]) -> EvalInput<'a> {
    EvalInput {
        labels,
        scores,
        ..EvalInput::default()
    }
}

fn check(name: &str, found: Option<f64>, expected: f64) {
    let found = found.unwrap_or(f64::NAN);
    assert!((found - expected).abs() < 1e-12, "{name}: {found}, expected {expected}");
}

#[test]
fn row_metrics_equal_scikit_learn() {
    let rows = ReferenceRows::new();
    let a = run(&rows.input(&rows.a), &quick());
    assert_eq!((a.n, a.positives), (600, 180));
    check("roc_auc_score", a.auc, 0.776_223_544_973_545_1);
    check("average_precision_score", a.average_precision, 0.670_008_066_062_815_7);
    check("log_loss", a.log_loss, 0.510_728_851_360_769_3);
    check("brier_score_loss", a.brier, 0.169_660_237_630_208_32);
    check("ece, 15 bins by numpy", a.ece, 0.118_203_125);
    check(
        "ece, 10 bins by numpy",
        a.calibration.as_ref().map(|c| c.ece_10_bins),
        0.117_473_958_333_333_34,
    );
    check("best f1", a.f1, 0.580_498_866_213_151_9);
    assert_eq!((a.threshold, a.threshold_rule), (Some(0.40625), ThresholdRule::BestF1));
    check("accuracy_score", a.accuracy, 0.691_666_666_666_666_7);
    check("precision_score", a.precision, 0.490_421_455_938_697_3);
    check("recall_score", a.recall, 0.711_111_111_111_111_1);
    check("matthews_corrcoef", a.mcc, 0.364_608_373_726_145_1);
    let confusion = Confusion {
        true_positives: 128,
        false_positives: 133,
        false_negatives: 52,
        true_negatives: 287,
    };
    assert_eq!(a.confusion, Some(confusion));
    let b = run(&rows.input(&rows.b), &quick());
    check("roc_auc_score b", b.auc, 0.683_280_423_280_423_4);
    check(
        "average_precision_score b",
        b.average_precision,
        0.517_406_041_519_030_2,
    );
}

#[test]
fn ranking_metrics_equal_scikit_learn_and_numpy() {
    let rows = ReferenceRows::new();
    let a = run(&rows.input(&rows.a), &quick());
    let ranking = |name: &str| a.ranking.get(name).copied().flatten();
    check("ndcg_score k=5", ranking("ndcg@5"), 0.709_971_667_402_075_4);
    check("ndcg_score k=10", ranking("ndcg@10"), 0.798_987_855_264_488_5);
    check("ndcg_score", ranking("ndcg"), 0.859_581_711_813_983_5);
    check(
        "roc_auc_score by group, weighted",
        ranking("gauc"),
        0.778_695_714_126_601_5,
    );
    assert_eq!(
        a.groups.as_ref().map(|groups| (groups.used, groups.without_positives)),
        Some((39, 1))
    );

    let strict = rows.without_ties();
    let a = run(&rows.input(&strict), &quick());
    let ranking = |name: &str| a.ranking.get(name).copied().flatten();
    check("recall@5", ranking("recall@5"), 0.598_453_398_453_398_5);
    check("precision@5", ranking("precision@5"), 0.517_948_717_948_717_9);
    check("map@5", ranking("map@5"), 0.606_766_381_766_381_9);
    check("hit_rate@5", ranking("hit_rate@5"), 0.974_358_974_358_974_3);
    check("mrr@5", ranking("mrr@5"), 0.927_350_427_350_427_3);
    let trec = EvalConfig {
        map_denominator: MapDenominator::Positives,
        ..quick()
    };
    let a = run(&rows.input(&strict), &trec);
    check("map@5 over all positives", a.ranking["map@5"], 0.533_351_648_351_648_5);
}

#[test]
fn delong_equals_its_definition_in_numpy() {
    let rows = ReferenceRows::new();
    let config = EvalConfig {
        resample: ResampleUnit::Row,
        ..quick()
    };
    let found = run(&rows.input(&rows.a), &config).auc_delong.expect("defined");
    check("standard error", Some(found.standard_error), 0.020_640_388_782_366_625);
    assert!(!found.clustered);
}

#[test]
fn bootstrap_and_delong_agree() {
    let rows = ReferenceRows::new();
    let config = EvalConfig {
        bootstrap: 4000,
        ..EvalConfig::default()
    };
    for resample in [ResampleUnit::Row, ResampleUnit::Group] {
        let config = EvalConfig {
            resample,
            ..config.clone()
        };
        let found = run(&rows.input(&rows.a), &config);
        let delong = found.auc_delong.expect("defined").interval;
        let bootstrap = found.intervals["auc"].expect("defined");
        for (a, b) in delong.iter().zip(bootstrap) {
            assert!((a - b).abs() < 0.006, "{resample:?} {delong:?} {bootstrap:?}");
        }
        for (name, interval) in &found.intervals {
            let metric = Metric::parse(name).expect("known");
            if found.value(metric) == Some(1.0) {
                // Every group has a hit at this cut-off: no spread, and the reason is given.
                assert!(interval.is_none() && found.undefined.contains_key(&format!("interval of {name}")));
                continue;
            }
            let (point, [lower, upper]) = (found.value(metric).expect("defined"), interval.expect(name));
            assert!(
                lower < upper && lower <= point && point <= upper,
                "{name} {lower} {point} {upper}"
            );
        }
        let method = found.interval_method.expect("drawn");
        assert_eq!(method.unit, if resample == ResampleUnit::Row { "row" } else { "group" });
    }
}

#[test]
fn the_same_seed_gives_the_same_evaluation_and_json_survives() {
    let rows = ReferenceRows::new();
    let config = EvalConfig {
        bootstrap: 50,
        ..EvalConfig::default()
    };
    let first = run(&rows.input(&rows.a), &config);
    assert_eq!(first, run(&rows.input(&rows.a), &config));
    let json = serde_json::to_string(&first).expect("plain data");
    assert_eq!(serde_json::from_str::<Evaluation>(&json).expect("round trip"), first);
    let value: serde_json::Value = serde_json::from_str(&json).expect("json");
    for key in [
        "n",
        "positives",
        "auc",
        "average_precision",
        "log_loss",
        "brier",
        "ece",
        "accuracy",
        "precision",
    ]
    .into_iter()
    .chain(["recall", "f1", "threshold", "mcc"])
    {
        assert!(value[key].is_number(), "{key}");
    }
    for key in ["ndcg@10", "recall@10", "mrr", "map@10", "hit_rate@10"] {
        assert!(value["ranking"][key].is_number(), "{key}");
        assert!(value["intervals"][key].is_array() || key == "hit_rate@10", "{key}");
        assert!(value["conventions"][key]["zh"].is_string(), "{key}");
    }
}

#[test]
fn one_class_gives_reasons_not_numbers() {
    let found = run(&plain(&[0.0, 0.0, 0.0], &[2.0, 0.5, 0.1]), &quick());
    for metric in RowMetric::ALL {
        assert_eq!(found.value(Metric::Row(metric)), None, "{metric:?}");
        assert!(found.undefined.contains_key(metric.name()), "{metric:?}");
    }
    assert_eq!((found.threshold, found.threshold_rule), (None, ThresholdRule::None));
    let json = serde_json::to_string(&found).expect("plain data");
    assert!(!json.contains("NaN") && json.contains("\"auc\":null"));

    let positives = run(&plain(&[1.0, 1.0], &[0.2, 0.9]), &quick());
    assert_eq!(
        (positives.auc, positives.average_precision, positives.f1),
        (None, Some(1.0), Some(1.0))
    );
    assert_eq!(positives.mcc, None);
    assert_eq!(positives.undefined["auc"].en, "there is no negative row");
}

#[test]
fn logits_have_ranks_but_no_calibration() {
    let labels = [1.0, 0.0, 1.0, 0.0];
    let found = run(&plain(&labels, &[3.2, -1.0, 0.4, 0.6]), &quick());
    assert_eq!(found.auc, Some(0.75));
    assert_eq!(
        (found.log_loss, found.brier, found.ece, found.at_half),
        (None, None, None, None)
    );
    assert!(found.undefined["log_loss"].en.contains("between 0 and 1"));
}

#[test]
fn missing_rows_are_counted_and_bad_ones_refused() {
    let found = run(&plain(&[1.0, f64::NAN, 0.0, 1.0], &[0.9, 0.5, 0.1, f64::NAN]), &quick());
    assert_eq!((found.n, found.rows.missing_label, found.rows.missing_score), (2, 1, 1));
    assert!(found.warnings.iter().any(|warning| warning.en.contains("left out")));
    let progress = Progress::new();
    let refused = |labels: &[f64], scores: &[f64]| evaluate(&plain(labels, scores), &quick(), &progress).is_err();
    assert!(refused(&[], &[]) && refused(&[0.5], &[0.5]) && refused(&[1.0], &[f64::INFINITY]));
    progress.cancel();
    assert_eq!(
        evaluate(&plain(&[1.0, 0.0], &[0.5, 0.4]), &quick(), &progress),
        Err(EvalError::Cancelled(crate::engine::progress::Cancelled))
    );
}

#[test]
fn a_given_threshold_is_kept() {
    let config = EvalConfig {
        threshold: Some(0.5),
        ..quick()
    };
    let found = run(&plain(&[1.0, 0.0, 1.0, 0.0], &[0.9, 0.6, 0.4, 0.1]), &config);
    assert_eq!(
        (found.threshold, found.accuracy, found.f1),
        (Some(0.5), Some(0.5), Some(0.5))
    );
    assert_eq!(found.threshold_rule, ThresholdRule::Given);
}

/// Labels and coarse scores, so that ties and small classes are common.
fn rows() -> impl Strategy<Value = Vec<(bool, u8)>> {
    prop::collection::vec((any::<bool>(), 0_u8..12), 2..80)
}

fn columns(rows: &[(bool, u8)]) -> (Vec<f64>, Vec<f64>) {
    rows.iter()
        .map(|&(label, score)| (f64::from(u8::from(label)), f64::from(score) / 12.0))
        .unzip()
}

proptest! {
    #[test]
    fn order_of_rows_does_not_matter(rows in rows(), seed in any::<u64>()) {
        let mut shuffled = rows.clone();
        crate::engine::random::Draws::new(seed, &[]).shuffle(&mut shuffled);
        let ((labels, scores), (labels2, scores2)) = (columns(&rows), columns(&shuffled));
        let (first, second) = (run(&plain(&labels, &scores), &quick()), run(&plain(&labels2, &scores2), &quick()));
        for metric in RowMetric::ALL.map(Metric::Row) {
            match (first.value(metric), second.value(metric)) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-12, "{metric} {a} {b}"),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
        prop_assert_eq!(first.thresholds, second.thresholds);
    }

    #[test]
    fn monotone_transforms_keep_ranks(rows in rows()) {
        let (labels, scores) = columns(&rows);
        let moved: Vec<f64> = scores.iter().map(|score| (3.0 * score).exp() - 40.0).collect();
        let (first, second) = (run(&plain(&labels, &scores), &quick()), run(&plain(&labels, &moved), &quick()));
        prop_assert_eq!(first.auc, second.auc);
        let positive: Vec<bool> = labels.iter().map(|&label| label == 1.0).collect();
        prop_assert_eq!(first.auc, auc(&positive, &scores));
        prop_assert_eq!(first.average_precision, second.average_precision);
        prop_assert_eq!(first.f1, second.f1);
        prop_assert_eq!(first.curves.roc, second.curves.roc);
    }

    #[test]
    fn reversing_the_scores_mirrors_the_auc(rows in rows()) {
        let (labels, scores) = columns(&rows);
        let reversed: Vec<f64> = scores.iter().map(|score| -score).collect();
        let (first, second) = (run(&plain(&labels, &scores), &quick()), run(&plain(&labels, &reversed), &quick()));
        match (first.auc, second.auc) {
            (Some(a), Some(b)) => prop_assert!((a + b - 1.0).abs() < 1e-12),
            (a, b) => prop_assert_eq!(a, b),
        }
    }

    #[test]
    fn values_stay_in_their_range(rows in rows()) {
        let (labels, scores) = columns(&rows);
        let found = run(&plain(&labels, &scores), &quick());
        for metric in RowMetric::ALL {
            let Some(value) = found.value(Metric::Row(metric)) else { continue };
            let lowest = if metric == RowMetric::Mcc { -1.0 - 1e-12 } else { 0.0 };
            prop_assert!(value >= lowest, "{metric:?} {value}");
            prop_assert!(metric == RowMetric::LogLoss || value <= 1.0 + 1e-12, "{metric:?} {value}");
        }
    }
}
