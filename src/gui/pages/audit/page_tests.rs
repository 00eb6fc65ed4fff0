//! The profiles of the page drawn headless, found by role and label.

use super::*;
use crate::engine::audit::fixture::{Col, audited, table};
use crate::engine::ingest::Dataset;
use crate::gui::pages::page_stage::{Drawn, assert_sent, drawn, press};
use crate::gui::state::AppState;
use crate::gui::state::audit::AuditedLog;
use egui::Role;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

/// Three days of views and purchases of three users, with prices, brands and gaps.
fn log() -> Dataset {
    let rows = 0..90_i64;
    let brands = |row: i64| (row % 5 != 0).then_some(["lumio", "castor", "halden"][row as usize % 3]);
    table(vec![
        (
            "user",
            Col::I(rows.clone().map(|row| Some(row % 3 + row / 60)).collect()),
        ),
        ("item", Col::I(rows.clone().map(|row| Some(row % 7)).collect())),
        (
            "event",
            Col::S(
                rows.clone()
                    .map(|row| Some(if row % 9 == 8 { "purchase" } else { "view" }))
                    .collect(),
            ),
        ),
        (
            "time",
            Col::T(rows.clone().map(|row| Some(1_600_000_000 + row * 2_700)).collect()),
        ),
        ("brand", Col::S(rows.clone().map(brands).collect())),
        (
            "price",
            Col::F(
                rows.clone()
                    .map(|row| (row % 10 != 0).then_some((row % 3) as f64 + 0.5))
                    .collect(),
            ),
        ),
        (
            "text",
            Col::S(
                rows.map(|row| Some(["The kettle is hot", "It was broken"][row as usize % 2]))
                    .collect(),
            ),
        ),
    ])
}

fn ready() -> AppState {
    let log = Arc::new(log());
    let mut state = AppState::default();
    state.audit.report = Loadable::Ready(Arc::new(audited(&log)));
    state.audit.log = Some(Arc::new(
        AuditedLog::new(Arc::clone(&log)).expect("the log can be read"),
    ));
    state.data.dataset = Loadable::Ready(log);
    state
}

fn harness(state: AppState) -> Drawn {
    drawn(Page::Audit, state)
}

#[test]
fn every_pair_of_columns_is_shown_once() {
    let mut harness = harness(ready());
    press(&mut harness, Role::CheckBox, "Associations");
    harness.get_by_role_and_label(Role::Image, "Strength of association of each pair");
    harness.get_by_label("brand × price");
    harness.get_by_label("brand + price");
    assert!(
        harness.query_by_label("Compute all pairs").is_none(),
        "nothing was left out"
    );
}

#[test]
fn what_the_audit_left_can_be_computed() {
    let mut state = ready();
    let mut report = state
        .audit
        .report
        .value()
        .map(|report| (**report).clone())
        .expect("a report");
    report.associations.as_mut().expect("associations").pairs_left = 2;
    state.audit.report = Loadable::Ready(Arc::new(report));
    let mut harness = harness(state);
    press(&mut harness, Role::CheckBox, "Associations");
    press(&mut harness, Role::Button, "Compute all pairs");
    assert_sent(&harness, "Associate");
}

#[test]
fn an_audit_of_an_older_version_says_that_it_has_no_associations() {
    let mut state = ready();
    let mut report = state
        .audit
        .report
        .value()
        .map(|report| (**report).clone())
        .expect("a report");
    report.associations = None;
    state.audit.report = Loadable::Ready(Arc::new(report));
    let mut harness = harness(state);
    press(&mut harness, Role::CheckBox, "Associations");
    harness.get_by_label("This audit has no associations");
}

#[test]
fn the_log_shows_its_rhythm_retention_and_arrivals() {
    let mut harness = harness(ready());
    press(&mut harness, Role::CheckBox, "The log");
    harness.get_by_role_and_label(Role::Image, "Mean rows by hour of the week (UTC)");
    harness.get_by_role_and_label(Role::Image, "Retention");
    harness.get_by_label_contains("Gaps and spikes");
    harness.get_by_label_contains("New a day");
}

#[test]
fn tokens_of_a_column_of_texts_can_be_counted() {
    let mut harness = harness(ready());
    press(&mut harness, Role::CheckBox, "Columns 7");
    let field = harness.get_by_role_and_label(Role::TextInput, "Filter columns");
    field.focus();
    field.type_text("text");
    harness.run_steps(3);
    harness.get_by_label("Languages, by rows");
    press(&mut harness, Role::Button, "Count tokens");
    assert_sent(&harness, "CountTokens");
}
