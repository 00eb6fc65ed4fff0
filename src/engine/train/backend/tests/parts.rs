//! A batch computed in parts, layers that stay, and the factor of adapters.

use super::{lora, start, three_rows, tiny_folder, tiny_model};
use crate::engine::models::inspect;
use crate::engine::run::config::{Method, TrainConfig};
use crate::engine::train::backend::dropout::DropoutDraws;
use crate::engine::train::backend::loss::RowLoss;
use crate::engine::train::backend::model::{Compute, Model, Start};
use crate::engine::train::backend::step::{Work, gradient};
use tch::{Device, Tensor};

fn gradients(model: &Model, micro_batch: Option<usize>) -> (Vec<f32>, Vec<f32>) {
    let rows = three_rows();
    let loss = RowLoss::new(&TrainConfig::default(), 0.0, (&[], 2));
    let work = Work {
        model,
        rows: &rows,
        loss: &loss,
        draws: DropoutDraws::new(1, 0, Device::Cpu),
        micro_batch,
    };
    let found = gradient(&work, &[0, 1, 2]).expect("gradient");
    let flat = |tensor: &Tensor| Vec::<f32>::try_from(tensor.contiguous().view(-1)).expect("floats");
    let all = model.trainable_tensors();
    (
        flat(&found.losses),
        all.iter().flat_map(|one| flat(&one.grad())).collect(),
    )
}

#[test]
fn parts_of_a_batch_add_up_to_its_gradient() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let model = || tiny_model(dir.path(), &Method::Full, 0.0).expect("model");
    let (losses, whole) = gradients(&model(), None);
    assert!(whole.iter().any(|value| value.abs() > 1e-3));
    for size in [1, 2] {
        let (of_parts, parts) = gradients(&model(), Some(size));
        let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-5;
        assert!(
            losses.iter().zip(&of_parts).all(near) && whole.iter().zip(&parts).all(near),
            "{size}"
        );
        assert_eq!((losses.len(), whole.len()), (of_parts.len(), parts.len()));
    }
}

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
