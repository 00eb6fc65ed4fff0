//! The metrics of classes against scikit-learn 1.x, and which labels make classes.

use super::*;

/// Twelve rows of four classes: softmax of ((7919·i² + 104729·j·(i + 3)) mod 1009) / 1009 · 4 − 2, in double precision.
fn rows() -> (Predictions, Vec<f32>) {
    let mut values = Vec::new();
    for i in 0..12u32 {
        let powers: Vec<f64> = (0..4u32)
            .map(|j| (f64::from((i * i * 7919 + j * 104_729 * (i + 3)) % 1009) / 1009.0 * 4.0 - 2.0).exp())
            .collect();
        let sum: f64 = powers.iter().sum();
        values.extend(powers.iter().map(|power| (power / sum) as f32));
    }
    let labels = [0u8, 1, 2, 3, 2, 1, 0, 0, 1, 2, 2, 0].map(f32::from);
    (Predictions { width: 4, values }, labels.to_vec())
}

fn rules() -> Multiclass {
    Multiclass::new(["a", "b", "c", "d"].map(str::to_owned).to_vec())
}

#[test]
fn values_equal_scikit_learn() {
    // sklearn.metrics on the rows above: accuracy_score, f1_score(average=…), log_loss, top_k_accuracy_score(k=3),
    // roc_auc_score(multi_class="ovr", average="macro").
    let (predicted, labels) = rows();
    let found = rules().metrics(&predicted, &labels, &[]);
    for (name, expected) in [
        ("accuracy", 0.333_333_333_333_333_3),
        ("macro_f1", 0.403_409_090_909_090_94),
        ("weighted_f1", 0.287_878_787_878_787_9),
        ("log_loss", 1.838_199_631_425_114_3),
        ("loss", 1.838_199_631_425_114_3),
        ("top_3_accuracy", 0.75),
        ("macro_auc", 0.469_618_055_555_555_6),
    ] {
        assert!(
            (found[name] - expected).abs() < 1e-6,
            "{name}: {} against {expected}",
            found[name]
        );
    }
    assert_eq!(found.len(), Task::Multiclass.metrics().len());
}

#[test]
fn the_confusion_matrix_and_each_class_equal_scikit_learn() {
    // confusion_matrix and precision_recall_fscore_support(zero_division=nan) on the same rows.
    let (predicted, labels) = rows();
    let truth: Vec<usize> = labels.iter().map(|&label| label as usize).collect();
    let answers: Vec<usize> = (0..12).map(|row| first_highest(predicted.row(row))).collect();
    let found = Confusion::of(4, &truth, &answers, |_| 1.0);
    let expected = [[1, 0, 3, 0], [1, 0, 2, 0], [2, 0, 2, 0], [0, 0, 0, 1]];
    for (truth, row) in expected.iter().enumerate() {
        for (answer, &count) in row.iter().enumerate() {
            assert_eq!(found.at(truth, answer), f64::from(count));
        }
    }
    let expected = [
        (Some(0.25), 0.25, 0.25, 4.0),
        (None, 0.0, 0.0, 3.0),
        (Some(2.0 / 7.0), 0.5, 4.0 / 11.0, 4.0),
        (Some(1.0), 1.0, 1.0, 1.0),
    ];
    for (class, (precision, recall, f1, support)) in expected.into_iter().enumerate() {
        let of = found.class(class);
        for (value, expected) in [(of.precision, precision), (of.recall, Some(recall)), (of.f1, Some(f1))] {
            let apart = value
                .zip(expected)
                .map(|(value, expected): (f64, f64)| (value - expected).abs());
            assert!(
                value.is_some() == expected.is_some() && apart.unwrap_or(0.0) < 1e-12,
                "class {class}"
            );
        }
        assert_eq!(of.support, support);
    }
    let empty = Confusion::of(2, &[0], &[0], |_| 1.0);
    assert_eq!(empty.class(1), ClassMetrics::default());
    assert_eq!(
        empty.macro_f1(),
        Some(1.0),
        "a class that never occurs counts for nothing"
    );
}

#[test]
fn an_undefined_metric_is_absent() {
    let rules = Multiclass::new(vec!["a".to_owned(), "b".to_owned()]);
    let predicted = Predictions {
        width: 2,
        values: vec![0.9, 0.1, 0.2, 0.8],
    };
    let found = rules.metrics(&predicted, &[0.0, 0.0], &[]);
    assert!(
        !found.contains_key("macro_auc") && !found.contains_key("top_3_accuracy"),
        "{found:?}"
    );
    assert!(rules.metrics(&Predictions::default(), &[], &[]).is_empty());
    let broken = Predictions {
        width: 2,
        values: vec![f32::NAN, 0.1],
    };
    assert!(rules.metrics(&broken, &[0.0], &[]).is_empty());
}

fn counts(labels: &[(&str, usize)]) -> Vec<LabelCount> {
    let count = |(line, (label, rows)): (u64, &(&str, usize))| LabelCount {
        label: (*label).to_owned(),
        rows: *rows,
        line,
    };
    (2..).zip(labels).map(count).collect()
}

#[test]
fn classes_come_from_the_labels_or_it_is_said_why_not() {
    let found = |labels: &[(&str, usize)]| Multiclass::of_counts(counts(labels)).map(|rules| rules.classes);
    assert_eq!(
        found(&[("10", 2), ("9", 3), ("-1", 4)]).expect("numbers"),
        ["-1", "9", "10"]
    );
    assert_eq!(
        found(&[("shirt", 2), ("9", 3), ("裙子", 4)]).expect("texts"),
        ["9", "shirt", "裙子"]
    );
    let lonely = found(&[("a", 5), ("b", 1), ("c", 1), ("d", 2)]).expect_err("one row");
    assert!(
        lonely.contains("'b', 'c' (the first in line 3)") && lonely.contains("merge"),
        "{lonely}"
    );
    assert!(found(&[("a", 5)]).expect_err("one class").contains("at least 2"));
    let many: Vec<String> = (0..1001).map(|class| class.to_string()).collect();
    let many: Vec<(&str, usize)> = many.iter().map(|name| (name.as_str(), 2)).collect();
    assert!(found(&many).expect_err("too many").contains("1001 different values"));
    assert!(found(&many[1..]).is_ok());
}

#[test]
fn a_scored_table_and_config_json_name_the_classes() {
    let (predicted, labels) = rows();
    let rules = rules();
    let columns = rules.columns(&predicted);
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "predicted",
            "probability_a",
            "probability_b",
            "probability_c",
            "probability_d"
        ]
    );
    let crate::engine::train::tasks::PredictedCells::Texts(answers) = &columns[0].cells else {
        panic!("classes are texts")
    };
    assert_eq!(answers[..4], ["c", "a", "a", "d"]);
    let (score, classes) = rules.sample(predicted.row(0), labels[0]);
    assert_eq!(
        (score, classes),
        (predicted.row(0)[0], Some(["a".to_owned(), "c".to_owned()]))
    );
    let keys: BTreeMap<&str, Value> = rules.head_keys().into_iter().collect();
    assert_eq!(keys["id2label"], json!({"0": "a", "1": "b", "2": "c", "3": "d"}));
    assert_eq!(keys["label2id"], json!({"a": 0, "b": 1, "c": 2, "d": 3}));
    assert_eq!(rules.describe(&labels), "4 classes of 1 to 4 rows");
}
