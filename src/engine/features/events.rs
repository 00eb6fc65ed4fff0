//! The log as features see it: dense codes for whoever and whatever is named, times, prices, and an order in time.
//!
//! In: a dataset and, if there is one, the item table. Invariant: codes count from 0 in order of first appearance,
//! `NULL` stands for a missing cell, and `order` holds every row that has a time, by (time, row).

use super::error::FeatureError;
use crate::engine::artifact::Role;
pub(super) use crate::engine::ingest::NULL_TIME;
use crate::engine::ingest::{Codes, Dataset, EventKind, NULL_CODE};
use crate::engine::progress::Progress;
use crate::engine::recipe::cells::Cells;
use hashbrown::HashMap;
use polars::prelude::Column;
use std::borrow::Cow;

pub(super) const NULL: u32 = NULL_CODE;

/// Dense codes of a column without its values.
#[derive(Clone, Debug, Default)]
pub(super) struct Dense {
    pub codes: Vec<u32>,
    pub num: usize,
    /// Row on which each code appears first.
    pub first_row: Vec<u32>,
}

impl Dense {
    pub fn of(column: &Column) -> Self {
        let Codes {
            codes, num, first_row, ..
        } = Codes::of_column(column);
        Self {
            codes: codes.to_vec(),
            num,
            first_row: first_row.to_vec(),
        }
    }

    pub fn get(&self, row: usize) -> Option<u32> {
        Some(self.codes[row]).filter(|code| *code != NULL)
    }
}

/// A kind of event of this log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// As written in the log.
    pub name: String,
    pub guess: Option<EventKind>,
    pub rows: u64,
}

pub(super) struct Events<'a> {
    pub dataset: &'a Dataset,
    pub items: Option<ItemTable<'a>>,
    pub user: Option<Dense>,
    pub item: Option<Dense>,
    pub session: Option<Dense>,
    pub query: Option<Dense>,
    pub category: Option<Dense>,
    pub brand: Option<Dense>,
    /// Codes of event kinds, most frequent first.
    pub kind: Option<Dense>,
    pub kinds: Vec<Kind>,
    /// `NULL_TIME` where missing.
    pub time: Option<Vec<i64>>,
    /// Not-a-number where missing.
    pub price: Option<Vec<f64>>,
    pub position: Option<Vec<f64>>,
    pub order: Vec<u32>,
}

impl<'a> Events<'a> {
    pub fn new(dataset: &'a Dataset, items: Option<&'a Dataset>, progress: &Progress) -> Result<Self, FeatureError> {
        progress.phase("reading the log", "读取日志");
        let cells = |role| role_cells(dataset, role);
        let codes = |role| -> Result<Option<Dense>, FeatureError> {
            progress.check()?;
            Ok(role_column(dataset, role).map(Dense::of))
        };
        let numbers = |role| -> Result<Option<Vec<f64>>, FeatureError> {
            let numbers = cells(role)?.and_then(Cells::numbers);
            Ok(numbers.map(|cells| cells.into_iter().map(|v| v.unwrap_or(f64::NAN)).collect()))
        };
        let item = codes(Role::Item)?;
        let items = match (items, &item) {
            (Some(table), Some(item)) => ItemTable::join(table, dataset, item)?,
            _ => None,
        };
        let (kind, kinds) = match role_column(dataset, Role::Event) {
            Some(column) => kinds_of(column)?,
            None => (None, Vec::new()),
        };
        let time = match cells(Role::Time)? {
            Some(Cells::Time(c)) => Some(c.iter().map(|v| v.unwrap_or(NULL_TIME)).collect()),
            _ => None,
        };
        let order = time.as_deref().map_or_else(Vec::new, time_order);
        let of_item = |role: Role| {
            items
                .as_ref()
                .zip(item.as_ref())
                .and_then(|(table, item)| table.codes(role, item))
        };
        let category = codes(Role::Category)?.or_else(|| of_item(Role::Category));
        let brand = codes(Role::Brand)?.or_else(|| of_item(Role::Brand));
        let of_table = || {
            items
                .as_ref()
                .zip(item.as_ref())
                .and_then(|(table, item)| table.prices(item))
        };
        Ok(Self {
            dataset,
            user: codes(Role::User)?,
            session: codes(Role::Session)?,
            query: codes(Role::Query)?,
            category,
            brand,
            price: numbers(Role::Price)?.or_else(of_table),
            position: numbers(Role::Position)?,
            item,
            items,
            kind,
            kinds,
            time,
            order,
        })
    }

    pub fn num_rows(&self) -> usize {
        self.dataset.num_rows()
    }

    /// The time of a row that has one.
    pub fn time_of(&self, row: usize) -> Option<i64> {
        self.time
            .as_ref()
            .map(|time| time[row])
            .filter(|time| *time != NULL_TIME)
    }

    /// Codes of the kinds with these names.
    pub fn kind_codes(&self, names: &[String]) -> Result<Vec<u32>, FeatureError> {
        let code = |name: &String| {
            let found = self.kinds.iter().position(|kind| kind.name == *name);
            found.map(|code| code as u32).ok_or_else(|| FeatureError::UnknownEvent {
                kind: name.clone(),
                known: self
                    .kinds
                    .iter()
                    .map(|kind| kind.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            })
        };
        names.iter().map(code).collect()
    }
}

/// The cells of the first column with a role.
pub(super) fn role_cells(dataset: &Dataset, role: Role) -> Result<Option<Cells<'_>>, FeatureError> {
    Ok(role_column(dataset, role).map(Cells::of).transpose()?)
}

fn role_column(dataset: &Dataset, role: Role) -> Option<&Column> {
    dataset.frame.columns().get(dataset.column_with_role(role)?)
}

/// Rows with a time by (time, row).
fn time_order(times: &[i64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..times.len() as u32)
        .filter(|&row| times[row as usize] != NULL_TIME)
        .collect();
    if !order.is_sorted_by_key(|&row| times[row as usize]) {
        order.sort_by_key(|&row| times[row as usize]);
    }
    order
}

/// Codes of event kinds renumbered by frequency (ties by name).
fn kinds_of(column: &Column) -> Result<(Option<Dense>, Vec<Kind>), FeatureError> {
    let cells = Cells::of(column)?;
    let mut codes = Dense::of(column);
    let names: Vec<String> = codes
        .first_row
        .iter()
        .map(|&row| cells.show(row as usize).unwrap_or_default())
        .collect();
    let mut counts = vec![0u64; codes.num];
    codes
        .codes
        .iter()
        .filter(|code| **code != NULL)
        .for_each(|code| counts[*code as usize] += 1);
    let mut order: Vec<usize> = (0..codes.num).collect();
    order.sort_by(|&a, &b| counts[b].cmp(&counts[a]).then(names[a].cmp(&names[b])));
    let mut renumbered = vec![0u32; codes.num];
    order
        .iter()
        .enumerate()
        .for_each(|(new, &old)| renumbered[old] = new as u32);
    codes
        .codes
        .iter_mut()
        .filter(|code| **code != NULL)
        .for_each(|code| *code = renumbered[*code as usize]);
    let kinds = order.into_iter().map(|old| Kind {
        guess: EventKind::guess(&names[old]),
        name: names[old].clone(),
        rows: counts[old],
    });
    let kinds = kinds.collect();
    Ok((Some(codes), kinds))
}

/// The item table, joined to the log by item id.
pub(super) struct ItemTable<'a> {
    table: &'a Dataset,
    /// For each item code of the log its row in the table, or `NULL`.
    row_of_item: Vec<u32>,
    /// Column of the title.
    pub title: Option<usize>,
}

impl<'a> ItemTable<'a> {
    /// `None` if the table has no column of item ids. Ids are compared as they are written.
    fn join(table: &'a Dataset, log: &Dataset, item: &Dense) -> Result<Option<Self>, FeatureError> {
        let log_name = log
            .column_with_role(Role::Item)
            .map(|index| log.info.columns[index].name.as_str());
        let key = table
            .column_with_role(Role::Item)
            .or_else(|| log_name.and_then(|name| table.column_index(name)));
        let (Some(key), Some(log_cells)) = (key, role_cells(log, Role::Item)?) else {
            return Ok(None);
        };
        let ids = Cells::of(&table.frame.columns()[key])?;
        let mut row_of_id: HashMap<Cow<'_, str>, u32> = HashMap::with_capacity(ids.len());
        for (row, id) in ids.shown().enumerate() {
            if let Some(id) = id {
                // The first of several rows with one id counts.
                row_of_id.entry(id).or_insert(row as u32);
            }
        }
        let row_of = |&row: &u32| {
            log_cells
                .show(row as usize)
                .and_then(|id| row_of_id.get(id.as_str()).copied())
        };
        let row_of_item = item.first_row.iter().map(|row| row_of(row).unwrap_or(NULL)).collect();
        let named = |name: &str| table.column_index(name);
        let title = table.column_with_role(Role::Text).or_else(|| {
            ["title", "name", "product_name", "item_name", "标题", "商品名称"]
                .into_iter()
                .find_map(named)
        });
        Ok(Some(Self {
            table,
            row_of_item,
            title,
        }))
    }

    /// A cell of an item's row as text.
    pub fn text(&self, item: u32, column: usize) -> Option<String> {
        let row = self
            .row_of_item
            .get(item as usize)
            .copied()
            .filter(|row| *row != NULL)?;
        Cells::of(self.table.frame.columns().get(column)?)
            .ok()?
            .show(row as usize)
    }

    pub fn column_with_role(&self, role: Role) -> Option<usize> {
        self.table.column_with_role(role)
    }

    fn codes(&self, role: Role, item: &Dense) -> Option<Dense> {
        let column = self.table.frame.columns().get(self.table.column_with_role(role)?)?;
        let of_row = Dense::of(column);
        let of_item: Vec<u32> = self
            .row_of_item
            .iter()
            .map(|&row| if row == NULL { NULL } else { of_row.codes[row as usize] })
            .collect();
        let code = |&item: &u32| if item == NULL { NULL } else { of_item[item as usize] };
        Some(Dense {
            codes: item.codes.iter().map(code).collect(),
            num: of_row.num,
            first_row: Vec::new(),
        })
    }

    fn prices(&self, item: &Dense) -> Option<Vec<f64>> {
        let column = self
            .table
            .frame
            .columns()
            .get(self.table.column_with_role(Role::Price)?)?;
        let numbers = Cells::of(column).ok()?.numbers()?;
        let of_item = |&item: &u32| {
            let row = *self.row_of_item.get(item as usize)?;
            *numbers.get(row as usize)?
        };
        Some(
            item.codes
                .iter()
                .map(|item| of_item(item).unwrap_or(f64::NAN))
                .collect(),
        )
    }
}
