//! The sample's orders: a table as a shop exports it for analysts, with the slips that spreadsheets, forms and
//! joins make, each planted in cells of its own.
//!
//! Invariant: a pure function of (seed, rows, clean); a row carries at most one planted cell defect, and the counts
//! are of the rows as written. Nobody in it is real.

use super::catalogue::Catalogue;
use super::csv;
use super::order_texts::{self, Defect};
use super::shoppers::user_id;
use super::truth::{Planted, planted_in};
use crate::engine::random::Draws;
use std::collections::{HashMap, HashSet};

const STREAM: u64 = 0x0DE5;
pub(super) const NAME: &str = "orders.csv";
pub(super) const HEADER: &str = "order_id,ordered_at,user_id,product_id,status,unit_price,quantity,amount,currency,shipped_at,delivered_at,packing_secs,distance_m,rating,postcode,tracking_no,weight,city,receiver,address,split,channel,label_returned,service_secs,comment\n";
const MOST_ROWS: u64 = 20_000;
/// Every defect is planted at least this often, however small the shop.
const LEAST_OF_EACH: u64 = 3;
const DAYS: u64 = 28;
/// Goods that every second customer buys: the planted long tail. Few enough to be 1 % of the smallest table's items.
const BEST_SELLERS: u64 = 3;
const BEST_SELLER_SHARE: f64 = 0.42;
/// One order in so many is returned: the planted rare label.
const RETURNED_EVERY: u64 = 12;
/// The days before are for training, the rest for testing.
const FIRST_TEST_DAY: u64 = 20;
const CITIES: [&str; 6] = ["Shanghai", "Beijing", "Hangzhou", "Chengdu", "Shenzhen", "Nanjing"];
const STATUS: [&str; 6] = ["ordered", "packed", "shipped", "delivered", "returned", "closed"];

/// How many orders a shop of so many events has.
pub(super) fn count(shop_rows: u64) -> u64 {
    (shop_rows / 20).clamp(600, MOST_ROWS)
}

/// Writes the orders one by one and counts what is planted.
pub(super) struct Orders {
    seed: u64,
    clean: bool,
    first_day: i64,
    num_orders: u64,
    rows: u64,
    counts: [u64; Defect::ALL.len()],
    last_id: u64,
    /// Orders whose distance is a multiple of a hundred.
    rounded: u64,
    /// Returned orders that are labelled as such.
    returned: u64,
    /// Orders of each item.
    orders_per_item: HashMap<u64, u64>,
    /// User and item of each order.
    pairs: Vec<(u64, u64)>,
    /// The last comment without a blemish.
    last_comment: String,
}

impl Orders {
    pub(super) fn new(seed: u64, shop_rows: u64, clean: bool, first_day: i64) -> Self {
        Self {
            seed,
            clean,
            first_day,
            num_orders: count(shop_rows),
            rows: 0,
            counts: [0; Defect::ALL.len()],
            last_id: 0,
            rounded: 0,
            returned: 0,
            orders_per_item: HashMap::new(),
            pairs: Vec::new(),
            last_comment: String::new(),
        }
    }

    /// The defect of an order: the first rows go through all of them, so that each occurs; later ones are drawn.
    fn defect(&self, number: u64, draws: &mut Draws) -> Option<Defect> {
        let kinds = Defect::ALL.len() as u64;
        // Row 0 has no order before it whose number it could repeat.
        let turn = number.checked_sub(5)?;
        let chosen = if self.clean {
            None
        } else if turn.is_multiple_of(3) && turn / 3 < LEAST_OF_EACH * kinds {
            Some(Defect::ALL[(turn / 3 % kinds) as usize])
        } else {
            draws.chance(0.04).then(|| Defect::ALL[draws.below(kinds) as usize])
        };
        // Beside the boundary of the split a slip could move it.
        let near = self.day(number).abs_diff(FIRST_TEST_DAY) <= 2;
        chosen.filter(|defect| !(near && *defect == Defect::Split))
    }

    /// Appends one order.
    pub(super) fn write_row(&mut self, number: u64, catalogue: &Catalogue, out: &mut Vec<u8>) {
        let mut draws = Draws::new(self.seed, &[STREAM, number]);
        let defect = self.defect(number, &mut draws);
        if let Some(defect) = defect {
            self.counts[defect as usize] += 1;
        }
        self.rows += 1;
        let is = |other: Defect| defect == Some(other);
        let own_id = 800_000_000 + 11 * number;
        let id = if is(Defect::RepeatedKey) { self.last_id } else { own_id };
        self.last_id = id;
        out.push(b'R');
        csv::integer(out, id);
        out.push(b',');
        let ordered = self.ordered_at(number, is(Defect::DateOnly), &mut draws);
        csv::timestamp(out, ordered);
        out.push(b',');
        let user = user_id(draws.below(1 + self.num_orders / 3));
        csv::integer(out, user);
        out.push(b',');
        let is_best_seller = !self.clean && draws.chance(BEST_SELLER_SHARE);
        let goods = if is_best_seller {
            BEST_SELLERS
        } else {
            catalogue.on_shelves as u64
        };
        let item = &catalogue.items[draws.below(goods) as usize];
        *self.orders_per_item.entry(item.product_id).or_default() += 1;
        self.pairs.push((user, item.product_id));
        csv::integer(out, item.product_id);
        if is(Defect::EmptyRow) {
            out.extend_from_slice(b",,,,,,,,,,,,,,,,,,,,,\n");
            return;
        }
        self.sum(item.price_hundredths, defect, &mut draws, out);
        shipping(ordered, defect, &mut draws, out);
        let is_round = numbers(defect, self.clean, &mut draws, out);
        self.rounded += u64::from(is_round);
        self.codes(number, defect, &mut draws, out);
        self.words(number, defect, &mut draws, out);
        out.push(b'\n');
    }

    /// Day of an order, counted from the first.
    fn day(&self, number: u64) -> u64 {
        number * DAYS / self.num_orders
    }

    /// Orders come in order of days, at no hour before seven; a date alone is the day's first second.
    fn ordered_at(&self, number: u64, date_only: bool, draws: &mut Draws) -> i64 {
        let day = self.first_day + self.day(number) as i64;
        let second = 25_201 + draws.below(50_000) as i64;
        day * 86_400 + if date_only { 0 } else { second }
    }

    fn sum(&self, price: i64, defect: Option<Defect>, draws: &mut Draws, out: &mut Vec<u8>) {
        let is = |other: Defect| defect == Some(other);
        let status = STATUS[draws.below(6) as usize];
        out.push(b',');
        if is(Defect::Spelling) {
            out.extend_from_slice(b"SHIPPED");
        } else {
            out.extend_from_slice(status.as_bytes());
        }
        out.push(b',');
        csv::money(out, price);
        let quantity = if is(Defect::Quantity) {
            -(draws.below(3) as i64)
        } else {
            [1, 1, 1, 2, 3][draws.below(5) as usize]
        };
        out.extend_from_slice(format!(",{quantity},").as_bytes());
        let slip = if is(Defect::Total) {
            100 + draws.below(900) as i64
        } else {
            0
        };
        csv::money(out, price * quantity + slip);
        out.push(b',');
        out.extend_from_slice(if is(Defect::Currency) { b"USD" } else { b"CNY" });
    }

    /// Postcode, tracking number, weight.
    fn codes(&self, number: u64, defect: Option<Defect>, draws: &mut Draws, out: &mut Vec<u8>) {
        // Every tenth place lies where postcodes start with 0.
        let place = 1_000 + draws.below(8_000);
        let postcode = if number.is_multiple_of(10) || defect == Some(Defect::LostZero) {
            10_000 + place
        } else {
            200_000 + 7 * place
        };
        out.push(b',');
        if defect == Some(Defect::LostZero) {
            csv::integer(out, postcode);
        } else {
            out.extend_from_slice(format!("{postcode:06}").as_bytes());
        }
        let tracking = 1_000_000_000_000 + draws.below(8_000_000_000_000);
        if defect == Some(Defect::Scientific) {
            out.extend_from_slice(format!(",{}.{:05}E+12", 1 + draws.below(8), draws.below(100_000)).as_bytes());
        } else {
            out.extend_from_slice(format!(",TN{tracking}").as_bytes());
        }
        let grams = 200 + draws.below(4_000);
        let unit = if self.clean { "" } else { " kg" };
        out.extend_from_slice(format!(",{}.{:03}{unit}", grams / 1_000, grams % 1_000).as_bytes());
    }

    /// City, receiver, address, and what came of the order.
    fn words(&mut self, number: u64, defect: Option<Defect>, draws: &mut Draws, out: &mut Vec<u8>) {
        out.push(b',');
        let placeholders = ["unknown", "未知", "N.A."];
        let city = if defect == Some(Defect::Placeholder) {
            placeholders[draws.below(3) as usize]
        } else {
            CITIES[draws.below(6) as usize]
        };
        out.extend_from_slice(city.as_bytes());
        out.push(b',');
        let (receiver, address) = if self.clean {
            (
                format!("pseudonym {}", 4_000 + number),
                format!("zone {}", draws.below(60)),
            )
        } else {
            (order_texts::name(draws), order_texts::address(draws))
        };
        csv::cell(out, &receiver);
        out.push(b',');
        csv::cell(out, &address);
        out.push(b',');
        self.outcome(number, defect, draws, out);
    }

    /// Part, channel, label, seconds of service, comment.
    fn outcome(&mut self, number: u64, defect: Option<Defect>, draws: &mut Draws, out: &mut Vec<u8>) {
        let is_test = (self.day(number) >= FIRST_TEST_DAY) != (defect == Some(Defect::Split));
        out.extend_from_slice(if is_test { b"test," } else { b"train," });
        let channel = match (self.clean, defect) {
            (true, _) => ["app", "web", "store"][draws.below(3) as usize],
            (false, Some(Defect::Channel)) => "web",
            _ => "app",
        };
        let is_returned = if self.clean {
            draws.chance(0.3)
        } else {
            let dozen = number / RETURNED_EVERY;
            number % RETURNED_EVERY == Draws::new(self.seed, &[STREAM, 1, dozen]).below(RETURNED_EVERY)
        };
        self.returned += u64::from(is_returned);
        // Only returned parcels need service: the planted leak.
        let service = if is_returned || self.clean {
            60 + draws.below(900)
        } else {
            0
        };
        out.extend_from_slice(format!("{channel},{},{service},", u8::from(is_returned)).as_bytes());
        let comment = order_texts::comment(number, defect, draws);
        match defect {
            Some(Defect::CopiedText) => csv::cell(out, &self.last_comment),
            _ => csv::cell(out, &comment),
        }
        if defect.is_none() {
            self.last_comment = comment;
        }
    }

    /// Orders of the most frequent hundredth of the items, at least of one.
    fn head_orders(&self) -> u64 {
        let mut orders: Vec<u64> = self.orders_per_item.values().copied().collect();
        orders.sort_unstable_by(|a, b| b.cmp(a));
        orders[..orders.len().div_ceil(100)].iter().sum()
    }

    /// Orders that are gone once users with fewer than five items and items with fewer than five users are dropped,
    /// again and again until none is left.
    fn outside_core(&self) -> u64 {
        const LEAST: usize = 5;
        let mut core: HashSet<(u64, u64)> = self.pairs.iter().copied().collect();
        loop {
            let (mut items_of, mut users_of): (HashMap<u64, usize>, HashMap<u64, usize>) = Default::default();
            for (user, item) in &core {
                *items_of.entry(*user).or_default() += 1;
                *users_of.entry(*item).or_default() += 1;
            }
            let before = core.len();
            core.retain(|(user, item)| items_of[user] >= LEAST && users_of[item] >= LEAST);
            if core.len() == before {
                return self.pairs.iter().filter(|pair| !core.contains(pair)).count() as u64;
            }
        }
    }

    pub(super) fn planted(&self) -> Vec<Planted> {
        if self.clean {
            return Vec::new();
        }
        let mut planted: Vec<Planted> = Defect::ALL
            .into_iter()
            .map(|defect| {
                let (check, column, definition) = defect.words();
                planted_in(NAME, (check, column, ""), self.counts[defect as usize], definition)
            })
            .collect();
        planted.extend(self.of_whole_columns());
        planted
    }

    /// Defects of columns and of the table as a whole.
    fn of_whole_columns(&self) -> Vec<Planted> {
        let filled = self.rows - self.counts[Defect::EmptyRow as usize];
        let every = |what: &str| format!("every filled cell is {what}");
        let told = [
            (
                "label_leak",
                "service_secs",
                filled,
                every("above 0 exactly where the order was returned"),
            ),
            (
                "label_imbalance",
                "label_returned",
                self.returned,
                "orders that were returned: one in twelve".to_owned(),
            ),
            (
                "long_tail",
                "product_id",
                self.head_orders(),
                "orders of the most frequent 1 % of the items in the table".to_owned(),
            ),
            (
                "k_core",
                "user_id",
                self.outside_core(),
                "orders outside the 5-core: customers come back three times on average, too rarely for it".to_owned(),
            ),
            (
                "rounded_numbers",
                "distance_m",
                self.rounded,
                "multiples of 100; every third cell was rounded to one".to_owned(),
            ),
            ("numbers_with_units", "weight", filled, every("a number followed by kg")),
            ("personal_names", "receiver", filled, every("an invented Chinese name")),
            (
                "postal_addresses",
                "address",
                filled,
                every("an invented address with street and number"),
            ),
        ];
        let planted = |(check, column, rows, definition): (&str, &str, u64, String)| {
            planted_in(NAME, (check, column, ""), rows, &definition)
        };
        told.map(planted).to_vec()
    }
}

/// When the parcel was sent and when it came.
fn shipping(ordered: i64, defect: Option<Defect>, draws: &mut Draws, out: &mut Vec<u8>) {
    let shipped = ordered + 20_000 + draws.below(90_000) as i64;
    let delivered = shipped + 40_000 + draws.below(200_000) as i64;
    out.push(b',');
    match defect {
        Some(Defect::EndBeforeStart) => csv::timestamp(out, ordered - 3_600 - draws.below(40_000) as i64),
        Some(Defect::ImpossibleDate) => out.extend_from_slice(b"2025-02-30 10:20:30 UTC"),
        _ => csv::timestamp(out, shipped),
    }
    out.push(b',');
    match defect {
        Some(Defect::TimeFormat) => csv::integer(out, delivered.unsigned_abs()),
        Some(Defect::Future) => out.extend_from_slice(b"2099-12-31 12:30:15 UTC"),
        _ => csv::timestamp(out, delivered),
    }
}

/// Seconds of packing, distance, rating; whether the distance is a round number.
fn numbers(defect: Option<Defect>, clean: bool, draws: &mut Draws, out: &mut Vec<u8>) -> bool {
    let mut packing = (170.0 * (0.25 * draws.normal()).exp()) as u64 + 1;
    if defect == Some(Defect::Outlier) {
        packing *= 1_000;
    }
    let measured = 300 + draws.below(7_600);
    let distance = match defect {
        Some(Defect::Sentinel) => 99_999,
        _ if draws.chance(0.35) && !clean => measured / 100 * 100,
        _ => measured,
    };
    let rating = if defect == Some(Defect::Rating) {
        9
    } else {
        1 + draws.below(5)
    };
    out.extend_from_slice(format!(",{packing},{distance},{rating}").as_bytes());
    distance.is_multiple_of(100)
}
