//! Stand-in until the training engine is merged.

use super::error::TrainError;
use std::path::Path;

pub fn run(_run_dir: &Path) -> Result<(), TrainError> {
    Err(TrainError::TorchUnavailable)
}
