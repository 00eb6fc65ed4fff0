//! The columns: type and format of each, with what the sampled cells show, and the controls to decide otherwise.

use super::super::PageContext;
use super::editor::{Typed, attempt, evidence};
use crate::engine::artifact::ColumnType;
use crate::engine::ingest::{ColumnInfo, NumberFormat, Preview, ReadOptions, TimeChoice};
use crate::gui::i18n::reading as words;
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

const TYPES: [ColumnType; 5] = [
    ColumnType::Text,
    ColumnType::Integer,
    ColumnType::Float,
    ColumnType::Boolean,
    ColumnType::Time,
];
/// What the choice `a pattern of your own` starts with.
const FIRST_PATTERN: &str = "%Y-%m-%d %H:%M:%S";

pub fn ui(cx: &PageContext<'_>, ui: &mut Ui, seen: &Preview, typed: &mut Typed) {
    let options = cx.state.data.trial();
    if !seen.unknown_columns.is_empty() {
        let told = words::unknown_columns(cx.lang(), &seen.unknown_columns);
        widgets::tone_text(ui, crate::gui::theme::Tone::Warning, &told);
        ui.add_space(space::SMALL);
    }
    for info in &seen.log.info.columns {
        ui.push_id(&info.name, |ui| column(cx, ui, info, (options, typed)));
    }
}

fn column(cx: &PageContext<'_>, ui: &mut Ui, info: &ColumnInfo, (options, typed): (&ReadOptions, &mut Typed)) {
    let name = &info.name;
    ui.label(RichText::new(name).font(text::body()).color(palette(ui).text));
    ui.horizontal_top(|ui| {
        slot(ui, |ui| type_choice(cx, ui, info, options));
        slot(ui, |ui| match info.dtype {
            ColumnType::Time => time_choice(cx, ui, info, options),
            ColumnType::Integer | ColumnType::Float => number_choice(cx, ui, info, options),
            ColumnType::Text | ColumnType::Boolean => {}
        });
    });
    if let Some(TimeChoice::Pattern(pattern)) = options.times.get(name) {
        let key = format!("pattern_{name}");
        let names = (key.as_str(), cx.t(words::PATTERN), cx.t(words::PATTERN_HINT));
        let (read, show) = (|text: &str| text.to_owned(), |text: &String| text.clone());
        if let Some(pattern) = typed.field(ui, names, pattern, (read, show)) {
            let choice = TimeChoice::Pattern(pattern);
            attempt(cx, |options| drop(options.times.insert(name.clone(), choice)));
        }
    }
    let sentences: Vec<_> = info.evidence.iter().collect();
    evidence(cx, ui, &sentences, info.set_by_you);
    ui.add_space(space::GAP);
}

fn slot(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.allocate_ui(egui::vec2(200.0, 46.0), |ui| {
        ui.set_min_width(190.0);
        add(ui);
    });
}

fn type_choice(cx: &PageContext<'_>, ui: &mut Ui, info: &ColumnInfo, options: &ReadOptions) {
    let label = |dtype: ColumnType| cx.b(&dtype.label()).to_owned();
    let name = &info.name;
    let found = if options.types.contains_key(name) {
        cx.t(words::AS_FOUND).to_owned()
    } else {
        words::found(cx.lang(), &label(info.dtype))
    };
    let mut entries = vec![(None, found)];
    entries.extend(TYPES.map(|dtype| (Some(dtype), label(dtype))));
    let mut chosen = options.types.get(name).copied();
    if !widgets::choice(ui, &words::type_of(cx.lang(), name), &mut chosen, &entries) {
        return;
    }
    attempt(cx, |options| {
        // Formats of another type no longer hold.
        if chosen != Some(ColumnType::Time) {
            options.times.remove(name);
        }
        if !matches!(chosen, Some(ColumnType::Integer | ColumnType::Float)) {
            options.numbers.remove(name);
        }
        match chosen {
            Some(dtype) => drop(options.types.insert(name.clone(), dtype)),
            None => drop(options.types.remove(name)),
        }
    });
}

fn time_choice(cx: &PageContext<'_>, ui: &mut Ui, info: &ColumnInfo, options: &ReadOptions) {
    let name = &info.name;
    let set = options.times.get(name).cloned();
    let found = match (&set, &info.time_format) {
        (None, Some(format)) => words::found(cx.lang(), format),
        _ => cx.t(words::AS_FOUND).to_owned(),
    };
    let pattern = match &set {
        Some(TimeChoice::Pattern(pattern)) => pattern.clone(),
        _ => FIRST_PATTERN.to_owned(),
    };
    let choices = TimeChoice::NAMED.into_iter().chain([TimeChoice::Pattern(pattern)]);
    let mut entries = vec![(None, found)];
    entries.extend(choices.map(|choice| {
        let shown = cx.t(words::time(&choice)).to_owned();
        (Some(choice), shown)
    }));
    let mut chosen = set;
    if widgets::choice(ui, &words::written_as(cx.lang(), name), &mut chosen, &entries) {
        attempt(cx, |options| match chosen {
            Some(choice) => drop(options.times.insert(name.clone(), choice)),
            None => drop(options.times.remove(name)),
        });
    }
}

fn number_choice(cx: &PageContext<'_>, ui: &mut Ui, info: &ColumnInfo, options: &ReadOptions) {
    let name = &info.name;
    let mut chosen = options.numbers.get(name).copied();
    let found = match (chosen, &info.number_format) {
        (None, Some(format)) => words::found(cx.lang(), format),
        _ => cx.t(words::AS_FOUND).to_owned(),
    };
    let mut entries = vec![(None, found)];
    entries.extend(NumberFormat::USUAL.map(|format| (Some(format), format.example())));
    if let Some(own) = chosen.filter(|own| !NumberFormat::USUAL.contains(own)) {
        entries.push((Some(own), own.example()));
    }
    if widgets::choice(ui, &words::written_as(cx.lang(), name), &mut chosen, &entries) {
        attempt(cx, |options| match chosen {
            Some(format) => drop(options.numbers.insert(name.clone(), format)),
            None => drop(options.numbers.remove(name)),
        });
    }
}
