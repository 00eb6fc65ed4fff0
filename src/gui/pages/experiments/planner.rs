//! A test before it runs: how many units, what effect, what power.

use crate::engine::experiment::design::Ask;
use crate::engine::experiment::{Design, DesignKind, ExperimentReport, MetricKind, Plan};
use crate::gui::command::Command;
use crate::gui::command::experiments::ExperimentsCommand;
use crate::gui::i18n::{experiments as words, number};
use crate::gui::pages::PageContext;

use crate::gui::theme::{Tone, palette, space, text};
use crate::gui::widgets::{self, Columns, Figure};
use egui::{RichText, Ui};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Units,
    Effect,
    Power,
}

#[derive(Clone, Debug, PartialEq)]
struct Form {
    question: Question,
    kind: DesignKind,
    /// Proportions in per cent.
    baseline: f64,
    sd: f64,
    relative_percent: f64,
    n_control: u64,
    alpha: f64,
    power: f64,
    variants: u32,
    ratio: f64,
}

/// The form and what was last asked.
pub(super) struct PlannerForm {
    form: Form,
    asked: Option<Form>,
}

impl Default for PlannerForm {
    fn default() -> Self {
        Self {
            form: Form {
                question: Question::Units,
                kind: DesignKind::Proportion,
                baseline: 10.0,
                sd: 1.0,
                relative_percent: 5.0,
                n_control: 10_000,
                alpha: 0.05,
                power: 0.8,
                variants: 2,
                ratio: 1.0,
            },
            asked: None,
        }
    }
}

impl Form {
    fn design(&self) -> Design {
        let baseline = if self.kind == DesignKind::Proportion {
            self.baseline / 100.0
        } else {
            self.baseline
        };
        let mde = self.relative_percent / 100.0 * baseline.abs();
        Design {
            kind: self.kind,
            baseline,
            sd: (self.kind == DesignKind::Mean).then_some(self.sd),
            alpha: self.alpha,
            power: self.power,
            variants: self.variants,
            ratio: self.ratio,
            ask: match self.question {
                Question::Units => Ask::Units { mde },
                Question::Effect => Ask::Effect {
                    n_control: self.n_control,
                },
                Question::Power => Ask::Power {
                    mde,
                    n_control: self.n_control,
                },
            },
        }
    }
}

impl PlannerForm {
    pub(super) fn ui(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let columns = Columns::of(ui.available_width(), 0.46);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::GAP;
            columns.left(ui, |ui| {
                widgets::card_titled(ui, cx.t(words::PLANNER), |_ui| {}, |ui| self.fields(cx, ui));
            });
            columns.right(ui, |ui| answer_card(cx, ui));
        });
        if self.asked.as_ref() != Some(&self.form) {
            self.asked = Some(self.form.clone());
            cx.send(Command::Experiments(ExperimentsCommand::Plan(self.form.design())));
        }
    }

    fn fields(&mut self, cx: &PageContext<'_>, ui: &mut Ui) {
        let lang = cx.lang();
        let form = &mut self.form;
        let questions = [
            (Question::Units, words::ASK_UNITS),
            (Question::Effect, words::ASK_EFFECT),
            (Question::Power, words::ASK_POWER),
        ];
        ui.horizontal_wrapped(|ui| {
            for (question, label) in questions {
                if widgets::toggle_chip(ui, form.question == question, cx.t(label)).clicked() {
                    form.question = question;
                }
            }
        });
        ui.add_space(space::GAP);
        ui.columns(2, |halves| {
            let left = &mut halves[0];
            let kinds = [
                (
                    DesignKind::Proportion,
                    words::kind(lang, MetricKind::Proportion).to_owned(),
                ),
                (DesignKind::Mean, words::kind(lang, MetricKind::Mean).to_owned()),
            ];
            widgets::choice(left, cx.t(words::KIND), &mut form.kind, &kinds);
            left.add_space(space::SMALL);
            baseline_field(cx, left, form);
            left.add_space(space::SMALL);
            if form.question != Question::Effect {
                suffixed(
                    left,
                    cx.t(words::MDE),
                    &mut form.relative_percent,
                    (0.01..=1000.0, " %"),
                );
                left.add_space(space::SMALL);
            }
            if form.question != Question::Units {
                widgets::number_field(
                    left,
                    cx.t(words::UNITS_CONTROL),
                    &mut form.n_control,
                    2..=10_000_000_000,
                );
            }
            let right = &mut halves[1];
            suffixed(right, cx.t(words::ALPHA), &mut form.alpha, (0.001..=0.4, ""));
            right.add_space(space::SMALL);
            if form.question != Question::Power {
                suffixed(right, cx.t(words::POWER), &mut form.power, (0.5..=0.999, ""));
                right.add_space(space::SMALL);
            }
            widgets::number_field(right, cx.t(words::ARMS), &mut form.variants, 2..=20);
            right.add_space(space::SMALL);
            suffixed(right, cx.t(words::RATIO), &mut form.ratio, (0.05..=20.0, " : 1"));
        });
        if let Some(report) = cx.state.experiments.report.value() {
            ui.add_space(space::GAP);
            take_from(cx, ui, report, form);
        }
    }
}

fn baseline_field(cx: &PageContext<'_>, ui: &mut Ui, form: &mut Form) {
    match form.kind {
        DesignKind::Proportion => {
            form.baseline = form.baseline.clamp(0.01, 99.9);
            suffixed(ui, cx.t(words::BASELINE), &mut form.baseline, (0.01..=99.9, " %"));
        }
        DesignKind::Mean => {
            suffixed(ui, cx.t(words::BASELINE), &mut form.baseline, (-1e9..=1e9, ""));
            ui.add_space(space::SMALL);
            suffixed(ui, cx.t(words::DEVIATION), &mut form.sd, (1e-6..=1e9, ""));
        }
    }
}

/// A draggable number with its unit, labelled.
fn suffixed(ui: &mut Ui, label: &str, value: &mut f64, (range, suffix): (std::ops::RangeInclusive<f64>, &str)) {
    let speed = (value.abs() * 0.01).max(0.001);
    widgets::labelled(ui, label, |ui| {
        ui.add(
            egui::DragValue::new(value)
                .range(range)
                .speed(speed)
                .max_decimals(4)
                .suffix(suffix),
        );
    });
}

/// Baselines of the test that was read, as a start for the next one.
fn take_from(cx: &PageContext<'_>, ui: &mut Ui, report: &ExperimentReport, form: &mut Form) {
    ui.horizontal_wrapped(|ui| {
        ui.label(
            RichText::new(cx.t(words::FROM_LOG))
                .font(text::small())
                .color(palette(ui).text_2),
        );
        for metric in &report.metrics {
            let (Some(estimate), Some(sd)) = (metric.control.estimate, metric.control.standard_deviation) else {
                continue;
            };
            let fits = matches!(metric.kind, MetricKind::Proportion | MetricKind::Mean) && sd > 0.0;
            if fits && widgets::toggle_chip(ui, false, &metric.name).clicked() {
                if metric.kind == MetricKind::Proportion {
                    form.kind = DesignKind::Proportion;
                    form.baseline = estimate * 100.0;
                } else {
                    form.kind = DesignKind::Mean;
                    form.baseline = estimate;
                    form.sd = sd;
                }
                form.n_control = metric.control.n.max(2);
            }
        }
    });
}

fn answer_card(cx: &PageContext<'_>, ui: &mut Ui) {
    widgets::card_titled(
        ui,
        cx.t(words::ANSWER),
        |_ui| {},
        |ui| match &cx.state.experiments.plan {
            None => {
                ui.label(RichText::new("–").color(palette(ui).text_2));
            }
            Some(Err(why)) => {
                widgets::tone_text(ui, Tone::Warning, why);
            }
            Some(Ok(plan)) => answer(cx, ui, plan),
        },
    );
}

fn answer(cx: &PageContext<'_>, ui: &mut Ui, plan: &Plan) {
    let figure = |label, value: String, note: String| Figure {
        label: cx.t(label).to_owned(),
        value,
        note,
        ..Figure::default()
    };
    let effect = number::compact(plan.mde);
    let relative = plan.relative_mde.map_or_else(String::new, number::share);
    widgets::figure_card(
        ui,
        &[
            figure(words::UNITS_TOTAL, number::count(plan.n_total), String::new()),
            figure(
                words::EFFECT,
                if relative.is_empty() { effect.clone() } else { relative },
                effect,
            ),
            figure(words::POWER, number::share(plan.power), String::new()),
        ],
    );
    ui.add_space(space::GAP);
    let pairs = [
        (words::UNITS_EACH, number::count(plan.n_control)),
        (words::UNITS_TREATMENT, number::count(plan.n_treatment)),
        (words::ALPHA_EACH, number::compact(plan.alpha_per_comparison)),
    ];
    let pairs = pairs.map(|(label, value)| (cx.t(label).to_owned(), value));
    widgets::key_values(ui, "experiment-plan", &pairs);
    ui.add_space(space::SMALL);
    ui.label(
        RichText::new(words::plan_test(cx.lang(), plan))
            .font(text::small())
            .color(palette(ui).text_2),
    );
}
