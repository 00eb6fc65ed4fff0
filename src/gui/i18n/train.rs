//! Words of the train page.

pub mod charts;
mod console;
pub mod form;
pub mod models;
pub mod runs;
pub mod trial;

pub use charts::curve_name;
pub use console::console_line;
pub use form::{precision, schedule};

use super::{Text, number};
use crate::engine::eval::Metric;
use crate::engine::run::config::{DeviceChoice, Method};
use crate::engine::run::metric::higher_is_better;
use crate::engine::run::replay::{Mark, MarkKind};
use crate::engine::run::status::RunStatus;
use crate::gui::command::train::RunAction;
use crate::gui::settings::Language;

pub const TITLE: Text = Text::new("Train", "训练");
pub const STARTING: Text = Text::new("Starting the worker", "正在启动训练进程");
pub const LOOKING: Text = Text::new("Looking at the table", "查看数据表");
pub const TO_TABLE: Text = Text::new("Train on the table itself", "直接用数据表训练");
pub const NEEDS_FEATURES: Text = Text::new("there is no feature set to train on", "没有可用于训练的特征集");

pub const NO_PROJECT: Text = Text::new("No project is open", "尚未打开项目");
pub const NO_PROJECT_WHY: Text = Text::new(
    "Open a project or the sample shop first; its training runs appear here",
    "请先打开项目或示例商店，训练任务会显示在这里",
);
pub const TO_WELCOME: Text = Text::new("Go to the welcome page", "前往欢迎页");
pub const NO_RUNS: Text = Text::new("No training run yet", "尚无训练任务");
pub const NO_RUNS_WHY: Text = Text::new(
    "A run fine-tunes a BERT-type model on the feature set. It works in a process of its own: closing this window does not stop it, and an interrupted run goes on from its last checkpoint.",
    "训练任务会在特征集上微调 BERT 类模型。它在独立进程中运行：关闭窗口不会中断训练，中断后可从最近的检查点继续。",
);
pub const NO_INPUTS_WHY: Text = Text::new(
    "A feature set has texts, numbers and a label, split into train, validation and test; any column of the table itself can be a label too",
    "特征集包含文本、数值与标签，并划分为训练、验证与测试集；也可以直接用数据表中的任意列作为标签",
);
pub const TO_FEATURES: Text = Text::new("Build features", "构建特征");
pub const READING: Text = Text::new("Reading the runs of this project…", "正在读取本项目的训练任务…");

pub const NEW_RUN: Text = Text::new("New run…", "新建任务…");
pub const MORE: Text = Text::new("More", "更多");
pub const EVALUATE: Text = Text::new("Evaluate this model", "评估此模型");
pub const DELETE_SURE: Text = Text::new("Move this run to the trash?", "将此任务移到回收站？");
pub const DELETE_WHY: Text = Text::new(
    "Its checkpoints and its model go with it. You find them in the project's trash folder",
    "其检查点与模型一并移动，可在项目的 trash 文件夹中找回",
);
pub const KEEP: Text = Text::new("Keep it", "保留");

pub const STEP: Text = Text::new("Step", "步数");
pub const STEP_AXIS: Text = Text::new("step", "步");
pub const STEP_WHY: Text = Text::new(
    "Optimiser steps done; one step learns from one batch",
    "已完成的优化步数；每步学习一个批次",
);
pub const TRAIN_LOSS: Text = Text::new("Train loss", "训练损失");
pub const TRAIN_LOSS_WHY: Text = Text::new(
    "Mean cross-entropy of the latest training steps, smoothed (weight 0.9)",
    "最近训练步的平均交叉熵（平滑系数 0.9）",
);
pub const THROUGHPUT: Text = Text::new("Throughput", "吞吐量");
pub const THROUGHPUT_WHY: Text = Text::new(
    "Training rows handled a second, evaluations left out",
    "每秒训练的样本数，不含评估时间",
);
pub const LEARNING_RATE: Text = Text::new("Learning rate", "学习率");
pub const LEARNING_RATE_WHY: Text = Text::new(
    "Size of the current step: climbs during the warm-up, then falls by the schedule",
    "当前步长：预热期上升，随后按调度下降",
);
pub const PADDING: Text = Text::new("Padding", "填充");
pub const PADDING_WHY: Text = Text::new(
    "Share of token positions that hold nothing; batches of like lengths keep it low",
    "空词元位置的占比；长度相近的样本同批可降低该值",
);

/// `821 MB of memory`
pub fn memory(lang: Language, bytes: &str) -> String {
    match lang {
        Language::English => format!("{bytes} of memory"),
        Language::Chinese => format!("占用内存 {bytes}"),
    }
}

pub const METRIC_WHY: Text = Text::new(
    "On the validation rows, which the model never learns from",
    "在验证集上计算，模型从不学习这些样本",
);

pub const METRIC_SHOWN: Text = Text::new("Metric that is shown", "显示的指标");
pub const LOSS: Text = Text::new("Loss", "损失");
pub const TRAIN_CURVE: Text = Text::new("train", "训练");
pub const VALID_CURVE: Text = Text::new("validation", "验证");
pub const RUNS: Text = Text::new("Runs", "任务");
pub const METHOD: Text = Text::new("Method", "方法");
pub const STATE: Text = Text::new("State", "状态");
pub const RUN: Text = Text::new("Run", "任务");
pub const RATE: Text = Text::new("LR", "学习率");
pub const SPEED: Text = Text::new("Samples/s", "样本/秒");

pub const SAMPLES: Text = Text::new("Sample predictions", "样例预测");
pub const CONSOLE: Text = Text::new("Console", "日志");
pub const SETTINGS: Text = Text::new("Settings", "设置");
pub const NO_SAMPLES: Text = Text::new(
    "A few validation rows appear here after the first evaluation",
    "首次评估后，此处显示若干验证样本",
);
pub const TEXT: Text = Text::new("Text", "文本");
pub const LABEL: Text = Text::new("Label", "标签");
pub const ANSWER: Text = Text::new("Answer", "答案");
pub const SCORE_NOW: Text = Text::new("Score", "得分");
pub const SCORE_CHANGE: Text = Text::new("Change", "变化");
pub const SCORE_START: Text = Text::new("At first", "最初");
pub const ONLY_WARNINGS: Text = Text::new("warnings only", "仅警告");
pub const FILTER_CONSOLE: Text = Text::new("Filter the console", "筛选日志");
pub const NO_LINES: Text = Text::new("No line matches", "没有匹配的记录");

pub const CRASHED: Text = Text::new("The worker ended without a word", "训练进程意外结束");
pub const CRASHED_WHY: Text = Text::new(
    "It was killed, ran out of memory, or the machine went down. Nothing learnt up to the last checkpoint is lost: resume goes on from there.",
    "进程可能被终止、内存不足或机器断电。最近检查点之前的成果不会丢失，可从该处继续。",
);
pub const FAILED: Text = Text::new("The run failed", "任务失败");
pub const PAUSED_WHY: Text = Text::new(
    "The model stays in memory; Continue goes on with the next step",
    "模型仍在内存中，点击继续即可训练下一步",
);
pub const BROKEN: Text = Text::new("This run folder cannot be read", "无法读取此任务文件夹");
pub const NOT_STARTED: Text = Text::new("The run did not start", "任务未能启动");
pub const STALE_WHY: Text = Text::new(
    "The feature set changed since these runs were trained; start a new run to use it",
    "特征集在这些任务训练之后有变化，请新建任务以使用新特征集",
);

pub fn status(lang: Language, status: &RunStatus) -> &'static str {
    lang.t(match status {
        RunStatus::Waiting => Text::new("not started", "未启动"),
        RunStatus::Starting => Text::new("starting", "启动中"),
        RunStatus::Running => Text::new("running", "训练中"),
        RunStatus::Paused => Text::new("paused", "已暂停"),
        RunStatus::Stopping => Text::new("stopping", "停止中"),
        RunStatus::Stopped => Text::new("stopped", "已停止"),
        RunStatus::Finished => Text::new("done", "已完成"),
        RunStatus::Failed { .. } => Text::new("failed", "失败"),
        RunStatus::Crashed => Text::new("crashed", "意外中断"),
    })
}

pub fn action(action: RunAction) -> Text {
    match action {
        RunAction::Pause => Text::new("Pause", "暂停"),
        RunAction::Continue => Text::new("Continue", "继续"),
        RunAction::Stop => Text::new("Stop and keep best", "停止并保留最佳"),
        RunAction::Checkpoint => Text::new("Write a checkpoint now", "立即保存检查点"),
        RunAction::Resume => Text::new("Resume", "恢复训练"),
        RunAction::Kill => Text::new("End the worker at once", "立即结束进程"),
        RunAction::Delete => Text::new("Delete", "删除"),
    }
}

/// Name of a metric, short enough for a heading.
pub fn metric(lang: Language, name: &str) -> String {
    lang.t(match name {
        "auc" => Text::new("AUC", "AUC"),
        "average_precision" => Text::new("Average precision", "平均精度"),
        "log_loss" | "loss" => Text::new("Log loss", "对数损失"),
        "accuracy" => Text::new("Accuracy", "准确率"),
        "f1" => Text::new("F1", "F1"),
        "macro_f1" => Text::new("Macro F1", "宏平均 F1"),
        "weighted_f1" => Text::new("Weighted F1", "加权 F1"),
        "macro_auc" => Text::new("Macro AUC", "宏平均 AUC"),
        "top_3_accuracy" => Text::new("Top-3 accuracy", "前 3 准确率"),
        "spearman" => Text::new("Spearman", "Spearman 相关"),
        "kendall" => Text::new("Kendall", "Kendall 相关"),
        "rmse" => Text::new("RMSE", "均方根误差"),
        "mae" => Text::new("MAE", "平均绝对误差"),
        other => {
            return Metric::parse(other).map_or_else(|| other.to_owned(), |metric| lang.b(&metric.label()).to_owned());
        }
    })
    .to_owned()
}

/// A metric that may decide "best", and which way is better.
pub fn deciding_metric(lang: Language, name: &str) -> String {
    let shown = metric(lang, name);
    match (lang, higher_is_better(name)) {
        (_, true) => shown,
        (Language::English, false) => format!("{shown} (lower is better)"),
        (Language::Chinese, false) => format!("{shown}（越低越好）"),
    }
}

pub fn valid_metric(lang: Language, name: &str) -> String {
    let metric = metric(lang, name);
    match lang {
        Language::English => format!("Validation {metric}"),
        Language::Chinese => format!("验证集 {metric}"),
    }
}

pub fn method(lang: Language, method: &Method) -> String {
    match (lang, method) {
        (Language::English, Method::Full) => "full".to_owned(),
        (Language::Chinese, Method::Full) => "全量".to_owned(),
        (_, Method::Lora { rank, .. }) => format!("LoRA r {rank}"),
        (Language::English, Method::HeadOnly) => "head only".to_owned(),
        (Language::Chinese, Method::HeadOnly) => "仅分类头".to_owned(),
    }
}

pub fn run_name(lang: Language, short_name: &str) -> String {
    match lang {
        Language::English => format!("Run {short_name}"),
        Language::Chinese => format!("任务 {short_name}"),
    }
}

pub fn tray_title(lang: Language, base_model: &str, short_name: &str) -> String {
    let base = base_name(base_model);
    match lang {
        Language::English => format!("Fine-tune {base} · run {short_name}"),
        Language::Chinese => format!("微调 {base} · 任务 {short_name}"),
    }
}

/// A base model's name; of a folder its last part.
pub fn base_name(base_model: &str) -> &str {
    base_model
        .rsplit(['/', '\\'])
        .find(|part| !part.is_empty())
        .unwrap_or(base_model)
}

pub fn started_at(lang: Language, time: &str) -> String {
    match lang {
        Language::English => format!("started {time}"),
        Language::Chinese => format!("开始于 {time}"),
    }
}

pub fn worker(lang: Language, pid: u32) -> String {
    match lang {
        Language::English => format!("worker {pid}"),
        Language::Chinese => format!("进程 {pid}"),
    }
}

pub fn resumed(lang: Language, times: u32, step: u64) -> String {
    let step = number::count(step);
    match (lang, times) {
        (Language::English, 1) => format!("resumed once at step {step}"),
        (Language::English, n) => format!("resumed {n} times, last at step {step}"),
        (Language::Chinese, n) => format!("恢复 {n} 次，最近于第 {step} 步"),
    }
}

pub fn silent_for(lang: Language, secs: f64) -> String {
    let span = number::span_secs(secs, lang);
    match lang {
        Language::English => format!("no word for {span}"),
        Language::Chinese => format!("已 {span} 无消息"),
    }
}

pub fn step_of(lang: Language, step: u64, total: u64) -> String {
    let (step, total) = (number::count(step), number::count(total));
    match lang {
        Language::English => format!("step {step} of {total}"),
        Language::Chinese => format!("第 {step} / {total} 步"),
    }
}

pub fn of_total(lang: Language, total: u64) -> String {
    let total = number::count(total);
    match lang {
        Language::English => format!("of {total}"),
        Language::Chinese => format!("共 {total} 步"),
    }
}

pub fn samples_per_sec(lang: Language, speed: f64) -> String {
    let speed = number::fixed(speed, 1);
    match lang {
        Language::English => format!("{speed} samples/s"),
        Language::Chinese => format!("{speed} 样本/秒"),
    }
}

pub fn speed_note(lang: Language, tokens_per_sec: Option<f64>) -> String {
    let unit = match lang {
        Language::English => "samples/s",
        Language::Chinese => "样本/秒",
    };
    match (lang, tokens_per_sec) {
        (_, None) => unit.to_owned(),
        (Language::English, Some(tokens)) => format!("{unit} · {} tok/s", number::compact(tokens)),
        (Language::Chinese, Some(tokens)) => format!("{unit} · {} 词元/秒", number::compact(tokens)),
    }
}

pub fn best_at(lang: Language, value: Option<f64>, step: u64) -> String {
    let step = number::count(step);
    let value = value.map_or_else(String::new, |value| format!(" {}", number::fixed(value, 4)));
    match lang {
        Language::English => format!("best{value} at {step}"),
        Language::Chinese => format!("最佳{value}，第 {step} 步"),
    }
}

pub fn change_over(lang: Language, change: f64, steps: u64) -> String {
    let change = number::signed(change, 4);
    match lang {
        Language::English => format!("{change} over {steps} steps"),
        Language::Chinese => format!("近 {steps} 步 {change}"),
    }
}

pub fn mark(lang: Language, kind: MarkKind) -> &'static str {
    lang.t(match kind {
        MarkKind::Checkpoint => Text::new("checkpoint", "检查点"),
        MarkKind::Best => Text::new("best", "最佳"),
        MarkKind::Resumed => Text::new("resumed", "恢复"),
        MarkKind::Paused => Text::new("paused", "暂停"),
        MarkKind::MemoryShort => Text::new("memory short", "内存不足"),
        MarkKind::StepSkipped => Text::new("step skipped", "跳过的步"),
    })
}

/// What happened, where and when: `checkpoint at step 300, 18:02:11`.
pub fn mark_why(lang: Language, mark: &Mark, best: Option<f64>) -> String {
    let (name, step) = (self::mark(lang, mark.kind), number::count(mark.step));
    let value = match (mark.kind, best) {
        (MarkKind::Best, Some(value)) => format!(" ({})", number::fixed(value, 4)),
        _ => String::new(),
    };
    // The best is found among evaluations and has no moment of its own.
    let when = if mark.wall_ms > 0 {
        format!(", {}", number::moment(mark.wall_ms))
    } else {
        String::new()
    };
    match lang {
        Language::English => format!("{name}{value} at step {step}{when}"),
        Language::Chinese => format!("{name}{value}，第 {step} 步{when}"),
    }
}

pub fn samples_at(lang: Language, step: u64) -> String {
    let step = number::count(step);
    match lang {
        Language::English => format!("at step {step}"),
        Language::Chinese => format!("第 {step} 步"),
    }
}

pub fn dropped_lines(lang: Language, n: u64) -> String {
    let n = number::count(n);
    match lang {
        Language::English => format!("{n} earlier lines are in events.jsonl only"),
        Language::Chinese => format!("更早的 {n} 条记录仅在 events.jsonl 中"),
    }
}

pub fn not_finite(lang: Language, n: u64) -> String {
    let n = number::count(n);
    match lang {
        Language::English => format!("{n} values were not numbers and are not drawn: the training diverged"),
        Language::Chinese => format!("{n} 个值不是有效数字，未绘出：训练已发散"),
    }
}

pub fn device(choice: DeviceChoice) -> Text {
    match choice {
        DeviceChoice::Auto => Text::new("GPU if there is one", "有 GPU 则使用"),
        DeviceChoice::Cpu => Text::new("CPU", "CPU"),
        DeviceChoice::Cuda => Text::new("GPU (CUDA)", "GPU (CUDA)"),
    }
}
