//! The shop's users: language, device, city, budget, favourite goods and how often they come.
//!
//! Invariant: shopper `i` is a pure function of (seed, i).

use super::catalogue::Language;
use super::csv;
use super::vocabulary::{CITIES, DEVICES, KINDS};
use crate::engine::random::Draws;

const STREAM: u64 = 0x5409;
/// Chance that a shopper of average activity comes on a Monday.
const DAILY_VISIT: f64 = 0.125;
const WEEKDAY: [f64; 7] = [1.0, 0.95, 0.95, 1.0, 1.15, 1.4, 1.35];
/// Relative number of visits that start in each local hour; nobody comes at night.
const HOURS: [f64; 24] = [
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 4.0, 5.0, 4.0, 3.0, 3.0, 3.0, 4.0, 5.0, 7.0, 9.0, 10.0, 6.0,
    0.0,
];

pub(super) const HEADER: &str = "user_id,registered_on,city,language,device,budget,favourite_category\n";

#[derive(Clone, Debug)]
pub(super) struct Shopper {
    pub user_id: u64,
    pub language: Language,
    /// Index into `DEVICES`.
    pub device: u8,
    /// Price level (ln) up to which this shopper does not mind the price.
    pub budget: f64,
    pub favourites: [usize; 3],
    /// Relative to an average shopper.
    pub activity: f64,
    /// Key of this shopper's liking for brands.
    pub taste: u64,
    city: usize,
    registered_day: i64,
}

impl Shopper {
    pub(super) fn new(seed: u64, idx: u64, first_day: i64) -> Self {
        let mut draws = Draws::new(seed, &[STREAM, idx]);
        let language = if draws.chance(0.2) {
            Language::Chinese
        } else {
            Language::English
        };
        let favourites = [0; 3].map(|_| popular_kind(&mut draws));
        Self {
            user_id: user_id(idx),
            language,
            device: [0, 0, 0, 1, 1, 2, 2, 3][draws.below(8) as usize],
            budget: [-0.35, 0.0, 0.0, 0.45][draws.below(4) as usize],
            favourites,
            activity: (0.8 * draws.normal() - 0.32).exp(),
            taste: draws.next_u64(),
            city: draws.below(CITIES.len() as u64) as usize,
            registered_day: first_day - 1 - draws.below(1200) as i64,
        }
    }

    /// Expected number of visits in four weeks.
    pub(super) fn expected_visits(&self) -> f64 {
        4.0 * WEEKDAY.iter().map(|weekday| self.daily_chance(*weekday)).sum::<f64>()
    }

    fn daily_chance(&self, weekday: f64) -> f64 {
        (DAILY_VISIT * self.activity * weekday).min(0.92)
    }

    /// Whether and when (seconds after local midnight) this shopper visits on a day. At most one visit
    /// a day, so that visits of one shopper never overlap.
    pub(super) fn visit(&self, seed: u64, idx: u64, day: u64) -> Option<i64> {
        let mut draws = Draws::new(seed, &[STREAM + 1, idx, day]);
        if !draws.chance(self.daily_chance(WEEKDAY[(day % 7) as usize])) {
            return None;
        }
        let total: f64 = HOURS.iter().sum();
        let mut left = draws.uniform() * total;
        let hour = HOURS
            .iter()
            .position(|&weight| {
                left -= weight;
                left < 0.0
            })
            .unwrap_or(21);
        Some(hour as i64 * 3600 + draws.below(3600) as i64)
    }

    /// Liking for a brand on the log-odds scale, about N(0, 0.3²).
    pub(super) fn liking(&self, brand: &str) -> f64 {
        let key = brand
            .bytes()
            .fold(0u64, |key, byte| key.wrapping_mul(131).wrapping_add(u64::from(byte)));
        0.3 * Draws::new(self.taste, &[key]).normal()
    }

    pub(super) fn write_row(&self, out: &mut Vec<u8>) {
        csv::integer(out, self.user_id);
        out.push(b',');
        csv::date(out, self.registered_day);
        out.push(b',');
        out.extend_from_slice(CITIES[self.city].as_bytes());
        out.extend_from_slice(match self.language {
            Language::English => b",en,",
            Language::Chinese => b",zh,",
        });
        out.extend_from_slice(DEVICES[usize::from(self.device)].as_bytes());
        out.extend_from_slice(if self.budget < 0.0 {
            b",low,"
        } else if self.budget > 0.0 {
            b",high,"
        } else {
            b",middle,"
        });
        out.extend_from_slice(KINDS[self.favourites[0]].code.as_bytes());
        out.push(b'\n');
    }
}

/// Some kinds of goods are wanted more than others; which, is mixed over the categories.
pub(super) fn popular_kind(draws: &mut Draws) -> usize {
    let rank = (draws.uniform().powf(1.8) * KINDS.len() as f64) as usize;
    rank.min(KINDS.len() - 1) * 23 % KINDS.len()
}

/// Nine digits, like the ids of public logs, so that no id can be taken for a mobile number.
pub(super) fn user_id(idx: u64) -> u64 {
    510_000_000 + 7 * idx
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_leave_the_night_free_and_follow_the_week() {
        let mut per_weekday = [0u32; 7];
        for idx in 0..4000 {
            let shopper = Shopper::new(1, idx, 20_000);
            for day in 0..28 {
                if let Some(start) = shopper.visit(1, idx, day) {
                    assert!((7 * 3600..23 * 3600).contains(&start));
                    per_weekday[(day % 7) as usize] += 1;
                }
            }
        }
        assert!(
            f64::from(per_weekday[5]) > 1.2 * f64::from(per_weekday[1]),
            "{per_weekday:?}"
        );
    }
}
