//! What each stage of a flow does, with the project's settings or their defaults.

use super::sources::Sources;
use super::{FlowError, FlowStage, plan, training};
use crate::engine::artifact::{ContentHash, Severity};
use crate::engine::audit::{AuditOptions, AuditReport, SideTables, audit};
use crate::engine::compare::{CompareConfig, compare_rows};
use crate::engine::eval::EvalConfig;
use crate::engine::eval::suite::{ScoredRows, SuiteChoice, score_runs};
use crate::engine::experiment::{ExperimentConfig, experiment, propose};
use crate::engine::features::{self, FeatureConfig, FeatureInput, FeatureSet, Part};
use crate::engine::ingest::{Dataset, ReadOptions, read_log};
use crate::engine::progress::Progress;
use crate::engine::project::{ArtefactKind, ArtefactRecord, Project};
use crate::engine::recipe::{self, Applied, Recipe};
use crate::engine::run::config::TrainConfig;
use crate::engine::run::now_ms;
use serde::Serialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// How a stage ended.
pub(super) struct Outcome {
    pub skipped: bool,
    pub said: String,
    pub facts: Value,
}

impl Outcome {
    fn new(said: String, facts: Value) -> Self {
        Self {
            skipped: false,
            said,
            facts,
        }
    }

    fn skipped(said: &str) -> Self {
        Self {
            skipped: true,
            said: said.to_owned(),
            facts: Value::Null,
        }
    }
}

/// What the stages hand to each other.
pub(super) struct Stages<'a> {
    project: &'a Project,
    progress: &'a Progress,
    sources: Sources,
    log: Option<Dataset>,
    items: Option<Dataset>,
    report: Option<AuditReport>,
    applied: Option<Applied>,
    set: Option<(FeatureSet, PathBuf)>,
    scored: Option<ScoredRows>,
}

impl<'a> Stages<'a> {
    pub fn new(project: &'a Project, progress: &'a Progress) -> Self {
        Self {
            project,
            progress,
            sources: Sources::default(),
            log: None,
            items: None,
            report: None,
            applied: None,
            set: None,
            scored: None,
        }
    }

    pub fn run(&mut self, stage: FlowStage) -> Result<Outcome, FlowError> {
        match stage {
            FlowStage::Data => self.data(),
            FlowStage::Audit => self.audit(),
            FlowStage::Recipe => self.recipe(),
            FlowStage::Features => self.features(),
            FlowStage::Train => self.train(),
            FlowStage::Evaluate => self.evaluate(),
            FlowStage::Compare => self.compare(),
            FlowStage::Experiments => self.experiments(),
        }
    }

    fn data(&mut self) -> Result<Outcome, FlowError> {
        self.sources = Sources::load(self.project)?;
        if self.sources.events.is_empty() {
            return Err(FlowError::NoLog {
                path: self.project.folder().to_owned(),
            });
        }
        let options: ReadOptions = self.project.setting("read_options")?.unwrap_or_default();
        let log = read_log(&self.sources.events, &options, self.progress)?;
        if let Some(path) = &self.sources.items {
            self.items = Some(read_log(
                std::slice::from_ref(path),
                &ReadOptions::default(),
                self.progress,
            )?);
        }
        let rows = log.info.rows;
        self.record(
            ArtefactKind::Dataset,
            &log.info.hash,
            &log.info.name,
            &*log.info,
            Vec::new(),
        )?;
        let said = format!(
            "{} accepted + {} rejected + {} skipped = {} lines",
            rows.accepted, rows.rejected, rows.skipped, rows.total
        );
        let facts = json!({ "rows": rows, "columns": log.info.columns.len() });
        self.log = Some(log);
        Ok(Outcome::new(said, facts))
    }

    fn audit(&mut self) -> Result<Outcome, FlowError> {
        let log = self.log()?;
        let tables = SideTables {
            items: self.items.as_ref(),
            users: None,
        };
        let now = now_ms();
        let report = audit(log, &AuditOptions::new(now).with_tables(tables), self.progress)?;
        let hash = ContentHash::of_json(&report);
        self.record(
            ArtefactKind::Audit,
            &hash,
            &report.name,
            &report.scores,
            vec![log.info.hash.clone()],
        )?;
        let metrics: Vec<(String, f64)> = report
            .scores
            .iter()
            .map(|(dimension, score)| (dimension.name().to_owned(), *score))
            .collect();
        if !self.project.is_read_only() {
            self.project.record_metrics(ArtefactKind::Audit, &hash, now, &metrics)?;
        }
        let said = format!(
            "{} findings: {} errors, {} warnings",
            report.findings.len(),
            report.count(Severity::Error),
            report.count(Severity::Warning)
        );
        let facts = json!({ "findings": report.findings.len(), "scores": report.scores });
        self.report = Some(report);
        Ok(Outcome::new(said, facts))
    }

    fn recipe(&mut self) -> Result<Outcome, FlowError> {
        let log = self.log()?;
        let saved: Option<Recipe> = self.project.setting("recipe")?;
        let recipe = match (saved, &self.report) {
            (Some(recipe), _) => recipe,
            (None, Some(report)) => recipe::suggest(report),
            (None, None) => Recipe::new(Vec::new()),
        };
        let applied = recipe::apply(log, &recipe, self.progress)?;
        let raw = log.info.hash.clone();
        self.record(
            ArtefactKind::Recipe,
            &recipe.hash(),
            "recipe",
            &recipe,
            vec![raw.clone()],
        )?;
        let inputs = vec![raw, recipe.hash()];
        self.record(
            ArtefactKind::CleanDataset,
            &applied.hash,
            "clean log",
            &applied.steps,
            inputs,
        )?;
        let (before, after) = (log.num_rows(), applied.dataset.num_rows());
        let steps = recipe.steps.iter().filter(|step| step.enabled).count();
        let facts = json!({ "steps": applied.steps, "rows_in": before, "rows_out": after, "hash": applied.hash });
        self.applied = Some(applied);
        Ok(Outcome::new(
            format!("{steps} steps keep {after} of {before} rows"),
            facts,
        ))
    }

    fn features(&mut self) -> Result<Outcome, FlowError> {
        let log = self
            .applied
            .as_ref()
            .map_or(self.log.as_ref(), |applied| Some(&applied.dataset));
        let log = log.ok_or_else(|| self.no_log())?;
        let config: FeatureConfig = self.project.setting("features")?.unwrap_or_default();
        let input = FeatureInput {
            log,
            items: self.items.as_ref(),
            created_ms: now_ms(),
        };
        let dir = features_dir(self.project);
        let set = features::build(&input, &config, &dir, self.progress)?;
        let parents = set.provenance.inputs.clone();
        self.record(ArtefactKind::FeatureSet, &set.hash, &set.name, &set, parents)?;
        let said = format!(
            "{} examples, {:.1} % positive, {} numeric features and {} texts",
            set.label.rows,
            set.label.positive_rate * 100.0,
            set.numeric.len(),
            set.text.len()
        );
        let facts = json!({ "rows": set.label.rows, "positives": set.label.positives, "numeric": set.numeric, "text": set.text });
        self.set = Some((set, dir));
        Ok(Outcome::new(said, facts))
    }

    fn train(&mut self) -> Result<Outcome, FlowError> {
        let Some((set, dir)) = &self.set else {
            return Ok(Outcome::skipped("there is no feature set"));
        };
        let saved: Option<TrainConfig> = self.project.setting("train")?;
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
        let hash = ContentHash::of_json(&(&run_id, &config));
        self.record(ArtefactKind::Run, &hash, &run_id, &config, vec![set.hash.clone()])?;
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
        Ok(Outcome { skipped, said, facts })
    }

    fn evaluate(&mut self) -> Result<Outcome, FlowError> {
        let choice: SuiteChoice = SuiteChoice::default();
        let rows = score_runs(&self.project.runs_dir(), &choice, self.progress)?;
        let report = rows.evaluate(&EvalConfig::default(), now_ms(), self.progress)?;
        if !self.project.is_read_only() {
            rows.write(&self.project.data_dir().join(SCORES_FILE))?;
        }
        let names: Vec<&str> = report.models.iter().map(|model| model.model_name.as_str()).collect();
        let hash = ContentHash::of_json(&report);
        self.record(
            ArtefactKind::Evaluation,
            &hash,
            &names.join(", "),
            &report,
            vec![rows.data.clone()],
        )?;
        let lines: Vec<String> = report
            .models
            .iter()
            .map(|model| format!("{} AUC {}", model.model_name, number(model.evaluation.auc)))
            .collect();
        let facts: Vec<Value> = report
            .models
            .iter()
            .map(|model| json!({ "model": model.model_name, "auc": model.evaluation.auc }))
            .collect();
        self.scored = Some(rows);
        Ok(Outcome::new(lines.join(" · "), Value::Array(facts)))
    }

    fn compare(&mut self) -> Result<Outcome, FlowError> {
        let Some(rows) = &self.scored else {
            return Ok(Outcome::skipped("there is no evaluation"));
        };
        if rows.models.len() < 2 {
            return Ok(Outcome::skipped("there is only one model"));
        }
        let names: Vec<String> = rows.models.iter().map(|model| model.name.clone()).collect();
        let comparison = compare_rows(rows, &[], &CompareConfig::default(), self.progress)?;
        let hash = ContentHash::of_json(&comparison);
        self.record(
            ArtefactKind::Comparison,
            &hash,
            &names.join(", "),
            &comparison,
            vec![rows.data.clone()],
        )?;
        let said = comparison.verdict.en.clone();
        let facts = json!({ "pairs": comparison.pairs });
        Ok(Outcome::new(said, facts))
    }

    fn experiments(&mut self) -> Result<Outcome, FlowError> {
        let Some(path) = &self.sources.experiment else {
            return Ok(Outcome::skipped("there is no experiment log"));
        };
        let log = read_log(std::slice::from_ref(path), &ReadOptions::default(), self.progress)?;
        let saved: Option<ExperimentConfig> = self.project.setting("experiment")?;
        let Some(config) = saved.or_else(|| propose(&log)) else {
            return Ok(Outcome::skipped(
                "the experiment log shows no variants; say in the window which column they are",
            ));
        };
        let report = experiment(&log, &config, self.progress)?;
        let hash = ContentHash::of_json(&report);
        self.record(
            ArtefactKind::Experiment,
            &hash,
            &report.name,
            &report,
            vec![log.info.hash.clone()],
        )?;
        let facts = json!({ "units": report.units, "srm": report.srm, "verdict": report.verdict });
        Ok(Outcome::new(report.verdict.headline.en.clone(), facts))
    }

    fn log(&self) -> Result<&Dataset, FlowError> {
        self.log.as_ref().ok_or_else(|| self.no_log())
    }

    fn no_log(&self) -> FlowError {
        FlowError::NoLog {
            path: self.project.folder().to_owned(),
        }
    }

    fn record<T: Serialize>(
        &self,
        kind: ArtefactKind,
        hash: &ContentHash,
        name: &str,
        content: &T,
        inputs: Vec<ContentHash>,
    ) -> Result<(), FlowError> {
        let mut artefact = ArtefactRecord::new(kind, hash.clone(), name, now_ms());
        // Artefacts are plain data, so this fails only for what cannot be stored anyway.
        artefact.content = serde_json::to_value(content).unwrap_or(Value::Null);
        artefact.inputs = inputs;
        if !self.project.is_read_only() {
            self.project.record(&artefact)?;
        }
        Ok(())
    }
}

/// Scores of the evaluated models, below the project's data folder.
const SCORES_FILE: &str = "scores.parquet";

/// Where a project keeps its feature set.
pub fn features_dir(project: &Project) -> PathBuf {
    project.data_dir().join(Path::new("features"))
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"))
}
