//! Gaps and spikes: stretches with far more or far fewer rows than the same hours (or weekdays) usually have.
//!
//! Rows of a bin are compared with the median of the bins of the same hour of the day (of the week from eight weeks
//! on) on the scale 2·√(x + 3/8), on which the spread of counts does not depend on their mean: 1 for Poisson counts
//! (Anscombe 1948, Biometrika 35), √m where rows come in visits of m. The spread is 1.4826 times the median absolute
//! deviation of the group, but never below that of all busy hours together, nor below 1: otherwise one visit at night
//! would be a spike. A bin is an outlier beyond 3.5 spreads (Iglewicz & Hoaglin 1993, How to Detect and Handle Outliers).
//! Invariant: the first and the last bin, which the log cuts, are not judged.

use super::volume::Volume;
use serde::{Deserialize, Serialize};

/// Iglewicz and Hoaglin's limit for the modified z-score.
pub const LIMIT: f64 = 3.5;
/// From so many weeks on each hour of the week has enough bins of its own.
const WEEKS_FOR_WEEKDAYS: usize = 8;
/// The factor that makes the median absolute deviation of normal data its standard deviation.
const MAD_TO_SIGMA: f64 = 1.4826;
/// Fewest bins of a group that tell what is usual.
const LEAST_BINS: usize = 5;
/// Below this many rows an empty bin is nothing unusual, and Anscombe's scale is off.
const LEAST_USUAL: f64 = 4.0;
/// Episodes kept; `total` says how many there are.
pub const MOST_EPISODES: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpisodeKind {
    /// No row at all where there usually are some.
    Gap,
    /// Far fewer rows than usual.
    Dip,
    /// Far more rows than usual.
    Spike,
}

/// Neighbouring bins that are off in the same direction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Episode {
    pub kind: EpisodeKind,
    /// `None` for the rows of all types together.
    pub event: Option<String>,
    /// Seconds since 1970, UTC; the end is exclusive.
    pub start_secs: f64,
    pub end_secs: f64,
    pub rows: u64,
    /// Sum of the medians of the bins' groups.
    pub usual_rows: f64,
    /// Largest distance of a bin from its usual volume, in robust standard deviations.
    pub z: f64,
}

/// All episodes of a log, the furthest from the usual first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VolumeEpisodes {
    pub bin_secs: f64,
    pub limit: f64,
    /// At most 60.
    pub episodes: Vec<Episode>,
    /// How many there are in all.
    pub total: u64,
}

impl VolumeEpisodes {
    /// Judges the volume of all types together and of each type: by the hour where hours are busy enough, else by
    /// the day. A type too thin for that is not judged alone.
    pub fn of(volume: &Volume) -> Self {
        let daily = (volume.is_hourly() && !is_busy(volume, &volume.totals())).then(|| by_day(volume));
        let volume = daily.as_ref().unwrap_or(volume);
        let mut episodes = of_series(volume, None, &volume.totals());
        // With one type its rows are all rows.
        if volume.types.len() > 1 {
            let types = volume.types.iter().zip(&volume.counts);
            for (name, counts) in types.filter(|(_, counts)| is_busy(volume, counts)) {
                episodes.extend(of_series(volume, Some(name), counts));
            }
        }
        episodes.sort_by(|a, b| {
            b.z.abs()
                .total_cmp(&a.z.abs())
                .then_with(|| a.start_secs.total_cmp(&b.start_secs))
        });
        let total = episodes.len() as u64;
        episodes.truncate(MOST_EPISODES);
        Self {
            bin_secs: volume.bin_secs,
            limit: LIMIT,
            episodes,
            total,
        }
    }
}

/// Whether at least half of the hours of the day (days of the week) usually have rows enough to be judged.
fn is_busy(volume: &Volume, counts: &[u64]) -> bool {
    let period = period(volume, counts.len());
    let groups = 0..period.min(counts.len());
    let busy = groups.filter(|&first| Group::new(counts, first, period).usual >= LEAST_USUAL);
    2 * busy.count() >= period
}

/// The same volume in bins of whole days.
fn by_day(volume: &Volume) -> Volume {
    const DAY: f64 = 86_400.0;
    let start_secs = (volume.start_secs / DAY).floor() * DAY;
    let day_of = |bin: usize| ((volume.start_secs + volume.bin_secs * bin as f64 - start_secs) / DAY) as usize;
    let num_bins = volume.counts.first().map_or(0, Vec::len);
    let num_days = num_bins.checked_sub(1).map_or(0, |last| day_of(last) + 1);
    let sums = |counts: &Vec<u64>| {
        let mut days = vec![0; num_days];
        for (bin, rows) in counts.iter().enumerate() {
            days[day_of(bin)] += rows;
        }
        days
    };
    Volume {
        start_secs,
        bin_secs: DAY,
        types: volume.types.clone(),
        counts: volume.counts.iter().map(sums).collect(),
        outside: volume.outside,
    }
}

fn anscombe(rows: f64) -> f64 {
    2.0 * (rows + 0.375).sqrt()
}

/// How many groups of bins repeat each other.
fn period(volume: &Volume, num_bins: usize) -> usize {
    let a_day = if volume.is_hourly() { 24 } else { 1 };
    if volume.bin_secs > 86_400.0 {
        1
    } else if num_bins >= WEEKS_FOR_WEEKDAYS * 7 * a_day {
        7 * a_day
    } else if num_bins >= LEAST_BINS * a_day {
        a_day
    } else {
        1
    }
}

/// Median rows and robust distance of every bin; bins of a group too small to judge have distance 0.
fn distances(counts: &[u64], period: usize) -> Vec<(f64, f64)> {
    let mut out = vec![(0.0, 0.0); counts.len()];
    let groups: Vec<Group> = (0..period.min(counts.len()))
        .map(|first| Group::new(counts, first, period))
        .filter(|group| group.bins.len() >= LEAST_BINS)
        .collect();
    let busy = groups.iter().filter(|group| group.usual > 0.0);
    let pooled: Vec<f64> = busy
        .flat_map(|group| group.deviations.iter().map(|deviation| deviation.abs()))
        .collect();
    let least = (MAD_TO_SIGMA * median(&pooled)).max(1.0);
    for group in groups {
        let own: Vec<f64> = group.deviations.iter().map(|deviation| deviation.abs()).collect();
        let spread = (MAD_TO_SIGMA * median(&own)).max(least);
        for (&bin, deviation) in group.bins.iter().zip(&group.deviations) {
            out[bin] = (group.usual, deviation / spread);
        }
    }
    out
}

/// Bins that repeat each other.
struct Group {
    bins: Vec<usize>,
    /// Median rows.
    usual: f64,
    /// Of each bin from the median, on Anscombe's scale.
    deviations: Vec<f64>,
}

impl Group {
    fn new(counts: &[u64], first: usize, period: usize) -> Self {
        let bins: Vec<usize> = (first..counts.len()).step_by(period).collect();
        let rows: Vec<f64> = bins.iter().map(|&bin| counts[bin] as f64).collect();
        let scaled: Vec<f64> = rows.iter().map(|&rows| anscombe(rows)).collect();
        let middle = median(&scaled);
        Self {
            usual: median(&rows),
            deviations: scaled.iter().map(|value| value - middle).collect(),
            bins,
        }
    }
}

/// 0 without values.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.is_empty() {
        0.0
    } else if sorted.len() % 2 == 1 {
        sorted[middle]
    } else {
        (sorted[middle - 1] + sorted[middle]) / 2.0
    }
}

fn of_series(volume: &Volume, event: Option<&String>, counts: &[u64]) -> Vec<Episode> {
    let judged = distances(counts, period(volume, counts.len()));
    let kind_of = |bin: usize| {
        let (usual, z) = judged[bin];
        let is_inner = bin > 0 && bin + 1 < counts.len();
        match counts[bin] {
            _ if !is_inner || z.abs() <= LIMIT => None,
            _ if z > 0.0 => Some(EpisodeKind::Spike),
            _ if usual < LEAST_USUAL => None,
            0 => Some(EpisodeKind::Gap),
            _ => Some(EpisodeKind::Dip),
        }
    };
    let mut out: Vec<Episode> = Vec::new();
    let mut open: Option<EpisodeKind> = None;
    for (bin, (&rows, &(usual, z))) in counts.iter().zip(&judged).enumerate() {
        let kind = kind_of(bin);
        let start = volume.start_secs + volume.bin_secs * bin as f64;
        let end = start + volume.bin_secs;
        match (kind, out.last_mut()) {
            (Some(kind), Some(last)) if open == Some(kind) => {
                (last.end_secs, last.rows) = (end, last.rows + rows);
                last.usual_rows += usual;
                if z.abs() > last.z.abs() {
                    last.z = z;
                }
            }
            (Some(kind), _) => out.push(Episode {
                kind,
                event: event.cloned(),
                start_secs: start,
                end_secs: end,
                rows,
                usual_rows: usual,
                z,
            }),
            (None, _) => {}
        }
        open = kind;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hourly(counts: Vec<u64>) -> Volume {
        Volume {
            start_secs: 1_759_708_800.0,
            bin_secs: 3_600.0,
            types: vec!["view".to_owned()],
            counts: vec![counts],
            outside: 0,
        }
    }

    /// Ten days with a quiet night and a busy evening.
    fn days() -> Vec<u64> {
        (0..240_u64)
            .map(|hour| [0, 40, 100, 250][(hour % 24 / 6) as usize] + hour * 7 % 5)
            .collect()
    }

    #[test]
    fn an_outage_and_a_rush_but_no_night() {
        assert_eq!(VolumeEpisodes::of(&hourly(days())).episodes, []);
        let mut counts = days();
        counts[60..63].fill(0);
        counts[135] = 900;
        let found = VolumeEpisodes::of(&hourly(counts));
        let told: Vec<_> = found
            .episodes
            .iter()
            .map(|episode| (episode.kind, episode.rows))
            .collect();
        assert_eq!(told, [(EpisodeKind::Spike, 900), (EpisodeKind::Gap, 0)]);
        let gap = &found.episodes[1];
        assert_eq!((gap.end_secs - gap.start_secs, found.total), (3.0 * 3_600.0, 2));
        assert!((300.0..320.0).contains(&gap.usual_rows), "{gap:?}");
    }

    #[test]
    fn the_distance_by_hand() {
        // Scaled counts of 100 and 400 rows; all others alike, so that the spread is that of Poisson counts.
        let judged = distances(&[100, 100, 400, 100, 100, 100], 1);
        let expected = 2.0 * (400.375_f64.sqrt() - 100.375_f64.sqrt());
        assert!((judged[2].1 - expected).abs() < 1e-12);
        assert_eq!((judged[2].0, judged[0].1), (100.0, 0.0));
    }

    #[test]
    fn hours_too_thin_are_judged_by_the_day() {
        // One row in eight hours of twelve days, and a day without any.
        let counts = (0..288)
            .map(|hour| u64::from(hour % 3 == 0 && hour / 24 != 7))
            .collect();
        let found = VolumeEpisodes::of(&hourly(counts));
        let told: Vec<_> = found
            .episodes
            .iter()
            .map(|episode| (episode.kind, episode.usual_rows))
            .collect();
        assert_eq!((told, found.bin_secs), (vec![(EpisodeKind::Gap, 8.0)], 86_400.0));
        assert_eq!(found.episodes[0].start_secs, 1_759_708_800.0 + 7.0 * 86_400.0);
    }

    #[test]
    fn a_visit_at_night_is_no_spike() {
        // Visits of 25 rows: none at night but for one, 0 to 4 in other hours.
        let visits = |hour: u64| {
            if hour % 24 < 8 {
                u64::from(hour == 75)
            } else {
                hour * 7 % 5
            }
        };
        let found = VolumeEpisodes::of(&hourly((0..240).map(|hour| 25 * visits(hour)).collect()));
        assert_eq!(found.episodes, []);
    }

    #[test]
    fn a_few_rows_are_no_gap_and_short_logs_are_not_judged() {
        let thin: Vec<u64> = (0..240).map(|hour| u64::from(hour % 3 == 0)).collect();
        assert_eq!(VolumeEpisodes::of(&hourly(thin)).total, 0);
        assert_eq!(VolumeEpisodes::of(&hourly(vec![5, 900, 5])).total, 0);
    }
}
