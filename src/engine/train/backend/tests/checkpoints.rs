//! Checkpoints within a budget, and the room for them.

use super::fit::Bench;
use crate::engine::run::config::Method;
use crate::engine::train::TrainError;
use crate::engine::train::backend::checkpoint::Store;
use crate::engine::train::backend::optimizer::Optimizer;
use crate::engine::train::backend::tests::rates;
use crate::engine::train::state::TrainerState;

/// Writes checkpoints of these steps, pruned after each with `best`, under a budget of so many checkpoints.
fn kept(steps: &[u64], best: Option<u64>, budget: f64, keep_last: usize) -> Vec<u64> {
    let bench = Bench::new(Method::Full);
    let model = bench.model();
    let optimizer = Optimizer::new(&model, &rates(0.0)).expect("optimizer");
    let plain = Store::new(&bench.dir.path().join("c"), keep_last);
    let bytes = (plain.bytes_of_one(&model) as f64 * budget) as u64;
    let store = plain.with_budget_bytes(bytes);
    for &step in steps {
        let state = TrainerState {
            step,
            ..TrainerState::default()
        };
        store.save(&model, &optimizer, &state).expect("saved");
        store.prune(best.filter(|best| *best <= step)).expect("pruned");
    }
    store.steps()
}

#[test]
fn the_best_stays_and_the_oldest_go_first() {
    let steps = [1, 2, 3, 4, 5, 6];
    assert_eq!(
        kept(&steps, Some(2), 100.0, 3),
        [2, 4, 5, 6],
        "within the budget by number"
    );
    assert_eq!(kept(&steps, Some(2), 3.1, 10), [2, 5, 6]);
    assert_eq!(kept(&steps, Some(2), 2.1, 10), [2, 6]);
    assert_eq!(kept(&steps, Some(2), 1.1, 10), [2], "a resume starts from the best");
    assert_eq!(kept(&steps, Some(6), 1.1, 10), [6]);
    assert_eq!(kept(&steps, None, 1.1, 10), [6], "without a best one the newest stays");
}

#[test]
fn what_one_takes_is_estimated_and_a_budget_below_it_is_refused() {
    let bench = Bench::new(Method::Full);
    let model = bench.model();
    let optimizer = Optimizer::new(&model, &rates(0.0)).expect("optimizer");
    let store = Store::new(&bench.dir.path().join("c"), 1);
    let path = store.save(&model, &optimizer, &TrainerState::default()).expect("saved");
    let files = std::fs::read_dir(path)
        .expect("files")
        .map(|file| file.expect("file").metadata().expect("size").len());
    let (real, told) = (files.sum::<u64>() as f64, store.bytes_of_one(&model) as f64);
    assert!(told >= real && told < 1.2 * real, "estimated {told}, {real} written");
    assert_eq!(store.check_room(&model).expect("room"), None);
    let small = store.clone().with_budget_bytes(told as u64 - 1);
    let error = small.check_room(&model).expect_err("too small");
    assert!(
        matches!(&error, TrainError::NoRoom { reason } if reason.contains("checkpoint_budget_mb")),
        "{error}"
    );
    let note = store
        .with_budget_bytes(told as u64 + 1)
        .check_room(&model)
        .expect("one fits");
    assert!(note.expect("a note").contains("only the best is kept"));
}
