//! The stages on the data: what each does with the project's settings or their defaults, and what it takes over.
//!
//! Invariant: a result is taken over only if it was made from the same inputs, settings and version; else it is made
//! anew.

use super::catalogue;
use super::choices::{features_agree, key};
use super::rules::{RuleCheck, check_rules, keep_check, project_rules};
use super::sources::Sources;
use super::{FlowError, FlowStage};
use crate::engine::artifact::{ContentHash, Severity};
use crate::engine::audit::registry::RULES;
use crate::engine::audit::{AuditOptions, AuditReport, SideTables, audit};
use crate::engine::eval::suite::ScoredRows;
use crate::engine::features::{self, FeatureConfig, FeatureInput, FeatureSet};
use crate::engine::ingest::{Dataset, ReadOptions, read_log};
use crate::engine::progress::Progress;
use crate::engine::project::{ArtefactKind, ArtefactRecord, Project};
use crate::engine::recipe::{self, Applied, Recipe, StepReport};
use crate::engine::rules::Tables;
use crate::engine::run::now_ms;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

pub use super::catalogue::features_dir;

/// How a stage ended.
pub(super) struct Outcome {
    pub skipped: bool,
    pub said: String,
    pub facts: Value,
}

impl Outcome {
    pub fn new(said: String, facts: Value) -> Self {
        Self {
            skipped: false,
            said,
            facts,
        }
    }

    pub fn skipped(said: &str) -> Self {
        Self {
            skipped: true,
            said: said.to_owned(),
            facts: Value::Null,
        }
    }

    /// The same, with a word on whether an earlier result was taken over.
    pub fn taken_over(mut self, skipped: bool) -> Self {
        self.skipped = skipped;
        if skipped {
            self.said += " (taken over)";
        }
        self
    }
}

/// What the stages hand to each other.
pub(super) struct Stages<'a> {
    pub project: &'a Project,
    pub progress: &'a Progress,
    pub sources: Sources,
    log: Option<Dataset>,
    items: Option<Dataset>,
    users: Option<Dataset>,
    report: Option<AuditReport>,
    clean: Option<Clean>,
    pub set: Option<(FeatureSet, PathBuf)>,
    /// The scored rows and when they were evaluated.
    pub scored: Option<(ScoredRows, u64)>,
}

/// The cleaned log: known by its hash from an earlier flow, or at hand.
enum Clean {
    Known { hash: ContentHash, recipe: Recipe },
    Applied(Applied),
}

impl<'a> Stages<'a> {
    pub fn new(project: &'a Project, progress: &'a Progress) -> Self {
        Self {
            project,
            progress,
            sources: Sources::default(),
            log: None,
            items: None,
            users: None,
            report: None,
            clean: None,
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
            return Err(self.no_log());
        }
        let options: ReadOptions = self.project.setting(key::READ_OPTIONS)?.unwrap_or_default();
        let log = read_log(&self.sources.events, &options, self.progress)?;
        self.items = self.side_table(self.sources.items.as_deref())?;
        self.users = self.side_table(self.sources.users.as_deref())?;
        self.project.record(&catalogue::dataset(&log.info, now_ms()))?;
        let rows = log.info.rows;
        let said = format!(
            "{} accepted + {} rejected + {} skipped = {} lines",
            rows.accepted, rows.rejected, rows.skipped, rows.total
        );
        let facts = json!({ "rows": rows, "columns": log.info.columns.len() });
        self.log = Some(log);
        Ok(Outcome::new(said, facts))
    }

    fn side_table(&self, path: Option<&Path>) -> Result<Option<Dataset>, FlowError> {
        let Some(path) = path else { return Ok(None) };
        Ok(Some(read_log(
            &[path.to_owned()],
            &ReadOptions::default(),
            self.progress,
        )?))
    }

    fn audit(&mut self) -> Result<Outcome, FlowError> {
        let log = self.log()?;
        let tables = SideTables {
            items: self.items.as_ref(),
            users: self.users.as_ref(),
        };
        let options = AuditOptions::new(now_ms()).with_tables(tables);
        let read = [Some(log), tables.items, tables.users].into_iter().flatten();
        let inputs: Vec<ContentHash> = read.map(|table| table.info.hash.clone()).collect();
        let kept = catalogue::kept_audit(self.project).filter(|kept| is_same_audit(kept, &inputs, &options));
        let skipped = kept.is_some();
        let report = match kept {
            Some(report) => report,
            None => {
                let report = audit(log, &options, self.progress)?;
                catalogue::keep_audit(self.project, &report)?;
                report
            }
        };
        let mut said = format!(
            "{} findings: {} errors, {} warnings",
            report.findings.len(),
            report.count(Severity::Error),
            report.count(Severity::Warning)
        );
        let mut facts = json!({ "findings": report.findings.len(), "scores": report.scores });
        if let Some(check) = self.rules(log)? {
            let (all, passed) = (check.outcomes.len(), check.num_passed());
            said += &format!("; {passed} of {all} rules passed");
            facts["rules"] = json!({ "checked": all, "passed": passed });
        }
        self.report = Some(report);
        Ok(Outcome::new(said, facts).taken_over(skipped))
    }

    /// Checks the project's rules, if it has some: always anew, since freshness depends on the moment.
    fn rules(&self, log: &Dataset) -> Result<Option<RuleCheck>, FlowError> {
        let Some(sheet) = project_rules(self.project)? else {
            return Ok(None);
        };
        let tables = Tables {
            items: self.items.as_ref(),
            users: self.users.as_ref(),
            ..Tables::default()
        };
        let folder = self.project.folder();
        let check = check_rules(sheet.rules(), (log, tables), folder, now_ms(), self.progress)?;
        keep_check(self.project, &check)?;
        Ok(Some(check))
    }

    fn recipe(&mut self) -> Result<Outcome, FlowError> {
        let log = self.log()?;
        let recipe = self.chosen_recipe()?;
        let (raw, before) = (&log.info.hash, log.num_rows() as u64);
        let hash = recipe.hash();
        let is_same = |known: &ArtefactRecord| {
            known.inputs.len() == 2 && known.inputs.contains(raw) && known.inputs.contains(&hash)
        };
        let known = self.known(ArtefactKind::CleanDataset, is_same)?.and_then(|known| {
            let steps: Vec<StepReport> = serde_json::from_value(known.content).ok()?;
            Some((known.hash, steps))
        });
        let skipped = known.is_some();
        let (steps, clean) = match known {
            Some((hash, steps)) => (
                steps,
                Clean::Known {
                    hash,
                    recipe: recipe.clone(),
                },
            ),
            None => {
                let applied = self.apply(log, &recipe)?;
                (applied.steps.clone(), Clean::Applied(applied))
            }
        };
        let after = steps.last().map_or(before, |last| last.rows_out);
        let facts = json!({ "steps": steps, "rows_in": before, "rows_out": after, "hash": clean.hash() });
        self.clean = Some(clean);
        let on = recipe.steps.iter().filter(|step| step.enabled).count();
        let said = format!("{on} steps keep {after} of {before} rows");
        Ok(Outcome::new(said, facts).taken_over(skipped))
    }

    /// The analyst's recipe, else the one the audit proposes, which becomes the project's.
    fn chosen_recipe(&self) -> Result<Recipe, FlowError> {
        if let Some(recipe) = self.project.setting(key::RECIPE)? {
            return Ok(recipe);
        }
        let recipe = self
            .report
            .as_ref()
            .map_or_else(|| Recipe::new(Vec::new()), recipe::suggest);
        self.project.set_setting(key::RECIPE, &recipe)?;
        Ok(recipe)
    }

    fn apply(&self, log: &Dataset, recipe: &Recipe) -> Result<Applied, FlowError> {
        let applied = recipe::apply(log, recipe, self.progress)?;
        let now = now_ms();
        let record = catalogue::recipe(recipe, &log.info.hash, &log.info.name, now);
        self.project.record(&record)?;
        self.project.record(&catalogue::clean_dataset(&applied, now))?;
        Ok(applied)
    }

    fn features(&mut self) -> Result<Outcome, FlowError> {
        let log = self.log()?;
        let config: FeatureConfig = self.project.setting(key::FEATURES)?.unwrap_or_default();
        let dir = features_dir(self.project);
        let clean = self.clean.as_ref().map_or(&log.info.hash, Clean::hash);
        let inputs: Vec<ContentHash> = std::iter::once(clean)
            .chain(self.items.as_ref().map(|items| &items.info.hash))
            .cloned()
            .collect();
        let kept = FeatureSet::load(&dir)
            .ok()
            .filter(|set| is_same_set(set, &dir, &inputs, &config));
        let is_known = |set: &FeatureSet| self.known(ArtefactKind::FeatureSet, |known| known.hash == set.hash);
        let kept = match kept {
            Some(set) if is_known(&set)?.is_some() => Some(set),
            _ => None,
        };
        let skipped = kept.is_some();
        let set = match kept {
            Some(set) => set,
            None => self.build_features(log, &config, &dir)?,
        };
        let said = format!(
            "{} examples, {:.1} % positive, {} numbers, {} categories and {} texts",
            set.label.rows,
            set.label.positive_rate * 100.0,
            set.numeric.len(),
            set.categorical.len(),
            set.text.len()
        );
        let facts = json!({ "rows": set.label.rows, "positives": set.label.positives, "numeric": set.numeric, "categorical": set.categorical, "text": set.text });
        self.set = Some((set, dir));
        Ok(Outcome::new(said, facts).taken_over(skipped))
    }

    fn build_features(&self, log: &Dataset, config: &FeatureConfig, dir: &Path) -> Result<FeatureSet, FlowError> {
        let again = match &self.clean {
            Some(Clean::Known { recipe, .. }) => Some(recipe::apply(log, recipe, self.progress)?),
            _ => None,
        };
        let clean = match &self.clean {
            Some(Clean::Applied(applied)) => &applied.dataset,
            _ => again.as_ref().map_or(log, |applied| &applied.dataset),
        };
        sweep(&self.project.data_dir());
        let input = FeatureInput {
            log: clean,
            items: self.items.as_ref(),
            created_ms: now_ms(),
        };
        let set = features::build(&input, config, dir, self.progress)?;
        self.project.record(&catalogue::feature_set(&set))?;
        Ok(set)
    }

    /// The newest artefact of a kind for which `is_it` holds.
    pub fn known(
        &self,
        kind: ArtefactKind,
        is_it: impl Fn(&ArtefactRecord) -> bool,
    ) -> Result<Option<ArtefactRecord>, FlowError> {
        Ok(self.project.artefacts(Some(kind))?.into_iter().find(is_it))
    }

    fn log(&self) -> Result<&Dataset, FlowError> {
        self.log.as_ref().ok_or_else(|| self.no_log())
    }

    fn no_log(&self) -> FlowError {
        FlowError::NoLog {
            path: self.project.folder().to_owned(),
        }
    }
}

impl Clean {
    fn hash(&self) -> &ContentHash {
        match self {
            Self::Known { hash, .. } => hash,
            Self::Applied(applied) => &applied.hash,
        }
    }
}

/// Removes what a killed flow left half-written. The project is held for writing, so nobody else is at it.
fn sweep(data_dir: &Path) {
    let Ok(entries) = std::fs::read_dir(data_dir) else {
        return;
    };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(".features-")
            && let Err(error) = std::fs::remove_dir_all(entry.path())
        {
            tracing::warn!("{}: {error}", entry.path().display());
        }
    }
}

/// Same inputs, thresholds, checks and version.
fn is_same_audit(kept: &AuditReport, inputs: &[ContentHash], options: &AuditOptions<'_>) -> bool {
    let made = &kept.provenance;
    let checks = kept.checks.iter().map(|check| check.code.as_str());
    made.inputs == inputs
        && made.config == ContentHash::of_json(&options.thresholds)
        && made.tool_version == env!("CARGO_PKG_VERSION")
        && checks.eq(RULES.iter().map(|rule| rule.info.code))
}

/// Same inputs, configuration and version, and its tables are there.
fn is_same_set(set: &FeatureSet, dir: &Path, inputs: &[ContentHash], config: &FeatureConfig) -> bool {
    let data = set.train_data(dir);
    let mut tables = [Some(&data.train), data.valid.as_ref(), data.test.as_ref()]
        .into_iter()
        .flatten();
    set.provenance.inputs == inputs
        && set.provenance.tool_version == env!("CARGO_PKG_VERSION")
        && features_agree(config, &set.config)
        && tables.all(|table| table.is_file())
}
