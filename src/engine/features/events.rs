//! The log as features see it: dense codes for whoever and whatever is named, times, prices, and an order in time.
//!
//! In: a dataset and, if there is one, the item table. Invariant: codes count from 0 in order of first appearance,
//! `NULL` stands for a missing cell, and `order` holds every row that has a time, by (time, row).

use super::error::FeatureError;
use crate::engine::artifact::Role;
use crate::engine::ingest::dataset::Dataset;
use crate::engine::ingest::kind::EventKind;
use crate::engine::progress::Progress;
use crate::engine::recipe::cells::Cells;
use hashbrown::HashMap;
use std::borrow::Cow;
use std::hash::Hash;

pub(super) const NULL: u32 = u32::MAX;
pub(super) const NULL_TIME: i64 = i64::MIN;

/// Dense codes of a column.
#[derive(Clone, Debug, Default)]
pub(super) struct Codes {
    pub codes: Vec<u32>,
    pub num: usize,
}

impl Codes {
    fn of<T: Hash + Eq>(cells: impl Iterator<Item = Option<T>>) -> Self {
        let mut known: HashMap<T, u32> = HashMap::new();
        let codes = cells
            .map(|cell| match cell {
                None => NULL,
                Some(cell) => {
                    let next = known.len() as u32;
                    *known.entry(cell).or_insert(next)
                }
            })
            .collect();
        Self {
            codes,
            num: known.len(),
        }
    }

    pub fn of_cells(cells: Cells<'_>) -> Self {
        match cells {
            Cells::Text(c) => Self::of(c.iter()),
            Cells::Integer(c) | Cells::Time(c) => Self::of(c.iter()),
            Cells::Float(c) => Self::of(c.iter().map(|v| v.map(|v| (v + 0.0).to_bits()))),
            Cells::Boolean(c) => Self::of(c.iter()),
        }
    }

    /// The row in which each code appears first.
    pub fn first_rows(&self) -> Vec<u32> {
        let mut rows = Vec::with_capacity(self.num);
        for (row, code) in self.codes.iter().enumerate() {
            if *code != NULL && *code as usize == rows.len() {
                rows.push(row as u32);
            }
        }
        rows
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
    pub user: Option<Codes>,
    pub item: Option<Codes>,
    pub session: Option<Codes>,
    pub query: Option<Codes>,
    pub category: Option<Codes>,
    pub brand: Option<Codes>,
    /// Codes of event kinds, most frequent first.
    pub kind: Option<Codes>,
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
        let codes = |role| -> Result<Option<Codes>, FeatureError> {
            progress.check()?;
            Ok(cells(role)?.map(Codes::of_cells))
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
        let (kind, kinds) = match cells(Role::Event)? {
            Some(cells) => kinds_of(cells),
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
    let column = dataset
        .column_with_role(role)
        .and_then(|index| dataset.frame.columns().get(index));
    Ok(column.map(Cells::of).transpose()?)
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
fn kinds_of(cells: Cells<'_>) -> (Option<Codes>, Vec<Kind>) {
    let mut codes = Codes::of_cells(cells);
    let names: Vec<String> = codes
        .first_rows()
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
    (Some(codes), kinds)
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
    fn join(table: &'a Dataset, log: &Dataset, item: &Codes) -> Result<Option<Self>, FeatureError> {
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
        let row_of_item = item
            .first_rows()
            .iter()
            .map(|row| row_of(row).unwrap_or(NULL))
            .collect();
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

    fn codes(&self, role: Role, item: &Codes) -> Option<Codes> {
        let column = self.table.frame.columns().get(self.table.column_with_role(role)?)?;
        let of_row = Codes::of_cells(Cells::of(column).ok()?);
        let of_item: Vec<u32> = self
            .row_of_item
            .iter()
            .map(|&row| if row == NULL { NULL } else { of_row.codes[row as usize] })
            .collect();
        let code = |&item: &u32| if item == NULL { NULL } else { of_item[item as usize] };
        Some(Codes {
            codes: item.codes.iter().map(code).collect(),
            num: of_row.num,
        })
    }

    fn prices(&self, item: &Codes) -> Option<Vec<f64>> {
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
