//! The words the sample shop is made of: kinds of goods, materials, qualities, colours, brands.
//!
//! Invariant: plain tables. The numbers beside a word are what it adds to the log-odds of a click,
//! so that the text of a title carries most of what can be known about its appeal.

/// Which materials a kind of goods comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stuff {
    Gadget,
    Fabric,
    Home,
    Fresh,
}

/// One kind of goods, e.g. wireless headphones.
pub(super) struct Kind {
    pub code: &'static str,
    pub en: &'static str,
    pub zh: &'static str,
    /// Typical price in yuan.
    pub price: f64,
    pub stuff: Stuff,
}

const fn kind(code: &'static str, en: &'static str, zh: &'static str, price: f64, stuff: Stuff) -> Kind {
    Kind {
        code,
        en,
        zh,
        price,
        stuff,
    }
}

/// Kinds in one category stand together, `KINDS_PER_CATEGORY` each.
pub(super) const KINDS_PER_CATEGORY: usize = 5;

use Stuff::{Fabric, Fresh, Gadget, Home};

pub(super) const KINDS: [Kind; 60] = [
    kind(
        "electronics.audio.headphone",
        "wireless headphones",
        "无线耳机",
        329.0,
        Gadget,
    ),
    kind(
        "electronics.audio.speaker",
        "bluetooth speaker",
        "蓝牙音箱",
        259.0,
        Gadget,
    ),
    kind("electronics.smartphone", "smartphone", "智能手机", 2699.0, Gadget),
    kind("electronics.tablet", "tablet", "平板电脑", 1899.0, Gadget),
    kind("electronics.watch", "smart watch", "智能手表", 899.0, Gadget),
    kind("computers.notebook", "laptop", "笔记本电脑", 4999.0, Gadget),
    kind("computers.keyboard", "mechanical keyboard", "机械键盘", 399.0, Gadget),
    kind("computers.mouse", "gaming mouse", "游戏鼠标", 199.0, Gadget),
    kind("computers.monitor", "27\" monitor", "27寸显示器", 1299.0, Gadget),
    kind("computers.storage.ssd", "portable ssd", "移动固态硬盘", 549.0, Gadget),
    kind(
        "appliances.kitchen.kettle",
        "electric kettle",
        "电热水壶",
        159.0,
        Gadget,
    ),
    kind("appliances.kitchen.blender", "blender", "破壁料理机", 299.0, Gadget),
    kind("appliances.kitchen.coffee", "coffee machine", "咖啡机", 1099.0, Gadget),
    kind("appliances.vacuum", "robot vacuum", "扫地机器人", 1799.0, Gadget),
    kind("appliances.hair_dryer", "hair dryer", "吹风机", 239.0, Gadget),
    kind("apparel.shoes.running", "running shoes", "跑步鞋", 459.0, Fabric),
    kind("apparel.shoes.boots", "ankle boots", "短靴", 529.0, Fabric),
    kind("apparel.dress", "summer dress", "连衣裙", 269.0, Fabric),
    kind("apparel.jacket", "winter jacket", "冬季夹克", 699.0, Fabric),
    kind("apparel.tshirt", "t-shirt", "短袖T恤", 99.0, Fabric),
    kind("accessories.backpack", "backpack", "双肩包", 229.0, Fabric),
    kind("accessories.handbag", "handbag", "手提包", 599.0, Fabric),
    kind("accessories.wallet", "wallet", "钱包", 189.0, Fabric),
    kind("accessories.scarf", "scarf", "围巾", 139.0, Fabric),
    kind("accessories.gloves", "gloves", "手套", 89.0, Fabric),
    kind("bedding.duvet", "duvet cover set", "床上四件套", 319.0, Fabric),
    kind("bedding.pillow", "pillow", "枕头", 129.0, Fabric),
    kind("bedding.blanket", "throw blanket", "毛毯", 169.0, Fabric),
    kind("bedding.towel", "bath towel", "浴巾", 59.0, Fabric),
    kind("bedding.curtain", "blackout curtain", "遮光窗帘", 199.0, Fabric),
    kind("kitchen.knife", "chef knife", "厨师刀", 179.0, Home),
    kind("kitchen.pan", "frying pan", "平底锅", 219.0, Home),
    kind("kitchen.mug", "coffee mug", "马克杯", 49.0, Home),
    kind("kitchen.bottle", "water bottle", "水杯", 79.0, Home),
    kind("kitchen.lunch_box", "lunch box", "饭盒", 69.0, Home),
    kind("furniture.chair", "office chair", "办公椅", 799.0, Home),
    kind("furniture.desk", "standing desk", "升降桌", 1599.0, Home),
    kind("furniture.lamp", "desk lamp", "台灯", 149.0, Home),
    kind("furniture.shelf", "bookshelf", "书架", 349.0, Home),
    kind("furniture.storage", "storage box", "收纳箱", 89.0, Home),
    kind("sport.yoga_mat", "yoga mat", "瑜伽垫", 119.0, Home),
    kind("sport.dumbbell", "dumbbell", "哑铃", 199.0, Home),
    kind("sport.tent", "camping tent", "露营帐篷", 599.0, Fabric),
    kind("sport.bicycle", "city bicycle", "自行车", 1399.0, Home),
    kind("sport.racket", "badminton racket", "羽毛球拍", 289.0, Home),
    kind("kids.blocks", "building blocks", "积木", 159.0, Home),
    kind("kids.stroller", "baby stroller", "婴儿推车", 999.0, Home),
    kind("kids.doll", "plush doll", "毛绒玩偶", 79.0, Fabric),
    kind("kids.puzzle", "jigsaw puzzle", "拼图", 59.0, Home),
    kind("kids.book", "picture book", "绘本", 45.0, Home),
    kind("beauty.lipstick", "lipstick", "口红", 139.0, Fresh),
    kind("beauty.cream", "face cream", "面霜", 239.0, Fresh),
    kind("beauty.shampoo", "shampoo", "洗发水", 69.0, Fresh),
    kind("beauty.sunscreen", "sunscreen", "防晒霜", 119.0, Fresh),
    kind("beauty.perfume", "perfume", "香水", 499.0, Fresh),
    kind("grocery.tea", "green tea", "绿茶", 88.0, Fresh),
    kind("grocery.coffee", "coffee beans", "咖啡豆", 98.0, Fresh),
    kind("grocery.nuts", "mixed nuts", "混合坚果", 79.0, Fresh),
    kind("grocery.rice", "jasmine rice", "香米", 65.0, Fresh),
    kind("grocery.oil", "olive oil", "橄榄油", 129.0, Fresh),
];

/// A word in a title and what it adds to the log-odds of a click.
pub(super) struct Word {
    pub en: &'static str,
    pub zh: &'static str,
    pub appeal: f64,
}

const fn word(en: &'static str, zh: &'static str, appeal: f64) -> Word {
    Word { en, zh, appeal }
}

/// Materials of each `Stuff`, five a kind.
pub(super) const MATERIALS: [[Word; 5]; 4] = [
    [
        word("titanium", "钛合金", 0.45),
        word("aluminium", "铝合金", 0.25),
        word("foldable", "可折叠", 0.1),
        word("standard", "标准款", -0.1),
        word("plastic", "塑料", -0.55),
    ],
    [
        word("leather", "真皮", 0.45),
        word("wool", "羊毛", 0.35),
        word("cotton", "纯棉", 0.2),
        word("linen", "亚麻", 0.0),
        word("polyester", "化纤", -0.55),
    ],
    [
        word("bamboo", "天然竹制", 0.3),
        word("steel", "不锈钢", 0.3),
        word("ceramic", "陶瓷", 0.15),
        word("wooden", "木制", 0.1),
        word("plastic", "塑料", -0.55),
    ],
    [
        word("organic", "有机", 0.5),
        word("natural", "天然", 0.3),
        word("family size", "大家庭装", 0.1),
        word("travel size", "小样", -0.2),
        word("near expiry", "临期", -0.7),
    ],
];

/// What a seller says of the condition; the first `PLAIN_QUALITIES` say nothing.
pub(super) const QUALITIES: [Word; 14] = [
    word("", "", 0.0),
    word("classic", "经典", 0.0),
    word("basic", "基础款", -0.15),
    word("everyday", "日常", 0.0),
    word("premium", "高端", 0.7),
    word("official store", "官方正版", 0.6),
    word("award winning", "金奖", 0.8),
    word("upgraded", "新升级", 0.5),
    word("handmade", "手作", 0.6),
    word("refurbished", "官翻", -0.9),
    word("used", "二手", -1.1),
    word("damaged box", "外箱破损", -1.0),
    word("scratched", "有划痕", -1.3),
    word("imitation", "高仿", -1.2),
];
pub(super) const PLAIN_QUALITIES: u64 = 4;
pub(super) const GOOD_QUALITIES: u64 = 5;
pub(super) const BAD_QUALITIES: u64 = 5;

pub(super) const COLOURS: [(&str, &str); 8] = [
    ("black", "黑色"),
    ("white", "白色"),
    ("red", "红色"),
    ("blue", "蓝色"),
    ("green", "绿色"),
    ("grey", "灰色"),
    ("pink", "粉色"),
    ("yellow", "黄色"),
];

/// Invented makers, the well-known first.
pub(super) const BRANDS: [&str; 30] = [
    "northwind",
    "lumio",
    "kestrel",
    "velora",
    "tanuki",
    "halden",
    "marlow",
    "fernway",
    "castor",
    "mistral",
    "auric",
    "zephyrus",
    "nimbo",
    "orbita",
    "tidal",
    "brioche",
    "quillon",
    "pinecrest",
    "soralab",
    "obsidia",
    "qinghe",
    "yunmo",
    "lanxi",
    "xingye",
    "baiyu",
    "hanzhi",
    "muyang",
    "chenguo",
    "anhe",
    "zhulin",
];

pub(super) const CITIES: [&str; 8] = [
    "Shanghai",
    "Beijing",
    "Shenzhen",
    "Hangzhou",
    "Chengdu",
    "Singapore",
    "London",
    "Berlin",
];

pub(super) const DEVICES: [&str; 4] = ["android", "ios", "web", "mini"];

pub(super) const REVIEWS: [(&str, &str, f64); 10] = [
    ("Love it, works exactly as described", "非常喜欢，和描述一致", 1.0),
    (
        "Great quality for the price, would buy again",
        "性价比很高，会回购",
        0.9,
    ),
    ("Arrived quickly and well packed", "发货快，包装好", 0.6),
    (
        "Good, but the colour is a little darker than in the picture",
        "不错，颜色比图片深一点",
        0.3,
    ),
    ("It is okay, nothing special", "一般般，没什么特别", 0.0),
    ("Instructions were missing", "没有说明书", -0.2),
    ("Smaller than expected", "比想象中小", -0.4),
    ("Broke after two weeks, disappointed", "用了两周就坏了，失望", -0.8),
    ("Looks cheap, smells of plastic", "做工廉价，有塑料味", -0.9),
    ("Not as described, I sent it back", "与描述不符，已退货", -1.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_a_category_stand_together() {
        for group in KINDS.chunks(KINDS_PER_CATEGORY) {
            let top = |kind: &Kind| kind.code.split('.').next().map(str::to_owned);
            assert!(
                group.iter().all(|kind| top(kind) == top(&group[0])),
                "{}",
                group[0].code
            );
        }
        let mut codes: Vec<_> = KINDS.iter().map(|kind| kind.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), KINDS.len());
    }
}
