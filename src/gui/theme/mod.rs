//! The look: the only colour and spacing literals of the window.

mod fonts;
mod palette;
mod style;

pub use fonts::install_fonts;
pub use palette::{Palette, Tone, palette};
pub use style::{apply_theme, install};

use egui::{FontFamily, FontId};

/// The 4-point spacing grid and the sizes built on it.
pub mod space {
    pub const PAGE_X: i8 = 20;
    pub const PAGE_Y: i8 = 16;
    pub const CARD_X: i8 = 14;
    pub const CARD_Y: i8 = 12;
    pub const GAP: f32 = 12.0;
    pub const TIGHT: f32 = 4.0;
    pub const SMALL: f32 = 8.0;
    pub const ROW: f32 = 29.0;
    pub const NAV_ROW: f32 = 34.0;
    pub const NAV_WIDTH: f32 = 196.0;
    pub const TOP_BAR: f32 = 44.0;
    pub const TRAY: f32 = 34.0;
    pub const CARD_RADIUS: u8 = 8;
    pub const CONTROL_RADIUS: u8 = 6;
    pub const CHIP_RADIUS: u8 = 10;
    /// Curve width in plots.
    pub const CURVE: f32 = 1.6;
}

/// The type scale.
pub mod text {
    use super::{FontFamily, FontId};

    pub fn title() -> FontId {
        FontId::new(20.0, FontFamily::Proportional)
    }
    pub fn verdict() -> FontId {
        FontId::new(18.0, FontFamily::Proportional)
    }
    pub fn figure() -> FontId {
        FontId::new(24.0, FontFamily::Proportional)
    }
    pub fn body() -> FontId {
        FontId::new(13.0, FontFamily::Proportional)
    }
    pub fn table() -> FontId {
        FontId::new(12.5, FontFamily::Proportional)
    }
    pub fn small() -> FontId {
        FontId::new(12.0, FontFamily::Proportional)
    }
    pub fn group() -> FontId {
        FontId::new(11.0, FontFamily::Proportional)
    }
    pub fn mono() -> FontId {
        FontId::new(12.0, FontFamily::Monospace)
    }
}
