//! Any two numbers of the runs against each other: settings or results.

use crate::engine::run::diff;
use crate::engine::run::replay::curve;
use crate::gui::i18n::train::{self as page, runs as words};
use crate::gui::pages::PageContext;
use crate::gui::pages::train::runs_table::run_color;
use crate::gui::runs::{RunList, RunSnapshot, SameList};
use crate::gui::theme::palette;
use crate::gui::widgets::{self, PlotLook};
use egui::{RichText, Ui};
use egui_plot::{PlotPoints, Points};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Widget state, and the numbers of each run, found once per list.
#[derive(Default)]
pub(super) struct Scatter {
    x: Option<String>,
    y: Option<String>,
    list: Option<SameList>,
    facts: Vec<BTreeMap<String, f64>>,
    names: BTreeSet<String>,
}

impl Scatter {
    pub(super) fn ui(
        &mut self,
        cx: &PageContext<'_>,
        ui: &mut Ui,
        (list, rows): (&Arc<RunList>, &[usize]),
        height: f32,
    ) {
        let p = palette(ui);
        let same = SameList(Arc::clone(list));
        if self.list.as_ref() != Some(&same) {
            self.facts = list.runs.iter().map(facts).collect();
            self.names = self.facts.iter().flat_map(|facts| facts.keys().cloned()).collect();
            self.list = Some(same);
        }
        let metric = list.runs.first().map_or("auc", |run| run.config.metric.as_str());
        let mut x = self.x.clone().unwrap_or_else(|| "learning_rate".to_owned());
        let mut y = self.y.clone().unwrap_or_else(|| format!("best/{metric}"));
        ui.horizontal(|ui| {
            choice(cx, ui, (words::ACROSS, &mut x), &self.names);
            choice(cx, ui, (words::UP, &mut y), &self.names);
        });
        let points: Vec<(usize, [f64; 2])> = rows
            .iter()
            .filter_map(|&at| {
                let facts = self.facts.get(at)?;
                Some((at, [*facts.get(&x)?, *facts.get(&y)?]))
            })
            .collect();
        (self.x, self.y) = (Some(x.clone()), Some(y));
        if points.is_empty() {
            ui.label(RichText::new(cx.t(words::NO_POINTS)).color(p.text_2));
            return;
        }
        let label = page::curve_name(cx.lang(), &x);
        let look = PlotLook {
            x_label: &label,
            ..PlotLook::new("scatter", (height - 58.0).max(100.0))
        };
        widgets::line_plot(ui, &look, |plot| {
            for (at, point) in &points {
                let Some(run) = list.runs.get(*at) else { continue };
                let dot = Points::new(run.short_name(), PlotPoints::from(vec![*point])).id(run.run_id.as_str());
                plot.points(dot.color(run_color(&p, *at, false)).radius(4.0));
            }
        });
    }
}

fn choice(
    cx: &PageContext<'_>,
    ui: &mut Ui,
    (label, value): (crate::gui::i18n::Text, &mut String),
    names: &BTreeSet<String>,
) {
    let entries: Vec<(String, String)> = names
        .iter()
        .map(|name| (name.clone(), page::curve_name(cx.lang(), name)))
        .collect();
    widgets::choice(ui, cx.t(label), value, &entries);
}

/// Every number of a run by name: settings by their JSON path, `best/…`, and the newest value of each curve.
fn facts(run: &RunSnapshot) -> BTreeMap<String, f64> {
    let settings = diff::settings(&run.config);
    let mut found: BTreeMap<String, f64> = settings
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_f64()?)))
        .collect();
    for (name, series) in &run.view.series {
        found.extend(series.last().map(|[_, value]| (name.clone(), value)));
    }
    if let Some(best) = run.best_value() {
        found.insert(format!("best/{}", run.config.metric), best);
    }
    found.insert("step".to_owned(), run.view.step as f64);
    found.insert("active_secs".to_owned(), run.view.active_secs());
    found.remove(curve::LEARNING_RATE);
    found.insert(curve::LEARNING_RATE.to_owned(), run.config.learning_rate);
    found.retain(|_, value| value.is_finite());
    found
}
