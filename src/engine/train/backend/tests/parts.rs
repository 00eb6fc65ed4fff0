//! Layers that stay, and the factor of adapters.

use super::{lora, start, tiny_folder};
use crate::engine::models::inspect;
use crate::engine::run::config::Method;
use crate::engine::train::backend::model::{Compute, Model, Start};

#[test]
fn the_lowest_layers_stay_and_too_many_are_refused() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let make = |frozen_layers| {
        let config = inspect(dir.path()).expect("folder").config;
        let start = Start {
            frozen_layers,
            ..start(&Method::Full, 0)
        };
        Model::for_training(dir.path(), config, &start, Compute::cpu())
    };
    let model = make(1).expect("model");
    let learns = |part: &str| model.trainable.iter().any(|name| name.contains(part));
    assert!(!learns("embeddings") && !learns("layer.0.") && learns("layer.1.") && learns("classifier"));
    let refused = make(3).expect_err("two layers only").to_string();
    assert!(refused.contains("frozen_layers"), "{refused}");
}

#[test]
fn rank_stabilised_adapters_are_scaled_by_the_root() {
    let plain = lora();
    let Method::Lora { rank, alpha, .. } = plain else {
        panic!("an adapter");
    };
    let mut stable = lora();
    if let Method::Lora { rslora, .. } = &mut stable {
        *rslora = true;
    }
    assert_eq!(lora().adapter_scale(), alpha / rank as f64);
    assert_eq!(stable.adapter_scale(), alpha / (rank as f64).sqrt());
}
