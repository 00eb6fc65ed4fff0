//! The scorer of a build without libtorch: it cannot be made.

use super::ScoreOptions;
use crate::engine::progress::Progress;
use crate::engine::train::data::Rows;
use crate::engine::train::tasks::{Predictions, TaskRules};
use crate::engine::train::{ModelCard, TrainError};
use std::convert::Infallible;
use std::path::Path;

/// Stands in for the scorer; there is no value of it.
#[derive(Debug)]
pub struct Scorer(Infallible);

impl Scorer {
    /// Always `TorchUnavailable`.
    pub fn open(_model_dir: &Path, _options: ScoreOptions) -> Result<Self, TrainError> {
        Err(TrainError::TorchUnavailable)
    }

    pub fn card(&self) -> &ModelCard {
        match self.0 {}
    }

    pub fn logits(&self, _rows: Rows, _progress: &Progress) -> Result<Vec<Vec<f32>>, TrainError> {
        match self.0 {}
    }

    pub fn rules(&self) -> &dyn TaskRules {
        match self.0 {}
    }

    pub fn predict(&self, _rows: Rows, _progress: &Progress) -> Result<Predictions, TrainError> {
        match self.0 {}
    }

    pub fn score(&self, _rows: Rows, _progress: &Progress) -> Result<Vec<f32>, TrainError> {
        match self.0 {}
    }
}
