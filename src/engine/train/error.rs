//! Stand-in until the training engine is merged.

#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("fine-tuning is not part of this build")]
    TorchUnavailable,
}

impl TrainError {
    pub fn hint(&self) -> &'static str {
        "Install a build with fine-tuning."
    }
}
