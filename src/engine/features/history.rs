//! What is known at a moment: counts, first and last times, mean prices; one pass over the log in time order.
//!
//! Invariant: a row's features are read before any row of the same time is added, so nothing in a feature comes from
//! the event itself, from events tied with it, or from later ones.

use super::candidates::{Candidate, MAX_KINDS, Source};
use super::error::FeatureError;
use super::events::{Dense, Events, NULL, NULL_TIME};
use super::funnel::Funnel;
use crate::engine::progress::Progress;
use crate::engine::recipe::cells::Cells;
use chrono::{DateTime, Datelike as _, Timelike as _};
use hashbrown::HashMap;

/// Counts by event kind with first and last time, for entities numbered from 0.
#[derive(Default)]
struct Tally {
    kinds: usize,
    /// `kinds` counters an entity.
    counts: Vec<u32>,
    totals: Vec<u32>,
    first: Vec<i64>,
    last: Vec<i64>,
}

impl Tally {
    fn new(kinds: usize, entities: usize) -> Self {
        let mut tally = Self {
            kinds,
            ..Self::default()
        };
        tally.grow(entities);
        tally
    }

    fn grow(&mut self, entities: usize) {
        self.counts.resize(entities * self.kinds, 0);
        self.totals.resize(entities, 0);
        self.first.resize(entities, NULL_TIME);
        self.last.resize(entities, NULL_TIME);
    }

    fn add(&mut self, entity: u32, kind: u32, time: i64) {
        let entity = entity as usize;
        if entity >= self.totals.len() {
            self.grow(entity + 1);
        }
        if (kind as usize) < self.kinds {
            self.counts[entity * self.kinds + kind as usize] += 1;
        }
        self.totals[entity] += 1;
        if self.first[entity] == NULL_TIME {
            self.first[entity] = time;
        }
        self.last[entity] = time;
    }

    fn count(&self, entity: Option<u32>, kind: u32) -> f64 {
        entity.map_or(f64::NAN, |entity| {
            self.counts
                .get(entity as usize * self.kinds + kind as usize)
                .map_or(0.0, |count| f64::from(*count))
        })
    }

    fn total(&self, entity: Option<u32>) -> f64 {
        entity.map_or(f64::NAN, |entity| {
            self.totals.get(entity as usize).map_or(0.0, |total| f64::from(*total))
        })
    }

    fn secs_since(&self, times: &[i64], entity: Option<u32>, now: i64) -> f64 {
        let then = entity
            .and_then(|entity| times.get(entity as usize))
            .filter(|then| **then != NULL_TIME);
        then.map_or(f64::NAN, |then| now.saturating_sub(*then) as f64 / 1e6)
    }

    /// Targets per anchor; missing without an anchor.
    fn conversion(&self, entity: Option<u32>, funnel: &Funnel) -> f64 {
        let sum = |kinds: &[u32]| kinds.iter().map(|&kind| self.count(entity, kind)).sum::<f64>();
        let anchors = sum(&funnel.anchor);
        if anchors > 0.0 {
            sum(&funnel.target) / anchors
        } else {
            f64::NAN
        }
    }
}

/// Numbers pairs of codes from 0 in order of appearance.
#[derive(Default)]
struct Pairs(HashMap<u64, u32>);

impl Pairs {
    fn find(&self, a: Option<u32>, b: Option<u32>) -> Option<u32> {
        let (a, b) = a.zip(b)?;
        // A pair never seen is beyond every tally, which reads as zero.
        Some(self.0.get(&pair(a, b)).copied().unwrap_or(NULL))
    }

    fn number(&mut self, a: Option<u32>, b: Option<u32>) -> Option<u32> {
        let (a, b) = a.zip(b)?;
        let next = self.0.len() as u32;
        Some(*self.0.entry(pair(a, b)).or_insert(next))
    }
}

fn pair(a: u32, b: u32) -> u64 {
    u64::from(a) << 32 | u64::from(b)
}

/// Running means of prices.
struct Means(Vec<(f64, u32)>);

impl Means {
    fn add(&mut self, entity: Option<u32>, price: f64) {
        if let (Some(entity), false) = (entity, price.is_nan()) {
            let (sum, count) = &mut self.0[entity as usize];
            *sum += price;
            *count += 1;
        }
    }

    fn mean(&self, entity: Option<u32>) -> f64 {
        match entity.map(|entity| self.0[entity as usize]) {
            Some((sum, count)) if count > 0 => sum / f64::from(count),
            _ => f64::NAN,
        }
    }
}

struct History<'a> {
    events: &'a Events<'a>,
    funnel: Funnel,
    user: Tally,
    item: Tally,
    user_item: (Pairs, Tally),
    category: Tally,
    brand: Tally,
    user_category: (Pairs, Tally),
    user_brand: (Pairs, Tally),
    session: Tally,
    session_item: (Pairs, Tally),
    query: Tally,
    query_item: (Pairs, Tally),
    user_price: Means,
    category_price: Means,
    columns: HashMap<usize, Vec<Option<f64>>>,
}

/// The codes of one row.
struct Codes {
    user: Option<u32>,
    item: Option<u32>,
    category: Option<u32>,
    brand: Option<u32>,
    session: Option<u32>,
    query: Option<u32>,
}

impl<'a> History<'a> {
    fn new(events: &'a Events<'a>, funnel: Funnel, candidates: &[Candidate]) -> Result<Self, FeatureError> {
        let kinds = events.kinds.len().min(MAX_KINDS);
        let num = |codes: &Option<Dense>| codes.as_ref().map_or(0, |codes| codes.num);
        let mut columns = HashMap::new();
        for candidate in candidates {
            if let Source::Column(index) = candidate.source {
                let numbers = Cells::of(&events.dataset.frame.columns()[index])?.numbers();
                columns.insert(index, numbers.unwrap_or_default());
            }
        }
        let pairs = |kinds| (Pairs::default(), Tally::new(kinds, 0));
        Ok(Self {
            user: Tally::new(kinds, num(&events.user)),
            item: Tally::new(kinds, num(&events.item)),
            user_item: pairs(kinds),
            category: Tally::new(kinds, num(&events.category)),
            brand: Tally::new(kinds, num(&events.brand)),
            user_category: pairs(0),
            user_brand: pairs(0),
            session: Tally::new(0, num(&events.session)),
            session_item: pairs(0),
            query: Tally::new(0, num(&events.query)),
            query_item: pairs(kinds),
            user_price: Means(vec![(0.0, 0); num(&events.user)]),
            category_price: Means(vec![(0.0, 0); num(&events.category)]),
            columns,
            events,
            funnel,
        })
    }

    fn codes(&self, row: usize) -> Codes {
        let get = |codes: &Option<Dense>| codes.as_ref().and_then(|codes| codes.get(row));
        Codes {
            user: get(&self.events.user),
            item: get(&self.events.item),
            category: get(&self.events.category),
            brand: get(&self.events.brand),
            session: get(&self.events.session),
            query: get(&self.events.query),
        }
    }

    fn add(&mut self, row: usize, time: i64) {
        let at = self.codes(row);
        let kind = self.events.kind.as_ref().map_or(NULL, |kind| kind.codes[row]);
        let price = self.events.price.as_ref().map_or(f64::NAN, |price| price[row]);
        let single = [
            (&mut self.user, at.user),
            (&mut self.item, at.item),
            (&mut self.category, at.category),
            (&mut self.brand, at.brand),
            (&mut self.session, at.session),
            (&mut self.query, at.query),
        ];
        for (tally, entity) in single {
            if let Some(entity) = entity {
                tally.add(entity, kind, time);
            }
        }
        let paired = [
            (&mut self.user_item, at.user, at.item),
            (&mut self.user_category, at.user, at.category),
            (&mut self.user_brand, at.user, at.brand),
            (&mut self.session_item, at.session, at.item),
            (&mut self.query_item, at.query, at.item),
        ];
        for ((pairs, tally), a, b) in paired {
            if let Some(entity) = pairs.number(a, b) {
                tally.add(entity, kind, time);
            }
        }
        self.user_price.add(at.user, price);
        self.category_price.add(at.category, price);
    }

    fn value(&self, source: Source, row: usize, at: &Codes, now: i64) -> f64 {
        let pair = |of: &(Pairs, Tally), a, b| of.0.find(a, b);
        let price = || self.events.price.as_ref().map_or(f64::NAN, |price| price[row]);
        let clock = || DateTime::from_timestamp_micros(now);
        match source {
            Source::UserKind(kind) => self.user.count(at.user, kind),
            Source::ItemKind(kind) => self.item.count(at.item, kind),
            Source::UserItemKind(kind) => self.user_item.1.count(pair(&self.user_item, at.user, at.item), kind),
            Source::UserRecency => self.user.secs_since(&self.user.last, at.user, now),
            Source::ItemRecency => self.item.secs_since(&self.item.last, at.item, now),
            Source::UserItemRecency => {
                let entity = pair(&self.user_item, at.user, at.item);
                self.user_item.1.secs_since(&self.user_item.1.last, entity, now)
            }
            Source::ItemAge => self.item.secs_since(&self.item.first, at.item, now),
            Source::UserConversion => self.user.conversion(at.user, &self.funnel),
            Source::ItemConversion => self.item.conversion(at.item, &self.funnel),
            Source::CategoryConversion => self.category.conversion(at.category, &self.funnel),
            Source::BrandConversion => self.brand.conversion(at.brand, &self.funnel),
            Source::QueryItemConversion => self
                .query_item
                .1
                .conversion(pair(&self.query_item, at.query, at.item), &self.funnel),
            Source::CategoryEvents => self.category.total(at.category),
            Source::BrandEvents => self.brand.total(at.brand),
            Source::UserCategory => self
                .user_category
                .1
                .total(pair(&self.user_category, at.user, at.category)),
            Source::UserBrand => self.user_brand.1.total(pair(&self.user_brand, at.user, at.brand)),
            Source::QueryEvents => self.query.total(at.query),
            Source::SessionEvents => self.session.total(at.session),
            Source::SessionItem => self.session_item.1.total(pair(&self.session_item, at.session, at.item)),
            // The first event of a session starts its clock.
            Source::SessionSecs => match self.session.secs_since(&self.session.first, at.session, now) {
                secs if secs.is_nan() && at.session.is_some() => 0.0,
                secs => secs,
            },
            Source::Price => price(),
            Source::UserMeanPrice => self.user_price.mean(at.user),
            Source::PriceVsUser => ratio(price(), self.user_price.mean(at.user)),
            Source::PriceVsCategory => ratio(price(), self.category_price.mean(at.category)),
            Source::Hour => clock().map_or(f64::NAN, |clock| f64::from(clock.hour())),
            Source::Weekday => clock().map_or(f64::NAN, |clock| f64::from(clock.weekday().num_days_from_monday())),
            Source::Position => self.events.position.as_ref().map_or(f64::NAN, |position| position[row]),
            Source::Column(index) => self
                .columns
                .get(&index)
                .and_then(|cells| cells[row])
                .unwrap_or(f64::NAN),
        }
    }
}

/// Missing where the base is not above 0.
fn ratio(value: f64, base: f64) -> f64 {
    if base > 0.0 { value / base } else { f64::NAN }
}

/// One column a candidate, in the order of `rows` (rows of the log, ascending). Missing is not-a-number. Rows without
/// a time know nothing of the past: their counts are missing.
pub(super) fn compute(
    events: &Events<'_>,
    candidates: &[Candidate],
    funnel: Funnel,
    rows: &[u32],
    progress: &Progress,
) -> Result<Vec<Vec<f64>>, FeatureError> {
    progress.phase("computing features", "计算特征");
    let mut history = History::new(events, funnel, candidates)?;
    let mut columns = vec![vec![f64::NAN; rows.len()]; candidates.len()];
    let mut place = vec![NULL; events.num_rows()];
    rows.iter()
        .enumerate()
        .for_each(|(at, &row)| place[row as usize] = at as u32);
    let mut read = |history: &History<'_>, row: usize, now: i64, wanted: &dyn Fn(Source) -> bool| {
        if place[row] != NULL {
            let at = history.codes(row);
            for (column, candidate) in columns.iter_mut().zip(candidates) {
                if wanted(candidate.source) {
                    column[place[row] as usize] = history.value(candidate.source, row, &at, now);
                }
            }
        }
    };
    let time = events.time.as_deref().unwrap_or_default();
    for (done, tied) in events
        .order
        .chunk_by(|a, b| time[*a as usize] == time[*b as usize])
        .enumerate()
    {
        if done % 65_536 == 0 {
            progress.check()?;
        }
        let now = time[tied[0] as usize];
        for &row in tied {
            read(&history, row as usize, now, &|_| true);
        }
        for &row in tied {
            history.add(row as usize, now);
        }
    }
    let stays = |source| matches!(source, Source::Column(_) | Source::Price | Source::Position);
    for row in rows
        .iter()
        .map(|&row| row as usize)
        .filter(|&row| events.time_of(row).is_none())
    {
        read(&history, row, 0, &stays);
    }
    Ok(columns)
}
