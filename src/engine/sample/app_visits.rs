//! Visits to the shop's app: impressions, clicks, carts, purchases and reviews with two clocks.
//!
//! Invariant: visit `n` is a pure function of (seed, n, clean); visits are of visitors of their own, so that none
//! overlap, and the events of a visit are at least four seconds and at most half an hour apart.

use super::catalogue::Catalogue;
use super::shoppers::user_id;
use crate::engine::random::Draws;

const STREAM: u64 = 0xA99;
const DAYS: u64 = 14;
/// No session starts on this day: the planted gap.
const EMPTY_DAY: u64 = 9;
const DAY_SECS: i64 = 86_400;
/// Items that the app shows; few, so that each has rows enough to know its usual brand and price.
const ITEMS: u64 = 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Exposure,
    Click,
    Cart,
    Purchase,
    Review,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Exposure => "impression",
            Self::Click => "click",
            Self::Cart => "cart",
            Self::Purchase => "purchase",
            Self::Review => "review",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    pub event_id: u64,
    pub server: i64,
    /// Milliseconds, or another unit where that is planted.
    pub device: i64,
    pub user: u64,
    pub session: u64,
    pub kind: Kind,
    pub item: u32,
    pub brand: Option<String>,
    pub price_hundredths: i64,
    pub position: Option<u8>,
    pub platform: &'static str,
    pub item_events: u64,
    /// On the other side of the split than its session.
    pub strayed: bool,
    /// Another defect on this row would touch its own.
    pub taken: bool,
    /// Other rows of the visit rest on this one.
    pub followed: bool,
}

/// A visitor of the app.
#[derive(Clone, Copy)]
struct Visitor {
    user: u64,
    platform: &'static str,
    /// How far the device's clock is ahead of the server's, seconds.
    ahead: i64,
}

impl Row {
    /// The side of the split, drawn by session.
    pub(super) fn is_test(&self) -> bool {
        self.session.is_multiple_of(5) != self.strayed
    }

    /// Moves both clocks.
    pub(super) fn move_to(&mut self, server: i64) {
        self.device += (server - self.server) * 1_000;
        self.server = server;
    }
}

/// Visits until there are rows enough, in order of the server's clock.
pub(super) fn visits(seed: u64, wanted: u64, clean: bool, catalogue: &Catalogue, first_day: i64) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut session = 0;
    while (rows.len() as u64) < wanted {
        session += 1;
        let mut draws = Draws::new(seed, &[STREAM, 2, session]);
        let day = loop {
            let day = draws.below(DAYS);
            if clean || day != EMPTY_DAY {
                break day;
            }
        };
        // Every visit is of a visitor of its own, so that visits never overlap.
        let visitor = visitor(seed, session, clean);
        // Evening hours are busier; nobody comes at night. The kiosk's clock shows local time.
        let hour = 1 + (draws.uniform().powf(0.8) * 13.0) as i64;
        let late = if visitor.platform == "kiosk" && !clean {
            8 * 3_600
        } else {
            0
        };
        let start = (first_day + day as i64) * DAY_SECS + hour * 3_600 + draws.below(2_400) as i64;
        visit(&mut rows, (visitor, session), start + late, catalogue, &mut draws);
    }
    rows.sort_by_key(|row| (row.server, row.event_id));
    rows
}

fn visitor(seed: u64, number: u64, clean: bool) -> Visitor {
    let mut draws = Draws::new(seed, &[STREAM, 3, number]);
    let platform = ["ios", "android", "kiosk", "web", "ios", "kiosk", "web", "android"][(number % 8) as usize];
    let is_off = !clean && platform != "kiosk" && number % 40 == 7;
    Visitor {
        user: user_id(number),
        platform,
        ahead: if is_off { 1_200 } else { -(draws.below(2) as i64) },
    }
}

fn visit(
    rows: &mut Vec<Row>,
    (visitor, session): (Visitor, u64),
    start: i64,
    catalogue: &Catalogue,
    draws: &mut Draws,
) {
    let mut clock = start;
    let shown = 5 + draws.below(6);
    let mut first_item = draws.below(ITEMS);
    for position in 1..=shown {
        first_item = (first_item + 1 + draws.below(3)) % ITEMS;
        let item = first_item as u32;
        let goods = &catalogue.items[item as usize];
        let click = draws.chance(0.3);
        let cart = click && draws.chance(0.45);
        let purchase = cart && draws.chance(0.6);
        let review = purchase && draws.chance(0.3);
        let steps = [
            (true, Kind::Exposure, 5, 11),
            (click, Kind::Click, 4, 8),
            (cart, Kind::Cart, 15, 60),
            (purchase, Kind::Purchase, 15, 60),
            (review, Kind::Review, 300, 600),
        ];
        for (happens, kind, least, spread) in steps {
            if !happens {
                continue;
            }
            clock += least + draws.below(spread) as i64;
            rows.push(Row {
                event_id: 7_000_001 + rows.len() as u64,
                server: clock,
                device: (clock + visitor.ahead) * 1_000 + draws.below(900) as i64,
                user: visitor.user,
                session: 40_000 + session,
                kind,
                item,
                brand: Some(goods.brand.clone()),
                price_hundredths: goods.price_hundredths,
                position: matches!(kind, Kind::Exposure | Kind::Click).then_some(position as u8),
                platform: visitor.platform,
                item_events: 0,
                strayed: false,
                taken: false,
                followed: click,
            });
        }
    }
}
