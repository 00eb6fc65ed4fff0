//! The profile of a log: who, what, how often, how unevenly, when, through which funnel, and who comes back.
//!
//! In: `Context`. Out: `LogProfile`.
//! Invariant: counts are exact; rates are `None` where their base is empty.

mod anomalies;
mod arrivals;
mod retention;
mod rhythm;
mod volume;

pub use anomalies::{Episode, EpisodeKind, VolumeEpisodes};
pub use arrivals::Arrivals;
pub use retention::{Cohort, Retention};
pub use rhythm::{Rhythm, TypeRhythm, WEEK_HOURS};
pub use volume::Volume;

use super::checks::long_tail::sparsity;
use super::concentration::Concentration;
use super::context::Context;
use super::distinct::NULL;
use crate::engine::ingest::Codes;
use crate::engine::ingest::EventKind;
use crate::engine::progress::Cancelled;
use serde::{Deserialize, Serialize};
use volume::Types;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogProfile {
    pub users: Option<u64>,
    pub items: Option<u64>,
    pub sessions: Option<u64>,
    /// Most frequent first.
    pub events: Vec<EventProfile>,
    /// First and last time in the log, ISO 8601 UTC.
    pub first: Option<String>,
    pub last: Option<String>,
    /// Share of user-item pairs without an event.
    pub sparsity: Option<f64>,
    /// Events over items.
    pub popularity: Option<Concentration>,
    /// Events over users.
    pub activity: Option<Concentration>,
    pub session_profile: Option<SessionProfile>,
    pub funnel: Vec<FunnelStep>,
    pub volume: Option<Volume>,
    /// Rows by event type and hour of the week.
    #[serde(default)]
    pub rhythm: Option<Rhythm>,
    /// Stretches with far more or fewer rows than usual.
    #[serde(default)]
    pub episodes: Option<VolumeEpisodes>,
    /// New users and items a day.
    #[serde(default)]
    pub arrivals: Option<Arrivals>,
    /// Which share of the users of a first week (or day) comes back.
    #[serde(default)]
    pub retention: Option<Retention>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventProfile {
    pub name: String,
    /// What the name means, where it is known, e.g. `purchase`.
    pub kind: Option<String>,
    pub count: u64,
    /// Of the rows that have an event.
    pub share: f64,
    /// Users with at least one such event.
    pub users: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionProfile {
    pub sessions: u64,
    /// Sessions with one event.
    pub single_event_share: f64,
    pub median_events: u64,
    /// Time within visits: a pause of more than 30 minutes is no part of a session's length.
    pub median_length_secs: f64,
    pub longest_secs: f64,
    /// Between neighbouring events of one visit; `None` if no visit has two.
    #[serde(default)]
    pub median_interval_secs: Option<f64>,
}

/// One step of view → cart → purchase over users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunnelStep {
    pub kind: String,
    pub events: u64,
    pub users: u64,
    /// Users of this step over users of the step before.
    pub rate: Option<f64>,
    /// Users of this step over users of the first step.
    #[serde(default)]
    pub rate_of_first: Option<f64>,
}

/// Profiles the log; `None` if it has neither users, items, events nor times.
pub fn log_profile(context: &Context<'_>) -> Result<Option<LogProfile>, Cancelled> {
    let log = &context.log;
    if log.user.is_none() && log.item.is_none() && log.event.is_none() && log.time.is_none() {
        return Ok(None);
    }
    let head = context.thresholds().head_items_share;
    let concentration = |codes: &Option<Codes>| Concentration::of(&codes.as_ref()?.counts(), head);
    let number = |codes: &Option<Codes>| codes.as_ref().map(|codes| codes.num as u64);
    let core = context.core_time();
    context.progress.check()?;
    let (over_time, (session_profile, funnel)) =
        rayon::join(|| OverTime::of(context), || (sessions(context), funnel(context)));
    context.progress.check()?;
    Ok(Some(LogProfile {
        users: number(&log.user),
        items: number(&log.item),
        sessions: number(&log.session),
        events: over_time.events,
        first: core.map(|core| super::cells::iso_time(core.first)),
        last: core.map(|core| super::cells::iso_time(core.last)),
        sparsity: sparsity(context)?,
        popularity: concentration(&log.item),
        activity: concentration(&log.user),
        session_profile: session_profile?,
        funnel,
        volume: over_time.volume,
        rhythm: over_time.rhythm,
        episodes: over_time.episodes,
        arrivals: over_time.arrivals,
        retention: over_time.retention,
    }))
}

/// What is counted by time and event type.
struct OverTime {
    events: Vec<EventProfile>,
    volume: Option<Volume>,
    rhythm: Option<Rhythm>,
    episodes: Option<VolumeEpisodes>,
    arrivals: Option<Arrivals>,
    retention: Option<Retention>,
}

impl OverTime {
    fn of(context: &Context<'_>) -> Self {
        let by_type = || {
            let events = events(context);
            let types = Types::of(context, &events);
            let volume = volume::volume(context, &types);
            let rhythm = volume.as_ref();
            let rhythm = rhythm.and_then(|volume| rhythm::rhythm(context, volume, &types));
            (events, volume, rhythm)
        };
        let by_user = || (arrivals::arrivals(context), retention::retention(context));
        let ((events, volume, rhythm), (arrivals, retention)) = rayon::join(by_type, by_user);
        Self {
            episodes: volume.as_ref().map(VolumeEpisodes::of),
            events,
            volume,
            rhythm,
            arrivals,
            retention,
        }
    }
}

fn events(context: &Context<'_>) -> Vec<EventProfile> {
    let Some(event) = &context.log.event else {
        return Vec::new();
    };
    let counts = event.counts();
    let total: u64 = counts.iter().map(|&count| u64::from(count)).sum();
    let users = users_by(context, event.num, |row| event.codes[row]);
    let mut out: Vec<EventProfile> = context
        .event_names()
        .into_iter()
        .enumerate()
        .map(|(code, name)| EventProfile {
            name,
            kind: context.log.event_kinds[code].map(|kind| kind.name().to_owned()),
            count: u64::from(counts[code]),
            share: f64::from(counts[code]) / total.max(1) as f64,
            users: users.as_ref().map(|users| users[code]),
        })
        .collect();
    out.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    out
}

/// Different users for each of up to 64 classes of rows; `None` without users.
fn users_by(context: &Context<'_>, num_classes: usize, class_of: impl Fn(usize) -> u32) -> Option<Vec<u64>> {
    let user = context.log.user.as_ref()?;
    if num_classes > 64 {
        return None;
    }
    let mut classes = vec![0_u64; user.num];
    for (row, &code) in user.codes.iter().enumerate() {
        let class = class_of(row);
        if code != NULL && class != NULL {
            classes[code as usize] |= 1 << class;
        }
    }
    Some(
        (0..num_classes)
            .map(|class| classes.iter().filter(|&bits| bits >> class & 1 == 1).count() as u64)
            .collect(),
    )
}

fn sessions(context: &Context<'_>) -> Result<Option<SessionProfile>, Cancelled> {
    let Some(found) = context.session_spans()? else {
        return Ok(None);
    };
    let spans = &found.sessions;
    let mut events: Vec<u32> = spans
        .iter()
        .map(|span| span.events)
        .filter(|events| *events > 0)
        .collect();
    let mut lengths: Vec<i64> = spans
        .iter()
        .filter(|span| span.events > 0)
        .map(|span| span.active)
        .collect();
    events.sort_unstable();
    lengths.sort_unstable();
    let Some((&median_events, &median)) = events.get(events.len() / 2).zip(lengths.get(lengths.len() / 2)) else {
        return Ok(None);
    };
    Ok(Some(SessionProfile {
        sessions: events.len() as u64,
        single_event_share: events.partition_point(|&events| events == 1) as f64 / events.len() as f64,
        median_events: u64::from(median_events),
        median_length_secs: median as f64 / 1e6,
        longest_secs: lengths.last().map_or(0.0, |&longest| longest as f64 / 1e6),
        median_interval_secs: found.median_interval.map(|micros| micros as f64 / 1e6),
    }))
}

fn funnel(context: &Context<'_>) -> Vec<FunnelStep> {
    const STEPS: [EventKind; 4] = [EventKind::View, EventKind::Click, EventKind::Cart, EventKind::Purchase];
    let Some(event) = &context.log.event else {
        return Vec::new();
    };
    let step_of = |row: usize| {
        let kind = context.kind_of(row as u32);
        kind.and_then(|kind| STEPS.iter().position(|step| *step == kind))
            .map_or(NULL, |step| step as u32)
    };
    let Some(users) = users_by(context, STEPS.len(), step_of) else {
        return Vec::new();
    };
    let mut events = [0_u64; STEPS.len()];
    for row in 0..event.codes.len() {
        if let Some(count) = events.get_mut(step_of(row) as usize) {
            *count += 1;
        }
    }
    let mut out: Vec<FunnelStep> = Vec::new();
    for (step, kind) in STEPS.into_iter().enumerate().filter(|(step, _)| events[*step] > 0) {
        let some = |users: u64| (users > 0).then_some(users);
        let before = out.last().and_then(|previous| some(previous.users));
        let first = out.first().and_then(|first| some(first.users));
        out.push(FunnelStep {
            kind: kind.name().to_owned(),
            events: events[step],
            users: users[step],
            rate: before.map(|before| users[step] as f64 / before as f64),
            rate_of_first: first.map(|first| users[step] as f64 / first as f64),
        });
    }
    out
}

#[cfg(test)]
mod tests;
