//! Is a configuration one that can be trained? Checked before a folder is made, so that no run starts to fail.
//!
//! Invariant: looks at the configuration and at which files exist, never into them; columns are checked by the worker.

mod learning;
mod task;

use super::config::{Method, TrainConfig};
use super::metric;
use crate::engine::artifact::Bilingual;
use std::path::{Path, PathBuf};

/// One thing that must be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    /// JSON path of the field, e.g. `data.train`.
    pub field: &'static str,
    /// What is wrong and what is right.
    pub message: Bilingual,
}

/// Makes the file paths of a configuration absolute; relative ones start at `folder`.
///
/// A base model counts as a path if it has a separator or lies in `folder`, else it is the name of a cached one.
pub fn resolve_paths(config: &mut TrainConfig, folder: &Path) {
    let resolve = |path: &mut PathBuf| {
        if !path.as_os_str().is_empty() && path.is_relative() {
            let joined = folder.join(&*path);
            *path = std::path::absolute(&joined).unwrap_or(joined);
        }
    };
    let data = &mut config.data;
    resolve(&mut data.train);
    data.valid.iter_mut().chain(data.test.iter_mut()).for_each(resolve);
    let mut base = PathBuf::from(&config.base_model);
    let is_path = config.base_model.contains(['/', '\\']) || folder.join(&base).is_dir();
    if is_path && !config.base_model.is_empty() {
        resolve(&mut base);
        config.base_model = base.to_string_lossy().into_owned();
    }
}

/// Everything wrong with a configuration, in the order of its fields; empty when it can be trained.
pub fn problems(config: &TrainConfig) -> Vec<ConfigProblem> {
    let mut found = Found(Vec::new());
    found.files(config);
    found.0.extend(value_problems(config));
    found.0
}

/// What is wrong with the values alone; touches no file, so a form may ask at every change.
pub fn value_problems(config: &TrainConfig) -> Vec<ConfigProblem> {
    let mut found = Found(Vec::new());
    found.base_model(config);
    found.data(config);
    found.method(&config.method);
    found.sizes(config);
    found.rates(config);
    found.learning(config);
    found.task(config);
    found.evaluation(config);
    found.0
}

struct Found(Vec<ConfigProblem>);

impl Found {
    fn require(&mut self, good: bool, field: &'static str, en: impl Into<String>, zh: impl Into<String>) {
        if !good {
            self.0.push(ConfigProblem {
                field,
                message: Bilingual::new(en, zh),
            });
        }
    }

    fn base_model(&mut self, config: &TrainConfig) {
        let name = config.base_model.as_str();
        self.require(
            !name.trim().is_empty(),
            "base_model",
            "name a base model, such as minilm-l6, or a Hugging Face folder",
            "请填写基础模型，例如 minilm-l6，或 Hugging Face 文件夹",
        );
    }

    fn files(&mut self, config: &TrainConfig) {
        let (name, data) = (config.base_model.as_str(), &config.data);
        let missing = Path::new(name).is_absolute() && !Path::new(name).is_dir();
        self.require(
            !missing,
            "base_model",
            format!("there is no folder {name}"),
            format!("文件夹不存在：{name}"),
        );
        let files = [
            ("data.train", Some(&data.train)),
            ("data.valid", data.valid.as_ref()),
            ("data.test", data.test.as_ref()),
        ];
        for (field, path) in files {
            let Some(path) = path.filter(|path| !path.as_os_str().is_empty()) else {
                continue;
            };
            let shown = path.display();
            let (en, zh) = (format!("there is no file {shown}"), format!("文件不存在：{shown}"));
            self.require(path.is_file(), field, en, zh);
        }
    }

    fn data(&mut self, config: &TrainConfig) {
        let data = &config.data;
        self.require(
            !data.train.as_os_str().is_empty(),
            "data.train",
            "name the table with the training rows",
            "请指定训练数据表",
        );
        self.require(
            data.valid.is_some() || (data.valid_ratio > 0.0 && data.valid_ratio < 1.0),
            "data.valid_ratio",
            "without a validation table the share held out must lie between 0 and 1, such as 0.1",
            "未指定验证数据表时，留出比例须在 0 与 1 之间，例如 0.1",
        );
        self.require(
            !data.text.is_empty() && data.text.len() <= 2,
            "data.text",
            "choose one text column, or two for a pair such as query and title",
            "请选择一个文本列，或两个文本列（如查询词与标题）",
        );
        self.require(
            !data.label.trim().is_empty(),
            "data.label",
            "choose the label column",
            "请选择标签列",
        );
        let input = |name: &String| {
            [&data.text, &data.numeric, &data.categorical]
                .iter()
                .any(|part| part.contains(name))
        };
        self.require(
            !input(&data.label),
            "data.label",
            format!("the label `{}` must not be an input as well", data.label),
            format!("标签列 `{}` 不能同时作为输入", data.label),
        );
    }

    fn method(&mut self, method: &Method) {
        let Method::Lora {
            rank,
            alpha,
            dropout,
            targets,
            ..
        } = method
        else {
            return;
        };
        self.require(
            (1..=256).contains(rank),
            "method.rank",
            "the rank must be between 1 and 256; 8 is usual",
            "秩须在 1 到 256 之间，常用 8",
        );
        self.require(
            alpha.is_finite() && *alpha > 0.0,
            "method.alpha",
            "alpha must be above 0; twice the rank is usual",
            "alpha 须大于 0，常用秩的两倍",
        );
        self.require(
            (0.0..1.0).contains(dropout),
            "method.dropout",
            "the dropout must be at least 0 and below 1",
            "dropout 须不小于 0 且小于 1",
        );
        self.require(
            !targets.is_empty(),
            "method.targets",
            "name at least one projection, such as query and value",
            "请至少指定一个投影层，例如 query 与 value",
        );
    }

    fn sizes(&mut self, config: &TrainConfig) {
        self.require(
            (3..=8192).contains(&config.max_length),
            "max_length",
            "the length must be between 3 tokens and what the base model takes (512 for most)",
            "长度须在 3 个词元与基础模型上限之间（通常为 512）",
        );
        let batches = [
            ("batch_size", config.batch_size),
            ("eval_batch_size", config.eval_batch_size),
        ];
        for (field, size) in batches {
            self.require(
                (1..=65_536).contains(&size),
                field,
                "a batch must have at least 1 and at most 65,536 rows",
                "每批须有 1 到 65,536 行",
            );
        }
        self.require(
            config.max_steps.is_some() || (config.epochs.is_finite() && config.epochs > 0.0),
            "epochs",
            "the number of epochs must be above 0",
            "轮数须大于 0",
        );
        self.require(
            config.max_steps != Some(0),
            "max_steps",
            "the number of steps must be above 0, or absent",
            "步数须大于 0，或不填写",
        );
    }

    fn rates(&mut self, config: &TrainConfig) {
        let rate = config.learning_rate;
        self.require(
            rate.is_finite() && rate > 0.0 && rate <= 1.0,
            "learning_rate",
            "the learning rate must be above 0 and at most 1; 2e-4 is usual for full fine-tuning of a small model, 5e-5 of a large one, 1e-3 for LoRA",
            "学习率须大于 0 且不超过 1；全量微调小模型常用 2e-4，大模型常用 5e-5，LoRA 常用 1e-3",
        );
        self.require(
            config
                .head_learning_rate
                .is_none_or(|rate| rate.is_finite() && rate > 0.0 && rate <= 1.0),
            "head_learning_rate",
            "the head's learning rate must be above 0 and at most 1, or absent; 1e-3 is usual",
            "分类头学习率须大于 0 且不超过 1，或不填写；常用 1e-3",
        );
        self.require(
            config
                .negatives_per_positive
                .is_none_or(|count| count.is_finite() && count > 0.0),
            "negatives_per_positive",
            "the number of negatives for each positive must be above 0, or absent to take all rows",
            "每个正例对应的负例数须大于 0；不填写则使用全部行",
        );
        self.require(
            config.weight_decay.is_finite() && config.weight_decay >= 0.0,
            "weight_decay",
            "the weight decay must be 0 or above",
            "权重衰减须不小于 0",
        );
        self.require(
            (0.0..=1.0).contains(&config.warmup_ratio),
            "warmup_ratio",
            "the warm-up share must lie between 0 and 1",
            "预热比例须在 0 与 1 之间",
        );
        self.require(
            config.max_grad_norm.is_finite() && config.max_grad_norm >= 0.0,
            "max_grad_norm",
            "the gradient norm limit must be 0 (off) or above",
            "梯度范数上限须不小于 0（0 表示不裁剪）",
        );
    }

    /// Of a binary task.
    fn deciding_metric(&mut self, config: &TrainConfig) {
        let name = config.metric.as_str();
        let (rows, lists) = (metric::ROW_METRICS.join(", "), metric::LIST_METRICS.join(", "));
        let cut: Vec<String> = metric::CUT_METRICS.iter().map(|kind| format!("{kind}@10")).collect();
        let cut = cut.join(", ");
        self.require(
            metric::is_known(name),
            "metric",
            format!("`{name}` is not one of {rows}, and within groups {lists}, {cut}"),
            format!("`{name}` 不在可选指标之中：{rows}；分组排序指标：{lists}, {cut}"),
        );
        self.require(
            !metric::needs_groups(name) || config.data.group.as_ref().is_some_and(|group| !group.trim().is_empty()),
            "metric",
            format!("`{name}` ranks rows within groups: name the column of the groups (data.group), or choose another metric"),
            format!("`{name}` 需在组内排序：请指定分组列（data.group），或改用其他指标"),
        );
    }

    fn evaluation(&mut self, config: &TrainConfig) {
        self.require(
            config.eval_every_steps != Some(0),
            "eval_every_steps",
            "evaluate every 1 or more steps, or leave it out for ten times a run",
            "评估间隔须不小于 1 步；不填写则每次训练评估十次",
        );
        self.require(
            config.early_stopping_patience != Some(0),
            "early_stopping_patience",
            "wait for at least 1 evaluation, or leave it out to train to the end",
            "提前停止的耐心须不小于 1 次评估；不填写则训练到底",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::{DeviceChoice, Loss, Precision};
    use super::*;

    fn good(folder: &Path) -> TrainConfig {
        std::fs::write(folder.join("t.csv"), "text,label\na,1\n").expect("write");
        let mut config = TrainConfig::default();
        config.data.train = PathBuf::from("t.csv");
        config.data.text = vec!["text".to_owned()];
        config.data.label = "label".to_owned();
        config
    }

    #[test]
    fn paths_start_at_the_configuration_and_names_of_models_stay() {
        let folder = tempfile::tempdir().expect("temp dir");
        let mut config = good(folder.path());
        config.data.valid = Some(PathBuf::from("sub/../v.csv"));
        resolve_paths(&mut config, folder.path());
        assert_eq!(config.data.train, folder.path().join("t.csv"));
        assert!(config.data.valid.as_ref().is_some_and(|path| path.is_absolute()));
        assert_eq!(config.base_model, "minilm-l6");
        assert_eq!(
            problems(&config).iter().map(|p| p.field).collect::<Vec<_>>(),
            ["data.valid"]
        );
        for relative in ["./bert", "bert"] {
            std::fs::create_dir_all(folder.path().join("bert")).expect("dir");
            config.base_model = relative.to_owned();
            resolve_paths(&mut config, folder.path());
            assert_eq!(Path::new(&config.base_model), folder.path().join("bert"));
        }
    }

    #[test]
    fn each_bad_value_is_named_by_its_field() {
        let folder = tempfile::tempdir().expect("temp dir");
        let mut base = good(folder.path());
        resolve_paths(&mut base, folder.path());
        assert_eq!(problems(&base), []);
        type Spoil = fn(&mut TrainConfig);
        let cases: [(&str, Spoil); 26] = [
            ("base_model", |c| c.base_model = " ".to_owned()),
            ("base_model", |c| c.base_model = "/no/such/folder".to_owned()),
            ("data.train", |c| c.data.train = PathBuf::new()),
            ("data.valid_ratio", |c| c.data.valid_ratio = 1.0),
            ("data.text", |c| c.data.text.clear()),
            ("data.label", |c| c.data.label.clear()),
            ("data.label", |c| c.data.label = "text".to_owned()),
            ("method.rank", |c| {
                c.method = Method::Lora {
                    rank: 0,
                    alpha: 16.0,
                    dropout: 0.0,
                    targets: vec!["query".to_owned()],
                    rslora: false,
                };
            }),
            ("batch_size", |c| c.batch_size = 0),
            ("epochs", |c| c.epochs = f64::NAN),
            ("max_steps", |c| c.max_steps = Some(0)),
            ("learning_rate", |c| c.learning_rate = -1.0),
            ("head_learning_rate", |c| c.head_learning_rate = Some(0.0)),
            ("negatives_per_positive", |c| c.negatives_per_positive = Some(-1.0)),
            ("warmup_ratio", |c| c.warmup_ratio = 1.5),
            ("layer_decay", |c| c.layer_decay = 0.0),
            ("loss.positive_weight", |c| {
                c.loss = Loss::Weighted { positive_weight: 0.0 };
            }),
            ("loss.gamma", |c| c.loss = Loss::Focal { gamma: -1.0 }),
            ("label_smoothing", |c| c.label_smoothing = 1.0),
            ("schedule_power", |c| c.schedule_power = 0.0),
            ("micro_batch_size", |c| c.micro_batch_size = Some(0)),
            ("gradient_checkpointing", |c| {
                (c.gradient_checkpointing, c.method) = (true, Method::HeadOnly);
            }),
            ("precision", |c| {
                (c.precision, c.device) = (Precision::Fp16, DeviceChoice::Cpu)
            }),
            ("checkpoint_budget_mb", |c| c.checkpoint_budget_mb = Some(0)),
            ("metric", |c| c.metric = "AUC".to_owned()),
            ("metric", |c| c.metric = "ndcg@10".to_owned()),
        ];
        for (field, spoil) in cases {
            let mut config = base.clone();
            spoil(&mut config);
            let found = problems(&config);
            assert_eq!(found.iter().map(|p| p.field).collect::<Vec<_>>(), [field]);
            assert!(!found[0].message.en.is_empty() && !found[0].message.zh.is_empty());
        }
    }
}
