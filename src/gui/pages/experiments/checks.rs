//! The checks beside the verdict: mark, what was checked, the figure; hover says what it means.

use crate::engine::experiment::report::Check;
use crate::engine::experiment::{CheckStatus, ExperimentReport};
use crate::gui::i18n::experiments as words;
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{Align, Layout, RichText, Sense, Ui, vec2};

pub(super) fn tone(status: CheckStatus) -> Tone {
    match status {
        CheckStatus::Passed => Tone::Success,
        CheckStatus::Skipped => Tone::Quiet,
        CheckStatus::Note => Tone::Info,
        CheckStatus::Warning => Tone::Warning,
        CheckStatus::Failed => Tone::Danger,
    }
}

pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, report: &ExperimentReport) {
    let count = |test: &dyn Fn(CheckStatus) -> bool| report.checks.iter().filter(|check| test(check.status)).count();
    let passed = count(&|status| status == CheckStatus::Passed);
    let open = count(&|status| status >= CheckStatus::Note);
    let worst = report.checks.iter().map(|check| check.status).max();
    widgets::card_titled(
        ui,
        cx.t(words::CHECKS),
        |ui| {
            if open > 0 {
                let tone = worst.map_or(Tone::Quiet, tone);
                widgets::chip(ui, &words::to_look_at(cx.lang(), open), tone);
            }
            widgets::chip(ui, &words::passed(cx.lang(), passed), Tone::Success);
        },
        |ui| {
            for check in &report.checks {
                row(cx, ui, check);
            }
        },
    );
}

fn row(cx: &PageContext<'_>, ui: &mut Ui, check: &Check) {
    let p = palette(ui);
    let (title, value) = (cx.b(&check.title), cx.b(&check.value));
    let drawn = ui.scope(|ui| {
        ui.set_min_height(space::ROW - 4.0);
        ui.horizontal(|ui| {
            let (mark, response) = ui.allocate_exact_size(vec2(18.0, 20.0), Sense::hover());
            widgets::paint_tone_mark(ui.painter(), mark.center(), tone(check.status), &p);
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, format!("{:?}", check.status)));
            ui.label(RichText::new(title).font(text::table()).color(p.text));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(value).font(text::table()).color(p.text_2)).truncate());
            });
        });
    });
    drawn.response.on_hover_text(cx.b(&check.explanation));
    if check.status >= CheckStatus::Warning {
        ui.label(
            RichText::new(cx.b(&check.explanation))
                .font(text::small())
                .color(p.text_2),
        );
    }
}
