//! Guesses what each column is in the world of a shop, with a confidence and the reason in one sentence.
//!
//! Names speak first, contents confirm or refute them; columns without names are told by contents alone.
//! Invariant: user, item, event, time, session, query, price, quantity, rating, position, label and
//! variant go to at most one column each; what the user chose always wins.

mod known_names;

use known_names::{NAME_RULES, NameRule, TEXT_CHINESE, TEXT_WORDS};

use super::dataset::ColumnInfo;
use super::frame::Frame;
use super::look::Look;
use super::names::words;
use super::options::ReadOptions;
use crate::engine::artifact::{Bilingual, Role};

/// A role a column may have.
#[derive(Clone, Debug)]
struct Guess {
    role: Role,
    confidence: f64,
    why: Bilingual,
}

const UNIQUE: [Role; 13] = [
    Role::User,
    Role::Item,
    Role::Event,
    Role::Time,
    Role::Session,
    Role::Query,
    Role::Price,
    Role::Quantity,
    Role::Rating,
    Role::Position,
    Role::Label,
    Role::Variant,
    Role::Brand,
];

/// Sets role, confidence and reason of every column.
pub(super) fn assign(columns: &mut [ColumnInfo], frame: &Frame, options: &ReadOptions) {
    let looks: Vec<Look> = frame.stored().iter().map(Look::of).collect();
    let mut guesses: Vec<Vec<Guess>> = columns
        .iter()
        .zip(&looks)
        .map(|(column, look)| guess_column(&column.name, look))
        .collect();
    guess_nameless(columns, &looks, &mut guesses);
    guess_catalogue_key(columns, &looks, &mut guesses);
    for (column, guesses) in columns.iter_mut().zip(&mut guesses) {
        if let Some(&role) = options.roles.get(&column.name) {
            *guesses = vec![Guess {
                role,
                confidence: 1.0,
                why: Bilingual::new("set by you", "由您设定"),
            }];
        }
    }
    settle(columns, guesses, options);
}

/// The surest guesses first; a role that is taken leaves a column its next guess.
fn settle(columns: &mut [ColumnInfo], guesses: Vec<Vec<Guess>>, options: &ReadOptions) {
    let mut order: Vec<(usize, Guess)> = guesses
        .into_iter()
        .enumerate()
        .flat_map(|(column, guesses)| guesses.into_iter().map(move |guess| (column, guess)))
        .collect();
    order.sort_by(|a, b| b.1.confidence.total_cmp(&a.1.confidence).then(a.0.cmp(&b.0)));
    let mut settled = vec![false; columns.len()];
    let mut refused: Vec<Option<(Role, usize)>> = vec![None; columns.len()];
    let mut taken: Vec<(Role, usize)> = Vec::new();
    for (column, guess) in order {
        if settled[column] {
            continue;
        }
        let chosen = options.roles.contains_key(&columns[column].name);
        let holder = taken
            .iter()
            .find(|&&(role, _)| role == guess.role && UNIQUE.contains(&role));
        if let Some(&(role, holder)) = holder
            && !chosen
        {
            refused[column] = refused[column].or(Some((role, holder)));
            continue;
        }
        settled[column] = true;
        taken.push((guess.role, column));
        let info = &mut columns[column];
        (info.role, info.confidence, info.why) = (guess.role, guess.confidence, guess.why);
    }
    for index in 0..columns.len() {
        if settled[index] {
            continue;
        }
        let why = match refused[index] {
            Some((role, holder)) => {
                let better = &columns[holder].name;
                Bilingual::new(
                    format!("could be {}, but {better:?} fits that better", role.name()),
                    format!("可能是{}，但 {better:?} 更符合", role.label().zh),
                )
            }
            None => Bilingual::new(
                "neither name nor contents fit a known role",
                "列名和内容都不符合已知的角色",
            ),
        };
        let column = &mut columns[index];
        (column.role, column.confidence, column.why) = (Role::Other, 0.5, why);
    }
}

fn guess_column(name: &str, look: &Look) -> Vec<Guess> {
    let words = words(name);
    let mut guesses = Vec::new();
    let mut add = |role, confidence: f64, why: Bilingual| guesses.push(Guess { role, confidence, why });
    if look.values == 0 {
        return Vec::new();
    }
    if look.time {
        let named = super::names::Hints::of(name).time;
        let why = if named {
            Bilingual::new(
                format!("holds times, and the name {name:?} says so"),
                format!("内容是时间，列名 {name:?} 也如此表明"),
            )
        } else {
            Bilingual::new("holds times", "内容是时间")
        };
        add(Role::Time, if named { 0.95 } else { 0.8 }, why);
        return guesses;
    }
    if look.text && look.event_words >= 0.8 && look.distinct >= 2 && look.distinct <= 40 {
        let (share, example) = (look.event_words * 100.0, &look.words[0]);
        let why = Bilingual::new(
            format!("{share:.0} % of its cells are event words such as {example:?}"),
            format!("{share:.0} % 的单元格是事件词，如 {example:?}"),
        );
        add(Role::Event, 0.98, why);
    }
    for rule in &NAME_RULES {
        if let Some(word) = matching_word(rule, &words, name) {
            let fit = content_fit(rule.role, look);
            if fit > 0.0 {
                let seen = describe(look);
                let why = Bilingual::new(
                    format!("the name says {word:?}; {}", seen.en),
                    format!("列名含 {word:?}；{}", seen.zh),
                );
                // A name of nothing else, or the final one of several, is surer.
                let plain = words.iter().all(|own| own == word || own == "id" || own == "final");
                add(rule.role, rule.confidence * fit + if plain { 0.02 } else { 0.0 }, why);
            }
        }
    }
    let texty = words.iter().any(|word| TEXT_WORDS.contains(&word.as_str()))
        || TEXT_CHINESE.iter().any(|part| name.contains(part));
    if look.text
        && look.distinct > 20
        && (texty && look.mean_chars >= 4.0 || look.mean_chars >= 30.0 && look.prose >= 0.5)
    {
        // Among several texts the longest is the richest.
        let confidence = if texty { 0.85 } else { 0.7 } + (look.mean_chars / 10_000.0).min(0.05);
        let length = look.mean_chars;
        let why = Bilingual::new(
            format!("texts of {length:.0} characters on average"),
            format!("文本，平均 {length:.0} 个字符"),
        );
        add(Role::Text, confidence, why);
    }
    guesses
}

fn matching_word<'a>(rule: &'a NameRule, words: &[String], name: &str) -> Option<&'a str> {
    if words.iter().any(|word| rule.not.contains(&word.as_str())) {
        return None;
    }
    let joined = words.concat();
    let english = rule.words.iter().find(|&&word| {
        words.iter().any(|own| own == word) || (word.len() >= 5 && joined == word) || joined == format!("{word}id")
    });
    english
        .or_else(|| rule.chinese.iter().find(|&&part| name.contains(part)))
        .copied()
}

/// 1 where the contents fit the role, less where they are odd for it, 0 where they refute it.
fn content_fit(role: Role, look: &Look) -> f64 {
    let good = |fits: bool| if fits { 1.0 } else { 0.0 };
    match role {
        Role::User | Role::Item | Role::Session => {
            if look.boolean || (look.numeric && !look.integral) || look.mean_chars > 60.0 {
                0.0
            } else if look.distinct <= 2 && look.values > 20 {
                0.3
            } else {
                1.0
            }
        }
        Role::Event => good(look.distinct <= 100 && !look.boolean) * if look.text { 1.0 } else { 0.7 },
        Role::Query => good(look.text),
        Role::Price | Role::Covariate => good(look.numeric || look.boolean && role == Role::Covariate),
        Role::Quantity => good(look.numeric),
        Role::Position => good(look.numeric && look.integral),
        Role::Rating => good(look.numeric && look.distinct <= 101 && look.min >= 0.0 && look.max <= 100.0),
        Role::Brand | Role::Category => good(!look.boolean && look.mean_chars <= 80.0 && (look.text || look.integral)),
        Role::Variant => good(look.distinct >= 2 && look.distinct <= 20 && look.mean_repeats() >= 5.0),
        Role::Label => good(look.is_binary() || look.distinct <= 20 && look.mean_repeats() >= 5.0),
        Role::Time | Role::Text | Role::Other => 1.0,
    }
}

fn describe(look: &Look) -> Bilingual {
    let (rows, distinct) = (grouped(look.rows), grouped(look.distinct));
    if look.rows >= super::look::LOOK_ROWS {
        Bilingual::new(
            format!("{distinct} distinct values in the first {rows} rows"),
            format!("前 {rows} 行中有 {distinct} 个不同的值"),
        )
    } else {
        Bilingual::new(
            format!("{distinct} distinct values in {rows} rows"),
            format!("{rows} 行中有 {distinct} 个不同的值"),
        )
    }
}

/// 1234567 → `1,234,567`.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Columns without names, told by how their values repeat and depend on each other.
fn guess_nameless(columns: &[ColumnInfo], looks: &[Look], guesses: &mut [Vec<Guess>]) {
    let nameless = |column: usize| columns[column].name == format!("column_{}", column + 1);
    let ids: Vec<usize> = (0..columns.len())
        .filter(|&column| {
            let look = &looks[column];
            nameless(column)
                && guesses[column].is_empty()
                && ((look.numeric && look.integral) || (look.text && look.prose < 0.1))
                && look.distinct > 20
        })
        .collect();
    let Some(&item) = ids
        .iter()
        .max_by_key(|&&column| (looks[column].distinct, usize::MAX - column))
    else {
        return;
    };
    if ids.len() < 2 {
        return;
    }
    let mut add = |column: usize, role, why: Bilingual| {
        guesses[column].push(Guess {
            role,
            confidence: 0.6,
            why,
        });
    };
    let seen = describe(&looks[item]);
    let why = Bilingual::new(
        format!("no name; of the id-like columns it has the most values: {}", seen.en),
        format!("没有列名；在类似编号的列中它的值最多：{}", seen.zh),
    );
    add(item, Role::Item, why);
    let mut user_found = false;
    for &column in ids.iter().filter(|&&column| column != item) {
        if looks[item].determines(&looks[column]) {
            let number = item + 1;
            let why = Bilingual::new(
                format!("no name; each value of column {number} always goes with the same value here"),
                format!("没有列名；第 {number} 列的每个值在此总对应同一个值"),
            );
            add(column, Role::Category, why);
        } else if !user_found {
            user_found = true;
            let seen = describe(&looks[column]);
            let why = Bilingual::new(
                format!("no name; an id that repeats: {}", seen.en),
                format!("没有列名；会重复出现的编号：{}", seen.zh),
            );
            add(column, Role::User, why);
        }
    }
}

/// In a table of things for sale, the plain `id` that never repeats is the item.
fn guess_catalogue_key(columns: &[ColumnInfo], looks: &[Look], guesses: &mut [Vec<Guess>]) {
    let has = |role| {
        guesses
            .iter()
            .flatten()
            .any(|guess| guess.role == role && guess.confidence >= 0.5)
    };
    let log = [Role::User, Role::Item, Role::Event, Role::Session]
        .into_iter()
        .any(has);
    if log || !(has(Role::Price) || has(Role::Brand) || has(Role::Category)) || !has(Role::Text) {
        return;
    }
    let key = (0..columns.len()).find(|&column| {
        let look = &looks[column];
        words(&columns[column].name)
            .iter()
            .all(|word| word == "id" || word == "key")
            && look.values == look.rows
            && look.distinct == look.values
            && !look.time
    });
    if let Some(column) = key {
        let seen = describe(&looks[column]);
        let why = Bilingual::new(
            format!("a key of a table with texts and prices: {}", seen.en),
            format!("带有文本和价格的表的主键：{}", seen.zh),
        );
        guesses[column].push(Guess {
            role: Role::Item,
            confidence: 0.6,
            why,
        });
    }
}
