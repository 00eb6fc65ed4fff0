//! T05: devices whose clock differs from the server's.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::cells::Cells;
use crate::engine::audit::column_words::{ID_WORDS, name_has};
use crate::engine::audit::context::Context;
use crate::engine::audit::distinct::NULL;
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation, fact};
use crate::engine::ingest::dataset::ColumnInfo;
use crate::engine::ingest::log::NULL_TIME;
use crate::engine::progress::Cancelled;
use hashbrown::HashMap;
use polars_buffer::Buffer;

/// Device clocks that differ (T05)
///
/// ## What it checks
/// Logs with two time columns of the same moment, such as server and device time (they differ by less than a minute
/// in at least 80 % of the rows): the rows of users (devices, where a column names them) with at least three rows
/// whose median difference is above five minutes. Differences of more than a year are another check's.
///
/// ## Why it matters
/// Ordered by the device's clock these events come before their cause or in another session; joined with other
/// devices of the user they overlap.
///
/// ## Example
/// 12 of 900 devices are five minutes to three days ahead.
///
/// ## Proposed fix
/// None in place: use the server's time, or shift each device by its median difference.
pub struct ClockSkew(OddRows);

impl Violation for ClockSkew {
    const INFO: RuleInfo = RuleInfo {
        code: "T05",
        name_en: "Device clocks that differ",
        name_zh: "设备时钟偏差",
        dimension: Dimension::Timeliness,
        source: include_str!("clock_skew.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("rows with both times", "两个时间都有的", "行"),
            "are from devices whose clock is off by more than five minutes",
            "来自时钟偏差超过五分钟的设备",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "By the device's clock these events come before their cause or fall into another session.",
            "按设备时钟排序，这些事件会早于其原因，或落入别的会话。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "Five minutes is beyond any network delay; the median of a device is not moved by single late deliveries.",
            "五分钟已超出任何网络延迟；设备的中位数不受个别迟到数据影响。",
        )
    }
}

const MINUTE: i64 = 60_000_000;
const SKEW: i64 = 5 * MINUTE;
const LONGEST: i64 = 365 * 86_400_000_000;
const SAME_MOMENT_SHARE: f64 = 0.8;
const LEAST_ROWS: usize = 3;
const DEVICE_WORDS: [&str; 4] = ["device", "client", "terminal", "设备"];

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(times), Some(own)) = (
        context.log.time.as_deref(),
        context.dataset.column_with_role(Role::Time),
    ) else {
        return Ok(Outcome::missing_roles("time", "时间"));
    };
    let columns = context.dataset.info.columns.iter().enumerate();
    let others = columns.filter(|(index, column)| *index != own && column.dtype == ColumnType::Time);
    let mut pairs = others.map(|(index, column)| (column, differences(times, context.columns[index].cells())));
    let Some((column, differences)) = pairs.find(|(_, found)| is_same_moment(found)) else {
        return Ok(Outcome::NotApplicable(Bilingual::new(
            "needs a second time column for the same moment",
            "需要记录同一时刻的第二个时间列",
        )));
    };
    let Some(devices) = devices(context)? else {
        return Ok(Outcome::missing_roles("user", "用户"));
    };
    let mut by_device: HashMap<u32, Vec<(i64, u32)>> = HashMap::new();
    for &(difference, row) in &differences {
        let device = devices[row as usize];
        if device != NULL {
            by_device.entry(device).or_default().push((difference, row));
        }
    }
    let mut rows = Vec::new();
    let mut skewed = 0;
    for members in by_device.values_mut().filter(|members| members.len() >= LEAST_ROWS) {
        let middle = members.len() / 2;
        let (median, _) = *members.select_nth_unstable(middle).1;
        if median.abs() > SKEW {
            skewed += 1;
            rows.extend(members.iter().map(|(_, row)| *row));
        }
    }
    let make = |mut found: OddRows| {
        found
            .facts
            .push(fact("devices", "Devices off", "时钟有偏差的设备", f64::from(skewed)));
        ClockSkew(found)
    };
    let all = differences.len() as u64;
    Ok(odd_log_rows(
        context,
        (rows, all),
        Some(&column.name),
        Severity::Warning,
        make,
    ))
}

/// Server time minus the other, with the row; differences no clock explains are left out.
fn differences(times: &[i64], other: Cells<'_>) -> Vec<(i64, u32)> {
    let difference = |row: usize| {
        let own = Some(times[row]).filter(|&time| time != NULL_TIME)?;
        let difference = own.checked_sub(other.key(row)? as i64)?;
        (difference.abs() <= LONGEST).then_some((difference, row as u32))
    };
    (0..times.len()).filter_map(difference).collect()
}

fn is_same_moment(differences: &[(i64, u32)]) -> bool {
    let near = differences
        .iter()
        .filter(|(difference, _)| difference.abs() < MINUTE)
        .count();
    !differences.is_empty() && near as f64 >= SAME_MOMENT_SHARE * differences.len() as f64
}

/// Codes of the column that names devices, or else of the users.
fn devices(context: &Context<'_>) -> Result<Option<Buffer<u32>>, Cancelled> {
    let columns = context.dataset.info.columns.iter();
    let names_device = |column: &ColumnInfo| {
        name_has(&column.name, &DEVICE_WORDS) && name_has(&column.name, &ID_WORDS) && column.dtype != ColumnType::Time
    };
    match columns.enumerate().find(|(_, column)| names_device(column)) {
        Some((index, _)) => Ok(Some(context.distinct(index)?.codes)),
        None => Ok(context.log.user.as_ref().map(|user| user.codes.clone())),
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};

    #[test]
    fn a_device_ahead_but_no_late_delivery() {
        let server: Vec<Option<i64>> = (0..100).map(|row| Some(1_600_000_000 + 50 * row)).collect();
        let mut device: Vec<Option<i64>> = server.iter().map(|time| time.map(|time| time - 1)).collect();
        let users: Vec<Option<i64>> = (0..100).map(|row| Some(row / 5)).collect();
        (20..25).for_each(|row| device[row] = server[row].map(|time| time + 900));
        device[40] = server[40].map(|time| time - 7_200);
        let data = table(vec![
            ("user", Col::I(users)),
            ("time", Col::T(server)),
            ("device_time", Col::T(device)),
        ]);
        let found = findings(&data, "T05");
        assert_eq!(found[0].rows.as_slice(), [20, 21, 22, 23, 24]);
        assert_eq!(found[0].fact("devices"), Some(1.0));
    }
}
