//! Words of the rules page.

use super::number::{count, moment, share};
use super::{Language, Text};
use crate::engine::rules::suggest::{Suggestion, Suggestions};
use crate::engine::rules::{Judged, Rule, RuleOutcome, RuleRecord, RuleStatus};

pub const TITLE: Text = Text::new("Rules", "规则");
pub const CHECK_JOB: Text = Text::new("Check the rules", "检查规则");
pub const SUGGEST_JOB: Text = Text::new("Look for rules", "寻找规则");
pub const TRY_JOB: Text = Text::new("Try the rule", "试用规则");
pub const NO_LOG: Text = Text::new("Open a log first", "请先打开日志");
pub const NO_LOG_WHY: Text = Text::new(
    "Rules say what you expect of a log. Open one on the Data page; its rules are kept with the project.",
    "规则说明您对日志的预期。请先在“数据”页打开日志；规则随项目保存。",
);
pub const GO_DATA: Text = Text::new("Go to Data", "前往数据页");
pub const EMPTY: Text = Text::new("Say what must hold in this log", "说明这份日志必须满足什么");
pub const EMPTY_WHY: Text = Text::new(
    "A rule is an expectation: a column has no gaps, prices are not negative, every item is known, each day has enough rows. Rules are checked on every row with each audit, and their file rules.toml is a contract: a pipeline stops at it with `touchstone audit LOG --rules rules.toml --fail-on error`.",
    "规则是一项预期：某列没有缺失、价格不为负、商品都存在、每天行数足够。每次审计都会在全部行上检查规则；规则文件 rules.toml 就是契约，流水线可用 `touchstone audit LOG --rules rules.toml --fail-on error` 据此拦截。",
);
pub const SUGGEST_FROM_LOG: Text = Text::new("Suggest from this log", "从此日志推荐规则");
pub const WRITE: Text = Text::new("Write a rule", "编写规则");
pub const OPEN: Text = Text::new("Open a rules file…", "打开规则文件…");
pub const OPEN_TITLE: Text = Text::new("Open a rules file", "打开规则文件");
pub const SAVE: Text = Text::new("Save as…", "另存为…");
pub const CHECK_ALL: Text = Text::new("Check the rules", "检查规则");
pub const READ_AGAIN: Text = Text::new("Read the file again", "重新读取文件");
pub const IN_FILE: Text = Text::new("Rules of the project, in rules.toml", "项目规则（rules.toml）");
pub const RULE: Text = Text::new("Rule", "规则");
pub const KIND: Text = Text::new("Kind", "类型");
pub const AT_LEAST: Text = Text::new("At least", "至少");
pub const OUTCOME: Text = Text::new("Outcome", "结果");
pub const FAILING: Text = Text::new("Break it", "不符合");
pub const DAYS: Text = Text::new("days", "天");
pub const OVER_LOADS: Text = Text::new("Over loads", "历次加载");
pub const FAILING_SHARE: Text = Text::new("failing share", "不符合占比");
pub const COUNTS_AS_ERROR: Text = Text::new("an error if broken", "不符合时为错误");
pub const COUNTS_AS_WARNING: Text = Text::new("a warning if broken", "不符合时为警告");
pub const COUNTS_AS_INFO: Text = Text::new("information if broken", "不符合时为信息");
pub const SEVERITY: Text = Text::new("Severity", "级别");
pub const PASSED: Text = Text::new("passed", "通过");
pub const FAILED: Text = Text::new("failed", "未通过");
pub const NOT_JUDGED: Text = Text::new("not judged", "未判断");
pub const NOT_CHECKED: Text = Text::new("not checked", "未检查");
pub const NOT_CHECKED_WHY: Text = Text::new(
    "This rule was not checked yet as it stands now.",
    "该规则的当前内容尚未检查。",
);
pub const STALE: Text = Text::new(
    "Out of date: the log or a rule changed since the check",
    "已过期：检查后日志或规则有变化",
);
pub const LOSES_COMMENTS: Text = Text::new(
    "The rules of this file stand in brackets: the next change writes it anew, without its comments",
    "此文件的规则写在括号中：下次修改会重写文件，注释将丢失",
);
pub const CHANGED_OUTSIDE: Text = Text::new(
    "rules.toml was changed outside the window; it is read again, please repeat the change",
    "rules.toml 已在窗口外被修改；已重新读取，请再次操作",
);
pub const UNDO: Text = Text::new("Undo", "撤销");
pub const REDO: Text = Text::new("Redo", "重做");
pub const EDIT: Text = Text::new("Edit", "编辑");
pub const COPY: Text = Text::new("Write one like it", "以此为模板");
pub const DELETE: Text = Text::new("Delete", "删除");
pub const ROWS_BEHIND: Text = Text::new("Rows that break it", "不符合的行");
pub const NO_ROW_BREAKS: Text = Text::new("No row breaks this rule", "没有行不符合此规则");
pub const ABOUT_THE_LOG: Text = Text::new(
    "This rule is about the log as a whole; no single rows stand behind it",
    "该规则针对整个日志，没有对应的单独行",
);
pub const NO_OUTCOME: Text = Text::new("There are no rows to show", "没有可显示的行");

pub const NEW_RULE: Text = Text::new("New rule", "新规则");
pub const EDIT_RULE: Text = Text::new("Edit the rule", "编辑规则");
pub const ADD_RULE: Text = Text::new("Add the rule", "添加规则");
pub const SAVE_RULE: Text = Text::new("Save the rule", "保存规则");
pub const NOT_A_RULE_YET: Text = Text::new("Not a rule yet", "还不是完整的规则");
pub const NO_LOG_TO_TRY: Text = Text::new(
    "Open a log to see what the rule says about it",
    "打开日志即可看到该规则的结果",
);
pub const AS_IN_FILE: Text = Text::new("As in the file", "文件中的写法");
pub const COLUMN: Text = Text::new("Column", "列");
pub const COLUMNS: Text = Text::new("Columns that are unique together", "共同唯一的列");
pub const VALUES: Text = Text::new("Values, one a line", "取值，每行一个");
pub const MIN: Text = Text::new("Lower end", "下限");
pub const MAX: Text = Text::new("Upper end", "上限");
pub const STRICT_MIN: Text = Text::new("above it, not equal", "须大于下限");
pub const STRICT_MAX: Text = Text::new("below it, not equal", "须小于上限");
pub const BOUNDS_HELP: Text = Text::new(
    "A number, or a time such as 2026-10-01 08:00 (UTC). One end may stay empty.",
    "数字，或如 2026-10-01 08:00 的时间（UTC）。可只填一端。",
);
pub const PATTERN: Text = Text::new("Regular expression for the whole cell", "整个单元格的正则表达式");
pub const PATTERN_HINT: Text = Text::new("s\\d{6,}", "s\\d{6,}");
pub const TABLE: Text = Text::new("Other table", "另一张表");
pub const ITEMS: Text = Text::new("the item table", "商品表");
pub const USERS: Text = Text::new("the user table", "用户表");
pub const A_FILE: Text = Text::new("a file", "文件");
pub const FILE: Text = Text::new("File, from the project's folder", "文件（相对项目文件夹）");
pub const TABLE_COLUMN: Text = Text::new("Column of the other table", "另一张表的列");
pub const DIRECTION: Text = Text::new("Order", "顺序");
pub const INCREASING: Text = Text::new("never falls", "不下降");
pub const DECREASING: Text = Text::new("never rises", "不上升");
pub const STRICT: Text = Text::new("equal neighbours are a fault as well", "相邻相等也算不符合");
pub const GROUP: Text = Text::new("Within each (none: over the whole file)", "分组（不选：整个文件）");
pub const CONDITION: Text = Text::new("Every row satisfies", "每行满足");
pub const CONDITION_HINT: Text = Text::new(
    "price > 0 or event_type != \"purchase\"",
    "price > 0 or event_type != \"purchase\"",
);
pub const CONDITION_HELP: Text = super::recipe::CONDITION_HELP;
pub const WITHIN: Text = Text::new("At most this old", "最多早于");
pub const AGAINST: Text = Text::new("Measured from", "参照时刻");
pub const NOW: Text = Text::new("now, when it is checked", "检查时刻");
pub const LOG_END: Text = Text::new("the end of the log", "日志终点");
pub const A_MOMENT: Text = Text::new("a moment", "指定时刻");
pub const MOMENT: Text = Text::new("Moment (UTC)", "时刻（UTC）");
pub const MIN_ROWS: Text = Text::new("Least rows", "最少行数");
pub const MAX_ROWS: Text = Text::new("Most rows", "最多行数");
pub const COUNTED: Text = Text::new("Rows counted", "计数范围");
pub const WHOLE_LOG: Text = Text::new("of the whole log", "整个日志");
pub const EDGE_DAYS: Text = Text::new(
    "judge the first and the last day as well, though they may be cut",
    "也判断可能不完整的首日和末日",
);
pub const MOSTLY: Text = Text::new("Must hold for at least", "至少须满足");
pub const WHERE: Text = Text::new("Only rows where (empty: all rows)", "仅限满足条件的行（空：全部）");
pub const WHERE_HINT: Text = Text::new("event_type = \"purchase\"", "event_type = \"purchase\"");
pub const REASON: Text = Text::new("Why it is expected", "预期的理由");
pub const REASON_HINT: Text = Text::new("for whoever reads that it is broken", "供看到未通过结果的人阅读");

pub const SUGGESTIONS: Text = Text::new("Suggestions", "推荐");
pub const BACK: Text = Text::new("Back to the rules", "返回规则");
pub const LOOK_AGAIN: Text = Text::new("Look again", "重新寻找");
pub const NONE: Text = Text::new("None", "全不选");
pub const HELD: Text = Text::new("held on the other rows", "回测通过");
pub const DID_NOT_HOLD: Text = Text::new("did not hold", "回测未通过");
pub const HAS_IT: Text = Text::new("the project has it", "项目已有");
pub const OF_ANOTHER_LOG: Text = Text::new(
    "Another log was opened since these were suggested; look again",
    "推荐之后已打开另一份日志；请重新寻找",
);
pub const BOUND_WHAT: Text = Text::new(
    "The bound is the failing share that is not exceeded with 95 % confidence, from the rows tried on alone (Clopper-Pearson). It takes rows as independent; those of one user are not.",
    "上界表示以 95 % 置信度不会超过的不符合比例，仅由回测行计算（Clopper-Pearson）。假定各行独立；同一用户的行并非如此。",
);

/// What a rule tolerates, `99.9 %`; a dash where it is about one number.
pub fn mostly(rule: &Rule) -> String {
    if rule.expectation.has_share() {
        exact(rule.mostly)
    } else {
        "–".to_owned()
    }
}

/// All digits that count, since `mostly` is compared exactly.
fn exact(part: f64) -> String {
    format!("{} %", (part * 1e10).round() / 1e8)
}

pub fn must_hold(lang: Language, rule: &Rule) -> String {
    let part = exact(rule.mostly);
    match lang {
        Language::English => format!("at least {part} must hold"),
        Language::Chinese => format!("至少 {part} 须满足"),
    }
}

pub fn failing_share(lang: Language, part: &str) -> String {
    match lang {
        Language::English => format!("{part} break it"),
        Language::Chinese => format!("{part} 不符合"),
    }
}

pub fn reason(lang: Language, reason: &str) -> String {
    match lang {
        Language::English => format!("Why: {reason}"),
        Language::Chinese => format!("理由：{reason}"),
    }
}

pub fn saved(lang: Language, path: &str) -> String {
    match lang {
        Language::English => format!("Rules written to {path}"),
        Language::Chinese => format!("规则已写入 {path}"),
    }
}

/// `12 rules • 10 of 12 passed on events • checked 2026-11-25 14:02`
pub fn facts(lang: Language, rules: usize, passed: Option<((usize, usize), &str)>, checked_ms: Option<u64>) -> String {
    let (mut said, all) = match lang {
        Language::English if rules == 1 => ("1 rule".to_owned(), "passed on"),
        Language::English => (format!("{rules} rules"), "passed on"),
        Language::Chinese => (format!("{rules} 条规则"), "通过"),
    };
    if let Some(((passed, of), log)) = passed {
        said += &match lang {
            Language::English => format!(" • {passed} of {of} {all} {log}"),
            Language::Chinese => format!(" • {log}：{of} 条中 {passed} 条{all}"),
        };
    }
    if let Some(checked_ms) = checked_ms {
        let at = moment(checked_ms);
        said += &match lang {
            Language::English => format!(" • every row checked, {at}"),
            Language::Chinese => format!(" • 检查全部行，{at}"),
        };
    }
    said
}

/// The way to this page from the audit: `Rules: 10 of 12 passed ›`.
pub fn beside_the_audit(lang: Language, passed: Option<(usize, usize)>) -> String {
    let title = lang.t(TITLE);
    match (passed, lang) {
        (Some((passed, of)), Language::English) if of > 0 => format!("{title}: {passed} of {of} passed ›"),
        (Some((passed, of)), Language::Chinese) if of > 0 => format!("{title}：{of} 条中 {passed} 条通过 ›"),
        _ => format!("{title} ›"),
    }
}

/// `passed in 4 of 5 loads`
pub fn passed_over_loads(lang: Language, passed: usize, loads: usize) -> String {
    match lang {
        Language::English if loads == 1 => format!("passed in {passed} of 1 load"),
        Language::English => format!("passed in {passed} of {loads} loads"),
        Language::Chinese => format!("{loads} 次加载中 {passed} 次通过"),
    }
}

/// How many break the rule; of days it is said that they are days, since the list counts rows else.
pub fn failed(lang: Language, outcome: &RuleOutcome) -> String {
    let failed = count(outcome.failed);
    match outcome.unit {
        Judged::Days => format!("{failed} {}", lang.t(DAYS)),
        Judged::Rows | Judged::Log => failed,
    }
}

/// One check of a rule: `june.csv, 2026-06-30 08:00: failed, 12 of 4,000 rows (0.3 %)`
pub fn check_told(lang: Language, (log, checked_ms): (&str, u64), record: &RuleRecord) -> String {
    let word = lang.t(match record.status {
        RuleStatus::Passed => PASSED,
        RuleStatus::Failed => FAILED,
        RuleStatus::Undefined => NOT_JUDGED,
    });
    let (failed, checked) = (count(record.failed), count(record.checked));
    let unit = lang.t(match record.unit {
        Judged::Rows => super::common::ROWS,
        Judged::Days => DAYS,
        Judged::Log => WHOLE_LOG,
    });
    let part = record.share.map(share);
    let at = moment(checked_ms);
    match (lang, part) {
        (Language::English, Some(part)) => format!("{log}, {at}: {word}, {failed} of {checked} {unit} ({part})"),
        (Language::Chinese, Some(part)) => format!("{log}（{at}）：{word}，{checked} {unit}中 {failed}（{part}）"),
        (Language::English, None) => format!("{log}, {at}: {word}"),
        (Language::Chinese, None) => format!("{log}（{at}）：{word}"),
    }
}

/// Above the first failing rows of a stored outcome.
pub fn first_rows(lang: Language, n: usize) -> String {
    match lang {
        Language::English => format!("The first {n}, as kept with the project; check again to see all"),
        Language::Chinese => format!("随项目保存的前 {n} 行；重新检查可查看全部"),
    }
}

pub fn per_day(lang: Language, column: &str) -> String {
    match lang {
        Language::English => format!("of each day of {column}"),
        Language::Chinese => format!("{column} 的每一天"),
    }
}

pub fn suggested(lang: Language, rules: usize, held: usize) -> String {
    match lang {
        Language::English => format!("{rules} rules suggested • {held} held on rows they were not drawn from"),
        Language::Chinese => format!("推荐 {rules} 条规则 • {held} 条在未用于提出的行上通过"),
    }
}

pub fn accept(lang: Language, chosen: usize) -> String {
    match lang {
        Language::English => format!("Accept selected ({chosen})"),
        Language::Chinese => format!("采纳所选（{chosen}）"),
    }
}

pub fn all_held(lang: Language, n: usize) -> String {
    match lang {
        Language::English => format!("All that held {n}"),
        Language::Chinese => format!("全部通过者 {n}"),
    }
}

/// How the rows were parted, as a sentence.
pub fn parted(lang: Language, found: &Suggestions) -> String {
    let (fit, test) = (count(found.fit_rows), count(found.test_rows));
    match lang {
        Language::English => format!("{}: {fit} rows and {test} rows.", capital(&found.parts.en)),
        Language::Chinese => format!("{}：{fit} 行与 {test} 行。", found.parts.zh),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

pub fn evidence(lang: Language, found: &Suggestion) -> String {
    let seen = lang.b(&found.evidence);
    let tolerated = 1.0 - found.rule.mostly;
    match lang {
        Language::English if tolerated > 0.0 => format!("Seen: {seen}. It tolerates {}.", share(tolerated)),
        Language::English => format!("Seen: {seen}."),
        Language::Chinese if tolerated > 0.0 => format!("依据：{seen}。允许 {} 不符合。", share(tolerated)),
        Language::Chinese => format!("依据：{seen}。"),
    }
}

/// How it did on the rows it was not drawn from, with the bound.
pub fn back_test(lang: Language, found: &Suggestion) -> String {
    let (failed, checked) = (count(found.back_test.failed), count(found.back_test.checked));
    let unit = match (found.rule.expectation.kind(), lang) {
        ("volume", Language::English) => "days",
        ("volume", Language::Chinese) => "天",
        ("freshness", Language::English) => "pauses",
        ("freshness", Language::Chinese) => "个间隔",
        (_, Language::English) => "rows",
        (_, Language::Chinese) => "行",
    };
    let bound = found.upper_bound.map_or_else(String::new, |bound| {
        let bound = share(bound);
        match lang {
            Language::English => format!("; with 95 % confidence at most {bound} do"),
            Language::Chinese => format!("；以 95 % 置信度不超过 {bound}"),
        }
    });
    let refused = found.refused.as_ref().map_or_else(String::new, |why| match lang {
        Language::English => format!(". Not accepted: {}", why.en),
        Language::Chinese => format!("。未采纳：{}", why.zh),
    });
    match lang {
        Language::English => format!("Back-test: {failed} of {checked} {unit} break it{bound}{refused}."),
        Language::Chinese => format!("回测：{checked} {unit}中有 {failed} {unit}不符合{bound}{refused}。"),
    }
}
