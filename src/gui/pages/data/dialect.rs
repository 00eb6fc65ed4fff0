//! How the bytes became records, with the evidence, and the controls to decide otherwise.

use super::super::PageContext;
use crate::engine::ingest::{Dataset, ReadOptions};
use crate::gui::command::Command;
use crate::gui::command::data::DataCommand;
use crate::gui::i18n::data as words;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

const ENCODINGS: [&str; 5] = ["UTF-8", "gb18030", "Big5", "UTF-16LE", "windows-1252"];
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

pub fn ui(cx: &PageContext<'_>, ui: &mut Ui, log: &Dataset) {
    let dialect = &log.info.dialect;
    widgets::card_titled(
        ui,
        cx.t(words::DIALECT),
        |_ui| {},
        |ui| {
            let p = palette(ui);
            if dialect.format == "csv" {
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = space::GAP;
                    controls(cx, ui, log);
                });
                ui.add_space(space::TIGHT);
            }
            let evidence: Vec<&str> = dialect.evidence.iter().map(|sentence| cx.b(sentence)).collect();
            let evidence = evidence.join(" · ");
            ui.label(RichText::new(evidence).font(text::small()).color(p.text_2));
            for source in &log.info.sources {
                if !source.schema_differences.is_empty() {
                    let name = source
                        .path
                        .file_name()
                        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
                    let differences: Vec<&str> = source.schema_differences.iter().map(|words| cx.b(words)).collect();
                    let line = format!("{name}: {}", differences.join("; "));
                    ui.label(RichText::new(line).font(text::small()).color(p.warning));
                }
            }
        },
    );
}

/// Each choice shows what was found; another entry reads the files again.
fn controls(cx: &PageContext<'_>, ui: &mut Ui, log: &Dataset) {
    let options = &cx.state.data.options;
    let dialect = &log.info.dialect;
    let found = |value: &str| format!("{} ({value})", cx.t(words::DETECT));
    let mut encoding = options.encoding.clone();
    let mut entries = vec![(None, found(&dialect.encoding))];
    entries.extend(ENCODINGS.map(|name| (Some(name.to_owned()), name.to_owned())));
    slot(ui, |ui| {
        if widgets::choice(ui, cx.t(words::ENCODING), &mut encoding, &entries) {
            send(cx, |options| options.encoding = encoding.clone());
        }
    });
    let mut delimiter = options.delimiter;
    let mut entries = vec![(None, found(&shown(cx, dialect.delimiter)))];
    entries.extend(DELIMITERS.map(|value| (Some(value), shown(cx, value))));
    slot(ui, |ui| {
        if widgets::choice(ui, cx.t(words::DELIMITER), &mut delimiter, &entries) {
            send(cx, |options| options.delimiter = delimiter);
        }
    });
    let mut header = options.header;
    let yes_no = |value: bool| cx.t(if value { words::YES } else { words::NO }).to_owned();
    let entries = [
        (None, found(&yes_no(dialect.header))),
        (Some(true), yes_no(true)),
        (Some(false), yes_no(false)),
    ];
    slot(ui, |ui| {
        if widgets::choice(ui, cx.t(words::HEADER), &mut header, &entries) {
            send(cx, |options| options.header = header);
        }
    });
    let quote = dialect
        .quote
        .map_or_else(|| cx.t(words::NONE).to_owned(), |quote| quote.to_string());
    for (label, value) in [
        (words::QUOTE, quote),
        (words::LINE_ENDING, dialect.line_ending.to_uppercase()),
    ] {
        widgets::labelled(ui, cx.t(label), |ui| {
            ui.label(RichText::new(value).color(palette(ui).text));
        });
    }
}

fn slot(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui(egui::vec2(210.0, 50.0), add);
}

fn send(cx: &PageContext<'_>, change: impl FnOnce(&mut ReadOptions)) {
    let mut options = cx.state.data.options.clone();
    change(&mut options);
    cx.send(Command::Data(DataCommand::SetOptions(Box::new(options))));
}

fn shown(cx: &PageContext<'_>, delimiter: char) -> String {
    if delimiter == '\t' {
        cx.t(words::TAB).to_owned()
    } else {
        delimiter.to_string()
    }
}
