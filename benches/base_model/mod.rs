//! A BERT with weights by formula in any size, so that no bench needs the network.

use safetensors::tensor::{Dtype, TensorView, serialize};
use std::collections::BTreeSet;
use std::path::Path;

/// What a model costs is decided by its sizes, not by its weights.
#[derive(Clone, Copy)]
pub struct Size {
    pub hidden: usize,
    pub inner: usize,
    pub layers: usize,
    pub heads: usize,
}

const POSITIONS: usize = 128;
const SPECIAL: [&str; 5] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/// Writes a Hugging Face folder whose vocabulary are the words of `texts`, Chinese ones character by character.
pub fn write_model<'a>(folder: &Path, size: Size, texts: impl Iterator<Item = &'a str>) {
    std::fs::create_dir_all(folder).expect("a writable folder");
    let mut words: BTreeSet<String> = BTreeSet::new();
    for word in texts.flat_map(str::split_whitespace) {
        if word.is_ascii() {
            words.insert(word.to_ascii_lowercase());
        } else {
            words.extend(word.chars().filter(|c| c.is_alphabetic()).map(String::from));
        }
    }
    let vocabulary: Vec<&str> = SPECIAL.into_iter().chain(words.iter().map(String::as_str)).collect();
    let config = serde_json::json!({
        "model_type": "bert", "architectures": ["BertModel"], "vocab_size": vocabulary.len(),
        "hidden_size": size.hidden, "num_hidden_layers": size.layers, "num_attention_heads": size.heads,
        "intermediate_size": size.inner, "max_position_embeddings": POSITIONS, "type_vocab_size": 2,
    });
    std::fs::write(folder.join("config.json"), config.to_string()).expect("config");
    std::fs::write(folder.join("vocab.txt"), vocabulary.join("\n") + "\n").expect("vocabulary");
    std::fs::write(folder.join("model.safetensors"), weights(size, vocabulary.len())).expect("weights");
}

fn weights(size: Size, vocabulary: usize) -> Vec<u8> {
    let Size {
        hidden, inner, layers, ..
    } = size;
    let mut shapes = vec![
        ("embeddings.word_embeddings.weight".to_owned(), vec![vocabulary, hidden]),
        (
            "embeddings.position_embeddings.weight".to_owned(),
            vec![POSITIONS, hidden],
        ),
        ("embeddings.token_type_embeddings.weight".to_owned(), vec![2, hidden]),
        ("embeddings.LayerNorm.weight".to_owned(), vec![hidden]),
        ("embeddings.LayerNorm.bias".to_owned(), vec![hidden]),
        ("pooler.dense.weight".to_owned(), vec![hidden, hidden]),
        ("pooler.dense.bias".to_owned(), vec![hidden]),
    ];
    for layer in 0..layers {
        for (name, rows, columns) in [
            ("attention.self.query", hidden, hidden),
            ("attention.self.key", hidden, hidden),
            ("attention.self.value", hidden, hidden),
            ("attention.output.dense", hidden, hidden),
            ("intermediate.dense", inner, hidden),
            ("output.dense", hidden, inner),
        ] {
            shapes.push((format!("encoder.layer.{layer}.{name}.weight"), vec![rows, columns]));
            shapes.push((format!("encoder.layer.{layer}.{name}.bias"), vec![rows]));
        }
        for name in ["attention.output.LayerNorm", "output.LayerNorm"] {
            shapes.push((format!("encoder.layer.{layer}.{name}.weight"), vec![hidden]));
            shapes.push((format!("encoder.layer.{layer}.{name}.bias"), vec![hidden]));
        }
    }
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = shapes
        .into_iter()
        .map(|(name, shape)| {
            let bytes = values(&shape, name.ends_with("LayerNorm.weight"), hidden);
            (name, shape, bytes)
        })
        .collect();
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).expect("as many bytes as the shape says");
        (name.as_str(), view)
    });
    serialize(views, None).expect("plain tensors")
}

/// Spread evenly around 0 by about 1/√hidden, or around 1 for a scale.
fn values(shape: &[usize], is_scale: bool, hidden: usize) -> Vec<u8> {
    let count: usize = shape.iter().product();
    let width = 2.0 / (hidden as f32).sqrt();
    let value = |i: usize| {
        let spread = (i * 7919 % 1009) as f32 / 1009.0 - 0.5;
        if is_scale { 1.0 + 0.1 * spread } else { width * spread }
    };
    (0..count).flat_map(|i| value(i).to_le_bytes()).collect()
}
