//! A small shop for the tests of this stage and of its page.

use crate::engine::artifact::Role;
use crate::engine::ingest::Dataset;
use crate::engine::random::Draws;
use crate::engine::recipe::fixture::{dataset, float, integer, text, time};

/// 60 users, 20 items, 3,000 views; red things are bought when red is searched for.
pub(crate) fn shop() -> (Dataset, Dataset) {
    let mut draws = Draws::new(3, &[]);
    let mut rows: Vec<(String, i64, &str, i64, String, &str)> = Vec::new();
    for view in 0..3000i64 {
        let (user, item) = (draws.below(60), draws.below(20) as i64);
        let query = ["red shoes", "blue bag"][draws.below(2) as usize];
        let session = format!("s{}", user * 100 + (view / 300) as u64);
        let at = view * 120;
        rows.push((format!("u{user}"), item, "view", at, session.clone(), query));
        let wanted = (query == "red shoes") == (item < 10);
        if draws.chance(if wanted { 0.4 } else { 0.05 }) {
            rows.push((format!("u{user}"), item, "purchase", at + 30, session, query));
        }
    }
    rows.sort_by_key(|row| row.3);
    let texts = |of: &dyn Fn(usize) -> String| (0..rows.len()).map(of).collect::<Vec<String>>();
    let (users, sessions) = (texts(&|i| rows[i].0.clone()), texts(&|i| rows[i].4.clone()));
    let log = dataset(vec![
        text(
            "user_id",
            Role::User,
            &users.iter().map(|u| Some(u.as_str())).collect::<Vec<_>>(),
        ),
        integer(
            "product_id",
            Role::Item,
            &rows.iter().map(|r| Some(r.1)).collect::<Vec<_>>(),
        ),
        text(
            "event_type",
            Role::Event,
            &rows.iter().map(|r| Some(r.2)).collect::<Vec<_>>(),
        ),
        time(
            "event_time",
            Role::Time,
            &rows.iter().map(|r| Some(r.3)).collect::<Vec<_>>(),
        ),
        text(
            "user_session",
            Role::Session,
            &sessions.iter().map(|s| Some(s.as_str())).collect::<Vec<_>>(),
        ),
        text(
            "query",
            Role::Query,
            &rows.iter().map(|r| Some(r.5)).collect::<Vec<_>>(),
        ),
    ]);
    let titles: Vec<String> = (0..20)
        .map(|i| {
            if i < 10 {
                format!("red shoes no {i}")
            } else {
                format!("blue bag no {i}")
            }
        })
        .collect();
    let items = dataset(vec![
        integer("product_id", Role::Item, &(0..20).map(Some).collect::<Vec<_>>()),
        text(
            "title",
            Role::Text,
            &titles.iter().map(|t| Some(t.as_str())).collect::<Vec<_>>(),
        ),
        text(
            "brand",
            Role::Brand,
            &(0..20).map(|i| Some(["acme", "zeta"][i % 2])).collect::<Vec<_>>(),
        ),
        float(
            "price",
            Role::Price,
            &(0..20).map(|i| Some(5.0 + f64::from(i))).collect::<Vec<_>>(),
        ),
    ]);
    (log, items)
}
