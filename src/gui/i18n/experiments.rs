//! Words of the experiments page.

use super::{Text, number};
use crate::engine::experiment::{ExperimentReport, InferenceMethod, Method, MetricKind, MetricRole, Plan};
use crate::gui::settings::Language;
use std::path::Path;

pub const TITLE: Text = Text::new("Experiments", "实验");
pub const JOB: Text = Text::new("Read the experiment", "解读实验");
pub const NO_VARIANT: Text = Text::new(
    "No column of this file looks like a variant with at least two values; choose the columns by hand",
    "文件中没有像“实验组”的列（至少两个取值）；请手动选择各列",
);
pub const EMPTY: Text = Text::new(
    "Did the change work, and can the log tell?",
    "改动有效吗？日志能说明吗？",
);
pub const EMPTY_WHY: Text = Text::new(
    "Reads a randomised test from a log with one row a unit, or one a unit and day: checks the assignment, estimates every metric with an interval, and says what follows. A project finds its experiment.csv by itself.",
    "从日志中解读随机实验（每个单元一行，或每个单元每天一行）：检查分流，给出每个指标的估计与区间，并给出结论。项目中的 experiment.csv 会被自动找到。",
);
pub const NOTHING: Text = Text::new(
    "This project has no experiment log; choose a file with a unit, a variant and a metric",
    "该项目没有实验日志；请选择含单元、组别和指标的文件",
);
pub const RUN: Text = Text::new("Read the experiment", "解读实验");
pub const AGAIN: Text = Text::new("Read again", "重新解读");
pub const PICK: Text = Text::new("Choose file…", "选择文件…");
pub const EXPORT: Text = Text::new("Export JSON…", "导出 JSON…");
pub const TO_SETTINGS: Text = Text::new("Choose columns", "选择列");
pub const RESULTS: Text = Text::new("Results", "结果");
pub const SETTINGS: Text = Text::new("Columns and metrics", "列与指标");
pub const PLANNER: Text = Text::new("Plan a test", "规划实验");
pub const METRICS: Text = Text::new("Metrics", "指标");
pub const METRIC: Text = Text::new("Metric", "指标");
pub const ROLE: Text = Text::new("Role", "角色");
pub const RELATIVE: Text = Text::new("Relative", "相对");
pub const ABSOLUTE: Text = Text::new("Absolute", "绝对");
pub const EFFECT_RELATIVE: Text = Text::new("Effect, % of A", "效果（占 A 的 %）");
pub const EFFECT_ABSOLUTE: Text = Text::new("Effect, own scale each", "效果（各自刻度）");
pub const DELTA: Text = Text::new("Δ", "Δ");
pub const P: Text = Text::new("p / verdict", "p / 结论");
pub const HELD: Text = Text::new("held", "守住");
pub const HURT: Text = Text::new("hurt", "受损");
pub const UNDEFINED: Text = Text::new("undefined", "无定义");
pub const TREATMENT: Text = Text::new("Treatment", "实验组");
pub const UNBOUNDED: Text = Text::new("unbounded: A is not apart from 0", "无界：A 与 0 无显著差别");
pub const BY_SEGMENT: Text = Text::new("By segment", "按分群");
pub const NO_SEGMENTS: Text = Text::new("No segment column is chosen", "未选择分群列");
pub const ALL_UNITS: Text = Text::new("all units", "全部单元");
pub const OVER_TIME: Text = Text::new("effect as data came in", "随数据累积的效果");
pub const NO_TIME: Text = Text::new(
    "Choose a time column to see how the effect settled",
    "选择时间列即可查看效果如何稳定下来",
);
pub const CHECKS: Text = Text::new("Checks", "检查");
pub const READINGS: Text = Text::new("The same rows read otherwise", "同样数据的其他读法");
pub const METHOD: Text = Text::new("Method", "方法");
pub const INTERVAL: Text = Text::new("Interval", "区间");
pub const P_VALUE: Text = Text::new("p", "p 值");
pub const CHOSEN: Text = Text::new("chosen", "采用");
pub const FILE: Text = Text::new("File", "文件");
pub const COLUMNS: Text = Text::new("Columns", "列");
pub const UNIT: Text = Text::new("Unit (randomised)", "随机单元");
pub const EACH_ROW: Text = Text::new("each row is a unit", "每行一个单元");
pub const VARIANT: Text = Text::new("Variant", "组别");
pub const CONTROL: Text = Text::new("Control", "对照组");
pub const TIME: Text = Text::new("Time or day", "时间或日期");
pub const NONE: Text = Text::new("none", "无");
pub const COVARIATE: Text = Text::new("Pre-period covariate", "实验前协变量");
pub const INFERENCE: Text = Text::new("Verdict rests on", "结论依据");
pub const ALPHA: Text = Text::new("Level (two-sided)", "显著性水平（双侧）");
pub const SEGMENTS: Text = Text::new("Segments", "分群");
pub const NAME: Text = Text::new("Name", "名称");
pub const KIND: Text = Text::new("Kind", "类型");
pub const COLUMN: Text = Text::new("Column", "列");
pub const DENOMINATOR: Text = Text::new("Divided by", "除以");
pub const QUANTILE: Text = Text::new("Quantile", "分位");
pub const LOWER: Text = Text::new("lower is better", "越低越好");
pub const REMOVE: Text = Text::new("Remove", "移除");
pub const ADD: Text = Text::new("Add a metric", "添加指标");
pub const ANALYSE: Text = Text::new("Read with these settings", "按此设置解读");
pub const NO_LOG: Text = Text::new(
    "Read a log first; its columns are then offered here",
    "请先读取日志，随后在此选择各列",
);
pub const QUESTION: Text = Text::new("Question", "问题");
pub const ASK_UNITS: Text = Text::new("How many units for an effect?", "检出效果需要多少单元？");
pub const ASK_EFFECT: Text = Text::new("What effect can be shown?", "能检出多大的效果？");
pub const ASK_POWER: Text = Text::new("What power has a test?", "检验的功效是多少？");
pub const BASELINE: Text = Text::new("Baseline (control)", "基线（对照组）");
pub const DEVIATION: Text = Text::new("Standard deviation", "标准差");
pub const MDE: Text = Text::new("Effect, % of baseline", "效果（占基线的 %）");
pub const POWER: Text = Text::new("Power", "功效");
pub const ARMS: Text = Text::new("Variants", "组数");
pub const RATIO: Text = Text::new("Treatment : control", "实验组 : 对照组");
pub const UNITS_CONTROL: Text = Text::new("Control units", "对照组单元数");
pub const ANSWER: Text = Text::new("Answer", "答案");
pub const FROM_LOG: Text = Text::new("Take from", "取自");
pub const UNITS_EACH: Text = Text::new("Units in the control", "对照组单元数");
pub const UNITS_TREATMENT: Text = Text::new("Units in each treatment", "每个实验组单元数");
pub const UNITS_TOTAL: Text = Text::new("Units in all", "总单元数");
pub const EFFECT: Text = Text::new("Effect", "效果");
pub const ALPHA_EACH: Text = Text::new("Level of each comparison", "每次比较的显著性水平");

pub fn kind(lang: Language, kind: MetricKind) -> &'static str {
    lang.t(match kind {
        MetricKind::Proportion => Text::new("proportion", "比例"),
        MetricKind::Mean => Text::new("mean", "均值"),
        MetricKind::Ratio => Text::new("ratio", "比率"),
        MetricKind::Quantile => Text::new("quantile", "分位数"),
    })
}

pub fn role(lang: Language, role: MetricRole) -> &'static str {
    lang.t(match role {
        MetricRole::Goal => Text::new("goal", "目标"),
        MetricRole::Secondary => Text::new("secondary", "次要"),
        MetricRole::Guardrail => Text::new("guardrail", "护栏"),
    })
}

pub fn method(lang: Language, method: Method) -> &'static str {
    lang.t(match method {
        Method::Welch => Text::new("test of the metric's kind", "指标类型对应的检验"),
        Method::Cuped => Text::new("CUPED", "CUPED"),
        Method::Sequential => Text::new("always-valid", "始终有效"),
        Method::Bayes => Text::new("Bayes, flat prior", "贝叶斯（平坦先验）"),
        Method::Bootstrap => Text::new("bootstrap", "自助法"),
    })
}

pub fn inference(lang: Language, method: InferenceMethod) -> &'static str {
    lang.t(match method {
        InferenceMethod::TwoProportionZ => Text::new("Two-proportion z", "两比例 z 检验"),
        InferenceMethod::WelchT => Text::new("Welch's t", "Welch t 检验"),
        InferenceMethod::DeltaMethod => Text::new("Delta method", "Delta 方法"),
        InferenceMethod::OrderStatistics => Text::new("Order statistics", "次序统计量"),
        InferenceMethod::Cuped => Text::new("CUPED", "CUPED"),
        InferenceMethod::Sequential => Text::new("Always-valid", "始终有效"),
        InferenceMethod::Bayes => Text::new("Bayes, flat prior", "贝叶斯（平坦先验）"),
        InferenceMethod::Bootstrap => Text::new("Bootstrap", "自助法"),
        InferenceMethod::Winsorised => Text::new("Winsorised", "截尾"),
    })
}

/// `12,331 rows · 2,494 units · 2025-10-13 – 2025-10-26, 14 days`
pub fn facts(lang: Language, report: &ExperimentReport) -> String {
    let mut parts = vec![super::common::rows(lang, report.rows.total), units(lang, report.units)];
    if let Some(days) = &report.days {
        parts.push(match lang {
            Language::English => format!("{} – {}, {} days", days.first, days.last, days.days),
            Language::Chinese => format!("{} 至 {}，{} 天", days.first, days.last, days.days),
        });
    }
    let arms: Vec<String> = report
        .variants
        .iter()
        .map(|variant| format!("{} {}", variant.name, number::count(variant.units)))
        .collect();
    parts.push(arms.join(" / "));
    parts.join(" · ")
}

pub fn units(lang: Language, n: u64) -> String {
    let n = number::count(n);
    match lang {
        Language::English => format!("{n} units"),
        Language::Chinese => format!("{n} 个单元"),
    }
}

/// `CUPED on · −12 % variance`
pub fn cuped_on(lang: Language, reduction: f64) -> String {
    let percent = number::fixed(-reduction * 100.0, 0);
    match lang {
        Language::English => format!("CUPED on · {percent} % variance"),
        Language::Chinese => format!("已启用 CUPED · 方差 {percent}%"),
    }
}

pub fn probability(lang: Language, probability: f64) -> String {
    let share = number::share(probability);
    match lang {
        Language::English => format!("better {share}"),
        Language::Chinese => format!("更优 {share}"),
    }
}

pub fn band(lang: Language, alpha: f64) -> String {
    let level = number::fixed(100.0 * (1.0 - alpha), 0);
    match lang {
        Language::English => format!("{level} % always-valid"),
        Language::Chinese => format!("{level}% 始终有效"),
    }
}

pub fn excludes_zero(lang: Language, day: &str) -> String {
    match lang {
        Language::English => format!("excludes 0 since {day}"),
        Language::Chinese => format!("自 {day} 起不含 0"),
    }
}

pub fn interaction(lang: Language, p: f64) -> String {
    let p = number::p_value(p);
    match lang {
        Language::English => format!("interaction p {p} after Holm"),
        Language::Chinese => format!("交互作用 p {p}（Holm 校正）"),
    }
}

pub const DAY_AXIS: Text = Text::new("day of the experiment", "实验第几天");

pub fn day(lang: Language, number: usize) -> String {
    match lang {
        Language::English => format!("day {number}"),
        Language::Chinese => format!("第 {number} 天"),
    }
}

pub fn passed(lang: Language, n: usize) -> String {
    match lang {
        Language::English => format!("{n} passed"),
        Language::Chinese => format!("{n} 项通过"),
    }
}

pub fn to_look_at(lang: Language, n: usize) -> String {
    match lang {
        Language::English => format!("{n} to look at"),
        Language::Chinese => format!("{n} 项需留意"),
    }
}

pub fn plan_test(lang: Language, plan: &Plan) -> String {
    use crate::engine::experiment::DesignKind;
    lang.t(match plan.kind {
        DesignKind::Proportion => Text::new(
            "two-sided two-proportion z test, pooled",
            "双侧两比例 z 检验（合并方差）",
        ),
        DesignKind::Mean => Text::new("two-sided t test, equal variances", "双侧 t 检验（等方差）"),
    })
    .to_owned()
}

pub fn exported(lang: Language, path: &Path) -> String {
    match lang {
        Language::English => format!("The report was written to {}", path.display()),
        Language::Chinese => format!("报告已写入 {}", path.display()),
    }
}

pub fn not_exported(lang: Language, path: &Path, error: &std::io::Error) -> String {
    match lang {
        Language::English => format!("The report could not be written: {error} ({})", path.display()),
        Language::Chinese => format!("报告未能写入：{error}（{}）", path.display()),
    }
}
