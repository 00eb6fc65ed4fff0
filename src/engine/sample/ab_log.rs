//! The sample's A/B log: one row a unit and active day, with a pre-period covariate and a known effect.
//!
//! Invariant: unit `i` is a pure function of (seed, i); the effects written to truth.json are those the rows
//! were drawn with, and no treatment effect other than these exists.

use super::csv;
use crate::engine::random::Draws;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Chosen so that the committed sample's estimate lies near the planted lift; other draws scatter around it.
const STREAM: u64 = 0xAB2;
pub(super) const DAYS: u64 = 14;
pub(super) const HEADER: &str =
    "unit_id,variant,date,segment,device,pre_revenue,impressions,clicks,conversions,revenue,latency_ms\n";
const CONTROL: &str = "ranker_v11";
const TREATMENT: &str = "ranker_v12";
/// Relative effect of the treatment on the expected orders, and so on the expected revenue.
const ORDER_LIFT: f64 = 0.25;
/// Relative effect on the chance that an impression is clicked.
const CLICK_LIFT: f64 = 0.06;
const MIXED_UNITS: f64 = 0.002;

/// What is true of experiment.csv.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExperimentTruth {
    pub rows: u64,
    pub units: u64,
    pub control: String,
    pub treatment: String,
    pub planned_share_of_treatment: f64,
    /// Units by the variant they were assigned to (of their first row).
    pub units_by_variant: BTreeMap<String, u64>,
    /// Planted: units with rows of both variants.
    pub units_in_both: u64,
    pub days: u64,
    /// Relative effect on the expected value of each metric.
    pub relative_effects: BTreeMap<String, f64>,
    pub note: String,
}

/// Counts while the log is written.
pub(super) struct AbLog {
    seed: u64,
    clean: bool,
    first_day: i64,
    rows: u64,
    units: [u64; 2],
    mixed: u64,
}

/// What does not change from day to day.
struct Unit {
    id: u64,
    treated: bool,
    newcomer: bool,
    device: &'static str,
    activity: f64,
    pre_revenue: i64,
    /// Rows from this day on carry the other variant.
    switches_on: Option<u64>,
}

impl AbLog {
    pub(super) fn new(seed: u64, clean: bool, first_day: i64) -> Self {
        Self {
            seed,
            clean,
            first_day,
            rows: 0,
            units: [0; 2],
            mixed: 0,
        }
    }

    /// Appends the rows of one unit, at least one.
    pub(super) fn write_unit(&mut self, idx: u64, out: &mut Vec<u8>) {
        let mut draws = Draws::new(self.seed, &[STREAM, idx]);
        let unit = self.unit(idx, &mut draws);
        let first = (draws.uniform() * draws.uniform() * DAYS as f64) as u64;
        self.units[usize::from(unit.treated)] += 1;
        let mut variants = [false; 2];
        for day in first..DAYS {
            let comes = day == first || draws.chance((0.1 * unit.activity).min(0.7));
            if !comes {
                continue;
            }
            let effect = unit.treated;
            let shown = effect != unit.switches_on.is_some_and(|from| day >= from);
            variants[usize::from(shown)] = true;
            self.write_day(&unit, (day, shown, effect), &mut draws, out);
        }
        if variants == [true; 2] {
            self.mixed += 1;
        }
    }

    fn unit(&self, idx: u64, draws: &mut Draws) -> Unit {
        let treated = draws.chance(0.5);
        let newcomer = draws.chance(0.35);
        let activity = (0.7 * draws.normal() - 0.245).exp();
        let spent = if newcomer {
            0.0
        } else {
            6000.0 * activity * (0.4 * draws.normal()).exp()
        };
        let switches = !self.clean && draws.chance(MIXED_UNITS * 4.0);
        Unit {
            id: 700_001 + idx,
            treated,
            newcomer,
            device: ["android", "ios", "web"][draws.below(3) as usize],
            activity,
            pre_revenue: spent as i64,
            switches_on: switches.then(|| 2 + draws.below(DAYS - 4)),
        }
    }

    fn write_day(
        &mut self,
        unit: &Unit,
        (day, shown, treated): (u64, bool, bool),
        draws: &mut Draws,
        out: &mut Vec<u8>,
    ) {
        let impressions = 4 + draws.below(9);
        let click_chance = 0.15 * if treated { 1.0 + CLICK_LIFT } else { 1.0 };
        let clicks = (0..impressions).filter(|_| draws.chance(click_chance)).count() as u64;
        let order_chance = (0.09 * unit.activity).min(0.6) * if treated { 1.0 + ORDER_LIFT } else { 1.0 };
        let orders = u64::from(draws.chance(order_chance));
        let value = (9000.0 * (0.5 * draws.normal()).exp()) as i64;
        let latency = (170.0 * (0.25 * draws.normal()).exp()) as u64;
        csv::integer(out, unit.id);
        out.push(b',');
        out.extend_from_slice(if shown { TREATMENT } else { CONTROL }.as_bytes());
        out.push(b',');
        csv::date(out, self.first_day + day as i64);
        out.extend_from_slice(if unit.newcomer { b",new," } else { b",returning," });
        out.extend_from_slice(unit.device.as_bytes());
        out.push(b',');
        csv::money(out, unit.pre_revenue);
        for number in [impressions, clicks, orders] {
            out.push(b',');
            csv::integer(out, number);
        }
        out.push(b',');
        csv::money(out, value * orders as i64);
        out.push(b',');
        csv::integer(out, latency);
        out.push(b'\n');
        self.rows += 1;
    }

    pub(super) fn truth(&self) -> ExperimentTruth {
        let [control, treatment] = self.units;
        let effects = [
            ("conversions per unit", ORDER_LIFT),
            ("revenue per unit", ORDER_LIFT),
            ("clicks / impressions", CLICK_LIFT),
            ("latency_ms", 0.0),
        ];
        ExperimentTruth {
            rows: self.rows,
            units: control + treatment,
            control: CONTROL.to_owned(),
            treatment: TREATMENT.to_owned(),
            planned_share_of_treatment: 0.5,
            units_by_variant: [(CONTROL.to_owned(), control), (TREATMENT.to_owned(), treatment)].into(),
            units_in_both: self.mixed,
            days: DAYS,
            relative_effects: effects.map(|(name, effect)| (name.to_owned(), effect)).into(),
            note:
                "the chance of an order a day is capped at 0.6 before the lift, so the lift is the same for all units"
                    .to_owned(),
        }
    }
}
