//! Visits no shopper makes: bots, sessions without end, purchases out of nowhere, events out of time, strangers.
//!
//! Invariant: their rows carry no other defect, and none of them falls into the last days of the log,
//! so that all are written whole.

use super::catalogue::{Catalogue, Language};
use super::shoppers::{Shopper, user_id};
use super::visit::{Event, EventKind, Standing, session_key};
use crate::engine::random::Draws;

const STREAM: u64 = 0x0DD5;
/// Days of the log in which visits of this kind are planted.
pub(super) const PLANTING_DAYS: u64 = 20;
/// Seconds between two events of a bot, always the same.
const BOT_PACE_SECS: i64 = 2;
const OVERLONG_SECS: i64 = 13 * 3600;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bot,
    Overlong,
    WithoutView,
    OutOfRange,
    /// An event that arrives with a time weeks before the log.
    Isolated,
    /// A visitor whom the user table does not hold.
    Stranger,
}

/// One planned visit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unusual {
    kind: Kind,
    pub day: u64,
    /// Seconds after local midnight.
    pub start: i64,
    /// Index of the shopper; bots, overlong sessions, viewless purchases and strangers have shoppers of their own.
    shopper: u64,
}

/// All planned visits in order of day and start; extra shoppers are numbered from `num_shoppers`, strangers after them.
pub(super) struct Plan {
    pub visits: Vec<Unusual>,
    pub extra_shoppers: u64,
}

impl Plan {
    pub(super) fn empty() -> Self {
        Self {
            visits: Vec::new(),
            extra_shoppers: 0,
        }
    }

    /// About how many rows all planned visits make together.
    pub(super) fn expected_rows(rows: u64) -> u64 {
        let [bots, overlong, without_view, out_of_range, isolated, strangers] = counts(rows).map(|(_, count)| count);
        160 * bots + 45 * overlong + without_view + out_of_range + isolated + 6 * strangers
    }

    pub(super) fn bots(&self) -> u64 {
        self.visits.iter().filter(|visit| visit.kind == Kind::Bot).count() as u64
    }

    pub(super) fn new(seed: u64, rows: u64, num_shoppers: u64) -> Self {
        let mut visits = Vec::new();
        let mut extra = 0;
        for (kind, count) in counts(rows) {
            let is_shopper = matches!(kind, Kind::OutOfRange | Kind::Isolated);
            let count = if is_shopper { count.min(num_shoppers) } else { count };
            for number in 0..count {
                let mut draws = Draws::new(seed, &[STREAM, kind as u64, number]);
                let shopper = match kind {
                    Kind::OutOfRange | Kind::Isolated => number,
                    // The last kind, so that all extra shoppers are numbered by now.
                    Kind::Stranger => num_shoppers + extra + number,
                    Kind::Bot | Kind::Overlong | Kind::WithoutView => {
                        extra += 1;
                        num_shoppers + extra - 1
                    }
                };
                // Nobody comes before seven, so that the first night of the log is empty.
                let start = match kind {
                    Kind::Overlong => 8 * 3600,
                    _ => 7 * 3600 + draws.below(57_600) as i64,
                };
                visits.push(Unusual {
                    kind,
                    day: draws.below(PLANTING_DAYS),
                    start,
                    shopper,
                });
            }
        }
        visits.sort_by_key(|visit| (visit.day, visit.start, visit.shopper));
        Self {
            visits,
            extra_shoppers: extra,
        }
    }
}

/// How many visits of each kind a log of so many rows gets.
fn counts(rows: u64) -> [(Kind, u64); 6] {
    [
        (Kind::Bot, (rows / 14_000).max(2)),
        (Kind::Overlong, (rows / 12_000).max(1)),
        (Kind::WithoutView, (rows / 1200).max(3)),
        (Kind::OutOfRange, (rows / 2500).max(4)),
        // Fewer than one in a thousand, or the log would simply have a thin beginning.
        (Kind::Isolated, (rows / 4000).max(1)),
        (Kind::Stranger, (rows / 5000).max(2)),
    ]
}

impl Unusual {
    /// Writes the visit's events; `unix_start` is its start in Unix seconds.
    pub(super) fn events(&self, seed: u64, unix_start: i64, catalogue: &Catalogue, events: &mut Vec<Event>) {
        let mut draws = Draws::new(seed, &[STREAM, 9, self.shopper, self.kind as u64]);
        let shopper = Shopper::new(seed, self.shopper, 0);
        let num_items = catalogue.on_shelves as u64;
        let first_item = draws.below(num_items);
        let mut event = Event {
            unix_secs: unix_start,
            kind: EventKind::View,
            item: first_item as u32,
            user_id: user_id(self.shopper),
            session: session_key(user_id(self.shopper), 0x1FFF - self.kind as u64, true),
            query: None,
            position: None,
            device: shopper.device,
            language: Language::English,
            standing: Standing::Bot,
        };
        match self.kind {
            Kind::Bot => {
                // It walks the catalogue item by item at an even pace.
                for step in 0..130 + draws.below(60) {
                    event.item = ((first_item + step) % num_items) as u32;
                    events.push(event);
                    event.unix_secs += BOT_PACE_SECS;
                }
            }
            Kind::Overlong => {
                let mut last = false;
                while !last {
                    last = event.unix_secs - unix_start > OVERLONG_SECS;
                    event.standing = Standing::Overlong { last };
                    event.item = draws.below(num_items) as u32;
                    events.push(event);
                    event.unix_secs += 480 + draws.below(1200) as i64;
                }
            }
            Kind::WithoutView => {
                event.kind = EventKind::Purchase;
                event.standing = Standing::WithoutView;
                events.push(event);
            }
            Kind::OutOfRange => {
                let future = draws.chance(0.5);
                event.standing = Standing::OutOfRange { future };
                events.push(event);
            }
            Kind::Isolated => {
                event.standing = Standing::Isolated;
                events.push(event);
            }
            Kind::Stranger => {
                event.standing = Standing::Stranger;
                look_around(event, (first_item, num_items), &mut draws, events);
            }
        }
    }
}

/// A few views of a list, in no hurry.
fn look_around(mut event: Event, (first_item, num_items): (u64, u64), draws: &mut Draws, events: &mut Vec<Event>) {
    for position in 1..=4 + draws.below(5) as u8 {
        event.position = Some(position);
        event.item = ((first_item + 7 * u64::from(position)) % num_items) as u32;
        events.push(event);
        event.unix_secs += 15 + draws.below(30) as i64;
    }
}
