//! The sample's app log: raw tracking of the shop's app, with a server's and a device's clock, and the defects
//! that only show where events carry identifiers, sources and two times.
//!
//! Invariant: a pure function of (seed, rows, clean); a row carries at most one planted defect, and the counts
//! are of the rows as written. Bounded: at most `MOST_ROWS` rows, so memory does not grow with the shop.

use super::app_visits::{Kind, Row, visits};
use super::catalogue::Catalogue;
use super::csv;
use super::truth::{Planted, planted_in};
use super::vocabulary::KINDS;
use crate::engine::random::Draws;
use std::collections::{BTreeSet, HashMap};

const STREAM: u64 = 0xA99;
pub(super) const NAME: &str = "app_log.csv";
pub(super) const HEADER: &str = "event_id,server_time,device_time,user_id,session_id,event_type,item_id,category,brand,price,position,platform,item_events,fold\n";
const MOST_ROWS: u64 = 40_000;
/// On this day no row has a brand: the planted outage.
const OUTAGE_DAY: u64 = 5;
const DAY_SECS: i64 = 86_400;

/// The rows to write and what was planted in them.
pub(super) struct AppLog {
    rows: Vec<Row>,
    pub planted: Vec<Planted>,
}

impl AppLog {
    pub(super) fn new(seed: u64, shop_rows: u64, clean: bool, catalogue: &Catalogue, first_day: i64) -> Self {
        let wanted = (shop_rows / 8).clamp(1_500, MOST_ROWS);
        let mut log = Self {
            rows: visits(seed, wanted, clean, catalogue, first_day),
            planted: Vec::new(),
        };
        if clean {
            log.running_totals();
            return log;
        }
        let mut draws = Draws::new(seed, &[STREAM, 1]);
        log.count_skewed_and_shifted();
        log.share_sessions();
        log.stray_from_folds();
        log.swap_carts();
        log.lose_brands(first_day);
        log.spoil_rows(&mut draws, catalogue);
        log.tell_twice(&mut draws);
        log.whole_totals();
        log.note(
            "empty_days",
            ("server_time", "days"),
            1,
            "calendar days (UTC) without a row",
        );
        log
    }

    pub(super) fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    fn note(&mut self, check: &str, (column, variant): (&str, &str), rows: u64, definition: &str) {
        self.planted
            .push(planted_in(NAME, (check, column, variant), rows, definition));
    }

    fn count_skewed_and_shifted(&mut self) {
        let count = |rows: &[Row], test: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| test(row)).count() as u64;
        let skewed = count(&self.rows, &|row| row.device - row.server * 1_000 > 300_000);
        let shifted = count(&self.rows, &|row| row.platform == "kiosk");
        let definition = "rows of users whose device is 20 minutes ahead of the server";
        self.note("clock_skew", ("device_time", ""), skewed, definition);
        let definition = "rows of the platform that writes local time, 8 hours ahead of UTC";
        self.note("zone_shift", ("platform", "kiosk"), shifted, definition);
        for row in &mut self.rows {
            row.taken |= row.device - row.server * 1_000 > 300_000 || row.platform == "kiosk";
        }
    }

    /// The second half of two sessions gets another user.
    fn share_sessions(&mut self) {
        let mut rows = 0;
        let sessions: Vec<u64> = self.sessions_of_free_rows().into_iter().take(2).collect();
        for session in sessions {
            let members: Vec<usize> = (0..self.rows.len())
                .filter(|&at| self.rows[at].session == session)
                .collect();
            for (place, &at) in members.iter().enumerate() {
                let row = &mut self.rows[at];
                if place == members.len() - 1 {
                    row.user += 3;
                }
                row.taken = true;
                rows += 1;
            }
        }
        let definition = "all rows of sessions that name two users";
        self.note("shared_sessions", ("session_id", ""), rows, definition);
    }

    /// One row of a few training sessions is a test row.
    fn stray_from_folds(&mut self) {
        let mut strayed = BTreeSet::new();
        for row in &mut self.rows {
            let is_chosen = row.session % 23 == 2 && !row.taken && !row.is_test();
            if is_chosen && strayed.insert(row.session) {
                (row.strayed, row.taken) = (true, true);
            }
        }
        let definition = "test rows of sessions whose other rows are for training";
        self.note("split_overlap", ("session_id", ""), strayed.len() as u64, definition);
    }

    /// Sessions in which nothing is planted and whose last row is a plain exposure, in order.
    fn sessions_of_free_rows(&self) -> Vec<u64> {
        let mut last: HashMap<u64, (bool, usize)> = HashMap::new();
        for row in &self.rows {
            let (free, size) = last.entry(row.session).or_insert((true, 0));
            *free = !row.taken && (row.kind == Kind::Exposure && !row.followed || *size == 0);
            *size += 1;
        }
        let mut seen = BTreeSet::new();
        let good = |row: &&Row| last.get(&row.session).is_some_and(|&(free, size)| free && size >= 4);
        let sessions = self.rows.iter().filter(good).filter(|row| seen.insert(row.session));
        sessions.map(|row| row.session).collect()
    }

    /// Every fifth cart that leads to a purchase arrives after it.
    fn swap_carts(&mut self) {
        let mut swapped = 0;
        let mut carts = 0;
        for at in 0..self.rows.len().saturating_sub(1) {
            let (cart, purchase) = (&self.rows[at], &self.rows[at + 1]);
            let is_pair =
                cart.kind == Kind::Cart && purchase.kind == Kind::Purchase && cart.session == purchase.session;
            if !is_pair || cart.taken || purchase.taken || self.repeats(at) {
                continue;
            }
            carts += 1;
            if carts % 5 == 1 {
                let (earlier, later) = (self.rows[at].server, self.rows[at + 1].server);
                self.rows[at].move_to(later);
                self.rows[at + 1].move_to(earlier);
                self.rows.swap(at, at + 1);
                self.rows[at].taken = true;
                self.rows[at + 1].taken = true;
                swapped += 1;
            }
        }
        let definition = "carts that arrive after the purchase they led to";
        self.note("cart_after_purchase", ("event_type", ""), swapped, definition);
    }

    /// Whether the user dealt with the item in another visit, too.
    fn repeats(&self, at: usize) -> bool {
        let own = &self.rows[at];
        let same = |row: &&Row| row.user == own.user && row.item == own.item && row.session != own.session;
        self.rows.iter().any(|row| same(&row))
    }

    /// Single cells and single events.
    fn spoil_rows(&mut self, draws: &mut Draws, catalogue: &Catalogue) {
        let mut counts = [0_u64; 6];
        let mut prices: Vec<i64> = self.rows.iter().map(|row| row.price_hundredths).collect();
        prices.sort_unstable();
        // A hundred times more than this is far from its item, but not from all prices.
        let usual_price = prices.get(prices.len() / 2).copied().unwrap_or_default();
        for at in 0..self.rows.len() {
            let row = &self.rows[at];
            if row.taken || !draws.chance(0.06) {
                continue;
            }
            let alone = !row.followed && row.kind == Kind::Exposure;
            let choice = draws.below(6) as usize;
            let known = self.is_first_contact(at);
            let row = &mut self.rows[at];
            match choice {
                0 => {
                    row.device = if draws.chance(0.5) {
                        row.device / 1_000
                    } else {
                        row.device * 1_000
                    }
                }
                1 if alone && known => row.kind = Kind::Click,
                2 if alone && known => (row.kind, row.position) = (Kind::Review, None),
                3 if row.position.is_some() => row.position = None,
                4 if row.brand.is_some() => row.brand = Some(other_brand(row, catalogue)),
                5 if row.price_hundredths <= usual_price => row.price_hundredths *= 100,
                _ => continue,
            }
            row.taken = true;
            counts[choice] += 1;
        }
        let notes = [
            (
                "time_units",
                "device_time",
                "seconds or microseconds in a column of milliseconds",
            ),
            (
                "click_without_exposure",
                "event_type",
                "clicks on items that were not shown to the user before",
            ),
            (
                "review_without_purchase",
                "event_type",
                "reviews of items the user did not buy",
            ),
            (
                "exposure_without_position",
                "position",
                "impressions and clicks without a position",
            ),
            ("item_attributes", "brand", "brand of another item"),
            ("price_jumps", "price", "price a hundred times that of the item"),
        ];
        for ((check, column, definition), rows) in notes.into_iter().zip(counts) {
            self.note(check, (column, ""), rows, definition);
        }
    }

    /// Whether the user has no other row with the item.
    fn is_first_contact(&self, at: usize) -> bool {
        let own = &self.rows[at];
        let same = |other: usize| {
            let row = &self.rows[other];
            other != at && row.user == own.user && row.item == own.item
        };
        !(0..self.rows.len()).any(same)
    }

    fn lose_brands(&mut self, first_day: i64) {
        let day = (first_day + OUTAGE_DAY as i64) * DAY_SECS;
        let mut rows = 0;
        for row in &mut self.rows {
            if (day..day + DAY_SECS).contains(&row.server) {
                row.brand = None;
                rows += 1;
            }
        }
        let definition = "rows of the day on which no row has a brand";
        self.note("column_outage", ("brand", ""), rows, definition);
        self.note("missing", ("brand", ""), rows, "empty cell in an accepted row");
    }

    /// Some events arrive a second time, half a minute later, under their old identifier.
    fn tell_twice(&mut self, draws: &mut Draws) {
        let mut copies = Vec::new();
        for row in &self.rows {
            if !row.taken && row.kind == Kind::Exposure && draws.chance(0.01) {
                let mut copy = row.clone();
                copy.server += 30 + draws.below(20) as i64;
                copies.push(copy);
            }
        }
        let rows = copies.len() as u64;
        self.rows.extend(copies);
        self.rows.sort_by_key(|row| (row.server, row.event_id));
        let definition = "later rows with the identifier of an earlier event";
        self.note("synthetic_duplicates", ("event_id", ""), rows, definition);
        // A copy of an event on the day without brands lacks its brand, too.
        let twice = |row: &&Row| row.brand.is_none();
        let missing = self.rows.iter().filter(twice).count() as u64;
        for planted in &mut self.planted {
            if matches!(planted.check.as_str(), "column_outage" | "missing") {
                planted.rows = missing;
            }
        }
    }

    /// What was known when the row was written: events of the item so far.
    fn running_totals(&mut self) {
        let mut so_far: HashMap<u32, u64> = HashMap::new();
        for row in &mut self.rows {
            let count = so_far.entry(row.item).or_default();
            *count += 1;
            row.item_events = *count;
        }
    }

    /// The planted leak: the item's events over the whole log.
    fn whole_totals(&mut self) {
        self.running_totals();
        let mut totals: HashMap<u32, u64> = HashMap::new();
        for row in &self.rows {
            totals.insert(row.item, row.item_events);
        }
        for row in &mut self.rows {
            row.item_events = totals[&row.item];
        }
        let rows = self.len();
        let definition = "every row holds its item's number of events in the whole log, later ones included";
        self.note("whole_log_totals", ("item_events", ""), rows, definition);
    }

    pub(super) fn write_row(&self, at: usize, catalogue: &Catalogue, out: &mut Vec<u8>) {
        let row = &self.rows[at];
        let item = &catalogue.items[row.item as usize];
        out.push(b'e');
        csv::integer(out, row.event_id);
        out.push(b',');
        csv::timestamp(out, row.server);
        out.push(b',');
        csv::integer(out, row.device.unsigned_abs());
        out.push(b',');
        csv::integer(out, row.user);
        out.extend_from_slice(b",v");
        csv::integer(out, row.session);
        out.push(b',');
        out.extend_from_slice(row.kind.name().as_bytes());
        out.push(b',');
        csv::integer(out, item.product_id);
        out.push(b',');
        out.extend_from_slice(KINDS[item.kind].code.as_bytes());
        out.push(b',');
        out.extend_from_slice(row.brand.as_deref().unwrap_or_default().as_bytes());
        out.push(b',');
        csv::money(out, row.price_hundredths);
        out.push(b',');
        if let Some(position) = row.position {
            csv::integer(out, u64::from(position));
        }
        out.push(b',');
        out.extend_from_slice(row.platform.as_bytes());
        out.push(b',');
        csv::integer(out, row.item_events);
        out.extend_from_slice(if row.is_test() { b",test\n" } else { b",train\n" });
    }
}

fn other_brand(row: &Row, catalogue: &Catalogue) -> String {
    let own = &catalogue.items[row.item as usize].brand;
    let other = catalogue
        .items
        .iter()
        .map(|item| &item.brand)
        .find(|brand| *brand != own);
    other.unwrap_or(own).clone()
}
