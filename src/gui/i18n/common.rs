//! Words several pages share.

use super::Text;
use crate::engine::progress::ProgressSnapshot;
use crate::gui::settings::Language;

pub const CANCEL: Text = Text::new("Cancel", "取消");
pub const RETRY: Text = Text::new("Try again", "重试");
pub const OPEN_FILE: Text = Text::new("Open file…", "打开文件…");
pub const ROWS: Text = Text::new("rows", "行");
pub const LINE: Text = Text::new("Line", "行号");
pub const FILTER: Text = Text::new("Filter…", "筛选…");
pub const EXPORT: Text = Text::new("Export…", "导出…");
pub const WORKING: Text = Text::new("Working…", "正在处理…");
pub const FAILED: Text = Text::new("This step did not finish", "此步骤未完成");
pub const STALE: Text = Text::new("Out of date: something before it changed", "已过期：上游内容有变化");
pub const ADVANCED: Text = Text::new("More settings", "更多设置");
pub const ERROR: Text = Text::new("Error", "错误");
pub const WARNING: Text = Text::new("Warning", "警告");
pub const INFO: Text = Text::new("Info", "提示");
pub const ALL: Text = Text::new("All", "全部");
pub const NOTHING: Text = Text::new("–", "–");

/// `Repair: removes 5 rows`
pub fn named(lang: Language, name: &str, told: &str) -> String {
    match lang {
        Language::English => format!("{name}: {told}"),
        Language::Chinese => format!("{name}：{told}"),
    }
}

/// A step that panicked; `detail` is what it said, in English.
pub fn internal_fault(lang: Language, detail: Option<&str>) -> String {
    let detail = detail.map_or_else(String::new, |detail| match lang {
        Language::English => format!(" ({detail})"),
        Language::Chinese => format!("（{detail}）"),
    });
    match lang {
        Language::English => {
            format!("An internal fault stopped this step{detail}; your data is untouched, try again or report it")
        }
        Language::Chinese => format!("此步骤因程序内部错误而停止{detail}；您的数据未受影响，请重试或报告此问题"),
    }
}

pub fn rows(lang: Language, n: u64) -> String {
    match lang {
        Language::English => format!("{} rows", super::number::count(n)),
        Language::Chinese => format!("{} 行", super::number::count(n)),
    }
}

/// `40 % · 1,200 rows · 12 MB of 30 MB · 3 s left`, as far as each is known.
pub fn how_far(lang: Language, seen: &ProgressSnapshot) -> String {
    let mut parts = vec![format!("{:.0} %", seen.fraction * 100.0)];
    if seen.rows > 0 {
        parts.push(rows(lang, seen.rows));
    }
    if seen.all_bytes > 0 {
        let (done, all) = (super::number::bytes(seen.bytes), super::number::bytes(seen.all_bytes));
        parts.push(match lang {
            Language::English => format!("{done} of {all}"),
            Language::Chinese => format!("{done} / {all}"),
        });
    }
    if let Some(secs) = seen.secs_left() {
        parts.push(time_left(lang, secs));
    }
    parts.join(" · ")
}

pub fn time_left(lang: Language, secs: f64) -> String {
    let span = super::number::span_secs(secs, lang);
    match lang {
        Language::English => format!("{span} left"),
        Language::Chinese => format!("剩余 {span}"),
    }
}
