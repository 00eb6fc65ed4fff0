//! The plots that show a bot: regularity against activity, and its hours beside a busy person's.

use super::context::Context;
use super::core_time::HOUR_MICROS;
use super::distinct::NULL;
use super::pace::Pace;
use super::plot::{Axis, FindingPlot, MAX_POINTS, Marks, Scale, Series, thin};
use super::wording::{plain, thousands};
use crate::engine::artifact::{Bilingual, Role};
use crate::engine::ingest::log::NULL_TIME;

/// Hours shown of one user.
const MOST_HOURS: usize = 72;

pub fn plots(context: &Context<'_>, paces: &[Pace]) -> Vec<FindingPlot> {
    [regularity(context, paces), hours(context, paces)]
        .into_iter()
        .flatten()
        .collect()
}

fn regularity(context: &Context<'_>, paces: &[Pace]) -> Option<FindingPlot> {
    const CV_SHOWN: f64 = 4.0;
    let point = |pace: &Pace| Some([f64::from(pace.events), pace.interval_cv?.min(CV_SHOWN)]);
    let of = |bots: bool| {
        paces
            .iter()
            .filter(move |pace| pace.reasons.is_empty() != bots)
            .filter_map(point)
    };
    let (points, flagged): (Vec<_>, Vec<_>) = (of(false).collect(), of(true).collect());
    if flagged.is_empty() {
        return None;
    }
    let drawn_of = (points.len() + flagged.len()) as u64;
    let marks = Marks::Scatter {
        points: thin(&points, MAX_POINTS),
        flagged: thin(&flagged, MAX_POINTS),
        drawn_of,
    };
    let limit = context.thresholds().bot_interval_cv;
    let users = thousands(drawn_of);
    let plot = FindingPlot::new(
        Bilingual::new(
            format!("Interval variation (CV) against events, {users} users with 10 and more intervals"),
            format!("时间间隔变异系数（CV）与事件数，{users} 个至少有 10 个间隔的用户"),
        ),
        Bilingual::new("events of the user", "用户事件数"),
        Bilingual::new("CV of intervals", "间隔 CV"),
        marks,
    );
    let label = format!("CV = {}", plain(limit));
    let label = Bilingual::new(label.clone(), label);
    Some(plot.with_scale(Scale::Log).with_threshold(Axis::Y, limit, label))
}

fn hours(context: &Context<'_>, paces: &[Pace]) -> Option<FindingPlot> {
    let (user, times) = (context.log.user.as_ref()?, context.log.time.as_deref()?);
    let bots = (0..paces.len()).filter(|&code| !paces[code].reasons.is_empty());
    let bot = bots.max_by_key(|&code| (paces[code].events, std::cmp::Reverse(code)))? as u32;
    let rows_of = |code: u32| (0..times.len()).filter(move |&row| user.codes[row] == code && times[row] != NULL_TIME);
    let start = rows_of(bot).map(|row| times[row]).min()?.div_euclid(HOUR_MICROS);
    let end = rows_of(bot).map(|row| times[row]).max()?.div_euclid(HOUR_MICROS);
    let num_hours = ((end - start + 1) as usize).clamp(2, MOST_HOURS);
    let bin_of = |time: i64| {
        time.div_euclid(HOUR_MICROS)
            .checked_sub(start)
            .filter(|hour| (0..num_hours as i64).contains(hour))
    };
    let mut in_span = vec![0_u32; paces.len()];
    for (row, &time) in times.iter().enumerate() {
        let code = user.codes[row];
        if code != NULL && time != NULL_TIME && bin_of(time).is_some() {
            in_span[code as usize] += 1;
        }
    }
    let people = (0..paces.len()).filter(|&code| paces[code].reasons.is_empty());
    let person = people.max_by_key(|&code| (in_span[code], std::cmp::Reverse(code)))? as u32;
    let by_hour = |code: u32| {
        let mut counts = vec![0.0; num_hours];
        rows_of(code)
            .filter_map(|row| bin_of(times[row]))
            .for_each(|hour| counts[hour as usize] += 1.0);
        let at = |hour: usize| (start + hour as i64) as f64 * 3_600.0;
        counts
            .into_iter()
            .enumerate()
            .map(|(hour, count)| [at(hour), count])
            .collect::<Vec<_>>()
    };
    let name = context.cells(Role::User)?.value(rows_of(bot).next()?).to_string();
    let series = vec![
        Series {
            name: Bilingual::new("this user", "该用户"),
            points: by_hour(bot),
            flagged: true,
        },
        Series {
            name: Bilingual::new("busiest other user", "其他最活跃用户"),
            points: by_hour(person),
            flagged: false,
        },
    ];
    let plot = FindingPlot::new(
        Bilingual::new(
            format!("Events an hour, user {name}"),
            format!("每小时事件数，用户 {name}"),
        ),
        Bilingual::new("time (UTC)", "时间（UTC）"),
        Bilingual::new("events", "事件数"),
        Marks::Lines { series },
    );
    Some(plot.with_scale(Scale::Time))
}
