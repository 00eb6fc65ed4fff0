//! The words shops use for what a user did, in English and 中文.

use serde::{Deserialize, Serialize};

/// What an event is, whatever a log calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    View,
    Click,
    Cart,
    Favourite,
    Purchase,
    Review,
    Search,
    Exposure,
    Return,
}

const WORDS: [(EventKind, &[&str]); 9] = [
    (
        EventKind::View,
        &[
            "view",
            "views",
            "pv",
            "page_view",
            "pageview",
            "product_view",
            "view_item",
            "item_view",
            "detail",
            "detail_view",
            "view_product",
            "browse",
            "visit",
            "浏览",
            "浏览商品",
            "查看",
            "访问",
            "看",
        ],
    ),
    (
        EventKind::Click,
        &[
            "click",
            "clk",
            "clicks",
            "clicked",
            "tap",
            "select_item",
            "点击",
            "点选",
        ],
    ),
    (
        EventKind::Cart,
        &[
            "cart",
            "add_to_cart",
            "addtocart",
            "cart_add",
            "add_cart",
            "basket",
            "add_to_basket",
            "atc",
            "加购",
            "加购物车",
            "加入购物车",
            "购物车",
        ],
    ),
    (
        EventKind::Favourite,
        &[
            "fav",
            "favourite",
            "favorite",
            "collect",
            "wishlist",
            "add_to_wishlist",
            "like",
            "save",
            "bookmark",
            "收藏",
            "喜欢",
            "点赞",
        ],
    ),
    (
        EventKind::Purchase,
        &[
            "buy",
            "purchase",
            "purchased",
            "order",
            "transaction",
            "pay",
            "paid",
            "payment",
            "checkout",
            "conversion",
            "alipay",
            "sale",
            "bought",
            "购买",
            "下单",
            "支付",
            "成交",
            "订单",
            "付款",
        ],
    ),
    (
        EventKind::Review,
        &[
            "review", "comment", "rate", "rating", "feedback", "评论", "评价", "评分",
        ],
    ),
    (
        EventKind::Search,
        &[
            "search",
            "query",
            "searched",
            "view_search_results",
            "搜索",
            "查询",
            "检索",
        ],
    ),
    (
        EventKind::Exposure,
        &[
            "exposure",
            "impression",
            "imp",
            "show",
            "shown",
            "display",
            "expose",
            "view_item_list",
            "曝光",
            "展示",
            "展现",
        ],
    ),
    (
        EventKind::Return,
        &[
            "return",
            "returned",
            "refund",
            "cancel",
            "cancelled",
            "退货",
            "退款",
            "取消",
        ],
    ),
];

impl EventKind {
    pub const ALL: [Self; 9] = [
        Self::View,
        Self::Click,
        Self::Cart,
        Self::Favourite,
        Self::Purchase,
        Self::Review,
        Self::Search,
        Self::Exposure,
        Self::Return,
    ];

    /// The kind a log's own word means, ignoring case, spaces and hyphens; `None` for words of other trades.
    pub fn guess(word: &str) -> Option<Self> {
        let word: String = word
            .trim()
            .chars()
            .map(|character| match character {
                ' ' | '-' | '.' => '_',
                other => other.to_ascii_lowercase(),
            })
            .collect();
        WORDS
            .iter()
            .find(|(_, words)| words.contains(&word.as_str()))
            .map(|&(kind, _)| kind)
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Click => "click",
            Self::Cart => "cart",
            Self::Favourite => "favourite",
            Self::Purchase => "purchase",
            Self::Review => "review",
            Self::Search => "search",
            Self::Exposure => "exposure",
            Self::Return => "return",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_public_logs() {
        for (word, want) in [
            ("pv", Some(EventKind::View)),
            ("view", Some(EventKind::View)),
            ("Add to Cart", Some(EventKind::Cart)),
            ("addtocart", Some(EventKind::Cart)),
            ("transaction", Some(EventKind::Purchase)),
            ("buy", Some(EventKind::Purchase)),
            ("fav", Some(EventKind::Favourite)),
            ("impression", Some(EventKind::Exposure)),
            (" 浏览 ", Some(EventKind::View)),
            ("购买", Some(EventKind::Purchase)),
            ("退货", Some(EventKind::Return)),
            ("", None),
            ("blue", None),
        ] {
            assert_eq!(EventKind::guess(word), want, "{word}");
        }
        for kind in EventKind::ALL {
            assert_eq!(EventKind::guess(kind.name()), Some(kind));
        }
    }
}
