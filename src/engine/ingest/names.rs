//! The words of a column's name, and what they hint about its type.

/// What a column's name says about how to read it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hints {
    /// A moment: numbers may be epochs or yyyymmdd.
    pub time: bool,
    /// A name of something: decimals `.0` are an export's doing.
    pub id: bool,
    /// Something measured: letters among its numbers are mistakes.
    pub measure: bool,
}

const TIME_WORDS: [&str; 16] = [
    "time",
    "timestamp",
    "ts",
    "datetime",
    "date",
    "day",
    "dt",
    "at",
    "when",
    "created",
    "updated",
    "ymd",
    "utc",
    "clock",
    "epoch",
    "tstamp",
];
const NOT_TIME: [&str; 14] = [
    "duration", "spent", "dwell", "gap", "secs", "seconds", "minutes", "hours", "days", "times", "length", "elapsed",
    "count", "num",
];
const ID_WORDS: [&str; 26] = [
    "id",
    "ids",
    "no",
    "code",
    "uid",
    "uuid",
    "sku",
    "key",
    "user",
    "userid",
    "item",
    "itemid",
    "customer",
    "customerid",
    "product",
    "productid",
    "session",
    "sessionid",
    "visitor",
    "visitorid",
    "member",
    "order",
    "invoice",
    "asin",
    "isbn",
    "docid",
];
const MEASURE_WORDS: [&str; 27] = [
    "price", "amount", "quantity", "qty", "rating", "score", "count", "num", "revenue", "sales", "cost", "spend",
    "total", "bid", "paid", "position", "rank", "discount", "age", "duration", "weight", "stars", "fee", "rate", "pct",
    "share", "stock",
];

impl Hints {
    pub(super) fn of(name: &str) -> Self {
        let words = words(name);
        let any = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
        let lower = name.to_lowercase();
        let time =
            (any(&TIME_WORDS) || lower.ends_with("date") || lower.ends_with("time") || has(&["时间", "日期", "时刻"]))
                && !any(&NOT_TIME)
                && !has(&["时长"]);
        let measure = any(&MEASURE_WORDS) || has(&["价", "金额", "数量", "评分", "分数", "件数"]);
        let id =
            !measure && (any(&ID_WORDS) || lower.ends_with("id") || has(&["编号", "编码", "用户", "商品", "会话"]));
        Self { time, id, measure }
    }
}

/// Lower-case words of a name: `userSessionID_2` → user, session, id, 2.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let characters: Vec<char> = name.chars().collect();
    for (at, &character) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = at.checked_sub(1).map(|at| characters[at]);
        let next_is_lower = characters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let starts_word = before.is_some_and(|before| {
            (character.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && next_is_lower)))
                || character.is_ascii_digit() != before.is_ascii_digit()
        });
        if starts_word {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        word.extend(character.to_lowercase());
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        for (name, want) in [
            ("user_id", vec!["user", "id"]),
            ("CustomerID", vec!["customer", "id"]),
            ("InvoiceNo", vec!["invoice", "no"]),
            ("HTTPServerTime", vec!["http", "server", "time"]),
            ("agent_1_rating", vec!["agent", "1", "rating"]),
            ("商品ID", vec!["商品id"]),
            ("Recommended IND", vec!["recommended", "ind"]),
            ("", vec![]),
        ] {
            assert_eq!(words(name), want, "{name}");
        }
    }

    #[test]
    fn hints() {
        assert!(Hints::of("event_time").time && Hints::of("InvoiceDate").time && Hints::of("时间").time);
        assert!(!Hints::of("dwell_time").time && !Hints::of("Administrative_Duration").time);
        assert!(Hints::of("CustomerID").id && Hints::of("用户编号").id && !Hints::of("UnitPrice").id);
        assert!(Hints::of("UnitPrice").measure && Hints::of("总价").measure);
    }
}
