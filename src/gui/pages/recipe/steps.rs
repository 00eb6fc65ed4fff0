//! The list of steps: what each does to this log, in order; add, switch off, choose.

use super::{new_step, send, shown_preview};
use crate::gui::command::recipe::RecipeCommand;
use crate::gui::i18n::recipe as words;
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{Align, CornerRadius, Layout, RichText, Sense, Stroke, Ui, vec2};

const ROW_HEIGHT: f32 = 52.0;

pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, height: f32) {
    widgets::card_titled(
        ui,
        cx.t(words::STEPS),
        |ui| {
            let has_findings = cx.state.audit.report.value().is_some();
            if has_findings && widgets::link(ui, cx.t(words::SUGGEST)).clicked() {
                send(cx, RecipeCommand::Suggest);
            }
        },
        |ui| {
            let steps = cx.state.recipe.recipe.steps.len();
            if steps == 0 {
                let p = palette(ui);
                ui.add_space(space::GAP);
                ui.label(RichText::new(cx.t(words::NO_STEPS)).font(text::body()).color(p.text));
                ui.label(
                    RichText::new(cx.t(words::NO_STEPS_WHY))
                        .font(text::small())
                        .color(p.text_2),
                );
                ui.add_space(space::GAP);
            }
            let rows_height = (height - 110.0).min(steps as f32 * (ROW_HEIGHT + space::TIGHT) + space::TIGHT);
            egui::ScrollArea::vertical()
                .id_salt("recipe-steps")
                .max_height(rows_height.max(0.0))
                .auto_shrink([false, true])
                .show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = space::TIGHT;
                    for index in 0..steps {
                        row(cx, ui, index);
                    }
                });
            ui.add_space(space::SMALL);
            add_menu(cx, ui);
        },
    );
}

fn row(cx: &PageContext<'_>, ui: &mut Ui, index: usize) {
    let state = &cx.state.recipe;
    let step = &state.recipe.steps[index];
    let selected = state.selected == Some(index);
    let p = palette(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    let fill = if selected { p.raised } else { p.card };
    ui.painter()
        .rect_filled(rect, CornerRadius::same(space::CONTROL_RADIUS), fill);
    if selected {
        let bar = egui::Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        ui.painter().rect_filled(bar, 1.0, p.accent);
    } else if response.hovered() || response.has_focus() {
        let stroke = Stroke::new(1.0, p.line);
        ui.painter().rect_stroke(
            rect,
            CornerRadius::same(space::CONTROL_RADIUS),
            stroke,
            egui::StrokeKind::Inside,
        );
    }
    let title = cx.b(&step.action.title()).to_owned();
    let label = format!("{} {title}", index + 1);
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, selected, label.clone()));
    let mut inner = ui.new_child(egui::UiBuilder::new().max_rect(rect.shrink2(vec2(10.0, 6.0))));
    inner.horizontal(|ui| {
        let mut on = step.enabled;
        let switch = widgets::check_box(ui, &mut on, "").on_hover_text(cx.t(words::ON));
        switch.widget_info(|| {
            egui::WidgetInfo::selected(egui::Role::CheckBox, true, on, format!("{label}: {}", cx.t(words::ON)))
        });
        if switch.changed() {
            send(cx, RecipeCommand::SetEnabled { index, enabled: on });
        }
        contents(cx, ui, index, &title);
    });
    if response.clicked() {
        send(cx, RecipeCommand::Select(Some(index)));
    }
}

fn contents(cx: &PageContext<'_>, ui: &mut Ui, index: usize, title: &str) {
    let p = palette(ui);
    let step = &cx.state.recipe.recipe.steps[index];
    let preview = shown_preview(cx).map(|found| &found.preview);
    let report = preview
        .and_then(|preview| preview.steps.get(index))
        .filter(|report| report.step == step.action.kind());
    let failed = preview
        .and_then(|preview| preview.error.as_ref())
        .is_some_and(|error| error.0 == Some(index));
    let color = if step.enabled { p.text } else { p.text_3 };
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        // A line of text, not a button's height: both lines stand in the middle of the row.
        ui.spacing_mut().interact_size.y = 18.0;
        ui.horizontal(|ui| {
            let name = format!("{}  {title}", index + 1);
            ui.add(egui::Label::new(RichText::new(name).font(text::body()).color(color)).selectable(false));
            if let Some(code) = &step.finding {
                ui.add(egui::Label::new(RichText::new(code).font(text::small()).color(p.text_3)).selectable(false));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if failed {
                    widgets::tone_text(ui, Tone::Danger, "");
                } else if let Some(report) = report.filter(|report| report.enabled) {
                    let dropped = report.rows_in - report.rows_out;
                    let effect = words::effect(cx.lang(), dropped, report.cells_changed, report.columns_removed);
                    ui.add(
                        egui::Label::new(RichText::new(effect).font(text::small()).color(p.text_2)).selectable(false),
                    );
                }
            });
        });
        let what = step.action.describe();
        let what = RichText::new(cx.b(&what))
            .font(text::small())
            .color(if step.enabled { p.text_2 } else { p.text_3 });
        ui.add(egui::Label::new(what).truncate().selectable(false));
    });
}

fn add_menu(cx: &PageContext<'_>, ui: &mut Ui) {
    let names: Vec<String> = cx
        .state
        .data
        .dataset
        .value()
        .map(|log| log.info.columns.iter().map(|column| column.name.clone()).collect())
        .unwrap_or_default();
    ui.menu_button(format!("+ {}", cx.t(words::ADD_STEP)), |ui| {
        for action in new_step::templates(&names) {
            if ui.button(cx.b(&action.title())).clicked() {
                send(cx, RecipeCommand::AddStep(action));
                ui.close();
            }
        }
    });
}
