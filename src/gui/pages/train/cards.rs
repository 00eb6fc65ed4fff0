//! The headline figures of a run.

use super::super::PageContext;
use super::curves::Curves;
use crate::engine::run::replay::curve;
use crate::gui::i18n::train::charts;
use crate::gui::i18n::{number, train as words};
use crate::gui::runs::RunSnapshot;
use crate::gui::theme::Tone;
use crate::gui::widgets::{self, Figure};
use egui::Ui;

pub(super) fn ui(cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, curves: &Curves) {
    let figures = [
        step(cx, run),
        metric(cx, run),
        loss(cx, curves),
        throughput(cx, run),
        compute(cx, run).unwrap_or_else(|| learning_rate(cx, run)),
        padding(cx, run),
    ];
    widgets::figure_card(ui, &figures);
}

fn figure(cx: &PageContext<'_>, label: crate::gui::i18n::Text, why: crate::gui::i18n::Text, value: String) -> Figure {
    Figure {
        label: cx.t(label).to_owned(),
        value,
        definition: cx.t(why).to_owned(),
        ..Figure::default()
    }
}

fn step(cx: &PageContext<'_>, run: &RunSnapshot) -> Figure {
    let view = &run.view;
    let note = view.total_steps().map(|total| words::of_total(cx.lang(), total));
    let left = view
        .eta_secs()
        .filter(|_| run.status.is_live())
        .map(|secs| crate::gui::i18n::common::time_left(cx.lang(), secs));
    Figure {
        note: [note, left].into_iter().flatten().collect::<Vec<_>>().join(" · "),
        ..figure(cx, words::STEP, words::STEP_WHY, number::count(view.step))
    }
}

fn metric(cx: &PageContext<'_>, run: &RunSnapshot) -> Figure {
    let (lang, name) = (cx.lang(), run.config.metric.as_str());
    let now = run.view.last(&curve::valid(name));
    let best = run.view.best();
    let is_best = best.is_some() && run.best_value() == now;
    Figure {
        label: words::valid_metric(lang, name),
        value: shown(now, 4),
        note: best.map_or_else(String::new, |best| {
            let value = run.best_value().filter(|_| !is_best);
            words::best_at(lang, value, best.step)
        }),
        note_tone: is_best.then_some(Tone::Accent),
        definition: cx.t(words::METRIC_WHY).to_owned(),
        bar: None,
    }
}

fn loss(cx: &PageContext<'_>, curves: &Curves) -> Figure {
    let note = curves
        .change
        .map(|(change, steps)| words::change_over(cx.lang(), change, steps));
    Figure {
        note: note.unwrap_or_default(),
        ..figure(cx, words::TRAIN_LOSS, words::TRAIN_LOSS_WHY, shown(curves.last, 4))
    }
}

fn throughput(cx: &PageContext<'_>, run: &RunSnapshot) -> Figure {
    let speed = run.view.last(curve::SAMPLES_PER_SEC);
    let tokens = run.view.last(curve::TOKENS_PER_SEC);
    Figure {
        note: words::speed_note(cx.lang(), tokens),
        ..figure(cx, words::THROUGHPUT, words::THROUGHPUT_WHY, shown(speed, 1))
    }
}

/// Compute use, where the device's rate is known.
fn compute(cx: &PageContext<'_>, run: &RunSnapshot) -> Option<Figure> {
    let share = run.view.last(curve::FLOP_UTILISATION)?;
    let gpu = run.view.gpu.as_ref().map(|gpu| charts::gpu(cx.lang(), gpu));
    Some(Figure {
        note: gpu.unwrap_or_else(|| cx.t(charts::OF_PEAK).to_owned()),
        ..figure(cx, charts::COMPUTE, charts::COMPUTE_WHY, number::share(share))
    })
}

fn learning_rate(cx: &PageContext<'_>, run: &RunSnapshot) -> Figure {
    let rate = run.view.last(curve::LEARNING_RATE);
    let value = rate.map_or_else(|| "–".to_owned(), number::rate);
    Figure {
        note: cx.t(words::schedule(run.config.schedule)).to_owned(),
        ..figure(cx, words::LEARNING_RATE, words::LEARNING_RATE_WHY, value)
    }
}

fn padding(cx: &PageContext<'_>, run: &RunSnapshot) -> Figure {
    let share = run.view.last(curve::PADDING_SHARE);
    let memory = run
        .view
        .rss_bytes
        .map(|bytes| words::memory(cx.lang(), &number::bytes(bytes)));
    Figure {
        note: memory.unwrap_or_default(),
        ..figure(
            cx,
            words::PADDING,
            words::PADDING_WHY,
            share.map_or_else(|| "–".to_owned(), number::share),
        )
    }
}

fn shown(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".to_owned(), |value| number::fixed(value, digits))
}
