//! Reads a written time from left to right: numbers, names of months, clocks, zones.

use super::*;

pub(super) struct Cursor<'a> {
    pub(super) rest: &'a [u8],
}

impl Cursor<'_> {
    /// One to `most` digits, and no more after them.
    pub(super) fn number(&mut self, most: usize) -> Option<u32> {
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || digits > most {
            return None;
        }
        let value = self.rest[..digits]
            .iter()
            .fold(0, |value, &byte| value * 10 + u32::from(byte - b'0'));
        self.rest = &self.rest[digits..];
        Some(value)
    }

    pub(super) fn eat(&mut self, text: &[u8]) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    pub(super) fn skip(&mut self, any: &[u8]) {
        while let Some((first, rest)) = self.rest.split_first()
            && any.contains(first)
        {
            self.rest = rest;
        }
    }

    pub(super) fn separator(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        if !matches!(first, b'/' | b'-' | b'.' | b' ') {
            return None;
        }
        self.rest = rest;
        Some(first)
    }

    /// A two-digit year is 1970..2069, as in POSIX.
    pub(super) fn year(&mut self) -> Option<u32> {
        let before = self.rest.len();
        let year = self.number(4)?;
        match before - self.rest.len() {
            4 => Some(year),
            2 => Some(if year < 70 { 2000 + year } else { 1900 + year }),
            _ => None,
        }
    }

    pub(super) fn long_year(&mut self) -> Option<u32> {
        let before = self.rest.len();
        self.number(4).filter(|_| before - self.rest.len() == 4)
    }

    /// Month and day after a four-digit year.
    pub(super) fn rest_of_iso(&mut self, year: u32) -> Option<i64> {
        if self.eat("年".as_bytes()) {
            let month = self.number(2)?;
            let day = self.eat("月".as_bytes()).then(|| self.number(2)).flatten()?;
            return self
                .eat("日".as_bytes())
                .then(|| date_micros(year, month, day))
                .flatten();
        }
        let separator = self.separator()?;
        let month = self.number(2)?;
        if self.separator()? != separator {
            return None;
        }
        let day = self.number(2)?;
        date_micros(year, month, day)
    }

    pub(super) fn word(&mut self) -> &[u8] {
        let letters = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, rest) = self.rest.split_at(letters);
        self.rest = rest;
        word
    }

    pub(super) fn month_name(&mut self) -> Option<u32> {
        const MONTHS: [&[u8]; 12] = [
            b"january",
            b"february",
            b"march",
            b"april",
            b"may",
            b"june",
            b"july",
            b"august",
            b"september",
            b"october",
            b"november",
            b"december",
        ];
        let word = self.word();
        if word.len() < 3 || word.len() > 9 {
            return None;
        }
        let found = MONTHS.iter().position(|month| starts_with_ignoring_case(month, word))?;
        Some(found as u32 + 1)
    }

    pub(super) fn weekday(&mut self) -> bool {
        const DAYS: [&[u8]; 7] = [
            b"monday",
            b"tuesday",
            b"wednesday",
            b"thursday",
            b"friday",
            b"saturday",
            b"sunday",
        ];
        let before = self.rest;
        let word = self.word();
        let found = word.len() >= 3 && DAYS.iter().any(|day| starts_with_ignoring_case(day, word));
        if !found {
            self.rest = before;
        }
        found
    }

    /// Time of day minus the zone's offset, in microseconds; the whole rest must be used up.
    pub(super) fn clock(&mut self) -> Option<i64> {
        if self.rest.is_empty() {
            return Some(0);
        }
        if !(self.eat(b"T") || self.eat(b", ") || self.rest[0] == b' ' || self.rest[0].is_ascii_digit()) {
            return None;
        }
        self.skip(b" ");
        if self.rest.is_empty() {
            return Some(0);
        }
        let chinese_hour = "时".as_bytes();
        let hour = self.number(2)?;
        if !(self.eat(b":") || self.eat(chinese_hour) || self.eat("点".as_bytes())) {
            return None;
        }
        let minute = self.number(2)?;
        self.eat("分".as_bytes());
        let mut second = 0;
        let mut micros = 0;
        if self.eat(b":") || self.rest.first().is_some_and(u8::is_ascii_digit) {
            second = self.number(2)?;
            self.eat("秒".as_bytes());
            if self.eat(b".") || self.eat(b",") {
                micros = self.fraction()?;
            }
        }
        self.skip(b" ");
        let hour = self.half_day(hour)?;
        let offset = self.zone()?;
        Some(clock_micros(hour, minute, second)? + micros - offset)
    }

    pub(super) fn fraction(&mut self) -> Option<i64> {
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || digits > 9 {
            return None;
        }
        let mut micros = 0;
        for place in 0..6 {
            let digit = if place < digits {
                i64::from(self.rest[place] - b'0')
            } else {
                0
            };
            micros = micros * 10 + digit;
        }
        self.rest = &self.rest[digits..];
        Some(micros)
    }

    pub(super) fn half_day(&mut self, hour: u32) -> Option<u32> {
        let head = self.rest.get(..2).map(<[u8]>::to_ascii_lowercase);
        let afternoon = match head.as_deref() {
            Some(b"am") => false,
            Some(b"pm") => true,
            _ => return Some(hour),
        };
        self.rest = &self.rest[2..];
        self.skip(b" ");
        (1..=12)
            .contains(&hour)
            .then_some(hour % 12 + if afternoon { 12 } else { 0 })
    }

    /// Offset east of Greenwich in microseconds.
    pub(super) fn zone(&mut self) -> Option<i64> {
        let sign = match self.rest {
            [] | b"Z" | b"z" | b"UTC" | b"GMT" => return Some(0),
            [b'+', ..] => 1,
            [b'-', ..] => -1,
            [b'U', b'T', b'C', b'+', ..] | [b'G', b'M', b'T', b'+', ..] => {
                self.rest = &self.rest[3..];
                1
            }
            [b'U', b'T', b'C', b'-', ..] | [b'G', b'M', b'T', b'-', ..] => {
                self.rest = &self.rest[3..];
                -1
            }
            _ => return None,
        };
        let (hours, minutes) = match &self.rest[1..] {
            [a, b, b':', c, d] | [a, b, c, d] => (two(*a, *b)?, two(*c, *d)?),
            [a, b] => (two(*a, *b)?, 0),
            [a] => (two(b'0', *a)?, 0),
            _ => return None,
        };
        self.rest = &[];
        (hours <= 15 && minutes <= 59).then(|| sign * i64::from(hours * 60 + minutes) * 60 * MICROS_PER_SECOND)
    }
}

fn starts_with_ignoring_case(whole: &[u8], part: &[u8]) -> bool {
    whole
        .get(..part.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(part))
}
