//! The stage as a whole against the sample's known effect and against hand-made tables.

use super::report::Check;
use super::*;
use crate::engine::ingest::{ReadOptions, read_log};
use std::path::{Path, PathBuf};

fn read(file: PathBuf) -> Dataset {
    read_log(&[file], &ReadOptions::default(), &Progress::new()).expect("readable")
}

fn sample() -> Dataset {
    read(Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_data/experiment.csv"))
}

/// A table written and read back.
fn table(text: &str) -> Dataset {
    let dir = tempfile::tempdir().expect("temporary folder");
    let file = dir.path().join("log.csv");
    std::fs::write(&file, text).expect("writable");
    read(file)
}

fn sample_config(method: Method) -> ExperimentConfig {
    ExperimentConfig {
        unit: Some("unit_id".to_owned()),
        variant: "variant".to_owned(),
        control: "ranker_v11".to_owned(),
        metrics: [
            "mean:conversions=conversions",
            "mean:revenue=revenue",
            "ratio:ctr=clicks/impressions",
            "quantile(0.95):latency p95=latency_ms",
        ]
        .map(|text| MetricSpec::parse(text).expect("well formed"))
        .to_vec(),
        covariate: Some("pre_revenue".to_owned()),
        segments: vec!["segment".to_owned(), "device".to_owned()],
        time: Some("date".to_owned()),
        method,
        ..ExperimentConfig::default()
    }
}

fn check<'a>(report: &'a ExperimentReport, code: &str) -> &'a Check {
    report.checks.iter().find(|check| check.code == code).expect("made")
}

#[test]
fn every_method_finds_the_planted_effect() {
    // 25,000 units, four times those of the committed sample.
    let dir = tempfile::tempdir().expect("temporary folder");
    let shop = crate::engine::sample::SampleConfig {
        rows: 62_500,
        seed: 1,
        clean: false,
    };
    crate::engine::sample::write(dir.path(), &shop, &Progress::new()).expect("a sample");
    let dataset = read(dir.path().join("experiment.csv"));
    for method in Method::ALL {
        let report = experiment(&dataset, &sample_config(method), &Progress::new()).expect("readable");
        let orders = &report.metrics[0].treatments[0].inference;
        // Planted 0.25; the group means and variances computed in Python give 0.211 with z = 6.07 on this seed.
        let relative = orders.relative.expect("defined");
        assert!((0.15..0.40).contains(&relative), "{method:?}: {relative}");
        let ([low, high], delta) = (orders.interval.expect("defined"), orders.delta.expect("defined"));
        assert!(0.0 < low && low < delta && delta < high, "{method:?}");
        assert_eq!(orders.p_value.is_none(), method == Method::Bayes);
        assert!(orders.p_value.is_none_or(|p| p < 0.01), "{method:?}");
        let latency = &report.metrics[3].treatments[0];
        let none = latency
            .inference
            .interval
            .is_some_and(|[low, high]| low < 0.0 && high > 0.0);
        assert!(none, "no effect on latency was planted");
        let json = serde_json::to_string(&report).expect("serialises");
        assert!(!json.contains("NaN"));
        let back: ExperimentReport = serde_json::from_str(&json).expect("reads back");
        assert_eq!(back, report);
    }
}

#[test]
fn the_committed_sample_shows_the_planted_lift() {
    let report = experiment(&sample(), &sample_config(Method::Welch), &Progress::new()).expect("readable");
    let orders = &report.metrics[0].treatments[0].inference;
    let [low, high] = orders.interval.expect("defined");
    // Planted 0.25; the group means and variances computed in Python give 0.249 with z = 3.62.
    assert!((0.2..0.28).contains(&orders.relative.expect("defined")), "{orders:?}");
    assert!(0.0 < low && low < high, "{orders:?}");
}

#[test]
fn the_samples_bookkeeping_is_right() {
    let report = experiment(&sample(), &sample_config(Method::Cuped), &Progress::new()).expect("readable");
    let rows = report.rows;
    assert_eq!(
        rows.total,
        rows.used + rows.of_mixed_units + rows.without_unit + rows.without_variant
    );
    assert_eq!(check(&report, "mixed_units").status, CheckStatus::Note);
    assert_eq!(check(&report, "mixed_units").value.en.split(' ').next(), Some("9"));
    assert_eq!(report.srm.status, CheckStatus::Passed);
    let days = report.days.as_ref().expect("dated");
    assert_eq!(
        (days.days, days.missing.len(), days.first.as_str()),
        (14, 0, "2025-10-13")
    );
    let orders = &report.metrics[0].treatments[0];
    assert_eq!(orders.cumulative.len(), 14);
    let last = orders.cumulative.last().expect("14 points");
    let raw = orders
        .alternatives
        .iter()
        .find(|other| other.method == InferenceMethod::WelchT)
        .expect("beside it");
    assert!((last.delta - raw.delta.expect("defined")).abs() < 1e-12);
    assert_eq!(last.interval, raw.interval);
    assert!(orders.cuped.as_ref().expect("with covariate").variance_reduction > 0.0);
    let parts: u64 = report.segments[0]
        .parts
        .iter()
        .map(|part| part.control_units + part.treatment_units)
        .sum();
    assert_eq!(parts, report.units);
}

#[test]
fn a_broken_sample_ratio_blocks_the_verdict() {
    let mut text = "unit,variant,bought\n".to_owned();
    for unit in 0..3000 {
        let variant = if unit % 5 < 2 { "b" } else { "a" };
        text += &format!("{unit},{variant},{}\n", u8::from(unit % 5 < 2 || unit % 7 == 0));
    }
    let config = ExperimentConfig {
        unit: Some("unit".to_owned()),
        variant: "variant".to_owned(),
        control: "a".to_owned(),
        metrics: vec![MetricSpec::parse("proportion:bought=bought").expect("well formed")],
        ..ExperimentConfig::default()
    };
    let report = experiment(&table(&text), &config, &Progress::new()).expect("readable");
    assert_eq!(
        (report.verdict.decision, report.verdict.variant.clone()),
        (Decision::Blocked, None)
    );
    let planned = ExperimentConfig {
        allocation: vec![("a".to_owned(), 60.0), ("b".to_owned(), 40.0)],
        ..config
    };
    let report = experiment(&table(&text), &planned, &Progress::new()).expect("readable");
    assert_eq!(report.verdict.decision, Decision::Ship);
    assert!(report.srm.p_value.is_some_and(|p| p > 0.999));
}

#[test]
fn guardrails_hold_a_winner_back_and_direction_counts() {
    let mut text = "unit,variant,bought,slow\n".to_owned();
    for unit in 0..4000u32 {
        let treated = unit % 2 == 1;
        let bought = u8::from(unit % 10 < if treated { 4 } else { 2 });
        text += &format!(
            "{unit},{},{bought},{}\n",
            if treated { "b" } else { "a" },
            unit % 13 + if treated { 3 } else { 0 }
        );
    }
    let mut guard = MetricSpec::parse("mean:slow=slow").expect("well formed");
    guard.role = MetricRole::Guardrail;
    guard.lower_is_better = true;
    let mut config = ExperimentConfig {
        unit: Some("unit".to_owned()),
        variant: "variant".to_owned(),
        control: "a".to_owned(),
        metrics: vec![
            MetricSpec::parse("proportion:bought=bought").expect("well formed"),
            guard,
        ],
        ..ExperimentConfig::default()
    };
    let dataset = table(&text);
    let report = experiment(&dataset, &config, &Progress::new()).expect("readable");
    assert_eq!(report.verdict.decision, Decision::KeepControl);
    assert!(
        report.verdict.headline.en.contains("slow is hurt"),
        "{}",
        report.verdict.headline.en
    );
    config.metrics[1].lower_is_better = false;
    let report = experiment(&dataset, &config, &Progress::new()).expect("readable");
    assert_eq!(report.verdict.decision, Decision::Ship);
}

#[test]
fn a_test_of_a_against_a_finds_nothing_more_often_than_it_says() {
    use crate::engine::random::Draws;
    let mut alarms = 0;
    for seed in 0..200 {
        let mut draws = Draws::new(seed, &[0xAA]);
        let mut text = "variant,value\n".to_owned();
        for _ in 0..200 {
            let variant = if draws.chance(0.5) { "a" } else { "b" };
            text += &format!("{variant},{:.6}\n", draws.exponential());
        }
        let config = ExperimentConfig {
            variant: "variant".to_owned(),
            control: "a".to_owned(),
            metrics: vec![MetricSpec::parse("mean:value=value").expect("well formed")],
            ..ExperimentConfig::default()
        };
        let report = experiment(&table(&text), &config, &Progress::new()).expect("readable");
        alarms += u32::from(
            report.metrics[0].treatments[0]
                .inference
                .p_value
                .is_some_and(|p| p < 0.05),
        );
    }
    assert!((2..=20).contains(&alarms), "{alarms} of 200, 10 expected");
}

#[test]
fn undefined_figures_are_named_not_printed() {
    let dataset = table("unit,variant,value\n1,a,5\n2,a,5\n3,b,5\n4,b,5\n5,b,5\n");
    let config = ExperimentConfig {
        unit: Some("unit".to_owned()),
        variant: "variant".to_owned(),
        control: "a".to_owned(),
        metrics: ["mean:value=value", "quantile(0.5):median=value"]
            .map(|text| MetricSpec::parse(text).expect("ok"))
            .to_vec(),
        ..ExperimentConfig::default()
    };
    let report = experiment(&dataset, &config, &Progress::new()).expect("readable");
    for metric in &report.metrics {
        let treatment = &metric.treatments[0];
        assert!(treatment.undefined.is_some(), "{}", metric.name);
        assert_eq!(
            (treatment.inference.p_value, treatment.inference.interval),
            (None, None)
        );
    }
    assert_eq!(report.srm.test, "exact_binomial");
    assert_eq!(report.verdict.decision, Decision::Inconclusive);
}

#[test]
fn bad_requests_name_the_column() {
    let dataset = sample();
    let mut config = sample_config(Method::Welch);
    config.control = "ranker".to_owned();
    let message = experiment(&dataset, &config, &Progress::new())
        .expect_err("unknown")
        .to_string();
    assert!(
        message.contains("`ranker`") && message.contains("ranker_v11, ranker_v12"),
        "{message}"
    );
    let mut config = sample_config(Method::Welch);
    config.time = Some("device".to_owned());
    let message = experiment(&dataset, &config, &Progress::new())
        .expect_err("no time")
        .to_string();
    assert!(message.contains("`device`"), "{message}");
    let cancelled = Progress::new();
    cancelled.cancel();
    let outcome = experiment(&dataset, &sample_config(Method::Welch), &cancelled);
    assert!(matches!(outcome, Err(ExperimentError::Cancelled(_))));
}

#[test]
fn the_sample_is_recognised() {
    let config = propose(&sample()).expect("an experiment");
    assert_eq!(
        (config.variant.as_str(), config.control.as_str()),
        ("variant", "ranker_v11")
    );
    assert_eq!(
        (config.unit.as_deref(), config.time.as_deref()),
        (Some("unit_id"), Some("date"))
    );
    assert_eq!(config.covariate.as_deref(), Some("pre_revenue"));
    assert_eq!(config.segments, ["segment", "device"]);
    let roles: Vec<(&str, MetricRole)> = config
        .metrics
        .iter()
        .map(|metric| (metric.name.as_str(), metric.role))
        .collect();
    assert_eq!(roles[0], ("conversions", MetricRole::Goal));
    assert!(roles.contains(&("latency_ms p95", MetricRole::Guardrail)), "{roles:?}");
    // The planted lift shows in the goal, and the guardrails hold.
    let report = experiment(&sample(), &config, &Progress::new()).expect("readable");
    assert_eq!(report.verdict.decision, Decision::Ship, "{:?}", report.verdict);
}
