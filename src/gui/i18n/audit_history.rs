//! Words of the audit page about earlier audits: history over loads, and two audits side by side.

use super::number::{count, moment};
use super::{Language, Text};
use crate::engine::audit::{ColumnState, FindingState};
use crate::engine::rules::RuleState;

pub const HISTORY: Text = Text::new("History", "历史");
pub const SCORES: Text = Text::new("Scores over audits", "历次审计的分数");
pub const AUDITS: Text = Text::new("Audits, oldest to newest", "审计（从旧到新）");
pub const WHEN: Text = Text::new("When", "时间");
pub const LOG: Text = Text::new("Log", "日志");
pub const ACCEPTED_ROWS: Text = Text::new("Accepted", "接受");
pub const REJECTED_ROWS: Text = Text::new("Rejected", "拒绝");
pub const FINDINGS: Text = Text::new("Findings", "发现");
pub const BEFORE: Text = Text::new("Before", "之前");
pub const AFTER: Text = Text::new("After", "之后");
pub const CHANGE: Text = Text::new("Change", "变化");
pub const SCORE: Text = Text::new("Score", "分数");
pub const NONE: Text = Text::new("No audit is kept yet", "尚未保存任何审计");
pub const NONE_WHY: Text = Text::new(
    "Every audit of a project is kept with its scores and findings. Audit a log in a project, then its next load.",
    "项目的每次审计都会连同分数和发现一起保存。请先在项目中审计一份日志，再审计下一份。",
);
pub const ONLY_ONE: Text = Text::new(
    "One audit so far; the next load shows what moved",
    "目前只有一次审计；下一次加载后即可看到变化",
);
pub const NOT_KEPT: Text = Text::new("not kept by that version", "当时的版本未保存");
pub const COLUMNS_SAME: Text = Text::new("The columns are the same", "列没有变化");
pub const NO_FINDINGS: Text = Text::new("Neither audit found anything", "两次审计均无发现");
pub const NO_RULES: Text = Text::new(
    "No rule was checked on either log; write some on the Rules page",
    "两份日志都没有检查过规则；可在“规则”页编写",
);
pub const COLUMN: Text = Text::new("Column", "列");
pub const LOWEST: Text = Text::new("Lowest", "最小值");
pub const MEDIAN: Text = Text::new("Median", "中位数");
pub const HIGHEST: Text = Text::new("Highest", "最大值");
pub const ENTROPY: Text = Text::new("Entropy, bits", "熵（比特）");
pub const MISSING: Text = Text::new("Missing", "缺失");

pub fn pair(lang: Language, (before, before_ms): (&str, u64), (after, after_ms): (&str, u64)) -> String {
    let (then, now) = (moment(before_ms), moment(after_ms));
    match lang {
        Language::English => format!("{before}, {then}  →  {after}, {now}"),
        Language::Chinese => format!("{before}（{then}） →  {after}（{now}）"),
    }
}

pub fn finding_state(lang: Language, state: FindingState) -> &'static str {
    lang.t(match state {
        FindingState::New => Text::new("new", "新增"),
        FindingState::More => Text::new("more", "增多"),
        FindingState::Fewer => Text::new("fewer", "减少"),
        FindingState::Gone => Text::new("gone", "消失"),
        FindingState::Same => Text::new("same", "不变"),
    })
}

pub fn column_state(lang: Language, state: ColumnState) -> &'static str {
    lang.t(match state {
        ColumnState::New => Text::new("new", "新增"),
        ColumnState::Gone => Text::new("gone", "消失"),
        ColumnState::Retyped => Text::new("other type", "类型改变"),
        ColumnState::Same => Text::new("same", "不变"),
    })
}

pub fn rule_state(lang: Language, state: RuleState) -> &'static str {
    lang.t(match state {
        RuleState::Broken => Text::new("broken", "不再通过"),
        RuleState::New => Text::new("new", "新增"),
        RuleState::Mended => Text::new("holds again", "恢复通过"),
        RuleState::Gone => Text::new("gone", "消失"),
        RuleState::Same => Text::new("same", "不变"),
    })
}

/// `Rules: 1 broken, 0 new, 2 hold again, 0 gone, 9 the same`
pub fn rules_moved(lang: Language, [broken, new, mended, gone, same]: [usize; 5]) -> String {
    match lang {
        Language::English => {
            format!("Rules: {broken} broken, {new} new, {mended} hold again, {gone} gone, {same} the same")
        }
        Language::Chinese => {
            format!("规则：不再通过 {broken}，新增 {new}，恢复通过 {mended}，消失 {gone}，不变 {same}")
        }
    }
}

/// `3 with other figures`
pub fn columns_moved(lang: Language, moved: usize) -> String {
    match lang {
        Language::English => format!("{moved} with other figures"),
        Language::Chinese => format!("{moved} 列数值有变化"),
    }
}

/// `Findings: 2 new, 1 more, 0 fewer, 3 gone, 12 the same`
pub fn findings_moved(lang: Language, [new, more, fewer, gone, same]: [usize; 5]) -> String {
    match lang {
        Language::English => {
            format!("Findings: {new} new, {more} more, {fewer} fewer, {gone} gone, {same} the same")
        }
        Language::Chinese => {
            format!("发现：新增 {new}，增多 {more}，减少 {fewer}，消失 {gone}，不变 {same}")
        }
    }
}

/// `Rows: 60,000 → 61,204 accepted, 12 → 0 rejected`
pub fn rows_moved(lang: Language, accepted: (u64, u64), rejected: (u64, u64)) -> String {
    let [a, b, c, d] = [accepted.0, accepted.1, rejected.0, rejected.1].map(count);
    match lang {
        Language::English => format!("Rows: {a} → {b} accepted, {c} → {d} rejected"),
        Language::Chinese => format!("行：接受 {a} → {b}，拒绝 {c} → {d}"),
    }
}
