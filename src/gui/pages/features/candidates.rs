//! The table of features: chosen or not, what they are about, their scores.

use super::change;
use crate::engine::artifact::Bilingual;
use crate::engine::features::{FeatureGroup, FeatureKind, FeatureReport, FeatureSet, Scores};
use crate::gui::i18n::{features as words, number};
use crate::gui::pages::PageContext;
use crate::gui::theme::{Tone, palette};
use crate::gui::widgets::{self, Column};
use egui::Ui;

/// A row: a feature of the built set, or one that could be built.
struct Row<'a> {
    name: &'a str,
    group: FeatureGroup,
    kind: FeatureKind,
    description: &'a Bilingual,
    scores: Option<&'a Scores>,
}

pub(super) fn card(
    cx: &PageContext<'_>,
    ui: &mut Ui,
    set: Option<&FeatureSet>,
    selected: &mut Option<String>,
    height: f32,
) {
    let rows = rows(cx, set);
    widgets::card_titled(
        ui,
        &format!("{} {}", cx.t(words::CANDIDATES), rows.len()),
        |ui| {
            let by_hand = cx.state.features.config.features.is_some();
            if by_hand && widgets::link(ui, cx.t(words::AUTOMATIC_CHOICE)).clicked() {
                change(cx, |config| config.features = None);
            }
        },
        |ui| table(cx, ui, &rows, selected, height - 52.0),
    );
}

fn rows<'a>(cx: &PageContext<'a>, set: Option<&'a FeatureSet>) -> Vec<Row<'a>> {
    let of_set = |feature: &'a FeatureReport| Row {
        name: &feature.name,
        group: feature.group,
        kind: feature.kind,
        description: &feature.description,
        scores: Some(&feature.scores),
    };
    match (set, cx.state.features.outline.value()) {
        (Some(set), _) => set.by_rank().into_iter().map(of_set).collect(),
        (None, Some(outline)) => outline
            .features
            .iter()
            .map(|feature| Row {
                name: &feature.name,
                group: feature.group,
                kind: feature.kind,
                description: &feature.description,
                scores: None,
            })
            .collect(),
        (None, None) => Vec::new(),
    }
}

fn table(cx: &PageContext<'_>, ui: &mut Ui, rows: &[Row<'_>], selected: &mut Option<String>, height: f32) {
    let columns = [
        Column::left("", 36.0),
        Column::rest(cx.t(words::FEATURE)),
        Column::left(cx.t(words::ABOUT), 84.0),
        Column::right(cx.t(words::RANK), 44.0),
        Column::right(cx.t(words::CHI2), 64.0),
        Column::right(cx.t(words::P), 60.0),
        Column::right(cx.t(words::MUTUAL_INFO), 60.0),
        Column::right(cx.t(words::INFORMATION_VALUE), 52.0),
        Column::right(cx.t(words::PSI), 52.0),
        Column::right(cx.t(words::AUC), 50.0),
    ];
    let p = palette(ui);
    let at = rows.iter().position(|row| Some(row.name) == selected.as_deref());
    let clicked = widgets::table(
        ui,
        "features",
        &columns,
        (rows.len(), height, at),
        |table_row, index| {
            let row = &rows[index];
            table_row.col(|ui| choose(cx, ui, row));
            table_row.col(|ui| {
                ui.horizontal(|ui| {
                    widgets::cell(ui, row.name, p.text);
                    if row.scores.is_some_and(|scores| scores.leak) {
                        widgets::tone_text(ui, Tone::Danger, cx.t(words::LEAK));
                    }
                })
                .response
                .on_hover_text(cx.b(row.description));
            });
            table_row.col(|ui| widgets::cell(ui, words::feature_group(cx.lang(), row.group), p.text_2));
            let scores = row.scores;
            let cells = [
                scores.and_then(|s| s.mrmr_rank).map(|rank| rank.to_string()),
                scores.and_then(|s| s.chi2).map(number::compact),
                scores.and_then(|s| s.chi2_p).map(number::p_value),
                scores.and_then(|s| s.mutual_info).map(|v| number::fixed(v, 4)),
                scores.and_then(|s| s.information_value).map(|v| number::fixed(v, 3)),
                scores.and_then(|s| s.psi).map(|v| number::fixed(v, 3)),
                scores.and_then(|s| s.auc).map(|v| number::fixed(v, 3)),
            ];
            for cell in cells {
                table_row.col(|ui| widgets::cell_right(ui, cell.as_deref().unwrap_or("–"), p.text));
            }
        },
    );
    if let Some(row) = clicked.and_then(|index| rows.get(index)) {
        *selected = Some(row.name.to_owned());
    }
}

/// The check-box of a number or category; texts are chosen elsewhere.
fn choose(cx: &PageContext<'_>, ui: &mut Ui, row: &Row<'_>) {
    let selected = row.scores.is_some_and(|scores| scores.selected);
    let mut on = cx.state.features.is_chosen(row.name, selected);
    let can_choose = row.kind != FeatureKind::Text && row.scores.is_some();
    let response = ui
        .add_enabled_ui(can_choose, |ui| widgets::check_box(ui, &mut on, ""))
        .inner;
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, can_choose, on, row.name));
    if response.changed() {
        let set = cx.state.features.set.value();
        let before = cx.state.features.config.features.clone();
        let mut chosen = before.unwrap_or_else(|| set.map_or_else(Vec::new, |set| set.inputs()));
        chosen.retain(|name| name != row.name);
        if on {
            chosen.push(row.name.to_owned());
        }
        change(cx, |config| config.features = Some(chosen));
    }
}
