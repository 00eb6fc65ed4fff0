//! Rows → train, valid, test.
//!
//! Invariant: a part depends on the rows' times and users and the seed only, never on their order in the file
//! (except `random`, which draws by row number); rows with the same time are never divided by a time boundary.

use super::config::{SplitConfig, Strategy};
use super::error::FeatureError;
use super::label::column_index;
use crate::engine::artifact::Role;
use crate::engine::ingest::{Codes, Dataset};
use crate::engine::random::mix64;
use crate::engine::recipe::cells::Cells;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Train,
    Valid,
    Test,
}

impl Part {
    pub const ALL: [Self; 3] = [Self::Train, Self::Valid, Self::Test];

    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Valid => "valid",
            Self::Test => "test",
        }
    }
}

/// What a split looks at; one entry a row.
#[derive(Clone, Copy)]
pub struct SplitInput<'a> {
    pub num_rows: usize,
    /// Microseconds; `None` where a row has no time.
    pub times: Option<&'a [Option<i64>]>,
    /// A hash of each row's user; `None` where it has none. Equal users have equal hashes.
    pub users: Option<&'a [Option<u64>]>,
    pub seed: u64,
}

/// Where each row goes, and the boundaries in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    pub strategy: Strategy,
    /// `None`: the row has no time or user to go by, or lies in the embargo.
    pub parts: Vec<Option<Part>>,
    /// First microsecond of valid and of test; time split only.
    pub boundaries: Option<[i64; 2]>,
    pub seed: u64,
}

impl Split {
    pub fn rows_of(&self, part: Part) -> Vec<u32> {
        let rows = self.parts.iter().enumerate();
        rows.filter(|(_, found)| **found == Some(part))
            .map(|(row, _)| row as u32)
            .collect()
    }
}

/// Divides the rows. The strategy is `time` if rows have times and none is asked for, else `random`.
pub fn split(input: &SplitInput<'_>, config: &SplitConfig) -> Result<Split, FeatureError> {
    check_ratios(config)?;
    let default = if input.times.is_some() {
        Strategy::Time
    } else {
        Strategy::Random
    };
    let strategy = config.strategy.unwrap_or(default);
    let mut boundaries = None;
    let parts = match strategy {
        Strategy::Time => {
            let times = input.times.ok_or(FeatureError::NoRole { role: Role::Time })?;
            let (parts, found) = by_time(times, config);
            boundaries = found;
            parts
        }
        Strategy::User => {
            let users = input.users.ok_or(FeatureError::NoRole { role: Role::User })?;
            by_user(users, config.ratios, input.seed)
        }
        Strategy::Random => at_random(input.num_rows, config.ratios, input.seed),
        Strategy::LeaveOneOut => {
            let users = input.users.ok_or(FeatureError::NoRole { role: Role::User })?;
            leave_one_out(users, input.times, config.ratios[1] > 0.0)
        }
    };
    let wanted = |part: Part| part != Part::Valid || config.ratios[1] > 0.0;
    for part in Part::ALL.into_iter().filter(|part| wanted(*part)) {
        if !parts.contains(&Some(part)) {
            return Err(FeatureError::EmptyPart { part: part.name() });
        }
    }
    Ok(Split {
        strategy,
        parts,
        boundaries,
        seed: input.seed,
    })
}

fn check_ratios(config: &SplitConfig) -> Result<(), FeatureError> {
    let [train, valid, test] = config.ratios;
    let fine = train > 0.0 && valid >= 0.0 && test > 0.0 && ((train + valid + test) - 1.0).abs() < 1e-6;
    if !fine {
        return Err(FeatureError::OutOfRange {
            field: "ratios",
            value: format!("{train}, {valid}, {test}"),
            needed: "three shares that sum to 1, train and test above 0",
        });
    }
    if !(0.0..=3.2e8).contains(&config.embargo_secs) {
        return Err(FeatureError::OutOfRange {
            field: "embargo_secs",
            value: config.embargo_secs.to_string(),
            needed: "0 or more (at most ten years)",
        });
    }
    Ok(())
}

type Parts = Vec<Option<Part>>;

/// A row belongs to train if its time is before the first boundary, to valid if before the second, else to test.
/// Boundaries are times of rows, so rows of equal time stay together.
fn by_time(times: &[Option<i64>], config: &SplitConfig) -> (Parts, Option<[i64; 2]>) {
    let mut sorted: Vec<i64> = times.iter().flatten().copied().collect();
    sorted.sort_unstable();
    let at =
        |share: f64| sorted.get(((sorted.len() as f64 * share).round() as usize).min(sorted.len().saturating_sub(1)));
    let [train, valid, _] = config.ratios;
    let (Some(&first), Some(&second)) = (at(train), at(train + valid)) else {
        return (vec![None; times.len()], None);
    };
    let embargo = (config.embargo_secs * 1e6) as i64;
    let place = |time: i64| {
        let inside = |boundary: i64| time < boundary && boundary.saturating_sub(time) <= embargo;
        if embargo > 0 && (inside(first) || (valid > 0.0 && inside(second))) {
            None
        } else if time < first {
            Some(Part::Train)
        } else if time < second {
            Some(Part::Valid)
        } else {
            Some(Part::Test)
        }
    };
    let parts = times.iter().map(|time| time.and_then(place)).collect();
    (parts, Some([first, second]))
}

fn keyed(seed: u64, key: u64) -> u64 {
    mix64(mix64(seed ^ 0x5371_17A1_D00D_5EED).wrapping_add(mix64(key)))
}

/// Users in an order drawn from the seed fill train until it has its share of rows, then valid, then test.
fn by_user(users: &[Option<u64>], ratios: [f64; 3], seed: u64) -> Parts {
    let mut rows_of: HashMap<u64, u64> = HashMap::new();
    for user in users.iter().flatten() {
        *rows_of.entry(*user).or_default() += 1;
    }
    let total: u64 = rows_of.values().sum();
    let mut order: Vec<u64> = rows_of.keys().copied().collect();
    order.sort_unstable_by_key(|&user| (keyed(seed, user), user));
    let mut placed: HashMap<u64, Part> = HashMap::with_capacity(order.len());
    let mut before = 0u64;
    for user in order {
        // The middle of the user's rows decides, so that a large user does not tip a boundary.
        let rows = rows_of[&user];
        let middle = (before as f64 + rows as f64 / 2.0) / total as f64;
        placed.insert(user, part_at(middle, ratios));
        before += rows;
    }
    users
        .iter()
        .map(|user| user.and_then(|user| placed.get(&user).copied()))
        .collect()
}

fn part_at(share: f64, [train, valid, _]: [f64; 3]) -> Part {
    if share < train {
        Part::Train
    } else if share < train + valid {
        Part::Valid
    } else {
        Part::Test
    }
}

fn at_random(num_rows: usize, ratios: [f64; 3], seed: u64) -> Parts {
    let mut order: Vec<u32> = (0..num_rows as u32).collect();
    order.sort_unstable_by_key(|&row| (keyed(seed, u64::from(row)), row));
    let mut parts = vec![None; num_rows];
    for (place, row) in order.into_iter().enumerate() {
        parts[row as usize] = Some(part_at((place as f64 + 0.5) / num_rows as f64, ratios));
    }
    parts
}

/// Without times the order in the file counts. Users with one row train, with two train and test.
fn leave_one_out(users: &[Option<u64>], times: Option<&[Option<i64>]>, with_valid: bool) -> Parts {
    let time_of = |row: u32| times.map_or(Some(0), |times| times[row as usize]);
    let mut rows: Vec<u32> = (0..users.len() as u32)
        .filter(|&row| users[row as usize].is_some() && time_of(row).is_some())
        .collect();
    rows.sort_unstable_by_key(|&row| (users[row as usize], time_of(row), row));
    let mut parts = vec![None; users.len()];
    for rows in rows.chunk_by(|a, b| users[*a as usize] == users[*b as usize]) {
        for (from_end, &row) in rows.iter().rev().enumerate() {
            parts[row as usize] = Some(match from_end {
                0 if rows.len() >= 2 => Part::Test,
                1 if rows.len() >= 3 && with_valid => Part::Valid,
                _ => Part::Train,
            });
        }
    }
    parts
}

/// The times of a named column, or of the one with the role time; `None` if there is none.
pub fn times_of(dataset: &Dataset, name: Option<&str>) -> Result<Option<Vec<Option<i64>>>, FeatureError> {
    let index = match name {
        Some(name) => Some(column_index(dataset, name)?),
        None => dataset.column_with_role(Role::Time),
    };
    let Some(index) = index else { return Ok(None) };
    match Cells::of(&dataset.frame.columns()[index])? {
        Cells::Time(times) => Ok(Some(times.iter().collect())),
        // Whole numbers that are no dates still order the rows.
        Cells::Integer(numbers) if name.is_some() => Ok(Some(numbers.iter().collect())),
        other if name.is_some() => Err(FeatureError::OutOfRange {
            field: "time",
            value: format!("{} ({})", dataset.info.columns[index].name, other.dtype().name()),
            needed: "a column of times or whole numbers",
        }),
        _ => Ok(None),
    }
}

/// A hash of each row's identifier in a named column, or in the one with the role; `None` if there is none.
pub fn id_keys(dataset: &Dataset, name: Option<&str>, role: Role) -> Result<Option<Vec<Option<u64>>>, FeatureError> {
    let index = match name {
        Some(name) => Some(column_index(dataset, name)?),
        None => dataset.column_with_role(role),
    };
    let Some(index) = index else { return Ok(None) };
    let codes = Codes::of_column(&dataset.frame.columns()[index]);
    let keys: Vec<u64> = (0..codes.num as u32).map(|code| text_key(&codes.name(code))).collect();
    Ok(Some(
        codes
            .codes
            .iter()
            .map(|code| keys.get(*code as usize).copied())
            .collect(),
    ))
}

/// 64 bits of BLAKE3.
pub(super) fn text_key(text: &str) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&blake3::hash(text.as_bytes()).as_bytes()[..8]);
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

    fn config(strategy: Strategy, ratios: [f64; 3]) -> SplitConfig {
        SplitConfig {
            strategy: Some(strategy),
            ratios,
            embargo_secs: 0.0,
        }
    }

    fn input<'a>(times: &'a [Option<i64>], users: &'a [Option<u64>]) -> SplitInput<'a> {
        SplitInput {
            num_rows: times.len(),
            times: Some(times),
            users: Some(users),
            seed: 7,
        }
    }

    const RATIOS: [f64; 3] = [0.6, 0.2, 0.2];

    #[test]
    fn a_time_split_has_one_boundary_for_all_and_keeps_ties_together() {
        let times: Vec<Option<i64>> = [1, 2, 3, 4, 5, 6, 6, 6, 9, 10].map(Some).to_vec();
        let users = vec![Some(1); 10];
        let found = split(&input(&times, &users), &config(Strategy::Time, RATIOS)).expect("splits");
        // The share 0.6 falls on time 6; all three rows of time 6 go to valid.
        assert_eq!(found.boundaries, Some([6, 9]));
        assert_eq!(found.rows_of(Part::Train), [0, 1, 2, 3, 4]);
        assert_eq!(found.rows_of(Part::Valid), [5, 6, 7]);
        assert_eq!(found.rows_of(Part::Test), [8, 9]);
    }

    #[test]
    fn rows_without_time_go_nowhere_and_the_embargo_leaves_a_gap() {
        let mut times: Vec<Option<i64>> = (0..100).map(|second| Some(second * 1_000_000)).collect();
        times[3] = None;
        let users = vec![Some(1); 100];
        let mut config = config(Strategy::Time, [0.8, 0.0, 0.2]);
        config.embargo_secs = 5.0;
        let found = split(&input(&times, &users), &config).expect("splits");
        assert_eq!(found.parts[3], None);
        let boundary = found.boundaries.expect("a time split")[1] / 1_000_000;
        assert!(
            found
                .rows_of(Part::Train)
                .iter()
                .all(|row| i64::from(*row) < boundary - 5)
        );
        assert!(found.rows_of(Part::Valid).is_empty());
    }

    #[test]
    fn leave_one_out_takes_each_users_last_rows() {
        let users = [1, 1, 1, 2, 2, 3].map(Some);
        let times = [30, 10, 20, 5, 6, 1].map(Some);
        let found = split(&input(&times, &users), &config(Strategy::LeaveOneOut, RATIOS)).expect("splits");
        use Part::{Test, Train, Valid};
        assert_eq!(found.parts, [Test, Train, Valid, Train, Test, Train].map(Some));
    }

    #[test]
    fn impossible_splits_are_refused() {
        let (times, users) = (vec![Some(5); 10], vec![Some(1); 10]);
        let tied = split(&input(&times, &users), &config(Strategy::Time, RATIOS));
        assert!(
            matches!(tied, Err(FeatureError::EmptyPart { part: "train" })),
            "{tied:?}"
        );
        let ratios = split(&input(&times, &users), &config(Strategy::Random, [0.5, 0.5, 0.5]));
        assert!(matches!(ratios, Err(FeatureError::OutOfRange { .. })));
        let no_user = SplitInput {
            users: None,
            ..input(&times, &users)
        };
        assert!(matches!(
            split(&no_user, &config(Strategy::User, RATIOS)),
            Err(FeatureError::NoRole { .. })
        ));
    }

    proptest! {
        #[test]
        fn every_strategy_is_repeatable_and_keeps_its_promise(
            rows in prop::collection::vec((0i64..40, 0u64..12), 30..120), seed in 0u64..5,
        ) {
            let times: Vec<Option<i64>> = rows.iter().map(|row| Some(row.0)).collect();
            let users: Vec<Option<u64>> = rows.iter().map(|row| Some(mix64(row.1))).collect();
            let input = SplitInput { seed, ..input(&times, &users) };
            for strategy in Strategy::ALL {
                let Ok(found) = split(&input, &config(strategy, RATIOS)) else { continue };
                prop_assert_eq!(&found, &split(&input, &config(strategy, RATIOS)).expect("as before"));
                prop_assert!(found.parts.iter().all(Option::is_some));
                let part = |row: usize| found.parts[row];
                for a in 0..rows.len() {
                    for b in 0..rows.len() {
                        match strategy {
                            Strategy::Time => prop_assert!(times[a] > times[b] || part(a) <= part(b)),
                            Strategy::User => prop_assert!(users[a] != users[b] || part(a) == part(b)),
                            _ => {}
                        }
                    }
                }
                if strategy == Strategy::Random {
                    let train = found.rows_of(Part::Train).len() as f64;
                    prop_assert!((train - 0.6 * rows.len() as f64).abs() <= 1.0);
                }
            }
        }

        #[test]
        fn users_keep_their_part_when_rows_are_reordered(users in prop::collection::vec(0u64..30, 40..80)) {
            let users: Vec<Option<u64>> = users.into_iter().map(Some).collect();
            let reversed: Vec<Option<u64>> = users.iter().rev().copied().collect();
            let parts = by_user(&users, RATIOS, 3);
            let mut mirrored = by_user(&reversed, RATIOS, 3);
            mirrored.reverse();
            prop_assert_eq!(parts, mirrored);
        }
    }
}
