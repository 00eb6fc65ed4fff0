//! Navigation: the flow in three groups, each stage with a count and a state mark.

use crate::gui::command::Command;
use crate::gui::i18n::{Text, shell as words};
use crate::gui::pages::{Page, PageContext};
use crate::gui::state::{Stage, StageStatus};
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets::paint_stage_mark;
use egui::{CornerRadius, RichText, Sense, Ui, pos2, vec2};

const DATA: [Stage; 5] = [Stage::Data, Stage::Audit, Stage::Rules, Stage::Recipe, Stage::Features];
const MODEL: [Stage; 3] = [Stage::Train, Stage::Evaluate, Stage::Compare];
const DECIDE: [Stage; 1] = [Stage::Experiments];

pub fn ui(cx: &PageContext<'_>, ui: &mut Ui) {
    ui.spacing_mut().item_spacing.y = 0.0;
    group(cx, ui, words::GROUP_DATA, &DATA);
    group(cx, ui, words::GROUP_MODEL, &MODEL);
    group(cx, ui, words::GROUP_DECIDE, &DECIDE);
    ui.with_layout(egui::Layout::bottom_up(egui::Align::Min), |ui| {
        for page in [Page::Settings, Page::Lineage] {
            entry(cx, ui, page, None);
        }
    });
}

fn group(cx: &PageContext<'_>, ui: &mut Ui, title: Text, stages: &[Stage]) {
    ui.horizontal(|ui| {
        ui.set_min_height(28.0);
        ui.add_space(10.0);
        ui.label(
            RichText::new(cx.t(title).to_uppercase())
                .font(text::group())
                .color(palette(ui).text_2),
        );
    });
    for &stage in stages {
        entry(cx, ui, Page::of_stage(stage), Some(&cx.state.status(stage)));
    }
    ui.add_space(space::SMALL);
}

fn entry(cx: &PageContext<'_>, ui: &mut Ui, page: Page, status: Option<&StageStatus>) {
    let p = palette(ui);
    let label = cx.t(page.title());
    let on = cx.state.settings.page == page;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), space::NAV_ROW), Sense::click());
    let radius = CornerRadius::same(space::CONTROL_RADIUS);
    if on || response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, radius, p.raised);
    }
    if on {
        let edge = egui::Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        ui.painter().rect_filled(
            edge,
            CornerRadius {
                nw: 6,
                sw: 6,
                ne: 0,
                se: 0,
            },
            p.accent,
        );
    }
    let ink = if on { p.text } else { p.text_2 };
    ui.painter().text(
        pos2(rect.left() + 12.0, rect.center().y),
        egui::Align2::LEFT_CENTER,
        label,
        text::body(),
        ink,
    );
    if let Some(status) = status {
        let mark_at = pos2(rect.right() - 14.0, rect.center().y);
        let time = ui.input(|i| i.time);
        paint_stage_mark(ui.painter(), mark_at, status.mark, &p, time);
        if let Some(count) = &status.count {
            let at = pos2(rect.right() - 28.0, rect.center().y);
            ui.painter()
                .text(at, egui::Align2::RIGHT_CENTER, count, text::small(), p.text_2);
        }
        // The mark turns with each frame drawn for another reason: frames of its own would keep a core busy for as
        // long as a training lasts.
    }
    let spoken = status.map_or_else(
        || label.to_owned(),
        |status| format!("{label} {}", cx.t(words::mark(status.mark))),
    );
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, on, label));
    let response = if status.is_some() {
        response.on_hover_text(spoken)
    } else {
        response
    };
    if response.clicked() {
        cx.send(Command::Go(page));
    }
}
