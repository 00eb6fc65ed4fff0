//! Expected values: NumPy 2 and SciPy 1.16 on the formulas below (`numpy.quantile`, `scipy.spatial.distance.
//! jensenshannon(base=2)`, `scipy.stats.wasserstein_distance`, `ks_2samp`, `chi2_contingency(correction=False)`,
//! `false_discovery_control`, `scipy.special.kolmogorov`).

use super::statistics::*;
use super::*;
use crate::engine::artifact::Severity;
use crate::engine::audit::fixture::{Col, audited, table};
use proptest::prelude::*;

fn samples() -> (Vec<f64>, Vec<f64>) {
    let mut a: Vec<f64> = (0..500u32).map(|i| f64::from((i * 7919) % 1009) / 100.0).collect();
    let mut b: Vec<f64> = (0..400u32)
        .map(|i| f64::from((i * 104_729) % 997) / 90.0 + 0.5)
        .collect();
    a.sort_unstable_by(f64::total_cmp);
    b.sort_unstable_by(f64::total_cmp);
    (a, b)
}

fn close(found: f64, expected: f64) {
    let room = 1e-9 * expected.abs().max(1e-3);
    assert!((found - expected).abs() < room, "{found} is not {expected}");
}

#[test]
fn distances_of_numbers_are_those_of_scipy() {
    let (a, b) = samples();
    let edges = quantile_edges(&a, 10);
    let expected = [0.997, 2.024, 3.027, 4.026, 5.035, 6.044, 7.043, 8.046, 9.061];
    edges
        .iter()
        .zip(expected)
        .for_each(|(found, expected)| close(*found, expected));
    let (p, q) = (binned(&a, &edges), binned(&b, &edges));
    assert_eq!(p, [50; 10]);
    assert_eq!(q, [19, 41, 36, 36, 36, 36, 38, 38, 35, 85]);
    close(psi(&p, &q).expect("filled"), 0.130_340_680_211_557_34);
    close(jensen_shannon(&p, &q).expect("filled"), 0.151_638_474_457_270_05);
    close(wasserstein(&a, &b).expect("filled"), 0.886_731_111_111_111_1);
    close(deviation(&a).expect("filled"), 2.911_937_599_880_876_5);
    let ks = kolmogorov_smirnov(&a, &b).expect("filled");
    close(ks.statistic, 0.1305);
    close(ks.p_value, 0.000_906_647_049_039_173);
    // The exact finite-sample value of SciPy is 0.000933: the approximation is within 3 %.
    assert!((ks.p_value / 0.000_933_151 - 1.0).abs() < 0.03);
}

#[test]
fn tests_of_categories_are_those_of_scipy() {
    let (r, c) = ([120, 80, 0, 45, 5], [90, 100, 30, 40, 0]);
    let (tested, effect) = chi_square(&r, &c).expect("filled");
    close(tested.statistic, 41.621_978_021_978_016);
    assert!((tested.p_value / 1.997_918_040_919_33e-8 - 1.0).abs() < 1e-6);
    close(effect, 0.285_677_653_329_275_3);
    close(psi(&r, &c).expect("filled"), 0.978_036_929_177_235_2);
    close(jensen_shannon(&r, &c).expect("filled"), 0.280_049_715_846_525_6);
    let (missing, _) = chi_square(&[470, 30], &[340, 60]).expect("filled");
    close(missing.statistic, 20.0);
    assert!((missing.p_value / 7.744_216_431_044_088e-6 - 1.0).abs() < 1e-6);
    let adjusted = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.005, 0.5]);
    for (found, expected) in adjusted.iter().zip([0.025, 0.05, 0.05, 0.025, 0.5]) {
        close(*found, expected);
    }
    assert!(chi_square(&[5, 0], &[7, 0]).is_none() && chi_square(&[0, 0], &[7, 1]).is_none());
}

proptest! {
    #[test]
    fn distances_are_zero_on_the_same_sample_and_never_negative(
        mut a in prop::collection::vec(-1e3..1e3f64, 1..60),
        mut b in prop::collection::vec(-1e3..1e3f64, 1..60),
    ) {
        a.sort_unstable_by(f64::total_cmp);
        b.sort_unstable_by(f64::total_cmp);
        let edges = quantile_edges(&a, 10);
        let (p, q) = (binned(&a, &edges), binned(&b, &edges));
        prop_assert_eq!(p.iter().sum::<u64>(), a.len() as u64);
        prop_assert_eq!(q.iter().sum::<u64>(), b.len() as u64);
        prop_assert_eq!(psi(&p, &p), Some(0.0));
        prop_assert_eq!(jensen_shannon(&p, &p), Some(0.0));
        prop_assert_eq!(wasserstein(&a, &a), Some(0.0));
        let same = kolmogorov_smirnov(&a, &a).expect("filled");
        prop_assert_eq!((same.statistic, same.p_value), (0.0, 1.0));
        let js = jensen_shannon(&p, &q).expect("filled");
        prop_assert!((0.0..=1.0).contains(&js) && psi(&p, &q).expect("filled") >= 0.0);
        let (there, back) = (wasserstein(&a, &b).expect("filled"), wasserstein(&b, &a).expect("filled"));
        prop_assert!((there - back).abs() <= 1e-9 * (1.0 + there));
        // Moving a sample by d moves it by d.
        let moved: Vec<f64> = a.iter().map(|value| value + 7.0).collect();
        prop_assert!((wasserstein(&a, &moved).expect("filled") - 7.0).abs() < 1e-9);
    }

    #[test]
    fn adjusted_p_values_are_at_least_the_raw_ones_and_keep_their_order(
        p in prop::collection::vec(0.0..1.0f64, 0..30),
    ) {
        let adjusted = benjamini_hochberg(&p);
        for (i, raw) in p.iter().enumerate() {
            prop_assert!(adjusted[i] >= *raw && adjusted[i] <= 1.0);
            for (j, other) in p.iter().enumerate() {
                prop_assert!(raw > other || adjusted[i] <= adjusted[j]);
            }
        }
    }
}

fn texts(count: usize, pick: impl Fn(usize) -> &'static str) -> Col<'static> {
    Col::S((0..count).map(|row| Some(pick(row))).collect())
}

fn shop(
    rows: usize,
    scale: f64,
    device: impl Fn(usize) -> &'static str,
    missing_every: usize,
) -> crate::engine::ingest::Dataset {
    let price = |row: usize| scale * (1.0 + (row * 7919 % 1009) as f64 / 10.0);
    let brand = |row: usize| (!row.is_multiple_of(missing_every)).then_some("acme");
    table(vec![
        ("user", Col::I((0..rows as i64).map(Some).collect())),
        ("price", Col::F((0..rows).map(|row| Some(price(row))).collect())),
        ("device", texts(rows, device)),
        ("brand", Col::S((0..rows).map(brand).collect())),
    ])
}

#[test]
fn the_same_log_has_not_drifted() {
    let device = |row: usize| ["app", "web"][row % 2];
    let report = drift(
        &shop(900, 1.0, device, 10),
        &shop(900, 1.0, device, 10),
        &Progress::new(),
    )
    .expect("compares");
    assert_eq!(report.columns.len(), 4);
    assert!(
        finding::findings(&report, &shop(900, 1.0, device, 10))
            .expect("findings")
            .is_empty()
    );
    let user = &report.columns[0];
    assert_eq!(user.compared, Compared::Missingness);
    assert!(
        user.reason.is_some() && user.psi.is_none(),
        "identifiers are not tested"
    );
    assert_eq!(report.columns[1].psi, Some(0.0));
}

#[test]
fn planted_drift_is_found_and_added_to_the_audit() {
    let before = shop(900, 1.0, |row| ["app", "web"][row % 2], 50);
    let now = shop(700, 1.6, |row| if row % 10 == 0 { "car" } else { "app" }, 3);
    let mut report = audited(&now);
    let scores = report.scores.clone();
    add_drift(&mut report, &before, &now, &Progress::new()).expect("compares");
    let of = |code: &str, column: &str| {
        let mut all = report.with_code(code);
        all.find(|finding| finding.column.as_deref() == Some(column)).cloned()
    };
    assert_eq!(of("D01", "price").expect("moved").severity, Severity::Warning);
    assert!(of("D01", "device").is_some() && of("D02", "brand").is_some());
    let device = of("D03", "device").expect("new and gone");
    assert_eq!((device.count, device.rows.len(), device.examples.len()), (70, 70, 5));
    assert_eq!(device.examples[1].line, 12, "row 10 stands on line 12");
    assert!(
        device.message.en.contains("“car”") && device.message.en.contains("“web”"),
        "{}",
        device.message.en
    );
    assert_eq!(report.scores, scores, "drift lowers no score");
    let codes: Vec<&str> = report.checks.iter().map(|check| check.code.as_str()).collect();
    assert!(codes.is_sorted() && codes.contains(&"D04"));
    let json = serde_json::to_value(&report).expect("plain data");
    for key in [
        "psi",
        "jensen_shannon",
        "wasserstein_over_sigma",
        "effect",
        "p_value",
        "p_adjusted",
        "missing_p_value",
    ] {
        assert!(json["drift"]["columns"][1].get(key).is_some(), "{key}");
    }
}

#[test]
fn columns_that_come_go_or_change_are_told() {
    let before = table(vec![
        ("price", Col::I((0..50).map(|row| Some(row * row)).collect())),
        ("old", texts(50, |_| "x")),
    ]);
    let now = table(vec![("price", texts(50, |_| "free")), ("new", texts(50, |_| "y"))]);
    let report = drift(&before, &now, &Progress::new()).expect("compares");
    let found = finding::findings(&report, &now).expect("findings");
    let told: Vec<(&str, Severity)> = found
        .iter()
        .filter(|finding| finding.code == "D04")
        .filter_map(|finding| Some((finding.column.as_deref()?, finding.severity)))
        .collect();
    assert_eq!(
        told,
        [
            ("price", Severity::Warning),
            ("old", Severity::Error),
            ("new", Severity::Info)
        ]
    );
}
