//! freshness: the newest time is at most so old, against now, the end of the log, or a moment of the file.
//!
//! Times after that moment are left out and counted: one event dated in the year 2099 must not make an old log look
//! fresh.

use crate::engine::artifact::{Bilingual, Role};
use crate::engine::audit::cells::{Cells, iso_time};
use crate::engine::audit::{Fact, duration, thousands};
use crate::engine::rules::outcome::Judged;
use crate::engine::rules::rule::{Against, Span};
use crate::engine::rules::subject::{Scope, Stop, Subject, Verdict, undefined};

pub(super) fn judge(
    column: &str,
    within: Span,
    against: &Against,
    subject: &Subject<'_>,
    scope: &Scope,
) -> Result<Verdict, Stop> {
    let times = times(column, subject)?;
    let moment = match against {
        Against::Now => subject.now_micros,
        Against::Moment(micros) => *micros,
        Against::LogEnd => log_end(column, subject, scope)?,
    };
    let mut verdict = Verdict {
        unit: Judged::Log,
        ..Verdict::default()
    };
    let (mut newest, mut later) = (None, 0_u64);
    for row in scope.rows() {
        match times.key(row).map(|key| key as i64) {
            None => verdict.missing += 1,
            Some(time) if time > moment => later += 1,
            Some(time) => {
                verdict.checked += 1;
                newest = newest.max(Some(time));
            }
        }
    }
    let Some(newest) = newest else {
        let (at, later) = (iso_time(moment), thousands(later));
        return Err(undefined(
            format!("no row has a time up to {at} ({later} are later)"),
            format!("没有不晚于 {at} 的时间（{later} 行更晚）"),
        ));
    };
    let age = moment.saturating_sub(newest);
    verdict.failed = u64::from(age > within.micros());
    verdict.message = Some(message(newest, moment, within, later, against));
    let fact = |name: &str, en, zh, value| Fact {
        name: name.to_owned(),
        label: Bilingual::new(en, zh),
        value,
    };
    verdict.facts = vec![
        fact(
            "age_secs",
            "Age of the newest time in seconds",
            "最新时间距今秒数",
            age as f64 / 1e6,
        ),
        fact(
            "later_rows",
            "Rows after the moment, left out",
            "晚于该时刻而未计入的行",
            later as f64,
        ),
    ];
    Ok(verdict)
}

fn times<'a>(column: &str, subject: &'a Subject<'_>) -> Result<Cells<'a>, Stop> {
    let found = subject.column(column)?;
    match found.cells {
        cells @ Cells::Time(_) => Ok(cells),
        _ => {
            let name = found.info.dtype.name();
            Err(undefined(
                format!("`{column}` holds {name}; freshness needs times"),
                format!("列 `{column}` 是 {name}；freshness 需要时间列"),
            ))
        }
    }
}

/// The newest time of the log's own time column, over all rows.
fn log_end(column: &str, subject: &Subject<'_>, scope: &Scope) -> Result<i64, Stop> {
    let dataset = subject.dataset;
    let own = dataset.column_with_role(Role::Time).ok_or_else(|| {
        undefined(
            "no column has the role time, so the log has no end to measure from",
            "没有角色为时间的列，无法确定日志终点",
        )
    })?;
    let name = &dataset.info.columns[own].name;
    if name == column && scope.count() == dataset.num_rows() as u64 {
        return Err(undefined(
            format!(
                "the newest `{column}` of all rows is the end of the log itself; add a `where`, or measure against now"
            ),
            format!("所有行中最新的 `{column}` 就是日志终点；请加 `where`，或与 now 比较"),
        ));
    }
    let cells = times(name, subject)?;
    let newest = (0..dataset.num_rows())
        .filter_map(|row| cells.key(row))
        .map(|key| key as i64)
        .max();
    newest.ok_or_else(|| undefined("the log has no time at all", "日志中没有任何时间"))
}

fn message(newest: i64, moment: i64, within: Span, later: u64, against: &Against) -> Bilingual {
    let (age_en, age_zh) = duration((moment.saturating_sub(newest)) as f64 / 1e6);
    let (most_en, most_zh) = duration(within.secs as f64);
    let (what_en, what_zh) = match against {
        Against::Now => ("now", "当前时刻"),
        Against::LogEnd => ("the end of the log", "日志终点"),
        Against::Moment(_) => ("the moment of the rule", "规则给定的时刻"),
    };
    let (newest, moment) = (iso_time(newest), iso_time(moment));
    let mut en = format!("The newest time, {newest}, is {age_en} before {what_en} ({moment}); {most_en} are allowed.");
    let mut zh = format!("最新时间 {newest} 比{what_zh}（{moment}）早 {age_zh}；允许 {most_zh}。");
    if later > 0 {
        let later = thousands(later);
        en += &format!(" {later} later times were left out.");
        zh += &format!("{later} 个更晚的时间未计入。");
    }
    Bilingual::new(en, zh)
}
