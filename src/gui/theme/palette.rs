//! Colour tokens, dark and light.

use crate::engine::artifact::Severity;
use egui::Color32;

/// Every colour the window draws with, by role.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    pub background: Color32,
    pub panel: Color32,
    pub card: Color32,
    pub raised: Color32,
    pub line: Color32,
    /// Primary text.
    pub text: Color32,
    /// Secondary text.
    pub text_2: Color32,
    /// Marks that repeat what stands elsewhere.
    pub text_3: Color32,
    pub accent: Color32,
    pub accent_tint: Color32,
    /// Text on an accent fill.
    pub on_accent: Color32,
    pub success: Color32,
    pub warning: Color32,
    pub danger: Color32,
    pub info: Color32,
    /// Categorical series in plots, in order.
    pub series: [Color32; 8],
}

/// What a mark or a number means; always shown with a shape or a word beside the colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Quiet,
    Accent,
    Success,
    Warning,
    Danger,
    Info,
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Danger,
            Severity::Warning => Self::Warning,
            Severity::Info => Self::Info,
        }
    }
}

impl Palette {
    pub const DARK: Self = Self {
        background: rgb(0x0012_1417),
        panel: rgb(0x0018_1B20),
        card: rgb(0x001F_232A),
        raised: rgb(0x0027_2C35),
        line: rgb(0x002D_333D),
        text: rgb(0x00EC_EDEF),
        text_2: rgb(0x00A9_B0BC),
        text_3: rgb(0x0087_909E),
        accent: rgb(0x00E3_B34C),
        accent_tint: rgb(0x003A_3020),
        on_accent: rgb(0x001A_1608),
        success: rgb(0x004C_BF7A),
        warning: rgb(0x00E6_B450),
        danger: rgb(0x00E7_675C),
        info: rgb(0x005B_A8E5),
        series: [
            rgb(0x005B_A8E5),
            rgb(0x00F0_954A),
            rgb(0x0049_BE93),
            rgb(0x00B4_8BE0),
            rgb(0x00E7_675C),
            rgb(0x00E2_C650),
            rgb(0x003E_C0C8),
            rgb(0x00E6_8AB4),
        ],
    };

    pub const LIGHT: Self = Self {
        background: rgb(0x00F5_F4F0),
        panel: rgb(0x00FC_FBF9),
        card: rgb(0x00FF_FFFF),
        raised: rgb(0x00EF_EDE7),
        line: rgb(0x00DD_D9D0),
        text: rgb(0x001C_1F24),
        text_2: rgb(0x0054_5B66),
        text_3: rgb(0x006B_727E),
        accent: rgb(0x008F_6400),
        accent_tint: rgb(0x00F3_E6C6),
        on_accent: rgb(0x00FF_FFFF),
        success: rgb(0x001F_7F45),
        warning: rgb(0x008F_6400),
        danger: rgb(0x00B9_3228),
        info: rgb(0x001F_6FB2),
        series: [
            rgb(0x001F_6FB2),
            rgb(0x00B8_5A0C),
            rgb(0x0015_795A),
            rgb(0x0073_46AE),
            rgb(0x00B9_3228),
            rgb(0x008A_7400),
            rgb(0x000E_7A82),
            rgb(0x00A8_3B72),
        ],
    };

    pub fn tone(&self, tone: Tone) -> Color32 {
        match tone {
            Tone::Plain => self.text,
            Tone::Quiet => self.text_2,
            Tone::Accent => self.accent,
            Tone::Success => self.success,
            Tone::Warning => self.warning,
            Tone::Danger => self.danger,
            Tone::Info => self.info,
        }
    }

    /// The colour of series `index`, repeating after eight.
    pub fn series(&self, index: usize) -> Color32 {
        self.series[index % self.series.len()]
    }

    /// A translucent version of a token, for bands and faint curves.
    pub fn faint(color: Color32, opacity: f32) -> Color32 {
        color.gamma_multiply(opacity)
    }
}

/// The palette of the theme this `Ui` is drawn in.
pub fn palette(ui: &egui::Ui) -> Palette {
    if ui.visuals().dark_mode {
        Palette::DARK
    } else {
        Palette::LIGHT
    }
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(c: Color32) -> f64 {
        let channel = |v: u8| {
            let s = f64::from(v) / 255.0;
            if s <= 0.040_45 {
                s / 12.92
            } else {
                ((s + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * channel(c.r()) + 0.7152 * channel(c.g()) + 0.0722 * channel(c.b())
    }

    /// WCAG 2.1 contrast ratio.
    fn contrast(a: Color32, b: Color32) -> f64 {
        let (x, y) = (luminance(a), luminance(b));
        (x.max(y) + 0.05) / (x.min(y) + 0.05)
    }

    #[test]
    fn text_and_tones_are_readable_on_cards() {
        for p in [Palette::DARK, Palette::LIGHT] {
            let tones = [
                p.text, p.text_2, p.text_3, p.accent, p.success, p.warning, p.danger, p.info,
            ];
            for color in tones {
                assert!(
                    contrast(color, p.card) >= 4.5,
                    "{color:?} on {:?}: {}",
                    p.card,
                    contrast(color, p.card)
                );
            }
            assert!(contrast(p.on_accent, p.accent) >= 4.5);
        }
    }
}
