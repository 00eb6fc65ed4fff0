//! How the bytes became records, in short: the decisions, their evidence, and how files differ.

use super::super::PageContext;
use crate::engine::ingest::{Dataset, SourceFile};
use crate::gui::i18n::data as words;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

/// Lines about files that differ are scrolled beyond this.
const DIFFERENCES_HEIGHT: f32 = 84.0;

/// True when the decisions are to be changed.
pub fn ui(cx: &PageContext<'_>, ui: &mut Ui, log: &Dataset) -> bool {
    let dialect = &log.info.dialect;
    let mut change = false;
    widgets::card_titled(
        ui,
        cx.t(words::DIALECT),
        |ui| {
            if dialect.format != "parquet" {
                change = widgets::secondary_button(ui, cx.t(words::CHANGE)).clicked();
            }
        },
        |ui| {
            if dialect.format == "csv" {
                facts(cx, ui, log);
                ui.add_space(space::TIGHT);
            }
            let evidence: Vec<&str> = dialect.evidence.iter().map(|sentence| cx.b(sentence)).collect();
            let evidence = evidence.join(" · ");
            ui.label(RichText::new(evidence).font(text::small()).color(palette(ui).text_2));
            differences(cx, ui, &log.info.sources);
        },
    );
    change
}

fn facts(cx: &PageContext<'_>, ui: &mut Ui, log: &Dataset) {
    let dialect = &log.info.dialect;
    let none = || cx.t(words::NONE).to_owned();
    let header = cx.t(if dialect.header { words::YES } else { words::NO });
    let delimiter = match dialect.delimiter {
        '\t' => cx.t(words::TAB).to_owned(),
        other => other.to_string(),
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::GAP * 2.0;
        for (label, value) in [
            (words::ENCODING, dialect.encoding.clone()),
            (words::DELIMITER, delimiter),
            (words::QUOTE, dialect.quote.map_or_else(none, String::from)),
            (words::HEADER, header.to_owned()),
            (words::LINE_ENDING, dialect.line_ending.to_uppercase()),
        ] {
            widgets::labelled(ui, cx.t(label), |ui| {
                ui.label(RichText::new(value).color(palette(ui).text));
            });
        }
    });
}

/// How each file differs from the first.
fn differences(cx: &PageContext<'_>, ui: &mut Ui, sources: &[SourceFile]) {
    let differing = || sources.iter().filter(|source| !source.schema_differences.is_empty());
    let count = differing().count();
    if count == 0 {
        return;
    }
    ui.add_space(space::TIGHT);
    let told = words::differing(cx.lang(), count, sources.len());
    widgets::tone_text(ui, crate::gui::theme::Tone::Warning, &told);
    egui::ScrollArea::vertical()
        .id_salt("differences")
        .max_height(DIFFERENCES_HEIGHT)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            for source in differing() {
                let name = source.path.file_name();
                let name = name.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
                let differences: Vec<&str> = source.schema_differences.iter().map(|words| cx.b(words)).collect();
                let line = format!("{name}: {}", differences.join("; "));
                ui.label(RichText::new(line).font(text::small()).color(palette(ui).text));
            }
        });
}
