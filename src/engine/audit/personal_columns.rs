//! Personal data in the columns of a log: which distinct values hold which kinds, and the evidence of P01 to P06.
//!
//! In: a column. Out: kinds by distinct value, found once a column however many checks ask, and the `Violation` that they share.
//! Invariant: precision first; weak kinds count only where the column as a whole supports them.

use super::cells::Cells;
use super::context::ColumnContext;
use super::finding::{Fact, Finding};
use super::fix::Fix;
use super::personal::{self, PersonalKind};
use super::plot::{FindingPlot, Marks};
use super::plots::{over_time, rows_label};
use super::rule::{Extent, RuleInfo, Violation, fact, finding};
use super::wording::{percent, thousands};
use crate::engine::artifact::{Bilingual, ColumnType, Role, Severity};
use crate::engine::progress::Cancelled;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::marker::PhantomData;

/// The evidence: rows of one column by kind.
struct PersonalColumn {
    column: String,
    kinds: Vec<(PersonalKind, u64)>,
    rows: u64,
    filled: u64,
    plots: Vec<FindingPlot>,
}

impl PersonalColumn {
    fn title(&self) -> Bilingual {
        Bilingual::new(
            format!("Personal data in {}", self.column),
            format!("{} 中含个人信息", self.column),
        )
    }

    fn message(&self) -> Bilingual {
        let (rows, filled) = (thousands(self.rows), thousands(self.filled));
        let share = percent(self.rows as f64 / self.filled.max(1) as f64);
        let list = |pick: fn((&'static str, &'static str)) -> &'static str, joint: &str| {
            let parts = self
                .kinds
                .iter()
                .map(|(kind, count)| format!("{} {}", pick(kind.words()), thousands(*count)));
            parts.collect::<Vec<_>>().join(joint)
        };
        let column = &self.column;
        Bilingual::new(
            format!(
                "{rows} of {filled} filled cells of {column} ({share}) hold personal data: {}.",
                list(|w| w.0, ", ")
            ),
            format!(
                "{column} 的 {filled} 个已填单元格中有 {rows} 个（{share}）含个人信息：{}。",
                list(|w| w.1, "，")
            ),
        )
    }

    fn fix(&self) -> (Fix, Bilingual) {
        let fix = Fix::Mask {
            column: self.column.clone(),
            patterns: self.kinds.iter().map(|(kind, _)| kind.name().to_owned()).collect(),
        };
        (fix, Bilingual::new("Mask what matches", "遮蔽匹配内容"))
    }

    fn facts(&self) -> Vec<Fact> {
        let facts = self.kinds.iter().map(|(kind, count)| {
            let (en, zh) = kind.words();
            fact(kind.name(), en, zh, *count as f64)
        });
        facts.collect()
    }

    fn plots(&self) -> Vec<FindingPlot> {
        let marks = Marks::Bars {
            labels: self
                .kinds
                .iter()
                .map(|(kind, _)| Bilingual::new(kind.words().0, kind.words().1))
                .collect(),
            values: self.kinds.iter().map(|(_, count)| *count as f64).collect(),
            flagged: vec![true; self.kinds.len()],
        };
        let title = Bilingual::new("Rows by kind", "各类个人信息的行数");
        let kinds = FindingPlot::new(title, Bilingual::new("kind", "种类"), rows_label(), marks);
        [kinds].into_iter().chain(self.plots.iter().cloned()).collect()
    }
}

/// A check for some kinds of personal data: its documentation and its reasons; the evidence is alike in all.
pub trait PersonalCheck {
    const INFO: RuleInfo;
    const KINDS: &'static [PersonalKind];

    fn why() -> Bilingual;

    fn threshold() -> Bilingual;
}

/// What such a check found in a column.
pub struct Personal<C> {
    evidence: PersonalColumn,
    check: PhantomData<C>,
}

impl<C: PersonalCheck> Violation for Personal<C> {
    const INFO: RuleInfo = C::INFO;

    fn title(&self) -> Bilingual {
        self.evidence.title()
    }

    fn message(&self) -> Bilingual {
        self.evidence.message()
    }

    fn why(&self) -> Bilingual {
        C::why()
    }

    fn threshold(&self) -> Bilingual {
        C::threshold()
    }

    fn fix(&self) -> Option<(Fix, Bilingual)> {
        Some(self.evidence.fix())
    }

    fn facts(&self) -> Vec<Fact> {
        self.evidence.facts()
    }

    fn plots(&self) -> Vec<FindingPlot> {
        self.evidence.plots()
    }
}

/// Looks for the kinds of a check in a column.
pub fn check<C: PersonalCheck>(column: &ColumnContext<'_>) -> Result<Vec<Finding>, Cancelled> {
    column.context.progress.check()?;
    let wanted = C::KINDS.iter().fold(0, |bits, kind| bits | bit(*kind));
    let of_value: Vec<u16> = column.personal_kinds().iter().map(|found| found & wanted).collect();
    let flagged: Vec<bool> = of_value.iter().map(|kinds| *kinds != 0).collect();
    if !flagged.contains(&true) {
        return Ok(Vec::new());
    }
    let rows = column.distinct.rows_where(&flagged);
    let count = |kind: PersonalKind| -> u64 {
        let counts = of_value.iter().zip(&column.distinct.counts);
        counts
            .filter(|(kinds, _)| *kinds & bit(kind) != 0)
            .map(|(_, &count)| u64::from(count))
            .sum()
    };
    let counted = C::KINDS
        .iter()
        .map(|&kind| (kind, count(kind)))
        .filter(|(_, count)| *count > 0);
    let violation = Personal::<C> {
        evidence: PersonalColumn {
            column: column.info.name.clone(),
            kinds: counted.collect(),
            rows: rows.len() as u64,
            filled: column.distinct.num_filled(),
            plots: over_time(column.context, &rows).into_iter().collect(),
        },
        check: PhantomData,
    };
    let extent = Extent::of_rows(Severity::Warning, Some(&column.info.name), rows, column.num_rows());
    Ok(vec![finding(column.context, &violation, extent)])
}

/// Kinds in each distinct value, one bit each; empty where a column cannot hold any.
pub fn kinds_of_values(column: &ColumnContext<'_>) -> Vec<u16> {
    match column.info.dtype {
        ColumnType::Text => kinds_in_texts(column),
        ColumnType::Integer => kinds_in_numbers(column),
        _ => Vec::new(),
    }
}

fn bit(kind: PersonalKind) -> u16 {
    1 << kind as u16
}

/// Kinds in each distinct text, weak ones kept only where the column as a whole supports them.
fn kinds_in_texts(column: &ColumnContext<'_>) -> Vec<u16> {
    let rows = column.distinct.first_row.as_slice();
    let cells: Cells<'_> = column.cells;
    let mut found: Vec<u16> = rows
        .par_iter()
        .map(|&row| {
            let text = cells.text(row as usize).unwrap_or_default();
            if !may_hold(text) {
                0
            } else {
                personal::find(text)
                    .iter()
                    .fold(0, |kinds, found| kinds | bit(found.kind))
            }
        })
        .collect();
    let is_name = matches!(column.info.role, Role::User | Role::Item | Role::Session);
    for kind in [PersonalKind::MobileCn, PersonalKind::BankCard, PersonalKind::Ipv4] {
        let matching: Vec<usize> = (0..found.len()).filter(|&code| found[code] & bit(kind) != 0).collect();
        if matching.is_empty() || name_says(&column.info.name, kind) {
            continue;
        }
        let texts = matching
            .iter()
            .map(|&code| cells.text(rows[code] as usize).unwrap_or_default());
        let supported = match kind {
            PersonalKind::MobileCn => !is_name || is_spread(texts),
            // A random number of the right shape passes Luhn one time in ten.
            PersonalKind::BankCard => matching.len() * 5 >= 4 * card_shapes(cells, rows),
            // Version numbers look the same; addresses rarely start with 0 to 9 throughout.
            _ => texts.filter(|text| first_octet(text) >= 10).count() * 2 > matching.len(),
        };
        if !supported {
            matching.into_iter().for_each(|code| found[code] &= !bit(kind));
        }
    }
    found
}

/// Cheap look before the detectors: an @, four digits, or the colons of a network address.
fn may_hold(text: &str) -> bool {
    let (mut digits, mut colons) = (0, 0);
    text.bytes().any(|byte| {
        digits += u32::from(byte.is_ascii_digit());
        colons += u32::from(byte == b':');
        byte == b'@' || digits >= 4 || colons >= 3
    })
}

type TextTest = fn(&str) -> bool;

fn kinds_in_numbers(column: &ColumnContext<'_>) -> Vec<u16> {
    let rows = &column.distinct.first_row;
    let mut out = vec![0; rows.len()];
    let number = |row: u32| column.cells.value(row as usize).to_string();
    let digits_are = |lengths: std::ops::RangeInclusive<usize>| {
        rows.first().is_some_and(|&row| lengths.contains(&number(row).len()))
    };
    if !digits_are(11..=19) {
        return out;
    }
    let tests: [(PersonalKind, TextTest); 3] = [
        (PersonalKind::MobileCn, personal::is_mobile_cn),
        (PersonalKind::ResidentIdCn, personal::is_resident_id_cn),
        (PersonalKind::BankCard, personal::is_bank_card),
    ];
    for (kind, test) in tests {
        let matches: Vec<bool> = rows.par_iter().map(|&row| test(&number(row))).collect();
        let counts = matches
            .iter()
            .zip(&column.distinct.counts)
            .filter(|(matching, _)| **matching);
        let matching: u64 = counts.map(|(_, &count)| u64::from(count)).sum();
        let is_most =
            matching as f64 >= column.thresholds().personal_column_share * column.distinct.num_filled() as f64;
        let texts: Vec<String> = if kind == PersonalKind::MobileCn && is_most {
            rows.iter().map(|&row| number(row)).collect()
        } else {
            Vec::new()
        };
        let supported = name_says(&column.info.name, kind)
            || kind != PersonalKind::MobileCn
            || is_spread(texts.iter().map(String::as_str));
        if matching > 0 && is_most && supported {
            matches
                .iter()
                .enumerate()
                .filter(|(_, matching)| **matching)
                .for_each(|(code, _)| out[code] |= bit(kind));
        }
    }
    out
}

/// Real mobile numbers come from many carrier blocks; identifiers counted upwards share their first digits.
fn is_spread<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    const BLOCKS: usize = 8;
    let block = |text: &str| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.get(..3).map(str::to_owned)
    };
    texts.filter_map(block).collect::<BTreeSet<String>>().len() >= BLOCKS
}

fn card_shapes(cells: Cells<'_>, rows: &[u32]) -> usize {
    let has_shape = |text: &str| {
        text.split(|c: char| !c.is_ascii_digit() && c != ' ' && c != '-')
            .any(|run| {
                let digits: String = run.chars().filter(char::is_ascii_digit).collect();
                personal::has_card_issuer(&digits)
            })
    };
    rows.iter()
        .filter(|&&row| cells.text(row as usize).is_some_and(has_shape))
        .count()
}

fn first_octet(text: &str) -> u32 {
    let octet = text
        .split('.')
        .next()
        .and_then(|head| head.rsplit(|c: char| !c.is_ascii_digit()).next());
    octet.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn name_says(column: &str, kind: PersonalKind) -> bool {
    let name = column.to_lowercase();
    let words: &[&str] = match kind {
        PersonalKind::Email => &["mail", "邮箱"],
        PersonalKind::MobileCn => &["phone", "mobile", "tel", "手机", "电话"],
        PersonalKind::ResidentIdCn => &["id_card", "idcard", "identity", "身份证"],
        PersonalKind::BankCard => &["card", "银行卡", "卡号"],
        PersonalKind::Ipv4 => &["ip", "地址"],
        // The other kinds need no word: a check character, a prefix or the text itself says what they are.
        _ => &[],
    };
    match kind {
        PersonalKind::Ipv4 => name
            .split(|c: char| !c.is_alphanumeric())
            .any(|part| words.contains(&part)),
        _ => words.iter().any(|word| name.contains(word)),
    }
}
