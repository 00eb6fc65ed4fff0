//! Features know the past only: the one pass equals brute force, and later events change nothing.

use crate::engine::artifact::Role;
use crate::engine::features::candidates::{Candidate, Source, candidates};
use crate::engine::features::config::{LabelRule, Scope};
use crate::engine::features::events::Events;
use crate::engine::features::funnel::Funnel;
use crate::engine::features::history::compute;
use crate::engine::ingest::Dataset;
use crate::engine::progress::Progress;
use crate::engine::recipe::fixture::{dataset, float, integer, text, time};
use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

/// One event; `None` where the cell is missing.
#[derive(Clone, Debug)]
struct Row {
    user: Option<u8>,
    item: Option<u8>,
    kind: u8,
    time: Option<i64>,
    price: Option<u8>,
    session: u8,
}

const KINDS: [&str; 3] = ["view", "cart", "purchase"];
/// Category of each item: two items share one.
fn category(item: u8) -> &'static str {
    ["shoes", "shoes", "bags", "hats", "hats"][usize::from(item)]
}

fn log(rows: &[Row]) -> Dataset {
    let users: Vec<Option<String>> = rows.iter().map(|r| r.user.map(|u| format!("u{u}"))).collect();
    let users: Vec<Option<&str>> = users.iter().map(Option::as_deref).collect();
    let sessions: Vec<String> = rows.iter().map(|r| format!("s{}", r.session)).collect();
    let sessions: Vec<Option<&str>> = sessions.iter().map(|s| Some(s.as_str())).collect();
    let of = |f: &dyn Fn(&Row) -> Option<&'static str>| rows.iter().map(f).collect::<Vec<_>>();
    dataset(vec![
        text("user", Role::User, &users),
        integer(
            "item",
            Role::Item,
            &rows.iter().map(|r| r.item.map(i64::from)).collect::<Vec<_>>(),
        ),
        text("event", Role::Event, &of(&|r| Some(KINDS[usize::from(r.kind)]))),
        time("at", Role::Time, &rows.iter().map(|r| r.time).collect::<Vec<_>>()),
        float(
            "price",
            Role::Price,
            &rows.iter().map(|r| r.price.map(f64::from)).collect::<Vec<_>>(),
        ),
        text("session", Role::Session, &sessions),
        text("category", Role::Category, &of(&|r| r.item.map(category))),
        text(
            "query",
            Role::Query,
            &of(&|r| Some(["red", "blue"][usize::from(r.session % 2)])),
        ),
    ])
}

fn rule() -> LabelRule {
    LabelRule::Followed {
        anchor: vec!["view".to_owned()],
        target: vec!["cart".to_owned(), "purchase".to_owned()],
        within_secs: 10.0,
        scope: Scope::UserItem,
    }
}

/// All features of all rows, by candidate.
fn features(rows: &[Row]) -> (Vec<Candidate>, Vec<Vec<f64>>, Vec<String>) {
    let (table, progress) = (log(rows), Progress::new());
    let events = Events::new(&table, None, &progress).expect("a log");
    let list = candidates(&events, &rule());
    let all: Vec<u32> = (0..rows.len() as u32).collect();
    let columns = compute(&events, &list, Funnel::new(&events, &rule()), &all, &progress).expect("computes");
    let kinds = events.kinds.iter().map(|kind| kind.name.clone()).collect();
    (list, columns, kinds)
}

/// A feature by looking at every earlier event.
fn brute(rows: &[Row], row: usize, source: Source, kinds: &[String]) -> f64 {
    let this = &rows[row];
    let Some(now) = this.time else {
        return match source {
            Source::Price => this.price.map_or(f64::NAN, f64::from),
            _ => f64::NAN,
        };
    };
    let earlier = || rows.iter().filter(move |r| r.time.is_some_and(|time| time < now));
    let user = |r: &&Row| this.user.is_some() && r.user == this.user;
    let item = |r: &&Row| this.item.is_some() && r.item == this.item;
    let session = |r: &&Row| r.session == this.session;
    let query = |r: &&Row| r.session % 2 == this.session % 2;
    let same_category = |r: &&Row| this.item.is_some() && r.item.map(category) == this.item.map(category);
    let kind = |code: u32| move |r: &&Row| KINDS[usize::from(r.kind)] == kinds[code as usize];
    let if_known = |known: bool, value: usize| if known { value as f64 } else { f64::NAN };
    let (has_user, has_item) = (this.user.is_some(), this.item.is_some());
    let last = |keep: &dyn Fn(&&Row) -> bool| {
        let last = earlier().filter(|r| keep(r)).filter_map(|r| r.time).max();
        last.map_or(f64::NAN, |last| (now - last) as f64)
    };
    let conversion = |keep: &dyn Fn(&&Row) -> bool| {
        let views = earlier().filter(|r| keep(r) && r.kind == 0).count();
        let targets = earlier().filter(|r| keep(r) && r.kind != 0).count();
        if views > 0 {
            targets as f64 / views as f64
        } else {
            f64::NAN
        }
    };
    let mean = |keep: &dyn Fn(&&Row) -> bool| {
        let prices: Vec<f64> = earlier()
            .filter(|r| keep(r))
            .filter_map(|r| r.price.map(f64::from))
            .collect();
        if prices.is_empty() {
            f64::NAN
        } else {
            prices.iter().sum::<f64>() / prices.len() as f64
        }
    };
    let price = this.price.map_or(f64::NAN, f64::from);
    let over = |base: f64| if base > 0.0 { price / base } else { f64::NAN };
    match source {
        Source::UserKind(code) => if_known(has_user, earlier().filter(user).filter(kind(code)).count()),
        Source::ItemKind(code) => if_known(has_item, earlier().filter(item).filter(kind(code)).count()),
        Source::UserItemKind(code) => if_known(
            has_user && has_item,
            earlier().filter(user).filter(item).filter(kind(code)).count(),
        ),
        Source::UserRecency => last(&user),
        Source::ItemRecency => last(&item),
        Source::UserItemRecency => last(&|r| user(r) && item(r)),
        Source::ItemAge => {
            let first = earlier().filter(item).filter_map(|r| r.time).min();
            first.map_or(f64::NAN, |first| (now - first) as f64)
        }
        Source::UserConversion => conversion(&user),
        Source::ItemConversion => conversion(&item),
        Source::CategoryConversion => conversion(&same_category),
        Source::QueryItemConversion => conversion(&|r| query(r) && item(r)),
        Source::CategoryEvents => if_known(has_item, earlier().filter(same_category).count()),
        Source::UserCategory => if_known(
            has_user && has_item,
            earlier().filter(user).filter(same_category).count(),
        ),
        Source::QueryEvents => earlier().filter(query).count() as f64,
        Source::SessionEvents => earlier().filter(session).count() as f64,
        Source::SessionItem => if_known(has_item, earlier().filter(session).filter(item).count()),
        Source::SessionSecs => {
            let first = earlier().filter(session).filter_map(|r| r.time).min();
            first.map_or(0.0, |first| (now - first) as f64)
        }
        Source::Price => price,
        Source::UserMeanPrice => mean(&user),
        Source::PriceVsUser => over(mean(&user)),
        Source::PriceVsCategory => over(mean(&same_category)),
        Source::Hour => (now / 3600 % 24) as f64,
        // 1970-01-01 was a Thursday.
        Source::Weekday => ((now / 86_400 + 3) % 7) as f64,
        Source::BrandConversion | Source::BrandEvents | Source::UserBrand | Source::Position | Source::Column(_) => {
            unreachable!("the log has neither brand nor position")
        }
    }
}

fn row() -> impl proptest::strategy::Strategy<Value = Row> {
    use proptest::strategy::Strategy as _;
    let maybe = |most: u8| proptest::option::weighted(0.9, 0..most);
    let price = proptest::option::weighted(0.8, 0u8..20);
    let time = proptest::option::weighted(0.95, 0i64..25);
    (maybe(4), maybe(5), 0u8..3, time, price, 0u8..4).prop_map(|(user, item, kind, time, price, session)| Row {
        user,
        item,
        kind,
        time: time.map(|time| time * 9000),
        price,
        session,
    })
}

proptest! {
    #[test]
    fn one_pass_equals_brute_force(rows in prop::collection::vec(row(), 1..60)) {
        let (list, columns, kinds) = features(&rows);
        for (candidate, column) in list.iter().zip(&columns) {
            for (at, value) in column.iter().enumerate() {
                let expected = brute(&rows, at, candidate.source, &kinds);
                let same = (value.is_nan() && expected.is_nan()) || (value - expected).abs() < 1e-9;
                prop_assert!(same, "{} of row {at}: {value} is not {expected}", candidate.name);
            }
        }
    }

    #[test]
    fn later_events_never_change_earlier_features(
        rows in prop::collection::vec(row(), 5..40), later in prop::collection::vec(row(), 1..40),
    ) {
        // Every kind occurs equally often, so that the same features exist with and without the later events.
        let balanced = |rows: &[Row]| -> Vec<Row> {
            rows.iter().flat_map(|row| (0..3).map(|kind| Row { kind, ..row.clone() })).collect()
        };
        let earlier = balanced(&rows);
        let shift = |row: &Row| Row { time: row.time.map(|time| time + 24 * 9000), ..row.clone() };
        let mut all = earlier.clone();
        // Not before the last, but some at the very same time: ties do not see each other either.
        all.extend(balanced(&later.iter().map(shift).collect::<Vec<_>>()));
        let (list, before, _) = features(&earlier);
        let (list_after, after, _) = features(&all);
        let names = |list: &[Candidate]| list.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
        prop_assert_eq!(names(&list), names(&list_after));
        for (candidate, (before, after)) in list.iter().zip(before.iter().zip(&after)) {
            for (at, value) in before.iter().enumerate() {
                prop_assert!(value.to_bits() == after[at].to_bits(), "{} of row {at}", candidate.name);
            }
        }
    }
}

#[test]
fn the_order_in_the_file_does_not_matter() {
    let rows: Vec<Row> = (0..30u8)
        .map(|i| Row {
            user: Some(i % 3),
            item: Some(i % 5),
            kind: i % 3,
            time: Some(i64::from(i / 2) * 60),
            price: Some(i),
            session: i % 4,
        })
        .collect();
    let reversed: Vec<Row> = rows.iter().rev().cloned().collect();
    let ((list, forward, _), (_, backward, _)) = (features(&rows), features(&reversed));
    for (candidate, (a, b)) in list.iter().zip(forward.iter().zip(&backward)) {
        for (at, value) in a.iter().enumerate() {
            let other = b[rows.len() - 1 - at];
            let same = (value.is_nan() && other.is_nan()) || (value - other).abs() < 1e-9;
            assert!(same, "{} of row {at}: {value}, {other}", candidate.name);
        }
    }
}
