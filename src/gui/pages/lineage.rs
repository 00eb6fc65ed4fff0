//! Lineage: what was made from what, by content hash.

use super::{Page, PageContext};
use crate::engine::artifact::ContentHash;
use crate::engine::project::ArtefactRecord;
use crate::gui::command::Command;
use crate::gui::i18n::{lineage as words, number, shell, train};
use crate::gui::loadable::Loadable;
use crate::gui::state::Stage;
use crate::gui::theme::palette;
use crate::gui::widgets::{self, Column};
use egui::Ui;

#[derive(Default)]
pub struct LineagePage {}

impl LineagePage {
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        widgets::page_header(ui, cx.t(shell::LINEAGE), cx.t(words::FACTS), |_ui| {});
        let artefacts = &cx.state.project.artefacts;
        if artefacts.is_empty() {
            without_artefacts(cx, ui);
            return;
        }
        let columns = [
            Column::left(cx.t(words::KIND), 120.0),
            Column::left(cx.t(words::NAME), 320.0),
            Column::left(cx.t(words::MADE), 140.0),
            Column::left(cx.t(words::HASH), 90.0),
            Column::rest(cx.t(words::MADE_FROM)),
        ];
        widgets::card(ui, |ui| {
            let p = palette(ui);
            let height = ui.available_height() - 20.0;
            widgets::table(
                ui,
                "lineage",
                &columns,
                (artefacts.len(), height, None),
                |row, index| {
                    let artefact = &artefacts[index];
                    row.col(|ui| widgets::cell(ui, cx.t(words::kind(artefact.kind)), p.text_2));
                    row.col(|ui| widgets::cell(ui, &artefact.name, p.text));
                    row.col(|ui| widgets::cell(ui, &number::moment(artefact.created_ms), p.text_2));
                    row.col(|ui| widgets::cell(ui, artefact.hash.short(), p.text_2));
                    let parents: Vec<String> = artefact
                        .inputs
                        .iter()
                        .map(|input| parent(cx, artefacts, input))
                        .collect();
                    row.col(|ui| widgets::cell(ui, &parents.join(" · "), p.text_2));
                },
            );
        });
    }
}

/// `Clean dataset events 582d33b7`, the kind of what something was made from with its name and hash.
fn parent(cx: &PageContext<'_>, artefacts: &[ArtefactRecord], input: &ContentHash) -> String {
    let known = artefacts.iter().find(|other| other.hash == *input);
    known.map_or_else(
        || input.short().to_owned(),
        |known| format!("{} {} {}", cx.t(words::kind(known.kind)), known.name, input.short()),
    )
}

/// Nothing is recorded: because no project is open (yet), or because nothing was done in it.
fn without_artefacts(cx: &PageContext<'_>, ui: &mut Ui) {
    let (headline, why) = (cx.t(words::EMPTY), cx.t(words::EMPTY_WHY));
    match &cx.state.project.project {
        Loadable::Loading { progress, .. } => {
            if widgets::loading_page(ui, cx.lang(), &progress.snapshot()) {
                cx.send(Command::CancelJob(Stage::Project));
            }
        }
        Loadable::Failed { error, .. } => {
            if widgets::failed_page(ui, cx.lang(), error, cx.t(train::TO_WELCOME)) {
                cx.send(Command::Go(Page::Welcome));
            }
        }
        Loadable::Empty => {
            if widgets::empty_page(ui, headline, why, Some(cx.t(train::TO_WELCOME))) {
                cx.send(Command::Go(Page::Welcome));
            }
        }
        Loadable::Ready(_) => {
            if widgets::empty_page(ui, headline, why, Some(cx.t(words::TO_DATA))) {
                cx.send(Command::Go(Page::Data));
            }
        }
    }
}
