//! Words of the recipe page.

use super::{Text, number};
use crate::gui::settings::Language;

pub const TITLE: Text = Text::new("Recipe", "清洗方案");
pub const JOB: Text = Text::new("Apply the recipe", "应用清洗方案");
pub const PREVIEW_JOB: Text = Text::new("Preview the recipe", "预览清洗方案");
pub const APPLY: Text = Text::new("Apply", "应用");
pub const UNDO: Text = Text::new("Undo", "撤销");
pub const REDO: Text = Text::new("Redo", "重做");
pub const EXPORT: Text = Text::new("Save as…", "另存为…");
pub const IMPORT: Text = Text::new("Open recipe…", "打开方案…");
pub const IMPORT_TITLE: Text = Text::new("Open a recipe", "打开清洗方案");
pub const SUGGEST: Text = Text::new("Add from findings", "根据发现添加");
pub const NO_LOG: Text = Text::new(
    "There is no log to clean; open one on the Data page",
    "没有可清洗的日志；请先在数据页打开",
);
pub const NO_AUDIT: Text = Text::new(
    "There are no findings yet; run the audit first",
    "尚无质检发现；请先运行质检",
);
pub const EMPTY: Text = Text::new("No log is open", "尚未打开日志");
pub const EMPTY_WHY: Text = Text::new(
    "A recipe cleans a log step by step: it can be undone, saved and applied to the next file. Open a log first.",
    "清洗方案按步骤清洗日志：可以撤销、保存，并用于下一份文件。请先打开日志。",
);
pub const TO_DATA: Text = Text::new("Open a log", "打开日志");
pub const STEPS: Text = Text::new("Steps", "步骤");
pub const ADD_STEP: Text = Text::new("Add a step", "添加步骤");
pub const NO_STEPS: Text = Text::new("The log passes through unchanged", "日志将原样通过");
pub const NO_STEPS_WHY: Text = Text::new(
    "Add a step, or take over what the audit proposes.",
    "添加步骤，或采用质检给出的建议。",
);
pub const CHOOSE_STEP: Text = Text::new(
    "Choose a step to edit it and to see the rows it touches",
    "选择一个步骤以编辑，并查看其影响的行",
);
pub const ROWS_IN: Text = Text::new("Rows in", "输入行数");
pub const ROWS_OUT: Text = Text::new("Rows out", "输出行数");
pub const DROPPED: Text = Text::new("Dropped", "删除");
pub const CELLS: Text = Text::new("Cells changed", "修改单元格");
pub const STATE: Text = Text::new("State", "状态");
pub const PREVIEWED: Text = Text::new("preview", "预览");
pub const APPLIED: Text = Text::new("applied", "已应用");
pub const NOT_APPLIED: Text = Text::new("not applied yet", "尚未应用");
pub const CHANGED_SINCE: Text = Text::new("changed since", "应用后有改动");
pub const UP: Text = Text::new("Move up", "上移");
pub const DOWN: Text = Text::new("Move down", "下移");
pub const REMOVE: Text = Text::new("Remove", "移除");
pub const ON: Text = Text::new("on", "启用");
pub const EFFECT: Text = Text::new("Rows it touches", "受影响的行");
pub const NO_EFFECT: Text = Text::new("This step changes nothing here", "此步骤在此处没有任何改动");
pub const OFF_EFFECT: Text = Text::new("This step is switched off", "此步骤已关闭");
pub const ROW_DROPPED: Text = Text::new("dropped", "删除");
pub const ROW_CHANGED: Text = Text::new("changed", "修改");
pub const WHAT: Text = Text::new("What", "变化");
pub const BEFORE: Text = Text::new("before", "之前");
pub const AFTER: Text = Text::new("after", "之后");
pub const REMOVED_COLUMN: Text = Text::new("removed", "移除");
pub const CALCULATING: Text = Text::new("Working it out…", "正在计算…");

pub const COLUMN: Text = Text::new("Column", "列");
pub const COLUMNS: Text = Text::new("Columns", "列");
pub const ALL_COLUMNS: Text = Text::new("None chosen means all", "不选表示全部");
pub const ROLE_COLUMNS: Text = Text::new("None chosen means user, item and event", "不选表示用户、商品和事件");
pub const KEEP: Text = Text::new("Keep", "保留");
pub const KEEP_FIRST: Text = Text::new("the first row", "第一行");
pub const KEEP_LAST: Text = Text::new("the last row", "最后一行");
pub const FILL_WITH: Text = Text::new("Fill with", "填充方式");
pub const FILL_CONSTANT: Text = Text::new("a value", "固定值");
pub const FILL_MEAN: Text = Text::new("the mean", "均值");
pub const FILL_MEDIAN: Text = Text::new("the median", "中位数");
pub const FILL_MODE: Text = Text::new("the most frequent value", "众数");
pub const VALUE: Text = Text::new("Value", "值");
pub const MIN: Text = Text::new("At least", "下限");
pub const MAX: Text = Text::new("At most", "上限");
pub const LOWER_QUANTILE: Text = Text::new("Lower quantile", "下分位数");
pub const UPPER_QUANTILE: Text = Text::new("Upper quantile", "上分位数");
pub const CONDITION: Text = Text::new("Condition", "条件");
pub const CONDITION_HINT: Text = Text::new(
    "price > 0 and event_type in (\"view\", \"cart\")",
    "price > 0 and event_type in (\"view\", \"cart\")",
);
pub const CONDITION_HELP: Text = Text::new(
    "= != < <= > >=, in (…), between … and …, contains, starts_with, ends_with, matches, is null, and, or, not, brackets. Times as \"2026-10-01 08:00\". A missing cell matches nothing but is null.",
    "= != < <= > >=、in (…)、between … and …、contains、starts_with、ends_with、matches、is null、and、or、not、括号。时间写作 \"2026-10-01 08:00\"。缺失值只与 is null 匹配。",
);
pub const TRIM: Text = Text::new("Trim", "去首尾空白");
pub const NFKC: Text = Text::new("Full-width to plain (NFKC)", "全角转半角（NFKC）");
pub const COLLAPSE: Text = Text::new("Single blanks", "合并空白");
pub const CASE: Text = Text::new("Case", "大小写");
pub const CASE_KEEP: Text = Text::new("as it is", "保持不变");
pub const CASE_LOWER: Text = Text::new("lower", "小写");
pub const CASE_UPPER: Text = Text::new("UPPER", "大写");
pub const FORMAT: Text = Text::new("Format", "格式");
pub const FORMAT_HELP: Text = Text::new(
    "%Y-%m-%d %H:%M:%S, ISO 8601, epoch seconds, epoch milliseconds",
    "%Y-%m-%d %H:%M:%S、ISO 8601、epoch seconds、epoch milliseconds",
);
pub const MAP: Text = Text::new(
    "One change a line: old = new (nothing after = empties the cell)",
    "每行一条：旧值 = 新值（= 后为空则清空）",
);
pub const METHOD: Text = Text::new("Method", "方法");
pub const MASK_HASH: Text = Text::new("salted hash", "加盐哈希");
pub const MASK_REDACT: Text = Text::new("replace", "替换");
pub const MASK_KEEP_LAST: Text = Text::new("keep the last characters", "保留末几位");
pub const MASK_PERSONAL: Text = Text::new("hide what looks personal", "隐藏个人信息");
pub const SALT: Text = Text::new("Salt (stored in the recipe)", "盐（保存在方案中）");
pub const REPLACEMENT: Text = Text::new("Replacement", "替换为");
pub const CHARACTERS: Text = Text::new("Characters", "字符数");
pub const SECONDS: Text = Text::new("Seconds", "秒");
pub const USERS: Text = Text::new("One user a line", "每行一个用户");

pub fn steps(lang: Language, n: usize) -> String {
    match lang {
        Language::English if n == 1 => "1 step".to_owned(),
        Language::English => format!("{n} steps"),
        Language::Chinese => format!("{n} 步"),
    }
}

pub fn facts(lang: Language, name: &str, on: usize, all: usize, elapsed_ms: Option<u64>) -> String {
    let time = elapsed_ms.map_or_else(String::new, |ms| match lang {
        Language::English => format!(" · every row previewed in {}", millis(ms)),
        Language::Chinese => format!(" · 全部行预览用时 {}", millis(ms)),
    });
    match lang {
        Language::English => format!("{name} · {on} of {all} steps on{time}"),
        Language::Chinese => format!("{name} · {all} 步中启用 {on} 步{time}"),
    }
}

fn millis(ms: u64) -> String {
    if ms < 1000 {
        format!("{ms} ms")
    } else {
        format!("{:.1} s", ms as f64 / 1000.0)
    }
}

/// What a step does to this log, in short.
pub fn effect(lang: Language, dropped: u64, cells: u64, columns: u64) -> String {
    let mut parts = Vec::new();
    match lang {
        Language::English => {
            if dropped > 0 {
                parts.push(format!("−{} rows", number::count(dropped)));
            }
            if cells > 0 {
                parts.push(format!("{} cells", number::count(cells)));
            }
            if columns > 0 {
                parts.push(format!("−{columns} column"));
            }
        }
        Language::Chinese => {
            if dropped > 0 {
                parts.push(format!("−{} 行", number::count(dropped)));
            }
            if cells > 0 {
                parts.push(format!("{} 格", number::count(cells)));
            }
            if columns > 0 {
                parts.push(format!("−{columns} 列"));
            }
        }
    }
    if parts.is_empty() {
        "–".to_owned()
    } else {
        parts.join(" · ")
    }
}

pub fn affected(lang: Language, shown: usize, all: u64) -> String {
    let all = number::count(all);
    match lang {
        Language::English => format!("first {shown} of {all}"),
        Language::Chinese => format!("{all} 行中的前 {shown} 行"),
    }
}
