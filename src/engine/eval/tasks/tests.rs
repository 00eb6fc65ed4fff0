//! Figures of classes and grades: points as in `train::tasks`, intervals that hold them and repeat.

use super::*;
use crate::engine::random::Draws;

fn config() -> EvalConfig {
    EvalConfig {
        bootstrap: 300,
        ..EvalConfig::default()
    }
}

/// 400 rows of four classes; the right one is the most probable in about seven of ten.
fn class_rows() -> (Vec<String>, Vec<f32>, Predictions) {
    let mut draws = Draws::new(9, &[1]);
    let (mut labels, mut values) = (Vec::new(), Vec::new());
    for _ in 0..400 {
        // Class 3 is rare, class 0 frequent.
        let truth = [0, 0, 0, 1, 1, 2, 2, 3][draws.below(8) as usize];
        let answer = if draws.chance(0.7) {
            truth
        } else {
            draws.below(4) as usize
        };
        let mut row = [0.1f32; 4].map(|share| share + 0.05 * draws.uniform() as f32);
        row[answer] += 0.5;
        let sum: f32 = row.iter().sum();
        values.extend(row.map(|share| share / sum));
        labels.push(truth as f32);
    }
    let names = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    (names, labels, Predictions { width: 4, values })
}

#[test]
fn points_are_those_of_the_loop_and_intervals_hold_them() {
    let (classes, labels, predicted) = class_rows();
    let rows = TaskRows {
        task: Task::Multiclass,
        classes: &classes,
        labels: &labels,
        predicted: &predicted,
        groups: &[],
        total: 410,
    };
    let found = evaluate_task(&rows, &config(), &Progress::new()).expect("evaluated");
    let rules = crate::engine::train::tasks::of(Task::Multiclass, &classes);
    let loop_metrics = rules.metrics(&predicted, &labels, &[]);
    for metric in &found.metrics {
        let value = metric.value.expect("defined");
        assert!((value - loop_metrics[&metric.name]).abs() < 1e-12, "{}", metric.name);
        let [low, high] = metric.interval.expect("an interval");
        assert!(
            low < value && value < high && high - low < 0.3,
            "{}: {low} {value} {high}",
            metric.name
        );
    }
    assert_eq!((found.n, found.rows.missing_label), (400, 10));
    let confusion = found.confusion.as_ref().expect("a matrix");
    assert_eq!(confusion.rows.iter().sum::<f64>(), 400.0);
    for (place, class) in found.classes.iter().enumerate() {
        let of = confusion.class(place);
        assert_eq!(
            (class.precision, class.recall, class.f1),
            (of.precision, of.recall, of.f1)
        );
        let [low, high] = class.recall_interval.expect("an interval");
        assert!(low <= class.recall.expect("rows") && class.recall.expect("rows") <= high);
    }
    // A rarer class is known less surely.
    let width = |place: usize| {
        found.classes[place]
            .recall_interval
            .map(|[low, high]| high - low)
            .expect("interval")
    };
    assert!(width(3) > width(0), "{} against {}", width(3), width(0));
    assert_eq!(evaluate_task(&rows, &config(), &Progress::new()).expect("again"), found);
    let json = serde_json::to_value(&found).expect("plain data");
    assert_eq!(serde_json::from_value::<TaskEvaluation>(json).expect("readable"), found);
}

#[test]
fn a_model_worse_than_one_answer_is_told_so_and_small_classes_are_named() {
    let classes = ["a".to_owned(), "b".to_owned()];
    let labels: Vec<f32> = (0..40u8).map(|row| f32::from(u8::from(row < 4))).collect();
    let values: Vec<f32> = (0..40u8)
        .flat_map(|row| if row % 2 == 0 { [0.9, 0.1] } else { [0.2, 0.8] })
        .collect();
    let rows = TaskRows {
        task: Task::Multiclass,
        classes: &classes,
        labels: &labels,
        predicted: &Predictions { width: 2, values },
        groups: &[],
        total: 40,
    };
    let found = evaluate_task(&rows, &config(), &Progress::new()).expect("evaluated");
    let told: Vec<&str> = found.warnings.iter().map(|warning| warning.en.as_str()).collect();
    assert!(
        told[0].contains("fewer than 10 rows") && told[1].contains("`a` always would be right in 90.0 %"),
        "{told:?}"
    );
    let top = found.metric("top_3_accuracy").expect("listed");
    assert!(top.value.is_none() && top.undefined.is_some());
}

/// 60 lists of eight rows; the scores follow the grades with noise.
fn graded_rows() -> (Vec<f32>, Vec<u32>, Predictions) {
    let mut draws = Draws::new(4, &[2]);
    let (mut labels, mut groups, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for list in 0..60 {
        for _ in 0..8 {
            let grade = draws.below(4) as f32;
            labels.push(grade);
            groups.push(list);
            values.push(grade + draws.normal() as f32);
        }
    }
    (labels, groups, Predictions { width: 1, values })
}

#[test]
fn grades_have_intervals_over_lists_and_over_rows() {
    let (labels, groups, predicted) = graded_rows();
    for (groups, lists) in [(&groups[..], Some(60)), (&[][..], None)] {
        let rows = TaskRows {
            task: Task::Graded,
            classes: &[],
            labels: &labels,
            predicted: &predicted,
            groups,
            total: 480,
        };
        let found = evaluate_task(&rows, &config(), &Progress::new()).expect("evaluated");
        let loop_metrics = crate::engine::train::tasks::of(Task::Graded, &[]).metrics(&predicted, &labels, groups);
        for metric in &found.metrics {
            let value = metric.value.expect("defined");
            assert!((value - loop_metrics[&metric.name]).abs() < 1e-9, "{}", metric.name);
            let [low, high] = metric.interval.expect("an interval");
            assert!(low <= value && value <= high, "{}: {low} {value} {high}", metric.name);
        }
        assert_eq!((found.lists, found.grades.len()), (lists, 4));
        let means: Vec<f64> = found.grades.iter().map(|grade| grade.mean_score).collect();
        assert!(means.is_sorted(), "{means:?}");
        let method = found.interval_method.expect("resampled");
        assert_eq!(method.unit, if lists.is_some() { "group" } else { "row" });
    }
}

#[test]
fn rows_that_cannot_be_assessed_are_refused() {
    let rows = TaskRows {
        task: Task::Graded,
        classes: &[],
        labels: &[],
        predicted: &Predictions::default(),
        groups: &[],
        total: 3,
    };
    let refused = |rows: &TaskRows<'_>| evaluate_task(rows, &config(), &Progress::new()).expect_err("refused");
    assert_eq!(refused(&rows), EvalError::NoRows { total: 3 });
    let short = TaskRows {
        labels: &[1.0],
        ..rows.clone()
    };
    assert!(matches!(refused(&short), EvalError::LengthMismatch { .. }));
    let broken = Predictions {
        width: 1,
        values: vec![f32::NAN],
    };
    let broken = TaskRows {
        labels: &[1.0],
        predicted: &broken,
        ..rows
    };
    assert_eq!(refused(&broken), EvalError::InfiniteScore { row: 0 });
}
