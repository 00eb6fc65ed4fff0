//! The rules file: TOML ↔ `RuleFile`.
//!
//! ```toml
//! version = 1
//!
//! [[rule]]
//! kind = "between"
//! column = "price"
//! min = 0
//! mostly = 0.999
//! severity = "error"
//! ```
//!
//! Invariant: nothing is guessed. An unknown key, kind or unit, a bound out of order, a pattern or condition that
//! does not parse is refused with the file, the line and what to write; the reading of a written file gives it back.

use super::expectation::expectation;
use super::fields::Fields;
use super::rule::{Expectation, Rule};
use crate::engine::artifact::{Bilingual, Severity};
use crate::engine::recipe::condition::Condition;
use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

/// The version of the format that is written; the only one so far.
pub const RULES_VERSION: i64 = 1;

/// The expectations of a file, in its order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleFile {
    pub rules: Vec<Rule>,
}

/// Why a rules file cannot be used, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {}", message.en)]
pub struct RuleFileError {
    /// As the user named it.
    pub file: String,
    /// 1-based.
    pub line: usize,
    pub message: Bilingual,
}

/// Every kind with the keys it knows besides the common ones.
pub const KINDS: [(&str, &[&str]); 10] = [
    ("not_null", &["column"]),
    ("in_set", &["column", "values"]),
    ("between", &["column", "min", "max", "strict_min", "strict_max"]),
    ("matches", &["column", "pattern"]),
    ("unique_together", &["columns"]),
    ("references", &["column", "table", "table_column"]),
    ("monotone", &["column", "group", "direction", "strict"]),
    ("row_condition", &["condition"]),
    ("freshness", &["column", "within", "against"]),
    ("volume", &["min_rows", "max_rows", "per_day", "edge_days"]),
];

/// Keys of every kind.
pub const COMMON_KEYS: [&str; 5] = ["kind", "where", "mostly", "severity", "reason"];

impl RuleFile {
    /// Reads a rules file; `name` is what errors call it.
    pub fn parse(text: &str, name: &str) -> Result<Self, RuleFileError> {
        read(text).map_err(|fault| RuleFileError {
            file: name.to_owned(),
            line: text[..fault.at.min(text.len())].matches('\n').count() + 1,
            message: fault.message,
        })
    }

    /// Tables that `references` rules name, other than `items` and `users`.
    pub fn table_files(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for rule in &self.rules {
            if let Expectation::References { table, .. } = &rule.expectation
                && !["items", "users"].contains(&table.as_str())
                && !names.contains(&table.as_str())
            {
                names.push(table);
            }
        }
        names
    }
}

/// What is wrong at a byte of the file.
#[derive(Debug)]
pub(super) struct Fault {
    pub at: usize,
    pub message: Bilingual,
}

impl Fault {
    pub fn new(at: usize, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self {
            at,
            message: Bilingual::new(en, zh),
        }
    }
}

fn read(text: &str) -> Result<RuleFile, Fault> {
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let what = error.message();
        Fault::new(
            at,
            format!("this is not TOML: {what}"),
            format!("不是有效的 TOML：{what}"),
        )
    })?;
    let top = Fields::new(document.get_ref(), document.span().start);
    top.only("the file", &["version", "rule"])?;
    let (at, version) = top.integer("version")?.ok_or_else(|| {
        Fault::new(
            0,
            format!("the key `version` is missing; begin the file with version = {RULES_VERSION}"),
            format!("缺少 `version`；请在文件开头写 version = {RULES_VERSION}"),
        )
    })?;
    if version != RULES_VERSION {
        return Err(Fault::new(
            at,
            format!("version {version} is not known; this program reads version {RULES_VERSION}"),
            format!("不支持版本 {version}；本程序读取版本 {RULES_VERSION}"),
        ));
    }
    let no_rules = |at| {
        Fault::new(
            at,
            "there is no rule; begin each with a line [[rule]]",
            "没有规则；每条规则以 [[rule]] 一行开头",
        )
    };
    let list = top.get("rule").ok_or_else(|| no_rules(0))?;
    let DeValue::Array(list_of) = list.get_ref() else {
        return Err(no_rules(list.span().start));
    };
    let rules = list_of.iter().map(|item| match item.get_ref() {
        DeValue::Table(table) => rule(&Fields::new(table, item.span().start)),
        _ => Err(no_rules(item.span().start)),
    });
    let rules = rules.collect::<Result<Vec<_>, _>>()?;
    if rules.is_empty() {
        return Err(no_rules(list.span().start));
    }
    Ok(RuleFile { rules })
}

fn rule(fields: &Fields<'_>) -> Result<Rule, Fault> {
    let (at, kind) = fields.needed_text("kind")?;
    let (_, own) = KINDS.iter().find(|(name, _)| *name == kind).ok_or_else(|| {
        let known: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        Fault::new(
            at,
            format!("there is no kind `{kind}`; the kinds are {}", known.join(", ")),
            format!("没有类型 `{kind}`；可用类型：{}", known.join("、")),
        )
    })?;
    let known: Vec<&str> = own.iter().chain(&COMMON_KEYS).copied().collect();
    fields.only(&format!("kind `{kind}`"), &known)?;
    let expectation = expectation(&kind, fields)?;
    let filter = fields.text("where")?;
    if let Some((at, condition)) = &filter {
        check_condition(*at, condition)?;
    }
    Ok(Rule {
        mostly: mostly(fields, &expectation)?,
        expectation,
        filter: filter.map(|(_, text)| text),
        severity: severity(fields)?,
        reason: fields.text("reason")?.map(|(_, text)| text),
    })
}

fn mostly(fields: &Fields<'_>, expectation: &Expectation) -> Result<f64, Fault> {
    let Some((at, mostly)) = fields.number("mostly")? else {
        return Ok(1.0);
    };
    if !expectation.has_share() {
        return Err(Fault::new(
            at,
            "`mostly` has no meaning here: this rule is about one number; leave it out",
            "`mostly` 在此无意义：该规则只涉及一个数；请删除",
        ));
    }
    if !(mostly > 0.0 && mostly <= 1.0) {
        return Err(Fault::new(
            at,
            format!("`mostly` is {mostly}; it is a share above 0 and up to 1, for example 0.99"),
            format!("`mostly` 为 {mostly}；应大于 0 且不超过 1，例如 0.99"),
        ));
    }
    Ok(mostly)
}

fn severity(fields: &Fields<'_>) -> Result<Severity, Fault> {
    let Some((at, name)) = fields.text("severity")? else {
        return Ok(Severity::Error);
    };
    [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .find(|severity| severity.name() == name)
        .ok_or_else(|| {
            Fault::new(
                at,
                format!("there is no severity `{name}`; write error, warning or info"),
                format!("没有级别 `{name}`；请写 error、warning 或 info"),
            )
        })
}

pub(super) fn check_condition(at: usize, condition: &str) -> Result<(), Fault> {
    match Condition::parse(condition) {
        Ok(_) => Ok(()),
        Err(error) => {
            let (en, zh) = (&error.message.en, &error.message.zh);
            Err(Fault::new(
                at,
                format!("the condition stops making sense at its character {}: {en}", error.at),
                format!("条件在第 {} 个字符处有误：{zh}", error.at),
            ))
        }
    }
}
