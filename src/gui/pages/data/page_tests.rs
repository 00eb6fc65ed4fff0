//! The page that says how a file is read, drawn headless in both languages, and what its controls ask for.

use crate::engine::ingest::{FileFormat, ReadOptions, ReadingPart, preview, read_log};
use crate::engine::progress::Progress;
use crate::gui::i18n::{data as page_words, reading as words};
use crate::gui::loadable::Loadable;
use crate::gui::pages::Page;
use crate::gui::pages::page_stage::{Drawn, assert_sent, drawn, press, sent};
use crate::gui::settings::Language;
use crate::gui::state::AppState;
use crate::gui::state::data::ReadPreview;
use egui::Role;
use egui_kittest::kittest::Queryable as _;
use std::sync::Arc;

/// Two lines above, one row too short, one price that is no number among many that are.
fn log_text() -> String {
    let head = "a report of June\nuser;price;when;bought\nu1;2,5;13/1/2010;yes\nu2;1.234,50;1/2/2010;no\nu3\n\
                u4;x;2/2/2010;yes\nu5;7,25;3/2/2010;NA\n";
    format!("{head}{}", "u6;3,75;4/2/2010;no\n".repeat(40))
}

/// A log that was read, and its first rows read with a draft.
fn state(lang: Language, draft: Option<ReadOptions>) -> AppState {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("june.csv");
    std::fs::write(&path, log_text()).expect("written");
    let paths = [path];
    let mut state = AppState::default();
    state.settings.language = lang;
    let log = read_log(&paths, &ReadOptions::default(), &Progress::new()).expect("a table");
    state.data.dataset = Loadable::Ready(Arc::new(log));
    state.data.draft = draft;
    let options = state.data.trial().clone();
    let first = preview(&paths, &options, &Progress::new()).expect("a preview");
    state.data.preview = Loadable::Ready(Arc::new(ReadPreview { first, options }));
    state
}

fn editor(state: AppState) -> Drawn {
    let lang = state.settings.language;
    let mut harness = drawn(Page::Data, state);
    press(&mut harness, Role::Button, lang.t(page_words::CHANGE));
    sent(&harness);
    harness
}

/// Opens a drop-down and takes an entry.
fn choose(harness: &mut Drawn, label: &str, entry: &str) {
    harness.get_by_role_and_label(Role::ComboBox, label).scroll_to_me();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::ComboBox, label).click();
    harness.run_steps(3);
    harness.get_by_role_and_label(Role::Button, entry).click();
    harness.run_steps(3);
}

#[test]
fn every_decision_stands_with_its_evidence_in_both_languages() {
    for lang in [Language::English, Language::Chinese] {
        let state = state(lang, None);
        let decisions = state
            .data
            .preview
            .value()
            .expect("first rows")
            .first
            .log
            .info
            .dialect
            .decisions
            .clone();
        let harness = editor(state);
        for decision in &decisions {
            harness.get_by_label(lang.b(&decision.why));
        }
        harness.get_by_label(lang.t(words::unseen(ReadingPart::Footer)));
        harness.get_by_label(lang.t(words::TITLE));
        // Marks: one line is skipped as preamble, one as header, one is rejected, one cell is of another type.
        assert_eq!(harness.query_all_by_label(lang.t(words::SKIPPED)).count(), 2);
        harness.get_by_label(lang.t(words::REJECTED));
        harness.get_by_label("▲ x");
    }
}

#[test]
fn controls_try_other_decisions_on_the_first_rows() {
    let mut harness = editor(state(Language::English, None));
    for (label, entry, asked) in [
        ("Encoding", "Big5", "encoding: Some(\"Big5\")"),
        ("Delimiter", "|", "delimiter: Some('|')"),
        ("Quote", "none", "quote: None"),
        ("Header", "no", "header: Some(false)"),
        (
            "Rows with too few or too many fields",
            "pad with nulls, cut",
            "ragged: Pad",
        ),
        ("Line ending", "CR", "line_ending: Some(Cr)"),
        ("Comment lines begin with", "//", "comment: Prefix(\"//\")"),
        ("Written for null", "only empty cells", "nulls: Some([])"),
        ("Format of the lines", "fixed width", "format: Some(FixedWidth)"),
    ] {
        choose(&mut harness, label, entry);
        assert_sent(&harness, asked);
    }
}

#[test]
fn columns_have_types_and_formats() {
    let mut harness = editor(state(Language::English, None));
    press(&mut harness, Role::CheckBox, "Columns 4");
    for (label, entry, asked) in [
        ("Type of price", "text", "types: {\"price\": Text}"),
        ("Format of price", "1,234.50", "decimal: '.'"),
        (
            "Format of when",
            "month first (12/31/2019)",
            "times: {\"when\": MonthFirst}",
        ),
    ] {
        choose(&mut harness, label, entry);
        assert_sent(&harness, asked);
    }
    harness.get_by_label_contains("Day first: 1 sampled dates (13/1/2010)");
}

#[test]
fn what_is_tried_can_be_applied_or_dropped() {
    let draft = ReadOptions {
        format: Some(FileFormat::Csv),
        preamble_lines: Some(1),
        ..ReadOptions::default()
    };
    for lang in [Language::English, Language::Chinese] {
        let mut harness = editor(state(lang, Some(draft.clone())));
        harness.get_by_label_contains(lang.t(words::SET_BY_YOU));
        press(&mut harness, Role::Button, lang.t(words::RESET));
        assert_sent(&harness, "TryAsFound");
        press(&mut harness, Role::Button, lang.t(words::APPLY));
        assert_sent(&harness, "ApplyTrial");
        // The editor is closed now.
        press(&mut harness, Role::Button, lang.t(page_words::CHANGE));
        press(&mut harness, Role::Button, lang.t(words::CLOSE));
        assert_sent(&harness, "DropTrial");
    }
}

#[test]
fn a_trial_that_cannot_be_read_says_why_and_keeps_the_rows() {
    let mut state = state(Language::English, Some(ReadOptions::default()));
    let previous = state.data.preview.value().cloned();
    state.data.preview = Loadable::Failed {
        error: "the quote cannot be used".to_owned(),
        previous,
    };
    let harness = editor(state);
    harness.get_by_label_contains("the quote cannot be used");
    harness.get_by_label("▲ x");
}

#[test]
fn while_a_log_is_read_its_first_rows_are_shown() {
    for lang in [Language::English, Language::Chinese] {
        let mut state = state(lang, None);
        state.data.dataset = Loadable::Empty;
        let progress = Progress::new();
        progress.set_bytes(12_000_000, 48_000_000);
        progress.set_rows(90_000);
        progress.set(0.25);
        state.data.dataset.start(progress);
        let harness = drawn(Page::Data, state);
        harness.get_by_label(lang.t(words::FIRST_ROWS));
        harness.get_by_label_contains("90,000");
        harness.get_by_label_contains("25 %");
        harness.get_by_label("▲ x");
    }
}

#[test]
fn an_editor_without_first_rows_asks_for_them_once() {
    let mut state = state(Language::English, None);
    state.data.preview = Loadable::Empty;
    let mut harness = drawn(Page::Data, state);
    press(&mut harness, Role::Button, page_words::CHANGE.en);
    assert_sent(&harness, "Data(Preview)");
}
