//! The metrics of grades against scipy 1.x and scikit-learn 1.x.

use super::*;
use proptest::prelude::*;

const GRADES: [f32; 12] = [3.0, 2.0, 0.0, 1.0, 0.0, 3.0, 2.0, 1.0, 0.0, 0.0, 1.0, 2.0];
/// With ties, some across grades.
const SCORES: [f32; 12] = [2.5, 2.5, 0.1, 0.3, -0.2, 1.9, 0.3, 1.1, 0.3, 0.05, 0.9, 2.2];

fn metrics(groups: &[u32]) -> BTreeMap<String, f64> {
    let predicted = Predictions {
        width: 1,
        values: SCORES.to_vec(),
    };
    Graded.metrics(&predicted, &GRADES, groups)
}

fn close(found: &BTreeMap<String, f64>, expected: &[(&str, f64)]) {
    for (name, expected) in expected {
        // Scores are f32: 0.1 and the like are not the doubles of the reference.
        assert!(
            (found[*name] - expected).abs() < 1e-6,
            "{name}: {} against {expected}",
            found[*name]
        );
    }
}

#[test]
fn values_equal_scipy_and_scikit_learn() {
    // scipy.stats.spearmanr, kendalltau (tau-b); sklearn.metrics.ndcg_score([2**grade - 1], [score], k=…).
    close(
        &metrics(&[]),
        &[
            ("spearman", 0.837_864_710_905_906_6),
            ("kendall", 0.715_237_171_718_353_1),
            ("ndcg@5", 0.849_512_369_920_849_3),
            ("ndcg@10", 0.896_469_466_494_699_5),
            ("rmse", 0.664_109_679_696_559_4),
            ("mae", 0.462_5),
            ("loss", 0.664_109_679_696_559_4 * 0.664_109_679_696_559_4),
        ],
    );
}

#[test]
fn lists_are_judged_one_by_one() {
    // The means of the same functions over rows 0 to 4, 5 to 8 and 9 to 11.
    close(
        &metrics(&[7, 7, 7, 7, 7, 2, 2, 2, 2, 9, 9, 9]),
        &[
            ("spearman", 0.859_941_317_695_435_9),
            ("kendall", 0.812_203_815_464_685),
            ("ndcg@5", 0.960_821_536_171_817_8),
            ("rmse", 0.664_109_679_696_559_4),
        ],
    );
}

#[test]
fn an_undefined_metric_is_absent() {
    let flat = Predictions {
        width: 1,
        values: vec![1.0; 3],
    };
    let found = Graded.metrics(&flat, &[1.0, 2.0, 3.0], &[]);
    assert!(!found.contains_key("spearman") && !found.contains_key("kendall") && found.contains_key("ndcg@5"));
    let found = Graded.metrics(&flat, &[-1.0, 2.0, 3.0], &[]);
    assert!(!found.contains_key("ndcg@5"), "a grade below 0 has no gain");
    let found = Graded.metrics(&flat, &[0.0; 3], &[]);
    assert!(!found.contains_key("ndcg@10") && found["mae"] == 1.0);
    assert!(Graded.metrics(&Predictions::default(), &[], &[]).is_empty());
    assert_eq!(Graded.first_bias(&GRADES), Some(1.25));
    assert_eq!(Graded.describe(&GRADES), "0 to 3, mean 1.250");
}

proptest! {
    #[test]
    fn kendall_is_the_balance_of_pairs(rows in proptest::collection::vec((0u8..5, 0u8..5), 2..40)) {
        let x: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
        let y: Vec<f64> = rows.iter().map(|row| f64::from(row.1)).collect();
        let (mut balance, mut in_x, mut in_y) = (0.0, 0.0f64, 0.0f64);
        for i in 0..rows.len() {
            for j in 0..i {
                let sign = |v: &[f64]| if v[i] == v[j] { 0.0 } else { (v[i] - v[j]).signum() };
                balance += sign(&x) * sign(&y);
                in_x += sign(&x).abs();
                in_y += sign(&y).abs();
            }
        }
        match kendall(&x, &y) {
            Some(tau) => prop_assert!((tau - balance / (in_x.sqrt() * in_y.sqrt())).abs() < 1e-9),
            None => prop_assert!(in_x == 0.0 || in_y == 0.0),
        }
    }
}
