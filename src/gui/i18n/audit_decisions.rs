//! Words of the audit page about one finding: its rows, its repair, and accepting it.

use super::number::{count, fixed, moment, share, signed};
use super::{Language, Text};
use crate::engine::artifact::Severity;
use crate::engine::audit::Acceptance;

pub const ACCEPTED: Text = Text::new("Accepted", "已接受");
pub const ACCEPT: Text = Text::new("Accept with reason…", "说明理由并接受…");
pub const ACCEPT_NOW: Text = Text::new("Accept", "接受");
pub const ACCEPT_WHY: Text = Text::new(
    "An accepted finding stays in the report with its reason and no longer counts as open. The scores do not change.",
    "已接受的发现连同理由保留在报告中，不再计为待处理；分数保持不变。",
);
pub const REASON: Text = Text::new("Why it may stay", "接受的理由");
pub const REASON_HINT: Text = Text::new(
    "For example: refunds are booked as negative prices",
    "例如：退款以负价格入账",
);
pub const WHO: Text = Text::new("Who decided (optional)", "决定人（可选）");
pub const TAKE_BACK: Text = Text::new("Take back", "撤回");
pub const NO_PROJECT: Text = Text::new(
    "Decisions are kept in a project; open one first",
    "决定保存在项目中；请先打开项目",
);
pub const READ_ONLY: Text = Text::new(
    "The project is open in another window, so the decision cannot be kept",
    "项目已在另一个窗口中打开，无法保存该决定",
);

pub const EXPORT_ROWS: Text = Text::new("Export rows…", "导出行…");
pub const ANY_COLUMN: Text = Text::new("any column", "任意列");
pub const FILTER_ROWS: Text = Text::new("Rows that contain…", "包含以下内容的行…");
pub const FILTER_IN: Text = Text::new("Column to look in", "查找的列");
pub const ARRANGING: Text = Text::new("Sorting and filtering…", "正在排序和筛选…");
pub const NO_ROW_MATCHES: Text = Text::new("No row contains this text", "没有包含该内容的行");
pub const SCROLL_ROWS: Text = Text::new("Scroll through the rows", "滚动浏览各行");

pub const REPAIR: Text = Text::new("Repair", "修复");
pub const REPAIR_EFFECT: Text = Text::new("Before and after", "修复前后");
pub const NO_REPAIR: Text = Text::new("No repair proposed", "没有建议的修复");
pub const WORKING_OUT: Text = Text::new("Working out what the repair does…", "正在计算修复效果…");
pub const REPAIR_WHAT: Text = Text::new(
    "What this repair alone does to the log as it was read; the Recipe page shows all steps together",
    "仅此项修复对原始日志的效果；“清洗方案”页显示全部步骤的合计效果",
);
pub const REPAIR_CHANGES_NOTHING: Text = Text::new("The repair changes nothing here", "该修复在此没有任何改动");
pub const LOG_NEEDED: Text = Text::new(
    "The log is being read; rows and effect follow",
    "正在读取日志；随后显示行与效果",
);

/// `Accepted 2026-11-30 14:02 by Li at 120 rows: refunds are booked as negative prices`
pub fn accepted_line(lang: Language, decision: &Acceptance, unit: &str) -> String {
    let when = moment(decision.accepted_ms);
    let (count, reason) = (count(decision.count), &decision.reason);
    match (lang, &decision.who) {
        (Language::English, Some(who)) => format!("Accepted {when} by {who} at {count} {unit}: {reason}"),
        (Language::English, None) => format!("Accepted {when} at {count} {unit}: {reason}"),
        (Language::Chinese, Some(who)) => format!("{when} 由 {who} 接受（当时 {count} {unit}）：{reason}"),
        (Language::Chinese, None) => format!("{when} 接受（当时 {count} {unit}）：{reason}"),
    }
}

/// A finding counts more than when it was accepted.
pub fn grown(lang: Language, more: u64, unit: &str) -> String {
    let more = count(more);
    match lang {
        Language::English => format!("{more} {unit} more than when it was accepted"),
        Language::Chinese => format!("比接受时多 {more} {unit}"),
    }
}

/// An accepted finding that is open again.
pub fn reopened(lang: Language, then: Severity) -> String {
    let word = match then {
        Severity::Error => super::common::ERROR,
        Severity::Warning => super::common::WARNING,
        Severity::Info => super::common::INFO,
    };
    let word = lang.t(word);
    match lang {
        Language::English => format!(
            "Accepted as “{}”, more severe now: it is open again",
            word.to_lowercase()
        ),
        Language::Chinese => format!("接受时为“{word}”，现在更严重：重新计为待处理"),
    }
}

/// What accepted findings mean for the scores.
pub fn scores_without(lang: Language, accepted: usize, scores: &[(String, f64)]) -> String {
    let parts: Vec<String> = scores
        .iter()
        .map(|(name, score)| format!("{name} {}", fixed(*score, 1)))
        .collect();
    match lang {
        Language::English if parts.is_empty() => {
            format!("Accepted findings ({accepted}) still count in the scores, but took nothing from them")
        }
        Language::English => format!(
            "Accepted findings ({accepted}) still count in the scores; without them: {}",
            parts.join(", ")
        ),
        Language::Chinese if parts.is_empty() => {
            format!("已接受 {accepted} 项；仍计入分数，但未扣分")
        }
        Language::Chinese => format!("已接受 {accepted} 项；仍计入分数。不计入时：{}", parts.join("，")),
    }
}

/// `82.0 = 100 − 12.1 − 5.9`
pub fn sum(score: f64, points: &[f64]) -> String {
    let parts: String = points
        .iter()
        .map(|points| format!(" − {}", fixed(*points, 1)))
        .collect();
    format!("{} = 100{parts}", fixed(score, 1))
}

/// `▲ 3.0`, with a sign for readers: the change since the audit before.
pub fn change(points: f64) -> String {
    if points.abs() < 0.05 {
        return "=".to_owned();
    }
    let shape = if points > 0.0 { "▲" } else { "▼" };
    format!("{shape} {}", signed(points, 1))
}

pub fn since(lang: Language, name: &str, when: u64) -> String {
    match lang {
        Language::English => format!("Since the audit of {name}, {}", moment(when)),
        Language::Chinese => format!("与 {name}（{}）的审计相比", moment(when)),
    }
}

/// `1,204 of 60,000 rows`
pub fn rows_shown(lang: Language, shown: usize, all: usize) -> String {
    let (shown, all) = (count(shown as u64), count(all as u64));
    match lang {
        Language::English => format!("{shown} of {all} rows"),
        Language::Chinese => format!("{shown} / {all} 行"),
    }
}

/// The same as `ARRANGING` while the columns of a log that was just audited are indexed, which makes it quick.
pub fn arranging_unindexed(lang: Language, ready: usize, columns: usize) -> String {
    match lang {
        Language::English => format!("Sorting and filtering… {ready} of {columns} columns indexed"),
        Language::Chinese => format!("正在排序和筛选…已索引 {ready} / {columns} 列"),
    }
}

pub fn rows_written(lang: Language, rows: usize, path: &str) -> String {
    let rows = count(rows as u64);
    match lang {
        Language::English => format!("{rows} rows written to {path}"),
        Language::Chinese => format!("已将 {rows} 行写入 {path}"),
    }
}

/// What a repair does: rows removed, cells changed, columns removed.
pub fn effect(lang: Language, (before, after): (u64, u64), cells: u64, (touched, columns): (u64, u64)) -> String {
    let mut parts = Vec::new();
    if after < before {
        let removed = before - after;
        let part = share(removed as f64 / before.max(1) as f64);
        let (removed, before, after) = (count(removed), count(before), count(after));
        parts.push(match lang {
            Language::English => format!("removes {removed} of {before} rows ({part}), {after} stay"),
            Language::Chinese => format!("删除 {before} 行中的 {removed} 行（{part}），保留 {after} 行"),
        });
    }
    if cells > 0 {
        let (cells, touched) = (count(cells), count(touched));
        parts.push(match lang {
            Language::English => format!("changes {cells} cells in {touched} rows"),
            Language::Chinese => format!("修改 {touched} 行中的 {cells} 个单元格"),
        });
    }
    if columns > 0 {
        parts.push(match lang {
            Language::English if columns == 1 => "removes one column, all rows stay".to_owned(),
            Language::English => format!("removes {columns} columns, all rows stay"),
            Language::Chinese => format!("删除 {columns} 列，所有行保留"),
        });
    }
    match lang {
        Language::English => parts.join("; "),
        Language::Chinese => parts.join("；"),
    }
}

/// `The first 200 of 1,204 touched rows`
pub fn first_rows(lang: Language, shown: usize, all: u64) -> String {
    let (shown, all) = (count(shown as u64), count(all));
    match lang {
        Language::English => format!("The first {shown} of {all} touched rows"),
        Language::Chinese => format!("受影响的 {all} 行中的前 {shown} 行"),
    }
}
