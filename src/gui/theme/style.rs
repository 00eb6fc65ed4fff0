//! Turns the tokens into egui styles.

use super::palette::Palette;
use super::{space, text};
use crate::gui::settings::ThemeChoice;
use egui::{CornerRadius, Stroke, TextStyle, Theme, ThemePreference, Visuals, vec2};

/// Installs fonts and both styles; call once at start, in the window and in tests alike.
pub fn install(ctx: &egui::Context) {
    super::install_fonts(ctx);
    for theme in [Theme::Dark, Theme::Light] {
        ctx.style_mut_of(theme, |style| configure(style, theme));
    }
    ctx.options_mut(|options| options.quit_shortcuts.clear());
}

/// Draws dark, light or as the system does, whatever was drawn before.
pub fn apply_theme(ctx: &egui::Context, choice: ThemeChoice) {
    let wanted = match choice {
        ThemeChoice::Dark => ThemePreference::Dark,
        ThemeChoice::Light => ThemePreference::Light,
        ThemeChoice::System => ThemePreference::System,
    };
    if ctx.options(|options| options.theme_preference) != wanted {
        ctx.set_theme(wanted);
        // The frame under way has its style already; without another one the old theme would stay on the screen.
        ctx.request_repaint();
    }
}

fn configure(style: &mut egui::Style, theme: Theme) {
    let palette = if theme == Theme::Dark {
        Palette::DARK
    } else {
        Palette::LIGHT
    };
    style.text_styles.insert(TextStyle::Body, text::body());
    style.text_styles.insert(TextStyle::Button, text::body());
    style.text_styles.insert(TextStyle::Small, text::small());
    style.text_styles.insert(TextStyle::Heading, text::title());
    style.text_styles.insert(TextStyle::Monospace, text::mono());
    style.spacing.item_spacing = vec2(8.0, 6.0);
    style.spacing.button_padding = vec2(12.0, 5.0);
    style.spacing.interact_size = vec2(32.0, 28.0);
    style.spacing.menu_margin = egui::Margin::same(6);
    style.spacing.scroll = egui::style::ScrollStyle::solid();
    style.spacing.scroll.bar_width = 8.0;
    style.spacing.scroll.floating = true;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.3;
    style.animation_time = 0.1;
    style.visuals = visuals(theme, &palette);
}

fn visuals(theme: Theme, palette: &Palette) -> Visuals {
    let mut visuals = theme.default_visuals();
    visuals.panel_fill = palette.panel;
    visuals.window_fill = palette.card;
    visuals.extreme_bg_color = palette.background;
    visuals.text_edit_bg_color = Some(palette.background);
    visuals.faint_bg_color = palette.raised;
    visuals.code_bg_color = palette.raised;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.window_corner_radius = CornerRadius::same(space::CARD_RADIUS);
    visuals.menu_corner_radius = CornerRadius::same(space::CONTROL_RADIUS);
    visuals.window_shadow = egui::Shadow::NONE;
    visuals.popup_shadow = egui::Shadow::NONE;
    visuals.selection.bg_fill = palette.accent_tint;
    visuals.selection.stroke = Stroke::new(1.0, palette.accent);
    visuals.hyperlink_color = palette.info;
    visuals.warn_fg_color = palette.warning;
    visuals.error_fg_color = palette.danger;
    visuals.weak_text_color = Some(palette.text_2);
    visuals.striped = false;
    visuals.slider_trailing_fill = true;
    let radius = CornerRadius::same(space::CONTROL_RADIUS);
    let widgets = &mut visuals.widgets;
    for (widget, fill, line, ink) in [
        (&mut widgets.noninteractive, palette.card, palette.line, palette.text),
        (&mut widgets.inactive, palette.raised, palette.line, palette.text),
        (&mut widgets.hovered, palette.raised, palette.text_3, palette.text),
        (&mut widgets.active, palette.accent_tint, palette.accent, palette.text),
        (&mut widgets.open, palette.raised, palette.text_3, palette.text),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, line);
        widget.fg_stroke = Stroke::new(1.0, ink);
        widget.corner_radius = radius;
        widget.expansion = 0.0;
    }
    visuals
}
