//! The shop's catalogue: items with a title in English or Chinese, brand, category, price and appeal.
//!
//! Invariant: item `i` is a pure function of (seed, number of items, i).

use super::csv;
use super::vocabulary::{BAD_QUALITIES, BRANDS, COLOURS, GOOD_QUALITIES, KINDS, MATERIALS, PLAIN_QUALITIES, QUALITIES};
use crate::engine::random::Draws;

const STREAM: u64 = 0x17E5;

pub(super) const HEADER: &str = "product_id,title,brand,category_code,price,listed_on\n";

/// The language of a title, of a user and of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Chinese,
}

/// The day of the log on which goods that are launched are listed.
const LAUNCH_LISTED_DAY: i64 = 22;

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub product_id: u64,
    /// Index into `KINDS`.
    pub kind: usize,
    pub language: Language,
    pub brand: String,
    pub colour: usize,
    /// Index into `MATERIALS` of the kind's stuff.
    pub material: usize,
    pub title: String,
    pub price_hundredths: i64,
    /// ln(price / typical price of the kind)
    pub price_level: f64,
    /// What the words of the title add to the log-odds of a click.
    pub appeal: f64,
    pub listed_day: i64,
}

pub(super) struct Catalogue {
    /// The goods on the shelves, then those that are launched late in the log.
    pub items: Vec<Item>,
    /// How many of the items stand on shelves from the first day.
    pub on_shelves: usize,
    /// Items of each kind in each language, the most exposed first: `[kind][language]`.
    shelves: Vec<[Vec<u32>; 2]>,
}

impl Catalogue {
    /// `num_items` goods on shelves and `num_launched` more that only `draw_launched` draws.
    pub(super) fn new(seed: u64, num_items: usize, num_launched: usize, first_day: i64) -> Self {
        let mut items: Vec<Item> = (0..num_items + num_launched)
            .map(|idx| item(seed, idx, first_day))
            .collect();
        for item in &mut items[num_items..] {
            item.listed_day = first_day + LAUNCH_LISTED_DAY;
        }
        let mut shelves = vec![[Vec::new(), Vec::new()]; KINDS.len()];
        for (idx, item) in items[..num_items].iter().enumerate() {
            shelves[item.kind][item.language as usize].push(idx as u32);
        }
        Self {
            items,
            on_shelves: num_items,
            shelves,
        }
    }

    /// Draws one of the launched goods, of a kind if there is one of it; `None` where none is launched.
    pub(super) fn draw_launched(&self, kind: usize, draws: &mut Draws) -> Option<u32> {
        let launched = self.items.len() - self.on_shelves;
        let first = draws.below(launched.max(1) as u64) as usize;
        let round = (0..launched).map(|step| self.on_shelves + (first + step) % launched);
        let fits = round.clone().find(|&idx| self.items[idx].kind == kind);
        fits.or_else(|| round.clone().next()).map(|idx| idx as u32)
    }

    /// Draws an item of a kind, mostly in the wanted language; exposure falls off like a power law.
    pub(super) fn draw(&self, kind: usize, language: Language, draws: &mut Draws) -> u32 {
        let wanted = if draws.chance(0.9) {
            language as usize
        } else {
            1 - language as usize
        };
        let shelf = match &self.shelves[kind] {
            shelves if !shelves[wanted].is_empty() => &shelves[wanted],
            shelves => &shelves[1 - wanted],
        };
        if shelf.is_empty() {
            return draws.below(self.on_shelves as u64) as u32;
        }
        let u = draws.uniform();
        shelf[((u.powf(2.6) * shelf.len() as f64) as usize).min(shelf.len() - 1)]
    }

    /// Items that are listed but stand on no shelf.
    pub(super) fn unshown(seed: u64, range: std::ops::Range<usize>, first_day: i64) -> Vec<Item> {
        range.map(|idx| item(seed, idx, first_day)).collect()
    }
}

/// Appends the line of an item.
pub(super) fn write_row(item: &Item, out: &mut Vec<u8>) {
    csv::integer(out, item.product_id);
    out.push(b',');
    csv::cell(out, &item.title);
    out.push(b',');
    out.extend_from_slice(item.brand.as_bytes());
    out.push(b',');
    out.extend_from_slice(KINDS[item.kind].code.as_bytes());
    out.push(b',');
    csv::money(out, item.price_hundredths);
    out.push(b',');
    csv::date(out, item.listed_day);
    out.push(b'\n');
}

fn item(seed: u64, idx: usize, first_day: i64) -> Item {
    let mut draws = Draws::new(seed, &[STREAM, idx as u64]);
    // Kinds go round so that even a small shop sells each of them in both languages.
    let kind = idx % KINDS.len();
    let language = if (idx / KINDS.len()) % 4 == 3 {
        Language::Chinese
    } else {
        Language::English
    };
    let colour = draws.below(COLOURS.len() as u64) as usize;
    let material = draws.below(5) as usize;
    let quality = quality(&mut draws);
    let brand = brand(&mut draws);
    let material_appeal = MATERIALS[KINDS[kind].stuff as usize][material].appeal;
    let appeal = QUALITIES[quality].appeal + material_appeal;
    // Better things cost more, and sellers differ.
    let price_level = 0.35 * appeal + 0.35 * draws.normal();
    let price_hundredths = (KINDS[kind].price * price_level.exp() * 100.0).round().max(100.0) as i64;
    let title = title(kind, language, (quality, material, colour), &brand, &mut draws);
    Item {
        product_id: 1_000_000 + 13 * idx as u64,
        kind,
        language,
        brand,
        colour,
        material,
        title,
        price_hundredths,
        price_level,
        appeal,
        listed_day: first_day - 1 - draws.below(700) as i64,
    }
}

/// Half of the offers say nothing of their quality, a quarter praise it, a quarter admit a flaw.
fn quality(draws: &mut Draws) -> usize {
    let u = draws.uniform();
    let (start, count) = if u < 0.46 {
        (0, PLAIN_QUALITIES)
    } else if u < 0.73 {
        (PLAIN_QUALITIES, GOOD_QUALITIES)
    } else {
        (PLAIN_QUALITIES + GOOD_QUALITIES, BAD_QUALITIES)
    };
    (start + draws.below(count)) as usize
}

/// A few big makers and a long tail of small ones (a maker's name and a house number).
fn brand(draws: &mut Draws) -> String {
    let u = draws.uniform();
    let base = BRANDS[((u * u * BRANDS.len() as f64) as usize).min(BRANDS.len() - 1)];
    if draws.chance(0.15) {
        format!("{base}{}", 10 + draws.below(90))
    } else {
        base.to_owned()
    }
}

fn title(
    kind: usize,
    language: Language,
    (quality, material, colour): (usize, usize, usize),
    brand: &str,
    draws: &mut Draws,
) -> String {
    let goods = &KINDS[kind];
    let material = &MATERIALS[goods.stuff as usize][material];
    let quality = &QUALITIES[quality];
    let model = format!("{}{}", char::from(b'A' + draws.below(26) as u8), 100 + draws.below(900));
    let (head, tail) = brand.split_at(1);
    let brand = head.to_uppercase() + tail;
    match language {
        Language::Chinese => format!(
            "{brand} {}{}{} {} {model}",
            quality.zh, material.zh, goods.zh, COLOURS[colour].1
        ),
        Language::English => {
            let words: &[&str] = if draws.chance(0.5) {
                &[&brand, quality.en, material.en, goods.en, COLOURS[colour].0, &model]
            } else {
                &[&brand, &model, COLOURS[colour].0, material.en, goods.en, quality.en]
            };
            let full: Vec<&str> = words.iter().copied().filter(|word| !word.is_empty()).collect();
            full.join(" ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_do_not_depend_on_their_neighbours() {
        let small = Catalogue::new(3, 300, 0, 20_000);
        let large = Catalogue::new(3, 900, 40, 20_000);
        for idx in 0..300 {
            assert_eq!(small.items[idx].title, large.items[idx].title);
            assert_eq!(small.items[idx].price_hundredths, large.items[idx].price_hundredths);
        }
    }

    #[test]
    fn exposure_has_a_long_tail() {
        let catalogue = Catalogue::new(3, 6000, 0, 20_000);
        let mut draws = Draws::new(1, &[]);
        let mut counts = vec![0u32; 6000];
        for _ in 0..20_000 {
            counts[catalogue.draw(4, Language::English, &mut draws) as usize] += 1;
        }
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let head: u32 = counts[..20].iter().sum();
        assert!(
            head > 20_000 / 2,
            "the first fifth of about 75 items should hold half: {head}"
        );
    }
}
