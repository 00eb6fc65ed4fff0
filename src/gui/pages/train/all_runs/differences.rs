//! What the chosen runs do not share: settings and results, a column a run.

use crate::engine::run::diff::{self, Difference};
use crate::gui::i18n::number;
use crate::gui::i18n::train::{self as page, runs as words};
use crate::gui::pages::PageContext;
use crate::gui::runs::RunSnapshot;
use crate::gui::theme::palette;
use crate::gui::widgets::{self, Column};
use egui::{RichText, Ui};

/// More columns than this are not read side by side.
const MOST: usize = 12;

const SETTING_WIDTH: f32 = 190.0;

pub(super) fn ui(cx: &PageContext<'_>, ui: &mut Ui, chosen: &[(usize, &RunSnapshot)], height: f32) {
    let p = palette(ui);
    if chosen.len() < 2 {
        ui.label(RichText::new(cx.t(words::CHOOSE_TWO)).color(p.text_2));
        return;
    }
    let runs: Vec<&RunSnapshot> = chosen.iter().take(MOST).map(|(_, run)| *run).collect();
    let configs: Vec<_> = runs.iter().map(|run| &*run.config).collect();
    let differing = diff::differences(&configs);
    let results = results(cx, &runs);
    // Two runs have room for a path, ten for numbers.
    let width = ((ui.available_width() - SETTING_WIDTH) / runs.len() as f32 - 24.0).clamp(104.0, 280.0);
    let columns: Vec<Column> = std::iter::once(Column::left(cx.t(words::SETTING), SETTING_WIDTH))
        .chain(
            runs.iter()
                .map(|run| Column::right(page::run_name(cx.lang(), &run.short_name()), width)),
        )
        .collect();
    if chosen.len() > MOST {
        ui.label(RichText::new(words::first_of(cx.lang(), MOST, chosen.len())).color(p.text_2));
    }
    let rows = results.len() + differing.len();
    widgets::table(
        ui,
        "differences",
        &columns,
        (rows, height - 40.0, None),
        |row, index| {
            let (name, values) = match results.get(index) {
                Some((name, values)) => (name.clone(), values.clone()),
                None => {
                    let Difference { setting, values } = &differing[index - results.len()];
                    let shown =
                        |value: &Option<serde_json::Value>| value.as_ref().map_or_else(|| "–".to_owned(), diff::shown);
                    (setting.clone(), values.iter().map(shown).collect())
                }
            };
            let is_result = index < results.len();
            row.col(|ui| widgets::cell(ui, &name, if is_result { p.accent } else { p.text }));
            for value in values {
                row.col(|ui| widgets::cell_right(ui, &value, p.text));
            }
        },
    );
}

/// Best value and speed of each run, above the settings they may come from.
fn results(cx: &PageContext<'_>, runs: &[&RunSnapshot]) -> Vec<(String, Vec<String>)> {
    let optional =
        |value: Option<f64>, digits| value.map_or_else(|| "–".to_owned(), |value| number::fixed(value, digits));
    let metric = runs.first().map_or("", |run| run.config.metric.as_str());
    let best = |run: &&RunSnapshot| optional(run.best_value().filter(|_| run.config.metric == metric), 4);
    let speed = |run: &&RunSnapshot| optional(run.view.last(crate::engine::run::replay::curve::SAMPLES_PER_SEC), 1);
    vec![
        (page::valid_metric(cx.lang(), metric), runs.iter().map(best).collect()),
        (cx.t(page::SPEED).to_owned(), runs.iter().map(speed).collect()),
    ]
}
