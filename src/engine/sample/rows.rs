//! One event as one line of events.csv, with its defect if it has one.
//!
//! Invariant: the same event, defect and row number give the same bytes.

use super::catalogue::{Catalogue, Language};
use super::csv;
use super::plant::{NUM_COLUMNS, Plant};
use super::query::{Personal, personal, review};
use super::visit::{Event, EventKind, Standing};
use super::vocabulary::{DEVICES, KINDS};
use crate::engine::random::Draws;

const STREAM: u64 = 0x2085;

/// The eight columns of a REES46 log that carry information, then what search and reviews add.
pub(super) const COLUMNS: [&str; NUM_COLUMNS] = [
    "event_time",
    "event_type",
    "product_id",
    "category_code",
    "brand",
    "price",
    "user_id",
    "user_session",
    "query",
    "position",
    "device",
    "site",
    "review_text",
];
const BRAND: usize = 4;
const QUERY: usize = 8;
const POSITION: usize = 9;
const REVIEW_TEXT: usize = 12;

pub(super) struct RowWriter<'a> {
    pub seed: u64,
    pub catalogue: &'a Catalogue,
    /// Every row names the same site: the planted constant column.
    pub one_site: bool,
}

/// Which columns of a row are empty by nature, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct EmptyCells(u16);

impl EmptyCells {
    fn set(&mut self, column: usize) {
        self.0 |= 1 << column;
    }

    pub(super) fn add_to(self, counts: &mut [u64; NUM_COLUMNS]) {
        for (column, count) in counts.iter_mut().enumerate() {
            *count += u64::from(self.0 >> column & 1);
        }
    }
}

impl RowWriter<'_> {
    /// Appends the line of an event; `row` names the draws its defect is made with.
    pub(super) fn write(&self, event: &Event, plant: Plant, row: u64, out: &mut Vec<u8>) -> EmptyCells {
        let start = out.len();
        let mut draws = Draws::new(self.seed, &[STREAM, row]);
        self.goods_and_user(event, plant, &mut draws, out);
        if plant == Plant::TooFewFields {
            cut_fields(out, start, &mut draws);
            return EmptyCells::default();
        }
        let empty = self.context(event, plant, &mut draws, out);
        if plant == Plant::TooManyFields {
            out.extend_from_slice(b",1,retry");
            out.push(b'\n');
            return EmptyCells::default();
        }
        out.push(b'\n');
        empty
    }

    /// The eight columns of REES46 and the comma behind them.
    fn goods_and_user(&self, event: &Event, plant: Plant, draws: &mut Draws, out: &mut Vec<u8>) {
        let item = &self.catalogue.items[event.item as usize];
        csv::timestamp(out, written_secs(event, draws));
        out.push(b',');
        let unknown = if draws.chance(0.5) { "veiw" } else { "test_event" };
        let name = if plant == Plant::UnknownEvent {
            unknown
        } else {
            event.kind.name()
        };
        out.extend_from_slice(name.as_bytes());
        out.push(b',');
        // Identifiers of items are 13 apart, so this is none of them; each stands for one item, whose brand and price
        // its rows share.
        let shift = if plant == Plant::OrphanItem { 5 } else { 0 };
        csv::integer(out, item.product_id + shift);
        out.push(b',');
        if plant != Plant::MissingCategory {
            out.extend_from_slice(KINDS[item.kind].code.as_bytes());
        }
        out.push(b',');
        if plant != Plant::MissingBrand {
            out.extend_from_slice(item.brand.as_bytes());
        }
        out.push(b',');
        let price = match plant {
            Plant::NegativePrice => -item.price_hundredths,
            Plant::ZeroPrice => 0,
            _ => item.price_hundredths,
        };
        csv::money(out, price);
        out.push(b',');
        if plant != Plant::MissingUser {
            csv::integer(out, event.user_id);
        }
        out.extend_from_slice(b",s");
        for nibble in (0..10).rev() {
            out.push(b"0123456789abcdef"[(event.session >> (4 * nibble) & 15) as usize]);
        }
        out.push(b',');
    }

    /// Query, position, device, site and review.
    fn context(&self, event: &Event, plant: Plant, draws: &mut Draws, out: &mut Vec<u8>) -> EmptyCells {
        let mut empty = EmptyCells::default();
        let private = match plant {
            Plant::Email => Some(Personal::Email),
            Plant::Mobile => Some(Personal::Mobile),
            Plant::ResidentId => Some(Personal::ResidentId),
            _ => None,
        };
        let is_review = event.kind == EventKind::Review;
        match (&event.query, private) {
            (_, Some(kind)) if !is_review => csv::cell(out, &personal(kind, draws)),
            (Some(query), _) => csv::cell(out, &query.text()),
            (None, _) => empty.set(QUERY),
        }
        out.push(b',');
        match event.position {
            Some(position) => {
                if plant == Plant::MixedPosition {
                    out.push(b'p');
                }
                csv::integer(out, u64::from(position));
            }
            None => empty.set(POSITION),
        }
        out.push(b',');
        out.extend_from_slice(DEVICES[usize::from(event.device)].as_bytes());
        out.push(b',');
        out.extend_from_slice(self.site(event.user_id).as_bytes());
        out.push(b',');
        if is_review {
            csv::cell(out, &self.review_text(event, private, draws));
        } else {
            empty.set(REVIEW_TEXT);
        }
        empty
    }

    fn review_text(&self, event: &Event, private: Option<Personal>, draws: &mut Draws) -> String {
        let item = &self.catalogue.items[event.item as usize];
        let text = review(item, event.language, draws);
        match private {
            Some(kind) if event.language == Language::Chinese => format!("{text}，{}", personal(kind, draws)),
            Some(kind) => format!("{text}, {}", personal(kind, draws)),
            None => text.to_owned(),
        }
    }

    fn site(&self, user_id: u64) -> &'static str {
        if self.one_site {
            "main"
        } else {
            ["main", "outlet", "global"][(user_id % 3) as usize]
        }
    }
}

/// The time as the log tells it where the device's clock was wrong: minutes after the epoch, days beyond the end of
/// 32-bit time, or weeks before the log.
fn written_secs(event: &Event, draws: &mut Draws) -> i64 {
    match event.standing {
        // Half an hour after the epoch lie the seconds of today read as microseconds, which is another defect.
        Standing::OutOfRange { future: false } => draws.below(1200) as i64,
        Standing::OutOfRange { future: true } => 2_147_483_647 + draws.below(864_000) as i64,
        Standing::Isolated => event.unix_secs - 86_400 * (60 + draws.below(20) as i64),
        _ => event.unix_secs,
    }
}

/// Cuts the line that starts at `start` after three to six fields. No cell up to there is quoted.
fn cut_fields(out: &mut Vec<u8>, start: usize, draws: &mut Draws) {
    let keep = 3 + draws.below(4) as usize;
    let commas = out[start..].iter().enumerate().filter(|(_, byte)| **byte == b',');
    if let Some((end, _)) = commas.into_iter().nth(keep - 1) {
        out.truncate(start + end);
    }
    out.push(b'\n');
}

/// Column name for the ledger's index.
pub(super) fn naturally_empty() -> [(usize, &'static str); 3] {
    [
        (QUERY, COLUMNS[QUERY]),
        (POSITION, COLUMNS[POSITION]),
        (REVIEW_TEXT, COLUMNS[REVIEW_TEXT]),
    ]
}

pub(super) fn planted_empty() -> [(Plant, &'static str); 3] {
    [
        (Plant::MissingBrand, COLUMNS[BRAND]),
        (Plant::MissingCategory, COLUMNS[BRAND - 1]),
        (Plant::MissingUser, COLUMNS[BRAND + 2]),
    ]
}
