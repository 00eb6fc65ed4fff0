//! The texts of the chosen column: scripts, languages, repeats, and what a base model's tokenizer makes of them.

use crate::engine::audit::profile::{ColumnKind, ColumnProfile, TextLanguage};
use crate::engine::run::config::TrainConfig;
use crate::gui::command::Command;
use crate::gui::command::audit::AuditCommand;
use crate::gui::i18n::audit_profile as words;
use crate::gui::i18n::number::{compact, count, share};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

/// Shares of scripts and languages that are written out.
const MOST_SHARES: usize = 4;

/// Widget state: which tokenizer, and how long a row may be.
pub(super) struct TokenChoice {
    model: String,
    max_length: usize,
}

impl Default for TokenChoice {
    fn default() -> Self {
        let usual = TrainConfig::default();
        Self {
            model: usual.base_model,
            max_length: usual.max_length,
        }
    }
}

/// Facts of a text column, for the list of facts.
pub(super) fn facts(cx: &PageContext<'_>, column: &ColumnProfile) -> Vec<(String, String)> {
    let Some(text) = &column.text else {
        return Vec::new();
    };
    let scripts = text.scripts.iter().take(MOST_SHARES);
    let scripts = scripts.map(|part| format!("{} {}", cx.b(&part.script.label()), share(part.share)));
    let languages = text.languages.iter().take(MOST_SHARES);
    let languages = languages.map(|part| format!("{} {}", cx.b(&part.language.label()), share(part.share)));
    let repeats = format!("{} · {}", count(text.surplus_rows), count(text.repeated_texts));
    vec![
        (cx.t(words::SCRIPTS).to_owned(), scripts.collect::<Vec<_>>().join(" · ")),
        (
            cx.t(words::LANGUAGES).to_owned(),
            languages.collect::<Vec<_>>().join(" · "),
        ),
        (cx.t(words::REPEATED_TEXTS).to_owned(), repeats),
    ]
}

/// Name and value one below the other, since values are lists; with the way languages are told on hover.
pub(super) fn facts_ui(cx: &PageContext<'_>, column: &ColumnProfile, ui: &mut Ui) {
    let p = palette(ui);
    for (name, value) in facts(cx, column) {
        ui.label(RichText::new(name).font(text::small()).color(p.text_2))
            .on_hover_text(cx.b(&TextLanguage::method()));
        ui.add(egui::Label::new(RichText::new(value).font(text::table()).color(p.text)).wrap());
        ui.add_space(space::TIGHT);
    }
}

impl TokenChoice {
    /// The step that counts tokens, and what it found in this column.
    pub(super) fn ui(&mut self, cx: &PageContext<'_>, column: &ColumnProfile, ui: &mut Ui) {
        if !matches!(
            column.kind,
            ColumnKind::Text | ColumnKind::Category | ColumnKind::FreeCode
        ) {
            return;
        }
        let p = palette(ui);
        ui.separator();
        ui.horizontal(|ui| {
            ui.label(RichText::new(cx.t(words::TOKENS)).font(text::small()).color(p.text_2));
            self.settings_ui(cx, ui);
        });
        let state = &cx.state.audit.tokens;
        if state.is_loading() {
            ui.label(
                RichText::new(cx.t(words::COUNTING_TOKENS))
                    .font(text::small())
                    .color(p.text_2),
            );
            return;
        }
        if cx.state.audit.log.is_some() {
            let pressed = widgets::link(ui, cx.t(words::COUNT_TOKENS))
                .on_hover_text(cx.t(words::TOKENS_WHY))
                .clicked();
            if pressed {
                cx.send(Command::Audit(AuditCommand::CountTokens {
                    column: column.name.clone(),
                    model: self.model.clone(),
                    max_length: self.max_length,
                }));
            }
        }
        if let Some(error) = state.error() {
            widgets::tone_text(ui, Tone::Danger, error);
        }
        self.found_ui(cx, column, ui);
    }

    fn settings_ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        egui::ComboBox::from_id_salt("tokenizer")
            .selected_text(self.model.as_str())
            .width(110.0)
            .show_ui(ui, |ui| {
                for name in cx.state.train.base_models.iter() {
                    ui.selectable_value(&mut self.model, name.clone(), name);
                }
            });
        let limit = egui::DragValue::new(&mut self.max_length).range(8..=512);
        ui.add(limit).accessible_name(cx.t(words::MAX_LENGTH));
        let color = palette(ui).text_2;
        ui.label(RichText::new(cx.t(words::MAX_LENGTH)).font(text::small()).color(color));
    }

    fn found_ui(&self, cx: &PageContext<'_>, column: &ColumnProfile, ui: &mut Ui) {
        let found = cx.state.audit.tokens.value();
        let Some((model, tokens)) = found.and_then(|found| found.get(&column.name)) else {
            return;
        };
        let p = palette(ui);
        let of = words::tokens_of(cx.lang(), model, tokens.max_length);
        ui.label(RichText::new(of).font(text::small()).color(p.text_2));
        let rate = |rate: Option<f64>| rate.map_or_else(|| "–".to_owned(), share);
        let mean = tokens.mean_length.map_or_else(|| "–".to_owned(), compact);
        let facts = [
            (
                words::TOKEN_LENGTHS,
                format!("{mean} · {} · {}", tokens.p95, tokens.longest),
            ),
            (
                words::TRUNCATED,
                format!("{} ({})", count(tokens.truncated_rows), rate(tokens.truncation_rate)),
            ),
            (
                words::UNKNOWN,
                format!("{} ({})", count(tokens.unknown_tokens), rate(tokens.unknown_rate)),
            ),
            (
                words::PADDING,
                format!("{} · {}", rate(tokens.padding_waste), rate(tokens.batch_padding_waste)),
            ),
        ];
        let facts: Vec<(String, String)> = facts.map(|(name, value)| (cx.t(name).to_owned(), value)).to_vec();
        widgets::fact_lines(ui, &facts);
        if let Some(lengths) = &tokens.lengths {
            widgets::mini_histogram(ui, lengths, p.series(2), ui.available_width().min(260.0));
        }
    }
}
