//! The data page: what was read, how, and what did not fit.

mod columns;
mod decisions;
mod dialect;
mod editor;
mod first_rows;
mod formats;
#[cfg(test)]
mod page_tests;
mod rows;

use super::PageContext;
use crate::engine::ingest::{Dataset, ReadOptions};
use crate::gui::command::Command;
use crate::gui::command::data::DataCommand;
use crate::gui::i18n::{common, data as words, number, reading, welcome};
use crate::gui::loadable::Loadable;
use crate::gui::pages::Page;
use crate::gui::state::Stage;
use crate::gui::theme::{Tone, space};
use crate::gui::widgets::{self, Figure};
use egui::Ui;

/// Which table the lower half shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Columns,
    Rows,
    Rejected,
    Invalid,
}

/// The files that are read or could not be, where there is no log yet.
fn files_of(cx: &PageContext<'_>) -> String {
    let files = &cx.state.project.sources.events;
    let mut told = files
        .first()
        .map_or_else(String::new, |file| file.display().to_string());
    if files.len() > 1 {
        told = format!("{told} +{}", files.len() - 1);
    }
    told
}

/// Widget state only.
#[derive(Default)]
pub struct DataPage {
    shown: Shown,
    path: String,
    editor: editor::Editor,
}

impl DataPage {
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let data = &cx.state.data;
        let facts = match data.dataset.value() {
            Some(log) => words::facts(cx.lang(), log.info.rows, log.info.elapsed_ms),
            None => files_of(cx),
        };
        let title = if self.editor.open { reading::TITLE } else { words::TITLE };
        widgets::page_header(ui, cx.t(title), &facts, |ui| self.actions(cx, ui));
        match &data.dataset {
            Loadable::Loading {
                previous: None,
                progress,
            } => {
                if widgets::loading_page(ui, cx.lang(), &progress.snapshot()) {
                    cx.send(Command::CancelJob(Stage::Data));
                }
                rows_meanwhile(cx, ui);
            }
            Loadable::Ready(_) | Loadable::Loading { .. } if self.editor.open => self.editor.ui(cx, ui),
            Loadable::Failed { error, .. } => {
                if widgets::failed_page(ui, cx.lang(), error, cx.t(words::OPEN)) {
                    cx.send(Command::Data(DataCommand::Pick));
                }
                read_again(cx, ui);
                self.path_field(cx, ui);
            }
            Loadable::Empty => {
                if widgets::empty_page(ui, cx.t(words::EMPTY), cx.t(words::EMPTY_WHY), Some(cx.t(words::OPEN))) {
                    cx.send(Command::Data(DataCommand::Pick));
                }
                self.path_field(cx, ui);
            }
            Loadable::Ready(log)
            | Loadable::Loading {
                previous: Some(log), ..
            } => self.full(cx, ui, log),
        }
    }

    fn actions(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        if cx.state.data.dataset.value().is_none() {
            return;
        }
        if self.editor.open {
            self.editor.actions(cx, ui);
            return;
        }
        if widgets::primary_button(ui, cx.t(words::AUDIT), true).clicked() {
            cx.send(Command::Go(Page::Audit));
        }
        if widgets::secondary_button(ui, cx.t(words::OPEN_ANOTHER)).clicked() {
            cx.send(Command::Data(DataCommand::Pick));
        }
        if widgets::secondary_button(ui, cx.t(words::ITEMS)).clicked() {
            cx.send(Command::Data(DataCommand::PickItems));
        }
    }

    fn path_field(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        ui.add_space(space::GAP);
        if let Some(path) = widgets::path_field(ui, &mut self.path, cx.t(words::PATH_HINT), cx.t(welcome::GO)) {
            cx.send(Command::Data(DataCommand::Open(vec![path])));
        }
    }

    fn full(&mut self, cx: &PageContext<'_>, ui: &mut Ui, log: &Dataset) {
        if let Some(error) = cx.state.data.items.error() {
            widgets::tone_text(ui, Tone::Warning, error);
        }
        self.figures(cx, ui, log);
        ui.add_space(space::GAP);
        self.editor.open |= dialect::ui(cx, ui, log);
        ui.add_space(space::GAP);
        widgets::card(ui, |ui| {
            self.tabs(cx, ui, log);
            ui.add_space(space::TIGHT);
            let height = (ui.ctx().content_rect().height() - 500.0).max(260.0);
            match self.shown {
                Shown::Columns => columns::ui(cx, ui, log, height),
                Shown::Rows => rows::ui(cx, ui, log, height),
                Shown::Rejected => rows::rejected_ui(cx, ui, log, height),
                Shown::Invalid => rows::invalid_ui(cx, ui, log, height),
            }
        });
    }

    fn figures(&mut self, cx: &PageContext<'_>, ui: &mut Ui, log: &Dataset) {
        let info = &log.info;
        let bytes: u64 = info.sources.iter().map(|source| source.bytes).sum();
        let invalid: u64 = info.columns.iter().map(|column| column.invalid).sum();
        let figure = |label: &str, value: String| Figure {
            label: label.to_owned(),
            value,
            ..Figure::default()
        };
        let figures = [
            figure(cx.t(words::ROWS), number::count(info.rows.accepted)),
            figure(cx.t(words::COLUMNS), info.columns.len().to_string()),
            figure(cx.t(words::REJECTED), number::count(info.rows.rejected)),
            figure(cx.t(words::INVALID), number::count(invalid)),
            figure(cx.t(words::FILES), info.sources.len().to_string()),
            figure(cx.t(words::SIZE), number::bytes(bytes)),
        ];
        match widgets::figure_card(ui, &figures) {
            Some(0) => self.shown = Shown::Rows,
            Some(1) => self.shown = Shown::Columns,
            Some(2) => self.shown = Shown::Rejected,
            Some(3) => self.shown = Shown::Invalid,
            _ => {}
        }
    }

    fn tabs(&mut self, cx: &PageContext<'_>, ui: &mut Ui, log: &Dataset) {
        let invalid: u64 = log.info.columns.iter().map(|column| column.invalid).sum();
        let tabs = [
            (
                Shown::Columns,
                format!("{} {}", cx.t(words::COLUMNS), log.info.columns.len()),
            ),
            (
                Shown::Rows,
                format!("{} {}", cx.t(words::ROWS), number::count(log.info.rows.accepted)),
            ),
            (
                Shown::Rejected,
                format!("{} {}", cx.t(words::REJECTED), number::count(log.info.rows.rejected)),
            ),
            (
                Shown::Invalid,
                format!("{} {}", cx.t(words::INVALID), number::count(invalid)),
            ),
        ];
        ui.horizontal(|ui| {
            for (tab, label) in tabs {
                if widgets::toggle_chip(ui, self.shown == tab, &label).clicked() {
                    self.shown = tab;
                }
            }
            if cx.state.data.dataset.is_loading() {
                ui.spinner();
                ui.label(cx.t(common::WORKING));
            }
        });
    }
}

/// The first rows while all of them are read.
fn rows_meanwhile(cx: &PageContext<'_>, ui: &mut Ui) {
    let Some(seen) = cx.state.data.preview.value() else {
        return;
    };
    ui.add_space(space::GAP);
    widgets::card_titled(
        ui,
        cx.t(reading::FIRST_ROWS),
        |_ui| {},
        |ui| {
            let window = ui.ctx().content_rect().height() - 420.0;
            let height = (ui.available_height() - 60.0).min(window);
            first_rows::ui(cx, ui, &seen.first, height);
        },
    );
}

/// The same files once more: as before, or without what was set by hand.
fn read_again(cx: &PageContext<'_>, ui: &mut Ui) {
    if cx.state.project.sources.events.is_empty() {
        return;
    }
    ui.add_space(space::GAP);
    ui.horizontal(|ui| {
        if widgets::secondary_button(ui, cx.t(common::RETRY)).clicked() {
            cx.send(Command::Data(DataCommand::Run));
        }
        let detected = ReadOptions::default();
        if cx.state.data.options != detected && widgets::secondary_button(ui, cx.t(words::AS_DETECTED)).clicked() {
            cx.send(Command::Data(DataCommand::SetOptions(Box::new(detected))));
        }
    });
}
