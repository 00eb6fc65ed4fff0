//! Words of the audit page.

use super::number::{count, fixed, span_secs};
use super::{Language, Text};
use crate::engine::audit::profile::ColumnKind;
use crate::engine::ingest::RowCounts;

pub const TITLE: Text = Text::new("Audit", "质量审计");
pub const EMPTY: Text = Text::new("See what is wrong with the log", "看看日志有哪些问题");
pub const EMPTY_WHY: Text = Text::new(
    "The audit reads every row, profiles every column and runs all checks. Each finding leads to its rows and to a repair.",
    "审计会读取每一行、分析每一列并运行全部检查。每条发现都能看到对应的行和修复办法。",
);
pub const NO_LOG: Text = Text::new("Open a log first", "请先打开日志");
pub const NO_LOG_WHY: Text = Text::new(
    "There is nothing to audit yet. Open a log on the Data page; the audit follows.",
    "还没有可审计的内容。请先在“数据”页打开日志。",
);
pub const GO_DATA: Text = Text::new("Go to Data", "前往数据页");
pub const RUN: Text = Text::new("Audit the log", "开始审计");
pub const RUN_AGAIN: Text = Text::new("Audit again", "重新审计");
pub const EXPORT: Text = Text::new("Export report…", "导出报告…");
pub const ADD_FIX: Text = Text::new("Add to recipe", "加入清洗方案");
pub const ADDED: Text = Text::new("✓ In the recipe", "✓ 已加入方案");
pub const FINDINGS: Text = Text::new("Findings", "发现");
pub const COLUMNS: Text = Text::new("Columns", "列");
pub const DAYS: Text = Text::new("days", "天");
pub const LOG: Text = Text::new("The log", "日志概况");
pub const CHECKS: Text = Text::new("Checks", "检查项");
pub const FINDING: Text = Text::new("Finding", "发现");
pub const CODE: Text = Text::new("Code", "代码");
pub const ROWS: Text = Text::new("Rows", "行数");
pub const COUNT: Text = Text::new("Count", "数量");
pub const SHARE: Text = Text::new("Share", "占比");
pub const SEVERITY: Text = Text::new("Severity", "级别");
pub const SEARCH: Text = Text::new("Filter findings", "筛选发现");
pub const SEARCH_COLUMNS: Text = Text::new("Filter columns", "筛选列");
pub const ROWS_BEHIND: Text = Text::new("Rows behind it", "对应的行");
pub const WHY_THRESHOLD: Text = Text::new("Why this threshold?", "为什么是这个阈值？");
pub const NO_ROWS: Text = Text::new(
    "This finding is about the log as a whole; no single rows stand behind it",
    "该发现针对整个日志，没有对应的单独行",
);
pub const NOTHING_FOUND: Text = Text::new("No check found anything", "所有检查均未发现问题");
pub const NOTHING_MATCHES: Text = Text::new("Nothing matches the filter", "没有符合筛选条件的内容");
pub const NULL: Text = Text::new("null", "空");
pub const NAME: Text = Text::new("Column", "列名");
pub const KIND: Text = Text::new("Kind", "种类");
pub const TYPE: Text = Text::new("Type", "类型");
pub const ROLE: Text = Text::new("Role", "角色");
pub const MISSING: Text = Text::new("Missing", "缺失");
pub const DISTINCT: Text = Text::new("Distinct", "不同值");
pub const UNIQUENESS: Text = Text::new("Uniqueness", "唯一率");
pub const DISTRIBUTION: Text = Text::new("Distribution", "分布");
pub const FILLED: Text = Text::new("Filled", "已填");
pub const INVALID: Text = Text::new("Not of the type", "类型不符");
pub const SMALLEST: Text = Text::new("Smallest", "最小");
pub const LARGEST: Text = Text::new("Largest", "最大");
pub const MEAN: Text = Text::new("Mean", "均值");
pub const STD: Text = Text::new("Standard deviation", "标准差");
pub const STD_SECS: Text = Text::new("Standard deviation, s", "标准差（秒）");
pub const SKEWNESS: Text = Text::new("Skewness", "偏度");
pub const ZEROS: Text = Text::new("Zeros", "零值");
pub const NEGATIVES: Text = Text::new("Negative", "负值");
pub const LENGTH: Text = Text::new("Characters, min · mean · max", "字符数 最小·平均·最大");
pub const QUANTILES: Text = Text::new("Quantiles", "分位数");
pub const NUMBERS: Text = Text::new("Numbers", "数值");
pub const TOP_VALUES: Text = Text::new("Most frequent values", "最常见的值");
pub const VALUE: Text = Text::new("Value", "值");
pub const USERS: Text = Text::new("Users", "用户");
pub const ITEMS: Text = Text::new("Items", "商品");
pub const SESSIONS: Text = Text::new("Sessions", "会话");
pub const SPARSITY: Text = Text::new("Empty pairs", "空组合");
pub const SPARSITY_WHAT: Text = Text::new(
    "Share of user-item pairs without any event",
    "没有任何事件的用户-商品组合占比",
);
pub const GINI: Text = Text::new("Gini of items", "商品基尼系数");
pub const GINI_WHAT: Text = Text::new(
    "0: all items alike, near 1: one item has all events",
    "0 表示完全均匀，接近 1 表示集中于一个商品",
);
pub const MEDIAN_SESSION: Text = Text::new("Median session", "会话时长中位数");
pub const VOLUME_HOUR: Text = Text::new("Rows an hour by event type", "各事件类型每小时行数");
pub const VOLUME_DAY: Text = Text::new("Rows a day by event type", "各事件类型每天行数");
pub const FUNNEL: Text = Text::new("Funnel by users", "用户漏斗");
pub const CONCENTRATION: Text = Text::new("Lorenz curves, Gini", "洛伦兹曲线与基尼系数");
pub const OUTCOME: Text = Text::new("Outcome", "结果");
pub const SEEN: Text = Text::new("What was seen", "所见");
pub const PASSED: Text = Text::new("passed", "通过");
pub const FOUND: Text = Text::new("found", "有发现");
pub const NOT_APPLICABLE: Text = Text::new("not applicable", "不适用");
pub const LINE_FILE: Text = Text::new("File", "文件");
pub const NUM_ROWS: Text = Text::new("rows", "行数");
pub const ROWS_BY_VALUE: Text = Text::new("Rows by value", "按取值的行数分布");
pub const MOST_FREQUENT: Text = Text::new("Most frequent values", "最常见的值");

/// `Exact, every row read • 5,012,338 accepted + 214 rejected + 1 skipped = 5,012,553 lines • 3.9 s`
pub fn facts(lang: Language, rows: RowCounts, secs: Option<f64>) -> String {
    let [accepted, rejected, skipped, total] = [rows.accepted, rows.rejected, rows.skipped, rows.total].map(count);
    let took = secs.map_or_else(String::new, |secs| format!(" • {}", span_secs(secs, lang)));
    match lang {
        Language::English => format!(
            "Exact, every row read • {accepted} accepted + {rejected} rejected + {skipped} skipped = {total} lines{took}"
        ),
        Language::Chinese => {
            format!("精确结果，读取每一行 • {accepted} 接受 + {rejected} 拒绝 + {skipped} 跳过 = {total} 行{took}")
        }
    }
}

/// What is being audited: `events: all 5,012,338 rows, nothing is sampled`
pub fn audited(lang: Language, log: &str, rows: u64) -> String {
    let rows = count(rows);
    match lang {
        Language::English => format!("{log}: all {rows} rows, nothing is sampled"),
        Language::Chinese => format!("{log}：全部 {rows} 行，不抽样"),
    }
}

pub fn add_all(lang: Language, repairs: usize) -> String {
    match lang {
        Language::English if repairs == 1 => "Add 1 repair to recipe".to_owned(),
        Language::English => format!("Add {repairs} repairs to recipe"),
        Language::Chinese => format!("将 {repairs} 项修复加入方案"),
    }
}

pub fn exported(lang: Language, path: &str) -> String {
    match lang {
        Language::English => format!("Report written to {path}"),
        Language::Chinese => format!("报告已写入 {path}"),
    }
}

pub fn score_part(lang: Language, code: &str, column: Option<&str>, points: f64) -> String {
    let column = column.map_or_else(String::new, |column| format!(" {column}"));
    match lang {
        Language::English => format!("{code}{column}: −{} points", fixed(points, 1)),
        Language::Chinese => format!("{code}{column}：−{} 分", fixed(points, 1)),
    }
}

pub fn drawn(lang: Language, shown: usize, all: u64) -> String {
    match lang {
        Language::English => format!("{} of {} points drawn", count(shown as u64), count(all)),
        Language::Chinese => format!("共 {} 个点，绘制 {} 个", count(all), count(shown as u64)),
    }
}

pub fn kind(lang: Language, kind: ColumnKind) -> &'static str {
    lang.t(match kind {
        ColumnKind::Empty => Text::new("empty", "空列"),
        ColumnKind::Constant => Text::new("constant", "常量"),
        ColumnKind::Boolean => Text::new("boolean", "布尔"),
        ColumnKind::Time => Text::new("time", "时间"),
        ColumnKind::Identifier => Text::new("identifier", "标识"),
        ColumnKind::Category => Text::new("category", "类目"),
        ColumnKind::Number => Text::new("number", "数值"),
        ColumnKind::FreeCode => Text::new("free code", "自由编码"),
        ColumnKind::Text => Text::new("text", "文本"),
    })
}
