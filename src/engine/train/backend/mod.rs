//! The code that names tensors: encoder, head, optimiser, checkpoints, the loop and the worker.
//!
//! Invariants: one thread owns all tensors; every libtorch call that depends on data is a fallible one.

pub mod device;
pub mod trial;
pub mod worker;

pub(crate) mod adapters;
pub(crate) mod batch;
pub(crate) mod checkpoint;
pub(crate) mod dropout;
pub(crate) mod encoder;
pub(crate) mod export;
pub(crate) mod fit;
pub(crate) mod head;
pub(crate) mod layers;
pub(crate) mod linear;
pub(crate) mod loss;
pub(crate) mod meter;
pub(crate) mod model;
pub(crate) mod optimizer;
pub(crate) mod params;
pub(crate) mod peak;
pub(crate) mod prepare;
pub(crate) mod recompute;
pub(crate) mod scaler;
pub(crate) mod scoring;
pub(crate) mod shim;
pub(crate) mod step;
pub(crate) mod weights;

#[cfg(test)]
mod tests;

use super::TrainError;

/// Turns a libtorch error into ours, naming what was being done.
pub(crate) trait During<T> {
    fn during(self, what: &'static str) -> Result<T, TrainError>;
}

impl<T> During<T> for Result<T, tch::TchError> {
    fn during(self, what: &'static str) -> Result<T, TrainError> {
        self.map_err(|error| TrainError::from_torch(what, &error.to_string()))
    }
}
