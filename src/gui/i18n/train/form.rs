//! Words of the form for a new run.

use crate::engine::run::config::{Loss, Method, Precision, Schedule, TrainConfig};
use crate::engine::run::task::Task;
use crate::gui::i18n::{Text, number};
use crate::gui::settings::Language;

pub const TITLE: Text = Text::new("New run", "新建任务");
pub const START: Text = Text::new("Start training", "开始训练");
pub const CANCEL: Text = Text::new("Cancel", "取消");
pub const FORK_OF: Text = Text::new("Goes on from", "分支自");
pub const REPEATS: Text = Text::new("Repeats", "重新运行");
pub const CHECKPOINT: Text = Text::new("Checkpoint of step", "检查点（步）");
pub const FORK_KEEPS: Text = Text::new(
    "Base model and method are those of the checkpoint; all else may change",
    "基础模型与方法沿用检查点，其余设置均可更改",
);
pub const RATE_WHY: Text = Text::new(
    "Few weights that learn, or a narrow model, bear larger steps; a wide model with all its weights needs small ones",
    "可学习参数少或模型较窄时可用较大步长；全量微调较宽的模型需用较小步长",
);
pub const TIME: Text = Text::new("Time", "时间");
pub const TIME_UNKNOWN: Text = Text::new(
    "known after the first run here, or a trial",
    "本机完成首个任务或试训练后可知",
);
pub const WHAT: Text = Text::new("What to learn", "学习内容");
pub const HOW: Text = Text::new("How to learn", "学习方式");
pub const HOW_LONG: Text = Text::new("How long it takes", "训练时长");
pub const NAME: Text = Text::new("Name (optional)", "名称（可选）");
pub const NAME_HINT: Text = Text::new("such as title-only", "例如：仅标题");
pub const BASE: Text = Text::new("Base model", "基础模型");
pub const BASE_FOLDER: Text = Text::new("or a Hugging Face folder", "或 Hugging Face 文件夹");
pub const BASE_HINT: Text = Text::new("/path/to/bert", "/path/to/bert");
pub const TEXT_COLUMNS: Text = Text::new(
    "Text the model reads (one, or two for a pair)",
    "模型读取的文本（一个，或成对的两个）",
);
pub const NUMERIC_COLUMNS: Text = Text::new("Numbers beside the text", "文本之外的数值列");
pub const CATEGORICAL_COLUMNS: Text = Text::new("Categories beside the text", "文本之外的类别列");
pub const TASK: Text = Text::new("The question", "问题");
pub const LISTS: Text = Text::new("Ranked within", "在何范围内排序");
pub const ONE_LIST: Text = Text::new("all rows as one list", "全部行为一个列表");
pub const NO_LABEL: Text = Text::new(
    "no column of this table looks like a label",
    "此表中没有看起来像标签的列",
);
pub const SOURCE: Text = Text::new("Rows from", "数据来源");
pub const FROM_FEATURES: Text = Text::new("feature set", "特征集");
pub const FROM_TABLE: Text = Text::new("the table itself", "数据表本身");
pub const FROM_TABLE_WHY: Text = Text::new(
    "Rows of the cleaned table, divided 8 : 1 : 1; any column can be the label",
    "清洗后数据表的行，按 8 : 1 : 1 划分；任意列都可作为标签",
);
pub const CHOOSE: Text = Text::new("Choose…", "选择…");
pub const FEWER: Text = Text::new("Show fewer", "收起");
pub const NONE: Text = Text::new("none here", "没有可选的列");
pub const LABEL: Text = Text::new("Predicts", "预测目标");
pub const EPOCHS: Text = Text::new("Epochs (times through the data)", "轮数（遍历数据的次数）");
pub const STEPS: Text = Text::new("Steps", "步数");
pub const BATCH: Text = Text::new("Batch size (rows a step)", "批大小（每步行数）");
pub const RATE: Text = Text::new("Learning rate", "学习率");
pub const USE_USUAL: Text = Text::new("Use the usual value", "使用常用值");
pub const MAX_LENGTH: Text = Text::new("Longest text (tokens)", "最大长度（词元）");
pub const EVAL_BATCH: Text = Text::new("Rows a step when evaluating", "评估批大小");
pub const MAX_STEPS: Text = Text::new("At most this many steps (0 = by epochs)", "最大步数（0 表示按轮数）");
pub const WEIGHT_DECAY: Text = Text::new("Weight decay", "权重衰减");
pub const HEAD_RATE: Text = Text::new("Learning rate of the head", "分类头学习率");
pub const NEGATIVES: Text = Text::new(
    "Negatives for each positive in an epoch (0 = all rows)",
    "每轮中每个正例对应的负例数（0 表示全部行）",
);
pub const WARMUP: Text = Text::new("Warm-up (share of steps)", "预热比例");
pub const SCHEDULE: Text = Text::new("Learning rate after the warm-up", "预热后的学习率");
pub const GRAD_NORM: Text = Text::new("Gradient limit (0 = none)", "梯度裁剪（0 表示不裁剪）");
pub const EVAL_EVERY: Text = Text::new("Evaluate every … steps (0 = ten times)", "每多少步评估（0 表示共十次）");
pub const PATIENCE: Text = Text::new(
    "Stop after … evaluations without gain (0 = never)",
    "连续多少次评估无提升则停止（0 表示不提前停止）",
);
pub const METRIC: Text = Text::new("Best is decided by", "最佳的判定指标");
pub const KEEP_LAST: Text = Text::new("Checkpoints kept beside the best", "除最佳外保留的检查点数");
pub const SEED: Text = Text::new("Seed", "随机种子");
pub const DEVICE: Text = Text::new("Device", "设备");
pub const PRECISION: Text = Text::new("Number format", "数值精度");
pub const RANK: Text = Text::new("LoRA rank", "LoRA 秩");
pub const ALPHA: Text = Text::new("LoRA alpha", "LoRA alpha");
pub const DROPOUT: Text = Text::new("LoRA dropout", "LoRA dropout");
pub const RSLORA: Text = Text::new("Scale by √rank (rsLoRA)", "按 √秩 缩放（rsLoRA）");
pub const FROZEN: Text = Text::new("Lowest layers that stay as they are", "保持不变的底部层数");
pub const LAYER_DECAY: Text = Text::new(
    "Rate from layer to layer (1 = all alike)",
    "逐层学习率系数（1 表示相同）",
);
pub const LOSS: Text = Text::new("What an error costs", "损失函数");
pub const POSITIVE_WEIGHT: Text = Text::new("Weight of positives", "正例权重");
pub const GAMMA: Text = Text::new("Focusing (gamma)", "聚焦系数 gamma");
pub const SMOOTHING: Text = Text::new("Label smoothing", "标签平滑");
pub const POWER: Text = Text::new("Power of the fall", "衰减幂次");
pub const MICRO_BATCH: Text = Text::new(
    "Rows at one time (0 = as memory allows)",
    "每次计算的行数（0 表示按内存自动）",
);
pub const RECOMPUTE: Text = Text::new("Save memory: compute layers twice", "节省内存：逐层重新计算");
pub const RECOMPUTE_WHY: Text = Text::new(
    "Gradient checkpointing: only what enters each layer is kept, and layers are computed again for their gradients. The same result, much less memory, about a third more time",
    "梯度检查点：仅保留各层输入，反向传播时重新计算各层。结果相同，内存大幅减少，耗时约增三分之一",
);
pub const CHECKPOINT_BUDGET: Text = Text::new(
    "Disk for checkpoints, MB (0 = no limit)",
    "检查点磁盘上限，MB（0 表示不限）",
);
pub const NO_PROBABILITIES: Text = Text::new(
    "With this loss scores rank rows, but are no probabilities",
    "使用该损失时，得分可用于排序，但不再是概率",
);
pub const TARGETS: Text = Text::new("LoRA on", "LoRA 作用层");

/// Name and plain explanation of a method.
pub fn method(method: &Method) -> (Text, Text) {
    match method {
        Method::Full => (
            Text::new("Full", "全量微调"),
            Text::new(
                "Every weight learns. Best quality with enough data; most memory and time",
                "所有参数参与学习。数据充足时效果最佳，内存与耗时最多",
            ),
        ),
        Method::Lora { .. } => (
            Text::new("LoRA adapters", "LoRA 适配器"),
            Text::new(
                "Small matrices learn beside frozen weights. Nearly as good, less memory, quicker",
                "冻结原参数，只学习小矩阵。效果接近全量，内存更少、更快",
            ),
        ),
        Method::HeadOnly => (
            Text::new("Head only", "仅分类头"),
            Text::new(
                "The text model stays as it is, only the last layer learns. Quickest; a baseline",
                "文本模型保持不变，只学习最后一层。最快，可作基线",
            ),
        ),
    }
}

/// The question a task answers, and what the model then says.
pub fn task(task: Task) -> (Text, Text) {
    match task {
        Task::Binary => (
            Text::new("Will it happen? (click, purchase)", "会不会发生？（点击、购买）"),
            Text::new(
                "The model gives each row a probability from 0 to 1",
                "模型为每一行给出 0 到 1 的概率",
            ),
        ),
        Task::Multiclass => (
            Text::new("Which one is it? (classes)", "属于哪一类？（多分类）"),
            Text::new(
                "The model gives each row a probability for every class",
                "模型为每一行给出各个类别的概率",
            ),
        ),
        Task::Graded => (
            Text::new("How much? (grades, relevance)", "程度如何？（评分、相关性）"),
            Text::new(
                "The model gives each row a number on the label's own scale, judged by its order too",
                "模型按标签的刻度给出数值，同时评价排序",
            ),
        ),
    }
}

pub fn loss(loss: &Loss) -> Text {
    match loss {
        Loss::CrossEntropy => Text::new("every row alike", "各行相同"),
        Loss::Weighted { .. } => Text::new("positives more", "正例加权"),
        Loss::Balanced => Text::new("rare classes more", "少数类加权"),
        Loss::Focal { .. } => Text::new("hard rows more (focal)", "难例加权（focal）"),
    }
}

/// Whether the learning rate suits the method, and what does.
pub fn rate_advice(lang: Language, rate: f64, usual: f64) -> (String, bool) {
    let shown = number::rate(usual);
    let ratio = rate / usual;
    let suits = (0.2..=5.0).contains(&ratio);
    let text = match (lang, suits) {
        (Language::English, true) => {
            format!("the learning rate suits this method (usual: {shown})")
        }
        (Language::Chinese, true) => {
            format!("学习率适合此方法（常用 {shown}）")
        }
        (Language::English, false) if ratio > 1.0 => {
            format!("the learning rate is high for this method (usual: {shown}): the loss may jump or diverge")
        }
        (Language::English, false) => {
            format!("the learning rate is low for this method (usual: {shown}): it may learn too little")
        }
        (Language::Chinese, false) if ratio > 1.0 => format!("学习率对此方法偏高（常用 {shown}），损失可能震荡或发散"),
        (Language::Chinese, false) => format!("学习率对此方法偏低（常用 {shown}），可能学习不足"),
    };
    (text, suits)
}

/// `batch size 32 · 3 negatives for each positive · learning rate 2e-4`
pub fn in_force(lang: Language, config: &TrainConfig) -> String {
    let (batch, rate) = (config.batch_size, number::rate(config.learning_rate));
    let negatives = config.negatives_per_positive.filter(|_| config.task == Task::Binary);
    match lang {
        Language::English => {
            let negatives = negatives.map_or_else(String::new, |n| format!(" · {n} negatives for each positive"));
            format!("batch size {batch}{negatives} · learning rate {rate}")
        }
        Language::Chinese => {
            let negatives = negatives.map_or_else(String::new, |n| format!(" · 每个正例配 {n} 个负例"));
            format!("批大小 {batch}{negatives} · 学习率 {rate}")
        }
    }
}

/// That a folder is trained and not the base model chosen by name.
pub fn from_folder(lang: Language, folder: &str) -> String {
    match lang {
        Language::English => format!("in its place the folder {folder}"),
        Language::Chinese => format!("改用文件夹 {folder}"),
    }
}

/// `16 of 17 chosen`
pub fn chosen(lang: Language, chosen: usize, of: usize) -> String {
    match lang {
        Language::English => format!("{chosen} of {of} chosen"),
        Language::Chinese => format!("已选 {chosen} / {of}"),
    }
}

/// `about 1.2 GB; 6.1 GB are free`
pub fn memory(lang: Language, bytes: u64, free: Option<u64>) -> String {
    let bytes = number::bytes(bytes);
    let free = free.map(number::bytes);
    match (lang, free) {
        (Language::English, Some(free)) => format!("about {bytes}; {free} are free"),
        (Language::English, None) => format!("about {bytes}"),
        (Language::Chinese, Some(free)) => format!("约 {bytes}，当前可用 {free}"),
        (Language::Chinese, None) => format!("约 {bytes}"),
    }
}

/// How long, and by which run that is known.
pub fn time(lang: Language, secs: f64, run: &str) -> String {
    let span = number::span_secs(secs, lang);
    match lang {
        Language::English => format!("about {span}, by the speed of run {run}"),
        Language::Chinese => format!("约 {span}（按任务 {run} 的速度）"),
    }
}

pub fn facts(lang: Language, name: &str, rows: u64, positive: Option<f64>) -> String {
    let rows = number::count(rows);
    let positive = positive.map(number::share);
    match lang {
        Language::English => {
            let positive = positive.map_or_else(String::new, |share| format!(", {share} positive"));
            format!("{name}: {rows} training rows{positive}")
        }
        Language::Chinese => {
            let positive = positive.map_or_else(String::new, |share| format!("，正例 {share}"));
            format!("{name}：训练集 {rows} 行{positive}")
        }
    }
}

pub fn steps(lang: Language, steps: u64) -> String {
    let steps = number::count(steps);
    match lang {
        Language::English => format!("about {steps} in all"),
        Language::Chinese => format!("共约 {steps} 步"),
    }
}

pub fn precision(choice: Precision) -> Text {
    match choice {
        Precision::Auto => Text::new("as the hardware likes it", "按硬件自动选择"),
        Precision::Fp32 => Text::new("32-bit", "32 位"),
        Precision::Bf16 => Text::new("bfloat16", "bfloat16"),
        Precision::Fp16 => Text::new("float16 (loss scaling)", "float16（损失缩放）"),
    }
}

pub fn schedule(choice: Schedule) -> Text {
    match choice {
        Schedule::Linear => Text::new("falls in a straight line", "线性下降"),
        Schedule::Cosine => Text::new("falls along a cosine", "余弦下降"),
        Schedule::Constant => Text::new("stays constant", "保持不变"),
        Schedule::Polynomial => Text::new("falls by a power", "按幂次下降"),
    }
}
