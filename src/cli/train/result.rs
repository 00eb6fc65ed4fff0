//! What `touchstone train` tells about a run: the JSON result and the lines for people.

use crate::engine::run::event::EventBody;
use crate::engine::run::replay::{Attempt, ConsoleLine, Finish, Outcome, curve};
use crate::engine::run::watch::RunWatch;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The `--json` result of a training, finished or not.
#[derive(Debug, Serialize)]
pub(super) struct TrainResult {
    pub run_id: String,
    pub run_dir: PathBuf,
    /// `finished`, `stopped`, `failed`, `crashed`, or what a live run is doing.
    pub status: &'static str,
    /// Exported best model in Hugging Face layout, once it is there.
    pub model: Option<PathBuf>,
    pub best: Option<BestResult>,
    /// Metrics on the validation rows at the best step.
    pub valid_metrics: BTreeMap<String, f64>,
    /// Metrics of the best model on the test rows; empty without a test table.
    pub test_metrics: BTreeMap<String, f64>,
    pub step: u64,
    pub total_steps: Option<u64>,
    pub epoch: f64,
    pub stopped_early: Option<bool>,
    pub train_loss: Option<f64>,
    pub samples_per_sec: Option<f64>,
    pub tokens_per_sec: Option<f64>,
    pub padding_share: Option<f64>,
    /// Seconds of work over all attempts, pauses left out.
    pub active_secs: f64,
    pub wall_secs: Option<f64>,
    pub rss_bytes: Option<u64>,
    pub device: Option<String>,
    pub precision: Option<String>,
    pub params_total: Option<u64>,
    pub params_trainable: Option<u64>,
    pub train_rows: Option<u64>,
    pub valid_rows: Option<u64>,
    pub attempts: u32,
    pub resumed_from: Option<u64>,
    pub warnings: Vec<String>,
    pub error: Option<ErrorResult>,
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct BestResult {
    pub metric: String,
    pub value: Option<f64>,
    pub step: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct ErrorResult {
    pub message: String,
    pub hint: String,
}

impl TrainResult {
    pub(super) fn of(watch: &RunWatch) -> Self {
        let (run, view) = (watch.run(), watch.view());
        let finish = match &view.outcome {
            Some(Outcome::Finished(finish)) => Some(finish),
            _ => None,
        };
        let attempt = view.attempt.as_ref();
        let of_attempt = |read: fn(&Attempt) -> u64| attempt.map(read);
        Self {
            run_id: run.id(),
            run_dir: run.path().to_owned(),
            status: watch.status().name(),
            model: model_path(watch, finish),
            best: best(watch, finish),
            valid_metrics: view.best().map(|best| best.metrics.clone()).unwrap_or_default(),
            test_metrics: finish.map(|finish| finish.test_metrics.clone()).unwrap_or_default(),
            step: view.step,
            total_steps: view.total_steps(),
            epoch: view.epoch,
            stopped_early: finish.map(|finish| finish.stopped_early),
            train_loss: view.last(curve::TRAIN_LOSS),
            samples_per_sec: finish
                .and_then(|finish| finish.samples_per_sec)
                .or_else(|| view.last(curve::SAMPLES_PER_SEC)),
            tokens_per_sec: view.last(curve::TOKENS_PER_SEC),
            padding_share: view.last(curve::PADDING_SHARE),
            active_secs: view.active_secs(),
            wall_secs: finish.map(|finish| finish.wall_secs),
            rss_bytes: view.rss_bytes,
            device: attempt.map(|attempt| attempt.device.clone()),
            precision: attempt.map(|attempt| attempt.precision.clone()),
            params_total: of_attempt(|attempt| attempt.params_total),
            params_trainable: of_attempt(|attempt| attempt.params_trainable),
            train_rows: of_attempt(|attempt| attempt.train_rows),
            valid_rows: of_attempt(|attempt| attempt.valid_rows),
            attempts: view.attempts,
            resumed_from: attempt.and_then(|attempt| attempt.resumed_from),
            warnings: warnings(watch),
            error: match &view.outcome {
                Some(Outcome::Failed { message, hint }) => Some(ErrorResult {
                    message: message.clone(),
                    hint: hint.clone(),
                }),
                _ => None,
            },
        }
    }

    /// The lines a person reads at the end.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("{} after step {}", self.status, self.step)];
        if let Some(best) = &self.best {
            let value = best
                .value
                .map_or_else(|| "undefined".to_owned(), |value| format!("{value:.4}"));
            lines.push(format!("best {} {value} at step {}", best.metric, best.step));
        }
        if !self.test_metrics.is_empty() {
            let all: Vec<String> = self
                .test_metrics
                .iter()
                .map(|(name, value)| format!("{name} {value:.4}"))
                .collect();
            lines.push(format!("test {}", all.join("  ")));
        }
        if let Some(speed) = self.samples_per_sec {
            lines.push(format!("{speed:.1} samples/s"));
        }
        if let Some(model) = &self.model {
            lines.push(format!("model {}", model.display()));
        }
        lines
    }
}

fn model_path(watch: &RunWatch, finish: Option<&Finish>) -> Option<PathBuf> {
    let run = watch.run();
    let told = finish.filter(|finish| !finish.model.is_empty());
    let path = told.map_or_else(|| run.model_path(), |finish| run.path().join(&finish.model));
    path.is_dir().then_some(path)
}

fn best(watch: &RunWatch, finish: Option<&Finish>) -> Option<BestResult> {
    if let Some(finish) = finish {
        return Some(BestResult {
            metric: finish.best_metric.clone(),
            value: finish.best_value,
            step: finish.best_step,
        });
    }
    let best = watch.view().best()?;
    let metric = watch.config().metric.clone();
    Some(BestResult {
        value: best.metrics.get(&metric).copied(),
        metric,
        step: best.step,
    })
}

fn warnings(watch: &RunWatch) -> Vec<String> {
    let console = watch.view().console.iter();
    console
        .filter_map(|line| match &**line {
            ConsoleLine::Event(event) => match &event.body {
                EventBody::Warning { message } => Some(message.clone()),
                EventBody::MemoryShort { micro_batch, message } => Some(format!(
                    "memory ran out: {micro_batch} rows at one time from step {} on ({message})",
                    event.step
                )),
                _ => None,
            },
            ConsoleLine::Corrupt { line, message } => Some(format!("events.jsonl, line {line}: {message}")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run::config::TrainConfig;
    use crate::engine::run::dir::RunDir;
    use crate::engine::run::log::EventWriter;

    fn watch_of(bodies: Vec<(u64, EventBody)>) -> (tempfile::TempDir, RunWatch) {
        let folder = tempfile::tempdir().expect("temp dir");
        let run = RunDir::create_at(&folder.path().join("r"), &TrainConfig::default()).expect("create");
        std::fs::create_dir(run.model_path()).expect("model");
        let mut writer = EventWriter::open(&run.events_path()).expect("log");
        for (step, body) in bodies {
            writer.write(step, body).expect("write");
        }
        let mut watch = RunWatch::open(run).expect("open");
        watch.catch_up(0).expect("read");
        (folder, watch)
    }

    fn evaluated() -> EventBody {
        EventBody::Evaluated {
            metrics: BTreeMap::from([("auc".to_owned(), 0.75)]),
            best: true,
            samples: Vec::new(),
        }
    }

    #[test]
    fn a_finished_run_tells_what_the_contract_names() {
        let finished = EventBody::Finished {
            best_step: 20,
            best_metric: "auc".to_owned(),
            best_value: 0.75,
            stopped_early: false,
            test_metrics: BTreeMap::from([("auc".to_owned(), 0.5)]),
            samples_per_sec: 27.5,
            wall_secs: 60.0,
            model: "model".to_owned(),
        };
        let warning = EventBody::Warning {
            message: "3 rows have no text".to_owned(),
        };
        let (_folder, watch) = watch_of(vec![(20, evaluated()), (20, warning), (40, finished)]);
        let json = serde_json::to_value(TrainResult::of(&watch)).expect("json");
        assert_eq!(json["status"], "finished");
        assert_eq!(
            json["best"],
            serde_json::json!({"metric": "auc", "value": 0.75, "step": 20})
        );
        assert_eq!(json["samples_per_sec"], 27.5);
        assert_eq!(json["test_metrics"]["auc"], 0.5);
        assert_eq!(json["warnings"][0], "3 rows have no text");
        assert_eq!(json["model"], serde_json::json!(watch.run().model_path()));
        assert!(json["error"].is_null() && json["device"].is_null());
    }

    #[test]
    fn a_stopped_run_has_its_best_so_far() {
        let stopped = EventBody::Stopped {
            reason: "asked".to_owned(),
        };
        let (_folder, watch) = watch_of(vec![(20, evaluated()), (25, stopped)]);
        let result = TrainResult::of(&watch);
        assert_eq!(result.status, "stopped");
        let expected = BestResult {
            metric: "auc".to_owned(),
            value: Some(0.75),
            step: 20,
        };
        assert_eq!(result.best, Some(expected));
        assert!(result.lines().iter().any(|line| line == "best auc 0.7500 at step 20"));
    }
}
