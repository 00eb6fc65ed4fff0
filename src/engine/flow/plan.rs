//! The defaults of a flow where the analyst chose nothing.

use crate::engine::models;
use crate::engine::run::config::{Loss, Method, TrainConfig, TrainData};
use crate::engine::run::task::Task;
use crate::engine::train::evidence::TableEvidence;

/// Hidden size of the default base model, for which the usual rates hold.
const USUAL_HIDDEN_SIZE: f64 = 384.0;

/// Rows that a run with the usual settings learns from, repeats counted: few minutes without a GPU.
const USUAL_ROWS: f64 = 9_000.0;
const MOST_EPOCHS: f64 = 3.0;
const USUAL_NEGATIVES: f64 = 3.0;

/// Settings that suit most: the default base model with all its weights; where positives are rare, three negatives
/// for each; as many epochs as a few minutes allow. `train_rows` of which `positive_share` are labelled 1.
pub fn train_config(data: TrainData, train_rows: u64, positive_share: Option<f64>) -> TrainConfig {
    let method = Method::Full;
    let mut config = TrainConfig {
        data,
        learning_rate: usual_rate(&method),
        method,
        max_length: 64,
        negatives_per_positive: Some(USUAL_NEGATIVES),
        ..TrainConfig::default()
    };
    let an_epoch = rows_per_epoch(train_rows, positive_share, &config).max(1);
    let epochs = (USUAL_ROWS / an_epoch as f64).min(MOST_EPOCHS);
    // Tenths are what people read.
    config.epochs = ((epochs * 10.0).round() / 10.0).max(0.1);
    config
}

/// Settings to begin with on a table of the analyst's own: the longest text, the label that is named or likeliest, the
/// task its values speak for. Numbers and categories are for the analyst to add: nobody else knows which of them are
/// known when the model is asked.
pub fn table_config(evidence: &TableEvidence, data: TrainData, label: Option<&str>, train_rows: u64) -> TrainConfig {
    let label = match label {
        Some(name) => evidence.label(name),
        None => evidence.labels.first(),
    };
    let name = label.map_or_else(String::new, |label| label.column.clone());
    let mut text: Vec<String> = evidence
        .text
        .iter()
        .find(|text| **text != name)
        .into_iter()
        .cloned()
        .collect();
    // A query is read beside what it found.
    let query = evidence
        .group
        .iter()
        .find(|group| evidence.text.contains(group) && !text.contains(group));
    if let Some(query) = query {
        text.insert(0, query.clone());
    }
    let data = TrainData {
        text,
        numeric: Vec::new(),
        categorical: Vec::new(),
        label: name,
        ..data
    };
    let mut config = train_config(data, train_rows, label.and_then(|label| label.positive_share));
    set_task(&mut config, label.map_or(Task::Binary, |label| label.task), evidence);
    config
}

/// Changes the task, and with it what suits no other one: metric, loss, negatives, ranked lists.
pub fn set_task(config: &mut TrainConfig, task: Task, evidence: &TableEvidence) {
    config.task = task;
    config.loss = Loss::CrossEntropy;
    config.label_smoothing = 0.0;
    config.negatives_per_positive = (task == Task::Binary).then_some(USUAL_NEGATIVES);
    let data = &mut config.data;
    if task == Task::Graded && data.group.is_none() {
        data.group = evidence.group.first().cloned();
    }
    task.usual_metric(config.data.group.is_some())
        .clone_into(&mut config.metric);
}

/// LoRA as most papers and libraries start it: rank 8, alpha 16, query and value.
pub fn default_lora() -> Method {
    Method::Lora {
        rank: 8,
        alpha: 16.0,
        dropout: 0.05,
        targets: vec!["query".to_owned(), "value".to_owned()],
        rslora: false,
    }
}

/// The learning rate to begin with beside the default base model: few trainable weights bear larger steps.
pub fn usual_rate(method: &Method) -> f64 {
    match method {
        Method::Full => 2e-4,
        Method::Lora { .. } | Method::HeadOnly => 1e-3,
    }
}

/// The learning rate to begin with for these settings, smaller for larger base models: with all weights as
/// 1 / width², which gives 5e-5 for BERT-base (the upper end of Devlin et al. 2019, appendix A.3), with adapters as
/// 1 / width, which gives 5e-4 for it (Hu et al. 2021, table 9). A base model that cannot be read counts as the
/// default one.
pub fn usual_rate_of(config: &TrainConfig) -> f64 {
    usual_rate_at(&config.method, hidden_size(&config.base_model))
}

/// Width of a base model, by its name in the cache or its folder; reads the model's settings.
pub fn hidden_size(base_model: &str) -> Option<usize> {
    let inspected = models::resolve(base_model).and_then(|dir| models::inspect(&dir));
    inspected.ok().map(|found| found.config.hidden_size)
}

/// [`usual_rate_of`] where the width of the base model is known; without one it counts as the default one's.
pub fn usual_rate_at(method: &Method, hidden_size: Option<usize>) -> f64 {
    let hidden = hidden_size.map_or(USUAL_HIDDEN_SIZE, |hidden| hidden as f64);
    let scale = (USUAL_HIDDEN_SIZE / hidden.max(1.0)).min(1.0);
    usual_rate(method)
        * match method {
            Method::Full => scale * scale,
            Method::Lora { .. } => scale,
            Method::HeadOnly => 1.0,
        }
}

/// Rows one epoch takes of `train_rows` of which `positive_share` are labelled 1 (unknown = all rows are taken).
pub fn rows_per_epoch(train_rows: u64, positive_share: Option<f64>, config: &TrainConfig) -> u64 {
    let (Some(share), Some(per_positive)) = (positive_share, config.negatives_per_positive) else {
        return train_rows;
    };
    let positives = train_rows as f64 * share;
    if positives < 1.0 {
        return train_rows;
    }
    train_rows.min((positives + (positives * per_positive).ceil()).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_models_start_with_smaller_rates() {
        let folder = tempfile::tempdir().expect("temp dir");
        let mut config = TrainConfig {
            base_model: folder.path().display().to_string(),
            ..TrainConfig::default()
        };
        assert_eq!(
            usual_rate_of(&config),
            2e-4,
            "an unknown model counts as the default one"
        );
        for (hidden, full, lora) in [(384, 2e-4, 1e-3), (768, 5e-5, 5e-4), (32, 2e-4, 1e-3)] {
            let settings = serde_json::json!({
                "model_type": "bert", "vocab_size": 100, "hidden_size": hidden, "num_hidden_layers": 2,
                "num_attention_heads": 4, "intermediate_size": 64, "max_position_embeddings": 64, "type_vocab_size": 2,
            });
            std::fs::write(folder.path().join("config.json"), settings.to_string()).expect("write");
            std::fs::write(folder.path().join("vocab.txt"), "[PAD]\n").expect("write");
            // Weights without tensors: the length of the header, and an empty one.
            std::fs::write(folder.path().join("model.safetensors"), b"\x02\0\0\0\0\0\0\0{}").expect("write");
            for (method, expected) in [(Method::Full, full), (default_lora(), lora), (Method::HeadOnly, 1e-3)] {
                config.method = method;
                let rate = usual_rate_of(&config);
                assert!(
                    (rate / expected - 1.0).abs() < 1e-12,
                    "{hidden}: {rate} against {expected}"
                );
            }
        }
    }

    #[test]
    fn the_usual_run_learns_from_as_many_rows_as_a_few_minutes_allow() {
        for (rows, share, epochs) in [
            (1_000, Some(0.5), 3.0),
            (36_000, Some(0.06), 1.0),
            (36_000, Some(0.5), 0.3),
            (9_000_000, None, 0.1),
            (0, None, 3.0),
        ] {
            let config = train_config(TrainData::default(), rows, share);
            assert_eq!(config.epochs, epochs, "{rows} rows, {share:?}");
        }
    }

    #[test]
    fn the_settings_follow_the_label() {
        let evidence = crate::engine::train::evidence::tests::evidence();
        let data = || TrainData {
            train: "t.csv".into(),
            ..TrainData::default()
        };
        for (label, task, metric, group) in [
            ("department", Task::Multiclass, "macro_f1", false),
            ("bought", Task::Binary, "auc", false),
            ("stars", Task::Graded, "ndcg@10", true),
        ] {
            let config = table_config(&evidence, data(), Some(label), 192);
            assert_eq!((config.task, config.metric.as_str()), (task, metric));
            assert_eq!(config.data.group.is_some(), group, "{label}");
            assert_eq!(
                (config.data.label.as_str(), &config.data.text[..]),
                (label, &["query".to_owned(), "product".to_owned()][..])
            );
            assert!(config.data.numeric.is_empty() && config.data.categorical.is_empty());
            assert!(crate::engine::run::validate::value_problems(&config).is_empty());
        }
        assert!(!table_config(&evidence, data(), None, 192).data.label.is_empty());
    }

    #[test]
    fn an_epoch_takes_all_positives_and_some_negatives() {
        let mut config = TrainConfig::default();
        assert_eq!(rows_per_epoch(1000, Some(0.04), &config), 1000);
        config.negatives_per_positive = Some(3.0);
        assert_eq!(rows_per_epoch(1000, Some(0.04), &config), 160);
        assert_eq!(rows_per_epoch(1000, Some(0.5), &config), 1000);
        assert_eq!(rows_per_epoch(1000, None, &config), 1000);
    }
}
