//! Form rows: a label, a control, and what it means.

use crate::gui::theme::{palette, text};
use egui::{Response, RichText, Ui};
use std::path::PathBuf;

/// A label above whatever `add` draws; inputs inside are named by it for screen readers.
pub fn labelled<R>(ui: &mut Ui, label: &str, add: impl FnOnce(&mut Ui) -> R) -> R {
    let color = palette(ui).text_2;
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        let id = ui.label(RichText::new(label).font(text::small()).color(color)).id;
        ui.label_inputs_by(id, add)
    })
    .inner
}

/// A single-line text field with a label above. True when it changed.
pub fn field(ui: &mut Ui, label: &str, value: &mut String, hint: &str) -> bool {
    labelled(ui, label, |ui| {
        ui.add(
            egui::TextEdit::singleline(value)
                .hint_text(hint)
                .desired_width(ui.available_width().min(280.0)),
        )
        .changed()
    })
}

/// A field for the path of a file and the button that opens it; Enter does the same. The path once it is sent.
pub fn path_field(ui: &mut Ui, path: &mut String, hint: &str, open: &str) -> Option<PathBuf> {
    ui.horizontal(|ui| {
        let field = egui::TextEdit::singleline(path)
            .hint_text(hint)
            .desired_width((ui.available_width() - 90.0).clamp(120.0, 420.0));
        let response = ui.add(field);
        let enter = response.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
        let pressed = super::secondary_button(ui, open).clicked();
        let typed = path.trim();
        ((enter || pressed) && !typed.is_empty()).then(|| PathBuf::from(typed))
    })
    .inner
}

/// A number with a label above. True when it changed.
pub fn number_field<N: egui::emath::Numeric>(
    ui: &mut Ui,
    label: &str,
    value: &mut N,
    range: std::ops::RangeInclusive<N>,
) -> bool {
    labelled(ui, label, |ui| {
        ui.add(egui::DragValue::new(value).range(range)).changed()
    })
}

/// A drop-down with a label above. True when another entry was chosen.
pub fn choice<T: PartialEq + Clone>(ui: &mut Ui, label: &str, value: &mut T, entries: &[(T, String)]) -> bool {
    let shown = entries
        .iter()
        .find(|(entry, _)| entry == value)
        .map_or("–", |(_, name)| name.as_str())
        .to_owned();
    labelled(ui, label, |ui| {
        let mut changed = false;
        egui::ComboBox::from_id_salt(label)
            .selected_text(shown)
            .width(ui.available_width().min(200.0))
            // A dozen entries are seen at once.
            .height(360.0)
            .show_ui(ui, |ui| {
                for (entry, name) in entries {
                    changed |= ui.selectable_value(value, entry.clone(), name).changed();
                }
            });
        changed
    })
}

/// A choice of several, whose empty circle is seen on a card in either theme.
pub fn radio(ui: &mut Ui, is_chosen: bool, label: &str) -> Response {
    outlined(ui, |ui| ui.radio(is_chosen, label))
}

/// On or off; an empty box is seen on a card in either theme. Fainter where it cannot be chosen.
pub fn check_box(ui: &mut Ui, on: &mut bool, label: &str) -> Response {
    outlined(ui, |ui| ui.checkbox(on, label))
}

/// Draws something whose shape alone says that it can be chosen: with an outline as clear as small text.
fn outlined(ui: &mut Ui, add: impl FnOnce(&mut Ui) -> Response) -> Response {
    let line = palette(ui).text_3;
    ui.scope(|ui| {
        ui.visuals_mut().widgets.inactive.bg_stroke.color = line;
        add(ui)
    })
    .inner
}
