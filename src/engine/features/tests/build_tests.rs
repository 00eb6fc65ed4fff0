//! A feature set from a small shop: tables, split, texts, hash, folder.

use crate::engine::artifact::{ColumnType, Role};
use crate::engine::features::tests_support::shop;
use crate::engine::features::{
    FeatureConfig, FeatureError, FeatureInput, FeatureKind, FeatureSet, LabelRule, Strategy, build, outline,
};
use crate::engine::ingest::{Dataset, ReadOptions, read_log};
use crate::engine::progress::Progress;
use crate::engine::random::Draws;
use crate::engine::recipe::fixture::{dataset, integer, shown, text};
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

/// The set of one table; its files lie in `set` of the folder.
fn set_of(table: &Dataset, config: &FeatureConfig) -> (tempfile::TempDir, FeatureSet) {
    let dir = tempfile::tempdir().expect("temp");
    let input = FeatureInput {
        log: table,
        items: None,
        created_ms: 1,
    };
    let set = build(&input, config, &dir.path().join("set"), &Progress::new()).expect("builds");
    (dir, set)
}

fn read(dir: &Path, file: &str) -> Dataset {
    let path = dir.join("set").join(file);
    read_log(&[path], &ReadOptions::default(), &Progress::new()).expect("the table is there")
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
    let table = read(dir.path(), "train.parquet");
    assert_eq!(table.num_rows() as u64, parts[0].rows);
    for name in &set.numeric {
        let dtype = table.info.columns[table.column_index(name).expect("the feature's column")].dtype;
        assert!(
            matches!(dtype, ColumnType::Integer | ColumnType::Float),
            "{name} is {dtype:?}"
        );
    }
    let labels = shown(&table, &set.label_column);
    assert_eq!(
        labels.iter().filter(|label| *label == "1").count() as u64,
        parts[0].positives
    );
    let queries = shown(&table, &set.text[0]);
    assert!(queries.iter().all(|query| query == "red shoes" || query == "blue bag"));
    assert!(shown(&table, &set.text[1]).iter().all(|title| title.contains(" no ")));
    let groups = shown(&table, set.group_column.as_deref().expect("sessions"));
    assert!(groups.iter().all(|group| group != "-"));
    // Every example leads back to its line, which is a view.
    let line_row = |line: &String| line.parse::<usize>().expect("a line") - 2;
    let kinds = shown(&log, "event_type");
    let lines = shown(&table, "__line");
    assert!(lines.iter().all(|line| kinds[line_row(line)] == "view"));
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
    let texts = shown(&read(dir.path(), "test.parquet"), "item_text");
    assert!(texts.iter().all(|text| text.contains("acme") || text.contains("zeta")));
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
fn brand_and_category_are_features_that_a_model_can_read() {
    let dir = tempfile::tempdir().expect("temp");
    let config = FeatureConfig {
        features: Some(vec!["price".to_owned(), "brand".to_owned()]),
        ..FeatureConfig::default()
    };
    let set = build_in(dir.path(), &config).expect("builds");
    assert_eq!(
        (&set.numeric[..], &set.categorical[..]),
        (&["price".to_owned()][..], &["brand".to_owned()][..])
    );
    let brand = set.features.iter().find(|f| f.name == "brand").expect("a candidate");
    assert_eq!(brand.kind, FeatureKind::Categorical);
    assert!(brand.scores.mrmr_rank.is_some() && brand.scores.auc.is_some());
    let table = read(dir.path(), "train.parquet");
    let brands = shown(&table, "brand");
    let labels = shown(&table, &set.label_column);
    for value in &brand.scores.values {
        let of = |label: &str| {
            brands
                .iter()
                .zip(&labels)
                .filter(|(b, l)| **b == value.value && *l == label)
                .count()
        };
        assert_eq!(
            (value.negatives, value.positives),
            (of("0") as u64, of("1") as u64),
            "{value:?}"
        );
    }
    let counted: u64 = brand.scores.values.iter().map(|v| v.negatives + v.positives).sum();
    assert_eq!(counted, table.num_rows() as u64, "two brands, none missing");
    assert_eq!(set.train_data(dir.path()).categorical, ["brand"]);
}

#[test]
fn own_columns_of_few_values_are_categories_beside_their_texts() {
    let mut draws = Draws::new(11, &[]);
    let colours: Vec<&str> = (0..300)
        .map(|_| ["red", "blue", "green"][draws.below(3) as usize])
        .collect();
    let bought: Vec<i64> = colours
        .iter()
        .map(|c| i64::from(draws.chance(if *c == "red" { 0.8 } else { 0.2 })))
        .collect();
    let free: Vec<String> = (0..300).map(|row| format!("note {row}")).collect();
    let some = |values: &[&str]| values.iter().map(|v| Some((*v).to_owned())).collect::<Vec<_>>();
    let colours = some(&colours);
    let table = dataset(vec![
        text(
            "colour",
            Role::Other,
            &colours.iter().map(Option::as_deref).collect::<Vec<_>>(),
        ),
        text(
            "note",
            Role::Text,
            &free.iter().map(|v| Some(v.as_str())).collect::<Vec<_>>(),
        ),
        integer(
            "bought",
            Role::Label,
            &bought.iter().map(|v| Some(*v)).collect::<Vec<_>>(),
        ),
    ]);
    let (_dir, set) = set_of(&table, &FeatureConfig::default());
    assert_eq!(set.categorical, ["colour_category"]);
    let kinds: Vec<(&str, FeatureKind)> = set.features.iter().map(|f| (f.name.as_str(), f.kind)).collect();
    assert!(
        kinds.contains(&("colour", FeatureKind::Text)) && kinds.contains(&("note", FeatureKind::Text)),
        "{kinds:?}"
    );
    let outline = outline(&table, None, None, &Progress::new()).expect("looks the table over");
    let outlined: Vec<(&str, FeatureKind)> = outline.features.iter().map(|f| (f.name.as_str(), f.kind)).collect();
    assert_eq!(outlined, [("colour_category", FeatureKind::Categorical)]);
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
    let (_dir, set) = set_of(&table, &FeatureConfig::default());
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

/// Columns called like those a table is made of must not be taken for them: the label would be learnt from itself.
#[test]
fn columns_with_the_names_of_our_own_stay_apart_and_the_label_is_no_text() {
    let mut draws = Draws::new(9, &[]);
    let bought: Vec<bool> = (0..400).map(|_| draws.chance(0.5)).collect();
    let words: Vec<&str> = bought.iter().map(|b| if *b { "yes" } else { "no" }).collect();
    let numbers = |seed: u64| -> Vec<Option<i64>> {
        let mut draws = Draws::new(seed, &[]);
        bought
            .iter()
            .map(|b| Some(draws.below(100) as i64 + 20 * i64::from(*b)))
            .collect()
    };
    let (label, group, hour) = (numbers(1), numbers(2), numbers(3));
    let reviews: Vec<String> = (0..400).map(|row| format!("a review of {row}")).collect();
    let table = dataset(vec![
        text(
            "bought",
            Role::Other,
            &words.iter().map(|w| Some(*w)).collect::<Vec<_>>(),
        ),
        integer("label", Role::Other, &label),
        integer("group", Role::Other, &group),
        integer("item_text", Role::Other, &hour),
        text(
            "__line",
            Role::Other,
            &reviews.iter().map(|r| Some(r.as_str())).collect::<Vec<_>>(),
        ),
    ]);
    let config = FeatureConfig {
        label: Some(LabelRule::Column {
            column: "bought".to_owned(),
            positive: Vec::new(),
        }),
        ..FeatureConfig::default()
    };
    let (dir, set) = set_of(&table, &config);
    assert_eq!(set.text, ["__line_"], "not the label");
    let mut numeric = set.numeric.clone();
    numeric.sort();
    assert_eq!(numeric, ["group_", "item_text_", "label_"]);
    assert!(set.features.iter().all(|feature| !feature.scores.leak));
    let train = read(dir.path(), "train.parquet");
    let lines = shown(&train, "__line");
    let from = |name: &str, values: &[Option<i64>]| {
        for (shown, line) in shown(&train, name).iter().zip(&lines) {
            let row: usize = line.parse::<usize>().expect("a line") - 2;
            assert_eq!(
                shown.parse::<f64>().ok(),
                values[row].map(|v| v as f64),
                "{name} of line {line}"
            );
        }
    };
    from("label_", &label);
    from("group_", &group);
    from("item_text_", &hour);
    assert!(shown(&train, "__line_").iter().all(|text| text.starts_with("a review")));
}
