//! T08: sources that write another time zone than the rest.

use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::audit::context::Context;
use crate::engine::audit::core_time::{CoreTime, DAY_MICROS, HOUR_MICROS};
use crate::engine::audit::distinct::{Distinct, NULL};
use crate::engine::audit::finding::Dimension;
use crate::engine::audit::odd_rows::{OddRows, odd_log_rows};
use crate::engine::audit::rule::{Outcome, RuleInfo, Violation, fact};
use crate::engine::ingest::log::NULL_TIME;
use crate::engine::progress::Cancelled;

/// Shifted time zone (T08)
///
/// ## What it checks
/// Columns of two to twenty categories (platform, site, app): a category whose hours of the day look like those of
/// the others moved by two hours or more. Smoothed over five hours and moved, they must agree within 25 % of the
/// rows (total variation distance); unmoved, differ by 40 % and more.
///
/// ## Why it matters
/// One source writes local time and the others UTC: its events fall into wrong days and sessions, and order against
/// other sources is lost.
///
/// ## Example
/// The rows of `platform` = `kiosk` are eight hours late.
///
/// ## Proposed fix
/// None in place: shift the rows of that source when the table is made.
pub struct ZoneShift(OddRows);

impl Violation for ZoneShift {
    const INFO: RuleInfo = RuleInfo {
        code: "T08",
        name_en: "Shifted time zone",
        name_zh: "时区偏移",
        dimension: Dimension::Timeliness,
        source: include_str!("zone_shift.rs"),
    };

    fn rows(&self) -> Option<&OddRows> {
        Some(&self.0)
    }

    fn message(&self) -> Bilingual {
        self.0.sentence(
            ("rows with a time", "带时间的", "行"),
            "are from a source whose hours are shifted against the others",
            "来自时间整体偏移的来源",
        )
    }

    fn why(&self) -> Bilingual {
        Bilingual::new(
            "One source writes local time and the others UTC: its events fall into wrong days and sessions.",
            "某个来源写本地时间而其他写 UTC：其事件会落入错误的日期和会话。",
        )
    }

    fn threshold(&self) -> Bilingual {
        Bilingual::new(
            "The hours must agree within 25 % when moved and differ by 40 % when not: other customers have other hours, but not the same ones moved.",
            "平移后差异不超过 25 %、平移前差异至少 40 %：不同客群的作息会不同，但不会恰好是整体平移。",
        )
    }
}

const LEAST_ROWS: u64 = 100;
const MOST_VALUES: usize = 20;
const AGREE: f64 = 0.25;
const DIFFER: f64 = 0.4;
const HOURS: usize = 24;

type Hours = [f64; HOURS];

pub fn check(context: &Context<'_>) -> Result<Outcome, Cancelled> {
    let (Some(times), Some(core)) = (context.log.time.as_deref(), context.core_time()) else {
        return Ok(Outcome::missing_roles("time", "时间"));
    };
    let mut rows: Vec<u32> = Vec::new();
    let mut sources = Vec::new();
    for (index, info) in context.dataset.info.columns.iter().enumerate() {
        let may_be_source = info.dtype == ColumnType::Text && matches!(info.role, Role::Other | Role::Variant);
        if !may_be_source || !is_small(context, index) {
            continue;
        }
        let values = context.distinct(index)?;
        let hours = hours_of(&values, times, core);
        for (code, shift) in shifted(&hours) {
            sources.push(shift);
            rows.extend((0..times.len() as u32).filter(|&row| values.codes[row as usize] == code as u32));
        }
    }
    rows.sort_unstable();
    rows.dedup();
    let of = times.iter().filter(|time| **time != NULL_TIME).count() as u64;
    let make = |mut found: OddRows| {
        let shift = sources.first().map_or(0.0, |&shift| shift as f64);
        found.facts.push(fact("hours", "Hours late", "偏移小时数", shift));
        ZoneShift(found)
    };
    Ok(odd_log_rows(context, (rows, of), None, Severity::Warning, make))
}

/// Two to twenty values, found without a dictionary of the whole column.
fn is_small(context: &Context<'_>, index: usize) -> bool {
    let cells = context.columns[index].cells();
    let mut seen: Vec<&str> = Vec::new();
    for row in 0..cells.len() {
        if let Some(text) = cells.text(row)
            && !seen.contains(&text)
        {
            seen.push(text);
            if seen.len() > MOST_VALUES {
                return false;
            }
        }
    }
    seen.len() >= 2
}

/// Rows of each value by hour of the day.
fn hours_of(values: &Distinct, times: &[i64], core: &CoreTime) -> Vec<Hours> {
    let mut hours = vec![[0.0; HOURS]; values.num_values()];
    for (&code, &time) in values.codes.iter().zip(times) {
        if code != NULL && core.contains(time) {
            hours[code as usize][(time.rem_euclid(DAY_MICROS) / HOUR_MICROS) as usize] += 1.0;
        }
    }
    hours
}

/// Means over five neighbouring hours, around the clock: a source of a few dozen visits has rough hours.
fn smooth(hours: &Hours) -> Hours {
    std::array::from_fn(|hour| (0..5).map(|near| hours[(hour + HOURS + near - 2) % HOURS]).sum::<f64>() / 5.0)
}

/// Values whose hours are those of all others moved: (code, hours late in -11..=12).
fn shifted(hours: &[Hours]) -> Vec<(usize, i64)> {
    let mut out = Vec::new();
    for (code, own) in hours.iter().enumerate() {
        let rows: f64 = own.iter().sum();
        let mut others = [0.0; HOURS];
        for (_, other) in hours.iter().enumerate().filter(|(other, _)| *other != code) {
            others.iter_mut().zip(other).for_each(|(sum, rows)| *sum += rows);
        }
        let rest: f64 = others.iter().sum();
        // The larger part is the one that is right.
        if rows < LEAST_ROWS as f64 || rest < 2.0 * rows {
            continue;
        }
        let (own, others) = (smooth(own), smooth(&others));
        let distance = |late: usize| {
            let difference = (0..HOURS).map(|hour| (own[(hour + late) % HOURS] / rows - others[hour] / rest).abs());
            difference.sum::<f64>() / 2.0
        };
        let best = (0..HOURS)
            .min_by(|&a, &b| distance(a).total_cmp(&distance(b)))
            .unwrap_or(0);
        let is_far = (2..=HOURS - 2).contains(&best);
        if is_far && distance(best) <= AGREE && distance(0) >= DIFFER {
            out.push((code, if best > 12 { best as i64 - 24 } else { best as i64 }));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::engine::audit::fixture::{Col, findings, table};
    use crate::engine::random::Draws;

    /// Times of people who are awake from `from` to `from` + 14 h UTC.
    fn awake(draws: &mut Draws, from: i64) -> i64 {
        1_600_041_600 + draws.below(20) as i64 * 86_400 + from * 3_600 + draws.below(14 * 3_600) as i64
    }

    #[test]
    fn a_source_in_local_time_but_not_one_of_night_owls() {
        let mut draws = Draws::new(2, &[]);
        let mut log = |kiosk: &dyn Fn(&mut Draws) -> i64| {
            let is_kiosk = |row: usize| row.is_multiple_of(5);
            let times: Vec<Option<i64>> = (0..3_000)
                .map(|row| {
                    Some(if is_kiosk(row) {
                        kiosk(&mut draws)
                    } else {
                        awake(&mut draws, 0)
                    })
                })
                .collect();
            let platforms = (0..3_000)
                .map(|row| Some(if is_kiosk(row) { "kiosk" } else { "app" }))
                .collect();
            findings(
                &table(vec![("time", Col::T(times)), ("platform", Col::S(platforms))]),
                "T08",
            )
        };
        let found = log(&|draws| awake(draws, 8));
        assert_eq!((found[0].count, found[0].fact("hours")), (600, Some(8.0)));
        assert!(log(&|draws| awake(draws, 0)).is_empty());
        let evenings =
            log(&|draws| 1_600_041_600 + draws.below(20) as i64 * 86_400 + 43_200 + draws.below(7_200) as i64);
        assert!(evenings.is_empty(), "two hours a day are no shifted day");
    }
}
