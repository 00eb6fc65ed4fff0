//! Sample: a small shop that behaves like one, with every planted defect counted.

use crate::engine::progress::Progress;
use std::path::Path;

/// Stand-in until the generator is merged.
#[derive(Debug, thiserror::Error)]
#[error("the sample generator is not part of this build")]
pub struct SampleError;

/// Writes the sample shop into `folder`.
pub fn write_project(_folder: &Path, _rows: u64, _seed: u64, _progress: &Progress) -> Result<(), SampleError> {
    Err(SampleError)
}
