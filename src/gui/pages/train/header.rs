//! Title and facts of the shown run, and its settings.

use super::super::PageContext;
use crate::engine::run::dir::run_number;
use crate::engine::run::now_ms;
use crate::engine::run::status::RunStatus;
use crate::gui::i18n::{number, train as words};
use crate::gui::runs::RunSnapshot;
use crate::gui::widgets;
use egui::Ui;

/// A live worker that said nothing for this long is worth a word (heartbeats come every few seconds).
const SILENCE_SECS: f64 = 60.0;

pub(super) fn ui(cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, actions: impl FnOnce(&mut Ui)) {
    widgets::page_header(ui, cx.t(words::TITLE), &facts(cx, run), actions);
}

/// `Run 12 · running · minilm-l6, LoRA r 8 · started 14:02 · worker 31207 · resumed once at step 400`
fn facts(cx: &PageContext<'_>, run: &RunSnapshot) -> String {
    let (lang, view) = (cx.lang(), &run.view);
    let name = if run.config.name.is_empty() {
        words::run_name(lang, &run.short_name())
    } else {
        format!("{} ({})", words::run_name(lang, &run.short_name()), run.config.name)
    };
    let mut facts = vec![
        name,
        standing(cx, run),
        format!(
            "{}, {}",
            words::base_name(&run.config.base_model),
            words::method(lang, &run.config.method)
        ),
    ];
    if let Some(phase) = view.phase.as_ref().filter(|_| run.status.is_live()) {
        facts.push(lang.b(&crate::engine::run::event::phase_label(phase)).to_owned());
    }
    if let Some(origin) = &run.config.origin {
        let source = run_number(&origin.run_id).map_or_else(|| origin.run_id.clone(), |number| number.to_string());
        facts.push(words::runs::origin(lang, &words::run_name(lang, &source), origin.step));
    }
    if let Some(started_ms) = view.started_ms {
        facts.push(words::started_at(lang, &clock(started_ms)));
    }
    if let Some(attempt) = &view.attempt {
        // What stands in brackets is told in the console.
        facts.push(attempt.device.split(" (").next().unwrap_or_default().to_owned());
        if run.status.is_live() {
            facts.push(words::worker(lang, attempt.process.pid));
        }
        if let Some(step) = attempt.resumed_from {
            facts.push(words::resumed(lang, view.attempts.saturating_sub(1).max(1), step));
        }
    }
    if run.status.is_live()
        && let Some(last_ms) = view.last_event_ms
    {
        let silent_secs = now_ms().saturating_sub(last_ms) as f64 / 1000.0;
        if silent_secs > SILENCE_SECS {
            facts.push(words::silent_for(lang, silent_secs));
        }
    } else if let Some(secs) = Some(view.active_secs()).filter(|secs| *secs > 0.0) {
        facts.push(number::span_secs(secs, lang));
    }
    facts.join(" · ")
}

/// The state in a word; of a run that waits its place in the queue.
fn standing(cx: &PageContext<'_>, run: &RunSnapshot) -> String {
    let place = cx.state.train.runs.queue.place(&run.run_id);
    match place.filter(|_| run.status == RunStatus::Waiting) {
        Some(place) => words::runs::queued(cx.lang(), place),
        None => words::status(cx.lang(), &run.status).to_owned(),
    }
}

/// Local time of day, with the date where it is not today's.
pub(super) fn clock(wall_ms: u64) -> String {
    let utc = i64::try_from(wall_ms)
        .ok()
        .and_then(chrono::DateTime::from_timestamp_millis);
    let Some(utc) = utc else { return String::new() };
    let local = utc.with_timezone(&chrono::Local);
    let is_today = local.date_naive() == chrono::Local::now().date_naive();
    let format = if is_today { "%H:%M:%S" } else { "%Y-%m-%d %H:%M" };
    local.format(format).to_string()
}

/// Every setting of the run, as it is stored.
pub(super) fn settings_ui(cx: &PageContext<'_>, ui: &mut Ui, run: &RunSnapshot, height: f32) {
    let config = &run.config;
    let lang = cx.lang();
    let form = |text| cx.t(text).to_owned();
    use words::form as f;
    let optional = |value: Option<u64>| value.map_or_else(|| "–".to_owned(), number::count);
    let pairs = vec![
        (form(words::RUN), run.run_id.clone()),
        (form(f::BASE), config.base_model.clone()),
        (form(words::METHOD), words::method(lang, &config.method)),
        (form(f::TEXT_COLUMNS), config.data.text.join(", ")),
        (form(f::NUMERIC_COLUMNS), config.data.numeric.join(", ")),
        (form(f::CATEGORICAL_COLUMNS), config.data.categorical.join(", ")),
        (form(f::LABEL), config.data.label.clone()),
        (form(f::TASK), form(f::task(config.task).0)),
        (form(f::EPOCHS), number::compact(config.epochs)),
        (form(f::MAX_STEPS), optional(config.max_steps)),
        (
            form(f::NEGATIVES),
            config
                .negatives_per_positive
                .map_or_else(|| "–".to_owned(), number::compact),
        ),
        (form(f::BATCH), number::count(config.batch_size as u64)),
        (form(f::RATE), number::rate(config.learning_rate)),
        (form(f::HEAD_RATE), number::rate(config.head_rate())),
        (form(f::MAX_LENGTH), number::count(config.max_length as u64)),
        (form(f::WEIGHT_DECAY), number::compact(config.weight_decay)),
        (form(f::WARMUP), number::compact(config.warmup_ratio)),
        (form(f::SCHEDULE), form(words::schedule(config.schedule))),
        (form(f::METRIC), words::metric(lang, &config.metric)),
        (
            form(f::PATIENCE),
            optional(config.early_stopping_patience.map(u64::from)),
        ),
        (form(f::SEED), config.seed.to_string()),
        (form(f::DEVICE), form(words::device(config.device))),
        (form(f::PRECISION), form(words::precision(config.precision))),
    ];
    egui::ScrollArea::vertical()
        .id_salt("settings")
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink(false)
        .show(ui, |ui| widgets::key_values(ui, "run settings", &pairs));
}
