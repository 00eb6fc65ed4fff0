//! The page drawn headless in each of its states, found by role and label.

use super::*;
use crate::engine::features::tests_support::shop;
use crate::engine::features::{FeatureConfig, FeatureInput, build, outline};
use crate::engine::progress::Progress;
use crate::gui::pages::page_stage::{Drawn, assert_sent, drawn, press};
use crate::gui::state::AppState;
use egui::Role;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

fn harness(state: AppState) -> Drawn {
    drawn(Page::Features, state)
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
    press(&mut harness, Role::Button, "Open a log");
    assert_sent(&harness, "Go(Data)");
}

#[test]
fn with_a_log_it_can_be_built_and_what_it_offers_is_listed() {
    let mut state = ready();
    state.features.set = Loadable::Empty;
    let mut harness = harness(state);
    harness.get_by_role_and_label(Role::CheckBox, "user_view_before");
    press(&mut harness, Role::Button, "Build");
    assert_sent(&harness, "Features(Run)");
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
    assert!(!state.features.is_stale(state));
    let set = state.features.set.value().expect("built");
    // Texts lead the table too, but are chosen elsewhere.
    let by_rank = set.by_rank();
    let numeric = by_rank.iter().find(|feature| feature.kind == FeatureKind::Numeric);
    let first = numeric.expect("a numeric feature").name.clone();
    press(&mut harness, Role::CheckBox, &first);
    assert_sent(&harness, "SetConfig");
}

#[test]
fn another_choice_makes_the_set_stale() {
    let mut state = ready();
    state.features.config.seed = 7;
    assert!(state.features.is_stale(&state));
    let harness = harness(state);
    harness.get_by_label_contains("Out of date");
}
