//! A BERT of any size with weights by formula, so that neither tests nor benches need the network.

use safetensors::tensor::{Dtype, TensorView, serialize};
use std::path::Path;

/// What a model costs is decided by its sizes, not by its weights.
#[derive(Clone, Copy)]
pub struct Size {
    pub hidden: usize,
    pub inner: usize,
    pub layers: usize,
    pub heads: usize,
    pub positions: usize,
    /// The weights are spread evenly around 0, this far from lowest to highest.
    pub width: f32,
}

/// Writes a Hugging Face folder; `words` are its whole vocabulary beside the special tokens.
pub fn write_bert<'a>(folder: &Path, size: Size, words: impl IntoIterator<Item = &'a str>) {
    std::fs::create_dir_all(folder).expect("a writable folder");
    let mut vocabulary = vec!["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
    vocabulary.extend(words);
    let config = serde_json::json!({
        "model_type": "bert", "architectures": ["BertModel"], "vocab_size": vocabulary.len(),
        "hidden_size": size.hidden, "num_hidden_layers": size.layers, "num_attention_heads": size.heads,
        "intermediate_size": size.inner, "max_position_embeddings": size.positions, "type_vocab_size": 2,
    });
    std::fs::write(folder.join("config.json"), config.to_string()).expect("config");
    std::fs::write(folder.join("vocab.txt"), vocabulary.join("\n") + "\n").expect("vocabulary");
    std::fs::write(folder.join("model.safetensors"), weights(size, vocabulary.len())).expect("weights");
}

fn weights(size: Size, vocabulary: usize) -> Vec<u8> {
    let Size {
        hidden,
        inner,
        layers,
        positions,
        width,
        ..
    } = size;
    let mut shapes = vec![
        ("embeddings.word_embeddings.weight".to_owned(), vec![vocabulary, hidden]),
        (
            "embeddings.position_embeddings.weight".to_owned(),
            vec![positions, hidden],
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
        .enumerate()
        .map(|(index, (name, shape))| {
            let width = if name.ends_with("LayerNorm.weight") {
                None
            } else {
                Some(width)
            };
            let bytes = values(index, &shape, width);
            (name, shape, bytes)
        })
        .collect();
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).expect("as many bytes as the shape says");
        (name.as_str(), view)
    });
    serialize(views, None).expect("plain tensors")
}

/// Spread evenly over `width` around 0, or by a tenth around 1 where there is none; another order for each tensor.
fn values(tensor: usize, shape: &[usize], width: Option<f32>) -> Vec<u8> {
    let count: usize = shape.iter().product();
    let value = |i: usize| {
        let spread = ((i * 7919 + tensor * 104_729) % 1009) as f32 / 1009.0 - 0.5;
        width.map_or(1.0 + 0.2 * spread, |width| width * spread)
    };
    (0..count).flat_map(|i| value(i).to_le_bytes()).collect()
}
