//! Words of the audit page's profiles: associations, behaviour over time, texts and tokens.

use super::number::{compact, count, fixed};
use super::{Language, Text};
use crate::engine::audit::associations::Measure;

pub const ASSOCIATIONS: Text = Text::new("Associations", "关联");
pub const STRENGTH: Text = Text::new("Strength of association of each pair", "各列两两关联强度");
pub const ALL_PAIRS: Text = Text::new("Compute all pairs", "计算全部列对");
pub const ASSOCIATING: Text = Text::new("Associating columns…", "正在计算关联…");
pub const NO_ASSOCIATIONS: Text = Text::new("This audit has no associations", "该审计没有关联分析");
pub const NO_ASSOCIATIONS_WHY: Text = Text::new(
    "It was made by an older version. Audit the log again.",
    "它由旧版本生成，请重新审计。",
);
pub const NOT_COMPARED: Text = Text::new("Not compared:", "未参与比较：");
pub const PAIR: Text = Text::new("Columns", "列");
pub const MEASURE: Text = Text::new("Measure", "度量");
pub const VALUE: Text = Text::new("Value", "值");
pub const SHARE: Text = Text::new("Share", "占比");
pub const BOTH: Text = Text::new("Both missing", "同时缺失");
pub const MISSING_TOGETHER: Text = Text::new("Missing together", "同时缺失");
pub const NOTHING_MISSING: Text = Text::new("No two columns have gaps", "没有两列同时存在缺失");

pub const RHYTHM: Text = Text::new("Mean rows by hour of the week (UTC)", "一周各小时平均行数（UTC）");
pub const RETENTION: Text = Text::new("Retention", "留存");
pub const NO_RETENTION: Text = Text::new(
    "Retention needs users and at least two days",
    "留存分析需要用户列和至少两天的数据",
);
pub const NEW: Text = Text::new("new", "新增");
pub const ARRIVALS: Text = Text::new("New a day, by first event in the log", "每日新增（按日志中首次出现）");
pub const NEW_USERS: Text = Text::new("users", "用户");
pub const NEW_ITEMS: Text = Text::new("items", "商品");
pub const EPISODES_WHAT: Text = Text::new(
    "Rows of an hour (day) against the median of the same hours of the day, on the scale of square roots; listed beyond 3.5 robust standard deviations (Anscombe 1948; Iglewicz and Hoaglin 1993).",
    "将每小时（天）行数与同一时段的中位数在平方根尺度上比较，超过 3.5 个稳健标准差即列出（Anscombe 1948；Iglewicz 与 Hoaglin 1993）。",
);
pub const NO_EPISODES: Text = Text::new("Volume keeps to its rhythm", "数据量符合通常节律");
pub const EVENT: Text = Text::new("Event", "事件");
pub const ALL_EVENTS: Text = Text::new("all", "全部");
pub const FROM: Text = Text::new("From (UTC)", "开始（UTC）");
pub const HOURS: Text = Text::new("Hours", "小时");
pub const ROWS: Text = Text::new("Rows", "行数");
pub const USUAL: Text = Text::new("Usual", "通常");
pub const GAP: Text = Text::new("▼ gap", "▼ 断档");
pub const DIP: Text = Text::new("▼ dip", "▼ 骤降");
pub const SPIKE: Text = Text::new("▲ spike", "▲ 突增");

pub const KURTOSIS: Text = Text::new("Excess kurtosis", "超额峰度");
pub const ENTROPY: Text = Text::new("Entropy, bits", "熵（比特）");
pub const SCRIPTS: Text = Text::new("Scripts, by characters", "文字系统（按字符）");
pub const LANGUAGES: Text = Text::new("Languages, by rows", "语言（按行）");
pub const REPEATED_TEXTS: Text = Text::new("Repeated rows · texts", "重复行 · 重复文本");

pub const TOKENS: Text = Text::new("Token statistics", "词元统计");
pub const COUNT_TOKENS: Text = Text::new("Count tokens", "统计词元");
pub const COUNTING_TOKENS: Text = Text::new("Tokenizing…", "正在分词…");
pub const TOKENS_WHY: Text = Text::new(
    "Reads every text with the base model's tokenizer",
    "用基础模型的分词器读取每条文本",
);
pub const MAX_LENGTH: Text = Text::new("tokens at most", "词元上限");
pub const TOKEN_LENGTHS: Text = Text::new("Tokens, mean · 95 % · longest", "词元数 平均·95%·最长");
pub const TRUNCATED: Text = Text::new("Rows cut", "被截断的行");
pub const UNKNOWN: Text = Text::new("Unknown tokens", "未登录词元");
pub const PADDING: Text = Text::new("Padding, fixed · in batches", "填充占比 定长·按批");

pub fn measure(measure: Measure) -> Text {
    match measure {
        Measure::Spearman => Text::new("Spearman's ρ", "Spearman ρ"),
        Measure::CramersV => Text::new("Cramér's V", "Cramér V"),
        Measure::CorrelationRatio => Text::new("ratio η", "相关比 η"),
    }
}

/// `price × brand · correlation ratio η · n = 13,920`
pub fn pair(lang: Language, (a, b): (&str, &str), measure: &str, n: u64) -> String {
    let n = count(n);
    match lang {
        Language::English => format!("{a} × {b} · {measure} · n = {n}"),
        Language::Chinese => format!("{a} × {b} · {measure} · n = {n}"),
    }
}

pub fn pairs_left(lang: Language, pairs: u64) -> String {
    let pairs = count(pairs);
    match lang {
        Language::English => format!("{pairs} pairs were too dear for the audit; “Compute all pairs” adds them."),
        Language::Chinese => format!("另有 {pairs} 对未在审计中计算，可点击“计算全部列对”。"),
    }
}

pub fn num_pairs(lang: Language, pairs: usize) -> String {
    let pairs = count(pairs as u64);
    match lang {
        Language::English => format!("{pairs} pairs, strongest first"),
        Language::Chinese => format!("{pairs} 对，由强到弱"),
    }
}

pub fn weekdays(lang: Language) -> [&'static str; 7] {
    match lang {
        Language::English => ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        Language::Chinese => ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
    }
}

pub fn rows_an_hour(lang: Language, rows: f64) -> String {
    let rows = compact(rows.round());
    match lang {
        Language::English => format!("{rows} rows an hour"),
        Language::Chinese => format!("每小时 {rows} 行"),
    }
}

/// `Mon 14:00 · 31.2 rows an hour`
pub fn hour(lang: Language, day: &str, hour: usize, mean: f64) -> String {
    let mean = fixed(mean, 1);
    match lang {
        Language::English => format!("{day} {hour:02}:00 · {mean} rows an hour"),
        Language::Chinese => format!("{day} {hour:02}:00 · 每小时 {mean} 行"),
    }
}

/// Title of the retention map with the length of a period and how much of the last one the log covers.
pub fn retention(lang: Language, days: u64, last_share: f64) -> String {
    let last = fixed(last_share * 100.0, 0);
    match (lang, days) {
        (Language::English, 1) => format!("Retention by first day · the last day is {last} % complete"),
        (Language::English, 7) => format!("Retention by first week · the last week is {last} % complete"),
        (Language::English, _) => format!("Retention by first {} weeks · the last are {last} % complete", days / 7),
        (Language::Chinese, 1) => format!("按首日留存 · 最后一日完成 {last} %"),
        (Language::Chinese, 7) => format!("按首周留存 · 最后一周完成 {last} %"),
        (Language::Chinese, _) => format!("按首 {} 周留存 · 最后一期完成 {last} %", days / 7),
    }
}

pub fn of_users(lang: Language, users: u64, size: u64) -> String {
    let (users, size) = (count(users), count(size));
    match lang {
        Language::English => format!("{users} of {size} users"),
        Language::Chinese => format!("{size} 个用户中的 {users} 个"),
    }
}

pub fn episodes(lang: Language, shown: usize, total: u64) -> String {
    let (shown, total) = (count(shown as u64), count(total));
    match lang {
        Language::English if shown == total => format!("Gaps and spikes: {total}"),
        Language::English => format!("Gaps and spikes: the {shown} furthest from usual of {total}"),
        Language::Chinese if shown == total => format!("断档与突增：{total}"),
        Language::Chinese => format!("断档与突增：共 {total}，显示偏离最大的 {shown}"),
    }
}

/// `minilm-l6, 128 tokens at most`
pub fn tokens_of(lang: Language, model: &str, max_length: u64) -> String {
    match lang {
        Language::English => format!("{model}, at most {max_length} tokens"),
        Language::Chinese => format!("{model}，上限 {max_length} 个词元"),
    }
}
