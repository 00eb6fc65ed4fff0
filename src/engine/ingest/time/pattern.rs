//! A time format the user wrote, `%d.%m.%Y %H:%M`, compiled to a few steps a cell is walked by.

use super::cursor::Cursor;
use super::{clock_micros, date_micros};
use crate::engine::artifact::Bilingual;

/// Steps of the longest sensible pattern, each byte of plain text being one.
const MAX_STEPS: usize = 48;

/// One step of a pattern.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    #[default]
    Nothing,
    Byte(u8),
    /// Any number of spaces, also none.
    Spaces,
    LongYear,
    ShortYear,
    Month,
    MonthName,
    Day,
    Hour,
    Minute,
    Second,
    Fraction,
    HalfDay,
    Weekday,
    Zone,
}

/// A compiled pattern; small, so that a column's plan stays a plain value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine::ingest) struct Pattern {
    steps: [Step; MAX_STEPS],
    len: usize,
}

/// What a cell gave so far.
#[derive(Default)]
struct Parts {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    micros: i64,
    offset: i64,
    afternoon: Option<bool>,
}

impl Pattern {
    /// Compiles a pattern; the reason in words where it is none.
    pub(in crate::engine::ingest) fn compile(pattern: &str) -> Result<Self, Bilingual> {
        let mut steps: Vec<Step> = Vec::new();
        let mut rest = pattern.trim().bytes();
        while let Some(byte) = rest.next() {
            match byte {
                b'%' => {
                    let directive = rest.next().unwrap_or(b' ');
                    let found = directive_steps(directive);
                    if found.is_empty() {
                        return Err(refused(pattern));
                    }
                    steps.extend(found);
                }
                b' ' => steps.push(Step::Spaces),
                byte => steps.push(Step::Byte(byte)),
            }
        }
        let has = |step: &[Step]| steps.iter().any(|found| step.contains(found));
        let zone = steps.iter().position(|&step| step == Step::Zone);
        let fits = steps.len() <= MAX_STEPS
            && has(&[Step::LongYear, Step::ShortYear])
            && has(&[Step::Month, Step::MonthName])
            && has(&[Step::Day])
            && zone.is_none_or(|at| at + 1 == steps.len());
        if !fits {
            return Err(refused(pattern));
        }
        let mut compiled = Self {
            steps: [Step::Nothing; MAX_STEPS],
            len: steps.len(),
        };
        compiled.steps[..steps.len()].copy_from_slice(&steps);
        Ok(compiled)
    }

    /// Microseconds since 1970-01-01 UTC; `None` unless the whole cell is written so.
    pub(super) fn parse(&self, cell: &[u8]) -> Option<i64> {
        let mut text = Cursor { rest: cell };
        let mut parts = Parts::default();
        for step in &self.steps[..self.len] {
            take(*step, &mut text, &mut parts)?;
        }
        if !text.rest.is_empty() {
            return None;
        }
        let hour = match parts.afternoon {
            None => parts.hour,
            Some(afternoon) if (1..=12).contains(&parts.hour) => parts.hour % 12 + if afternoon { 12 } else { 0 },
            Some(_) => return None,
        };
        let clock = clock_micros(hour, parts.minute, parts.second)?;
        Some(date_micros(parts.year, parts.month, parts.day)? + clock + parts.micros - parts.offset)
    }
}

fn take(step: Step, text: &mut Cursor<'_>, parts: &mut Parts) -> Option<()> {
    match step {
        Step::Nothing => {}
        Step::Byte(byte) => return text.eat(&[byte]).then_some(()),
        Step::Spaces => text.skip(b" "),
        Step::LongYear => parts.year = digits(text, 4, 4)?,
        Step::ShortYear => {
            // As in POSIX.
            let year = digits(text, 2, 2)?;
            parts.year = if year < 70 { 2000 + year } else { 1900 + year };
        }
        Step::Month => parts.month = digits(text, 1, 2)?,
        Step::MonthName => parts.month = text.month_name()?,
        Step::Day => parts.day = digits(text, 1, 2)?,
        Step::Hour => parts.hour = digits(text, 1, 2)?,
        Step::Minute => parts.minute = digits(text, 2, 2)?,
        Step::Second => parts.second = digits(text, 2, 2)?,
        Step::Fraction => parts.micros = text.fraction()?,
        Step::HalfDay => {
            let head = text.rest.get(..2)?.to_ascii_lowercase();
            parts.afternoon = match head.as_slice() {
                b"am" => Some(false),
                b"pm" => Some(true),
                _ => return None,
            };
            text.rest = &text.rest[2..];
        }
        Step::Weekday => return text.weekday().then_some(()),
        Step::Zone => {
            parts.offset = text.zone()?;
            text.rest = &[];
        }
    }
    Some(())
}

/// Up to `most` digits as a number, at least `least` of them.
fn digits(text: &mut Cursor<'_>, least: usize, most: usize) -> Option<u32> {
    let found = text.rest.iter().take(most).take_while(|byte| byte.is_ascii_digit());
    let (count, value) = found.fold((0, 0), |(count, value), &byte| {
        (count + 1, value * 10 + u32::from(byte - b'0'))
    });
    text.rest = &text.rest[count..];
    (count >= least).then_some(value)
}

fn directive_steps(directive: u8) -> &'static [Step] {
    match directive {
        b'Y' => &[Step::LongYear],
        b'y' => &[Step::ShortYear],
        b'm' => &[Step::Month],
        b'b' | b'B' | b'h' => &[Step::MonthName],
        b'd' | b'e' => &[Step::Day],
        b'H' | b'I' | b'k' | b'l' => &[Step::Hour],
        b'M' => &[Step::Minute],
        b'S' => &[Step::Second],
        b'f' => &[Step::Fraction],
        b'p' | b'P' => &[Step::HalfDay],
        b'a' | b'A' => &[Step::Weekday],
        b'z' | b'Z' => &[Step::Zone],
        b'F' => &[
            Step::LongYear,
            Step::Byte(b'-'),
            Step::Month,
            Step::Byte(b'-'),
            Step::Day,
        ],
        b'T' => &[
            Step::Hour,
            Step::Byte(b':'),
            Step::Minute,
            Step::Byte(b':'),
            Step::Second,
        ],
        b'%' => &[Step::Byte(b'%')],
        _ => &[],
    }
}

fn refused(pattern: &str) -> Bilingual {
    Bilingual::new(
        format!(
            "{pattern:?} is no time format; write a year (%Y, %y), a month (%m, %b), a day (%d), and if need be %H %I %M %S %f %p %a, %z last, or choose day_first, month_first, epoch_s, epoch_ms, epoch_us or yyyymmdd"
        ),
        format!(
            "{pattern:?} 不是时间格式；请写出年（%Y、%y）、月（%m、%b）、日（%d），需要时加 %H %I %M %S %f %p %a，%z 放在最后，或选择 day_first、month_first、epoch_s、epoch_ms、epoch_us、yyyymmdd"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ingest::time::parse_text;

    fn parsed(pattern: &str, cell: &str) -> Option<i64> {
        Pattern::compile(pattern).expect(pattern).parse(cell.as_bytes())
    }

    #[test]
    fn patterns_read_what_they_say() {
        let want = parse_text(b"2019-03-01 14:05:09", false);
        for (pattern, cell) in [
            ("%d.%m.%Y %H:%M:%S", "01.03.2019 14:05:09"),
            ("%d.%m.%Y %H:%M:%S", "1.3.2019 14:05:09"),
            ("%F %T", "2019-03-01 14:05:09"),
            ("%y%m%d%H%M%S", "190301140509"),
            ("%d %b %Y, %I:%M:%S %p", "1 Mar 2019, 02:05:09 PM"),
            ("%A, %d %B %Y %T", "Friday, 01 March 2019 14:05:09"),
            ("%Y年%m月%d日 %T", "2019年3月1日 14:05:09"),
            ("%FT%T%z", "2019-03-01T22:05:09+08:00"),
        ] {
            assert_eq!(parsed(pattern, cell), want, "{pattern} {cell}");
        }
        assert_eq!(
            parsed("%F %T.%f", "2019-03-01 14:05:09.25"),
            want.map(|at| at + 250_000)
        );
        for (pattern, cell) in [
            ("%d.%m.%Y", "31.02.2019"),
            ("%d.%m.%Y", "01.03.2019 14:05"),
            ("%d.%m.%Y", "01/03/2019"),
            ("%d.%m.%Y", "01.03.19"),
            ("%d.%m.%Y %I %p", "01.03.2019 14 PM"),
            ("%F", ""),
        ] {
            assert_eq!(parsed(pattern, cell), None, "{pattern} {cell}");
        }
    }

    #[test]
    fn what_is_no_pattern_says_so() {
        for pattern in ["", "%", "%Q", "%H:%M", "%Y-%m", "%z %F", "%F %", &"%F".repeat(20)] {
            let told = Pattern::compile(pattern).expect_err(pattern);
            assert!(
                told.en.contains("time format") && told.zh.contains("时间格式"),
                "{told:?}"
            );
        }
    }
}
