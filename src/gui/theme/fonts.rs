//! Fonts: one family for Latin and 中文 from the system, with on-demand system fonts behind it.

use egui::epaint::text::{FontPriority, InsertFontFamily};
use egui::{FontData, FontFamily};
use std::path::Path;
use std::sync::Arc;

/// Font files that hold Latin and simplified Chinese in one design, with the index of the SC face.
const CANDIDATES: &[(&str, u32)] = &[
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/System/Library/Fonts/Hiragino Sans GB.ttc", 0),
    ("C:\\Windows\\Fonts\\msyh.ttc", 0),
];

/// Installs the interface fonts; where none of the known files exists egui's own Latin font stays and
/// Chinese comes from whatever the system offers.
pub fn install_fonts(ctx: &egui::Context) {
    for &(path, index) in CANDIDATES {
        if let Some(data) = read(Path::new(path), index) {
            ctx.add_font(egui::FontInsert {
                name: "interface".into(),
                data,
                families: vec![
                    InsertFontFamily {
                        family: FontFamily::Proportional,
                        priority: FontPriority::Highest,
                    },
                    InsertFontFamily {
                        family: FontFamily::Monospace,
                        priority: FontPriority::Lowest,
                    },
                ],
            });
            break;
        }
    }
    let provider = egui_system_font_provider::SystemFontProvider::new().with_locale(Some("zh-Hans"));
    ctx.add_font_provider(Arc::new(provider));
}

fn read(path: &Path, index: u32) -> Option<FontData> {
    let bytes = std::fs::read(path).ok()?;
    let mut data = FontData::from_owned(bytes);
    data.index = index;
    Some(data)
}
