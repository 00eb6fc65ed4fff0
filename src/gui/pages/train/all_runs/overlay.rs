//! One curve of any number of runs in one plot.

use crate::engine::run::replay::curve;
use crate::engine::run::series::{Point, decimate_span, smoothed};
use crate::gui::i18n::train::{self as page, runs as words};
use crate::gui::pages::PageContext;
use crate::gui::pages::train::chart;
use crate::gui::pages::train::look::CurveLook;
use crate::gui::pages::train::runs_table::run_color;
use crate::gui::runs::{RunList, RunSnapshot, SameList};
use crate::gui::settings::Language;
use crate::gui::theme::palette;
use crate::gui::widgets::{self, PlotLook};
use egui::{Color32, RichText, Ui};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Widget state, and the points as they are drawn, computed once per change.
#[derive(Default)]
pub(super) struct Overlay {
    curve: Option<String>,
    runs: Option<Runs>,
    /// Of the curves that the runs have: (name, how it is called), in order of name.
    curves: Vec<(String, String)>,
    key: Option<Key>,
    lines: Vec<OverlayLine>,
}

/// Which runs are looked at, and in which language.
#[derive(PartialEq)]
struct Runs {
    list: SameList,
    lang: Language,
    /// Places in the list.
    chosen: Vec<usize>,
}

#[derive(PartialEq)]
struct Key {
    curve: String,
    look: CurveLook,
    shown: String,
}

struct OverlayLine {
    run_id: String,
    name: String,
    /// Place in the list, which decides the colour.
    at: usize,
    points: Vec<Point>,
}

/// More lines than this are drawn thinner.
const MANY: usize = 40;
/// Points of all lines together: as many as a frame of a sixtieth of a second draws.
const MOST_POINTS: usize = 24_000;
/// Columns of a line, however many lines there are.
const FEWEST_COLUMNS: usize = 40;

impl Overlay {
    pub(super) fn ui(
        &mut self,
        cx: &PageContext<'_>,
        ui: &mut Ui,
        (list, chosen, look): (&Arc<RunList>, &[(usize, &RunSnapshot)], CurveLook),
        (shown, height): (&RunSnapshot, f32),
    ) {
        let p = palette(ui);
        if chosen.is_empty() {
            ui.label(RichText::new(cx.t(words::CHOOSE_RUNS)).color(p.text_2));
            return;
        }
        self.look_at(list, chosen, cx.lang());
        let name = self.choice(cx, ui, &shown.config.metric);
        self.refresh(chosen, (&name, cx.lang()), look, &shown.run_id);
        let look = PlotLook {
            x_label: cx.t(look.x_label(&shown.view)),
            log_y: look.log,
            legend: chosen.len() <= 12,
            ..PlotLook::new("overlay", (height - 34.0).max(100.0))
        };
        let lines = &self.lines;
        let color = |line: &OverlayLine| run_color(&p, line.at, line.run_id == shown.run_id);
        let plot = widgets::line_plot(ui, &look, |plot| draw(plot, lines, color));
        chart::describe(&plot.response, &name, &[]);
    }

    /// Finds the runs' curves, once per choice: of hundreds of runs that is a good part of a frame.
    fn look_at(&mut self, list: &Arc<RunList>, chosen: &[(usize, &RunSnapshot)], lang: Language) {
        let runs = Runs {
            list: SameList(Arc::clone(list)),
            lang,
            chosen: chosen.iter().map(|(at, _)| *at).collect(),
        };
        if self.runs.as_ref() == Some(&runs) {
            return;
        }
        let names: BTreeSet<&String> = chosen.iter().flat_map(|(_, run)| run.view.series.keys()).collect();
        let called = |name: &String| (name.clone(), page::curve_name(lang, name));
        self.curves = names.into_iter().map(called).collect();
        self.runs = Some(runs);
        self.key = None;
    }

    /// Which curve is compared.
    fn choice(&mut self, cx: &PageContext<'_>, ui: &mut Ui, metric: &str) -> String {
        let wanted = self.curve.clone().unwrap_or_else(|| curve::valid(metric));
        let name = match self.curves.iter().any(|(known, _)| *known == wanted) {
            true => wanted,
            false => curve::TRAIN_LOSS.to_owned(),
        };
        let mut picked = name.clone();
        ui.horizontal(|ui| {
            let combo = egui::ComboBox::from_id_salt("overlay_curve").selected_text(page::curve_name(cx.lang(), &name));
            let combo = combo.width(220.0).height(360.0).show_ui(ui, |ui| {
                for (entry, label) in &self.curves {
                    ui.selectable_value(&mut picked, entry.clone(), label);
                }
            });
            combo
                .response
                .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, cx.t(words::CURVE)));
        });
        if picked != name {
            self.curve = Some(picked.clone());
        }
        picked
    }

    fn refresh(
        &mut self,
        chosen: &[(usize, &RunSnapshot)],
        (name, lang): (&str, Language),
        look: CurveLook,
        shown: &str,
    ) {
        let key = Key {
            curve: name.to_owned(),
            look,
            shown: shown.to_owned(),
        };
        if self.key.as_ref() == Some(&key) {
            return;
        }
        let is_noisy = !name.starts_with("valid/") && name != curve::LEARNING_RATE;
        self.lines = chosen
            .iter()
            .filter_map(|(at, run)| {
                let series = run.view.series.get(name)?;
                let axis = look.axis_of(&run.view);
                let weight = if is_noisy { look.smoothing } else { 0.0 };
                let points = axis.place(smoothed(series.iter(), weight).into_iter());
                Some(OverlayLine {
                    run_id: run.run_id.clone(),
                    name: page::run_name(lang, &run.short_name()),
                    at: *at,
                    points,
                })
            })
            .collect();
        self.key = Some(key);
    }
}

fn draw(plot: &mut egui_plot::PlotUi<'_>, lines: &[OverlayLine], color: impl Fn(&OverlayLine) -> Color32) {
    let width = if lines.len() > MANY { 1.0 } else { 1.6 };
    let frame = plot.transform().frame().width().max(50.0) as usize;
    // Of fewer columns each line keeps its lowest and highest points, so that no peak is lost.
    let columns = (MOST_POINTS / (2 * lines.len().max(1))).clamp(FEWEST_COLUMNS, frame);
    let bounds = plot.plot_bounds();
    let is_whole = plot.auto_bounds().x;
    for line in lines {
        let (Some(first), Some(last)) = (line.points.first(), line.points.last()) else {
            continue;
        };
        let span = if is_whole {
            (first[0], last[0])
        } else {
            (bounds.min()[0], bounds.max()[0])
        };
        let points = decimate_span(&line.points, span, columns);
        let shape = egui_plot::Line::new(line.name.as_str(), egui_plot::PlotPoints::from(points));
        plot.line(shape.color(color(line)).width(width).id(line.run_id.as_str()));
    }
}
