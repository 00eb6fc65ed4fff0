//! The page drawn headless in each of its states, found by role and label.

use super::*;
use crate::engine::features::tests_support::shop;
use crate::engine::features::{FeatureConfig, FeatureInput, build, outline};
use crate::engine::progress::Progress;
use crate::gui::command::Commands;
use crate::gui::state::AppState;
use egui::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

struct Stage {
    page: FeaturesPage,
    state: AppState,
    commands: Commands,
}

fn harness(state: AppState) -> Harness<'static, Stage> {
    let stage = Stage {
        page: FeaturesPage::default(),
        state,
        commands: Commands::default(),
    };
    let mut harness = Harness::builder()
        .with_size([1204.0, 1000.0])
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(30)
        .with_context_setup(crate::gui::theme::install)
        .build_ui_state(
            |ui, stage: &mut Stage| {
                let Stage { page, state, commands } = stage;
                page.ui(&PageContext { state, commands }, ui);
            },
            stage,
        );
    harness.run_steps(3);
    harness
}

fn sent(harness: &Harness<'_, Stage>) -> Vec<String> {
    harness
        .state()
        .commands
        .take()
        .iter()
        .map(|command| format!("{command:?}"))
        .collect()
}

fn ready() -> AppState {
    let (log, items) = shop();
    let progress = Progress::new();
    let found = outline(&log, Some(&items), None, &progress).expect("a log");
    let dir = tempfile::tempdir().expect("temp");
    let input = FeatureInput {
        log: &log,
        items: Some(&items),
        created_ms: 1,
    };
    let set = build(&input, &FeatureConfig::default(), &dir.path().join("set"), &progress).expect("builds");
    let mut state = AppState::default();
    state.data.dataset = Loadable::Ready(Arc::new(log));
    state.data.items = Loadable::Ready(Arc::new(items));
    state.features.outline = Loadable::Ready(Arc::new(found));
    state.features.set = Loadable::Ready(Arc::new(set));
    state
}

#[test]
fn without_a_log_the_page_says_what_to_do() {
    let mut harness = harness(AppState::default());
    harness.get_by_role_and_label(Role::Button, "Open a log").click();
    harness.run_steps(2);
    assert!(sent(&harness).iter().any(|command| command.contains("Data")));
}

#[test]
fn with_a_log_it_can_be_built_and_what_it_offers_is_listed() {
    let mut state = ready();
    state.features.set = Loadable::Empty;
    let mut harness = harness(state);
    harness.get_by_role_and_label(Role::CheckBox, "user_view_before");
    harness.get_by_role_and_label(Role::Button, "Build").click();
    harness.run_steps(2);
    assert!(sent(&harness).iter().any(|command| command.contains("Features(Run)")));
}

#[test]
fn a_build_on_its_way_can_be_cancelled_and_a_failure_tried_again() {
    let mut state = ready();
    state.features.set = Loadable::Empty;
    state.features.set.start(Progress::new());
    harness(state).get_by_role_and_label(Role::Button, "Cancel");
    let mut state = ready();
    state.features.set = Loadable::Failed {
        error: "no rows are left".to_owned(),
        previous: None,
    };
    harness(state).get_by_label_contains("no rows are left");
}

#[test]
fn a_built_set_shows_its_features_and_lets_them_be_chosen() {
    let mut harness = harness(ready());
    harness.get_by_label("What is predicted");
    harness.get_by_label("How it is tested");
    let state = &harness.state().state;
    assert!(!state.features.is_stale(&state.data, &state.recipe));
    let set = state.features.set.value().expect("built");
    // Texts lead the table too, but are chosen elsewhere.
    let by_rank = set.by_rank();
    let numeric = by_rank.iter().find(|feature| feature.kind == FeatureKind::Numeric);
    let first = numeric.expect("a numeric feature").name.clone();
    harness.get_by_role_and_label(Role::CheckBox, &first).click();
    harness.run_steps(2);
    let commands = sent(&harness);
    assert!(
        commands.iter().any(|command| command.contains("SetConfig")),
        "{commands:?}"
    );
}

#[test]
fn another_choice_makes_the_set_stale() {
    let mut state = ready();
    state.features.config.seed = 7;
    assert!(state.features.is_stale(&state.data, &state.recipe));
    let harness = harness(state);
    harness.get_by_label_contains("Out of date");
}
