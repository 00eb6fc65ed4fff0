//! Gaps and spikes: stretches with far more or far fewer rows than the same hours (or weekdays) usually have.
//!
//! Rows of a bin are compared with the median of the bins of the same hour of the day (of the week from eight weeks
//! on) on the scale 2·√(x + 3/8), on which a Poisson count has standard deviation 1 whatever its mean (Anscombe 1948,
//! Biometrika 35). The spread is 1.4826 times the median absolute deviation, but never below that of Poisson counts; a
//! bin is an outlier beyond 3.5 such spreads (Iglewicz & Hoaglin 1993, How to Detect and Handle Outliers).
//! Invariant: the first and the last bin, which the log cuts, are not judged.

use super::volume::Volume;
use serde::{Deserialize, Serialize};

/// Iglewicz and Hoaglin's limit for the modified z-score.
pub const LIMIT: f64 = 3.5;
/// From so many weeks on each hour of the week has enough bins of its own.
const WEEKS_FOR_WEEKDAYS: usize = 8;
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
    /// Judges the volume of all types together and of each type.
    pub fn of(volume: &Volume) -> Self {
        let mut episodes = of_series(volume, None, &volume.totals());
        // With one type its rows are all rows.
        if volume.types.len() > 1 {
            for (name, counts) in volume.types.iter().zip(&volume.counts) {
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
    for group in 0..period.min(counts.len()) {
        let members: Vec<usize> = (group..counts.len()).step_by(period).collect();
        let scaled: Vec<f64> = members.iter().map(|&bin| anscombe(counts[bin] as f64)).collect();
        if members.len() < LEAST_BINS {
            continue;
        }
        let middle = median(&scaled);
        let deviations: Vec<f64> = scaled.iter().map(|value| (value - middle).abs()).collect();
        let spread = (1.4826 * median(&deviations)).max(1.0);
        let rows: Vec<f64> = members.iter().map(|&bin| counts[bin] as f64).collect();
        let usual = median(&rows);
        for (&bin, value) in members.iter().zip(&scaled) {
            out[bin] = (usual, (value - middle) / spread);
        }
    }
    out
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 {
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
    fn a_few_rows_are_no_gap_and_short_logs_are_not_judged() {
        let thin: Vec<u64> = (0..240).map(|hour| u64::from(hour % 3 == 0)).collect();
        assert_eq!(VolumeEpisodes::of(&hourly(thin)).total, 0);
        assert_eq!(VolumeEpisodes::of(&hourly(vec![5, 900, 5])).total, 0);
    }
}
