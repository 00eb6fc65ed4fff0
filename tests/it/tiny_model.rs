//! A BERT of 2 layers and 32 dimensions with weights by formula, and rows it can learn in seconds.

use safetensors::tensor::{Dtype, TensorView, serialize};
use std::fmt::Write as _;
use std::path::Path;

const HIDDEN: usize = 32;
const INNER: usize = 64;
const LAYERS: usize = 2;
const POSITIONS: usize = 64;

/// Writes a Hugging Face folder; `words` are its whole vocabulary beside the special tokens.
pub fn write_model(folder: &Path, words: &[&str]) {
    std::fs::create_dir_all(folder).expect("a writable folder");
    let mut vocabulary = vec!["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
    vocabulary.extend(words);
    let config = serde_json::json!({
        "model_type": "bert", "architectures": ["BertModel"], "vocab_size": vocabulary.len(),
        "hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "num_attention_heads": 4, "intermediate_size": INNER,
        "max_position_embeddings": POSITIONS, "type_vocab_size": 2,
    });
    std::fs::write(folder.join("config.json"), config.to_string()).expect("config");
    std::fs::write(folder.join("vocab.txt"), vocabulary.join("\n") + "\n").expect("vocabulary");
    std::fs::write(folder.join("model.safetensors"), weights(vocabulary.len())).expect("weights");
}

fn weights(vocabulary: usize) -> Vec<u8> {
    let mut shapes = vec![
        ("embeddings.word_embeddings.weight".to_owned(), vec![vocabulary, HIDDEN]),
        (
            "embeddings.position_embeddings.weight".to_owned(),
            vec![POSITIONS, HIDDEN],
        ),
        ("embeddings.token_type_embeddings.weight".to_owned(), vec![2, HIDDEN]),
        ("embeddings.LayerNorm.weight".to_owned(), vec![HIDDEN]),
        ("embeddings.LayerNorm.bias".to_owned(), vec![HIDDEN]),
        ("pooler.dense.weight".to_owned(), vec![HIDDEN, HIDDEN]),
        ("pooler.dense.bias".to_owned(), vec![HIDDEN]),
    ];
    for layer in 0..LAYERS {
        for (name, rows, columns) in [
            ("attention.self.query", HIDDEN, HIDDEN),
            ("attention.self.key", HIDDEN, HIDDEN),
            ("attention.self.value", HIDDEN, HIDDEN),
            ("attention.output.dense", HIDDEN, HIDDEN),
            ("intermediate.dense", INNER, HIDDEN),
            ("output.dense", HIDDEN, INNER),
        ] {
            shapes.push((format!("encoder.layer.{layer}.{name}.weight"), vec![rows, columns]));
            shapes.push((format!("encoder.layer.{layer}.{name}.bias"), vec![rows]));
        }
        for name in ["attention.output.LayerNorm", "output.LayerNorm"] {
            shapes.push((format!("encoder.layer.{layer}.{name}.weight"), vec![HIDDEN]));
            shapes.push((format!("encoder.layer.{layer}.{name}.bias"), vec![HIDDEN]));
        }
    }
    let tensors: Vec<(String, Vec<usize>, Vec<u8>)> = shapes
        .into_iter()
        .enumerate()
        .map(|(index, (name, shape))| {
            let bytes = values(index, &shape, name.ends_with("LayerNorm.weight"));
            (name, shape, bytes)
        })
        .collect();
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).expect("as many bytes as the shape says");
        (name.as_str(), view)
    });
    serialize(views, None).expect("plain tensors")
}

/// Spread evenly over ±0.3, or around 1 for a scale; another order for each tensor.
fn values(tensor: usize, shape: &[usize], is_scale: bool) -> Vec<u8> {
    let count: usize = shape.iter().product();
    let value = |i: usize| {
        let spread = ((i * 7919 + tensor * 104_729) % 1009) as f32 / 1009.0 - 0.5;
        if is_scale { 1.0 + 0.2 * spread } else { 0.6 * spread }
    };
    (0..count).flat_map(|i| value(i).to_le_bytes()).collect()
}

/// The words of [`write_reviews`].
pub const WORDS: [&str; 12] = [
    "good", "bad", "red", "blue", "dress", "shoe", "bag", "fits", "looks", "size", "and", "very",
];

/// A table `text,group,label`: the label is 1 where the text says `good`, 0 where it says `bad`, but for
/// every twentieth row.
pub fn write_reviews(path: &Path, rows: usize, seed: u64) {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut below = |n: u64| {
        // Xorshift (Marsaglia 2003); plain enough to be the same everywhere.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % n
    };
    let mut table = "text,group,label\n".to_owned();
    for row in 0..rows {
        let label = below(2);
        let word = if (label == 1) == (row % 20 != 0) { "good" } else { "bad" };
        let mut words: Vec<&str> = (0..2 + below(6)).map(|_| WORDS[2 + below(10) as usize]).collect();
        words.insert(below(words.len() as u64) as usize, word);
        writeln!(table, "{},g{},{label}", words.join(" "), row % 25).expect("text");
    }
    std::fs::write(path, table).expect("a writable folder");
}

/// The words of the sample shop's items, Chinese ones character by character, as BERT reads them.
pub fn shop_words() -> Vec<&'static str> {
    const ITEMS: &str = include_str!("../../sample_data/items.csv");
    let titles = ITEMS.lines().skip(1).filter_map(|line| line.split(',').nth(1));
    let mut words: Vec<&'static str> = Vec::new();
    for word in titles.flat_map(str::split_whitespace) {
        if word.is_ascii() && word.bytes().all(|byte| byte.is_ascii_lowercase()) {
            words.push(word);
        } else if !word.is_ascii() {
            let characters = word.char_indices().filter(|(_, character)| *character >= '\u{4e00}');
            words.extend(characters.map(|(at, character)| &word[at..at + character.len_utf8()]));
        }
    }
    words.sort_unstable();
    words.dedup();
    words
}
