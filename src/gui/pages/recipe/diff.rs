//! The rows a step touches, before and after.

use super::shown_preview;
use crate::engine::recipe::{DiffRow, StepDiff};
use crate::gui::i18n::{common, recipe as words};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Palette, Tone, palette, space, text};
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

pub(super) fn card(cx: &PageContext<'_>, ui: &mut Ui, height: f32) {
    let Some(selected) = cx.state.recipe.selected else {
        return;
    };
    let found = shown_preview(cx);
    let diff = found
        .and_then(|found| found.preview.diff.as_ref())
        .filter(|diff| diff.step == selected);
    let count = diff.map(|diff| words::affected(cx.lang(), diff.rows.len(), diff.rows_affected));
    widgets::card_titled(
        ui,
        cx.t(words::EFFECT),
        |ui| {
            if let Some(count) = count {
                widgets::chip(ui, &count, Tone::Quiet);
            }
        },
        |ui| match diff {
            Some(diff) if !diff.rows.is_empty() => rows(cx, ui, diff, height),
            _ => nothing(cx, ui, selected),
        },
    );
}

fn nothing(cx: &PageContext<'_>, ui: &mut Ui, selected: usize) {
    let step = cx.state.recipe.recipe.steps.get(selected);
    let words = match step {
        Some(step) if !step.enabled => words::OFF_EFFECT,
        _ if cx.state.recipe.preview.is_loading() => words::CALCULATING,
        _ => words::NO_EFFECT,
    };
    ui.add_space(space::SMALL);
    ui.label(RichText::new(cx.t(words)).font(text::body()).color(palette(ui).text_2));
    ui.add_space(space::SMALL);
}

/// What a column of the table shows: a cell of the row, before or after.
#[derive(Clone, Copy)]
enum Shown {
    Cell(usize),
    Before(usize),
    After(usize),
}

/// Touched columns first, each before and after; then the others.
fn shown_columns(cx: &PageContext<'_>, diff: &StepDiff) -> (Vec<Column>, Vec<Shown>) {
    let drops_column = diff.rows.first().is_some_and(|row| {
        !row.dropped
            && row
                .after
                .iter()
                .zip(&diff.touched)
                .all(|(cell, touched)| !touched || cell.is_none())
    });
    let mut columns = vec![
        Column::right(cx.t(common::LINE), 72.0),
        Column::left(cx.t(words::WHAT), 72.0),
    ];
    let mut shown = Vec::new();
    let touched = |index: &usize| diff.touched[*index];
    for index in (0..diff.columns.len()).filter(touched) {
        let name = &diff.columns[index];
        columns.push(Column::left(format!("{name} · {}", cx.t(words::BEFORE)), 150.0));
        shown.push(Shown::Before(index));
        let after = if drops_column {
            words::REMOVED_COLUMN
        } else {
            words::AFTER
        };
        columns.push(Column::left(format!("{name} · {}", cx.t(after)), 150.0));
        shown.push(Shown::After(index));
    }
    for index in (0..diff.columns.len()).filter(|index| !touched(index)) {
        columns.push(Column::left(&diff.columns[index], 110.0));
        shown.push(Shown::Cell(index));
    }
    (columns, shown)
}

fn rows(cx: &PageContext<'_>, ui: &mut Ui, diff: &StepDiff, height: f32) {
    let (columns, shown) = shown_columns(cx, diff);
    egui::ScrollArea::horizontal().id_salt("recipe-diff").show(ui, |ui| {
        widgets::table(
            ui,
            "recipe-diff-rows",
            &columns,
            (diff.rows.len(), height, None),
            |table_row, index| {
                let row = &diff.rows[index];
                table_row.col(|ui| {
                    widgets::cell_right(
                        ui,
                        &crate::gui::i18n::number::count(u64::from(row.line)),
                        palette(ui).text_2,
                    )
                });
                table_row.col(|ui| {
                    let (word, tone) = if row.dropped {
                        (words::ROW_DROPPED, Tone::Danger)
                    } else {
                        (words::ROW_CHANGED, Tone::Accent)
                    };
                    let color = palette(ui).tone(tone);
                    widgets::cell(ui, cx.t(word), color);
                });
                for shown in &shown {
                    table_row.col(|ui| cell(cx, ui, row, *shown));
                }
            },
        );
    });
}

fn cell(cx: &PageContext<'_>, ui: &mut Ui, row: &DiffRow, shown: Shown) {
    let p = palette(ui);
    let (value, changed) = match shown {
        Shown::Cell(index) | Shown::Before(index) => (&row.before[index], false),
        Shown::After(index) => (&row.after[index], row.before[index] != row.after[index]),
    };
    match value {
        Some(value) => widgets::cell(ui, value, ink(&p, row, changed)),
        None => widgets::cell(ui, cx.t(common::NOTHING), if changed { p.accent } else { p.text_3 }),
    }
}

fn ink(p: &Palette, row: &DiffRow, changed: bool) -> egui::Color32 {
    if changed {
        p.accent
    } else if row.dropped {
        p.text_2
    } else {
        p.text
    }
}
