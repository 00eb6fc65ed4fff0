//! Published experiments, read from their files; skipped with a message where the files are not there.

use super::*;
use crate::engine::ingest::{ReadOptions, read_log};
use std::path::Path;

fn dataset(path: &str) -> Option<Dataset> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(path);
    if !file.exists() {
        #[allow(clippy::print_stderr)]
        {
            eprintln!("skipped: {} is not there", file.display());
        }
        return None;
    }
    Some(read_log(&[file], &ReadOptions::default(), &Progress::new()).expect("readable"))
}

fn close(value: Option<f64>, expected: f64, tolerance: f64) {
    let value = value.expect("defined");
    assert!(
        (value - expected).abs() <= tolerance,
        "{value} is not {expected} ± {tolerance}"
    );
}

#[test]
fn cookie_cats_reads_as_published() {
    let Some(dataset) = dataset("ab_cookie_cats/cookie_cats.csv") else {
        return;
    };
    let config = ExperimentConfig {
        unit: Some("userid".to_owned()),
        variant: "version".to_owned(),
        control: "gate_30".to_owned(),
        metrics: [
            "proportion:retention_7=retention_7",
            "proportion:retention_1=retention_1",
            "mean:rounds=sum_gamerounds",
        ]
        .map(|text| MetricSpec::parse(text).expect("well formed"))
        .to_vec(),
        ..ExperimentConfig::default()
    };
    let report = experiment(&dataset, &config, &Progress::new()).expect("readable");
    assert_eq!(report.srm.observed, [44_700, 45_489]);
    close(report.srm.p_value, 0.0086, 5e-5);
    assert_eq!(report.srm.status, CheckStatus::Warning);
    let [week, day, rounds] = report.metrics.as_slice() else {
        panic!("three metrics")
    };
    close(week.control.estimate, 0.1902, 5e-5);
    close(week.treatments[0].arm.estimate, 0.1820, 5e-5);
    close(week.treatments[0].inference.statistic, -3.164, 5e-4);
    close(week.treatments[0].inference.p_value, 0.00155, 5e-6);
    let [low, high] = week.treatments[0].inference.interval.expect("defined");
    assert!(
        (low + 0.0133).abs() < 5e-5 && (high + 0.0031).abs() < 5e-5,
        "{low} {high}"
    );
    close(day.treatments[0].inference.p_value, 0.0744, 5e-5);
    close(rounds.control.estimate, 52.46, 5e-3);
    let outliers = rounds.treatments[0].outliers.as_ref().expect("a mean");
    assert!(outliers.limit < 2000.0 && outliers.units_above > 50);
    assert_eq!(report.verdict.decision, Decision::KeepControl);
    assert!(
        report.verdict.headline.en.starts_with("Keep gate_30"),
        "{}",
        report.verdict.headline.en
    );
}

#[test]
fn hillstrom_reads_as_published() {
    let Some(dataset) = dataset("ab_hillstrom_email/hillstrom.csv") else {
        return;
    };
    let config = ExperimentConfig {
        variant: "segment".to_owned(),
        control: "No E-Mail".to_owned(),
        metrics: [
            "proportion:visit=visit",
            "proportion:conversion=conversion",
            "mean:spend=spend@history",
        ]
        .map(|text| MetricSpec::parse(text).expect("well formed"))
        .to_vec(),
        segments: vec!["zip_code".to_owned()],
        ..ExperimentConfig::default()
    };
    let report = experiment(&dataset, &config, &Progress::new()).expect("readable");
    assert_eq!(report.units, 64_000, "equal rows are different customers");
    let names: Vec<&str> = report.variants.iter().map(|variant| variant.name.as_str()).collect();
    assert_eq!(names, ["No E-Mail", "Mens E-Mail", "Womens E-Mail"]);
    let [visit, conversion, spend] = report.metrics.as_slice() else {
        panic!("three metrics")
    };
    for (metric, arm, estimate, statistic) in [
        (visit, 0, 0.1828, 22.49),
        (visit, 1, 0.1514, 13.95),
        (conversion, 0, 0.01253, 7.39),
        (conversion, 1, 0.00884, 3.78),
        (spend, 0, 1.423, 5.30),
        (spend, 1, 1.077, 3.26),
    ] {
        let treatment = &metric.treatments[arm];
        close(treatment.arm.estimate, estimate, 5e-4);
        close(treatment.inference.statistic, statistic, 5e-3);
    }
    close(conversion.treatments[1].inference.p_value, 1.6e-4, 5e-6);
    close(spend.treatments[0].inference.delta, 0.770, 5e-4);
    assert!(spend.treatments[0].cuped.is_some());
    assert_eq!(report.segments.len(), 2);
    assert_eq!(report.verdict.decision, Decision::Ship);
    assert_eq!(report.verdict.variant.as_deref(), Some("Mens E-Mail"));
}

#[test]
fn proposals_fit_the_files() {
    if let Some(dataset) = dataset("ab_cookie_cats/cookie_cats.csv") {
        let config = propose(&dataset).expect("an experiment");
        assert_eq!(
            (config.variant.as_str(), config.control.as_str()),
            ("version", "gate_30")
        );
        assert_eq!(config.unit.as_deref(), Some("userid"));
        assert!(config.metrics[0].name.starts_with("retention"), "{:?}", config.metrics);
        assert_eq!(config.metrics.len(), 3);
    }
}
