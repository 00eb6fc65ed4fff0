//! Why a flow stopped; each stage's own error with what it was about.

use super::rules::ProjectRulesError;
use crate::engine::audit::AuditError;
use crate::engine::eval::EvalError;
use crate::engine::eval::suite::SuiteError;
use crate::engine::experiment::ExperimentError;
use crate::engine::features::FeatureError;
use crate::engine::ingest::IngestError;
use crate::engine::progress::Cancelled;
use crate::engine::project::ProjectError;
use crate::engine::recipe::RecipeError;
use crate::engine::run::RunError;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    #[error("the project has no log; put events.csv into it or open a log in the window: {path}")]
    NoLog { path: PathBuf },
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Ingest(#[from] IngestError),
    #[error(transparent)]
    Audit(#[from] AuditError),
    #[error(transparent)]
    Rules(#[from] ProjectRulesError),
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    #[error(transparent)]
    Features(#[from] FeatureError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("the settings of the training do not hold: {what}")]
    TrainSettings { what: String },
    #[error("the training ended without a model: {why} (run {run})")]
    Training { why: String, run: String },
    #[error(transparent)]
    Suite(#[from] SuiteError),
    #[error(transparent)]
    Eval(#[from] EvalError),
    #[error(transparent)]
    Experiment(#[from] ExperimentError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}
