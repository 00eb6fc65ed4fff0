//! The data page.

use super::PageContext;
use crate::gui::i18n;
use crate::gui::widgets;

/// Widget state only.
#[derive(Default)]
pub struct DataPage {}

impl DataPage {
    pub fn ui(&mut self, cx: &PageContext<'_>, ui: &mut egui::Ui) {
        widgets::page_header(ui, cx.t(i18n::data::TITLE), "", |_ui| {});
    }
}
