//! The frame around every page: top bar, navigation, job tray, shortcuts, drop overlay.

mod icon;
mod navigation;
mod palette;
mod top_bar;
mod tray;

pub use icon::window_icon;

use super::command::Commands;
use super::jobs::Job;
use super::pages::{Page, PageContext};
use super::theme::{palette, space, text};
use crate::gui::command::Command;
use crate::gui::command::project::ProjectCommand;
use egui::{Frame, Key, KeyboardShortcut, Margin, Modifiers, Ui};

/// Widget state of the frame.
#[derive(Default)]
pub struct Shell {
    palette: palette::CommandPalette,
}

impl Shell {
    /// Draws the frame and, in its centre, `page`.
    pub fn ui(&mut self, cx: &PageContext<'_>, jobs: &[Job], ui: &mut Ui, page: impl FnOnce(&mut Ui)) {
        let p = palette(ui);
        let bar = |margin: Margin| Frame::new().fill(p.panel).inner_margin(margin);
        egui::Panel::top("top bar")
            .exact_size(space::TOP_BAR)
            .frame(bar(Margin::symmetric(14, 6)))
            .show(ui, |ui| {
                if top_bar::ui(cx, ui) {
                    self.palette.open();
                }
            });
        egui::Panel::bottom("tray")
            .exact_size(space::TRAY)
            // A text action is nearly as high as the tray; a larger margin would push it below the window.
            .frame(bar(Margin::symmetric(14, 2)))
            .show(ui, |ui| tray::ui(cx, jobs, ui));
        egui::Panel::left("navigation")
            .exact_size(space::NAV_WIDTH)
            .resizable(false)
            .frame(bar(Margin::symmetric(8, 12)))
            .show(ui, |ui| navigation::ui(cx, ui));
        // The right margin lies inside the scrolled page: the scroll bar stands in it and covers nothing.
        let right = Margin {
            right: space::PAGE_X,
            ..Margin::ZERO
        };
        let centre = Frame::new().fill(p.background).inner_margin(Margin {
            right: 0,
            ..Margin::symmetric(space::PAGE_X, space::PAGE_Y)
        });
        egui::CentralPanel::default().frame(centre).show(ui, |ui| {
            Frame::new().inner_margin(right).show(ui, |ui| notice(cx, ui));
            ui.push_id(cx.state.settings.page as usize, |ui| {
                egui::ScrollArea::vertical()
                    .auto_shrink(false)
                    .show(ui, |ui| Frame::new().inner_margin(right).show(ui, page));
            });
        });
        self.palette.ui(cx, ui);
        drop_overlay(cx, ui);
    }
}

/// A message for the whole window, until it is dismissed.
fn notice(cx: &PageContext<'_>, ui: &mut Ui) {
    let Some(message) = &cx.state.project.notice else {
        return;
    };
    super::widgets::card(ui, |ui| {
        ui.horizontal(|ui| {
            super::widgets::tone_text(ui, super::theme::Tone::Warning, message);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if super::widgets::secondary_button(ui, cx.t(super::i18n::shell::DISMISS)).clicked() {
                    cx.send(Command::Project(ProjectCommand::DismissNotice));
                }
            });
        });
    });
    ui.add_space(space::GAP);
}

/// While files hover over the window, says what dropping them will do.
fn drop_overlay(cx: &PageContext<'_>, ui: &Ui) {
    let names: Vec<String> = ui.input(|i| {
        let paths = i.raw.hovered_files.iter().filter_map(|file| file.path.as_ref());
        let names = paths.map(|path| {
            path.file_name()
                .unwrap_or(path.as_os_str())
                .to_string_lossy()
                .into_owned()
        });
        names.collect()
    });
    if ui.input(|i| i.raw.hovered_files.is_empty()) {
        return;
    }
    let p = palette(ui);
    let whole = ui.content_rect();
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop veil"));
    ui.layer_painter(layer)
        .rect_filled(whole, 0.0, super::theme::Palette::faint(p.background, 0.8));
    egui::Area::new(egui::Id::unique("drop"))
        .order(egui::Order::Tooltip)
        .anchor(egui::Align2::CENTER_CENTER, egui::Vec2::ZERO)
        .interactable(false)
        .show(ui, |ui| {
            let frame = Frame::new()
                .fill(p.card)
                .stroke((2.0, p.accent))
                .corner_radius(space::CARD_RADIUS)
                .inner_margin(Margin::symmetric(space::PAGE_X, space::PAGE_Y));
            frame.show(ui, |ui| {
                ui.set_max_width(560.0);
                let line = |words: &str, font, color| egui::RichText::new(words).font(font).color(color);
                ui.label(line(cx.t(super::i18n::shell::DROP), text::verdict(), p.text));
                ui.label(line(cx.t(super::i18n::shell::DROP_WHY), text::body(), p.text_2));
                if !names.is_empty() {
                    ui.add_space(space::SMALL);
                    ui.label(line(
                        &super::i18n::shell::dropped(cx.lang(), &names),
                        text::body(),
                        p.accent,
                    ));
                }
            });
        });
}

/// Keys of the first pages of [`Page::ALL`].
const DIGITS: [Key; 10] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
    Key::Num0,
];

/// Ctrl+1…9 and Ctrl+0 open the pages (Ctrl+K, the command palette, is read by the frame), Ctrl+O opens a project, Ctrl+, the settings.
pub fn shortcuts(ctx: &egui::Context, commands: &Commands) {
    for (key, page) in DIGITS.into_iter().zip(Page::ALL) {
        if ctx.input_mut(|i| i.consume_shortcut(&KeyboardShortcut::new(Modifiers::COMMAND, key))) {
            commands.send(Command::Go(page));
        }
    }
    if ctx.input_mut(|i| i.consume_shortcut(&KeyboardShortcut::new(Modifiers::COMMAND, Key::O))) {
        commands.send(Command::Project(ProjectCommand::PickFolder));
    }
    if ctx.input_mut(|i| i.consume_shortcut(&KeyboardShortcut::new(Modifiers::COMMAND, Key::Comma))) {
        commands.send(Command::Go(Page::Settings));
    }
}
