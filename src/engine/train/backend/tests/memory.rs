//! Where memory is short: parts of a batch, layers computed twice, and loss scaling give the same gradients.

use super::fit::{Bench, STEPS};
use super::{lora, rates, start, three_rows, tiny_folder, tiny_model};
use crate::engine::models::inspect;
use crate::engine::run::config::{Method, PoolingChoice, TrainConfig};
use crate::engine::run::event::EventBody;
use crate::engine::train::TrainError;
use crate::engine::train::backend::dropout::DropoutDraws;
use crate::engine::train::backend::fit::Ended;
use crate::engine::train::backend::loss::RowLoss;
use crate::engine::train::backend::model::{Compute, Model, Start};
use crate::engine::train::backend::optimizer::Optimizer;
use crate::engine::train::backend::step::{Work, gradient};
use crate::engine::train::faults::Faults;
use crate::engine::train::host::Recorder;
use std::path::Path;
use tch::{Device, Kind, Tensor};

/// Losses and all gradients of a step over three rows, with dropout.
pub fn gradients(
    model: &Model,
    micro_batch: Option<usize>,
    recompute: bool,
    scale: Option<&Tensor>,
) -> (Vec<f32>, Vec<f32>) {
    let rows = three_rows();
    let work = Work {
        model,
        rows: &rows,
        loss: &RowLoss::new(&TrainConfig::default(), 0.0, (&[], 2)),
        draws: DropoutDraws::new(1, 0, Device::Cpu),
        micro_batch,
        recompute,
        loss_scale: scale,
        faults: Faults::default(),
    };
    let found = gradient(&work, &[1, 0, 2]).expect("gradient");
    let all = model.trainable_tensors();
    (
        flat(&found.losses),
        all.iter().flat_map(|one| flat(&one.grad())).collect(),
    )
}

pub fn flat(tensor: &Tensor) -> Vec<f32> {
    Vec::<f32>::try_from(tensor.contiguous().view(-1)).expect("floats")
}

pub fn assert_near(found: &(Vec<f32>, Vec<f32>), expected: &(Vec<f32>, Vec<f32>), what: &str) {
    assert_eq!(
        (found.0.len(), found.1.len()),
        (expected.0.len(), expected.1.len()),
        "{what}"
    );
    let furthest = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    let (losses, gradients) = (furthest(&found.0, &expected.0), furthest(&found.1, &expected.1));
    assert!(losses < 1e-5 && gradients < 1e-5, "{what}: {losses} {gradients}");
}

#[test]
fn parts_of_a_batch_drop_what_the_whole_drops() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    for method in [Method::Full, lora()] {
        let model = || tiny_model(dir.path(), &method, 0.3).expect("model");
        let whole = gradients(&model(), None, false, None);
        assert!(whole.1.iter().any(|value| value.abs() > 1e-3));
        for size in [1, 2] {
            assert_near(&gradients(&model(), Some(size), false, None), &whole, "parts");
        }
    }
}

/// A tiny model with dropout; with the mean over tokens or the first one, and so many layers that stay.
pub fn shaped(dir: &Path, method: &Method, pooling: PoolingChoice, frozen_layers: usize, compute: Compute) -> Model {
    let mut config = inspect(dir).expect("folder").config;
    (
        config.hidden_dropout,
        config.attention_dropout,
        config.classifier_dropout,
    ) = (0.2, 0.2, 0.2);
    let start = Start {
        pooling,
        frozen_layers,
        ..start(method, 0)
    };
    Model::for_training(dir, config, &start, compute).expect("model")
}

#[test]
fn layers_computed_twice_have_the_gradients_of_layers_kept() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    for method in [Method::Full, lora(), Method::HeadOnly] {
        for pooling in [PoolingChoice::Cls, PoolingChoice::Mean] {
            for frozen in [0, 1, 2] {
                let model = || shaped(dir.path(), &method, pooling, frozen, Compute::cpu());
                let kept = gradients(&model(), None, false, None);
                let what = format!("{method:?} {pooling:?} {frozen}");
                assert_near(&gradients(&model(), None, true, None), &kept, &what);
                assert_near(&gradients(&model(), Some(2), true, None), &kept, &what);
            }
        }
    }
}

#[test]
fn in_half_precision_layers_computed_twice_differ_by_its_rounding_only() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let compute = Compute {
        bf16: true,
        ..Compute::cpu()
    };
    let model = || shaped(dir.path(), &Method::Full, PoolingChoice::Cls, 0, compute);
    let (kept, twice) = (
        gradients(&model(), None, false, None),
        gradients(&model(), None, true, None),
    );
    assert_eq!(kept.0, twice.0, "the same forward pass");
    let norm = |values: &[f32]| values.iter().map(|v| f64::from(*v).powi(2)).sum::<f64>().sqrt();
    let difference: Vec<f32> = kept.1.iter().zip(&twice.1).map(|(a, b)| a - b).collect();
    assert!(
        norm(&difference) < 0.02 * norm(&kept.1),
        "{}",
        norm(&difference) / norm(&kept.1)
    );
}

#[test]
fn where_memory_runs_out_the_parts_shrink_and_the_result_stays() {
    let whole = {
        let bench = Bench::new(Method::Full);
        let model = bench.model();
        let mut fit = bench.fit(&model, &bench.dir.path().join("c"));
        fit.run(&mut Recorder::default()).expect("fit");
        fit.weights()
    };
    for (memory_rows, from_part, start) in [(3, 0, None), (2, 0, None), (2, 1, Some(4))] {
        let mut bench = Bench::new(Method::Full);
        bench.faults = Faults {
            memory_rows: Some(memory_rows),
            from_part,
        };
        bench.config.micro_batch_size = start;
        let model = bench.model();
        let mut fit = bench.fit(&model, &bench.dir.path().join("c"));
        let mut host = Recorder::default();
        assert_eq!(fit.run(&mut host).expect("fit"), Ended::AllSteps);
        assert_eq!(fit.state.step, STEPS);
        let told: Vec<u64> = host
            .events
            .iter()
            .filter_map(|(_, body)| match body {
                EventBody::MemoryShort { micro_batch, message } => {
                    assert!(message.contains("allocate memory"), "{message}");
                    Some(*micro_batch)
                }
                _ => None,
            })
            .collect();
        assert!(told.is_sorted_by(|a, b| a > b), "{told:?}");
        assert_eq!(
            told.last().map(|rows| *rows <= memory_rows as u64),
            Some(true),
            "{told:?}"
        );
        for (a, b) in fit.weights().iter().zip(&whole) {
            let furthest = (a - b).abs().max().double_value(&[]);
            // Twelve steps of Adam turn roundings of near-zero gradients into part of a step of 3e-3.
            assert!(furthest < 3e-3, "{furthest}");
        }
    }
}

#[test]
fn a_row_that_does_not_fit_alone_ends_the_run_with_advice() {
    let mut bench = Bench::new(Method::Full);
    bench.faults.memory_rows = Some(0);
    let model = bench.model();
    let mut fit = bench.fit(&model, &bench.dir.path().join("c"));
    let error = fit.run(&mut Recorder::default()).expect_err("no row fits");
    assert!(matches!(error, TrainError::OutOfMemory { .. }), "{error}");
    assert!(error.hint().contains("Not even one row fits"));
}

#[test]
fn libtorch_s_own_words_for_a_lack_of_memory_are_known() {
    let error = Tensor::f_zeros([1 << 52], (Kind::Float, Device::Cpu)).expect_err("more than any machine has");
    let error = TrainError::from_torch("training", &error.to_string());
    assert!(matches!(error, TrainError::OutOfMemory { .. }), "{error}");
}

#[test]
fn loss_scaling_changes_no_step_and_an_infinity_is_skipped() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let step = |scaled: bool, spoil: bool| {
        let model = tiny_model(dir.path(), &Method::Full, 0.0).expect("model");
        let before: Vec<f32> = model.trainable_tensors().iter().flat_map(flat).collect();
        let mut optimizer = Optimizer::new(&model, &rates(0.01)).expect("optimizer");
        if scaled {
            optimizer = optimizer.with_scaler();
        }
        let scale = optimizer.loss_scale().map(Tensor::copy);
        gradients(&model, None, false, scale.as_ref());
        if spoil {
            let _no_grad = tch::no_grad_guard();
            let mut one = model.params["classifier.bias"].grad();
            let _filled = one.fill_(f64::INFINITY);
        }
        let norm = optimizer.step(1e-3, 1.0).expect("step").double_value(&[]);
        let after: Vec<f32> = model.trainable_tensors().iter().flat_map(flat).collect();
        let scale = optimizer.loss_scale().map(|scale| scale.double_value(&[]));
        let steps = optimizer.state()["step"].double_value(&[]);
        (before, after, norm, scale, steps)
    };
    let (_, plain, plain_norm, _, _) = step(false, false);
    let (_, scaled, norm, scale, steps) = step(true, false);
    assert!((norm - plain_norm).abs() < 1e-4 * plain_norm, "{norm} {plain_norm}");
    assert!(plain.iter().zip(&scaled).all(|(a, b)| (a - b).abs() < 1e-6));
    assert_eq!((scale, steps), (Some(65_536.0), 1.0));
    let (before, after, norm, scale, steps) = step(true, true);
    assert!(!norm.is_finite() && before == after);
    assert_eq!((scale, steps), (Some(32_768.0), 0.0));
}
