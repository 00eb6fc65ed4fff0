//! A page's content side by side.

use crate::gui::theme::space;
use egui::Ui;

/// Two columns that share the width.
#[derive(Clone, Copy)]
pub struct Columns {
    left: f32,
    right: f32,
}

impl Columns {
    pub fn of(width: f32, left_share: f32) -> Self {
        let left = ((width - space::GAP) * left_share).floor();
        Self {
            left,
            right: width - space::GAP - left,
        }
    }

    pub fn left(self, ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
        column(ui, self.left, add);
    }

    pub fn right(self, ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
        column(ui, self.right, add);
    }
}

fn column(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(width);
        ui.set_max_width(width);
        // The gap between the columns is not the gap inside them.
        ui.spacing_mut().item_spacing.x = space::SMALL;
        add(ui);
    });
}
