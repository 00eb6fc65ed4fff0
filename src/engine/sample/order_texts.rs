//! The words of the orders: defects and what they are called, comments with planted blemishes, invented people.
//!
//! Invariant: every comment without a defect is plain and different from every other; what looks personal is drawn
//! at random or from the ranges that are kept for examples and fiction.

use super::codes::credit_code;
use crate::engine::random::Draws;

/// What may be wrong with one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Defect {
    RepeatedKey,
    DateOnly,
    EmptyRow,
    Spelling,
    Quantity,
    Total,
    Currency,
    EndBeforeStart,
    ImpossibleDate,
    TimeFormat,
    Future,
    Outlier,
    Sentinel,
    Rating,
    LostZero,
    Scientific,
    Placeholder,
    Garbled,
    Invisible,
    Markup,
    Link,
    Long,
    Wordless,
    FullWidth,
    Edges,
    Escaped,
    Telephone,
    CreditCode,
    Network,
    Passport,
    Plate,
    Split,
    Channel,
    CopiedText,
    OddScript,
}

impl Defect {
    pub(super) const ALL: [Self; 35] = [
        Self::RepeatedKey,
        Self::DateOnly,
        Self::EmptyRow,
        Self::Spelling,
        Self::Quantity,
        Self::Total,
        Self::Currency,
        Self::EndBeforeStart,
        Self::ImpossibleDate,
        Self::TimeFormat,
        Self::Future,
        Self::Outlier,
        Self::Sentinel,
        Self::Rating,
        Self::LostZero,
        Self::Scientific,
        Self::Placeholder,
        Self::Garbled,
        Self::Invisible,
        Self::Markup,
        Self::Link,
        Self::Long,
        Self::Wordless,
        Self::FullWidth,
        Self::Edges,
        Self::Escaped,
        Self::Telephone,
        Self::CreditCode,
        Self::Network,
        Self::Passport,
        Self::Plate,
        Self::Split,
        Self::Channel,
        Self::CopiedText,
        Self::OddScript,
    ];

    /// Name of the check, column, definition.
    pub(super) fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::RepeatedKey => (
                "repeated_keys",
                "order_id",
                "order with the number of the order before it",
            ),
            Self::DateOnly => ("date_only", "ordered_at", "order at 00:00:00 of its day"),
            Self::EmptyRow => ("empty_rows", "", "row with nothing behind its first four cells"),
            Self::Spelling => ("spelling_variants", "status", "SHIPPED where the others say shipped"),
            Self::Quantity => ("quantity", "quantity", "quantity 0, -1 or -2"),
            Self::Total => ("totals", "amount", "amount 1.00 to 9.99 above price times quantity"),
            Self::Currency => ("currency_mix", "currency", "USD where the others say CNY"),
            Self::EndBeforeStart => ("end_before_start", "shipped_at", "shipped before it was ordered"),
            Self::ImpossibleDate => ("impossible_dates", "shipped_at", "the 30th of February"),
            Self::TimeFormat => (
                "time_formats",
                "delivered_at",
                "seconds since 1970 among written-out times",
            ),
            Self::Future => ("future_times", "delivered_at", "delivered in 2099"),
            Self::Outlier => ("outliers", "packing_secs", "a thousand times the usual time"),
            Self::Sentinel => ("sentinels", "distance_m", "99999 where the others are below 7,900"),
            Self::Rating => ("rating_scale", "rating", "9 on a scale of five"),
            Self::LostZero => ("lost_zeros", "postcode", "five digits where codes have six"),
            Self::Scientific => ("scientific_codes", "tracking_no", "code such as 6.23457E+12"),
            Self::Placeholder => ("placeholders", "city", "unknown, 未知 or N.A."),
            Self::Garbled => ("mojibake", "comment", "UTF-8 read as Windows-1252"),
            Self::Invisible => ("control_characters", "comment", "zero-width blank in a word"),
            Self::Markup => ("markup", "comment", "<br> or &amp;"),
            Self::Link => ("links", "comment", "link to a domain reserved for examples"),
            Self::Long => ("long_texts", "comment", "more than 2,400 characters"),
            Self::Wordless => ("wordless_texts", "comment", "nothing but exclamation marks"),
            Self::FullWidth => ("full_width", "comment", "full-width letters"),
            Self::Edges => ("edge_space", "comment", "blank at the end"),
            Self::Escaped => ("escaped_text", "comment", "percent-encoded UTF-8"),
            Self::Telephone => ("telephones", "comment", "landline or international number"),
            Self::CreditCode => (
                "credit_codes",
                "comment",
                "unified social credit code with a right check character",
            ),
            Self::Network => (
                "network_addresses",
                "comment",
                "IPv6 address of the range for documentation",
            ),
            Self::Passport => ("passports", "comment", "passport number, named as such"),
            Self::Plate => ("plates", "comment", "number plate"),
            Self::Split => (
                "split_order",
                "split",
                "test row among the training rows, or the reverse",
            ),
            Self::Channel => ("near_constant", "channel", "order through another channel than the app"),
            Self::CopiedText => ("repeated_texts", "comment", "comment of an earlier order"),
            Self::OddScript => ("odd_script", "comment", "Cyrillic comment among English ones"),
        }
    }
}

const WISHES: [&str; 8] = [
    "please leave the parcel at the door",
    "ring twice, the bell is quiet",
    "a gift, please no invoice inside",
    "deliver in the evening if you can",
    "the neighbour takes it when I am out",
    "please pack it well, it is fragile",
    "call from the gate of the yard",
    "no hurry with this one",
];

/// A comment of its own for every order, with the defect in it if it belongs there.
pub(super) fn comment(number: u64, defect: Option<Defect>, draws: &mut Draws) -> String {
    let plain = format!("{}, note {number}", WISHES[draws.below(8) as usize]);
    let with = |words: &str| format!("{plain}, {words}");
    match defect {
        Some(Defect::Garbled) => with("cafÃ© on the corner"),
        Some(Defect::Invisible) => with("side en\u{200b}trance"),
        Some(Defect::Markup) if draws.chance(0.5) => with("door<br>left"),
        Some(Defect::Markup) => with("Tom &amp; Ann"),
        Some(Defect::Link) => with("map at https://www.example.com/map"),
        Some(Defect::Long) => format!(
            "{plain}: {}",
            "and then the second street on the left ".repeat(64).trim_end()
        ),
        Some(Defect::Wordless) => "!".repeat(3 + draws.below(5) as usize),
        Some(Defect::FullWidth) => with("ｇａｔｅ ２"),
        Some(Defect::Edges) => plain + " ",
        Some(Defect::Escaped) => with("%E5%8C%97%E9%97%A8"),
        Some(Defect::Telephone) => with(&telephone(draws)),
        Some(Defect::CreditCode) => with(&format!("invoice for {}", credit_code(draws))),
        Some(Defect::Network) => with(&format!(
            "printer 2001:db8::{:x}:{:x}",
            16 + draws.below(999),
            draws.below(65_535)
        )),
        Some(Defect::Passport) => with(&format!("passport E{:08}", draws.below(100_000_000))),
        Some(Defect::OddScript) => format!("просьба оставить посылку у двери, заказ {number}"),
        Some(Defect::Plate) => with(&format!("car 沪A{:05}", draws.below(100_000))),
        _ => plain,
    }
}

/// 555-01xx is kept for fiction in North America; in China no range is, so those digits are drawn at random.
fn telephone(draws: &mut Draws) -> String {
    if draws.chance(0.5) {
        format!("tel 021-{:08}", 60_000_000 + draws.below(9_999_999))
    } else {
        format!("tel +1 212 555 01{:02}", draws.below(100))
    }
}

pub(super) fn name(draws: &mut Draws) -> String {
    const SURNAMES: [&str; 12] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"];
    const GIVEN: [&str; 16] = [
        "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
    ];
    let pick = |list: &[&'static str], draws: &mut Draws| list[draws.below(list.len() as u64) as usize];
    let mut name = pick(&SURNAMES, draws).to_owned();
    name.push_str(pick(&GIVEN, draws));
    if draws.chance(0.6) {
        name.push_str(pick(&GIVEN, draws));
    }
    name
}

pub(super) fn address(draws: &mut Draws) -> String {
    const PLACES: [&str; 4] = ["上海市青石区", "杭州市云溪区", "成都市桂湖区", "南京市栖枫区"];
    const STREETS: [&str; 6] = ["望月路", "南桥街", "百花巷", "竹影路", "松风大道", "临溪路"];
    let place = PLACES[draws.below(4) as usize];
    let street = STREETS[draws.below(6) as usize];
    let (number, flat) = (1 + draws.below(300), 101 + draws.below(900));
    format!("{place}{street}{number}号{flat}室")
}
