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

pub fn parameters(n: u64) -> String {
    if n == 0 {
        return "–".to_owned();
    }
    format!("{} M", number::fixed(n as f64 / 1e6, 1))
}
