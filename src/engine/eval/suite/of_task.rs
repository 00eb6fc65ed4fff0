//! Runs whose label is no 0 or 1, and the answer that needs no model, on their test file.
//!
//! Invariant: the baseline sees labels of training rows only.

use super::super::evaluation::EvaluationReport;
use super::super::input::EvalConfig;
use super::super::tasks::{TaskEvaluation, TaskModel, TaskRows, evaluate_task};
use super::score::{RunModel, SuiteChoice, chosen_runs, score_runs, test_file};
use super::{ScoredRows, SuiteError};
use crate::engine::artifact::{Bilingual, ContentHash, Provenance};
use crate::engine::infer::{ScoreOptions, ScorerClient};
use crate::engine::ingest::Dataset;
use crate::engine::progress::{Cancelled, Progress};
use crate::engine::run::task::Task;
use crate::engine::train::TrainError;
use crate::engine::train::data::Rows;
use crate::engine::train::table::{self, Columns, Table};
use crate::engine::train::tasks::{self, Predictions, TaskRules};
use std::path::{Path, PathBuf};

/// Names of the answers that need no model.
pub const CLASS_SHARES: (&str, &str) = ("Class shares", "类别占比");
pub const MEAN_GRADE: (&str, &str) = ("Mean grade", "平均等级");

/// Evaluates the chosen runs, whatever their task is. The scored rows are empty unless the label is 0 or 1.
///
/// # Errors
/// As `score_runs` and `evaluate`.
pub fn evaluate_runs(
    runs_dir: &Path,
    (choice, config): (&SuiteChoice, &EvalConfig),
    created_ms: u64,
    progress: &Progress,
) -> Result<(EvaluationReport, ScoredRows), SuiteError> {
    let runs = chosen_runs(runs_dir, choice)?;
    let Some(first) = runs.first().filter(|run| run.config.task != Task::Binary) else {
        let rows = score_runs(runs_dir, choice, progress)?;
        let report = rows.evaluate(config, created_ms, progress)?;
        return Ok((report, rows));
    };
    let suite = Suite::open(first, choice, progress)?;
    let name = suite.path.file_name().unwrap_or_default();
    let rows = ScoredRows {
        data_name: name.to_string_lossy().into_owned(),
        data: suite.test.info.hash.clone(),
        ..ScoredRows::default()
    };
    let how = (config, created_ms);
    let fitting = runs.iter().filter(|run| suite.fits(run));
    let mut of_task = fitting
        .map(|run| suite.model(run, how, progress))
        .collect::<Result<Vec<_>, _>>()?;
    of_task.push(suite.baseline(how, progress)?);
    let report = EvaluationReport {
        data_name: rows.data_name.clone(),
        models: Vec::new(),
        of_task,
        elapsed_ms: 0,
    };
    Ok((report, rows))
}

/// The test rows of the run that decides which rows those are.
struct Suite<'a> {
    first: &'a RunModel,
    path: PathBuf,
    test: Dataset,
    table: Table,
    group: Option<String>,
}

impl<'a> Suite<'a> {
    fn open(first: &'a RunModel, choice: &SuiteChoice, progress: &Progress) -> Result<Self, SuiteError> {
        let path = test_file(first).ok_or_else(|| SuiteError::NoTestRows {
            run: first.name.clone(),
        })?;
        let group = choice.group.clone().or_else(|| first.config.data.group.clone());
        progress.phase("reading test rows", "读取测试集");
        let columns = Columns {
            group: group.as_deref(),
            ..columns_of(first)
        };
        let test = table::open(&path, columns, progress).map_err(failed(first))?;
        Ok(Self {
            table: Table::from(&test),
            first,
            path,
            test,
            group,
        })
    }

    /// Same rows, same label, same task: only then do figures stand beside each other.
    fn fits(&self, run: &RunModel) -> bool {
        let (own, data) = (&run.config, &self.first.config);
        test_file(run).as_ref() == Some(&self.path) && own.task == data.task && own.data.label == data.data.label
    }

    fn model(
        &self,
        run: &RunModel,
        (config, created_ms): (&EvalConfig, u64),
        progress: &Progress,
    ) -> Result<TaskModel, SuiteError> {
        let failed = failed(run);
        progress.check()?;
        let mut scorer = ScorerClient::open(&run.model_dir, ScoreOptions::default()).map_err(&failed)?;
        let (rows, notes) = self.rows(run, scorer.rules()).map_err(&failed)?;
        let (labels, groups) = (rows.labels.clone(), rows.groups.clone());
        let predicted = scorer.predict(rows, progress);
        if progress.is_cancelled() {
            return Err(Cancelled.into());
        }
        let predicted = predicted.map_err(&failed)?;
        let mut evaluation = self.evaluation(scorer.rules(), (&labels, &groups, &predicted), config, progress)?;
        evaluation.warnings.extend(notes);
        let made_of = ContentHash::of_json(&(&run.run_id, &run.config));
        let inputs = vec![self.test.info.hash.clone(), made_of];
        Ok(TaskModel {
            model_name: run.name.clone(),
            is_baseline: false,
            description: Bilingual::new(
                format!("{} fine-tuned in run {}", run.config.base_model, run.run_id),
                format!("由 {} 微调而来，训练任务 {}", run.config.base_model, run.run_id),
            ),
            evaluation,
            provenance: Provenance::new(created_ms, inputs, ContentHash::of_json(config), Some(config.seed)),
        })
    }

    /// The labelled test rows as a run reads them, and what was left out.
    fn rows(&self, run: &RunModel, rules: &dyn TaskRules) -> Result<(Rows, Vec<Bilingual>), TrainError> {
        let columns = Columns {
            group: self.group.as_deref(),
            ..columns_of(run)
        };
        let loaded = table::rows_of(&self.table, &self.path, columns, Some(rules))?;
        let notes = loaded.notes.into_iter().map(|note| Bilingual::new(note.clone(), note));
        Ok((loaded.rows, notes.collect()))
    }

    fn evaluation(
        &self,
        rules: &dyn TaskRules,
        (labels, groups, predicted): (&[f32], &[u32], &Predictions),
        config: &EvalConfig,
        progress: &Progress,
    ) -> Result<TaskEvaluation, SuiteError> {
        let rows = TaskRows {
            task: rules.task(),
            classes: rules.classes(),
            labels,
            predicted,
            groups,
            total: self.table.lines.len(),
        };
        Ok(evaluate_task(&rows, config, progress)?)
    }

    /// The same answer for every row: the shares of the classes, or the mean grade, of the training rows.
    fn baseline(&self, (config, created_ms): (&EvalConfig, u64), progress: &Progress) -> Result<TaskModel, SuiteError> {
        let failed = failed(self.first);
        progress.phase("reading training rows", "读取训练集");
        let (run, path) = (&self.first.config, &self.first.config.data.train);
        let columns = columns_of(self.first);
        let dataset = table::open(path, columns, progress).map_err(&failed)?;
        let train = Table::from(&dataset);
        let rules = tasks::of_table(run, &train).map_err(&failed)?;
        let learnt = table::rows_of(&train, path, columns, Some(&*rules)).map_err(&failed)?;
        let (rows, _) = self.rows(self.first, &*rules).map_err(&failed)?;
        let answer = rules.blind_answer(&learnt.rows.labels);
        let predicted = Predictions {
            width: answer.len(),
            values: answer.repeat(rows.len()),
        };
        let evaluation = self.evaluation(&*rules, (&rows.labels, &rows.groups, &predicted), config, progress)?;
        let (name, en, zh) = match run.task {
            Task::Multiclass => (
                CLASS_SHARES,
                "the share of each class in the training rows, for every row alike",
                "对所有行都回答训练数据中各类别的占比",
            ),
            _ => (
                MEAN_GRADE,
                "the mean grade of the training rows, for every row alike",
                "对所有行都回答训练数据的平均等级",
            ),
        };
        let inputs = vec![self.test.info.hash.clone()];
        Ok(TaskModel {
            model_name: name.0.to_owned(),
            is_baseline: true,
            description: Bilingual::new(en, zh),
            evaluation,
            provenance: Provenance::new(created_ms, inputs, ContentHash::of_json(config), Some(config.seed)),
        })
    }
}

fn columns_of(run: &RunModel) -> Columns<'_> {
    let data = &run.config.data;
    Columns {
        text: &data.text,
        numeric: &data.numeric,
        categorical: &data.categorical,
        label: Some(&data.label),
        group: data.group.as_deref(),
    }
}

fn failed(run: &RunModel) -> impl Fn(TrainError) -> SuiteError + '_ {
    |source| SuiteError::Scoring {
        run: run.name.clone(),
        source: Box::new(source),
    }
}
