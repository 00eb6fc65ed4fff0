//! `touchstone runs list`.

use crate::cli::OutputArgs;
use crate::cli::train::runs_folder;
use crate::engine::run::about::About;
use crate::engine::run::config::{Method, TrainConfig};
use crate::engine::run::now_ms;
use crate::engine::run::queue::{self, RunQueue};
use crate::engine::run::{RunDir, list_runs, watch::RunWatch};
use serde::Serialize;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Archived runs too
    #[arg(long)]
    all: bool,
    /// Only runs with this text in id, name, base model, note or tags
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Only runs with this tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Only runs in this state: waiting, running, paused, stopped, finished, failed, crashed
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
}

/// A run in a list.
#[derive(Debug, Serialize)]
struct Listed {
    run_id: String,
    run_dir: PathBuf,
    name: String,
    status: &'static str,
    /// Place in the queue, from 1.
    queued: Option<usize>,
    base_model: String,
    method: String,
    learning_rate: f64,
    batch_size: usize,
    epochs: f64,
    step: u64,
    total_steps: Option<u64>,
    metric: String,
    best: Option<f64>,
    best_step: Option<u64>,
    active_secs: f64,
    started_ms: Option<u64>,
    origin: Option<crate::engine::run::config::RunOrigin>,
    #[serde(flatten)]
    about: About,
}

pub(super) fn run(args: &Args, out: &OutputArgs) -> anyhow::Result<()> {
    let folder = runs_folder(out);
    let waiting = queue::read(&folder)?;
    let mut listed = Vec::new();
    for run in list_runs(&folder)?.into_iter().rev() {
        match look(&run, &waiting) {
            Ok(one) if wanted(&one, args) => listed.push(one),
            Ok(_) => {}
            Err(error) => crate::cli::print_warning(&format!("{error:#}")),
        }
    }
    if listed.is_empty() {
        out.say(&format!("no runs to list in {}", folder.display()));
    } else {
        let heading = ["run", "state", "method", "lr", "step", "metric", "best", "tags"]
            .map(str::to_owned)
            .to_vec();
        let rows: Vec<Vec<String>> = std::iter::once(heading).chain(listed.iter().map(row)).collect();
        print(&rows, out);
    }
    out.write_json(&listed)
}

fn look(run: &RunDir, waiting: &RunQueue) -> anyhow::Result<Listed> {
    let mut watch = RunWatch::open(run.clone())?;
    watch.catch_up(now_ms())?;
    let (config, view) = (watch.config(), watch.view());
    let best = view.best();
    Ok(Listed {
        run_id: run.id(),
        run_dir: run.path().to_owned(),
        name: config.name.clone(),
        status: watch.status().name(),
        queued: waiting.place(&run.id()),
        base_model: config.base_model.clone(),
        method: method(config),
        learning_rate: config.learning_rate,
        batch_size: config.batch_size,
        epochs: config.epochs,
        step: view.step,
        total_steps: view.total_steps(),
        metric: config.metric.clone(),
        best: best.and_then(|best| best.metrics.get(&config.metric)).copied(),
        best_step: best.map(|best| best.step),
        active_secs: view.active_secs(),
        started_ms: view.started_ms,
        origin: config.origin.clone(),
        about: About::of(run),
    })
}

fn wanted(run: &Listed, args: &Args) -> bool {
    let text = args.filter.as_deref().unwrap_or_default().to_lowercase();
    let named = [&run.run_id, &run.name, &run.base_model];
    (args.all || !run.about.archived)
        && (named.iter().any(|name| name.to_lowercase().contains(&text)) || run.about.mentions(&text))
        && args.tag.as_ref().is_none_or(|tag| run.about.tags.contains(tag))
        && args.state.as_ref().is_none_or(|state| state == run.status)
}

fn method(config: &TrainConfig) -> String {
    match &config.method {
        Method::Full => "full".to_owned(),
        Method::Lora { rank, .. } => format!("lora r{rank}"),
        Method::HeadOnly => "head_only".to_owned(),
    }
}

fn row(run: &Listed) -> Vec<String> {
    let state = match run.queued {
        Some(place) => format!("{} (queue {place})", run.status),
        None => run.status.to_owned(),
    };
    let step = match run.total_steps {
        Some(total) => format!("{}/{total}", run.step),
        None => run.step.to_string(),
    };
    vec![
        run.run_id.clone(),
        state,
        run.method.clone(),
        format!("{:e}", run.learning_rate),
        step,
        run.metric.clone(),
        run.best.map_or_else(|| "–".to_owned(), |best| format!("{best:.4}")),
        run.about.tags.iter().cloned().collect::<Vec<_>>().join(","),
    ]
}

/// Prints rows with their columns aligned.
pub(super) fn print(rows: &[Vec<String>], out: &OutputArgs) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| {
        rows.iter()
            .filter_map(|row| row.get(at))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..columns).map(|at| width(at).unwrap_or(0)).collect();
    for row in rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        out.say(cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
