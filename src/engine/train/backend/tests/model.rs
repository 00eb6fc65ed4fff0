//! Forward, optimiser, adapters and export against values of other programs and against each other.

use super::{SHAPE, formula_weights, learnable_rows, lora, rates, start, three_rows, tiny_folder, tiny_model};
use crate::engine::models::inspect;
use crate::engine::progress::Progress;
use crate::engine::run::config::{Method, PoolingChoice, TrainConfig};
use crate::engine::run::task::Task;
use crate::engine::text::TokenTable;
use crate::engine::train::backend::batch::Prepared;
use crate::engine::train::backend::export;
use crate::engine::train::backend::loss::RowLoss;
use crate::engine::train::backend::model::{Compute, Model, Start};
use crate::engine::train::backend::optimizer::Optimizer;
use crate::engine::train::backend::params::{self, Shape};
use crate::engine::train::backend::weights;
use crate::engine::train::card::{CARD_VERSION, ModelCard, Pooling};
use crate::engine::train::tasks::Binary;
use crate::engine::train::{TrainError, card};
use std::path::Path;
use tch::{Device, Tensor};

fn floats(tensor: &Tensor) -> Vec<f32> {
    Vec::try_from(tensor.detach().contiguous().view(-1)).expect("floats")
}

fn logits(model: &Model, rows: &Prepared, order: &[u32]) -> Vec<f32> {
    let _no_grad = tch::no_grad_guard();
    let batch = rows.batch(order, Device::Cpu).expect("batch");
    floats(&model.forward(&batch, None).expect("forward"))
}

fn close(found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f64::from(*f) - e).abs() < tolerance, "{found:?} against {expected:?}");
    }
}

fn some_export<'a>(base_dir: &'a Path, method: &'a Method, card: &'a ModelCard) -> export::Export<'a> {
    export::Export {
        base_dir,
        rules: &Binary,
        method,
        card,
        readme: "# A model\n",
    }
}

pub fn some_card(model: &Model) -> ModelCard {
    ModelCard {
        version: CARD_VERSION,
        tool_version: "test".to_owned(),
        task: Task::Binary,
        classes: Vec::new(),
        categorical: Vec::new(),
        pooling: model.shape.pooling,
        max_length: 16,
        text: vec!["t".to_owned()],
        numeric: Vec::new(),
        fusion_size: 0,
        label: "y".to_owned(),
        base_model: "tiny".to_owned(),
        best_step: 1,
        valid_metrics: std::collections::BTreeMap::new(),
    }
}

#[test]
fn logits_equal_transformers() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let model = tiny_model(dir.path(), &Method::Full, 0.1).expect("model");
    // transformers 4.57.6, torch 2.11.0: BertForSequenceClassification with these weights, one row at a time.
    let expected = [
        1.579_265_5,
        0.007_639_8,
        1.554_375_9,
        0.000_422_9,
        1.307_888_0,
        -0.194_093_4,
    ];
    close(&logits(&model, &three_rows(), &[0, 1, 2]), &expected, 2e-6);
    let shuffled = logits(&model, &three_rows(), &[1, 2, 0]);
    close(&shuffled[..2], &expected[2..4], 2e-6);
}

#[test]
fn three_steps_equal_torch_adamw_with_clipping() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let model = tiny_model(dir.path(), &Method::Full, 0.0).expect("model");
    let mut optimizer = Optimizer::new(&model, &rates(0.01)).expect("optimizer");
    // torch 2.11.0: clip_grad_norm_(0.5), AdamW(weight_decay 0.01; 0 for biases and layer norms).
    let expected = [
        (1.218_389_5, 3.305_148_8, 1e-2),
        (0.663_350_0, 1.766_079_5, 5e-3),
        (0.514_580_0, 0.999_683_7, 1e-3),
    ];
    for (loss, norm, rate) in expected {
        let batch = three_rows().batch(&[0, 1, 2], Device::Cpu).expect("batch");
        let logits = model.forward(&batch, None).expect("forward");
        let labels = batch.labels.as_ref().expect("labels");
        let losses = RowLoss::new(&TrainConfig::default(), 0.0, (&[], 2))
            .of(&logits, labels)
            .expect("loss");
        let mean = losses.mean(tch::Kind::Float);
        mean.backward();
        assert!(
            (mean.double_value(&[]) - loss).abs() < 5e-6,
            "{} against {loss}",
            mean.double_value(&[])
        );
        let found = optimizer.step(rate, 0.5).expect("step").double_value(&[]);
        assert!((found - norm).abs() < 2e-5, "{found} against {norm}");
    }
    for (name, last, sum) in [
        (
            "classifier.weight",
            [0.041_348_6, -0.056_365_5, -0.169_906_1],
            0.065_995,
        ),
        (
            "bert.encoder.layer.0.attention.self.query.bias",
            [-0.086_848_5, -0.177_587_6, -0.287_665_0],
            -0.266_231,
        ),
        (
            "bert.embeddings.word_embeddings.weight",
            [0.024_673_9, -0.066_292_7, -0.157_259_3],
            -0.413_439,
        ),
        (
            "bert.encoder.layer.1.output.LayerNorm.weight",
            [1.018_321_2, 0.989_522_8, 0.979_857_3],
            32.070_213,
        ),
        (
            "bert.pooler.dense.weight",
            [-0.085_111_2, -0.145_775_9, -0.235_635_7],
            0.549_834,
        ),
    ] {
        let values = floats(&model.params[name]);
        close(&values[values.len() - 3..], &last, 3e-5);
        let found: f64 = values.iter().map(|&v| f64::from(v)).sum();
        assert!((found - sum).abs() < 5e-3, "{name}: {found} against {sum}");
    }
}

#[test]
fn a_gradient_that_is_not_finite_changes_nothing() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let model = tiny_model(dir.path(), &Method::Full, 0.0).expect("model");
    let mut optimizer = Optimizer::new(&model, &rates(0.01)).expect("optimizer");
    let before: Vec<Vec<f32>> = model.params.values().map(floats).collect();
    let batch = three_rows().batch(&[0, 1, 2], Device::Cpu).expect("batch");
    let loss = model.forward(&batch, None).expect("forward").sum(tch::Kind::Float) * f64::INFINITY;
    loss.backward();
    let norm = optimizer.step(0.1, 1.0).expect("step").double_value(&[]);
    assert!(!norm.is_finite());
    assert_eq!(before, model.params.values().map(floats).collect::<Vec<_>>());
    assert_eq!(optimizer.state()["step"].double_value(&[]), 0.0);
    assert!(
        optimizer.state()["exp_avg.classifier.bias"]
            .abs()
            .sum(tch::Kind::Float)
            .double_value(&[])
            == 0.0
    );
}

#[test]
fn adapters_start_silent_and_merging_them_keeps_the_logits() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let full = tiny_model(dir.path(), &Method::Full, 0.0).expect("model");
    let model = tiny_model(dir.path(), &lora(), 0.0).expect("model");
    let rows = learnable_rows(20, 3);
    let order: Vec<u32> = (0..20).collect();
    assert_eq!(
        logits(&model, &rows, &order),
        logits(&full, &rows, &order),
        "B is zero at first"
    );
    let (total, learning) = model.parameter_counts();
    // query [32→32], attention.output.dense [32→32], output.dense [64→32] a layer, rank 4; pooler and classifier.
    assert_eq!(
        learning,
        2 * 4 * ((32 + 32) + (32 + 32) + (64 + 32)) + (32 * 32 + 32) + (2 * 32 + 2)
    );
    assert_eq!(total, full.parameter_counts().0 + 2 * 4 * (64 + 64 + 96));
    {
        let _no_grad = tch::no_grad_guard();
        for (name, tensor) in &model.params {
            if name.ends_with("lora_B.weight") {
                let values: Vec<f32> = (0..tensor.numel())
                    .map(|i| ((i * 37 % 101) as f32 / 101.0 - 0.5) * 0.2)
                    .collect();
                tensor
                    .shallow_clone()
                    .copy_(&Tensor::from_slice(&values).reshape(tensor.size()));
            }
        }
    }
    let with_adapters = logits(&model, &rows, &order);
    assert_ne!(with_adapters, logits(&full, &rows, &order));
    let target = dir.path().join("out").join("model");
    std::fs::create_dir_all(target.parent().expect("parent")).expect("dir");
    export::write_model(&target, &model, &some_export(dir.path(), &lora(), &some_card(&model))).expect("export");
    let config = inspect(&target).expect("folder").config;
    let merged = Model::for_scoring(&target, config, SHAPE, Compute::cpu()).expect("model");
    let expected: Vec<f64> = with_adapters.iter().map(|&v| f64::from(v)).collect();
    close(&logits(&merged, &rows, &order), &expected, 1e-5);
    let adapter = weights::read(&target.join("adapter/adapter_model.safetensors"), Device::Cpu).expect("adapter");
    let name = "base_model.model.bert.encoder.layer.0.attention.self.query.lora_A.weight";
    assert_eq!(adapter[name].size(), [4, 32]);
    assert!(adapter.contains_key("base_model.model.classifier.weight"));
    let text = std::fs::read_to_string(target.join("adapter/adapter_config.json")).expect("config");
    assert!(text.contains("\"peft_type\": \"LORA\"") && text.contains("\"r\": 4"));
}

#[test]
fn an_exported_model_scores_bit_by_bit_as_before_and_is_named_for_transformers() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let model = tiny_model(dir.path(), &Method::Full, 0.1).expect("model");
    let target = dir.path().join("model");
    export::write_model(
        &target,
        &model,
        &some_export(dir.path(), &Method::Full, &some_card(&model)),
    )
    .expect("export");
    let rows = learnable_rows(50, 4);
    let config = inspect(&target).expect("folder").config;
    assert_eq!(config.raw["architectures"][0], "BertForSequenceClassification");
    let loaded = Model::for_scoring(&target, config, SHAPE, Compute::cpu()).expect("model");
    let progress = Progress::new();
    assert_eq!(
        loaded.score(&rows, 8, &progress).expect("score"),
        model.score(&rows, 8, &progress).expect("score")
    );
    assert!(target.join(card::CARD_FILE).is_file() && target.join("vocab.txt").is_file());
    progress.cancel();
    assert!(matches!(
        loaded.score(&rows, 8, &progress),
        Err(TrainError::Cancelled(_))
    ));
}

#[test]
fn scores_come_back_in_the_order_of_the_rows() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let model = tiny_model(dir.path(), &Method::Full, 0.0).expect("model");
    let rows = learnable_rows(40, 5);
    let all = model.score(&rows, 7, &Progress::new()).expect("score");
    for (row, score) in all.iter().enumerate() {
        let alone = Prepared {
            tokens: TokenTable::from_rows(&[rows.tokens.ids(row).to_vec()]),
            ..Prepared::default()
        };
        let single = model.score(&alone, 1, &Progress::new()).expect("score")[0];
        assert!((single - score).abs() < 1e-6, "row {row}: {single} against {score}");
    }
}

#[test]
fn frozen_parts_get_no_gradient() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let model = tiny_model(dir.path(), &Method::HeadOnly, 0.1).expect("model");
    assert_eq!(
        model.trainable,
        [
            "bert.pooler.dense.bias",
            "bert.pooler.dense.weight",
            "classifier.bias",
            "classifier.weight"
        ]
    );
    let batch = three_rows().batch(&[0, 1, 2], Device::Cpu).expect("batch");
    model
        .forward(&batch, None)
        .expect("forward")
        .sum(tch::Kind::Float)
        .backward();
    for (name, tensor) in &model.params {
        assert_eq!(tensor.grad().defined(), model.trainable.contains(name), "{name}");
    }
}

#[test]
fn numbers_reach_the_logits_and_folders_that_do_not_fit_are_refused() {
    let dir = tempfile::tempdir().expect("temp");
    tiny_folder(dir.path());
    let config = inspect(dir.path()).expect("folder").config;
    let model =
        Model::for_training(dir.path(), config.clone(), &start(&Method::Full, 1), Compute::cpu()).expect("model");
    let mut rows = three_rows();
    (rows.width, rows.numeric) = (2, vec![0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let zero = logits(&model, &rows, &[0]);
    rows.numeric[0] = 2.0;
    assert_ne!(logits(&model, &rows, &[0]), zero);
    let refused = Model::for_scoring(
        dir.path(),
        config,
        Shape {
            numeric_inputs: 2,
            fusion_size: 64,
            ..SHAPE
        },
        Compute::cpu(),
    );
    let message = refused.expect_err("no numeric branch in the file").to_string();
    assert!(message.contains("numeric.dense"), "{message}");
    let unknown = Method::Lora {
        rank: 2,
        alpha: 4.0,
        dropout: 0.0,
        targets: vec!["q_proj".to_owned()],
        rslora: false,
    };
    let message = tiny_model(dir.path(), &unknown, 0.0)
        .expect_err("no such layer")
        .to_string();
    assert!(message.contains("q_proj") && message.contains("query"), "{message}");
    let mut named = formula_weights(&inspect(dir.path()).expect("folder").config);
    named.remove("bert.encoder.layer.1.output.dense.bias");
    weights::write(
        &dir.path().join("model.safetensors"),
        named.iter().map(|(n, t)| (n.clone(), t)),
    )
    .expect("write");
    let message = tiny_model(dir.path(), &Method::Full, 0.0)
        .expect_err("incomplete")
        .to_string();
    assert!(message.contains("encoder.layer.1.output.dense.bias"), "{message}");
    assert!(params::has_pooler(&named));
}

mod pooling;
