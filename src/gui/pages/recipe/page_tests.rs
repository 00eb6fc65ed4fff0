//! The page drawn headless in each of its states, found by role and label.

use super::*;
use crate::engine::artifact::Role as ColumnRole;
use crate::engine::progress::Progress;
use crate::engine::recipe::fixture::{dataset, float, text};
use crate::engine::recipe::{Action, Keep, Recipe, Step, preview};
use crate::gui::pages::page_stage::{Drawn, assert_sent, drawn, press};
use crate::gui::state::AppState;
use crate::gui::state::recipe::RecipePreview;
use egui::Role;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

fn harness(state: AppState) -> Drawn {
    drawn(Page::Recipe, state)
}

/// A log of four rows and a recipe whose second step is switched off.
fn ready(selected: Option<usize>, condition: &str) -> AppState {
    let log = dataset(vec![
        text(
            "user",
            ColumnRole::User,
            &[Some("u1"), Some("u2"), Some("u1"), Some("u3")],
        ),
        float("price", ColumnRole::Price, &[Some(10.0), Some(-1.0), Some(10.0), None]),
    ]);
    let mut off = Step::new(Action::DropColumn {
        column: "user".to_owned(),
    });
    off.enabled = false;
    let steps = vec![
        Step::new(Action::DropDuplicates {
            columns: Vec::new(),
            keep: Keep::First,
        }),
        off,
        Step::new(Action::DropRows {
            condition: condition.to_owned(),
        }),
    ];
    let mut state = AppState::default();
    state.recipe.recipe = Recipe::new(steps);
    state.recipe.selected = selected;
    let preview = preview(&log, &state.recipe.recipe, selected, 100, &Progress::new()).expect("not cancelled");
    state.data.dataset = Loadable::Ready(Arc::new(log));
    let key = state.recipe.preview_key(&state.data).expect("a log is open");
    state.recipe.preview = Loadable::Ready(Arc::new(RecipePreview {
        preview,
        key,
        elapsed_ms: 1,
    }));
    state
}

#[test]
fn without_a_log_the_page_says_what_to_do() {
    let mut harness = harness(AppState::default());
    press(&mut harness, Role::Button, "Open a log");
    assert_sent(&harness, "Go(Data)");
}

#[test]
fn a_log_on_its_way_and_a_log_that_failed_are_told() {
    let mut state = AppState::default();
    state.data.dataset.start(Progress::new());
    harness(state).get_by_role_and_label(Role::Button, "Cancel");
    let mut state = AppState::default();
    state.data.dataset = Loadable::Failed {
        error: "no such file".to_owned(),
        previous: None,
    };
    harness(state).get_by_label_contains("no such file");
}

#[test]
fn steps_show_what_they_do_and_can_be_chosen() {
    let mut harness = harness(ready(None, "price < 0"));
    harness.get_by_role_and_label(Role::Button, "1 Drop duplicates");
    press(&mut harness, Role::Button, "3 Drop rows where");
    assert_sent(&harness, "Select(Some(2))");
}

#[test]
fn the_chosen_step_can_be_edited_and_shows_its_rows() {
    let mut harness = harness(ready(Some(2), "price < 0"));
    harness.get_by_label("dropped");
    harness.get_by_label("Rows it touches");
    press(&mut harness, Role::Button, "Move up");
    assert_sent(&harness, "Move { from: 2, to: 1 }");
    press(&mut harness, Role::Button, "Apply");
    assert_sent(&harness, "Recipe(Run)");
}

#[test]
fn a_wrong_condition_is_shown_at_its_step() {
    let harness = harness(ready(Some(2), "prise < 0"));
    harness.get_by_label_contains("did you mean `price`");
}

#[test]
fn a_recipe_that_changed_asks_for_a_new_preview() {
    let mut state = ready(Some(2), "price < 0");
    state.recipe.recipe.steps.remove(0);
    let harness = harness(state);
    assert_sent(&harness, "Recipe(Preview)");
}

#[test]
fn every_kind_of_step_has_fields() {
    let columns = ["user".to_owned(), "price".to_owned()];
    for action in new_step::templates(&columns) {
        let mut state = ready(None, "price < 0");
        let title = action.title().en;
        state.recipe.recipe = Recipe::new(vec![Step::new(action)]);
        state.recipe.selected = Some(0);
        let harness = harness(state);
        // Once as the step's button; its name is also drawn twice, in the row and above the fields.
        harness.get_by_role_and_label(Role::Button, &format!("1 {title}"));
        let names = harness.query_all_by_label(&format!("1  {title}")).count();
        assert_eq!(names, 2, "{title}");
    }
}
