//! K01, K02, K03: identifiers of the log and of the item and user tables that do not meet.

use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::audit::AuditError;
use crate::engine::audit::cells::{ColumnCells, Value};
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::NULL;
use crate::engine::audit::finding::{Dimension, Fact, Unit};
use crate::engine::audit::fix::{Condition, Fix};
use crate::engine::audit::plot::FindingPlot;
use crate::engine::audit::plots::over_time;
use crate::engine::audit::rule::{Extent, Outcome, RuleInfo, Violation, fact, finding};
use crate::engine::audit::wording::{percent, thousands};
use crate::engine::ingest::dataset::Dataset;
use crate::engine::progress::Cancelled;
use hashbrown::HashSet;

/// A fix lists identifiers one by one; beyond this many it would be no step a person can read.
const MOST_LISTED: usize = 5_000;

/// Orphan items (K01)
///
/// ## What it checks
/// Events whose item is not in the item table. Needs an item table.
///
/// ## Why it matters
/// Features that come from the item (title, category, price) do not exist for these events; an inner join
/// loses them, a left join fills them with nothing.
///
/// ## Example
/// 61,220 events name 412 items the table does not hold.
///
/// ## Proposed fix
/// Drop the events, if the items are at most 5,000; otherwise load a fuller item table.
pub struct OrphanItems(Orphans);

/// Orphan users (K02)
///
/// ## What it checks
/// Events whose user is not in the user table. Needs a user table.
///
/// ## Why it matters
/// Features that come from the user (city, age group) do not exist for these events.
///
/// ## Example
/// 318 events of 12 users the table does not hold.
///
/// ## Proposed fix
/// Drop the events, if the users are at most 5,000; otherwise load a fuller user table.
pub struct OrphanUsers(Orphans);

/// Items without events (K03)
///
/// ## What it checks
/// The reverse of K01: items of the item table that no event names.
///
/// ## Why it matters
/// Nothing can be learned about them from the log: they are the cold start of the catalogue.
///
/// ## Example
/// 212 of 500 items have no event.
///
/// ## Proposed fix
/// None: it is a fact about the catalogue.
pub struct UnusedItems {
    unused: u64,
    in_table: u64,
}

/// Evidence of K01 and K02.
struct Orphans {
    column: String,
    /// Identifiers the table lacks.
    ids: Vec<Value>,
    id_share: f64,
    rows: u64,
    total: u64,
    /// English and Chinese for what the identifiers name.
    what: (&'static str, &'static str),
    plots: Vec<FindingPlot>,
}

impl Orphans {
    fn message(&self) -> Bilingual {
        let (en, zh) = self.what;
        let (rows, share) = (thousands(self.rows), percent(self.rows as f64 / self.total as f64));
        let (ids, id_share) = (thousands(self.ids.len() as u64), percent(self.id_share));
        Bilingual::new(
            format!("{rows} rows ({share}) name {ids} {en} ({id_share} of all {en} in the log) that the table lacks."),
            format!("{rows} 行（{share}）涉及 {ids} 个{zh}（占日志中{zh}的 {id_share}），{zh}表中没有它们。"),
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any orphan is a warning; above 1 % of rows an error, because a join then changes every rate.",
            "出现即警告；超过 1 % 的行为错误，因为此时关联会改变所有比率。",
        )
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        if self.ids.len() > MOST_LISTED {
            return None;
        }
        let fix = Fix::DropRows {
            condition: Condition::In {
                column: self.column.clone(),
                values: self.ids.clone(),
            },
        };
        Some((fix, Bilingual::new("Drop these rows", "删除这些行")))
    }

    fn facts(&self) -> Vec<Fact> {
        vec![fact(
            "ids",
            "Identifiers the table lacks",
            "表中缺少的标识",
            self.ids.len() as f64,
        )]
    }
}

impl Violation for OrphanItems {
    const INFO: RuleInfo = RuleInfo {
        code: "K01",
        name_en: "Orphan items",
        name_zh: "孤儿商品",
        dimension: Dimension::Consistency,
        source: include_str!("orphans.rs"),
    };

    fn title(&self) -> Bilingual {
        Bilingual::new("Orphan items: not in item table", "孤儿商品：不在商品表中")
    }

    fn message(&self) -> Bilingual {
        self.0.message()
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Title, category and price do not exist for these events; an inner join loses them without a word.",
            "这些事件没有标题、类目和价格；内连接会悄悄丢掉它们。",
        )
    }

    fn threshold(&self) -> Bilingual {
        self.0.threshold()
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        self.0.fix()
    }

    fn facts(&self) -> Vec<Fact> {
        self.0.facts()
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.0.plots.clone()
    }
}

impl Violation for OrphanUsers {
    const INFO: RuleInfo = RuleInfo {
        code: "K02",
        name_en: "Orphan users",
        name_zh: "孤儿用户",
        dimension: Dimension::Consistency,
        source: include_str!("orphans.rs"),
    };

    fn title(&self) -> Bilingual {
        Bilingual::new("Orphan users: not in user table", "孤儿用户：不在用户表中")
    }

    fn message(&self) -> Bilingual {
        self.0.message()
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Features that come from the user table do not exist for these events.",
            "这些事件没有来自用户表的特征。",
        )
    }

    fn threshold(&self) -> Bilingual {
        self.0.threshold()
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        self.0.fix()
    }

    fn facts(&self) -> Vec<Fact> {
        self.0.facts()
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.0.plots.clone()
    }
}

impl Violation for UnusedItems {
    const INFO: RuleInfo = RuleInfo {
        code: "K03",
        name_en: "Items without events",
        name_zh: "没有行为的商品",
        dimension: Dimension::Consistency,
        source: include_str!("orphans.rs"),
    };

    fn title(&self) -> Bilingual {
        Self::INFO.name()
    }

    fn message(&self) -> Bilingual {
        let (unused, table) = (thousands(self.unused), thousands(self.in_table));
        let share = percent(self.unused as f64 / self.in_table.max(1) as f64);
        Bilingual::new(
            format!("{unused} of {table} items of the item table ({share}) have no event in this log."),
            format!("商品表 {table} 个商品中有 {unused} 个（{share}）在该日志中没有任何行为。"),
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "Nothing can be learned about them from the log: they are the cold start of the catalogue.",
            "无法从日志中学到它们的任何信息：这是商品的冷启动部分。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Reported as information whenever there are any.",
            "存在即作为信息报告。",
        )
    }
}

pub fn check_items(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let Some(table) = context.options.tables.items else {
        return Ok(needs_table("an item table", "商品表"));
    };
    match orphans(context, table, Role::Item, ("items", "商品"))? {
        None => Ok(Outcome::missing_roles("item", "商品")),
        Some((_, extent)) if extent.rows.is_empty() => Ok(Outcome::Checked(Vec::new())),
        Some((evidence, extent)) => Ok(Outcome::Checked(vec![finding(context, &OrphanItems(evidence), extent)])),
    }
}

pub fn check_users(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let Some(table) = context.options.tables.users else {
        return Ok(needs_table("a user table", "用户表"));
    };
    match orphans(context, table, Role::User, ("users", "用户"))? {
        None => Ok(Outcome::missing_roles("user", "用户")),
        Some((_, extent)) if extent.rows.is_empty() => Ok(Outcome::Checked(Vec::new())),
        Some((evidence, extent)) => Ok(Outcome::Checked(vec![finding(context, &OrphanUsers(evidence), extent)])),
    }
}

pub fn check_unused(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let Some(table) = context.options.tables.items else {
        return Ok(needs_table("an item table", "商品表"));
    };
    let (Some(ids), Some(used)) = (ids_of(context, table, Role::Item), log_ids(context, Role::Item)) else {
        return Ok(Outcome::missing_roles("item", "商品"));
    };
    let used: HashSet<String> = used.iter().map(Value::to_string).collect();
    let unused = ids.iter().filter(|id| !used.contains(*id)).count() as u64;
    if unused == 0 {
        return Ok(Outcome::Checked(Vec::new()));
    }
    let violation = UnusedItems {
        unused,
        in_table: ids.len() as u64,
    };
    let extent = Extent {
        severity: Severity::Info,
        column: context.column_name(Role::Item),
        count: unused,
        unit: Unit::Items,
        share: Some(unused as f64 / ids.len().max(1) as f64),
        rows: Vec::new(),
    };
    Ok(Outcome::Checked(vec![finding(context, &violation, extent)]))
}

fn needs_table(en: &str, zh: &str) -> Outcome {
    Outcome::NotApplicable(Bilingual::new(format!("needs {en}"), format!("需要{zh}")))
}

type Found = Option<(Orphans, Extent)>;

fn orphans(
    context: &Context<'_>,
    table: &Dataset,
    role: Role,
    what: (&'static str, &'static str),
) -> Result<Found, Cancelled> {
    let codes = if role == Role::Item {
        &context.log.item
    } else {
        &context.log.user
    };
    let (Some(codes), Some(column), Some(known)) = (codes, context.column_name(role), ids_of(context, table, role))
    else {
        return Ok(None);
    };
    context.progress.check()?;
    let Some(values) = log_ids(context, role) else {
        return Ok(None);
    };
    let is_orphan: Vec<bool> = values.iter().map(|value| !known.contains(&value.to_string())).collect();
    let flagged = |code: u32| code != NULL && is_orphan[code as usize];
    let rows: Vec<u32> = (0..codes.codes.len() as u32)
        .filter(|&row| flagged(codes.codes[row as usize]))
        .collect();
    let ids: Vec<Value> = values
        .iter()
        .zip(&is_orphan)
        .filter(|(_, orphan)| **orphan)
        .map(|(id, _)| id.clone())
        .collect();
    let total = codes.codes.len();
    let is_error = rows.len() as f64 > 0.01 * total as f64;
    let severity = if is_error { Severity::Error } else { Severity::Warning };
    let evidence = Orphans {
        column: column.clone(),
        id_share: ids.len() as f64 / values.len().max(1) as f64,
        ids,
        rows: rows.len() as u64,
        total: total as u64,
        what,
        plots: over_time(context, &rows).into_iter().collect(),
    };
    Ok(Some((evidence, Extent::of_rows(severity, Some(&column), rows, total))))
}

/// The identifiers of the log by code.
fn log_ids(context: &Context<'_>, role: Role) -> Option<Vec<Value>> {
    let codes = if role == Role::Item {
        &context.log.item
    } else {
        &context.log.user
    };
    let cells = context.cells(role)?;
    Some(
        codes
            .as_ref()?
            .first_row
            .iter()
            .map(|&row| cells.value(row as usize))
            .collect(),
    )
}

/// The identifiers of a side table: its column with the role, or else the one named as in the log.
fn ids_of(context: &Context<'_>, table: &Dataset, role: Role) -> Option<HashSet<String>> {
    let same_name = || table.column_index(&context.column_name(role)?);
    let index = table.column_with_role(role).or_else(same_name)?;
    let column: Result<ColumnCells, AuditError> = ColumnCells::new(table, index);
    let column = column.ok()?;
    let cells = column.cells();
    Some(
        (0..cells.len())
            .filter(|&row| !cells.is_null(row))
            .map(|row| cells.value(row).to_string())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings_with_items, table};

    #[test]
    fn orphans_both_ways_across_types() {
        let log = table(vec![
            ("item", Col::I(vec![Some(1), Some(2), Some(2), None, Some(7)])),
            ("event", Col::S(vec![Some("view"); 5])),
        ]);
        // The table holds its identifiers as text: they still meet.
        let items = table(vec![("item", Col::S(vec![Some("1"), Some("7"), Some("8"), Some("9")]))]);
        let found = findings_with_items(&log, &items, "K01");
        assert_eq!(found[0].rows.as_slice(), [1, 2]);
        assert_eq!(found[0].fact("ids"), Some(1.0));
        let reverse = findings_with_items(&log, &items, "K03");
        assert_eq!((reverse[0].count, reverse[0].share), (2, Some(0.5)));
    }
}
