//! A first look at a column's values, as far as guessing its role needs.

use super::frame::FrameColumn;
use super::kind::EventKind;
use polars::prelude::DataType;
use std::collections::HashMap;

/// Rows looked at; the figures are stated as being about them.
pub(super) const LOOK_ROWS: usize = 100_000;
/// Distinct values whose texts are remembered.
const MAX_WORDS: usize = 60;

/// Figures of a column's first rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    pub rows: usize,
    pub values: usize,
    pub distinct: usize,
    pub numeric: bool,
    pub text: bool,
    pub time: bool,
    pub boolean: bool,
    /// Integers, or decimals without fractions.
    pub integral: bool,
    pub min: f64,
    pub max: f64,
    /// Mean length of texts in characters.
    pub mean_chars: f64,
    /// Share of texts with a space inside, or long in 中文.
    pub prose: f64,
    /// Share of values that are event words, by value count.
    pub event_words: f64,
    /// A few distinct values if there are few.
    pub words: Vec<String>,
    /// A key for each row; 0 for null.
    pub keys: Vec<u64>,
}

impl Look {
    pub(super) fn of(column: &FrameColumn) -> Self {
        let head = column.head(LOOK_ROWS);
        let series = head.as_materialized_series();
        let mut look = Self {
            rows: series.len(),
            ..Self::default()
        };
        match series.dtype() {
            DataType::String => {
                if let Ok(texts) = series.str() {
                    look.see_texts(texts.iter());
                }
            }
            DataType::Int64 => {
                if let Ok(integers) = series.i64() {
                    look.see_numbers(
                        integers
                            .iter()
                            .map(|value| value.map(|value| (value as u64, value as f64))),
                    );
                }
            }
            DataType::Float64 => {
                if let Ok(floats) = series.f64() {
                    look.see_numbers(floats.iter().map(|value| value.map(|value| (value.to_bits(), value))));
                }
            }
            DataType::Boolean => {
                if let Ok(booleans) = series.bool() {
                    look.see_numbers(
                        booleans
                            .iter()
                            .map(|value| value.map(|value| (u64::from(value), f64::from(value)))),
                    );
                }
                (look.boolean, look.numeric) = (true, false);
            }
            _ => {
                let physical = series.to_physical_repr();
                if let Ok(micros) = physical.i64() {
                    look.see_numbers(
                        micros
                            .iter()
                            .map(|value| value.map(|value| (value as u64, value as f64))),
                    );
                }
                (look.time, look.numeric) = (true, false);
            }
        }
        look
    }

    fn see_numbers(&mut self, values: impl Iterator<Item = Option<(u64, f64)>>) {
        let mut seen: HashMap<u64, ()> = HashMap::new();
        (self.min, self.max) = (f64::INFINITY, f64::NEG_INFINITY);
        (self.numeric, self.integral) = (true, true);
        for value in values {
            let Some((key, value)) = value else {
                self.keys.push(0);
                continue;
            };
            self.values += 1;
            self.keys.push(key.wrapping_add(1));
            seen.insert(key, ());
            self.min = self.min.min(value);
            self.max = self.max.max(value);
            self.integral &= value.fract() == 0.0;
        }
        self.distinct = seen.len();
    }

    fn see_texts<'a>(&mut self, values: impl Iterator<Item = Option<&'a str>>) {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let (mut chars, mut prose) = (0usize, 0usize);
        self.text = true;
        for value in values {
            let Some(text) = value else {
                self.keys.push(0);
                continue;
            };
            let next = seen.len() + 1;
            let key = *seen.entry(text).or_insert(next);
            self.keys.push(key as u64);
            self.values += 1;
            let length = text.chars().count();
            chars += length;
            prose += usize::from(text.trim().contains(' ') || length >= 12 && !text.is_ascii());
        }
        self.distinct = seen.len();
        let count = self.values.max(1) as f64;
        self.mean_chars = chars as f64 / count;
        self.prose = prose as f64 / count;
        if seen.len() <= MAX_WORDS {
            let mut words: Vec<(usize, &str)> = seen.into_iter().map(|(text, key)| (key, text)).collect();
            words.sort_unstable();
            self.words = words.into_iter().map(|(_, text)| text.to_owned()).collect();
            self.count_event_words();
        }
    }

    fn count_event_words(&mut self) {
        let known: Vec<bool> = self.words.iter().map(|word| EventKind::guess(word).is_some()).collect();
        let hits = self
            .keys
            .iter()
            .filter(|&&key| key > 0 && known.get(key as usize - 1) == Some(&true))
            .count();
        self.event_words = hits as f64 / self.values.max(1) as f64;
    }

    /// At most two values, true and false in some form.
    pub(super) fn is_binary(&self) -> bool {
        self.boolean || (self.numeric && self.integral && self.values > 0 && self.min >= 0.0 && self.max <= 1.0)
    }

    /// Share of rows whose value occurs in another row too is high: something that repeats.
    pub(super) fn mean_repeats(&self) -> f64 {
        self.values as f64 / self.distinct.max(1) as f64
    }

    /// Whether each of this column's values goes with one value of `other` (99.5 % of the values).
    pub(super) fn determines(&self, other: &Self) -> bool {
        let mut partner: HashMap<u64, (u64, bool)> = HashMap::new();
        for (&key, &value) in self.keys.iter().zip(&other.keys).filter(|&(&key, _)| key > 0) {
            let entry = partner.entry(key).or_insert((value, true));
            entry.1 &= entry.0 == value;
        }
        let constant = partner.values().filter(|(_, same)| *same).count();
        constant * 200 >= partner.len() * 199
    }
}
