//! What can go wrong while reading a log; every message says which file, what it is, and what to do.

use crate::engine::artifact::Bilingual;
use crate::engine::progress::Cancelled;
use std::path::PathBuf;

/// Why a log could not be read. Bad rows are not errors: they are kept as rejected lines.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error("no file was given; name at least one CSV or Parquet file")]
    NoInput,
    #[error("there is no file {}; check the path", path.display())]
    NotFound { path: PathBuf },
    #[error("no permission to read {}; change its permissions or choose a copy", path.display())]
    PermissionDenied { path: PathBuf },
    #[error("the folder {} holds no .csv, .tsv, .txt, .jsonl or .parquet file (also .gz, .zst); choose another folder", path.display())]
    EmptyFolder { path: PathBuf },
    #[error("{} is empty (0 bytes); export it again", path.display())]
    EmptyFile { path: PathBuf },
    #[error("{} holds only blank lines; export it again", path.display())]
    NoRecords { path: PathBuf },
    #[error("{} is {what}, not a table; {hint}", path.display())]
    NotATable {
        path: PathBuf,
        what: &'static str,
        hint: &'static str,
    },
    #[error("{} changed while it was read ({was_bytes} bytes before, {is_bytes} after); wait until it is written and open it again", path.display())]
    Changed {
        path: PathBuf,
        was_bytes: u64,
        is_bytes: u64,
    },
    #[error("cannot unpack {} ({compression}) after {at_bytes} unpacked bytes: {source}; copy or download it again", path.display())]
    Unpack {
        path: PathBuf,
        compression: &'static str,
        at_bytes: u64,
        source: std::io::Error,
    },
    #[error("cannot read {}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("cannot read {} as Parquet: {detail}; export it again", path.display())]
    Parquet { path: PathBuf, detail: String },
    #[error("{} is Parquet and {} is text; open files of one format at a time", parquet.display(), text.display())]
    MixedFormats { parquet: PathBuf, text: PathBuf },
    #[error("encoding {name:?} is unknown; use a WHATWG name such as UTF-8, gb18030, UTF-16LE or windows-1252")]
    UnknownEncoding { name: String },
    #[error("{what} {value:?} cannot be used; choose one ASCII character other than a line break")]
    BadDialect { what: &'static str, value: char },
    #[error("{}", .0.en)]
    BadOption(Bilingual),
    #[error("there is no column {column:?}; the columns are {}", known.join(", "))]
    NoSuchColumn { column: String, known: Vec<String> },
    #[error("{} has more rows than fit in one table ({rows}); split it by day or user and read the parts", path.display())]
    TooLarge { path: PathBuf, rows: u64 },
    #[error("the table could not be built: {detail}")]
    Table { detail: String },
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

impl IngestError {
    /// The message in both languages.
    pub fn explain(&self) -> Bilingual {
        Bilingual::new(self.to_string(), self.in_chinese())
    }

    fn in_chinese(&self) -> String {
        match self {
            Self::NoInput => "没有给出文件；请至少指定一个 CSV 或 Parquet 文件".to_owned(),
            Self::NotFound { path } => format!("文件 {} 不存在；请检查路径", path.display()),
            Self::PermissionDenied { path } => format!("没有读取 {} 的权限；请修改权限或选择副本", path.display()),
            Self::EmptyFolder { path } => format!(
                "文件夹 {} 中没有 .csv、.tsv、.txt、.jsonl 或 .parquet 文件（也可为 .gz、.zst）；请选择其他文件夹",
                path.display()
            ),
            Self::EmptyFile { path } => format!("{} 是空文件（0 字节）；请重新导出", path.display()),
            Self::NoRecords { path } => format!("{} 只有空行；请重新导出", path.display()),
            Self::NotATable { path, what, hint } => {
                format!("{} 是{}，不是表格；{}", path.display(), chinese(what), chinese(hint))
            }
            Self::Changed {
                path,
                was_bytes,
                is_bytes,
            } => format!(
                "{} 在读取时被修改（之前 {was_bytes} 字节，之后 {is_bytes} 字节）；请等写入完成后重新打开",
                path.display()
            ),
            Self::Unpack {
                path,
                compression,
                at_bytes,
                source,
            } => format!(
                "无法解压 {}（{compression}），已解压 {at_bytes} 字节：{source}；请重新复制或下载",
                path.display()
            ),
            Self::Io { path, source } => format!("无法读取 {}：{source}", path.display()),
            Self::Parquet { path, detail } => {
                format!("无法将 {} 读取为 Parquet：{detail}；请重新导出", path.display())
            }
            Self::MixedFormats { parquet, text } => format!(
                "{} 是 Parquet，而 {} 是文本；请一次只打开一种格式的文件",
                parquet.display(),
                text.display()
            ),
            Self::UnknownEncoding { name } => {
                format!("未知编码 {name:?}；请使用 WHATWG 名称，如 UTF-8、gb18030、UTF-16LE 或 windows-1252")
            }
            Self::BadDialect { what, value } => {
                format!(
                    "{} {value:?} 不能使用；请选择换行符以外的一个 ASCII 字符",
                    chinese(what)
                )
            }
            Self::BadOption(words) => words.zh.clone(),
            Self::NoSuchColumn { column, known } => format!("没有列 {column:?}；现有的列为 {}", known.join("、")),
            Self::TooLarge { path, rows } => format!(
                "{} 的行数（{rows}）超过一张表的上限；请按日期或用户拆分后分别读取",
                path.display()
            ),
            Self::Table { detail } => format!("无法建立表格：{detail}"),
            Self::Cancelled(_) => "已取消".to_owned(),
        }
    }

    /// Sorts an operating-system error on `path` into the kinds people can act on.
    pub(crate) fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            std::io::ErrorKind::NotFound => Self::NotFound { path },
            std::io::ErrorKind::PermissionDenied => Self::PermissionDenied { path },
            _ => Self::Io { path, source },
        }
    }
}

/// Kinds of files that are no tables, and the ways out.
const IN_CHINESE: [(&str, &str); 49] = [
    ("the delimiter", "分隔符"),
    ("the quote", "引号"),
    ("the escape", "转义符"),
    ("the quote, equal to the delimiter,", "与分隔符相同的引号"),
    ("the escape, equal to the delimiter,", "与分隔符相同的转义符"),
    ("a PDF document", " PDF 文档"),
    ("a ZIP archive or an Excel workbook", " ZIP 压缩包或 Excel 工作簿"),
    ("an old Excel or Office document", "旧版 Excel 或 Office 文档"),
    ("a RAR archive", " RAR 压缩包"),
    ("a 7-Zip archive", " 7-Zip 压缩包"),
    ("a bzip2 archive", " bzip2 压缩包"),
    ("an xz archive", " xz 压缩包"),
    ("a PNG image", " PNG 图片"),
    ("a JPEG image", " JPEG 图片"),
    ("a GIF image", " GIF 图片"),
    ("a TIFF image", " TIFF 图片"),
    ("a picture, sound or film", "图片、音频或视频"),
    ("a Word document", " Word 文档"),
    ("an HDF5 file", " HDF5 文件"),
    ("a NumPy array", " NumPy 数组"),
    ("an LZ4 archive", " LZ4 压缩包"),
    ("a tar archive", " tar 归档"),
    ("an SQLite database", " SQLite 数据库"),
    ("an Arrow IPC file", " Arrow IPC 文件"),
    ("an ORC file", " ORC 文件"),
    ("an Avro file", " Avro 文件"),
    ("a program", "程序文件"),
    ("a Git LFS pointer, not the data itself", " Git LFS 指针，而非数据本身"),
    ("an HTML page", " HTML 网页"),
    ("an XML document", " XML 文档"),
    ("JSON", " JSON"),
    ("binary data", "二进制数据"),
    ("Parquet", " Parquet"),
    (
        "JSON Lines with more than 4096 different keys",
        "键超过 4096 个的 JSON Lines",
    ),
    ("text with more than 256 MiB in one line", "单行超过 256 MiB 的文本"),
    ("export the table as CSV or Parquet", "请将表格导出为 CSV 或 Parquet"),
    (
        "unpack it, or save the sheet as CSV UTF-8",
        "请解压，或将工作表另存为 CSV UTF-8",
    ),
    ("save the sheet as CSV UTF-8", "请将工作表另存为 CSV UTF-8"),
    ("unpack it and open the files in it", "请解压后打开其中的文件"),
    (
        "unpack it, or pack it as .gz or .zst",
        "请解压，或改用 .gz 或 .zst 压缩",
    ),
    ("open the table it was made from", "请打开生成它的表格"),
    (
        "export its table as CSV or Parquet",
        "请将其中的表导出为 CSV 或 Parquet",
    ),
    ("write it as Parquet", "请另存为 Parquet"),
    ("choose a CSV or Parquet file", "请选择 CSV 或 Parquet 文件"),
    ("fetch the data with `git lfs pull`", "请用 `git lfs pull` 获取数据"),
    (
        "it may be a login or error page; download the file itself",
        "可能是登录页或错误页；请下载文件本身",
    ),
    (
        "write one object a line (JSON Lines), or CSV or Parquet with one column a field",
        "请改为每行一个对象（JSON Lines），或每个字段一列的 CSV 或 Parquet",
    ),
    ("export the fields of one table only", "请只导出一张表的字段"),
    ("export it with one record a line", "请按每行一条记录导出"),
];

/// Words of a message in Chinese; what is not known stays as it is.
fn chinese(words: &'static str) -> &'static str {
    let known = IN_CHINESE.iter().find(|(english, _)| *english == words);
    known.map_or(words, |(_, chinese)| chinese)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ingest::source::SIGNATURES;

    #[test]
    fn whatever_is_no_table_is_told_in_both_languages() {
        for (_, what, hint) in SIGNATURES {
            let path = PathBuf::from("/logs/六月");
            let told = IngestError::NotATable { path, what, hint }.explain();
            assert!(told.en.contains(what) && told.en.contains(hint));
            assert!(
                chinese(what) != what && chinese(hint) != hint && !told.zh.contains(what) && !told.zh.contains(hint),
                "{}",
                told.zh
            );
        }
    }
}
