//! The stages on models and experiments: train, evaluate, compare, read the A/B test.
//!
//! Invariant: as in `stages`: a result is taken over only if nothing it rests on changed.

use super::choices::{CompareChoice, EvaluateChoice, ExperimentChoice, key};
use super::stages::{Outcome, Stages};
use super::{FlowError, catalogue, plan, training};
use crate::engine::compare::{Comparison, compare_rows};
use crate::engine::eval::EvaluationReport;
use crate::engine::eval::suite::{RunModel, ScoredRows, evaluate_runs, finished_runs};
use crate::engine::experiment::{ExperimentReport, experiment, propose};
use crate::engine::features::Part;
use crate::engine::ingest::{ReadOptions, read_log};
use crate::engine::project::ArtefactKind;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::now_ms;
use serde_json::{Value, json};

impl Stages<'_> {
    pub(super) fn train(&mut self) -> Result<Outcome, FlowError> {
        let Some((set, dir)) = &self.set else {
            return Ok(Outcome::skipped("there is no feature set"));
        };
        let saved: Option<TrainConfig> = self.project.setting(key::TRAIN)?;
        let config = match saved {
            Some(config) => TrainConfig {
                data: set.train_data(dir),
                ..config
            },
            None => {
                let train = set.split.parts.iter().find(|part| part.name == Part::Train.name());
                let (rows, share) = train.map_or((0, None), |part| (part.rows, part.positive_rate));
                plan::train_config(set.train_data(dir), rows, share)
            }
        };
        let today = chrono::Local::now().format("%Y-%m-%d").to_string();
        let (watch, skipped) = training::train(&self.project.runs_dir(), &today, &config, self.progress)?;
        let run_id = watch.run().id();
        let ended_ms = watch.view().ended_ms().unwrap_or_else(now_ms);
        let record = catalogue::run(&run_id, watch.config(), ended_ms, vec![set.hash.clone()]);
        self.project.record(&record)?;
        let best = watch
            .view()
            .best()
            .and_then(|best| Some((best.step, *best.metrics.get(&config.metric)?)));
        let facts = json!({
            "run": run_id, "steps": watch.view().total_steps(), "metric": config.metric,
            "best_step": best.map(|best| best.0), "best": best.map(|best| best.1),
            "train_secs": watch.view().active_secs(),
        });
        let said = match best {
            Some((step, value)) => format!("{run_id}: best validation {} {value:.4} at step {step}", config.metric),
            None => format!("{run_id} finished"),
        };
        Ok(Outcome::new(said, facts).taken_over(skipped))
    }

    pub(super) fn evaluate(&mut self) -> Result<Outcome, FlowError> {
        let choice: EvaluateChoice = self.project.setting(key::EVALUATE)?.unwrap_or_default();
        let kept = self.kept_evaluation(&choice)?;
        let skipped = kept.is_some();
        let (report, rows, created_ms) = match kept {
            Some(kept) => kept,
            None => {
                let created_ms = now_ms();
                let wanted = (&choice.suite, &choice.config);
                let (report, rows) = evaluate_runs(&self.project.runs_dir(), wanted, created_ms, self.progress)?;
                rows.write(&catalogue::scores_path(self.project))?;
                if let Some((set, _)) = &self.set {
                    let test = catalogue::test_rows(&rows, &set.hash, created_ms);
                    self.project.record(&test)?;
                }
                let record = catalogue::evaluation(&report, &rows.data, created_ms);
                self.project.record(&record)?;
                (report, rows, created_ms)
            }
        };
        let lines: Vec<String> = report
            .models
            .iter()
            .map(|model| format!("{} AUC {}", model.model_name, number(model.evaluation.auc)))
            .chain(report.of_task.iter().map(|model| {
                let metric = model.evaluation.task.usual_metric(model.evaluation.lists.is_some());
                format!(
                    "{} {metric} {}",
                    model.model_name,
                    number(model.evaluation.value(metric))
                )
            }))
            .collect();
        let facts: Vec<Value> = report
            .models
            .iter()
            .map(|model| json!({ "model": model.model_name, "auc": model.evaluation.auc }))
            .collect();
        self.scored = Some((rows, created_ms));
        Ok(Outcome::new(lines.join(" · "), Value::Array(facts)).taken_over(skipped))
    }

    /// The newest evaluation with its rows, unless a feature set or a run came after it or other settings are wanted.
    fn kept_evaluation(
        &self,
        choice: &EvaluateChoice,
    ) -> Result<Option<(EvaluationReport, ScoredRows, u64)>, FlowError> {
        let Some(record) = self.project.latest(ArtefactKind::Evaluation)? else {
            return Ok(None);
        };
        for kind in [ArtefactKind::FeatureSet, ArtefactKind::Run, ArtefactKind::Model] {
            let newest = self.project.latest(kind)?;
            if newest.is_some_and(|newest| newest.created_ms > record.created_ms) {
                return Ok(None);
            }
        }
        let rows = ScoredRows::read(&catalogue::scores_path(self.project));
        let (Ok(report), Ok(rows)) = (serde_json::from_value::<EvaluationReport>(record.content), rows) else {
            return Ok(None);
        };
        let names = report.models.iter().map(|model| &model.model_name);
        // Scores given on the command line are an evaluation too, but not one of these runs.
        let wanted = finished_runs(&self.project.runs_dir())?;
        let is_wanted = |run: &&RunModel| choice.suite.runs.is_empty() || choice.suite.runs.contains(&run.run_id);
        let newest = wanted.iter().find(is_wanted);
        let is_same = record.inputs.contains(&rows.data)
            && newest.is_some_and(|run| names.clone().any(|name| *name == run.name))
            && names.eq(rows.models.iter().map(|model| &model.name))
            && report
                .models
                .iter()
                .all(|model| model.evaluation.config == choice.config)
            && choice.fits(&rows);
        Ok(is_same.then_some((report, rows, record.created_ms)))
    }

    pub(super) fn compare(&mut self) -> Result<Outcome, FlowError> {
        let Some((rows, evaluated_ms)) = &self.scored else {
            return Ok(Outcome::skipped("there is no evaluation"));
        };
        if rows.models.len() < 2 {
            return Ok(Outcome::skipped("there is only one model"));
        }
        let choice: CompareChoice = self.project.setting(key::COMPARE)?.unwrap_or_default();
        let exists = |name: &&String| rows.models.iter().any(|model| model.name == **name);
        let chosen: Vec<String> = choice.models.iter().filter(exists).cloned().collect();
        // One model alone is no comparison; then the default ones are taken, as in the window.
        let chosen = if chosen.len() < 2 { Vec::new() } else { chosen };
        let kept = self.kept_comparison(rows, *evaluated_ms, &chosen, &choice)?;
        let skipped = kept.is_some();
        let found = match kept {
            Some(found) => found,
            None => {
                let found = compare_rows(rows, &chosen, &choice.config, self.progress)?;
                self.project
                    .record(&catalogue::comparison(&found, &rows.data, now_ms()))?;
                found
            }
        };
        let (said, facts) = (found.verdict.en.clone(), json!({ "pairs": found.pairs }));
        Ok(Outcome::new(said, facts).taken_over(skipped))
    }

    fn kept_comparison(
        &self,
        rows: &ScoredRows,
        evaluated_ms: u64,
        chosen: &[String],
        choice: &CompareChoice,
    ) -> Result<Option<Comparison>, FlowError> {
        let Some(record) = self.project.latest(ArtefactKind::Comparison)? else {
            return Ok(None);
        };
        if record.created_ms < evaluated_ms || !record.inputs.contains(&rows.data) {
            return Ok(None);
        }
        let Ok(found) = serde_json::from_value::<Comparison>(record.content) else {
            return Ok(None);
        };
        let wanted = if chosen.is_empty() {
            crate::engine::compare::default_models(rows)
        } else {
            chosen.to_vec()
        };
        let is_same = found.config == choice.config && found.models.iter().map(|model| &model.name).eq(wanted.iter());
        Ok(is_same.then_some(found))
    }

    pub(super) fn experiments(&mut self) -> Result<Outcome, FlowError> {
        let choice: ExperimentChoice = self.project.setting(key::EXPERIMENTS)?.unwrap_or_default();
        let files = if choice.files.is_empty() {
            self.sources.experiment.clone().into_iter().collect()
        } else {
            choice.files.clone()
        };
        if files.is_empty() {
            return Ok(Outcome::skipped("there is no experiment log"));
        }
        let log = read_log(&files, &ReadOptions::default(), self.progress)?;
        let Some(config) = choice.config.clone().or_else(|| propose(&log)) else {
            return Ok(Outcome::skipped(
                "the experiment log shows no variants; say in the window which column they are",
            ));
        };
        let kept = self.project.latest(ArtefactKind::Experiment)?;
        let kept = kept
            .and_then(|record| serde_json::from_value::<ExperimentReport>(record.content).ok())
            .filter(|report| report.input == log.info.hash && report.config == config);
        let skipped = kept.is_some();
        let report = match kept {
            Some(report) => report,
            None => {
                let report = experiment(&log, &config, self.progress)?;
                self.project.record(&catalogue::experiment(&report, now_ms()))?;
                let config = Some(config);
                let choice = ExperimentChoice { config, ..choice };
                self.project.set_setting(key::EXPERIMENTS, &choice)?;
                report
            }
        };
        let facts = json!({ "units": report.units, "srm": report.srm, "verdict": report.verdict });
        Ok(Outcome::new(report.verdict.headline.en.clone(), facts).taken_over(skipped))
    }
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"))
}
