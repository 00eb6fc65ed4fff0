//! The event log as a stream: visits of every day, merged in time order, written as they come.
//!
//! Invariant: memory is bounded by the visits under way and the reviews outstanding, not by the rows
//! written; lines come in order of arrival; exactly the asked number of data lines is written.

use super::catalogue::Catalogue;
use super::plant::{Ledger, Plant, choose};
use super::propensity::Propensities;
use super::rows::{COLUMNS, RowWriter};
use super::shoppers::Shopper;
use super::unusual::{PLANTING_DAYS, Plan};
use super::visit::{Event, EventKind, Shop, Standing, visit};
use super::{SampleConfig, SampleError};
use crate::engine::progress::Progress;
use crate::engine::random::Draws;
use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};
use std::io::Write;

const STREAM: u64 = 0xEC40;
/// The shop's clock runs eight hours ahead of UTC.
const LOCAL_OFFSET_SECS: i64 = 8 * 3600;
const FLUSH_BYTES: usize = 1 << 20;
/// Part of the log's rows after which goods are launched: well inside the last fifth of its time.
const LAUNCH_AT: f64 = 0.85;

pub(super) struct World<'a> {
    pub config: &'a SampleConfig,
    pub catalogue: &'a Catalogue,
    pub shoppers: &'a [Shopper],
    pub plan: &'a Plan,
    /// Days since 1970-01-01 of the log's first local day.
    pub first_day: i64,
    /// Lines of items.csv behind the catalogue: goods that nobody is ever shown.
    pub unshown_items: u64,
}

/// What is known after writing.
pub(super) struct Written {
    pub ledger: Ledger,
    pub known: Propensities,
    pub views_per_item: Vec<u32>,
}

/// An event waiting for its time; the earliest comes first, then the one that was made first.
struct Waiting {
    event: Event,
    order: u64,
}

impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.event.unix_secs, other.order).cmp(&(self.event.unix_secs, self.order))
    }
}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Waiting {}

/// A repeated delivery that arrives some rows later.
struct Late {
    due_row: u64,
    event: Event,
    plant: Plant,
    row: u64,
    first_copy: bool,
}

/// The accepted rows of an identifier.
#[derive(Clone, Copy, Debug, Default)]
struct Named {
    rows: u64,
    /// Of these, rows within the log's weeks, and the second of the first of them.
    in_time: u32,
    first_secs: Option<i64>,
}

impl Named {
    fn note(&mut self, event: &Event) {
        self.rows += 1;
        if !matches!(event.standing, Standing::OutOfRange { .. } | Standing::Isolated) {
            self.in_time += 1;
            let first = self.first_secs.get_or_insert(event.unix_secs);
            *first = event.unix_secs.min(*first);
        }
    }
}

/// Rows of the last fifth of the log's time on identifiers without a row before.
fn new_item_rows(named: &[[Named; 2]], ledger: &Ledger) -> u64 {
    let span = ledger.last_secs - ledger.first_secs.unwrap_or(ledger.last_secs);
    let boundary = ledger.last_secs as f64 - span as f64 / 5.0;
    let is_new = |named: &&Named| named.first_secs.is_some_and(|first| first as f64 >= boundary);
    let new = named.iter().flatten().filter(is_new);
    new.map(|named| u64::from(named.in_time)).sum()
}

/// Writes the whole log, header first.
pub(super) fn write_events<W: Write>(world: &World<'_>, out: W, progress: &Progress) -> Result<Written, SampleError> {
    let mut stream = Stream::new(world, out);
    stream.buffer.extend_from_slice(COLUMNS.join(",").as_bytes());
    stream.buffer.push(b'\n');
    let mut known = Propensities::new();
    let mut events = Vec::new();
    let mut unusual = world.plan.visits.iter().peekable();
    let mut day = 0;
    while !stream.full() {
        let mut shop = Shop {
            seed: world.config.seed,
            catalogue: world.catalogue,
            gaps: !world.config.clean && day < PLANTING_DAYS,
            launched: false,
        };
        let midnight = (world.first_day + day as i64) * 86_400 - LOCAL_OFFSET_SECS;
        for (start, visitor) in visitors(world, day) {
            while let Some(odd) = unusual.next_if(|odd| (odd.day, odd.start) <= (day, start)) {
                let unix_start = midnight + odd.start;
                stream.write_until(unix_start, progress)?;
                odd.events(shop.seed, unix_start, world.catalogue, &mut events);
                stream.queue(&mut events);
            }
            stream.write_until(midnight + start, progress)?;
            if stream.full() {
                break;
            }
            shop.launched = stream.is_launched();
            visit(
                &shop,
                &world.shoppers[visitor],
                (day, midnight + start),
                &mut events,
                &mut known,
            );
            stream.queue(&mut events);
        }
        while let Some(odd) = unusual.next_if(|odd| odd.day <= day) {
            odd.events(shop.seed, midnight + odd.start, world.catalogue, &mut events);
            stream.queue(&mut events);
        }
        day += 1;
    }
    stream.finish(known)
}

/// Who comes on a day, in order of arrival: (seconds after midnight, index of the shopper).
fn visitors(world: &World<'_>, day: u64) -> Vec<(i64, usize)> {
    let seed = world.config.seed;
    let mut arrivals: Vec<(i64, usize)> = world
        .shoppers
        .iter()
        .enumerate()
        .filter_map(|(idx, shopper)| Some((shopper.visit(seed, idx as u64, day)?, idx)))
        .collect();
    arrivals.sort_unstable();
    arrivals
}

struct Stream<'a, W> {
    world: &'a World<'a>,
    rows: RowWriter<'a>,
    out: W,
    buffer: Vec<u8>,
    waiting: BinaryHeap<Waiting>,
    made: u64,
    late: VecDeque<Late>,
    ledger: Ledger,
    views_per_item: Vec<u32>,
    /// Accepted rows of each item, under its own identifier and under an orphan's: `[item][is orphan]`.
    named: Vec<[Named; 2]>,
    /// Last moment at which rows are spoiled, so that every planted pair is complete.
    planting_until: i64,
}

impl<'a, W: Write> Stream<'a, W> {
    fn new(world: &'a World<'a>, out: W) -> Self {
        Self {
            world,
            rows: RowWriter {
                seed: world.config.seed,
                catalogue: world.catalogue,
                one_site: !world.config.clean,
            },
            out,
            buffer: Vec::with_capacity(FLUSH_BYTES + 4096),
            waiting: BinaryHeap::new(),
            made: 0,
            late: VecDeque::new(),
            ledger: Ledger::default(),
            views_per_item: vec![0; world.catalogue.items.len()],
            named: vec![[Named::default(); 2]; world.catalogue.items.len()],
            planting_until: (world.first_day + PLANTING_DAYS as i64) * 86_400 - LOCAL_OFFSET_SECS,
        }
    }

    fn full(&self) -> bool {
        self.ledger.rows >= self.world.config.rows
    }

    /// Whether so much of the log is written that its last fifth has begun, whatever the days' volumes are.
    fn is_launched(&self) -> bool {
        !self.world.config.clean && self.ledger.rows as f64 > LAUNCH_AT * self.world.config.rows as f64
    }

    fn queue(&mut self, events: &mut Vec<Event>) {
        for event in events.drain(..) {
            self.push(event);
        }
    }

    fn push(&mut self, event: Event) {
        self.made += 1;
        self.waiting.push(Waiting {
            event,
            order: self.made,
        });
    }

    /// Writes everything that happens before a moment.
    fn write_until(&mut self, unix_secs: i64, progress: &Progress) -> Result<(), SampleError> {
        while !self.full() && self.waiting.peek().is_some_and(|next| next.event.unix_secs < unix_secs) {
            let Some(next) = self.waiting.pop() else { break };
            self.write_event(next.event)?;
            while !self.full() && self.late.front().is_some_and(|late| late.due_row <= self.ledger.rows) {
                let Some(late) = self.late.pop_front() else { break };
                self.write_late(&late)?;
            }
        }
        progress.check()?;
        progress.set_rows(self.ledger.rows);
        progress.set(0.1 + 0.9 * self.ledger.rows as f64 / self.world.config.rows as f64);
        Ok(())
    }

    fn write_event(&mut self, event: Event) -> Result<(), SampleError> {
        let row = self.ledger.rows;
        let plant = if self.world.config.clean || event.unix_secs >= self.planting_until {
            Plant::None
        } else {
            choose(self.world.config.seed, row, &event)
        };
        self.repeat(event, plant, row);
        self.write_row(&event, plant, row)
    }

    /// Arranges the copies of a row that is to be repeated.
    fn repeat(&mut self, event: Event, plant: Plant, row: u64) {
        let mut draws = Draws::new(self.world.config.seed, &[STREAM, row]);
        match plant {
            Plant::ExactCopy | Plant::SameKey => {
                let copies = if plant == Plant::ExactCopy && draws.chance(0.2) {
                    2
                } else {
                    1
                };
                let due_row = row + 1 + if draws.chance(0.5) { 0 } else { draws.below(40) };
                for copy in 0..copies {
                    self.late.push_back(Late {
                        due_row,
                        event,
                        plant,
                        row,
                        first_copy: copy == 0,
                    });
                }
                self.late.make_contiguous().sort_by_key(|late| (late.due_row, late.row));
            }
            Plant::DoubleFire => {
                let delay = if event.kind == EventKind::Purchase { 3 } else { 1 };
                self.push(Event {
                    unix_secs: event.unix_secs + delay,
                    standing: Standing::Echo,
                    ..event
                });
            }
            _ => {}
        }
    }

    fn write_late(&mut self, late: &Late) -> Result<(), SampleError> {
        let mut event = late.event;
        if late.plant == Plant::SameKey {
            self.ledger.same_key_surplus += 1;
            event.position = event.position.map(|position| position + 20);
        } else {
            self.ledger.exact_surplus += 1;
            self.ledger.exact_groups += u64::from(late.first_copy);
        }
        // A copy of the row after a pause is not another pause.
        event.standing = Standing::Ordinary {
            lone: false,
            after_gap: false,
        };
        self.write_row(&event, Plant::None, late.row)
    }

    fn write_row(&mut self, event: &Event, plant: Plant, row: u64) -> Result<(), SampleError> {
        let empty = self.rows.write(event, plant, row, &mut self.buffer);
        empty.add_to(&mut self.ledger.empty);
        self.ledger.note(event, plant);
        self.ledger.rows += 1;
        self.views_per_item[event.item as usize] += u32::from(event.kind == EventKind::View);
        if !matches!(plant, Plant::TooFewFields | Plant::TooManyFields) {
            self.named[event.item as usize][usize::from(plant == Plant::OrphanItem)].note(event);
        }
        if self.buffer.len() >= FLUSH_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SampleError> {
        self.out.write_all(&self.buffer).map_err(SampleError::events)?;
        self.buffer.clear();
        Ok(())
    }

    fn finish(mut self, known: Propensities) -> Result<Written, SampleError> {
        self.flush()?;
        self.out.flush().map_err(SampleError::events)?;
        self.ledger.bot_users = self.world.plan.bots();
        let unnamed = self.named.iter().filter(|[own, _]| own.rows == 0).count() as u64;
        self.ledger.unused_items = unnamed + self.world.unshown_items;
        self.ledger.new_item_rows = new_item_rows(&self.named, &self.ledger);
        Ok(Written {
            ledger: self.ledger,
            known,
            views_per_item: self.views_per_item,
        })
    }
}
