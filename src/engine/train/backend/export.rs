//! The exported model: a folder Transformers, PEFT and this program read.
//!
//! A text-only model with the first token's pooler is the family's `…ForSequenceClassification` with equal logits. Any other
//! head is none of Transformers': `architectures` names no class that would be wrong, and the class that is right lies
//! beside the weights (`modeling_touchstone.py`, by `auto_map`); a mean over tokens is a sentence-transformers folder
//! too, whose `encode` gives the logits. Invariant: the folder appears complete under its name, or not at all.

use super::adapters::matches_target;
use super::checkpoint::{sync_dir, write_synced};
use super::model::Model;
use super::{TrainError, weights};
use crate::engine::models::{Family, TOKENIZER_FILES};
use crate::engine::run::config::Method;
use crate::engine::train::card::{CARD_FILE, ModelCard, Pooling};
use crate::engine::train::readme::README_FILE;
use crate::engine::train::tasks::TaskRules;
use serde_json::{Map, Value, json};
use std::fs;
use std::path::Path;

/// Transformers' class for the heads it does not know.
const MODELING_FILE: &str = "modeling_touchstone.py";
const MODELING: &str = include_str!("modeling_touchstone.py");

/// What is exported beside the weights.
pub struct Export<'a> {
    /// Where the tokenizer lies.
    pub base_dir: &'a Path,
    pub rules: &'a dyn TaskRules,
    pub method: &'a Method,
    pub card: &'a ModelCard,
    /// The model card for people.
    pub readme: &'a str,
}

/// Writes `model` (its present weights, adapters merged) to `target`, replacing what was there.
pub fn write_model(target: &Path, model: &Model, export: &Export<'_>) -> Result<(), TrainError> {
    let Export {
        base_dir,
        rules,
        method,
        card,
        readme,
    } = *export;
    let parent = target.parent().unwrap_or(Path::new("."));
    let aside = parent.join(format!(".model.{}.part", std::process::id()));
    if aside.exists() {
        fs::remove_dir_all(&aside).map_err(TrainError::io("remove", &aside))?;
    }
    fs::create_dir_all(&aside).map_err(TrainError::io("create", &aside))?;
    let merged = model.merged()?;
    let family = model.config.family;
    weights::write(
        &aside.join("model.safetensors"),
        merged
            .iter()
            .map(|(name, tensor)| (family.file_name(name, card.is_plain()), tensor)),
    )?;
    write_json(
        &aside.join("config.json"),
        &Value::Object(config_json(model, card, rules)),
    )?;
    write_json(&aside.join(CARD_FILE), &json!(card))?;
    write_synced(&aside.join(README_FILE), readme.as_bytes())?;
    if !card.is_plain() {
        write_synced(&aside.join(MODELING_FILE), MODELING.as_bytes())?;
    }
    for name in TOKENIZER_FILES {
        let (from, to) = (base_dir.join(name), aside.join(name));
        if from.is_file() {
            fs::copy(&from, &to).map_err(TrainError::io("write", &to))?;
        }
    }
    if card.pooling == Pooling::Mean && !card.is_fused() {
        write_sentence_encoder(&aside, model, card)?;
    }
    if let Method::Lora { .. } = method {
        write_adapter(&aside.join("adapter"), model, method, card)?;
    }
    sync_dir(&aside)?;
    if target.exists() {
        fs::remove_dir_all(target).map_err(TrainError::io("remove", target))?;
    }
    fs::rename(&aside, target).map_err(TrainError::io("create", target))?;
    sync_dir(parent)
}

fn write_json(path: &Path, value: &Value) -> Result<(), TrainError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| TrainError::Weights {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    write_synced(path, (text + "\n").as_bytes()).map(drop)
}

/// The base model's configuration with the head's keys set.
fn config_json(model: &Model, card: &ModelCard, rules: &dyn TaskRules) -> Map<String, Value> {
    let mut config = model.config.raw.clone();
    for of_an_earlier_head in ["auto_map", "touchstone"] {
        config.remove(of_an_earlier_head);
    }
    let family = model.config.family;
    let class = if card.is_plain() {
        family.plain_class()
    } else {
        config.insert(
            "auto_map".to_owned(),
            json!({"AutoModelForSequenceClassification": format!("modeling_touchstone.{}", family.own_class())}),
        );
        config.insert(
            "touchstone".to_owned(),
            json!({
                "pooling": card.pooling,
                "numeric_inputs": 2 * card.numeric.len(),
                "embeddings": model.shape.embeddings,
                "fusion_size": card.fusion_size,
            }),
        );
        family.own_class()
    };
    let of_family = [
        ("architectures", json!([class])),
        ("torch_dtype", json!("float32")),
        ("dtype", json!("float32")),
        ("_name_or_path", json!(card.base_model)),
    ];
    for (key, value) in rules.head_keys().into_iter().chain(of_family) {
        config.insert(key.to_owned(), value);
    }
    config
}

/// The files by which sentence-transformers reads the folder: encoder, mean, classifier; its `encode` gives logits.
fn write_sentence_encoder(dir: &Path, model: &Model, card: &ModelCard) -> Result<(), TrainError> {
    let modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Dense", "Dense")];
    let listed = modules.iter().enumerate().map(|(index, (path, class))| {
        json!({"idx": index, "name": index.to_string(), "path": path, "type": format!("sentence_transformers.models.{class}")})
    });
    write_json(&dir.join("modules.json"), &listed.collect())?;
    write_json(
        &dir.join("sentence_bert_config.json"),
        &json!({"max_seq_length": card.max_length, "do_lower_case": false}),
    )?;
    for (folder, config) in [
        (
            "1_Pooling",
            json!({
                "word_embedding_dimension": model.config.hidden_size,
                "pooling_mode_cls_token": false,
                "pooling_mode_mean_tokens": true,
                "pooling_mode_max_tokens": false,
                "pooling_mode_mean_sqrt_len_tokens": false
            }),
        ),
        (
            "2_Dense",
            json!({
                "in_features": model.config.hidden_size,
                "out_features": model.shape.labels,
                "bias": true,
                "activation_function": "torch.nn.modules.linear.Identity"
            }),
        ),
    ] {
        let folder = dir.join(folder);
        fs::create_dir_all(&folder).map_err(TrainError::io("create", &folder))?;
        write_json(&folder.join("config.json"), &config)?;
    }
    let dense = ["weight", "bias"].map(|part| (format!("linear.{part}"), &model.params[&format!("classifier.{part}")]));
    weights::write(&dir.join("2_Dense/model.safetensors"), dense.into_iter()).map(drop)
}

/// PEFT looks for targets in the head too, where there are no adapters: a name that would match there is written out
/// as the modules it stands for.
fn peft_targets(model: &Model, targets: &[String], plain: bool) -> Vec<String> {
    let family = model.config.family;
    let in_head = |target: &String| {
        ["bert.pooler.dense", "classifier", "numeric.dense", "numeric.gate"]
            .iter()
            .any(|module| matches_target(module, target))
    };
    if family == Family::Bert && !targets.iter().any(in_head) {
        return targets.to_vec();
    }
    let adapted = model.trainable.iter();
    adapted
        .filter_map(|name| name.strip_suffix(".lora_A.weight"))
        .map(|name| module_name(family, name, plain))
        .collect()
}

/// The name of a module in the exported file.
fn module_name(family: Family, name: &str, plain: bool) -> String {
    let weight = family.file_name(&format!("{name}.weight"), plain);
    weight.trim_end_matches(".weight").to_owned()
}

/// PEFT's folder: adapters, and the head in full as `modules_to_save`.
fn write_adapter(dir: &Path, model: &Model, method: &Method, card: &ModelCard) -> Result<(), TrainError> {
    let Method::Lora {
        rank,
        alpha,
        dropout,
        targets,
        rslora,
    } = method
    else {
        return Ok(());
    };
    fs::create_dir_all(dir).map_err(TrainError::io("create", dir))?;
    let family = model.config.family;
    let tensors = model.trainable.iter().map(|name| {
        let file = family.file_name(name, card.is_plain());
        (format!("base_model.model.{file}"), &model.params[name])
    });
    weights::write(&dir.join("adapter_model.safetensors"), tensors)?;
    let mut full = vec!["classifier"];
    match (card.pooling, family) {
        (Pooling::Mean, _) => {}
        (Pooling::Cls, Family::Bert) => full.push("pooler"),
        (Pooling::Cls, Family::DistilBert) if card.is_plain() => full.push("pre_classifier"),
        // In RoBERTa's own class the dense layer is part of `classifier`.
        (Pooling::Cls, _) if card.is_plain() => {}
        (Pooling::Cls, _) => full.push("head_pooler"),
    }
    if card.is_fused() {
        full.push("numeric");
    }
    let config = json!({
        "alpha_pattern": {},
        "auto_mapping": null,
        "base_model_name_or_path": card.base_model,
        "bias": "none",
        "fan_in_fan_out": false,
        "inference_mode": true,
        "init_lora_weights": true,
        "layers_pattern": null,
        "layers_to_transform": null,
        "lora_alpha": alpha,
        "lora_dropout": dropout,
        "modules_to_save": full,
        "peft_type": "LORA",
        "r": rank,
        "rank_pattern": {},
        "revision": null,
        "target_modules": peft_targets(model, targets, card.is_plain()),
        "task_type": if card.is_plain() { json!("SEQ_CLS") } else { Value::Null },
        "use_dora": false,
        "use_rslora": rslora
    });
    write_json(&dir.join("adapter_config.json"), &config)?;
    sync_dir(dir)
}
