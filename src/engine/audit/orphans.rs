//! Identifiers of the log that a side table does not hold: the evidence of K01 and K02, one for items, one for users.
//!
//! In: the log and its item or user table. Out: `Orphans` and the rows concerned.
//! Invariant: identifiers are compared as text, so that `5` of one file meets `"5"` of the other.

use super::AuditError;
use super::cells::{ColumnCells, Value};
use super::context::Context;
use super::distinct::NULL;
use super::finding::{Fact, Finding};
use super::fix::{Condition, Fix};
use super::plot::FindingPlot;
use super::plots::over_time;
use super::rule::{Extent, Outcome, Violation, fact, finding};
use super::wording::{percent, thousands};
use crate::engine::artifact::{Bilingual, Role, Severity};
use crate::engine::ingest::dataset::Dataset;
use crate::engine::progress::Cancelled;
use hashbrown::HashSet;

/// Above this share of rows a join with the table changes every rate.
const ERROR_SHARE: f64 = 0.01;

/// A side of the log: which identifiers, in whose table.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    pub role: Role,
    /// English and Chinese for what the identifiers name, in the plural.
    pub what: (&'static str, &'static str),
    /// English and Chinese for the table, with its article.
    pub table: (&'static str, &'static str),
}

pub const ITEMS: Side = Side {
    role: Role::Item,
    what: ("items", "商品"),
    table: ("an item table", "商品表"),
};
pub const USERS: Side = Side {
    role: Role::User,
    what: ("users", "用户"),
    table: ("a user table", "用户表"),
};

impl Side {
    /// The table given for this side.
    pub fn dataset<'a>(&self, context: &Context<'a>) -> Option<&'a Dataset> {
        match self.role {
            Role::Item => context.options.tables.items,
            Role::User => context.options.tables.users,
            _ => None,
        }
    }

    pub fn needs_table(&self) -> Outcome {
        let (en, zh) = self.table;
        Outcome::NotApplicable(Bilingual::new(format!("needs {en}"), format!("需要{zh}")))
    }

    pub fn needs_role(&self) -> Outcome {
        Outcome::missing_roles(self.role.name(), &self.role.label().zh)
    }
}

pub struct Orphans {
    column: String,
    /// Identifiers the table lacks.
    ids: Vec<Value>,
    id_share: f64,
    rows: u64,
    total: u64,
    what: (&'static str, &'static str),
    pub plots: Vec<FindingPlot>,
}

impl Orphans {
    pub fn message(&self) -> Bilingual {
        let (en, zh) = self.what;
        let (rows, share) = (thousands(self.rows), percent(self.rows as f64 / self.total as f64));
        let (ids, id_share) = (thousands(self.ids.len() as u64), percent(self.id_share));
        Bilingual::new(
            format!("{rows} rows ({share}) name {ids} {en} ({id_share} of all {en} in the log) that the table lacks."),
            format!("{rows} 行（{share}）涉及 {ids} 个{zh}（占日志中{zh}的 {id_share}），{zh}表中没有它们。"),
        )
    }

    pub fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Any orphan is a warning; above 1 % of rows an error, because a join then changes every rate.",
            "出现即警告；超过 1 % 的行为错误，因为此时关联会改变所有比率。",
        )
    }

    /// Names every identifier, however many: a step that knew only some of them would leave orphans behind.
    pub fn fix(&self) -> (Fix, Bilingual) {
        let fix = Fix::DropRows {
            condition: Condition::In {
                column: self.column.clone(),
                values: self.ids.clone(),
            },
        };
        let (ids, (en, zh)) = (thousands(self.ids.len() as u64), self.what);
        let title = if self.ids.len() == 1 {
            Bilingual::new("Drop these rows", "删除这些行")
        } else {
            Bilingual::new(
                format!("Drop the rows of all {ids} {en}"),
                format!("删除全部 {ids} 个{zh}的行"),
            )
        };
        (fix, title)
    }

    pub fn facts(&self) -> Vec<Fact> {
        vec![fact(
            "ids",
            "Identifiers the table lacks",
            "表中缺少的标识",
            self.ids.len() as f64,
        )]
    }
}

/// Looks for orphans on one side; `make` wraps the evidence in the rule it belongs to.
pub fn check_side<V: Violation>(
    context: &Context<'_>,
    side: &Side,
    make: impl FnOnce(Orphans) -> V,
) -> Result<Outcome, Cancelled> {
    let Some(table) = side.dataset(context) else {
        return Ok(side.needs_table());
    };
    let (Some(column), Some(known)) = (context.column_name(side.role), ids_of(context, table, side.role)) else {
        return Ok(side.needs_role());
    };
    context.progress.check()?;
    let Some(values) = log_ids(context, side.role) else {
        return Ok(side.needs_role());
    };
    let is_orphan: Vec<bool> = values.iter().map(|value| !known.contains(&value.to_string())).collect();
    if !is_orphan.contains(&true) {
        return Ok(Outcome::Checked(Vec::new()));
    }
    let found = evidence(context, side, (&column, &values, &is_orphan), make);
    Ok(Outcome::Checked(found.into_iter().collect()))
}

fn evidence<V: Violation>(
    context: &Context<'_>,
    side: &Side,
    (column, values, is_orphan): (&str, &[Value], &[bool]),
    make: impl FnOnce(Orphans) -> V,
) -> Option<Finding> {
    let codes = &context.codes(side.role)?.codes;
    let flagged = |code: u32| code != NULL && is_orphan[code as usize];
    let rows: Vec<u32> = (0..codes.len() as u32)
        .filter(|&row| flagged(codes[row as usize]))
        .collect();
    let orphans = values.iter().zip(is_orphan).filter(|(_, orphan)| **orphan);
    let ids: Vec<Value> = orphans.map(|(id, _)| id.clone()).collect();
    let total = codes.len();
    let is_error = rows.len() as f64 > ERROR_SHARE * total as f64;
    let severity = if is_error { Severity::Error } else { Severity::Warning };
    let violation = make(Orphans {
        column: column.to_owned(),
        id_share: ids.len() as f64 / values.len().max(1) as f64,
        ids,
        rows: rows.len() as u64,
        total: total as u64,
        what: side.what,
        plots: over_time(context, &rows).into_iter().collect(),
    });
    let extent = Extent::of_rows(severity, Some(column), rows, total);
    Some(finding(context, &violation, extent))
}

/// The identifiers of the log by code.
pub fn log_ids(context: &Context<'_>, role: Role) -> Option<Vec<Value>> {
    let cells = context.cells(role)?;
    let first_rows = context.codes(role)?.first_row.iter();
    Some(first_rows.map(|&row| cells.value(row as usize)).collect())
}

/// The identifiers of a side table: its column with the role, or else the one named as in the log.
pub fn ids_of(context: &Context<'_>, table: &Dataset, role: Role) -> Option<HashSet<String>> {
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
    use crate::engine::audit::fix::{Condition, Fix};
    use crate::engine::audit::fixture::{Col, findings_with_items, table};

    #[test]
    fn the_repair_names_every_orphan_however_many() {
        let log = table(vec![("item", Col::I((0..6_000).map(Some).collect()))]);
        let items = table(vec![("item", Col::I((0..100).map(Some).collect()))]);
        let found = findings_with_items(&log, &items, "K01");
        let Some(Fix::DropRows {
            condition: Condition::In { values, .. },
        }) = &found[0].fix
        else {
            panic!("{:?}", found[0].fix);
        };
        assert_eq!(values.len(), 5_900);
        let title = found[0].fix_title.as_ref().expect("beside the fix");
        assert_eq!(title.en, "Drop the rows of all 5,900 items");
    }

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
