//! Words of the evaluate page.

pub mod of_task;

use super::{Text, number};
use crate::engine::eval::baseline::name_in_chinese;
use crate::engine::eval::suite::{CLASS_SHARES, MEAN_GRADE};
use crate::engine::eval::{Evaluation, ModelEvaluation};
use crate::gui::settings::Language;

pub const TITLE: Text = Text::new("Evaluate", "评估");
pub const JOB: Text = Text::new("Evaluate models", "评估模型");
pub const RESTORE_JOB: Text = Text::new("Read the last evaluation", "读取上次评估");
pub const NO_PROJECT: Text = Text::new(
    "No project is open; open one or start with the sample project",
    "尚未打开项目；请先打开项目或从示例项目开始",
);
pub const EMPTY: Text = Text::new("How good is the model?", "模型到底有多好？");
pub const EMPTY_WHY: Text = Text::new(
    "Scores the test rows with your finished runs and two baselines, popularity and a logistic regression, and shows every metric with its interval. Train a model first.",
    "用已完成的训练任务以及两个基线（热门度、逻辑回归）给测试集打分，并给出每个指标及其区间。请先训练模型。",
);
pub const RUN: Text = Text::new("Evaluate the models", "开始评估");
pub const AGAIN: Text = Text::new("Evaluate again", "重新评估");
pub const TO_TRAIN: Text = Text::new("Go to Train", "前往训练");
pub const TO_COMPARE: Text = Text::new("Compare models", "对比模型");
pub const SETTINGS: Text = Text::new("Settings", "设置");
pub const MODELS: Text = Text::new("Models on the same rows", "同一批数据上的模型");
pub const MODEL: Text = Text::new("Model", "模型");
pub const BASELINE: Text = Text::new("baseline", "基线");
pub const THRESHOLD: Text = Text::new("Threshold", "阈值");
pub const PREDICT_FROM: Text = Text::new("Predict 1 from this score on", "得分不低于此值判为 1");
pub const BEST_F1: Text = Text::new("Best F1", "F1 最优");
pub const HALF: Text = Text::new("0.5", "0.5");
pub const PREDICTED_YES: Text = Text::new("predicted 1", "判为 1");
pub const PREDICTED_NO: Text = Text::new("predicted 0", "判为 0");
pub const ACTUAL_YES: Text = Text::new("label 1", "标签 1");
pub const ACTUAL_NO: Text = Text::new("label 0", "标签 0");
pub const PRECISION: Text = Text::new("Precision", "精确率");
pub const RECALL: Text = Text::new("Recall", "召回率");
pub const F1: Text = Text::new("F1", "F1");
pub const ACCURACY: Text = Text::new("Accuracy", "准确率");
pub const SPECIFICITY: Text = Text::new("Specificity", "特异度");
pub const MCC: Text = Text::new("MCC", "MCC");
pub const ROC: Text = Text::new("ROC", "ROC 曲线");
pub const PR: Text = Text::new("Precision and recall", "精确率–召回率");
pub const RELIABILITY: Text = Text::new("Reliability", "可靠性");
pub const SCORES: Text = Text::new("Scores by label", "按标签的得分分布");
pub const FALSE_POSITIVE_RATE: Text = Text::new("false positive rate", "假正率");
pub const TRUE_POSITIVE_RATE: Text = Text::new("true positive rate", "真正率");
pub const MEAN_SCORE: Text = Text::new("mean score", "平均得分");
pub const POSITIVE_RATE: Text = Text::new("share of positives", "正样本占比");
pub const SCORE: Text = Text::new("score", "得分");
pub const LABEL_1: Text = Text::new("label 1", "标签 1");
pub const LABEL_0: Text = Text::new("label 0", "标签 0");
pub const SHARE_OF_CLASS: Text = Text::new("share of the class", "占该类比例");
pub const PERFECT: Text = Text::new("perfect", "完美");
pub const CHANCE: Text = Text::new("chance", "随机");
pub const AT_THRESHOLD: Text = Text::new("at the threshold", "当前阈值");
pub const NO_CALIBRATION: Text = Text::new(
    "The scores are no probabilities, so there is nothing to calibrate",
    "得分不是概率，无法讨论校准",
);
pub const NO_CURVE: Text = Text::new(
    "There is only one class, so there is no curve",
    "只有一类样本，没有曲线",
);
pub const SEGMENTS: Text = Text::new("Segments", "分段");
pub const SEGMENT: Text = Text::new("Segment", "分段");
pub const VALUE: Text = Text::new("Value", "取值");
pub const MISSING: Text = Text::new("(missing)", "（缺失）");
pub const ROWS: Text = Text::new("Rows", "行数");
pub const POSITIVE: Text = Text::new("Positive", "正例率");
pub const AUC: Text = Text::new("AUC", "AUC");
pub const INTERVAL: Text = Text::new("Interval, line = all rows", "区间，竖线为全体");
pub const AP: Text = Text::new("AP", "AP");
pub const LOG_LOSS: Text = Text::new("Log loss", "对数损失");
pub const NO_SEGMENTS: Text = Text::new(
    "No segment column was found; choose columns in Settings",
    "没有可用的分段列；可在“设置”中选择",
);
pub const NOTES: Text = Text::new("Worth knowing", "需要知道的");
pub const ALL_METRICS: Text = Text::new("All metrics", "全部指标");
pub const METRIC: Text = Text::new("Metric", "指标");
pub const GROUP_COLUMN: Text = Text::new("Ranked lists by column", "按哪一列分组排序");
pub const SEGMENT_COLUMNS: Text = Text::new("Segment columns, comma-separated", "分段列，用逗号分隔");
pub const RESAMPLES: Text = Text::new("Bootstrap resamples", "自助重抽样次数");
pub const GIVEN_THRESHOLD: Text = Text::new("Fixed threshold (empty = best F1)", "固定阈值（留空取 F1 最优）");
pub const AUTOMATIC: Text = Text::new("automatic", "自动");
pub const APPLY: Text = Text::new("Evaluate with these", "按此评估");

/// `test.parquet · 6,012 rows · 21.3 % positive · 812 groups · 1,000 resamples of groups · 4.2 s`
pub fn facts(lang: Language, data: &str, found: &Evaluation, elapsed_ms: u64) -> String {
    let mut parts = vec![data.to_owned(), super::common::rows(lang, found.n)];
    let positive = number::share(found.positive_rate());
    parts.push(match lang {
        Language::English => format!("{positive} positive"),
        Language::Chinese => format!("正样本 {positive}"),
    });
    if let Some(groups) = &found.groups {
        let used = number::count(groups.used);
        parts.push(match lang {
            Language::English => format!("{used} groups"),
            Language::Chinese => format!("{used} 组"),
        });
    }
    if let Some(method) = &found.interval_method {
        let times = number::count(method.resamples);
        let by_group = method.unit == "group";
        parts.push(match lang {
            Language::English => format!("{times} resamples of {}", if by_group { "groups" } else { "rows" }),
            Language::Chinese => format!("按{}重抽样 {times} 次", if by_group { "组" } else { "行" }),
        });
    }
    if elapsed_ms > 0 {
        parts.push(number::span_secs(elapsed_ms as f64 / 1000.0, lang));
    }
    parts.join(" · ")
}

/// `chance alone gives 0.012`
pub fn noise_floor(lang: Language, floor: f64) -> String {
    let floor = number::fixed(floor, 3);
    match lang {
        Language::English => format!("chance alone: {floor}"),
        Language::Chinese => format!("随机噪声即有 {floor}"),
    }
}

/// The sentence under the threshold slider.
pub fn at_threshold(lang: Language, predicted: u64, total: u64, optimistic: bool) -> String {
    let share = number::share(predicted as f64 / total.max(1) as f64);
    let predicted = number::count(predicted);
    match (lang, optimistic) {
        (Language::English, true) => {
            format!("{predicted} rows ({share}) are predicted 1. Chosen on these rows, so a little optimistic")
        }
        (Language::English, false) => format!("{predicted} rows ({share}) are predicted 1"),
        (Language::Chinese, true) => format!("{predicted} 行（{share}）判为 1。阈值选自同一数据，略偏乐观"),
        (Language::Chinese, false) => format!("{predicted} 行（{share}）判为 1"),
    }
}

/// `x: false positive rate, y: true positive rate`
pub fn axes(lang: Language, x: Text, y: Text) -> String {
    match lang {
        Language::English => format!("x: {}, y: {}", x.en, y.en),
        Language::Chinese => format!("横轴：{}，纵轴：{}", x.zh, y.zh),
    }
}

/// A model as people call it: baselines in the window's language, a run by its name.
pub fn model_name(lang: Language, model: &ModelEvaluation) -> &str {
    shown_name(lang, &model.model_name)
}

/// The same by its name in the results.
pub fn shown_name(lang: Language, name: &str) -> &str {
    match lang {
        Language::English => name,
        Language::Chinese => match name {
            _ if name == CLASS_SHARES.0 => CLASS_SHARES.1,
            _ if name == MEAN_GRADE.0 => MEAN_GRADE.1,
            _ => name_in_chinese(name),
        },
    }
}
