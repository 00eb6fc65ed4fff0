//! `README.md` of an exported model: its model card, for people and for Hugging Face's tools.
//!
//! In: what the run knows. Out: Markdown with the front matter of the hub. Invariant: every number comes from the run;
//! what is not known is said to be not known.

use super::card::{ModelCard, Pooling};
use super::energy::{self, Use};
use super::origin::{FileFacts, Origin, RowFacts};
use super::tasks;
use crate::engine::run::config::{Method, TrainConfig};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

pub const README_FILE: &str = "README.md";

/// All that the card tells.
pub struct Facts<'a> {
    pub card: &'a ModelCard,
    pub config: &'a TrainConfig,
    pub origin: &'a Origin,
    pub base_weights: Vec<FileFacts>,
    pub rows: Vec<RowFacts>,
    /// (all, those that learnt)
    pub parameters: (u64, u64),
    pub device: &'a str,
    pub precision: &'a str,
    pub test_metrics: &'a BTreeMap<String, f64>,
    pub samples_per_sec: f64,
    pub use_: Use,
}

/// The whole card.
pub fn markdown(facts: &Facts<'_>) -> String {
    [
        front_matter(facts),
        head(facts),
        loading(facts),
        data(facts),
        features(facts),
        training(facts),
        metrics(facts),
        cost(facts),
    ]
    .join("\n")
}

/// The base model's name without its folder.
fn base_name(card: &ModelCard) -> String {
    let name = Path::new(&card.base_model).file_name();
    name.map_or_else(|| card.base_model.clone(), |name| name.to_string_lossy().into_owned())
}

/// A word in YAML that no character of it can break; JSON strings are YAML strings.
fn yaml(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn front_matter(facts: &Facts<'_>) -> String {
    let lora = matches!(facts.config.method, Method::Lora { .. });
    format!(
        "---\nlibrary_name: transformers\npipeline_tag: text-classification\nbase_model: {}\ntags:\n- touchstone\n{}---\n",
        yaml(
            &facts
                .origin
                .base
                .as_ref()
                .map_or_else(|| base_name(facts.card), |base| base.hub.clone())
        ),
        if lora { "- lora\n" } else { "" }
    )
}

fn head(facts: &Facts<'_>) -> String {
    let card = facts.card;
    let text = card.text.join(" + ");
    let mut beside = String::new();
    for (count, what) in [(card.numeric.len(), "numeric"), (card.categorical.len(), "categorical")] {
        if count > 0 {
            let _ = write!(beside, ", {count} {what} columns beside it");
        }
    }
    let pooling = match card.pooling {
        Pooling::Cls => "tanh(dense(first token))",
        Pooling::Mean => "mean over all tokens",
    };
    let fusion = if !card.is_fused() {
        "logits = classifier(text)".to_owned()
    } else {
        format!(
            "gated late fusion of width {}: z = gelu(dense([numbers, embeddings of the categories])), g = sigmoid(gate([text, z])), logits = classifier([text, g * z])",
            card.fusion_size
        )
    };
    let (all, learnt) = facts.parameters;
    let [answer, answer_zh] = tasks::of(card.task, &card.classes).answer(&card.label);
    format!(
        "# {label} from text\n\nGives {answer}, from the text column `{text}`{beside}. Fine-tuned from `{base}` with Touchstone {version}.\n\n\
        由 Touchstone {version} 基于 `{base}` 微调：根据文本列 `{text}` {answer_zh}。\n\n\
        {from_hub}- Text vector 文本向量: {pooling}; at most {length} tokens\n- Head 分类头: {fusion}\n- Parameters 参数: {all}, of which {learnt} learnt\n",
        label = card.label,
        from_hub = base_on_hub(facts),
        base = base_name(card),
        version = card.tool_version,
        length = card.max_length,
    )
}

/// The base model's repository on the Hugging Face hub, if its folder tells.
fn base_on_hub(facts: &Facts<'_>) -> String {
    let Some(base) = &facts.origin.base else {
        return String::new();
    };
    let revision = if base.revision.is_empty() {
        String::new()
    } else {
        format!(", revision `{}`", base.revision)
    };
    format!(
        "- Base model 基础模型: `{}` of the Hugging Face hub{revision}; SHA-256 of its weights `{}`\n",
        base.hub,
        base.sha256()
    )
}

fn loading(facts: &Facts<'_>) -> String {
    let card = facts.card;
    let (flag, numeric, note) = if card.is_plain() {
        (
            "",
            "",
            "The folder is one of Transformers' own sequence classifiers.".to_owned(),
        )
    } else {
        let numeric = match (card.numeric.is_empty(), card.categorical.is_empty()) {
            (true, true) => "",
            (false, true) => ", numeric=numbers",
            (true, false) => ", categories=codes",
            (false, false) => ", numeric=numbers, categories=codes",
        };
        let note = "The head is not one of Transformers' own classes, so the class lies beside the weights in `modeling_touchstone.py` and `trust_remote_code=True` is needed. \
            Without it Transformers loads an untrained head (it says that weights are missing) or refuses; its results are then not this model's.".to_owned();
        (", trust_remote_code=True", numeric, note)
    };
    let mut out = format!("## Loading 加载\n\n{note}\n\n```python\n");
    out.push_str("from transformers import AutoModelForSequenceClassification, AutoTokenizer\n\n");
    out.push_str("tokenizer = AutoTokenizer.from_pretrained(FOLDER)\n");
    let _ = writeln!(
        out,
        "model = AutoModelForSequenceClassification.from_pretrained(FOLDER{flag}).eval()"
    );
    let columns = if card.text.len() == 2 {
        "queries, titles"
    } else {
        "texts"
    };
    let _ = writeln!(
        out,
        "batch = tokenizer({columns}, padding=True, truncation=True, max_length={}, return_tensors=\"pt\")",
        card.max_length
    );
    if card.is_fused() {
        out.push_str("# rows: a dict a row with the columns beside the text; modeling_touchstone.py lies in FOLDER\n");
    }
    if !card.numeric.is_empty() {
        out.push_str("numbers = modeling_touchstone.numeric_inputs(FOLDER, rows)\n");
    }
    if !card.categorical.is_empty() {
        out.push_str("codes = modeling_touchstone.category_inputs(FOLDER, rows)\n");
    }
    let _ = writeln!(out, "logits = model(**batch{numeric}).logits\n```");
    if matches!(facts.config.method, Method::Lora { .. }) {
        out.push_str(
            "\nThe adapter is merged into these weights; alone it lies in `adapter/`, for PEFT:\n\n```python\n",
        );
        if card.is_plain() {
            let outputs = tasks::of(card.task, &card.classes).outputs();
            let head = match outputs {
                2 => String::new(),
                other => format!(", num_labels={other}, ignore_mismatched_sizes=True"),
            };
            let _ = writeln!(
                out,
                "base = AutoModelForSequenceClassification.from_pretrained(BASE{head})\nmodel = peft.PeftModel.from_pretrained(base, FOLDER + \"/adapter\")\n```"
            );
        } else {
            out.push_str("model = modeling_touchstone.with_adapter(FOLDER, BASE)\n```\n");
        }
    }
    out
}

fn file_row(part: &str, file: &FileFacts, rows: &str) -> String {
    let hash = file.hash.as_ref().map_or("could not be read", |hash| hash.0.as_str());
    format!("| {part} | {} | {} | {rows} | `{hash}` |\n", file.name, file.bytes)
}

fn data(facts: &Facts<'_>) -> String {
    let mut out =
        "## Data 数据\n\n| part | file | bytes | rows (labels) | BLAKE3 |\n|---|---|---|---|---|\n".to_owned();
    let rows_of = |part: &str| facts.rows.iter().find(|rows| rows.part == part);
    let counted =
        |part: &str| rows_of(part).map_or_else(|| "-".to_owned(), |rows| format!("{} ({})", rows.rows, rows.labels));
    for (part, file) in &facts.origin.files {
        out.push_str(&file_row(part, file, &counted(part)));
    }
    for weights in &facts.base_weights {
        out.push_str(&file_row("base model", weights, "-"));
    }
    if facts.config.data.valid.is_none() {
        let _ = writeln!(
            out,
            "\nValidation rows: {}, held out of the training file by seed {}.",
            counted("valid"),
            facts.config.seed
        );
    }
    match &facts.origin.cleaning {
        Some(cleaning) => {
            let _ = writeln!(
                out,
                "\nCleaning recipe 清洗方案 `{}`: log `{}` to clean table `{}`.\n",
                cleaning.recipe_hash, cleaning.log, cleaning.clean
            );
            for step in cleaning.recipe.steps.iter().filter(|step| step.enabled) {
                let settings = serde_json::to_string(&step.action).unwrap_or_default();
                let _ = writeln!(out, "1. {}: `{settings}`", step.action.title().en);
            }
        }
        None => out.push_str("\nCleaning recipe 清洗方案: not known to this run.\n"),
    }
    out
}

fn features(facts: &Facts<'_>) -> String {
    let mut out = "## Features 特征\n\n".to_owned();
    let _ = writeln!(out, "- text 文本: {}", facts.card.text.join(", "));
    for column in &facts.card.numeric {
        let _ = writeln!(
            out,
            "- {}: standardised by mean {:.6} and deviation {:.6} of the training rows",
            column.name, column.mean, column.sd
        );
    }
    for column in &facts.card.categorical {
        let _ = writeln!(
            out,
            "- {}: an embedding of width {} for each of {} values of the training rows, one for all others",
            column.name,
            column.width(),
            column.values.len()
        );
    }
    let Some(set) = &facts.origin.feature_set else {
        out.push_str("\nThe training file is no part of a feature set.\n");
        return out;
    };
    let inputs: Vec<String> = set.provenance.inputs.iter().map(|hash| format!("`{hash}`")).collect();
    let _ = writeln!(
        out,
        "\nFeature set `{}` of {} (inputs {}). Label: {}. Split: {:?}.\n",
        set.hash,
        set.name,
        inputs.join(", "),
        set.label.description.en,
        set.split.strategy
    );
    let read: Vec<&str> = facts.card.numeric.iter().map(|column| column.name.as_str()).collect();
    for feature in set
        .features
        .iter()
        .filter(|feature| read.contains(&feature.name.as_str()))
    {
        let _ = writeln!(out, "- `{}`: {}", feature.name, feature.description.en);
    }
    out
}

fn training(facts: &Facts<'_>) -> String {
    let mut settings = facts.config.clone();
    // Folders of this machine are nobody else's business; the files are told above.
    settings.base_model = base_name(facts.card);
    settings.data.train = settings.data.train.file_name().map(Into::into).unwrap_or_default();
    for path in [&mut settings.data.valid, &mut settings.data.test]
        .into_iter()
        .flatten()
    {
        *path = path.file_name().map(Into::into).unwrap_or_default();
    }
    let json = serde_json::to_string_pretty(&settings).unwrap_or_default();
    format!(
        "## Training 训练\n\nAll settings; with the same files and seed they give the same model on the same machine.\n\n```json\n{json}\n```\n"
    )
}

fn metrics(facts: &Facts<'_>) -> String {
    let (valid, test) = (&facts.card.valid_metrics, facts.test_metrics);
    let mut out = format!(
        "## Metrics 指标\n\nOf step {}, the best by {} on the validation rows. Test rows took no part in that choice.\n\n| metric | validation | test |\n|---|---|---|\n",
        facts.card.best_step, facts.config.metric
    );
    let names: std::collections::BTreeSet<&String> = valid.keys().chain(test.keys()).collect();
    let shown = |value: Option<&f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"));
    for name in names {
        let _ = writeln!(
            out,
            "| {name} | {} | {} |",
            shown(valid.get(name)),
            shown(test.get(name))
        );
    }
    out
}

fn cost(facts: &Facts<'_>) -> String {
    let used = &facts.use_;
    let mut out = format!(
        "## Hardware and energy 硬件与能耗\n\n- Device 设备: {}, {}\n- Speed 速度: {:.1} samples a second\n- Time 时间: {:.4} hours, loading and evaluations included\n- Cores 核: {}, used to {:.0} %\n- Memory 内存: {:.2} GB at its highest\n",
        facts.device,
        facts.precision,
        facts.samples_per_sec,
        used.hours,
        used.cores,
        used.core_share * 100.0,
        used.gigabytes
    );
    if used.gpus > 0 {
        let _ = writeln!(out, "- GPUs: {}, counted as fully used", used.gpus);
    }
    let _ = writeln!(
        out,
        "- Energy 能耗 (estimate 估算): {:.6} kWh\n\nFormula: hours x (cores x {} W x share used + GPUs x {} W + GB x {} W) / 1000, cooling left out (PUE 1). \
        The watts are the figures for unknown hardware of Lannelongue, Grealey & Inouye (2021), Green Algorithms; no meter was read.",
        used.kilowatt_hours(),
        energy::WATTS_PER_CORE,
        energy::WATTS_PER_GPU,
        energy::WATTS_PER_GIGABYTE
    );
    out
}

#[cfg(test)]
#[path = "readme_tests.rs"]
mod tests;
