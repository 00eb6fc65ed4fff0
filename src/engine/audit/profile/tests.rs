//! Profiles against independently computed values.

use super::*;
use crate::engine::audit::fixture::{Col, audited, table};
use proptest::prelude::*;

fn profile_of(column: Col<'_>) -> ColumnProfile {
    audited(&table(vec![("x", column)])).columns.remove(0)
}

fn numbers(values: &[f64]) -> ColumnProfile {
    profile_of(Col::F(values.iter().copied().map(Some).collect()))
}

fn close(found: Option<f64>, expected: f64) {
    let found = found.expect("a number");
    assert!(
        (found - expected).abs() <= 1e-12 * expected.abs().max(1.0),
        "{found} against {expected}"
    );
}

#[test]
fn moments_and_quantiles_match_numpy_and_scipy() {
    // numpy 2.4.6 and scipy 1.17.1: x = [2, 4, 4, 4, 5, 5, 7, 9, 30]; mean, std(ddof=1), scipy.stats.skew(x),
    // scipy.stats.kurtosis(x), scipy.stats.entropy(numpy.unique(x, return_counts=True)[1], base=2),
    // numpy.quantile(x, [.01, .05, .25, .5, .75, .95, .99]).
    let profile = numbers(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0, 30.0]);
    close(profile.mean, 7.777_777_777_777_778);
    close(profile.std, 8.569_973_421_454_96);
    close(profile.skewness, 2.228_144_240_972_257_6);
    close(profile.kurtosis, 3.405_774_871_200_972);
    close(profile.entropy_bits, 2.419_381_945_646_371_4);
    let quantiles = profile.quantiles.expect("numbers have quantiles");
    let expected = [2.0, 2.16, 2.8, 4.0, 5.0, 7.0, 21.6, 28.32, 30.0];
    for ((name, value), expected) in quantiles.named().into_iter().zip(expected) {
        let value: f64 = value.to_string().parse().expect("a number");
        assert!((value - expected).abs() < 1e-12, "{name}: {value} against {expected}");
    }
}

#[test]
fn nulls_infinities_and_not_a_number_do_not_touch_the_moments() {
    let values = vec![Some(1.0), None, Some(f64::NAN), Some(3.0), Some(f64::INFINITY)];
    let profile = profile_of(Col::F(values));
    assert_eq!(
        (profile.count, profile.nulls, profile.distinct, profile.infinite),
        (3, 2, 3, 1)
    );
    close(profile.mean, 2.0);
    assert_eq!(
        profile.histogram.map(|histogram| histogram.counts.iter().sum::<u64>()),
        Some(2)
    );
    let json = serde_json::to_string(&profile_of(Col::F(vec![Some(f64::INFINITY), None]))).expect("plain data");
    assert!(!json.contains("NaN") && !json.contains("inf\""), "{json}");
}

#[test]
fn large_identifiers_and_constants_stay_exact() {
    let id = 2_053_013_555_069_845_885;
    let profile = profile_of(Col::I(vec![Some(id), Some(id + 1), Some(id)]));
    assert_eq!(
        (profile.min, profile.max),
        (Some(Value::Integer(id)), Some(Value::Integer(id + 1)))
    );
    assert_eq!(
        profile.top[0],
        TopValue {
            value: Value::Integer(id),
            count: 2,
            share: 2.0 / 3.0
        }
    );
    let constant = numbers(&[5.0, 5.0, 5.0]);
    assert_eq!(
        (constant.kind, constant.std, constant.skewness, constant.kurtosis),
        (ColumnKind::Constant, Some(0.0), None, None)
    );
    assert_eq!(constant.entropy_bits, Some(0.0));
    assert_eq!(numbers(&[5.0]).std, None);
}

#[test]
fn text_lengths_count_characters_and_kinds_follow_values() {
    let profile = profile_of(Col::S(vec![Some("数据"), Some("ab c"), Some(""), Some("ab c"), None]));
    let length = profile.length.expect("text has lengths");
    assert_eq!(
        (length.min, length.max, length.mean, length.p50, length.empty),
        (0, 4, 2.5, 2, 1)
    );
    assert_eq!(
        (profile.min, profile.max),
        (Some(Value::Text(String::new())), Some(Value::Text("数据".into())))
    );
    assert_eq!(profile.kind, ColumnKind::Text);
    let category = profile_of(Col::S(vec![Some("a"), Some("b"), Some("a"), Some("b")]));
    assert_eq!(category.kind, ColumnKind::Category);
    let code = profile_of(Col::S(vec![Some("a1"), Some("b2")]));
    assert_eq!(code.kind, ColumnKind::Identifier);
}

#[test]
fn codes_that_repeat_are_free_codes_and_texts_are_not() {
    let codes: Vec<String> = (0..120).map(|row| format!("SKU-{}", 1_000 + row % 100)).collect();
    let codes = || codes.iter().map(|code| Some(code.as_str())).collect::<Vec<_>>();
    let profile = profile_of(Col::S(codes()));
    assert_eq!((profile.kind, profile.text), (ColumnKind::FreeCode, None));
    let mut mostly = codes();
    mostly[..11].fill(Some("no code here"));
    assert_eq!(
        profile_of(Col::S(mostly)).kind,
        ColumnKind::FreeCode,
        "one in ninety is a slip"
    );
    let titles: Vec<String> = (0..120).map(|row| format!("shoes {}", row % 100)).collect();
    let titles = titles.iter().map(|title| Some(title.as_str())).collect();
    assert_eq!(profile_of(Col::S(titles)).kind, ColumnKind::Text);
}

#[test]
fn texts_by_script_language_and_repeats() {
    let profile = profile_of(Col::S(vec![
        Some("The kettle is hot"),
        Some("The kettle is hot"),
        Some("红色跑步鞋"),
        Some("leather boots"),
        None,
    ]));
    let text = profile.text.expect("texts");
    // 2 × 14 letters, 5 characters of Han, 12 letters; blanks are not counted.
    assert_eq!((text.characters, text.repeated_texts, text.surplus_rows), (45, 1, 1));
    let scripts: Vec<_> = text
        .scripts
        .iter()
        .map(|share| (share.script, share.characters))
        .collect();
    assert_eq!(scripts, [(Script::Latin, 40), (Script::Han, 5)]);
    let languages: Vec<_> = text
        .languages
        .iter()
        .map(|share| (share.language, share.rows))
        .collect();
    let (english, chinese, untold) = (TextLanguage::English, TextLanguage::Chinese, TextLanguage::LatinUntold);
    assert_eq!(languages, [(english, 2), (chinese, 1), (untold, 1)]);
    assert_eq!(text.languages[0].share, 0.5);
}

#[test]
fn times_have_a_range_and_empty_columns_have_nothing() {
    let profile = profile_of(Col::T(vec![Some(1_569_888_000), Some(1_569_888_010), None]));
    assert_eq!(profile.min, Some(Value::Text("2019-10-01T00:00:00Z".into())));
    assert_eq!(
        profile.quantiles.map(|q| q.p50),
        Some(Value::Text("2019-10-01T00:00:05Z".into()))
    );
    assert_eq!(profile.mean, None);
    let empty = profile_of(Col::I(vec![None, None]));
    assert_eq!(
        (empty.kind, empty.min, empty.uniqueness, empty.histogram),
        (ColumnKind::Empty, None, None, None)
    );
    let no_rows = profile_of(Col::S(vec![]));
    assert_eq!((no_rows.count, no_rows.nulls), (0, 0));
}

#[test]
fn a_heavy_tail_gets_logarithmic_bins() {
    let values: Vec<f64> = (0..1_000).map(|k| 1.01_f64.powi(k)).collect();
    let histogram = numbers(&values).histogram.expect("numbers have a histogram");
    assert!(histogram.log);
    let (least, most) = (histogram.counts.iter().min(), histogram.counts.iter().max());
    assert!(least >= Some(&24) && most <= Some(&26), "{:?}", histogram.counts);
}

#[test]
fn edges_of_the_whole_range_of_floats_ascend() {
    let histogram = numbers(&[6.183_187_381_511_788e307, -1.492_482_123_852_998_8e308]).histogram;
    let histogram = histogram.expect("numbers have a histogram");
    assert!(histogram.edges.is_sorted() && histogram.edges.iter().all(|edge| edge.is_finite()));
    assert_eq!((histogram.counts[0], histogram.counts[39]), (1, 1));
}

proptest! {
    #[test]
    fn counts_add_up_for_any_numbers(values in prop::collection::vec(prop::option::of(prop::num::f64::ANY), 0..120)) {
        let profile = profile_of(Col::F(values.clone()));
        prop_assert_eq!(profile.count + profile.nulls, values.len() as u64);
        let finite = values.iter().flatten().filter(|value| value.is_finite()).count() as u64;
        prop_assert_eq!(profile.count - profile.infinite, finite);
        if let Some(histogram) = profile.histogram {
            prop_assert_eq!(histogram.counts.iter().sum::<u64>(), finite);
            prop_assert!(histogram.edges.is_sorted());
        }
        prop_assert!(profile.top.windows(2).all(|pair| pair[0].count >= pair[1].count));
    }
}
