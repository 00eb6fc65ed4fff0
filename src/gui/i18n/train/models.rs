//! Words of the list of base models.

use crate::gui::i18n::{Text, number};
use crate::gui::settings::Language;

pub const FETCHING: Text = Text::new("Fetching the base model", "正在获取基础模型");
pub const IMPORTING: Text = Text::new("Importing the model folder", "正在导入模型文件夹");
pub const NAME: Text = Text::new("Model", "模型");
pub const PARAMETERS: Text = Text::new("Parameters", "参数量");
pub const SHAPE: Text = Text::new("Layers × width", "层数 × 宽度");
pub const LANGUAGES: Text = Text::new("Languages", "语言");
pub const LICENCE: Text = Text::new("Licence", "许可证");
pub const SIZE: Text = Text::new("On disk", "磁盘占用");
pub const TRAINING_MEMORY: Text = Text::new("Memory to train", "训练所需内存");
pub const STATE: Text = Text::new("State", "状态");
pub const CACHED: Text = Text::new("ready", "可用");
pub const ABSENT: Text = Text::new("not fetched", "未获取");
pub const UNKNOWN: Text = Text::new("not told", "未注明");
pub const PULL: Text = Text::new("Fetch", "获取");
pub const IMPORT: Text = Text::new("Import", "导入");
pub const IMPORT_HINT: Text = Text::new("/path/to/a/hugging-face-folder", "/path/to/a/hugging-face-folder");
pub const IMPORT_WHY: Text = Text::new(
    "Copies a folder with config.json, model.safetensors and a tokenizer into the cache that all projects share",
    "将包含 config.json、model.safetensors 与分词器的文件夹复制到所有项目共享的缓存中",
);
pub const BUSY: Text = Text::new("Waits for the model that is being fetched", "正在获取模型，请稍候");
pub const ON_HUB: Text = Text::new(
    "On the Hugging Face hub, not fetched yet",
    "Hugging Face 上可获取的模型（尚未获取）",
);
pub const ON_HUB_WHY: Text = Text::new(
    "Their weights are not pinned: they are checked against the hash that the hub tells. Memory is estimated from the published shape",
    "权重未固定版本：下载后按 Hugging Face 给出的哈希值校验。内存按公布的模型结构估算",
);
pub const ANY_OTHER: Text = Text::new(
    "Any other BERT, RoBERTa, XLM-RoBERTa or DistilBERT with safetensors, by its name on the hub",
    "其他任意 BERT、RoBERTa、XLM-RoBERTa 或 DistilBERT 模型（需有 safetensors 权重），按其在 Hugging Face 上的名称获取",
);
pub const HUB_HINT: Text = Text::new(
    "owner/name, e.g. google-bert/bert-base-german-cased",
    "owner/name，例如 google-bert/bert-base-german-cased",
);
pub const PULL_FROM_HUB: Text = Text::new("Fetch from the hub", "从 Hugging Face 获取");
pub const FAILED: Text = Text::new("The model could not be had", "无法获取模型");

/// What the memory was computed for.
pub fn memory_for(lang: Language, batch: usize, length: usize, method: &str) -> String {
    match lang {
        Language::English => format!(
            "Memory to train: {method}, {batch} rows of {length} tokens at one time, estimated from the model's shape"
        ),
        Language::Chinese => format!("训练所需内存：{method}，每次 {batch} 行、每行 {length} 词元，按模型结构估算"),
    }
}

/// Title, repository and revision, what of them is known.
pub fn about(lang: Language, title: &str, hub: &str, revision: &str) -> String {
    let mut lines = vec![title.to_owned(), hub.to_owned()];
    if !revision.is_empty() {
        let short: String = revision.chars().take(12).collect();
        lines.push(match lang {
            Language::English => format!("revision {short}"),
            Language::Chinese => format!("版本 {short}"),
        });
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// Codes of languages as they are; of many, how many. `multilingual (104)` is a card's way to say 104 of them.
pub fn languages(lang: Language, codes: &str) -> String {
    const FEW: usize = 4;
    let told = codes
        .strip_prefix("multilingual (")
        .and_then(|rest| rest.strip_suffix(')'));
    let listed = codes.split(", ").filter(|code| *code != "multilingual").count();
    let count = match told {
        Some(told) => told.to_owned(),
        None if listed > FEW => listed.to_string(),
        None => return codes.to_owned(),
    };
    match lang {
        Language::English => format!("{count} languages"),
        Language::Chinese => format!("{count} 种语言"),
    }
}

pub fn parameters(n: u64) -> String {
    if n == 0 {
        return "–".to_owned();
    }
    format!("{} M", number::fixed(n as f64 / 1e6, 1))
}
