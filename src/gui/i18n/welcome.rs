//! Words of the Welcome page.

use super::Text;

pub const TITLE: Text = Text::new("Welcome to Touchstone", "欢迎使用 Touchstone 试金石");
pub const FACTS: Text = Text::new(
    "Audit a behaviour log, repair it, fine-tune a text model on it, compare models, read A/B tests. All on this machine.",
    "审计行为日志、清洗数据、微调文本模型、对比模型、解读 A/B 实验。全部在本机完成。",
);
pub const SAMPLE: Text = Text::new("See everything on a sample shop", "用示例商店体验全部功能");
pub const SAMPLE_WHY: Text = Text::new(
    "A small shop with users, items, searches and purchases, and with planted defects to find. Every stage runs for real: read, audit, clean, build features, fine-tune, evaluate, compare, decide.",
    "一个小型商店：用户、商品、搜索与购买，并埋入了待发现的数据缺陷。每一步都真实运行：读取、审计、清洗、构建特征、微调、评估、对比、决策。",
);
pub const SAMPLE_TIME: Text = Text::new(
    "A few minutes without a GPU; you can leave at any time, nothing is lost",
    "无 GPU 时需要几分钟；可随时离开，进度不会丢失",
);
pub const OPEN_SAMPLE: Text = Text::new("Open the sample project", "打开示例项目");
pub const OWN: Text = Text::new("Your own log", "您自己的日志");
pub const OWN_WHY: Text = Text::new(
    "CSV, TSV (also .gz, .zst) or Parquet, one row an event. Drop files anywhere on this window, or open them here.",
    "CSV、TSV（可为 .gz、.zst）或 Parquet，每行一个事件。可将文件拖到窗口任意位置，或在此打开。",
);
pub const OPEN_LOG: Text = Text::new("Open a log…", "打开日志…");
pub const PATH_HINT: Text = Text::new(
    "or type the path of a log or a project folder",
    "或输入日志或项目文件夹的路径",
);
pub const GO: Text = Text::new("Open", "打开");
pub const RECENT: Text = Text::new("Recent projects", "最近的项目");
pub const NO_RECENT: Text = Text::new("Projects you open appear here", "打开过的项目会显示在这里");
pub const FLOW: Text = Text::new("What happens, step by step", "流程步骤");

/// Name and one line of each stage.
pub const STEPS: [(Text, Text); 8] = [
    (
        super::data::TITLE,
        Text::new("any file in, every line accounted for", "读取任意文件，每一行都有去处"),
    ),
    (
        super::audit::TITLE,
        Text::new("what is wrong with it, with the rows", "发现问题，并给出对应的行"),
    ),
    (
        super::recipe::TITLE,
        Text::new("repairs as steps you can undo", "以可撤销的步骤修复"),
    ),
    (
        super::features::TITLE,
        Text::new("only what was known before the event", "只使用事件发生之前已知的信息"),
    ),
    (
        super::train::TITLE,
        Text::new("fine-tune a BERT model, watch it live", "微调 BERT 模型，实时观察"),
    ),
    (
        super::evaluate::TITLE,
        Text::new("how good is it, with intervals", "能力评估，附置信区间"),
    ),
    (
        super::compare::TITLE,
        Text::new("is it better than the others", "是否优于其他模型"),
    ),
    (
        super::experiments::TITLE,
        Text::new("did it help in the A/B test", "A/B 实验中是否有效"),
    ),
];
