//! The console: what the worker said, with a filter.

use super::super::PageContext;
use super::header::clock;
use crate::engine::run::event::EventBody;
use crate::engine::run::replay::ConsoleLine;
use crate::gui::i18n::{common, number, train as words};
use crate::gui::runs::RunSnapshot;
use crate::gui::settings::Language;
use crate::gui::theme::{Palette, palette, space, text};
use crate::gui::widgets;
use egui::{Color32, RichText, Ui};

/// Widget state only; lines are formatted once per change.
#[derive(Default)]
pub(super) struct ConsoleView {
    filter: String,
    only_warnings: bool,
    key: Option<Key>,
    lines: Vec<Line>,
}

#[derive(PartialEq)]
struct Key {
    run_id: String,
    last_seq: Option<u64>,
    corrupt_lines: u64,
    filter: String,
    only_warnings: bool,
    lang: Language,
}

struct Line {
    time: String,
    step: String,
    text: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Quiet,
    Warning,
    Error,
}

const ROW_HEIGHT: f32 = 18.0;

impl ConsoleView {
    pub(super) fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, height: f32) {
        let p = palette(ui);
        ui.horizontal(|ui| {
            let field = egui::TextEdit::singleline(&mut self.filter)
                .hint_text(cx.t(common::FILTER))
                .desired_width(180.0);
            let response = ui.add(field);
            response
                .widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, cx.t(words::FILTER_CONSOLE)));
            if widgets::toggle_chip(ui, self.only_warnings, cx.t(words::ONLY_WARNINGS)).clicked() {
                self.only_warnings = !self.only_warnings;
            }
            if run.view.console_dropped > 0 {
                let dropped = words::dropped_lines(cx.lang(), run.view.console_dropped);
                ui.label(RichText::new(dropped).font(text::small()).color(p.text_2));
            }
        });
        self.refresh(cx.lang(), run);
        let height = height - ui.spacing().interact_size.y - space::SMALL;
        if self.lines.is_empty() {
            ui.label(RichText::new(cx.t(words::NO_LINES)).color(p.text_2));
        }
        egui::ScrollArea::vertical()
            .id_salt("console")
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink(false)
            .stick_to_bottom(true)
            .show_rows(ui, ROW_HEIGHT, self.lines.len(), |ui, range| {
                for line in &self.lines[range] {
                    line_ui(ui, line, &p);
                }
            });
    }

    fn refresh(&mut self, lang: Language, run: &RunSnapshot) {
        let key = Key {
            run_id: run.run_id.clone(),
            last_seq: run.view.last_seq,
            corrupt_lines: run.view.corrupt_lines,
            filter: self.filter.to_lowercase(),
            only_warnings: self.only_warnings,
            lang,
        };
        if self.key.as_ref() == Some(&key) {
            return;
        }
        let all = run.view.console.iter().map(|line| shown(lang, line));
        self.lines = all
            .filter(|line| !key.only_warnings || matches!(line.kind, Kind::Warning | Kind::Error))
            .filter(|line| key.filter.is_empty() || line.text.to_lowercase().contains(&key.filter))
            .collect();
        self.key = Some(key);
    }
}

fn shown(lang: Language, line: &ConsoleLine) -> Line {
    let (time, step, kind) = match line {
        ConsoleLine::Corrupt { .. } => (String::new(), String::new(), Kind::Warning),
        ConsoleLine::Event(event) => {
            let kind = match event.body {
                EventBody::Warning { .. } => Kind::Warning,
                EventBody::Failed { .. } => Kind::Error,
                EventBody::Log { .. } | EventBody::Phase { .. } => Kind::Quiet,
                _ => Kind::Plain,
            };
            (clock(event.wall_ms), number::count(event.step), kind)
        }
    };
    Line {
        time,
        step,
        text: words::console_line(lang, line),
        kind,
    }
}

fn line_ui(ui: &mut Ui, line: &Line, p: &Palette) {
    let color = match line.kind {
        Kind::Plain => p.text,
        Kind::Quiet => p.text_2,
        Kind::Warning => p.warning,
        Kind::Error => p.danger,
    };
    let sign = match line.kind {
        Kind::Warning => "▲ ",
        Kind::Error => "● ",
        _ => "",
    };
    ui.horizontal(|ui| {
        ui.set_height(ROW_HEIGHT);
        let part = |ui: &mut Ui, width: f32, value: &str, color: Color32| {
            ui.allocate_ui(egui::vec2(width, ROW_HEIGHT), |ui| {
                ui.set_min_width(width);
                ui.label(RichText::new(value).font(text::small()).color(color));
            });
        };
        part(ui, 62.0, &line.time, p.text_2);
        part(ui, 44.0, &line.step, p.text_2);
        let message = RichText::new(format!("{sign}{}", line.text))
            .font(text::small())
            .color(color);
        ui.add(egui::Label::new(message).truncate().selectable(true))
            .on_hover_text(&line.text);
    });
}
