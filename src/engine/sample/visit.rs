//! One visit to the shop: searches, lists of items with position bias, clicks, carts, purchases.
//!
//! Invariant: the events of a visit are in time order, three seconds or more apart where they are of one
//! kind, and a pure function of (seed, shopper, day). The click and purchase probabilities are known, so
//! the best possible AUC is known too.

use super::catalogue::{Catalogue, Item, Language};
use super::propensity::Propensities;
use super::query::Query;
use super::shoppers::{Shopper, popular_kind};
use super::vocabulary::{KINDS, KINDS_PER_CATEGORY};
use crate::engine::random::Draws;

const STREAM: u64 = 0x7151;
/// Share of the places in a list that launched goods get: the planted shift of popularity.
const LAUNCHED_SHARE: f64 = 0.3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum EventKind {
    View,
    Click,
    Cart,
    Purchase,
    Review,
}

impl EventKind {
    pub(super) const ALL: [Self; 5] = [Self::View, Self::Click, Self::Cart, Self::Purchase, Self::Review];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Click => "click",
            Self::Cart => "cart",
            Self::Purchase => "purchase",
            Self::Review => "review",
        }
    }
}

/// What may be planted on a row, by how it came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// A row of an ordinary visit. `lone`: nothing follows from it, so it may be spoiled without touching
    /// other rows. `after_gap`: the visit paused before this row for longer than a session may.
    Ordinary {
        lone: bool,
        after_gap: bool,
    },
    Bot,
    Overlong {
        last: bool,
    },
    WithoutView,
    OutOfRange {
        future: bool,
    },
    /// It arrives with a time weeks before the log.
    Isolated,
    /// The user table does not hold its user.
    Stranger,
    /// A second firing of an ordinary row, a moment later.
    Echo,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Event {
    /// Unix seconds at which it reaches the log.
    pub unix_secs: i64,
    pub kind: EventKind,
    pub item: u32,
    pub user_id: u64,
    pub session: u64,
    pub query: Option<Query>,
    /// 1-based place in the list.
    pub position: Option<u8>,
    pub device: u8,
    pub language: Language,
    pub standing: Standing,
}

/// Where the events of visits come from.
pub(super) struct Shop<'a> {
    pub seed: u64,
    pub catalogue: &'a Catalogue,
    /// Plants a long pause inside some sessions.
    pub gaps: bool,
    /// Goods have been launched that nobody saw before.
    pub launched: bool,
}

/// Writes the events of one visit into `events` and its known probabilities into `known`.
pub(super) fn visit(
    shop: &Shop<'_>,
    shopper: &Shopper,
    (day, start): (u64, i64),
    events: &mut Vec<Event>,
    known: &mut Propensities,
) {
    let mut visit = Visit {
        shop,
        shopper,
        session: session_key(shopper.user_id, day, false),
        clock: start,
        draws: Draws::new(shop.seed, &[STREAM, shopper.user_id, day]),
    };
    let searches = 1 + u32::from(visit.draws.chance(0.5)) + u32::from(visit.draws.chance(0.2));
    let first = events.len();
    for _ in 0..searches {
        visit.search(events, known);
        visit.clock += 20 + visit.draws.below(60) as i64;
    }
    if shop.gaps && visit.draws.chance(0.012) {
        pause(&mut events[first..], &mut visit.draws);
    }
    visit.reviews(first, day, events);
}

struct Visit<'a> {
    shop: &'a Shop<'a>,
    shopper: &'a Shopper,
    session: u64,
    clock: i64,
    draws: Draws,
}

impl Visit<'_> {
    fn search(&mut self, events: &mut Vec<Event>, known: &mut Propensities) {
        let kind = if self.draws.chance(0.6) {
            self.shopper.favourites[self.draws.below(3) as usize]
        } else {
            popular_kind(&mut self.draws)
        };
        // One list in eight is a category page: nothing was typed.
        let typed = self.draws.chance(0.875);
        let query = Query::draw(kind, self.shopper.language, &mut self.draws);
        let length = 6 + self.draws.below(13) as usize;
        let mut shown: Vec<u32> = Vec::with_capacity(length);
        for position in 1..=length {
            let Some(item) = self.pick(kind, position, &shown) else {
                continue;
            };
            shown.push(item);
            self.show(item, (&query, typed), position as u8, events, known);
        }
    }

    /// An item for a place in the list: the shop's ranker is weak, so the wrong goods come up too.
    fn pick(&mut self, kind: usize, position: usize, shown: &[u32]) -> Option<u32> {
        for _ in 0..6 {
            let launched = self.shop.launched && self.draws.chance(LAUNCHED_SHARE);
            let new = launched
                .then(|| self.shop.catalogue.draw_launched(kind, &mut self.draws))
                .flatten();
            if let Some(item) = new.filter(|item| !shown.contains(item)) {
                return Some(item);
            }
            let u = self.draws.uniform();
            let exact = if position <= 4 { 0.7 } else { 0.5 };
            let kind = if u < exact {
                kind
            } else if u < exact + 0.25 {
                kind / KINDS_PER_CATEGORY * KINDS_PER_CATEGORY + self.draws.below(KINDS_PER_CATEGORY as u64) as usize
            } else {
                self.draws.below(KINDS.len() as u64) as usize
            };
            let item = self.shop.catalogue.draw(kind, self.shopper.language, &mut self.draws);
            if !shown.contains(&item) {
                return Some(item);
            }
        }
        None
    }

    fn show(
        &mut self,
        item: u32,
        (query, typed): (&Query, bool),
        position: u8,
        events: &mut Vec<Event>,
        known: &mut Propensities,
    ) {
        let goods = &self.shop.catalogue.items[item as usize];
        let odds = Odds::new(self.shopper, goods, query, position);
        let click = self.draws.chance(odds.click());
        let purchase = click && self.draws.chance(odds.purchase_after_click());
        let cart = click && self.draws.chance(if purchase { 0.75 } else { 0.12 });
        known.record(&odds, click, purchase);

        self.clock += 3 + self.draws.below(11) as i64;
        let mut event = Event {
            unix_secs: self.clock,
            kind: EventKind::View,
            item,
            user_id: self.shopper.user_id,
            session: self.session,
            query: typed.then_some(*query),
            position: Some(position),
            device: self.shopper.device,
            language: self.shopper.language,
            standing: Standing::Ordinary {
                lone: !click,
                after_gap: false,
            },
        };
        events.push(event);
        event.standing = Standing::Ordinary {
            lone: false,
            after_gap: false,
        };
        let steps = [
            (click, EventKind::Click, 3, 6),
            (cart, EventKind::Cart, 12, 90),
            (purchase, EventKind::Purchase, 20, 120),
        ];
        for (happens, kind, least, spread) in steps {
            if happens {
                self.clock += least + self.draws.below(spread) as i64;
                event.unix_secs = self.clock;
                event.kind = kind;
                events.push(event);
            }
        }
        if click {
            self.clock += 10 + self.draws.below(40) as i64;
        }
    }

    /// A third of the purchases are reviewed one to five days later, around noon, in a session of its own.
    fn reviews(&mut self, first: usize, day: u64, events: &mut Vec<Event>) {
        let mut written = 0;
        for idx in first..events.len() {
            let bought = events[idx];
            if bought.kind != EventKind::Purchase || !self.draws.chance(0.35) {
                continue;
            }
            written += 1;
            let days = 1 + self.draws.below(5) as i64;
            events.push(Event {
                unix_secs: bought.unix_secs + days * 86_400 + self.draws.below(3600) as i64,
                kind: EventKind::Review,
                query: None,
                position: None,
                standing: Standing::Ordinary {
                    lone: false,
                    after_gap: false,
                },
                session: session_key(self.shopper.user_id, day * 64 + written, true),
                ..bought
            });
        }
    }
}

/// Forty bits for a session. Two sessions with one key would look like an overlong session, so the map is
/// one to one: 26 bits of shopper, 13 of `part` and one more, mixed by two steps that can be undone.
pub(super) fn session_key(user_id: u64, part: u64, apart: bool) -> u64 {
    let dense = ((user_id - super::shoppers::user_id(0)) / 7) << 14 | (part & 0x1FFF) << 1 | u64::from(apart);
    let mixed = (dense ^ dense >> 20).wrapping_mul(0x9E_3779_B97F) & ((1 << 40) - 1);
    mixed ^ mixed >> 20
}

/// Moves the second half of a session back by 40 minutes to 2 hours.
fn pause(events: &mut [Event], draws: &mut Draws) {
    let middle = events.len() / 2;
    let shift = 2400 + draws.below(4800) as i64;
    if middle == 0 {
        return;
    }
    for event in &mut events[middle..] {
        event.unix_secs += shift;
    }
    if let Standing::Ordinary { after_gap, .. } = &mut events[middle].standing {
        *after_gap = true;
    }
}

/// The log-odds behind a click and a purchase, in parts.
pub(super) struct Odds {
    /// What query and title say.
    pub text: f64,
    /// Taste, price against budget.
    person: f64,
    position: f64,
    relevant: bool,
    appeal: f64,
}

impl Odds {
    fn new(shopper: &Shopper, item: &Item, query: &Query, position: u8) -> Self {
        let wanted = usize::from(query.kind);
        let relevance = if item.kind == wanted {
            0.75
        } else if item.kind / KINDS_PER_CATEGORY == wanted / KINDS_PER_CATEGORY {
            -0.75
        } else {
            -1.6
        };
        let over_budget = (item.price_level - shopper.budget).max(0.0);
        Self {
            text: relevance + 0.85 * item.appeal + query.agreement(item),
            person: shopper.liking(&item.brand) - 0.7 * over_budget,
            position: -0.18 * f64::from(position).ln(),
            relevant: item.kind == wanted,
            appeal: item.appeal,
        }
    }

    pub(super) fn click_log_odds(&self) -> f64 {
        -1.35 + self.text + self.person + self.position
    }

    fn click(&self) -> f64 {
        logistic(self.click_log_odds())
    }

    fn purchase_after_click(&self) -> f64 {
        let fit = if self.relevant { 0.25 } else { -0.35 };
        logistic(-1.0 + fit + 0.35 * self.appeal + 0.5 * self.person)
    }

    pub(super) fn purchase(&self) -> f64 {
        self.click() * self.purchase_after_click()
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}
