//! Rules that the log suggests: each with what speaks for it and how it did on rows it was not drawn from.

use super::{body_height, send, tabs_ui};
use crate::engine::rules::suggest::Suggestion;
use crate::gui::command::Command;
use crate::gui::command::rules::{RulesCommand, RulesView};
use crate::gui::i18n::{common, rules as words};
use crate::gui::loadable::Loadable;
use crate::gui::pages::PageContext;
use crate::gui::state::Stage;
use crate::gui::state::rules::FromLog;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui, vec2};
use std::sync::Arc;

const ROW_HEIGHT: f32 = 78.0;
/// Kept for what stands beside a title.
const BESIDE_TITLE: f32 = 300.0;

/// The check boxes, of one set of suggestions.
#[derive(Default)]
pub(super) struct Ticks {
    of: Option<Arc<FromLog>>,
    on: Vec<bool>,
}

impl Ticks {
    /// New suggestions start with those ticked that held and that the project does not have.
    fn follow(&mut self, cx: &PageContext<'_>, found: &Arc<FromLog>) {
        if self.of.as_ref().is_some_and(|of| Arc::ptr_eq(of, found)) {
            return;
        }
        self.of = Some(Arc::clone(found));
        self.on = found.found.rules.iter().map(|rule| is_good(cx, rule)).collect();
    }

    fn chosen(&self) -> Vec<usize> {
        (0..self.on.len()).filter(|&index| self.on[index]).collect()
    }
}

fn is_good(cx: &PageContext<'_>, found: &Suggestion) -> bool {
    found.accepted && !cx.state.rules.has(&found.rule)
}

pub(super) fn ui(cx: &PageContext<'_>, ticks: &mut Ticks, ui: &mut Ui) {
    let state = &cx.state.rules;
    let Some(found) = state.suggestions.value().cloned() else {
        widgets::page_header(ui, cx.t(words::TITLE), "", |_ui| {});
        match &state.suggestions {
            Loadable::Loading { progress, .. } => {
                if widgets::loading_page(ui, cx.lang(), &progress.snapshot()) {
                    cx.send(Command::CancelJob(Stage::Rules));
                }
                ui.ctx().request_repaint_after(std::time::Duration::from_millis(100));
            }
            Loadable::Failed { error, .. } => {
                if widgets::failed_page(ui, cx.lang(), error, cx.t(common::RETRY)) {
                    send(cx, RulesCommand::Suggest);
                }
                ui.add_space(space::SMALL);
                if widgets::secondary_button(ui, cx.t(words::BACK)).clicked() {
                    send(cx, RulesCommand::Show(RulesView::Rules));
                }
            }
            Loadable::Empty | Loadable::Ready(_) => send(cx, RulesCommand::Show(RulesView::Rules)),
        }
        return;
    };
    ticks.follow(cx, &found);
    header_ui(cx, &found, ticks, ui);
    tabs_ui(cx, ui);
    ui.add_space(space::TIGHT);
    let height = body_height(ui);
    widgets::card(ui, |ui| {
        ui.set_height(height - 2.0 * f32::from(space::CARD_Y));
        how_ui(cx, &found, ticks, ui);
        ui.add_space(space::TIGHT);
        let rules = &found.found.rules;
        widgets::virtual_rows(ui, "suggestions", ROW_HEIGHT, rules.len(), |ui, index| {
            row_ui(cx, &rules[index], &mut ticks.on[index], ui);
        });
    });
}

fn header_ui(cx: &PageContext<'_>, found: &FromLog, ticks: &Ticks, ui: &mut Ui) {
    let held = found.found.rules.iter().filter(|rule| rule.accepted).count();
    let facts = words::suggested(cx.lang(), found.found.rules.len(), held);
    widgets::page_header(ui, cx.t(words::TITLE), &facts, |ui| {
        let chosen = ticks.chosen();
        let label = words::accept(cx.lang(), chosen.len());
        if widgets::primary_button(ui, &label, !chosen.is_empty()).clicked() {
            send(cx, RulesCommand::Accept(chosen));
        }
        let is_idle = !cx.state.rules.suggestions.is_loading();
        ui.add_enabled_ui(is_idle, |ui| {
            if widgets::secondary_button(ui, cx.t(words::LOOK_AGAIN)).clicked() {
                send(cx, RulesCommand::Suggest);
            }
        });
        if widgets::secondary_button(ui, cx.t(words::BACK)).clicked() {
            send(cx, RulesCommand::Show(RulesView::Rules));
        }
    });
}

/// How the rows were parted, what the bound means, and all boxes at once.
fn how_ui(cx: &PageContext<'_>, found: &FromLog, ticks: &mut Ticks, ui: &mut Ui) {
    let p = palette(ui);
    ui.horizontal(|ui| {
        let how = words::parted(cx.lang(), &found.found);
        ui.add(egui::Label::new(RichText::new(how).color(p.text)).wrap());
    });
    let log = cx.state.data.dataset.ready().map(|log| &log.info.hash);
    if log.is_some_and(|log| *log != found.log) {
        widgets::tone_text(ui, Tone::Warning, cx.t(words::OF_ANOTHER_LOG));
    }
    ui.label(
        RichText::new(cx.t(words::BOUND_WHAT))
            .font(text::small())
            .color(p.text_2),
    );
    ui.horizontal(|ui| {
        let rules = &found.found.rules;
        let good = rules.iter().filter(|rule| is_good(cx, rule)).count();
        let are_good = || rules.iter().map(|rule| is_good(cx, rule));
        let is_all = ticks.on.iter().copied().eq(are_good());
        if widgets::toggle_chip(ui, is_all, &words::all_held(cx.lang(), good)).clicked() {
            ticks.on = are_good().collect();
        }
        let is_none = ticks.on.iter().all(|on| !on);
        if widgets::toggle_chip(ui, is_none, cx.t(words::NONE)).clicked() {
            ticks.on.fill(false);
        }
    });
}

fn row_ui(cx: &PageContext<'_>, found: &Suggestion, on: &mut bool, ui: &mut Ui) {
    let p = palette(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), egui::Sense::hover());
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, egui::Stroke::new(1.0, p.line));
    let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(rect.shrink2(vec2(4.0, 6.0))));
    inner.horizontal_top(|ui| {
        let title = cx.b(&found.title).to_owned();
        let tick = widgets::check_box(ui, on, "");
        tick.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, true, *on, &title));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.spacing_mut().interact_size.y = 18.0;
            ui.horizontal(|ui| {
                let label = RichText::new(&title).font(text::body()).color(p.text);
                ui.scope(|ui| {
                    ui.set_max_width((ui.available_width() - BESIDE_TITLE).max(120.0));
                    ui.add(egui::Label::new(label).truncate());
                });
                let (tone, word) = if found.accepted {
                    (Tone::Success, words::HELD)
                } else {
                    (Tone::Warning, words::DID_NOT_HOLD)
                };
                widgets::tone_text(ui, tone, cx.t(word));
                if cx.state.rules.has(&found.rule) {
                    widgets::chip(ui, cx.t(words::HAS_IT), Tone::Quiet);
                }
            });
            for line in [words::evidence(cx.lang(), found), words::back_test(cx.lang(), found)] {
                let line = RichText::new(line).font(text::small()).color(p.text_2);
                ui.add(egui::Label::new(line).truncate());
            }
        });
    });
}
