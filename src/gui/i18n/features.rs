//! Words of the features page.

use super::{Text, number};
use crate::engine::features::{FeatureGroup, FeatureSet, GroupBy, Part, Scope, Strategy};
use crate::gui::settings::Language;

pub const TITLE: Text = Text::new("Features", "特征");
pub const JOB: Text = Text::new("Build features", "构建特征");
pub const OUTLINE_JOB: Text = Text::new("Look the log over", "查看日志内容");
pub const RESTORE_JOB: Text = Text::new("Read the feature set", "读取特征集");
pub const BUILD: Text = Text::new("Build", "构建");
pub const TO_TRAIN: Text = Text::new("Train a model", "训练模型");
pub const NO_PROJECT: Text = Text::new(
    "No project is open, so there is no place for the feature set",
    "尚未打开项目，无处保存特征集",
);
pub const READ_ONLY: Text = Text::new(
    "The project is open elsewhere and read-only here",
    "项目已在别处打开，此处为只读",
);
pub const NO_LOG: Text = Text::new(
    "There is no log to build from; open one on the Data page",
    "没有可用的日志；请先在数据页打开",
);
pub const EMPTY: Text = Text::new("No features yet", "尚无特征");
pub const EMPTY_WHY: Text = Text::new(
    "A feature set turns the log into examples a model learns from: what is predicted, what was known before, and which rows are kept apart to test it. Open a log first.",
    "特征集把日志变成模型可以学习的样本：预测什么、事前已知什么、哪些行留作测试。请先打开日志。",
);
pub const TO_DATA: Text = Text::new("Open a log", "打开日志");
pub const NO_OUTLINE: Text = Text::new("The log could not be looked over", "无法查看日志内容");
pub const EXAMPLES: Text = Text::new("Examples", "样本");
pub const POSITIVE: Text = Text::new("Positive", "正例");
pub const CHOSEN: Text = Text::new("Features chosen", "已选特征");
pub const TEXTS: Text = Text::new("Text read", "读取文本");
pub const LEAKS: Text = Text::new("Leaks flagged", "泄漏标记");
pub const LABEL: Text = Text::new("What is predicted", "预测目标");
pub const EVENT_LABEL: Text = Text::new("an event that follows", "后续事件");
pub const COLUMN_LABEL: Text = Text::new("a column", "某一列");
pub const AN_EVENT: Text = Text::new("After one of these events", "在这些事件之后");
pub const FOLLOWED_BY: Text = Text::new("does one of these follow", "是否出现这些事件");
pub const WITHIN: Text = Text::new("within", "时间范围");
pub const MINUTES: Text = Text::new(" min", " 分钟");
pub const SHARED: Text = Text::new("by or in the same", "范围");
pub const COLUMN: Text = Text::new("Column", "列");
pub const SPLIT: Text = Text::new("How it is tested", "如何划分");
pub const STRATEGY: Text = Text::new("Split by", "划分方式");
pub const TRAIN_SHARE: Text = Text::new("Train %", "训练 %");
pub const VALID_SHARE: Text = Text::new("Valid %", "验证 %");
pub const TEST_SHARE: Text = Text::new("Test %", "测试 %");
pub const EMBARGO: Text = Text::new("Gap (min)", "隔离期（分钟）");
pub const AUTOMATIC: Text = Text::new("automatic", "自动");
pub const FEATURE: Text = Text::new("Feature", "特征");
pub const ABOUT: Text = Text::new("About", "关于");
pub const CHI2: Text = Text::new("χ²", "χ²");
pub const P: Text = Text::new("p", "p");
pub const MUTUAL_INFO: Text = Text::new("MI", "互信息");
pub const INFORMATION_VALUE: Text = Text::new("IV", "IV");
pub const PSI: Text = Text::new("PSI", "PSI");
pub const RANK: Text = Text::new("Rank", "排名");
pub const AUC: Text = Text::new("AUC", "AUC");
pub const CANDIDATES: Text = Text::new("Features", "特征");
pub const AUTOMATIC_CHOICE: Text = Text::new("Choose automatically", "自动选择");
pub const LEAK: Text = Text::new("leak", "泄漏");
pub const CHOOSE_FEATURE: Text = Text::new(
    "Choose a feature to see how it differs between the classes",
    "选择一个特征，查看它在两类之间的差异",
);
pub const POSITIVES: Text = Text::new("positive", "正例");
pub const NEGATIVES: Text = Text::new("negative", "负例");
pub const SHARE_OF_CLASS: Text = Text::new("Share of each class; training rows only", "各类内占比；仅训练行");
pub const SHARE_OF_VALUE: Text = Text::new(
    "The most frequent values of the training rows; the bar compares their shares of positives",
    "训练行中最常见的取值；条形比较各取值的正例占比",
);
pub const VALUE: Text = Text::new("Value", "取值");
pub const ROWS: Text = Text::new("Rows", "行数");
pub const NOT_BUILT: Text = Text::new("Scores appear once the set is built", "构建后显示评分");
pub const TEXT_FEATURE: Text = Text::new(
    "Text is read by the model as it is; it has no score of its own",
    "文本由模型直接读取，没有单独评分",
);
pub const MISSING: Text = Text::new("Missing", "缺失");
pub const MAX_ROWS: Text = Text::new("At most examples (0 = all)", "样本上限（0 = 全部）");
pub const SEED: Text = Text::new("Seed", "随机种子");
pub const GROUP: Text = Text::new("Rank within", "排序分组");
pub const TEXT_CHOICE: Text = Text::new(
    "Text the model reads (one, or two as a pair)",
    "模型读取的文本（一列，或两列组成一对）",
);
pub const MORE: Text = Text::new("More settings", "更多设置");
pub const SELECT_K: Text = Text::new("At most features", "特征上限");
pub const DEFINITION_CHI2: Text = Text::new(
    "Pearson's chi-square of deciles against the label, training rows",
    "按十分位与标签的皮尔逊卡方，仅训练行",
);
pub const DEFINITION_MI: Text = Text::new(
    "Mutual information with the label in nats, training rows",
    "与标签的互信息（奈特），仅训练行",
);
pub const DEFINITION_PSI: Text = Text::new(
    "Population stability index, test against training rows: above 0.25 the feature moved",
    "群体稳定性指标（测试对训练）：大于 0.25 表示分布漂移",
);

pub fn steps_facts(lang: Language, set: &FeatureSet) -> String {
    let (rows, all) = (number::count(set.label.rows), number::count(set.label.candidates));
    let sampled = set.dropped.sampled_out > 0;
    match (lang, sampled) {
        (Language::English, true) => format!(
            "{} · {rows} of {all} examples, kept in whole groups · training rows alone are scored",
            set.name
        ),
        (Language::English, false) => format!("{} · {rows} examples · training rows alone are scored", set.name),
        (Language::Chinese, true) => format!("{} · 从 {all} 个样本中按整组保留 {rows} 个 · 仅用训练行评分", set.name),
        (Language::Chinese, false) => format!("{} · {rows} 个样本 · 仅用训练行评分", set.name),
    }
}

pub fn dropped(lang: Language, set: &FeatureSet) -> String {
    let d = &set.dropped;
    let mut parts = Vec::new();
    let words: [(u64, &str, &str); 6] = [
        (d.not_anchor, "other events", "其他事件"),
        (d.no_time, "without time", "无时间"),
        (d.no_key, "without user, item or session", "缺用户、商品或会话"),
        (d.no_label, "without label", "无标签"),
        (d.window_cut_off, "whose window the log cuts off", "窗口被日志末尾截断"),
        (d.unassigned, "between the parts", "位于各部分之间"),
    ];
    for (count, en, zh) in words {
        if count > 0 {
            let word = if lang == Language::English { en } else { zh };
            parts.push(format!("{} {word}", number::count(count)));
        }
    }
    let joined = parts.join(", ");
    match lang {
        _ if parts.is_empty() => String::new(),
        Language::English => format!("Not examples: {joined}"),
        Language::Chinese => format!("非样本行：{}", joined.replace(", ", "，")),
    }
}

pub fn of_all(lang: Language, all: usize) -> String {
    match lang {
        Language::English => format!("of {all}"),
        Language::Chinese => format!("共 {all} 个"),
    }
}

pub fn strategy(lang: Language, strategy: Strategy) -> &'static str {
    lang.t(match strategy {
        Strategy::Time => Text::new("time", "时间"),
        Strategy::User => Text::new("user", "用户"),
        Strategy::Random => Text::new("random", "随机"),
        Strategy::LeaveOneOut => Text::new("leave one out", "留一法"),
    })
}

pub fn scope(lang: Language, scope: Scope) -> &'static str {
    lang.t(match scope {
        Scope::UserItem => Text::new("user and item", "同一用户和商品"),
        Scope::SessionItem => Text::new("session and item", "同一会话和商品"),
        Scope::Session => Text::new("session", "同一会话"),
    })
}

pub fn group_by(lang: Language, group: GroupBy) -> &'static str {
    lang.t(match group {
        GroupBy::Session => Text::new("session", "会话"),
        GroupBy::Query => Text::new("query", "查询词"),
        GroupBy::User => Text::new("user", "用户"),
    })
}

pub fn part(lang: Language, part: Part) -> &'static str {
    lang.t(match part {
        Part::Train => Text::new("Train", "训练"),
        Part::Valid => Text::new("Valid", "验证"),
        Part::Test => Text::new("Test", "测试"),
    })
}

pub fn feature_group(lang: Language, group: FeatureGroup) -> &'static str {
    lang.t(match group {
        FeatureGroup::User => Text::new("user", "用户"),
        FeatureGroup::Item => Text::new("item", "商品"),
        FeatureGroup::UserItem => Text::new("user × item", "用户 × 商品"),
        FeatureGroup::Price => Text::new("price", "价格"),
        FeatureGroup::Category => Text::new("category", "类目"),
        FeatureGroup::Session => Text::new("session", "会话"),
        FeatureGroup::Query => Text::new("query", "查询词"),
        FeatureGroup::Context => Text::new("context", "情境"),
        FeatureGroup::Column => Text::new("column", "列"),
        FeatureGroup::Text => Text::new("text", "文本"),
    })
}

pub fn part_facts(lang: Language, rows: u64, rate: Option<f64>) -> String {
    let rate = rate.map_or_else(|| "–".to_owned(), number::share);
    match lang {
        Language::English => format!("{} rows · {rate} positive", number::count(rows)),
        Language::Chinese => format!("{} 行 · 正例 {rate}", number::count(rows)),
    }
}
