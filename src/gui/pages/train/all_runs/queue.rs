//! The queue and the trash.

use crate::gui::command::Command;
use crate::gui::command::train::{QueueAction, TrainCommand};
use crate::gui::i18n::number;
use crate::gui::i18n::train::{self as page, runs as words};
use crate::gui::pages::PageContext;
use crate::gui::runs::RunList;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

pub(super) fn ui(cx: &PageContext<'_>, ui: &mut Ui, list: &RunList, height: f32) {
    let p = palette(ui);
    let queue = &list.queue;
    let send = |action| cx.send(Command::Train(TrainCommand::Queue(action)));
    let name = |run_id: &str| {
        list.get(run_id)
            .map_or_else(|| run_id.to_owned(), |run| describe(cx, run))
    };
    egui::ScrollArea::vertical()
        .id_salt("queue")
        .max_height(height)
        .auto_shrink(false)
        .show(ui, |ui| {
            if queue.waiting.is_empty() && queue.current.is_none() {
                ui.label(RichText::new(cx.t(words::QUEUE_EMPTY)).color(p.text_2));
            }
            if let Some(claim) = &queue.current {
                ui.horizontal(|ui| {
                    ui.label(RichText::new(cx.t(words::NOW)).font(text::small()).color(p.accent));
                    ui.label(RichText::new(name(&claim.run_id)).color(p.text));
                });
            }
            for (at, run_id) in queue.waiting.iter().enumerate() {
                let place = at + 1;
                ui.push_id(run_id, |ui| {
                    ui.horizontal(|ui| {
                        ui.label(RichText::new(format!("{place}.")).font(text::table()).color(p.text_2));
                        ui.label(RichText::new(name(run_id)).color(p.text));
                        if at > 0 && widgets::link(ui, cx.t(words::EARLIER)).clicked() {
                            send(QueueAction::Move(run_id.clone(), place - 1));
                        }
                        if place < queue.waiting.len() && widgets::link(ui, cx.t(words::LATER)).clicked() {
                            send(QueueAction::Move(run_id.clone(), place + 1));
                        }
                        if widgets::link(ui, cx.t(words::UNQUEUE)).clicked() {
                            send(QueueAction::Remove(run_id.clone()));
                        }
                    });
                });
            }
            ui.add_space(space::SMALL);
            ui.horizontal(|ui| {
                let label = if queue.held { words::RELEASE } else { words::HOLD };
                if (queue.held || !queue.waiting.is_empty()) && widgets::secondary_button(ui, cx.t(label)).clicked() {
                    send(QueueAction::Hold(!queue.held));
                }
                if !queue.problems.is_empty() && widgets::link(ui, cx.t(words::FORGET_PROBLEMS)).clicked() {
                    send(QueueAction::Tidy);
                }
            });
            for problem in &queue.problems {
                widgets::tone_text(ui, Tone::Warning, problem);
            }
            ui.label(
                RichText::new(cx.t(words::QUEUE_WHY))
                    .font(text::small())
                    .color(p.text_2),
            );
        });
}

pub(super) fn trash_ui(cx: &PageContext<'_>, ui: &mut Ui, list: &RunList, height: f32) {
    let p = palette(ui);
    if list.trash.is_empty() {
        ui.label(RichText::new(cx.t(words::TRASH_EMPTY)).color(p.text_2));
    }
    egui::ScrollArea::vertical()
        .id_salt("trash")
        .max_height(height)
        .auto_shrink(false)
        .show(ui, |ui| {
            for run in list.trash.iter() {
                ui.push_id(&run.path, |ui| {
                    ui.horizontal(|ui| {
                        ui.label(RichText::new(&run.deleted.run_id).color(p.text));
                        let when = number::moment(run.deleted.deleted_ms);
                        ui.label(RichText::new(when).font(text::small()).color(p.text_2));
                        if widgets::link(ui, cx.t(words::RESTORE)).clicked() {
                            cx.send(Command::Train(TrainCommand::Restore(run.path.clone())));
                        }
                    });
                });
            }
        });
}

/// `Run 12 · minilm-l6, LoRA r 8, 2e-4`
fn describe(cx: &PageContext<'_>, run: &crate::gui::runs::RunSnapshot) -> String {
    let config = &run.config;
    let name = page::run_name(cx.lang(), &run.short_name());
    let method = page::method(cx.lang(), &config.method);
    format!(
        "{name} · {}, {method}, {}  {}",
        page::base_name(&config.base_model),
        number::rate(config.learning_rate),
        config.name
    )
}
