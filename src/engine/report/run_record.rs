//! What a run was told to do and what happened in it: its settings and its events.

use super::ReportLanguage;
use super::numbers::moment;
use super::page::{Page, escape};
use crate::engine::audit::personal::mask;
use crate::engine::audit::thousands;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::event::EventBody;
use crate::engine::run::replay::{ConsoleLine, RunView};

/// Events that are listed, the latest.
const MOST_EVENTS: usize = 60;

pub(super) fn settings(page: &mut Page, config: &TrainConfig) {
    let value = serde_json::to_value(config).unwrap_or_default();
    let mut rows = Vec::new();
    flatten("", &value, &mut rows);
    page.facts(&rows);
}

/// `{"data": {"train": …}}` → `data.train`.
fn flatten(path: &str, value: &serde_json::Value, rows: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                flatten(&path, field, rows);
            }
        }
        serde_json::Value::Null => rows.push((path.to_owned(), "–".to_owned())),
        serde_json::Value::String(text) => rows.push((path.to_owned(), text.clone())),
        serde_json::Value::Array(values) => {
            let texts = values.iter().map(|value| match value {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            rows.push((path.to_owned(), texts.collect::<Vec<_>>().join(", ")));
        }
        other => rows.push((path.to_owned(), other.to_string())),
    }
}

pub(super) fn events(page: &mut Page, view: &RunView) {
    let language = page.language();
    page.heading(language.pick("Events", "事件"));
    let hidden = view.console.len().saturating_sub(MOST_EVENTS) as u64 + view.console_dropped;
    if hidden > 0 {
        page.push(&match language {
            ReportLanguage::English => format!(
                "<p class=\"quiet\">{} earlier ones are in events.jsonl</p>",
                thousands(hidden)
            ),
            ReportLanguage::Chinese => format!("<p class=\"quiet\">更早的 {} 条见 events.jsonl</p>", thousands(hidden)),
        });
    }
    let shown = view.console.iter().skip(view.console.len().saturating_sub(MOST_EVENTS));
    let rows: Vec<Vec<String>> = shown.map(|line| event_row(line)).collect();
    let head = [
        language.pick("Time", "时间"),
        language.pick("Step", "步"),
        language.pick("Event", "事件"),
        "",
    ];
    page.table(&head.map(str::to_owned), &rows, &[1]);
}

fn event_row(line: &ConsoleLine) -> Vec<String> {
    let event = match line {
        ConsoleLine::Corrupt { line, message } => {
            let told = format!("events.jsonl, line {line}: {message}");
            return vec![String::new(), String::new(), "corrupt".to_owned(), escape(&told)];
        }
        ConsoleLine::Event(event) => event,
    };
    let (name, told) = match &event.body {
        EventBody::Started {
            device, total_steps, ..
        } => ("started", format!("{device}, {total_steps} steps")),
        EventBody::Resumed { from_step } => ("resumed", format!("from step {from_step}")),
        EventBody::Phase { name } => ("phase", name.replace('_', " ")),
        EventBody::Evaluated { metrics, best, .. } => {
            let all = metrics.iter().map(|(name, value)| format!("{name} {value:.4}"));
            let sign = if *best { "★ " } else { "" };
            ("evaluated", format!("{sign}{}", all.collect::<Vec<_>>().join("  ")))
        }
        EventBody::Checkpoint { path, .. } => ("checkpoint", path.clone()),
        EventBody::MemoryShort { micro_batch, .. } => ("memory short", format!("{micro_batch} rows at one time")),
        EventBody::StepSkipped { skipped, .. } => ("step skipped", format!("{skipped} so far")),
        EventBody::Paused => ("paused", String::new()),
        EventBody::Continued => ("continued", String::new()),
        EventBody::Warning { message } => ("warning", message.clone()),
        EventBody::Log { message } => ("log", message.clone()),
        EventBody::Stopped { reason } => ("stopped", reason.clone()),
        EventBody::Finished { best_step, .. } => ("finished", format!("best at step {best_step}")),
        EventBody::Failed { message, hint } => ("failed", format!("{message}. {hint}")),
        EventBody::Train { .. } | EventBody::Machine { .. } | EventBody::Compute(_) | EventBody::Heartbeat { .. } => {
            ("", String::new())
        }
    };
    vec![
        moment(event.wall_ms),
        thousands(event.step),
        name.to_owned(),
        escape(&mask(&told, &[])),
    ]
}
