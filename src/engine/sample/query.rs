//! What shoppers type into the search box, and the texts of their reviews.
//!
//! Invariant: a query is kept as a few indices and spelled out only when it is written.

use super::catalogue::{Item, Language};
use super::vocabulary::{COLOURS, KINDS, MATERIALS, REVIEWS};
use crate::engine::random::Draws;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub kind: u8,
    pub language: Language,
    /// Only the last word of the goods' name (`shoes` for `running shoes`).
    pub short: bool,
    pub colour: Option<u8>,
    pub material: Option<u8>,
}

impl Query {
    pub(super) fn draw(kind: usize, language: Language, draws: &mut Draws) -> Self {
        Self {
            kind: kind as u8,
            language,
            short: draws.chance(0.2),
            colour: draws.chance(0.3).then(|| draws.below(COLOURS.len() as u64) as u8),
            material: draws.chance(0.2).then(|| draws.below(3) as u8),
        }
    }

    /// What agreeing or disagreeing on colour and material adds to the log-odds of a click.
    pub(super) fn agreement(&self, item: &Item) -> f64 {
        let colour = self.colour.map_or(
            0.0,
            |colour| {
                if usize::from(colour) == item.colour { 0.7 } else { -0.15 }
            },
        );
        let material = self.material.map_or(0.0, |material| {
            let same = KINDS[usize::from(self.kind)].stuff == KINDS[item.kind].stuff;
            if same && usize::from(material) == item.material {
                0.5
            } else {
                -0.15
            }
        });
        colour + material
    }

    pub(super) fn text(&self) -> String {
        let kind = &KINDS[usize::from(self.kind)];
        let material = self.material.map(|m| &MATERIALS[kind.stuff as usize][usize::from(m)]);
        let colour = self.colour.map(|c| COLOURS[usize::from(c)]);
        match self.language {
            Language::Chinese => {
                let colour = colour.map_or("", |c| c.1);
                format!("{colour}{}{}", material.map_or("", |m| m.zh), kind.zh)
            }
            Language::English => {
                let noun = if self.short {
                    kind.en.rsplit(' ').next().unwrap_or(kind.en)
                } else {
                    kind.en
                };
                let words = [colour.map_or("", |c| c.0), material.map_or("", |m| m.en), noun];
                let full: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
                full.join(" ")
            }
        }
    }
}

/// A review whose tone follows the item's appeal.
pub(super) fn review(item: &Item, language: Language, draws: &mut Draws) -> &'static str {
    let mood = item.appeal + 0.4 + 0.7 * draws.normal();
    let nearest = |a: &&(&str, &str, f64), b: &&(&str, &str, f64)| (a.2 - mood).abs().total_cmp(&(b.2 - mood).abs());
    let (en, zh, _) = REVIEWS.iter().min_by(nearest).unwrap_or(&REVIEWS[0]);
    match language {
        Language::English => en,
        Language::Chinese => zh,
    }
}

/// The three kinds of personal data that are planted in free text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Personal {
    Email,
    Mobile,
    ResidentId,
}

/// Text with something personal in it, none of it of a real person: the mail domain is reserved for
/// examples (RFC 2606) and the resident ID names a district code that was never given out.
pub(super) fn personal(kind: Personal, draws: &mut Draws) -> String {
    match kind {
        Personal::Email => format!("contact buyer{}@example.com", 1000 + draws.below(9000)),
        Personal::Mobile => format!("call 1{}{:09}", 3 + draws.below(7), draws.below(1_000_000_000)),
        Personal::ResidentId => {
            let day = 1 + draws.below(28);
            let body = format!(
                "9900{:02}{}{:02}{day:02}{:03}",
                1 + draws.below(20),
                1960 + draws.below(40),
                1 + draws.below(12),
                draws.below(1000)
            );
            format!("id {body}{}", resident_id_check(&body))
        }
    }
}

/// Check character of a Chinese resident ID (GB 11643-1999, ISO 7064 MOD 11-2) over its first 17 digits.
fn resident_id_check(body: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .bytes()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][(sum % 11) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_id_check_matches_the_standards_example() {
        // Example number in GB 11643-1999: 11010519491231002X, and 440524188001010014.
        assert_eq!(resident_id_check("11010519491231002"), 'X');
        assert_eq!(resident_id_check("44052418800101001"), '4');
    }

    #[test]
    fn queries_read_like_queries() {
        let query = Query {
            kind: 15,
            language: Language::English,
            short: false,
            colour: Some(2),
            material: Some(0),
        };
        assert_eq!(query.text(), "red leather running shoes");
        let chinese = Query {
            language: Language::Chinese,
            ..query
        };
        assert_eq!(chinese.text(), "红色真皮跑步鞋");
    }

    #[test]
    fn personal_texts_have_the_shape_their_kind_promises() {
        for counter in 0..50 {
            let mut draws = Draws::new(counter, &[]);
            let mobile = personal(Personal::Mobile, &mut draws);
            let digits: Vec<char> = mobile.chars().filter(char::is_ascii_digit).collect();
            assert_eq!(digits.len(), 11);
            assert!(digits[0] == '1' && ('3'..='9').contains(&digits[1]));
            assert_eq!(personal(Personal::ResidentId, &mut draws).len(), 3 + 18);
        }
    }
}
