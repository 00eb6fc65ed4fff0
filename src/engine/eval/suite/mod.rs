//! A test set scored by several models: the fine-tuned runs of a project and the baselines beside them.
//!
//! In: finished runs (`score_runs`) or a file written before (`ScoredRows::read`). Out: `EvaluationReport`, and the
//! scored rows that `compare` reads. Invariant: all models are scored on the same rows in the same order.

mod of_task;
mod score;
mod store;

pub use of_task::{CLASS_SHARES, MEAN_GRADE, evaluate_runs};
pub use score::{RunModel, SuiteChoice, finished_runs, score_runs};

use super::columns::CodedColumn;
use super::evaluation::{EvaluationReport, ModelEvaluation, ModelKind};
use super::input::{EvalConfig, EvalError, EvalInput};
use super::{assess::evaluate, columns::ColumnError};
use crate::engine::artifact::{Bilingual, ContentHash, Provenance, with_causes};
use crate::engine::ingest::IngestError;
use crate::engine::progress::{Cancelled, Progress};
use crate::engine::run::RunError;
use crate::engine::train::TrainError;
use std::path::PathBuf;

/// Why a test set could not be scored, stored or read.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    #[error("there is no finished run with a model in {}; train one first", folder.display())]
    NoRun { folder: PathBuf },
    #[error("run `{run}` names no test or validation file, so there is nothing to evaluate it on")]
    NoTestRows { run: String },
    #[error("cannot score with run `{run}`")]
    Scoring {
        run: String,
        #[source]
        source: Box<TrainError>,
    },
    #[error(transparent)]
    Ingest(#[from] IngestError),
    #[error(transparent)]
    Column(#[from] ColumnError),
    #[error(transparent)]
    Eval(#[from] EvalError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("cannot {action} {}", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("cannot {action} the table {}", path.display())]
    Table {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: polars::error::PolarsError,
    },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl SuiteError {
    /// The message with its causes in both languages.
    pub fn explain(&self) -> Bilingual {
        let zh = match self {
            Self::NoRun { folder } => format!("{} 中没有带模型的已完成任务；请先训练一个", folder.display()),
            Self::NoTestRows { run } => format!("任务 `{run}` 没有测试或验证文件，无从评估"),
            Self::Scoring { run, source } => format!("无法用任务 `{run}` 打分：{}", with_causes(source)),
            Self::Ingest(error) => return error.explain(),
            Self::Column(error) => return error.explain(),
            Self::Eval(error) => return error.explain(),
            Self::Run(error) => return error.explain(),
            Self::File { path, source, .. } => format!("无法处理文件 {}：{source}", path.display()),
            Self::Table { path, source, .. } => format!("无法处理表格 {}：{source}", path.display()),
            Self::Cancelled(_) => "已取消".to_owned(),
        };
        Bilingual::new(with_causes(self), zh)
    }
}

/// One model's scores, a value a row.
#[derive(Clone, Debug, PartialEq)]
pub struct ScoreColumn {
    pub name: String,
    pub kind: ModelKind,
    /// How the scores came about, in one sentence.
    pub description: Bilingual,
    pub scores: Vec<f64>,
    /// Hash of what made the scores; empty for baselines.
    pub model: ContentHash,
}

/// The labels of a test set beside the scores of every model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScoredRows {
    /// e.g. `test.parquet`
    pub data_name: String,
    pub data: ContentHash,
    pub labels: Vec<f64>,
    pub group: Option<CodedColumn>,
    pub segments: Vec<CodedColumn>,
    /// Fine-tuned models first, newest first, then baselines.
    pub models: Vec<ScoreColumn>,
}

impl ScoredRows {
    /// Evaluates every model on these rows. `created_ms` is the time of the caller.
    ///
    /// # Errors
    /// As `evaluate`.
    pub fn evaluate(
        &self,
        config: &EvalConfig,
        created_ms: u64,
        progress: &Progress,
    ) -> Result<EvaluationReport, EvalError> {
        let mut models = Vec::with_capacity(self.models.len());
        for model in &self.models {
            let input = EvalInput {
                labels: &self.labels,
                scores: &model.scores,
                groups: self.group.as_ref().map(CodedColumn::codes),
                segments: self.segments.iter().map(CodedColumn::segment).collect(),
            };
            let mut inputs = vec![self.data.clone()];
            inputs.extend((!model.model.0.is_empty()).then(|| model.model.clone()));
            models.push(ModelEvaluation {
                model_name: model.name.clone(),
                kind: model.kind,
                description: model.description.clone(),
                evaluation: evaluate(&input, config, progress)?,
                provenance: Provenance::new(created_ms, inputs, ContentHash::of_json(config), Some(config.seed)),
            });
        }
        Ok(EvaluationReport {
            data_name: self.data_name.clone(),
            models,
            of_task: Vec::new(),
            elapsed_ms: 0,
        })
    }
}
