//! RoBERTa and DistilBERT of the formula's weights against Transformers, and through an export and back.

use super::model::some_card;
use super::{SHAPE, formula_value, three_rows};
use crate::engine::models::{BertConfig, Family};
use crate::engine::run::config::{Method, PoolingChoice};
use crate::engine::train::backend::batch::Prepared;
use crate::engine::train::backend::export::{Export, write_model};
use crate::engine::train::backend::model::{Compute, Model, Start};
use crate::engine::train::backend::params;
use crate::engine::train::backend::weights::{self, Named};
use crate::engine::train::card::Pooling;
use std::path::Path;
use tch::{Device, Tensor};

const ROBERTA: &str = r#"{"model_type":"roberta","vocab_size":40,"hidden_size":32,"num_hidden_layers":2,
"num_attention_heads":4,"intermediate_size":64,"max_position_embeddings":18,"type_vocab_size":1,"pad_token_id":1,
"layer_norm_eps":1e-5}"#;
const DISTILBERT: &str = r#"{"model_type":"distilbert","vocab_size":40,"dim":32,"n_layers":2,"n_heads":4,
"hidden_dim":64,"max_position_embeddings":16,"activation":"gelu"}"#;

/// Tensor t in order of BERT's names, as in `formula_weights`; the head's dense layer is one of them.
fn formula(config: &BertConfig) -> Named {
    let hidden = config.hidden_size as i64;
    let mut shapes = params::encoder_shapes(config, Pooling::Cls);
    for (name, size) in [
        ("bert.pooler.dense.weight", vec![hidden, hidden]),
        ("bert.pooler.dense.bias", vec![hidden]),
        ("classifier.weight", vec![2, hidden]),
        ("classifier.bias", vec![2]),
    ] {
        shapes.push((name.to_owned(), size));
    }
    shapes.sort();
    let tensors = shapes.into_iter().enumerate().map(|(t, (name, size))| {
        let is_scale = name.ends_with("LayerNorm.weight");
        let values: Vec<f32> = (0..size.iter().product())
            .map(|i| formula_value(t, i, is_scale))
            .collect();
        (name, Tensor::from_slice(&values).reshape(size))
    });
    tensors.collect()
}

/// A folder as Transformers writes it.
fn folder(dir: &Path, text: &str) -> BertConfig {
    let config = BertConfig::parse(text).expect("config");
    std::fs::create_dir_all(dir).expect("dir");
    std::fs::write(dir.join("config.json"), text).expect("config");
    std::fs::write(dir.join("tokenizer.json"), "{}").expect("tokenizer");
    let named = formula(&config);
    let of_file = named
        .iter()
        .map(|(name, tensor)| (config.family.file_name(name, true), tensor));
    weights::write(&dir.join("model.safetensors"), of_file).expect("weights");
    config
}

fn logits(model: &Model, rows: &Prepared) -> Vec<f32> {
    let _no_grad = tch::no_grad_guard();
    let batch = rows.batch(&[0, 1, 2], Device::Cpu).expect("batch");
    let found = model.forward(&batch, None).expect("forward");
    Vec::try_from(found.contiguous().view(-1)).expect("floats")
}

fn check(text: &str, expected: [f64; 6]) {
    let root = tempfile::tempdir().expect("temp");
    let base = root.path().join("base");
    let config = folder(&base, text);
    let family = config.family;
    let model = Model::for_scoring(&base, config, SHAPE, Compute::cpu()).expect("model");
    let found = logits(&model, &three_rows());
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (f64::from(*found) - expected).abs() < 5e-6,
            "{family:?}: {found} against {expected}"
        );
    }
    let card = some_card(&model);
    let target = root.path().join("out");
    let export = Export {
        base_dir: &base,
        rules: &crate::engine::train::tasks::Binary,
        method: &Method::Full,
        card: &card,
        readme: "",
    };
    write_model(&target, &model, &export).expect("export");
    let text = std::fs::read_to_string(target.join("config.json")).expect("config");
    assert!(text.contains(family.plain_class()), "{text}");
    let again = Model::for_scoring(
        &target,
        BertConfig::parse(&text).expect("config"),
        SHAPE,
        Compute::cpu(),
    );
    assert_eq!(logits(&again.expect("model"), &three_rows()), found, "{family:?}");
}

// Each computed one row at a time by `…ForSequenceClassification` of transformers 5.24.0 with torch 2.11.0 and these
// weights; the third row's second text is of the same segment.
#[test]
fn logits_of_roberta_equal_transformers() {
    check(
        ROBERTA,
        [
            -0.536_359_4,
            -0.454_302_1,
            1.238_421_4,
            -0.237_762_2,
            1.118_499_8,
            -0.314_972_2,
        ],
    );
}

#[test]
fn logits_of_distilbert_equal_transformers() {
    check(
        DISTILBERT,
        [
            0.036_140_7,
            1.601_971_9,
            0.843_964_8,
            1.915_477_3,
            0.227_316_8,
            1.523_039_8,
        ],
    );
}

#[test]
fn a_base_without_a_head_gets_one_drawn() {
    let root = tempfile::tempdir().expect("temp");
    let config = folder(root.path(), DISTILBERT);
    let mut named = formula(&config);
    named.retain(|name, _| name.starts_with("bert.encoder") || name.starts_with("bert.embeddings"));
    let of_file = named
        .iter()
        .map(|(name, tensor)| (Family::DistilBert.file_name(name, true), tensor));
    weights::write(&root.path().join("model.safetensors"), of_file).expect("weights");
    let make = |pooling| {
        let start = Start {
            pooling,
            seed: 3,
            ..super::start(&Method::Full, 0)
        };
        Model::for_training(root.path(), config.clone(), &start, Compute::cpu()).expect("model")
    };
    assert_eq!(make(PoolingChoice::Auto).shape.pooling, Pooling::Mean);
    let model = make(PoolingChoice::Cls);
    assert_eq!(model.params["bert.pooler.dense.weight"].size(), [32, 32]);
    assert!(model.trainable.iter().any(|name| name == "bert.pooler.dense.weight"));
}
