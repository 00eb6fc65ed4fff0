//! The defaults of a flow where the analyst chose nothing.

use crate::engine::run::config::{Method, TrainConfig, TrainData};

/// Settings that suit most: adapters on the default base model, all columns, stop when it gets no better.
pub fn train_config(data: TrainData) -> TrainConfig {
    let method = default_lora();
    TrainConfig {
        data,
        learning_rate: usual_rate(&method),
        method,
        max_length: 64,
        early_stopping_patience: Some(3),
        ..TrainConfig::default()
    }
}

/// LoRA as most papers and libraries start it: rank 8, alpha 16, query and value.
pub fn default_lora() -> Method {
    Method::Lora {
        rank: 8,
        alpha: 16.0,
        dropout: 0.05,
        targets: vec!["query".to_owned(), "value".to_owned()],
    }
}

/// The learning rate to begin with: few trainable weights bear larger steps.
pub fn usual_rate(method: &Method) -> f64 {
    match method {
        Method::Full => 5e-5,
        Method::Lora { .. } => 2e-4,
        Method::HeadOnly => 1e-3,
    }
}
