//! `--project DIR`: what a command made becomes part of a project, in the form in which the window shows it.
//!
//! Invariant: an explicit result replaces what the project showed of that stage; the project's own log and recipe are
//! only ever filled in where it has none, never taken away.

use super::rules::Rules;
use super::{OutputArgs, UsageError};
use crate::engine::artifact::ContentHash;
use crate::engine::audit::{Acceptances, AuditReport};
use crate::engine::eval::suite::ScoredRows;
use crate::engine::eval::{EvalConfig, EvaluationReport};
use crate::engine::experiment::ExperimentReport;
use crate::engine::features::{FEATURE_SET_FILE, FeatureConfig, FeatureSet};
use crate::engine::flow::catalogue;
use crate::engine::flow::choices::{CompareChoice, EvaluateChoice, ExperimentChoice, key};
use crate::engine::flow::rules::{RuleCheck, keep_check, rules_path, save_rules};
use crate::engine::flow::sources::Sources;
use crate::engine::ingest::{Dataset, ReadOptions, read_log};
use crate::engine::progress::Progress;
use crate::engine::project::{Project, ProjectError};
use crate::engine::recipe::{Applied, Recipe};
use crate::engine::rules::RuleFile;
use crate::engine::run::dir::RunDir;
use crate::engine::run::now_ms;
use anyhow::Context as _;
use std::path::{Path, PathBuf};

/// The project a command records in, open for writing.
pub(super) struct Kept {
    project: Project,
}

/// The files a log was read from, and how.
pub(super) struct LogFiles<'a> {
    pub log: &'a [PathBuf],
    pub items: Option<&'a Path>,
    pub users: Option<&'a Path>,
    pub options: &'a ReadOptions,
}

impl Kept {
    /// Opens (or makes) the project of `--project`; refuses one that cannot be written before any work is done.
    pub fn open(out: &OutputArgs) -> anyhow::Result<Option<Self>> {
        let Some(folder) = &out.project else { return Ok(None) };
        let folder = std::path::absolute(folder).with_context(|| format!("cannot resolve {}", folder.display()))?;
        let project = Project::open(&folder)?;
        if project.is_read_only() {
            return Err(ProjectError::ReadOnly { path: folder }.into());
        }
        Ok(Some(Self { project }))
    }

    /// Records a log and the tables beside it. A project without a log of its own takes it as its log.
    pub fn log(&self, files: &LogFiles<'_>, tables: &[&Dataset]) -> anyhow::Result<()> {
        for table in tables {
            self.project.record(&catalogue::dataset(&table.info, now_ms()))?;
        }
        let mut sources = Sources::load(&self.project)?;
        if sources.events.is_empty() {
            sources.events = absolute(files.log)?;
            self.project.set_setting(key::READ_OPTIONS, files.options)?;
        } else if !is_same_files(&sources.events, files.log) {
            return Ok(());
        }
        let side = |path: Option<&Path>| path.map(std::path::absolute).transpose();
        sources.items = sources.items.or(side(files.items)?);
        sources.users = sources.users.or(side(files.users)?);
        sources.save(&self.project)?;
        Ok(())
    }

    /// Records a table that was read.
    pub fn table_read(&self, table: &Dataset) -> anyhow::Result<()> {
        Ok(self.project.record(&catalogue::dataset(&table.info, now_ms()))?)
    }

    /// Reads a table as every later command will, records it and gives its hash.
    pub fn read(&self, path: &Path, progress: &Progress) -> anyhow::Result<ContentHash> {
        let table = read_log(&[path.to_owned()], &ReadOptions::default(), progress)?;
        self.table_read(&table)?;
        Ok(table.info.hash.clone())
    }

    /// Records a table that was just written, as made from `inputs`.
    pub fn table(&self, path: &Path, inputs: &[ContentHash], progress: &Progress) -> anyhow::Result<()> {
        let table = read_log(&[path.to_owned()], &ReadOptions::default(), progress)?;
        let mut record = catalogue::dataset(&table.info, now_ms());
        record.inputs = inputs.to_vec();
        self.project.record(&record)?;
        Ok(())
    }

    pub fn audit(&self, report: &AuditReport) -> anyhow::Result<()> {
        Ok(catalogue::keep_audit(&self.project, report)?)
    }

    /// The findings accepted in this project.
    pub fn accepted(&self) -> anyhow::Result<Acceptances> {
        Ok(catalogue::accepted(&self.project)?)
    }

    pub fn keep_accepted(&self, accepted: &Acceptances) -> anyhow::Result<()> {
        Ok(self.project.set_setting(key::ACCEPTED, accepted)?)
    }

    pub fn project(&self) -> &Project {
        &self.project
    }

    /// Keeps what became of the rules on a log. A project without rules takes those that its own log was checked with,
    /// unless they name tables whose paths count from where the file lies.
    pub fn rules(&self, rules: &Rules, check: &RuleCheck, log: &[PathBuf]) -> anyhow::Result<()> {
        keep_check(&self.project, check)?;
        let file = RuleFile {
            rules: rules.sheet.rules().to_vec(),
        };
        let is_own_log = is_same_files(&Sources::load(&self.project)?.events, log);
        let moves_well = file.table_files().iter().all(|table| Path::new(table).is_absolute());
        if is_own_log && moves_well && !rules_path(&self.project).exists() {
            save_rules(&self.project, &rules.sheet, now_ms())?;
        }
        Ok(())
    }

    /// Records a proposed recipe; it becomes the project's where nobody chose one.
    pub fn proposed_recipe(&self, recipe: &Recipe, log: &Dataset) -> anyhow::Result<()> {
        let record = catalogue::recipe(recipe, &log.info.hash, &log.info.name, now_ms());
        self.project.record(&record)?;
        if self.project.setting::<Recipe>(key::RECIPE)?.is_none() {
            self.project.set_setting(key::RECIPE, recipe)?;
        }
        Ok(())
    }

    /// Records a recipe that was applied, the cleaned log, and the file it was written to. Applied to the project's
    /// own log, the recipe becomes the project's.
    pub fn cleaned(&self, recipe: &Recipe, applied: &Applied, files: &[PathBuf], out: &Path) -> anyhow::Result<()> {
        let (name, now) = (&applied.dataset.info.name, now_ms());
        self.project
            .record(&catalogue::recipe(recipe, &applied.input, name, now))?;
        self.project.record(&catalogue::clean_dataset(applied, now))?;
        if is_same_files(&Sources::load(&self.project)?.events, files) {
            self.project.set_setting(key::RECIPE, recipe)?;
        }
        self.table(out, std::slice::from_ref(&applied.hash), &Progress::new())
    }

    /// Where the project keeps its feature set.
    pub fn features_dir(&self) -> PathBuf {
        catalogue::features_dir(&self.project)
    }

    /// Records a feature set built in `dir` and makes it the project's.
    pub fn features(&self, set: &FeatureSet, config: &FeatureConfig, dir: &Path) -> anyhow::Result<()> {
        let own = self.features_dir();
        if std::path::absolute(dir)? != own {
            self.copy_set(set, dir, &own)?;
        }
        self.project.set_setting(key::FEATURES, config)?;
        self.project.record(&catalogue::feature_set(set))?;
        self.table(
            &own.join(&set.files.test),
            std::slice::from_ref(&set.hash),
            &Progress::new(),
        )
    }

    /// The tables are copied beside the old set, which then goes to the trash.
    fn copy_set(&self, set: &FeatureSet, dir: &Path, own: &Path) -> anyhow::Result<()> {
        let fresh = self
            .project
            .data_dir()
            .join(format!(".features-{}", std::process::id()));
        let failed = |path: &Path| format!("cannot copy {} into the project", path.display());
        std::fs::create_dir_all(&fresh).with_context(|| failed(dir))?;
        let files = [Some(&set.files.train), set.files.valid.as_ref(), Some(&set.files.test)];
        let names = files
            .into_iter()
            .flatten()
            .map(String::as_str)
            .chain([FEATURE_SET_FILE]);
        for name in names {
            let from = dir.join(name);
            std::fs::copy(&from, fresh.join(name)).with_context(|| failed(&from))?;
        }
        if own.exists() {
            self.project.discard(own, now_ms())?;
        }
        std::fs::rename(&fresh, own).with_context(|| failed(dir))?;
        Ok(())
    }

    /// Records a run as trained on the feature set its table belongs to, if there is one.
    pub fn run(&self, run: &RunDir, ended_ms: Option<u64>) -> anyhow::Result<()> {
        let config = run.config()?;
        let set = config.data.train.parent().and_then(|dir| FeatureSet::load(dir).ok());
        let parents = set.map(|set| set.hash).into_iter().collect();
        let record = catalogue::run(&run.id(), &config, ended_ms.unwrap_or_else(now_ms), parents);
        self.project.record(&record)?;
        Ok(())
    }

    /// Records the models evaluated on these rows, and keeps the rows for the window and for comparisons.
    pub fn evaluation(
        &self,
        report: &EvaluationReport,
        rows: &ScoredRows,
        config: &EvalConfig,
        created_ms: u64,
    ) -> anyhow::Result<()> {
        rows.write(&catalogue::scores_path(&self.project))?;
        self.project
            .record(&catalogue::evaluation(report, &rows.data, created_ms))?;
        let saved: Option<EvaluateChoice> = self.project.setting(key::EVALUATE)?;
        let choice = EvaluateChoice {
            config: config.clone(),
            ..saved.unwrap_or_default()
        };
        self.project.set_setting(key::EVALUATE, &choice)?;
        Ok(())
    }

    pub fn comparison(&self, found: &crate::engine::compare::Comparison, data: &ContentHash) -> anyhow::Result<()> {
        self.project.record(&catalogue::comparison(found, data, now_ms()))?;
        let choice = CompareChoice {
            models: found.models.iter().map(|model| model.name.clone()).collect(),
            config: found.config.clone(),
        };
        self.project.set_setting(key::COMPARE, &choice)?;
        Ok(())
    }

    pub fn experiment(&self, report: &ExperimentReport, log: &Dataset, files: &[PathBuf]) -> anyhow::Result<()> {
        let now = now_ms();
        self.project.record(&catalogue::dataset(&log.info, now))?;
        self.project.record(&catalogue::experiment(report, now))?;
        let choice = ExperimentChoice {
            files: absolute(files)?,
            config: Some(report.config.clone()),
        };
        self.project.set_setting(key::EXPERIMENTS, &choice)?;
        Ok(())
    }
}

fn absolute(files: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let absolute = files.iter().map(std::path::absolute);
    absolute
        .collect::<Result<_, _>>()
        .context("cannot resolve the files' paths")
}

/// The same files by their real paths.
fn is_same_files(known: &[PathBuf], given: &[PathBuf]) -> bool {
    let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
    known.iter().map(real).eq(given.iter().map(real))
}

/// Tells that `--project` has no meaning for a command, rather than ignoring it silently.
pub(super) fn not_kept(command: &str, out: &OutputArgs) {
    if out.project.is_some() {
        super::print_warning(&format!(
            "`touchstone {command}` records nothing in another project, so --project is not used"
        ));
    }
}

/// The folder of a stage's result: the one named, else the project's own.
pub(super) fn folder_for(given: Option<&Path>, own: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    given.map(Path::to_owned).or(own).ok_or_else(|| {
        UsageError(
            "say where to write with --out DIR, or name the project to build it in with --project DIR".to_owned(),
        )
        .into()
    })
}
