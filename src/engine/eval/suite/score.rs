//! Finished runs and their test file → scores of the models and of the baselines.
//!
//! Invariant: baselines see labels of training rows only.

use super::super::baseline::{LOGISTIC_NAME, LogisticConfig, LogisticModel, POPULARITY_NAME, Popularity};
use super::super::columns::{CodedColumn, categories, numbers, segments};
use super::super::evaluation::ModelKind;
use super::super::input::EvalError;
use super::{ScoreColumn, ScoredRows, SuiteError};
use crate::engine::artifact::{Bilingual, ColumnType, ContentHash, Role};
use crate::engine::infer::{ScoreOptions, ScorerClient};
use crate::engine::ingest::{ColumnInfo, Dataset, ReadOptions, read_log};
use crate::engine::progress::{Cancelled, Progress};
use crate::engine::run::config::TrainConfig;
use crate::engine::run::dir::list_runs;
use crate::engine::train::table::{Columns, Table, rows_of};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Distinct values above which a column is no segment by default.
const MAX_DEFAULT_SEGMENTS: usize = 30;
const MAX_DEFAULT_COLUMNS: usize = 6;
/// The item in a feature set's tables.
const ITEM_COLUMN: &str = "__item";

/// A finished run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunModel {
    /// The run's name, or its id where it has none.
    pub name: String,
    pub run_id: String,
    pub model_dir: PathBuf,
    pub config: TrainConfig,
}

/// What to score and by what to slice; `Default` lets the runs and the columns' roles decide.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SuiteChoice {
    /// Run ids; empty = the newest ones.
    pub runs: Vec<String>,
    /// How many of the newest runs when none are named; 0 = 3.
    pub newest: usize,
    /// Column of the ranked lists; `None` = the run's, else the query or user column.
    pub group: Option<String>,
    /// Column of the popularity baseline; `None` = the item column.
    pub item: Option<String>,
    /// Columns to slice by; empty = category, event and the like with few values.
    pub segments: Vec<String>,
}

/// The runs of a project that have an exported model, newest first.
///
/// # Errors
/// The runs folder or a run's configuration cannot be read.
pub fn finished_runs(runs: &Path) -> Result<Vec<RunModel>, SuiteError> {
    let mut found = Vec::new();
    for run in list_runs(runs)? {
        let model_dir = run.model_path();
        if !model_dir.join("config.json").is_file() {
            continue;
        }
        let config = run.config()?;
        let run_id = run.id();
        found.push(RunModel {
            name: if config.name.is_empty() {
                run_id.clone()
            } else {
                config.name.clone()
            },
            run_id,
            model_dir,
            config,
        });
    }
    found.sort_by(|a, b| crate::engine::run::dir::compare_ids(&b.run_id, &a.run_id));
    Ok(found)
}

/// Scores the test rows with the chosen runs and the baselines.
///
/// Runs tuned for another test file, label or task than the newest chosen one are left out: differences are only read on the same
/// rows.
///
/// # Errors
/// No finished run, no test file, a file or model that cannot be read, or cancelled.
pub fn score_runs(runs_dir: &Path, choice: &SuiteChoice, progress: &Progress) -> Result<ScoredRows, SuiteError> {
    let runs = chosen_runs(runs_dir, choice)?;
    let Some(first) = runs.first() else {
        return Err(SuiteError::NoRun {
            folder: runs_dir.to_owned(),
        });
    };
    let data = &first.config.data;
    let test_path = test_file(first).ok_or_else(|| SuiteError::NoTestRows {
        run: first.name.clone(),
    })?;
    progress.phase("reading test rows", "读取测试集");
    // A category is what is written, `007` and not 7.
    let categories = runs.iter().flat_map(|run| &run.config.data.categorical);
    let options = ReadOptions {
        types: categories.map(|name| (name.clone(), ColumnType::Text)).collect(),
        ..ReadOptions::default()
    };
    let test = read_log(std::slice::from_ref(&test_path), &options, progress)?;
    let mut rows = ScoredRows {
        data_name: test_path
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        data: test.info.hash.clone(),
        labels: numbers(&test.frame, &data.label)?,
        group: group_column(&test, choice, first)?,
        segments: segment_columns(&test, choice, &data.label)?,
        models: Vec::new(),
    };
    let fits = |run: &&RunModel| {
        let same = run.config.task == first.config.task && run.config.data.label == data.label;
        same && test_file(run).as_ref() == Some(&test_path)
    };
    for run in runs.iter().filter(fits) {
        progress.check()?;
        let scores = score_run(run, &test, &test_path, progress)?;
        let name = unique_name(&run.name, &run.run_id, &rows);
        rows.models.push(ScoreColumn {
            name,
            kind: ModelKind::Model,
            description: Bilingual::new(
                format!("{} fine-tuned in run {}", run.config.base_model, run.run_id),
                format!("由 {} 微调而来，训练任务 {}", run.config.base_model, run.run_id),
            ),
            scores,
            model: ContentHash::of_json(&(&run.run_id, &run.config)),
        });
    }
    progress.phase("reading training rows", "读取训练集");
    let train = read_log(std::slice::from_ref(&data.train), &ReadOptions::default(), progress)?;
    let baselines = Baselines {
        train: &train,
        test: &test,
        label: &data.label,
    };
    rows.models.extend(baselines.popularity(choice.item.as_deref())?);
    rows.models.extend(baselines.logistic(&data.numeric, progress)?);
    Ok(rows)
}

/// The finished runs that are asked for, newest first.
pub(super) fn chosen_runs(runs_dir: &Path, choice: &SuiteChoice) -> Result<Vec<RunModel>, SuiteError> {
    let mut runs = finished_runs(runs_dir)?;
    if choice.runs.is_empty() {
        runs.truncate(if choice.newest == 0 { 3 } else { choice.newest });
    } else {
        runs.retain(|run| choice.runs.contains(&run.run_id));
    }
    Ok(runs)
}

pub(super) fn test_file(run: &RunModel) -> Option<PathBuf> {
    run.config.data.test.clone().or_else(|| run.config.data.valid.clone())
}

fn unique_name(name: &str, run_id: &str, rows: &ScoredRows) -> String {
    let taken = rows.models.iter().any(|model| model.name == name);
    if taken {
        format!("{name} ({run_id})")
    } else {
        name.to_owned()
    }
}

fn score_run(run: &RunModel, test: &Dataset, path: &Path, progress: &Progress) -> Result<Vec<f64>, SuiteError> {
    let failed = |source| SuiteError::Scoring {
        run: run.name.clone(),
        source: Box::new(source),
    };
    let mut scorer = ScorerClient::open(&run.model_dir, ScoreOptions::default()).map_err(failed)?;
    let numeric: Vec<String> = scorer.card().numeric.iter().map(|column| column.name.clone()).collect();
    let categorical: Vec<String> = scorer
        .card()
        .categorical
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let columns = Columns {
        text: &run.config.data.text,
        numeric: &numeric,
        categorical: &categorical,
        ..Columns::default()
    };
    let loaded = rows_of(&Table::from(test), path, columns, None).map_err(failed)?;
    let scores = scorer.score(loaded.rows, progress);
    if progress.is_cancelled() {
        return Err(Cancelled.into());
    }
    Ok(scores.map_err(failed)?.into_iter().map(f64::from).collect())
}

fn group_column(test: &Dataset, choice: &SuiteChoice, run: &RunModel) -> Result<Option<CodedColumn>, SuiteError> {
    let by_role = || {
        let role = [Role::Query, Role::User]
            .into_iter()
            .find_map(|role| test.column_with_role(role))?;
        Some(test.info.columns[role].name.clone())
    };
    let name = choice
        .group
        .clone()
        .or_else(|| run.config.data.group.clone())
        .or_else(by_role);
    Ok(name.map(|name| categories(&test.frame, &name)).transpose()?)
}

fn segment_columns(test: &Dataset, choice: &SuiteChoice, label: &str) -> Result<Vec<CodedColumn>, SuiteError> {
    if !choice.segments.is_empty() {
        let columns = choice.segments.iter().map(|name| segments(&test.frame, name));
        return Ok(columns.collect::<Result<_, _>>()?);
    }
    let mut found = Vec::new();
    for name in default_segments(test, label) {
        let coded = segments(&test.frame, &name)?;
        if (2..=MAX_DEFAULT_SEGMENTS).contains(&coded.names.len()) {
            found.push(coded);
        }
    }
    Ok(found)
}

/// What a shop slices by: kind of thing, price, place on the page, weekday, and how much was known of user and item.
fn default_segments(test: &Dataset, label: &str) -> Vec<String> {
    let columns = || test.info.columns.iter().filter(|column| column.name != label);
    let first_history = |prefix: &str, not: &[&str]| {
        columns().map(|column| &column.name).find(|name| {
            let counts = name.starts_with(prefix) && name.ends_with("_before") && !name.contains("conversion");
            counts && !not.iter().any(|other| name.starts_with(other))
        })
    };
    let fits = |column: &&ColumnInfo| {
        matches!(
            column.role,
            Role::Category | Role::Event | Role::Price | Role::Brand | Role::Position
        ) || matches!(column.name.as_str(), "price" | "position" | "weekday")
    };
    let mut names: Vec<String> = columns().filter(fits).map(|column| column.name.clone()).collect();
    let user = first_history("user_", &["user_item_", "user_category_", "user_brand_", "user_mean_"]);
    let item = first_history("item_", &[]);
    names.extend([user, item].into_iter().flatten().cloned());
    names.truncate(MAX_DEFAULT_COLUMNS);
    names
}

/// Scorers that need no tuning.
struct Baselines<'a> {
    train: &'a Dataset,
    test: &'a Dataset,
    label: &'a str,
}

impl Baselines<'_> {
    /// `None` without an item column in both files.
    fn popularity(&self, item: Option<&str>) -> Result<Option<ScoreColumn>, SuiteError> {
        let by_role = || {
            let named = self.test.column_index(ITEM_COLUMN);
            let at = named.or_else(|| self.test.column_with_role(Role::Item))?;
            Some(self.test.info.columns[at].name.as_str())
        };
        let Some(item) = item
            .or_else(by_role)
            .filter(|name| self.train.column_index(name).is_some())
        else {
            return Ok(None);
        };
        let train = categories(&self.train.frame, item)?;
        let model = Popularity::fit(train.codes(), &numbers(&self.train.frame, self.label)?)?;
        let test = categories(&self.test.frame, item)?;
        Ok(Some(ScoreColumn {
            name: POPULARITY_NAME.0.to_owned(),
            kind: ModelKind::Popularity,
            description: Bilingual::new(
                format!(
                    "Smoothed positive rate of the item (`{item}`) in {} training rows",
                    model.train_rows
                ),
                format!("商品（`{item}`）在 {} 行训练数据中的平滑正例率", model.train_rows),
            ),
            scores: model.predict(test.codes()),
            model: ContentHash::default(),
        }))
    }

    /// `None` without numeric features or with one class.
    fn logistic(&self, features: &[String], progress: &Progress) -> Result<Option<ScoreColumn>, SuiteError> {
        if features.is_empty() {
            return Ok(None);
        }
        let labels = numbers(&self.train.frame, self.label)?;
        let train = matrix(self.train, features)?;
        let fitted = LogisticModel::fit(&train, features.len(), &labels, &LogisticConfig::default(), progress);
        let model = match fitted {
            Ok(model) => model,
            // Nothing to tell apart: there is no such baseline, and the model's own metrics say why.
            Err(EvalError::OneClass { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        Ok(Some(ScoreColumn {
            name: LOGISTIC_NAME.0.to_owned(),
            kind: ModelKind::Logistic,
            description: Bilingual::new(
                format!(
                    "L2 logistic regression on {} numeric features, {} training rows",
                    features.len(),
                    model.train_rows
                ),
                format!(
                    "基于 {} 个数值特征的 L2 逻辑回归，训练 {} 行",
                    features.len(),
                    model.train_rows
                ),
            ),
            scores: model.predict(&matrix(self.test, features)?)?,
            model: ContentHash::default(),
        }))
    }
}

/// Numeric columns as rows of f32, NaN where missing.
fn matrix(dataset: &Dataset, features: &[String]) -> Result<Vec<f32>, SuiteError> {
    let columns: Vec<Vec<f64>> = features
        .iter()
        .map(|name| numbers(&dataset.frame, name))
        .collect::<Result<_, _>>()?;
    let rows = dataset.num_rows();
    Ok((0..rows)
        .flat_map(|row| columns.iter().map(move |column| column[row] as f32))
        .collect())
}
