//! The card of a plain model and of one with a head of our own.

use super::*;
use crate::engine::artifact::ContentHash;
use crate::engine::run::task::Task;
use crate::engine::train::data::NumericColumn;

fn card(pooling: Pooling, numeric: Vec<NumericColumn>) -> ModelCard {
    ModelCard {
        version: 1,
        tool_version: "9.9.9".to_owned(),
        task: Task::Binary,
        classes: Vec::new(),
        categorical: Vec::new(),
        pooling,
        max_length: 77,
        text: vec!["title".to_owned()],
        fusion_size: 64 * usize::from(!numeric.is_empty()),
        numeric,
        label: "bought".to_owned(),
        base_model: "/home/me/secret/minilm".to_owned(),
        best_step: 40,
        valid_metrics: BTreeMap::from([("auc".to_owned(), 0.91234)]),
    }
}

fn written(card: &ModelCard, method: Method) -> String {
    written_from(card, method, None)
}

fn written_from(card: &ModelCard, method: Method, base: Option<crate::engine::models::Source>) -> String {
    let mut config = TrainConfig {
        method,
        base_model: card.base_model.clone(),
        ..TrainConfig::default()
    };
    config.data.train = "/home/me/secret/train.csv".into();
    let rules = tasks::of(Task::Binary, &[]);
    let hash = ContentHash::of_bytes(b"rows");
    let file = FileFacts {
        name: "train.csv".to_owned(),
        bytes: 4,
        hash: Some(hash),
    };
    markdown(&Facts {
        card,
        config: &config,
        origin: &Origin {
            files: vec![("train", file)],
            base,
            ..Origin::default()
        },
        base_weights: Vec::new(),
        rows: vec![
            RowFacts::of("train", &[1.0, 0.0, 1.0], &*rules),
            RowFacts::of("valid", &[0.0, 1.0], &*rules),
        ],
        parameters: (1000, 10),
        device: "cpu (Some CPU, 2 threads)",
        precision: "fp32",
        test_metrics: &BTreeMap::from([("auc".to_owned(), 0.85)]),
        samples_per_sec: 12.34,
        use_: Use {
            hours: 2.0,
            cores: 4,
            core_share: 0.5,
            gigabytes: 2.0,
            gpus: 0,
        },
    })
}

#[test]
fn a_plain_model_tells_data_metrics_and_energy_and_no_folder_of_this_machine() {
    let text = written(&card(Pooling::Cls, Vec::new()), Method::Full);
    for part in [
        "---\nlibrary_name: transformers\n",
        "base_model: \"minilm\"",
        &format!(
            "| train | train.csv | 4 | 3 (2 positive) | `{}` |",
            ContentHash::of_bytes(b"rows")
        ),
        "Validation rows: 2 (1 positive)",
        "| auc | 0.9123 | 0.8500 |",
        "cpu (Some CPU, 2 threads), fp32",
        // 2 · (4 · 12 · 0.5 + 2 · 0.3725) / 1000
        "0.049490 kWh",
        "max_length=77",
        "from_pretrained(FOLDER).eval()",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert!(!text.contains("secret") && !text.contains("trust_remote_code") && !text.contains("peft"));
}

#[test]
fn a_base_model_of_the_hub_is_told_with_its_revision() {
    let card = card(Pooling::Cls, Vec::new());
    let base = crate::engine::models::Source {
        hub: "o/minilm".to_owned(),
        revision: "0123abc".to_owned(),
        weights: BTreeMap::from([("model.safetensors".to_owned(), "ab12".to_owned())]),
        told_by_hub: true,
        licence: String::new(),
        languages: String::new(),
    };
    let text = written_from(&card, Method::Full, Some(base));
    for part in [
        "base_model: \"o/minilm\"",
        "`o/minilm` of the Hugging Face hub, revision `0123abc`",
        "`ab12`",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}

#[test]
fn a_head_of_our_own_is_said_to_be_one() {
    let price = NumericColumn {
        name: "price".to_owned(),
        mean: 20.0,
        sd: 4.0,
    };
    let lora = Method::Lora {
        rank: 4,
        alpha: 8.0,
        dropout: 0.0,
        targets: vec!["query".to_owned()],
        rslora: false,
    };
    let text = written(&card(Pooling::Mean, vec![price]), lora);
    for part in [
        "not one of Transformers' own classes",
        "trust_remote_code=True",
        "numeric_inputs(FOLDER, rows)",
        "with_adapter(FOLDER, BASE)",
        "gated late fusion of width 64",
        "- price: standardised by mean 20.000000 and deviation 4.000000",
        "- lora\n",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
}
