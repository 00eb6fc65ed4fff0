//! The features that can be computed for this log, with what they mean.
//!
//! Invariant: names are stable, unique and sorted by group; every feature is known strictly before the event.

use super::config::LabelRule;
use super::events::Events;
use super::funnel::Funnel;
use super::set::free_name;
use super::texts::MADE_TEXTS;
use crate::engine::artifact::{Bilingual, ColumnType, Role};
use serde::{Deserialize, Serialize};

/// Event kinds that are counted apart, most frequent first; rarer ones are not counted by kind.
pub(super) const MAX_KINDS: usize = 8;

/// Who or what a feature is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureGroup {
    User,
    Item,
    UserItem,
    Price,
    Category,
    Session,
    Query,
    Context,
    Column,
    Text,
}

/// How a numeric feature is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    UserKind(u32),
    ItemKind(u32),
    UserItemKind(u32),
    UserRecency,
    ItemRecency,
    UserItemRecency,
    ItemAge,
    UserConversion,
    ItemConversion,
    CategoryConversion,
    BrandConversion,
    QueryItemConversion,
    CategoryEvents,
    BrandEvents,
    UserCategory,
    UserBrand,
    QueryEvents,
    SessionEvents,
    SessionItem,
    SessionSecs,
    Price,
    UserMeanPrice,
    PriceVsUser,
    PriceVsCategory,
    Hour,
    Weekday,
    Position,
    /// A numeric or true/false column of the table itself.
    Column(usize),
}

#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub name: String,
    pub group: FeatureGroup,
    pub source: Source,
    pub description: Bilingual,
}

/// Every numeric feature of this log, grouped.
pub(super) fn candidates(events: &Events<'_>, rule: &LabelRule) -> Vec<Candidate> {
    let mut list = List(Vec::new());
    if !events.order.is_empty() {
        histories(&mut list, events, &Funnel::new(events, rule));
    }
    prices(&mut list, events);
    context(&mut list, events);
    if let LabelRule::Column { column, .. } = rule {
        columns(&mut list, events, column);
    }
    list.0.sort_by_key(|candidate| candidate.group);
    list.0
}

struct List(Vec<Candidate>);

impl List {
    fn add(&mut self, group: FeatureGroup, source: Source, name: impl Into<String>, (en, zh): (&str, &str)) {
        self.0.push(Candidate {
            name: name.into(),
            group,
            source,
            description: Bilingual::new(en, zh),
        });
    }
}

/// Counts, recencies and conversions known before the event.
fn histories(list: &mut List, events: &Events<'_>, funnel: &Funnel) {
    use FeatureGroup::{Item, User, UserItem};
    let (user, item) = (events.user.is_some(), events.item.is_some());
    for (code, kind) in events.kinds.iter().enumerate().take(MAX_KINDS) {
        let (code, slug) = (code as u32, slug(&kind.name));
        let mut count = |group, source, who: &str, en: &str, zh: &str| {
            let words = (
                format!("{} events {en} before", kind.name),
                format!("此前{zh}的 {} 次数", kind.name),
            );
            list.add(group, source, format!("{who}_{slug}_before"), (&words.0, &words.1));
        };
        if user {
            count(User, Source::UserKind(code), "user", "of the user", "该用户");
        }
        if item {
            count(Item, Source::ItemKind(code), "item", "of the item", "该商品");
        }
        if user && item {
            count(
                UserItem,
                Source::UserItemKind(code),
                "user_item",
                "of the user with the item",
                "该用户对该商品",
            );
        }
    }
    if user {
        list.add(
            User,
            Source::UserRecency,
            "user_secs_since_last",
            ("seconds since the user's last event", "距该用户上次事件的秒数"),
        );
    }
    if item {
        list.add(
            Item,
            Source::ItemRecency,
            "item_secs_since_last",
            ("seconds since the item's last event", "距该商品上次事件的秒数"),
        );
        list.add(
            Item,
            Source::ItemAge,
            "item_secs_since_first",
            ("seconds since the item was first seen", "该商品首次出现至今的秒数"),
        );
    }
    if user && item {
        list.add(
            UserItem,
            Source::UserItemRecency,
            "user_item_secs_since_last",
            (
                "seconds since the user's last event with the item",
                "该用户上次接触该商品至今的秒数",
            ),
        );
    }
    if funnel.is_known() {
        conversions(list, events);
    }
    groups(list, events);
}

fn conversions(list: &mut List, events: &Events<'_>) {
    use FeatureGroup::{Category, Item, Query, User};
    let words = |en: &str, zh: &str| {
        (
            format!("target events per anchor event of {en} before"),
            format!("此前{zh}的目标事件与起始事件之比"),
        )
    };
    let mut add = |present: bool, group, source, name: &str, en: &str, zh: &str| {
        let words = words(en, zh);
        if present {
            list.add(group, source, name, (&words.0, &words.1));
        }
    };
    add(
        events.user.is_some(),
        User,
        Source::UserConversion,
        "user_conversion_before",
        "the user",
        "该用户",
    );
    add(
        events.item.is_some(),
        Item,
        Source::ItemConversion,
        "item_conversion_before",
        "the item",
        "该商品",
    );
    add(
        events.category.is_some(),
        Category,
        Source::CategoryConversion,
        "category_conversion_before",
        "the category",
        "该类目",
    );
    add(
        events.brand.is_some(),
        Category,
        Source::BrandConversion,
        "brand_conversion_before",
        "the brand",
        "该品牌",
    );
    add(
        events.query.is_some() && events.item.is_some(),
        Query,
        Source::QueryItemConversion,
        "query_item_conversion_before",
        "the item under the query",
        "该查询词下该商品",
    );
}

fn groups(list: &mut List, events: &Events<'_>) {
    use FeatureGroup::{Category, Query, Session};
    let user = events.user.is_some();
    if events.category.is_some() {
        list.add(
            Category,
            Source::CategoryEvents,
            "category_events_before",
            ("events of the category before", "此前该类目的事件数"),
        );
        if user {
            list.add(
                Category,
                Source::UserCategory,
                "user_category_before",
                (
                    "events of the user in the category before",
                    "此前该用户在该类目的事件数",
                ),
            );
        }
    }
    if events.brand.is_some() {
        list.add(
            Category,
            Source::BrandEvents,
            "brand_events_before",
            ("events of the brand before", "此前该品牌的事件数"),
        );
        if user {
            list.add(
                Category,
                Source::UserBrand,
                "user_brand_before",
                ("events of the user with the brand before", "此前该用户对该品牌的事件数"),
            );
        }
    }
    if events.session.is_some() {
        list.add(
            Session,
            Source::SessionEvents,
            "session_events_before",
            ("events of the session before", "会话内此前的事件数"),
        );
        list.add(
            Session,
            Source::SessionSecs,
            "session_secs_since_start",
            ("seconds since the session began", "会话开始至今的秒数"),
        );
        if events.item.is_some() {
            list.add(
                Session,
                Source::SessionItem,
                "session_item_before",
                ("events of the session with the item before", "会话内此前该商品的事件数"),
            );
        }
    }
    if events.query.is_some() {
        list.add(
            Query,
            Source::QueryEvents,
            "query_events_before",
            ("events under the query before", "此前该查询词的事件数"),
        );
    }
}

fn prices(list: &mut List, events: &Events<'_>) {
    use FeatureGroup::Price;
    if events.price.is_none() {
        return;
    }
    list.add(Price, Source::Price, "price", ("price of the event", "事件价格"));
    if events.order.is_empty() {
        return;
    }
    if events.user.is_some() {
        list.add(
            Price,
            Source::UserMeanPrice,
            "user_mean_price_before",
            ("mean price of the user's events before", "该用户此前事件的平均价格"),
        );
        list.add(
            Price,
            Source::PriceVsUser,
            "price_vs_user_mean",
            ("price over the user's mean price so far", "价格与该用户此前均价之比"),
        );
    }
    if events.category.is_some() {
        list.add(
            Price,
            Source::PriceVsCategory,
            "price_vs_category_mean",
            (
                "price over the category's mean price so far",
                "价格与该类目此前均价之比",
            ),
        );
    }
}

fn context(list: &mut List, events: &Events<'_>) {
    use FeatureGroup::Context;
    if !events.order.is_empty() {
        list.add(Context, Source::Hour, "hour", ("hour of the day, UTC", "小时（UTC）"));
        list.add(
            Context,
            Source::Weekday,
            "weekday",
            ("day of the week, Monday = 0, UTC", "星期（周一为 0，UTC）"),
        );
    }
    if events.position.is_some() {
        list.add(
            Context,
            Source::Position,
            "position",
            ("position in the list", "列表中的位置"),
        );
    }
}

/// Columns of the table itself; only where each row is an example, because a log's other columns may be written later.
fn columns(list: &mut List, events: &Events<'_>, label: &str) {
    for (index, info) in events.dataset.info.columns.iter().enumerate() {
        let numeric = matches!(
            info.dtype,
            ColumnType::Integer | ColumnType::Float | ColumnType::Boolean
        );
        let plain = matches!(
            info.role,
            Role::Other
                | Role::Quantity
                | Role::Rating
                | Role::Covariate
                | Role::Category
                | Role::Brand
                | Role::Variant
        );
        if numeric && plain && info.name != label {
            let words = (format!("column {}", info.name), format!("列 {}", info.name));
            let is_taken = |name: &str| MADE_TEXTS.contains(&name) || list.0.iter().any(|other| other.name == name);
            let name = free_name(&info.name, is_taken);
            list.add(FeatureGroup::Column, Source::Column(index), name, (&words.0, &words.1));
        }
    }
}

/// A kind's name as part of a feature name.
fn slug(name: &str) -> String {
    let parts = name.trim().chars().map(|c| {
        if c.is_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    });
    parts.collect()
}
