//! Associations against scipy, and by hand.
//!
//! `reference_table` is built in Python as
//!
//!     i = numpy.arange(300)
//!     x = (i*37) % 101 as float, null where i % 11 == 3
//!     y = numpy.floor((i*i % 97) / 4) + 0.5*x (x = 0 where null), null where i % 17 == 5
//!     c = array(["a","b","c","d"])[(i*7 % 10)//3], null where i % 13 == 2
//!     d = array(["p","q","r"])[((i*7 % 10)//3 + (i % 5 == 0)) % 3], null where i % 19 == 4
//!
//! and the expected numbers with numpy 2.4.6, pandas 3.1.1 and scipy 1.17.1 over the rows in which both columns are
//! filled: `scipy.stats.spearmanr`; V from `scipy.stats.chi2_contingency(crosstab, correction=False)` and Bergsma's
//! formulas; η from the group means, and again from `scipy.stats.f_oneway`; φ as `numpy.corrcoef` of the null flags.

use super::*;
use crate::engine::audit::fixture::{Col, audited, table};
use proptest::prelude::*;

fn reference_table() -> Dataset {
    let rows = 0..300_i64;
    let x = |i: i64| (i % 11 != 3).then_some((i * 37 % 101) as f64);
    let y = |i: i64| (i % 17 != 5).then(|| (i * i % 97 / 4) as f64 + 0.5 * x(i).unwrap_or(0.0));
    let group = |i: i64| (i * 7 % 10 / 3) as usize;
    let c = |i: i64| (i % 13 != 2).then(|| ["a", "b", "c", "d"][group(i)]);
    let d = |i: i64| (i % 19 != 4).then(|| ["p", "q", "r"][(group(i) + usize::from(i % 5 == 0)) % 3]);
    table(vec![
        ("x", Col::F(rows.clone().map(x).collect())),
        ("y", Col::F(rows.clone().map(y).collect())),
        ("c", Col::S(rows.clone().map(c).collect())),
        ("d", Col::S(rows.map(d).collect())),
    ])
}

fn found(data: &Dataset) -> Associations {
    audited(data).associations.expect("the audit associates columns")
}

fn close(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
}

#[test]
fn all_measures_match_scipy() {
    let found = found(&reference_table());
    let expected = [
        ("x", "y", Measure::Spearman, 0.893_866_046_456_417_8, 256),
        ("c", "d", Measure::CramersV, 0.757_136_950_266_916, 262),
        ("x", "c", Measure::CorrelationRatio, 0.043_466_999_847_769_465, 252),
        ("y", "c", Measure::CorrelationRatio, 0.034_354_473_750_082_2, 260),
        ("x", "d", Measure::CorrelationRatio, 0.085_246_428_303_566_06, 259),
        ("y", "d", Measure::CorrelationRatio, 0.112_844_498_427_509_77, 267),
    ];
    assert_eq!((found.pairs.len(), found.pairs_left), (expected.len(), 0));
    for (a, b, measure, value, n) in expected {
        let pair = found.pair(b, a).expect("each pair stands once");
        assert_eq!((pair.a.as_str(), pair.measure, pair.n), (a, measure, n));
        close(pair.value, value);
    }
    let strengths: Vec<f64> = found.pairs.iter().filter_map(|pair| Some(pair.value?.abs())).collect();
    assert!(strengths.windows(2).all(|pair| pair[0] >= pair[1]));
}

/// t = 1_600_000_000 + (i*i % 89) * 3600 seconds, null where i % 7 == 6; x and c as in the reference table. The numbers
/// as above, from t less 1_600_000_000, which changes no rank and no variance.
#[test]
fn times_are_ranked_by_their_epoch() {
    let rows = 0..300_i64;
    let time = |i: i64| (i % 7 != 6).then_some(1_600_000_000 + i * i % 89 * 3_600);
    let x = |i: i64| (i % 11 != 3).then_some((i * 37 % 101) as f64);
    let c = |i: i64| (i % 13 != 2).then(|| ["a", "b", "c", "d"][(i * 7 % 10 / 3) as usize]);
    let found = found(&table(vec![
        ("x", Col::F(rows.clone().map(x).collect())),
        ("time", Col::T(rows.clone().map(time).collect())),
        ("c", Col::S(rows.map(c).collect())),
    ]));
    assert_eq!(found.pairs.len(), 3, "each pair once");
    let (rho, eta) = (
        found.pair("time", "x").expect("a pair"),
        found.pair("c", "time").expect("a pair"),
    );
    assert_eq!((rho.measure, rho.n), (Measure::Spearman, 234));
    close(rho.value, -0.012_802_232_259_146_212);
    assert_eq!((eta.measure, eta.n), (Measure::CorrelationRatio, 238));
    close(eta.value, 0.084_145_770_749_997_35);
}

#[test]
fn cells_missing_together_match_numpy() {
    let missing = found(&reference_table()).missingness;
    assert_eq!((missing.pairs.len(), missing.columns_left), (6, 0));
    for (a, b, both, phi) in [
        ("x", "y", 1, -0.030_408_075_290_198_087),
        ("x", "c", 2, -0.003_064_448_213_786_094_3),
        ("c", "d", 1, -0.012_638_221_098_034_686),
    ] {
        let pair = missing
            .pairs
            .iter()
            .find(|pair| pair.a == a && pair.b == b)
            .expect("the pair");
        assert_eq!(
            (pair.both, pair.both + pair.only_a + pair.only_b + pair.neither),
            (both, 300)
        );
        close(pair.phi, phi);
    }
    let together = table(vec![
        ("a", Col::I(vec![Some(1), None, Some(2), None])),
        ("b", Col::S(vec![Some("p"), None, Some("q"), None])),
        ("c", Col::I(vec![Some(1), Some(2), Some(1), Some(2)])),
    ]);
    let pairs = found(&together).missingness.pairs;
    assert_eq!((pairs.len(), pairs[0].both, pairs[0].phi), (1, 2, Some(1.0)));
}

#[test]
fn ties_extremes_and_columns_without_spread() {
    let data = table(vec![
        (
            "up",
            Col::F(vec![Some(1.0), Some(2.0), Some(2.0), Some(9.0), Some(f64::INFINITY)]),
        ),
        (
            "down",
            Col::F(vec![Some(5.0), Some(4.0), Some(4.0), Some(-1e9), Some(7.0)]),
        ),
        (
            "flat",
            Col::F(vec![Some(3.0), Some(3.0), Some(3.0), Some(3.0), Some(4.0)]),
        ),
    ]);
    let found = found(&data);
    assert_eq!(
        found.pair("up", "down").map(|pair| (pair.value, pair.n)),
        Some((Some(-1.0), 4))
    );
    assert_eq!(
        found.pair("up", "flat").map(|pair| pair.value),
        Some(None),
        "it varies in no common row"
    );
}

#[test]
fn columns_that_cannot_be_compared_are_named() {
    let times = (0..6).map(|row| Some(1_600_000_000 + row)).collect();
    let data = table(vec![
        ("user", Col::I((0..6).map(Some).collect())),
        ("time", Col::T(times)),
        ("one", Col::S(vec![Some("x"); 6])),
        ("none", Col::S(vec![None; 6])),
        ("text", Col::S(vec![Some("red shoes, new"); 6])),
        ("price", Col::F((0..6).map(|row| Some(f64::from(row))).collect())),
    ]);
    let found = found(&data);
    let reason = |name: &str| {
        found
            .left_out
            .iter()
            .find(|left| left.column == name)
            .map(|left| left.reason)
    };
    assert_eq!(reason("user"), Some(LeftOutReason::Identifier));
    assert_eq!(
        (reason("one"), reason("none")),
        (Some(LeftOutReason::Constant), Some(LeftOutReason::Empty))
    );
    assert_eq!(
        (found.columns.len(), found.pairs.len(), found.is_partial()),
        (2, 1, false)
    );
    let pair = found.pair("time", "price").expect("a time is compared");
    assert_eq!((pair.measure, pair.value, pair.n), (Measure::Spearman, Some(1.0), 6));
}

#[test]
fn what_the_audit_cannot_afford_is_counted_and_computed_on_request() {
    let data = reference_table();
    let report = audited(&data);
    let parts: Vec<ColumnPart> = (0..4)
        .map(|index| {
            let cells = ColumnCells::new(&data, index).expect("a column");
            let distinct = Distinct::of(cells.cells(), &Progress::new()).expect("not cancelled");
            ColumnPart::cheap(&cells, &distinct, &report.columns[index])
        })
        .collect();
    // Five pairs take one pass over 300 rows each, Spearman's two.
    let partial = within(&report.columns, &parts, 5 * 300 + 100, &Progress::new()).expect("not cancelled");
    assert_eq!(
        (partial.pairs.len(), partial.pairs_left, partial.is_partial()),
        (5, 1, true)
    );
    assert!(partial.pair("x", "y").is_none(), "the dearest is left");
    let all = associate_all(&data, &report.columns, &Progress::new()).expect("not cancelled");
    assert_eq!(Some(all), report.associations);
}

proptest! {
    #[test]
    fn common_rows_are_counted_and_values_stay_in_range(
        rows in prop::collection::vec((prop::option::of(0_i64..5), prop::option::of(0_i64..4), -3_i64..4), 1..120),
    ) {
        let words = |code: Option<i64>| code.map(|code| ["a", "b", "c", "d", "e"][code as usize]);
        let data = table(vec![
            ("category", Col::S(rows.iter().map(|row| words(row.0)).collect())),
            ("brand", Col::S(rows.iter().map(|row| words(row.1)).collect())),
            ("price", Col::I(rows.iter().map(|row| Some(row.2)).collect())),
        ]);
        for pair in found(&data).pairs {
            let both = rows.iter().filter(|row| {
                let filled = |name: &str| name == "price" || (name == "brand" && row.1.is_some())
                    || (name == "category" && row.0.is_some());
                filled(&pair.a) && filled(&pair.b)
            });
            prop_assert_eq!(pair.n, both.count() as u64);
            prop_assert!(pair.value.is_none_or(|value| (-1.0..=1.0).contains(&value)));
        }
    }
}
