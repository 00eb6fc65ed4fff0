//! The event log as the later stages compute with it: dense codes, microseconds, plain numbers.
//!
//! Invariant: every vector has one entry a row of the dataset, in its row order.

pub use super::codes::{Codes, NULL_CODE};
use super::dataset::Dataset;
use super::frame::FrameColumn;
pub use super::kind::EventKind;
use crate::engine::artifact::Role;
use polars::prelude::{ChunkedArray, DataType, PolarsNumericType};
use polars_arrow::bitmap::Bitmap;
use polars_buffer::Buffer;
use rayon::prelude::*;
use std::sync::OnceLock;

/// The time of a row that has none.
pub const NULL_TIME: i64 = i64::MIN;

/// Columns by role; `None` where the log has no such column.
#[derive(Debug, Default)]
pub struct EventLog {
    /// Number of rows.
    pub n: usize,
    pub user: Option<Codes>,
    pub item: Option<Codes>,
    pub event: Option<Codes>,
    pub session: Option<Codes>,
    pub query: Option<Codes>,
    pub category: Option<Codes>,
    /// Microseconds since 1970 UTC; `NULL_TIME` for null.
    pub time: Option<Buffer<i64>>,
    /// NaN for null.
    pub price: Option<Buffer<f64>>,
    /// NaN for null.
    pub quantity: Option<Buffer<f64>>,
    /// What each event code means, `None` for unknown words; empty without an event column.
    pub event_kinds: Vec<Option<EventKind>>,
    by_user: OnceLock<UserOrder>,
}

/// Rows grouped by user, each user's rows by time.
#[derive(Debug, Default)]
struct UserOrder {
    rows: Vec<u32>,
    /// Where each user's rows start; one more than there are users.
    starts: Vec<u32>,
}

impl EventLog {
    pub fn from_dataset(dataset: &Dataset) -> Self {
        let column = |role| {
            dataset
                .column_with_role(role)
                .and_then(|index| dataset.frame.stored().get(index))
        };
        let codes = |role| column(role).map(FrameColumn::codes);
        let roles = [
            Role::User,
            Role::Item,
            Role::Event,
            Role::Session,
            Role::Query,
            Role::Category,
        ];
        let coded: Vec<Option<Codes>> = roles.into_par_iter().map(codes).collect();
        let mut coded = coded.into_iter();
        let mut next = || coded.next().flatten();
        let (user, item, event) = (next(), next(), next());
        let (session, query, category) = (next(), next(), next());
        let event_kinds = event
            .as_ref()
            .map(|event| {
                (0..event.num as u32)
                    .map(|code| EventKind::guess(&event.name(code)))
                    .collect()
            })
            .unwrap_or_default();
        Self {
            n: dataset.num_rows(),
            user,
            item,
            event,
            session,
            query,
            category,
            time: column(Role::Time).and_then(micros),
            price: column(Role::Price).and_then(numbers),
            quantity: column(Role::Quantity).and_then(numbers),
            event_kinds,
            by_user: OnceLock::new(),
        }
    }

    /// What the row's event means.
    pub fn kind(&self, row: usize) -> Option<EventKind> {
        let code = *self.event.as_ref()?.codes.get(row)?;
        self.event_kinds.get(code as usize).copied().flatten()
    }

    /// Rows that have a user, by (user code, time, row); rows without a time come first of their user's.
    pub fn by_user_time(&self) -> &[u32] {
        &self.user_order().rows
    }

    /// The rows of one user by time; empty for `NULL_CODE`.
    pub fn rows_of_user(&self, user: u32) -> &[u32] {
        let order = self.user_order();
        match (order.starts.get(user as usize), order.starts.get(user as usize + 1)) {
            (Some(&start), Some(&end)) => &order.rows[start as usize..end as usize],
            _ => &[],
        }
    }

    fn user_order(&self) -> &UserOrder {
        self.by_user.get_or_init(|| match &self.user {
            Some(user) => order_by_user(user, self.time.as_deref()),
            None => UserOrder::default(),
        })
    }
}

/// Counting sort by user, then each user's rows by time; rows of equal time keep the file's order.
fn order_by_user(user: &Codes, time: Option<&[i64]>) -> UserOrder {
    let mut starts = vec![0u32; user.num + 1];
    for &code in user.codes.iter().filter(|&&code| code != NULL_CODE) {
        starts[code as usize + 1] += 1;
    }
    for code in 1..starts.len() {
        starts[code] += starts[code - 1];
    }
    let mut next = starts.clone();
    let mut rows = vec![0u32; starts.last().copied().unwrap_or(0) as usize];
    for (row, &code) in user.codes.iter().enumerate().filter(|&(_, &code)| code != NULL_CODE) {
        let slot = &mut next[code as usize];
        rows[*slot as usize] = row as u32;
        *slot += 1;
    }
    if let Some(time) = time {
        let mut groups: Vec<&mut [u32]> = Vec::with_capacity(user.num);
        let mut rest = rows.as_mut_slice();
        for code in 0..user.num {
            let (group, after) = rest.split_at_mut((starts[code + 1] - starts[code]) as usize);
            groups.push(group);
            rest = after;
        }
        groups.into_par_iter().with_min_len(256).for_each(|group| {
            if !group.is_sorted_by_key(|&row| time[row as usize]) {
                group.sort_by_key(|&row| time[row as usize]);
            }
        });
    }
    UserOrder { rows, starts }
}

fn micros(column: &FrameColumn) -> Option<Buffer<i64>> {
    let FrameColumn::Plain(column) = column else {
        return None;
    };
    let series = column.as_materialized_series();
    let values = &series.datetime().ok()?.phys;
    if let Some(shared) = shared(values, |value| value == NULL_TIME) {
        return Some(shared);
    }
    Some(values.iter().map(|value| value.unwrap_or(NULL_TIME)).collect())
}

fn numbers(column: &FrameColumn) -> Option<Buffer<f64>> {
    let FrameColumn::Plain(column) = column else {
        return None;
    };
    let series = column.as_materialized_series();
    if !series.dtype().is_numeric() {
        return None;
    }
    if let Some(shared) = series.f64().ok().and_then(|values| shared(values, f64::is_nan)) {
        return Some(shared);
    }
    let floats = series.cast(&DataType::Float64).ok()?;
    let values = floats.f64().ok()?;
    Some(values.iter().map(|value| value.unwrap_or(f64::NAN)).collect())
}

/// The column's own values, if they are in one piece and its nulls hold what stands for null.
fn shared<T: PolarsNumericType>(
    values: &ChunkedArray<T>,
    is_null: impl Fn(T::Native) -> bool,
) -> Option<Buffer<T::Native>> {
    let mut chunks = values.downcast_iter();
    let (array, None) = (chunks.next()?, chunks.next()) else {
        return None;
    };
    let holds = |validity: &Bitmap| {
        let mut rows = validity.iter().zip(array.values().iter());
        rows.all(|(valid, &value)| valid || is_null(value))
    };
    array.validity().is_none_or(holds).then(|| array.values().clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ingest::{ReadOptions, read_log};
    use crate::engine::progress::Progress;

    #[test]
    fn a_log_by_roles() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("log.csv");
        let text = "user_id,item_id,event_type,event_time,price\n\
            u2,10,view,2019-10-01 00:00:05,1.5\n\
            u1,11,buy,2019-10-01 00:00:04,\n\
            u2,10,click,2019-10-01 00:00:03,2\n\
            ,12,blue,,2\n\
            u2,10,cart,,2\n";
        std::fs::write(&path, text).expect("written");
        let dataset = read_log(&[path], &ReadOptions::default(), &Progress::new()).expect("read");
        let log = EventLog::from_dataset(&dataset);
        assert_eq!(log.n, 5);
        assert_eq!(*log.user.as_ref().expect("users").codes, [0, 1, 0, NULL_CODE, 0]);
        assert_eq!(log.by_user_time(), [4, 2, 0, 1]);
        assert_eq!(log.rows_of_user(0), [4, 2, 0]);
        assert_eq!((log.rows_of_user(1), log.rows_of_user(NULL_CODE)), (&[1][..], &[][..]));
        assert_eq!(log.kind(1), Some(EventKind::Purchase));
        assert_eq!(log.kind(3), None);
        let time = log.time.as_ref().expect("times");
        assert_eq!((time[0] - time[2], time[3]), (2_000_000, NULL_TIME));
        assert!(log.price.as_ref().expect("prices")[1].is_nan());
    }
}
