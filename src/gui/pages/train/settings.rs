//! The settings of a training behind one click: how it learns and how it runs.

use super::super::PageContext;
use super::form::chips;
use crate::engine::run::config::{DeviceChoice, Loss, Method, Precision, Schedule, TrainConfig};
use crate::engine::run::metric;
use crate::engine::run::task::Task;
use crate::gui::i18n::train::form as f;
use crate::gui::i18n::{number, train as words};
use crate::gui::theme::Tone;
use crate::gui::widgets;
use egui::Ui;

/// A learning rate is read and typed as `2e-4`, and dragged by its own size.
pub(super) fn rate_field(ui: &mut Ui, rate: &mut f64) -> egui::Response {
    let speed = (*rate * 0.01).max(1e-9);
    ui.add(
        egui::DragValue::new(rate)
            .range(1e-8..=1.0)
            .speed(speed)
            .custom_formatter(|rate, _| number::rate(rate))
            .custom_parser(|typed| typed.trim().parse().ok()),
    )
}

/// The rate of pooler, classifier and numbers, which start from nothing; as usual until it is set.
fn head_rate(cx: &PageContext<'_>, ui: &mut Ui, config: &mut TrainConfig) {
    ui.horizontal(|ui| {
        let mut rate = config.head_rate();
        let changed = widgets::labelled(ui, cx.t(f::HEAD_RATE), |ui| rate_field(ui, &mut rate).changed());
        if changed {
            config.head_learning_rate = Some(rate);
        }
        if config.head_learning_rate.is_some() && widgets::link(ui, cx.t(f::USE_USUAL)).clicked() {
            config.head_learning_rate = None;
        }
    });
}

pub(super) fn learning(cx: &PageContext<'_>, ui: &mut Ui, config: &mut TrainConfig) {
    widgets::number_field(ui, cx.t(f::MAX_LENGTH), &mut config.max_length, 3..=512);
    optional_field(ui, cx.t(f::MAX_STEPS), &mut config.max_steps);
    if !matches!(config.method, Method::HeadOnly) {
        head_rate(cx, ui, config);
    }
    widgets::number_field(ui, cx.t(f::WEIGHT_DECAY), &mut config.weight_decay, 0.0..=1.0);
    widgets::number_field(ui, cx.t(f::WARMUP), &mut config.warmup_ratio, 0.0..=1.0);
    layers(cx, ui, config);
    loss(cx, ui, config);
    let mut rows = config.micro_batch_size.map(|rows| rows as u64);
    optional_field(ui, cx.t(f::MICRO_BATCH), &mut rows);
    config.micro_batch_size = rows.and_then(|rows| usize::try_from(rows).ok());
    if !matches!(config.method, Method::HeadOnly) {
        widgets::check_box(ui, &mut config.gradient_checkpointing, cx.t(f::RECOMPUTE))
            .on_hover_text(cx.t(f::RECOMPUTE_WHY));
    }
    let schedules = [
        Schedule::Linear,
        Schedule::Cosine,
        Schedule::Polynomial,
        Schedule::Constant,
    ];
    let entries = schedules.map(|one| (one, cx.t(words::schedule(one)).to_owned()));
    widgets::choice(ui, cx.t(f::SCHEDULE), &mut config.schedule, &entries);
    if config.schedule == Schedule::Polynomial {
        widgets::number_field(ui, cx.t(f::POWER), &mut config.schedule_power, 0.1..=10.0);
    }
    widgets::number_field(ui, cx.t(f::GRAD_NORM), &mut config.max_grad_norm, 0.0..=100.0);
    if let Method::Lora {
        rank,
        alpha,
        dropout,
        targets,
        rslora,
    } = &mut config.method
    {
        widgets::number_field(ui, cx.t(f::RANK), rank, 1..=256);
        widgets::number_field(ui, cx.t(f::ALPHA), alpha, 0.1..=512.0);
        widgets::number_field(ui, cx.t(f::DROPOUT), dropout, 0.0..=0.9);
        let all = [
            "query",
            "key",
            "value",
            "attention.output.dense",
            "intermediate.dense",
            "output.dense",
        ];
        chips(cx, ui, cx.t(f::TARGETS), &all.map(str::to_owned), targets);
        widgets::check_box(ui, rslora, cx.t(f::RSLORA));
    }
}

pub(super) fn running(cx: &PageContext<'_>, ui: &mut Ui, config: &mut TrainConfig) {
    widgets::number_field(ui, cx.t(f::EVAL_BATCH), &mut config.eval_batch_size, 1..=4096);
    optional_field(ui, cx.t(f::EVAL_EVERY), &mut config.eval_every_steps);
    let mut patience = config.early_stopping_patience.map(u64::from);
    optional_field(ui, cx.t(f::PATIENCE), &mut patience);
    config.early_stopping_patience = patience.and_then(|n| u32::try_from(n).ok());
    deciding_metric(cx, ui, config);
    widgets::number_field(ui, cx.t(f::KEEP_LAST), &mut config.keep_last, 1..=20);
    optional_field(ui, cx.t(f::CHECKPOINT_BUDGET), &mut config.checkpoint_budget_mb);
    widgets::number_field(ui, cx.t(f::SEED), &mut config.seed, 0..=u64::from(u32::MAX));
    let devices = [DeviceChoice::Auto, DeviceChoice::Cpu, DeviceChoice::Cuda];
    let entries = devices.map(|one| (one, cx.t(words::device(one)).to_owned()));
    widgets::choice(ui, cx.t(f::DEVICE), &mut config.device, &entries);
    let precisions = [Precision::Auto, Precision::Fp32, Precision::Bf16, Precision::Fp16];
    let entries = precisions.map(|one| (one, cx.t(words::precision(one)).to_owned()));
    widgets::choice(ui, cx.t(f::PRECISION), &mut config.precision, &entries);
}

/// The metric that decides "best" and stops early; those of ranked lists where the rows have groups.
fn deciding_metric(cx: &PageContext<'_>, ui: &mut Ui, config: &mut TrainConfig) {
    const CUT_OFF: usize = 10;
    if config.task != Task::Binary {
        let named = |name: &&str| ((*name).to_owned(), words::metric(cx.lang(), name));
        let metrics: Vec<(String, String)> = config.task.metrics().iter().map(named).collect();
        // `loss` comes last and is another name of one before.
        widgets::choice(ui, cx.t(f::METRIC), &mut config.metric, &metrics[..metrics.len() - 1]);
        return;
    }
    // `loss` is another name of `log_loss`.
    let rows = metric::ROW_METRICS.iter().filter(|name| **name != "loss");
    let mut names: Vec<String> = rows.map(|name| (*name).to_owned()).collect();
    if config.data.group.is_some() {
        names.extend(metric::LIST_METRICS.map(str::to_owned));
        names.extend(metric::CUT_METRICS.map(|kind| format!("{kind}@{CUT_OFF}")));
    }
    if !names.contains(&config.metric) {
        names.push(config.metric.clone());
    }
    let entries: Vec<(String, String)> = names
        .into_iter()
        .map(|name| (name.clone(), words::deciding_metric(cx.lang(), &name)))
        .collect();
    widgets::choice(ui, cx.t(f::METRIC), &mut config.metric, &entries);
}

/// A whole number where 0 stands for "not set".
fn optional_field(ui: &mut Ui, label: &str, value: &mut Option<u64>) {
    let mut shown = value.unwrap_or(0);
    if widgets::number_field(ui, label, &mut shown, 0..=10_000_000) {
        *value = (shown > 0).then_some(shown);
    }
}

/// Which layers learn how fast, beside the method.
fn layers(cx: &PageContext<'_>, ui: &mut Ui, config: &mut TrainConfig) {
    if matches!(config.method, Method::HeadOnly) {
        return;
    }
    widgets::number_field(ui, cx.t(f::FROZEN), &mut config.frozen_layers, 0..=48);
    if matches!(config.method, Method::Full) {
        widgets::number_field(ui, cx.t(f::LAYER_DECAY), &mut config.layer_decay, 0.5..=1.0);
    }
}

fn loss(cx: &PageContext<'_>, ui: &mut Ui, config: &mut TrainConfig) {
    if config.task == Task::Graded {
        return;
    }
    let mut losses = vec![Loss::CrossEntropy, Loss::Balanced, Loss::Focal { gamma: 2.0 }];
    if config.task == Task::Binary {
        losses.push(Loss::Weighted { positive_weight: 2.0 });
    }
    let kind = |loss: &Loss| {
        losses
            .iter()
            .position(|one| std::mem::discriminant(one) == std::mem::discriminant(loss))
    };
    let before = kind(&config.loss).unwrap_or_default();
    let mut chosen = before;
    let entries: Vec<(usize, String)> = losses
        .iter()
        .enumerate()
        .map(|(at, one)| (at, cx.t(f::loss(one)).to_owned()))
        .collect();
    widgets::choice(ui, cx.t(f::LOSS), &mut chosen, &entries);
    if chosen != before {
        config.loss = losses[chosen];
    }
    match &mut config.loss {
        Loss::CrossEntropy | Loss::Balanced => {}
        Loss::Weighted { positive_weight } => {
            widgets::number_field(ui, cx.t(f::POSITIVE_WEIGHT), positive_weight, 0.01..=1000.0);
        }
        Loss::Focal { gamma } => {
            widgets::number_field(ui, cx.t(f::GAMMA), gamma, 0.0..=10.0);
        }
    }
    widgets::number_field(ui, cx.t(f::SMOOTHING), &mut config.label_smoothing, 0.0..=0.5);
    if config.loss != Loss::CrossEntropy || config.label_smoothing > 0.0 {
        widgets::tone_text(ui, Tone::Warning, cx.t(f::NO_PROBABILITIES));
    }
}
