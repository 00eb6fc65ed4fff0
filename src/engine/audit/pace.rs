//! How fast and how regularly each user acts: the evidence for bots.
//!
//! In: the log in order of user and time. Out: one `Pace` a user.
//! Invariant: rows of one user at the same time are one moment.

use super::context::Context;
use super::options::Thresholds;
use crate::engine::ingest::EventKind;
use crate::engine::progress::Cancelled;
use rayon::prelude::*;

/// Why a user is bot-like; a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reasons(u8);

impl Reasons {
    pub const REGULAR: Self = Self(1);
    pub const FAST: Self = Self(2);
    pub const MANY: Self = Self(4);
    pub const SLEEPLESS: Self = Self(8);
    pub const CRAWLING: Self = Self(16);
    pub const ALL: [Self; 5] = [Self::REGULAR, Self::FAST, Self::MANY, Self::SLEEPLESS, Self::CRAWLING];

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn add_if(&mut self, holds: bool, reason: Self) {
        if holds {
            self.0 |= reason.0;
        }
    }

    /// English and Chinese, after a number of users.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::REGULAR => ("act at a near-constant interval", "以近乎固定的间隔操作"),
            Self::FAST => (
                "act more often within a minute than hands can",
                "一分钟内的操作次数超过手速极限",
            ),
            Self::MANY => (
                "make more events in a day than 99.9 % of users ever do",
                "单日事件数超过 99.9 % 的用户",
            ),
            Self::SLEEPLESS => ("go on for more than a day without a pause", "连续一天以上没有停歇"),
            _ => (
                "look at hundreds of items and never buy",
                "浏览数百个商品却从不加购或购买",
            ),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    pub events: u32,
    /// Different times.
    pub moments: u32,
    /// Standard deviation over mean of the intervals within visits; `None` below ten intervals.
    pub interval_cv: Option<f64>,
    pub most_per_minute: u32,
    pub most_per_day: u32,
    /// Longest stretch without a pause, hours.
    pub longest_stretch_hours: f64,
    pub reasons: Reasons,
}

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 86_400_000_000;
/// Fewer intervals than this say nothing about their variation, not even in a plot.
const LEAST_INTERVALS: usize = 10;
/// Conversions that would be expected before their absence means anything.
const EXPECTED_CONVERSIONS: f64 = 20.0;

/// The pace of each user by code.
pub fn paces(context: &Context<'_>) -> Result<Vec<Pace>, Cancelled> {
    let (Some(user), Some(times)) = (&context.log.user, context.log.time.as_deref()) else {
        return Ok(Vec::new());
    };
    let thresholds = context.thresholds();
    let mut paces: Vec<Pace> = (0..user.num as u32)
        .into_par_iter()
        .with_min_len(256)
        .map(|code| pace_of(context.timed_rows_of_user(code), times, thresholds))
        .collect();
    context.progress.check()?;
    flag_busiest(&mut paces, thresholds);
    flag_crawlers(context, &mut paces)?;
    Ok(paces)
}

fn pace_of(rows: &[u32], times: &[i64], thresholds: &Thresholds) -> Pace {
    let mut moments: Vec<i64> = rows.iter().map(|&row| times[row as usize]).collect();
    moments.dedup();
    let intervals = intervals_within_visits(&moments, (thresholds.session_gap_mins * 60e6) as i64);
    let mut pace = Pace {
        events: rows.len() as u32,
        moments: moments.len() as u32,
        interval_cv: interval_cv(&intervals),
        most_per_minute: most_within(&moments, MINUTE),
        most_per_day: most_on_one_day(&moments),
        longest_stretch_hours: longest_stretch(&moments, (thresholds.bot_pause_hours * 3.6e9) as i64) as f64 / 3.6e9,
        reasons: Reasons::default(),
    };
    let judged = intervals.len() >= thresholds.bot_min_intervals;
    let regular = judged && pace.interval_cv.is_some_and(|cv| cv < thresholds.bot_interval_cv);
    pace.reasons.add_if(regular, Reasons::REGULAR);
    pace.reasons.add_if(
        pace.most_per_minute as usize > thresholds.bot_events_per_minute,
        Reasons::FAST,
    );
    pace.reasons
        .add_if(pace.longest_stretch_hours > 24.0, Reasons::SLEEPLESS);
    pace
}

/// Times between neighbouring moments of one visit. Nights between visits say nothing about how regularly
/// somebody acts, and would hide a timer that runs an hour a day.
fn intervals_within_visits(moments: &[i64], pause: i64) -> Vec<i64> {
    let intervals = moments.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
    intervals.filter(|&interval| interval <= pause).collect()
}

fn interval_cv(intervals: &[i64]) -> Option<f64> {
    if intervals.len() < LEAST_INTERVALS {
        return None;
    }
    let n = intervals.len() as f64;
    let mean = intervals.iter().map(|&interval| interval as f64).sum::<f64>() / n;
    let squares: f64 = intervals.iter().map(|&interval| (interval as f64 - mean).powi(2)).sum();
    (mean > 0.0).then(|| (squares / n).sqrt() / mean)
}

/// Most moments in any half-open window of the given width.
fn most_within(moments: &[i64], width: i64) -> u32 {
    let (mut most, mut start) = (0, 0);
    for end in 0..moments.len() {
        while moments[end] - moments[start] >= width {
            start += 1;
        }
        most = most.max(end - start + 1);
    }
    most as u32
}

fn most_on_one_day(moments: &[i64]) -> u32 {
    moments
        .chunk_by(|a, b| a.div_euclid(DAY) == b.div_euclid(DAY))
        .map(<[i64]>::len)
        .max()
        .unwrap_or(0) as u32
}

fn longest_stretch(moments: &[i64], pause: i64) -> i64 {
    moments
        .chunk_by(|a, b| b - a < pause)
        .map(|run| run[run.len() - 1] - run[0])
        .max()
        .unwrap_or(0)
}

/// Users above both the daily limit and the 99.9th percentile of users' busiest days.
fn flag_busiest(paces: &mut [Pace], thresholds: &Thresholds) {
    let mut busiest: Vec<u32> = paces
        .iter()
        .filter(|pace| pace.moments > 0)
        .map(|pace| pace.most_per_day)
        .collect();
    if busiest.is_empty() {
        return;
    }
    busiest.sort_unstable();
    let percentile = busiest[((busiest.len() - 1) as f64 * 0.999) as usize];
    // In a log of fewer than a thousand users the percentile is the maximum itself; then the limit alone decides.
    let limit = if busiest.len() < 1_000 { 0 } else { percentile };
    let limit = limit.max(thresholds.bot_events_per_day as u32);
    for pace in paces {
        pace.reasons.add_if(pace.most_per_day > limit, Reasons::MANY);
    }
}

fn flag_crawlers(context: &Context<'_>, paces: &mut [Pace]) -> Result<(), Cancelled> {
    let conversions = context.event_codes(&[EventKind::Cart, EventKind::Purchase]);
    let (Some(event), Some(order)) = (&context.log.event, context.user_items()?) else {
        return Ok(());
    };
    let converted = event.codes.iter().filter(|&code| conversions.contains(code)).count();
    let rate = converted as f64 / event.codes.len().max(1) as f64;
    let limit = context.thresholds().bot_items_without_conversion;
    for (user, pace) in paces.iter_mut().enumerate() {
        if pace.events as usize <= limit || f64::from(pace.events) * rate < EXPECTED_CONVERSIONS {
            continue;
        }
        let converts = order
            .groups_of(user)
            .flatten()
            .any(|event| conversions.contains(&event.event));
        pace.reasons
            .add_if(!converts && order.groups_of(user).count() > limit, Reasons::CRAWLING);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_stretches_and_variation_by_hand() {
        let secs = |values: &[i64]| values.iter().map(|value| value * 1_000_000).collect::<Vec<_>>();
        assert_eq!(most_within(&secs(&[0, 30, 59, 60, 61, 200]), MINUTE), 4);
        assert_eq!(
            longest_stretch(&secs(&[0, 10, 25, 1_000, 1_001]), 500_000_000),
            25_000_000
        );
        let cv = |moments: &[i64]| interval_cv(&intervals_within_visits(&secs(moments), 1_800_000_000));
        assert_eq!(cv(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), None);
        let even: Vec<i64> = (0..60).map(|step| step * 7).collect();
        assert_eq!(cv(&even), Some(0.0));
        let with_a_night: Vec<i64> = even.iter().map(|&at| if at < 200 { at } else { at + 40_000 }).collect();
        assert_eq!(cv(&with_a_night), Some(0.0));
        // Intervals 1 and 3 in turn: mean 2, standard deviation 1.
        let uneven: Vec<i64> = (0..=20).map(|step| step * 2 - step % 2).collect();
        assert!((cv(&uneven).expect("20 intervals") - 0.5).abs() < 1e-12);
        assert_eq!(most_on_one_day(&secs(&[86_399, 86_400, 86_401])), 2);
    }
}
