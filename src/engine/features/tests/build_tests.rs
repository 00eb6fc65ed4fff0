//! A feature set from a small shop: tables, split, texts, hash, folder.

use crate::engine::artifact::Role;
use crate::engine::features::table::{from_dataset, load};
use crate::engine::features::tests_support::shop;
use crate::engine::features::{
    FeatureConfig, FeatureError, FeatureInput, FeatureKind, FeatureSet, LabelRule, Scaler, Strategy, TableColumns,
    TrainingTable, build,
};
use crate::engine::progress::Progress;
use crate::engine::random::Draws;
use crate::engine::recipe::fixture::{dataset, float, integer, text};
use std::path::Path;

fn build_in(dir: &Path, config: &FeatureConfig) -> Result<FeatureSet, FeatureError> {
    let (log, items) = shop();
    let input = FeatureInput {
        log: &log,
        items: Some(&items),
        created_ms: 1,
    };
    build(&input, config, &dir.join("set"), &Progress::new())
}

fn read(dir: &Path, set: &FeatureSet, file: &str) -> TrainingTable {
    let columns = TableColumns {
        text: &set.text,
        numeric: &set.numeric,
        label: &set.label_column,
        group: set.group_column.as_deref(),
    };
    load(&dir.join("set").join(file), &columns, &Progress::new()).expect("the table is there")
}

#[test]
fn the_defaults_build_a_set_that_can_be_learned_from() {
    let dir = tempfile::tempdir().expect("temp");
    let set = build_in(dir.path(), &FeatureConfig::default()).expect("builds");
    assert_eq!(FeatureSet::load(&dir.path().join("set")).expect("reads"), set);
    assert_eq!(set.text, ["query", "item_text"]);
    assert_eq!(
        (set.split.strategy, set.group.as_deref()),
        (Strategy::Time, Some("session"))
    );
    let rows: u64 = set.split.parts.iter().map(|part| part.rows).sum();
    let (log, _) = shop();
    assert_eq!(rows, set.label.rows);
    assert_eq!(rows + set.dropped.total(), log.num_rows() as u64);
    // One boundary in time for all.
    let parts = &set.split.parts;
    assert!(parts[0].last_time < parts[1].first_time && parts[1].last_time < parts[2].first_time);
    let order = set
        .split
        .leaks
        .iter()
        .find(|leak| leak.code == "time_order")
        .expect("checked");
    assert_eq!(order.count, 0);
    let names: Vec<&str> = set.features.iter().map(|f| f.name.as_str()).collect();
    for wanted in [
        "item_purchase_before",
        "user_item_view_before",
        "price",
        "brand_events_before",
        "hour",
        "item_text",
    ] {
        assert!(names.contains(&wanted), "{names:?}");
    }
    assert!(
        set.features.iter().all(|f| !f.scores.leak),
        "nothing here knows the answer"
    );
    let table = read(dir.path(), &set, "train.parquet");
    assert_eq!(table.num_rows() as u64, parts[0].rows);
    assert_eq!(table.numeric.len(), table.num_rows() * set.numeric.len());
    assert_eq!(
        table.labels.iter().filter(|label| **label == 1.0).count() as u64,
        parts[0].positives
    );
    assert!(
        table
            .texts
            .iter()
            .all(|query| query == "red shoes" || query == "blue bag")
    );
    let titles = table.text_pairs.as_ref().expect("a pair");
    assert!(titles.iter().all(|title| title.contains(" no ")));
    assert_eq!(table.groups.as_ref().map(Vec::len), Some(table.num_rows()));
    // Every example leads back to its line, which is a view.
    let line_row = |line: u32| line as usize - 2;
    let kinds = crate::engine::recipe::fixture::shown(&log, "event_type");
    assert!(table.lines.iter().all(|line| kinds[line_row(*line)] == "view"));
    let data = set.train_data(&dir.path().join("set"));
    assert!(data.train.is_file() && data.valid.is_some_and(|path| path.is_file()));
}

#[test]
fn the_same_input_gives_the_same_set_and_another_seed_another_one() {
    let dir = tempfile::tempdir().expect("temp");
    let config = FeatureConfig {
        max_rows: Some(1000),
        ..FeatureConfig::default()
    };
    let first = build_in(dir.path(), &config).expect("builds");
    let again = build_in(dir.path(), &config).expect("replaces the first");
    assert_eq!(first, again);
    assert!(first.label.rows <= 1000 && first.label.rows > 900);
    assert_eq!(first.dropped.sampled_out, first.label.candidates - first.label.rows);
    let other = build_in(dir.path(), &FeatureConfig { seed: 1, ..config }).expect("builds");
    assert_ne!(first.hash, other.hash);
    // Whole groups are kept: with all rows, each kept session has as many rows as in the sample.
    let full = build_in(
        dir.path(),
        &FeatureConfig {
            max_rows: None,
            ..FeatureConfig::default()
        },
    )
    .expect("builds");
    assert_eq!(full.dropped.sampled_out, 0);
}

#[test]
fn choices_are_honoured_and_wrong_ones_named() {
    let dir = tempfile::tempdir().expect("temp");
    let mut config = FeatureConfig {
        features: Some(vec!["price".to_owned(), "hour".to_owned()]),
        text: Some(vec!["item_text".to_owned()]),
        ..FeatureConfig::default()
    };
    config.split.strategy = Some(Strategy::User);
    let set = build_in(dir.path(), &config).expect("builds");
    assert_eq!((set.numeric.len(), set.text.len()), (2, 1));
    let overlap = set
        .split
        .leaks
        .iter()
        .find(|leak| leak.code == "user_overlap")
        .expect("checked");
    assert_eq!(overlap.count, 0);
    let table = read(dir.path(), &set, "test.parquet");
    assert!(table.texts[0].contains("acme") || table.texts[0].contains("zeta"));
    let unknown = FeatureConfig {
        features: Some(vec!["prize".to_owned()]),
        ..FeatureConfig::default()
    };
    assert!(matches!(
        build_in(dir.path(), &unknown),
        Err(FeatureError::UnknownFeature { .. })
    ));
    let three = FeatureConfig {
        text: Some(vec!["query".into(), "title".into(), "item_text".into()]),
        ..FeatureConfig::default()
    };
    assert!(matches!(
        build_in(dir.path(), &three),
        Err(FeatureError::OutOfRange { field: "text", .. })
    ));
    // The failures left the last good set in place.
    assert_eq!(FeatureSet::load(&dir.path().join("set")).expect("still there"), set);
    assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 1);
}

#[test]
fn a_folder_with_other_things_is_left_alone() {
    let dir = tempfile::tempdir().expect("temp");
    std::fs::create_dir(dir.path().join("set")).expect("mkdir");
    build_in(dir.path(), &FeatureConfig::default()).expect("an empty folder is fine");
    std::fs::remove_file(dir.path().join("set/feature_set.json")).expect("rm");
    let refused = build_in(dir.path(), &FeatureConfig::default());
    assert!(matches!(refused, Err(FeatureError::FolderInUse { .. })));
    let progress = Progress::new();
    progress.cancel();
    let (log, _) = shop();
    let input = FeatureInput {
        log: &log,
        items: None,
        created_ms: 1,
    };
    let cancelled = build(&input, &FeatureConfig::default(), &dir.path().join("new"), &progress);
    assert!(matches!(cancelled, Err(FeatureError::Cancelled(_))) && !dir.path().join("new").exists());
}

#[test]
fn a_labelled_table_without_events_works_too() {
    let mut draws = Draws::new(5, &[]);
    let good: Vec<bool> = (0..200).map(|_| draws.chance(0.5)).collect();
    let reviews: Vec<String> = good
        .iter()
        .map(|g| if *g { "fits well, love it" } else { "too small" }.to_owned())
        .collect();
    let age: Vec<Option<i64>> = (0..200).map(|_| Some(20 + draws.below(50) as i64)).collect();
    let table = dataset(vec![
        text(
            "Review Text",
            Role::Text,
            &reviews.iter().map(|r| Some(r.as_str())).collect::<Vec<_>>(),
        ),
        integer("Age", Role::Other, &age),
        integer(
            "Recommended",
            Role::Label,
            &good.iter().map(|g| Some(i64::from(*g))).collect::<Vec<_>>(),
        ),
    ]);
    let dir = tempfile::tempdir().expect("temp");
    let input = FeatureInput {
        log: &table,
        items: None,
        created_ms: 1,
    };
    let set = build(
        &input,
        &FeatureConfig::default(),
        &dir.path().join("set"),
        &Progress::new(),
    )
    .expect("builds");
    assert_eq!(set.text, ["Review Text"]);
    assert_eq!(set.split.strategy, Strategy::Random);
    assert_eq!(
        set.label.rule,
        LabelRule::Column {
            column: "Recommended".to_owned(),
            positive: vec![]
        }
    );
    let age = set.features.iter().find(|f| f.name == "Age").expect("a candidate");
    assert_eq!((age.kind, age.scores.selected), (FeatureKind::Numeric, false));
    assert_eq!((set.group, set.group_column), (None, None));
}

#[test]
fn the_scaler_learns_from_training_rows_and_leaves_no_holes() {
    let table = |values: &[f64]| {
        let table = dataset(vec![
            float(
                "skewed",
                Role::Other,
                &values
                    .iter()
                    .map(|v| Some(*v).filter(|v| !v.is_nan()))
                    .collect::<Vec<_>>(),
            ),
            float("constant", Role::Other, &vec![Some(4.0); values.len()]),
            integer("label", Role::Label, &vec![Some(1); values.len()]),
        ]);
        let numeric = ["skewed".to_owned(), "constant".to_owned()];
        let columns = TableColumns {
            text: &[],
            numeric: &numeric,
            label: "label",
            group: None,
        };
        from_dataset(&table, &columns).expect("a table")
    };
    let mut values: Vec<f64> = (0..100)
        .map(|i| if i % 10 == 0 { 1000.0 } else { f64::from(i % 3) })
        .collect();
    values[5] = f64::NAN;
    let mut train = table(&values);
    let scaler = Scaler::fit(&train);
    assert_eq!(scaler.logarithm, [true, false]);
    scaler.apply(&mut train);
    let column =
        |table: &TrainingTable, at: usize| table.numeric.iter().skip(at).step_by(2).copied().collect::<Vec<f32>>();
    let scaled = column(&train, 0);
    let mean = scaled.iter().map(|v| f64::from(*v)).sum::<f64>() / 100.0;
    assert!(mean.abs() < 1e-6 && scaled[5] == 0.0, "{mean}");
    assert!(column(&train, 1).iter().all(|v| *v == 0.0));
    let mut test = table(&[-5.0, f64::NAN, 0.0]);
    scaler.apply(&mut test);
    assert!(test.numeric.iter().all(|v| v.is_finite()));
    assert_eq!(column(&test, 0)[0], column(&test, 0)[2]);
    let json = serde_json::to_string(&scaler).expect("plain data");
    assert_eq!(serde_json::from_str::<Scaler>(&json).expect("reads"), scaler);
}
