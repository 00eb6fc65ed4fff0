//! The same functions where the program was built without libtorch: each answers `TorchUnavailable`.

/// Stands in for the worker.
pub mod worker {
    use crate::engine::train::TrainError;
    use crate::engine::train::validate::Measure;
    use std::path::Path;

    /// Always `TorchUnavailable`.
    pub fn run(_run_dir: &Path, _measure: Measure) -> Result<(), TrainError> {
        Err(TrainError::TorchUnavailable)
    }
}

/// Stands in for the trial.
pub mod trial {
    use crate::engine::train::TrainError;
    use crate::engine::train::validate::Measure;
    use std::path::Path;

    /// Always `TorchUnavailable`.
    pub fn run(_run_dir: &Path, _steps: u64, _measure: Measure) -> Result<(), TrainError> {
        Err(TrainError::TorchUnavailable)
    }
}

/// Stands in for the choice of a device.
pub mod device {
    use crate::engine::train::TrainError;
    use crate::engine::train::hardware::DeviceReport;

    /// Always `TorchUnavailable`.
    pub fn report() -> Result<DeviceReport, TrainError> {
        Err(TrainError::TorchUnavailable)
    }
}
