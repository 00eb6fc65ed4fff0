//! The page of classes and of grades drawn headless.

use crate::engine::artifact::{Bilingual, ContentHash, Provenance};
use crate::engine::eval::suite::{CLASS_SHARES, ScoredRows};
use crate::engine::eval::tasks::{TaskModel, TaskRows, evaluate_task};
use crate::engine::eval::{EvalConfig, EvaluationReport};
use crate::engine::progress::Progress;
use crate::engine::run::task::Task;
use crate::engine::train::tasks::Predictions;
use crate::gui::loadable::Loadable;
use crate::gui::pages::Page;
use crate::gui::pages::page_stage::drawn;
use crate::gui::settings::Language;
use crate::gui::state::AppState;
use crate::gui::state::evaluate::Evaluations;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

fn model(name: &str, rows: &TaskRows<'_>) -> TaskModel {
    let config = EvalConfig {
        bootstrap: 60,
        ..EvalConfig::default()
    };
    TaskModel {
        model_name: name.to_owned(),
        is_baseline: name == CLASS_SHARES.0,
        description: Bilingual::new("a small model", "小模型"),
        evaluation: evaluate_task(rows, &config, &Progress::new()).expect("evaluated"),
        provenance: Provenance::new(1, Vec::new(), ContentHash::default(), None),
    }
}

fn state(of_task: Vec<TaskModel>) -> AppState {
    let mut state = AppState::default();
    state.evaluate.evaluations = Loadable::Ready(Arc::new(Evaluations {
        report: EvaluationReport {
            data_name: "test.parquet".to_owned(),
            models: Vec::new(),
            of_task,
            elapsed_ms: 0,
        },
        rows: Arc::new(ScoredRows::default()),
        created_ms: 1,
    }));
    state
}

fn classes() -> Vec<TaskModel> {
    let names = ["dress", "shoe", "bag", "coat"].map(str::to_owned);
    let labels: Vec<f32> = (0..80u8).map(|row| f32::from(row % 4)).collect();
    let values = |wrong_every: usize| {
        let row = |row: usize| {
            let answer = if row.is_multiple_of(wrong_every) { 1 } else { row % 4 };
            (0..4).map(move |class| if class == answer { 0.7 } else { 0.1 })
        };
        Predictions {
            width: 4,
            values: (0..80).flat_map(row).collect(),
        }
    };
    let judged = |name: &str, predicted: &Predictions| {
        let rows = TaskRows {
            task: Task::Multiclass,
            classes: &names,
            labels: &labels,
            predicted,
            groups: &[],
            total: 80,
        };
        model(name, &rows)
    };
    vec![judged("run 1", &values(5)), judged(CLASS_SHARES.0, &values(1))]
}

#[test]
fn classes_have_their_confusions_and_each_its_figures() {
    let harness = drawn(Page::Evaluate, state(classes()));
    harness.get_by_label_contains("test.parquet · 80 rows · 4 classes");
    harness.get_by_label_contains("Macro F1 0.8");
    harness.get_by_label_contains("Class shares (baseline)");
    harness.get_by_label("Each class");
    assert!(harness.query_all_by_label("Confusions").count() >= 1);
    assert!(harness.query_by_label("coat").is_some());
    assert!(
        harness.query_by_label("Compare models").is_none(),
        "pairs are of scores"
    );
}

#[test]
fn chinese_has_every_word() {
    let mut state = state(classes());
    state.settings.language = Language::Chinese;
    let harness = drawn(Page::Evaluate, state);
    harness.get_by_label_contains("4 个类别");
    harness.get_by_label_contains("类别占比");
    harness.get_by_label("各类别");
}

#[test]
fn grades_tell_what_is_said_of_each() {
    let labels: Vec<f32> = (0..60u8).map(|row| f32::from(row % 3)).collect();
    let values = labels
        .iter()
        .enumerate()
        .map(|(row, grade)| grade + (row % 7) as f32 * 0.1);
    let predicted = Predictions {
        width: 1,
        values: values.collect(),
    };
    let groups: Vec<u32> = (0..60).map(|row| row / 6).collect();
    let rows = TaskRows {
        task: Task::Graded,
        classes: &[],
        labels: &labels,
        predicted: &predicted,
        groups: &groups,
        total: 60,
    };
    let harness = drawn(Page::Evaluate, state(vec![model("run 2", &rows)]));
    harness.get_by_label_contains("10 ranked lists");
    harness.get_by_label_contains("Spearman 0.");
    harness.get_by_label("What the model says of the rows of each grade");
}
