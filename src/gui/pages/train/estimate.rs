//! What a run with these settings will take: memory from the model's shape, time from runs of this project.

use super::super::PageContext;
use super::models::training_memory;
use crate::engine::models::BaseModel;
use crate::engine::run::config::{DeviceChoice, TrainConfig};
use crate::engine::run::replay::curve;
use crate::engine::train::cost::TokenCost;
use crate::engine::train::schedule::LearningRate;
use crate::gui::i18n::train::{self as words, form as f, trial};
use crate::gui::theme::{Tone, palette, text};
use crate::gui::widgets::{self, PlotLook};
use egui::{RichText, Ui};

/// Evaluations, loading and export beside the steps, as a share of them.
const BESIDE: f64 = 0.25;
/// Steps after which a run tells how fast it is; the first ones warm up.
const SETTLED_STEPS: u64 = 10;
/// Tokens of a row where no run tells; titles and queries are short.
const USUAL_TOKENS: f64 = 24.0;

/// Time and memory in words.
pub(super) fn ui(cx: &PageContext<'_>, ui: &mut Ui, config: &TrainConfig, steps: u64) {
    let p = palette(ui);
    let model = cx
        .state
        .train
        .models
        .iter()
        .find(|model| model.name == config.base_model);
    widgets::labelled(ui, cx.t(f::TIME), |ui| {
        match model.and_then(|model| seconds(cx, config, model, steps)) {
            Some((secs, run)) => ui.label(RichText::new(f::time(cx.lang(), secs, &run)).color(p.text)),
            None => ui.label(RichText::new(cx.t(f::TIME_UNKNOWN)).color(p.text_2)),
        };
    });
    let Some(bytes) = model.and_then(|model| training_memory(model, config)) else {
        return;
    };
    let free = cx.state.train.free_memory_bytes;
    let told = f::memory(cx.lang(), bytes, free);
    widgets::labelled(ui, cx.t(trial::MEMORY), |ui| {
        if free.is_some_and(|free| bytes > free) {
            widgets::tone_text(ui, Tone::Warning, &told);
        } else {
            ui.label(RichText::new(told).color(p.text));
        }
    });
}

/// Seconds of `steps` steps, by the newest run that tells how fast this machine is, and that run's name. Another base
/// model or method is taken to use the machine as well as that one did.
fn seconds(cx: &PageContext<'_>, config: &TrainConfig, model: &BaseModel, steps: u64) -> Option<(f64, String)> {
    let shape = model.shape.as_ref()?;
    cx.state.train.runs.runs.iter().find_map(|run| {
        let view = &run.view;
        let facts = view.compute.as_ref()?;
        let (samples, tokens) = (view.last(curve::SAMPLES_PER_SEC)?, view.last(curve::TOKENS_PER_SEC)?);
        let on_gpu = view.attempt.as_ref()?.device.starts_with("cuda");
        let fits = match config.device {
            DeviceChoice::Auto => true,
            DeviceChoice::Cpu => !on_gpu,
            DeviceChoice::Cuda => on_gpu,
        };
        if !fits || samples <= 0.0 || view.step < SETTLED_STEPS {
            return None;
        }
        let length = if run.config.data.text == config.data.text {
            (tokens / samples).min(config.max_length as f64)
        } else {
            USUAL_TOKENS.min(config.max_length as f64)
        };
        let rate = tokens * (facts.per_token + facts.per_token_and_length * tokens / samples);
        let rows = steps as f64 * config.batch_size as f64;
        let secs = rows * TokenCost::of(shape, config).per_row(length) / rate;
        secs.is_finite().then(|| (secs * (1.0 + BESIDE), run.short_name()))
    })
}

/// The learning rate of each step, before a step is done.
pub(super) fn schedule(cx: &PageContext<'_>, ui: &mut Ui, config: &TrainConfig, steps: u64) {
    const POINTS: u64 = 200;
    let p = palette(ui);
    let rate = LearningRate::new(config.learning_rate, config.schedule, config.warmup_ratio, steps.max(1))
        .with_power(config.schedule_power);
    let stride = steps.div_ceil(POINTS).max(1);
    let points: Vec<[f64; 2]> = (0..=steps / stride)
        .map(|n| (n * stride).min(steps))
        .map(|step| [step as f64, rate.at(step)])
        .collect();
    ui.label(
        RichText::new(cx.t(words::LEARNING_RATE))
            .font(text::small())
            .color(p.text_2),
    );
    let look = PlotLook {
        x_label: cx.t(words::STEP_AXIS),
        include_y: Some((0.0, config.learning_rate)),
        ..PlotLook::new("schedule", 86.0)
    };
    let plot = widgets::line_plot(ui, &look, |plot| {
        plot.line(widgets::curve(cx.t(words::LEARNING_RATE), &points, p.series(0)));
    });
    let told = format!("{} {}", cx.t(f::SCHEDULE), cx.t(words::schedule(config.schedule)));
    plot.response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &told));
}
