//! What can go wrong with a project folder.

use crate::engine::artifact::Bilingual;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    #[error("cannot create the project folder (check that the disk has room and that you may write there): {path}")]
    Create {
        #[source]
        source: std::io::Error,
        path: PathBuf,
    },
    #[error("a project is a folder, but this is a file; choose a folder or open the file from the Data page: {path}")]
    NotAFolder { path: PathBuf },
    #[error("this folder holds other things; choose an empty folder or an existing project: {path}")]
    ForeignFolder { path: PathBuf },
    #[error(
        "the project is open in another window, so nothing can be changed here; close the other window first: {path}"
    )]
    ReadOnly { path: PathBuf },
    #[error(
        "the project was written by a newer version of Touchstone (schema {found}, this one knows {known}); update the program: {path}"
    )]
    Newer { found: i64, known: i64, path: PathBuf },
    #[error("cannot back up the catalogue before upgrading it: {path}")]
    Backup {
        #[source]
        source: std::io::Error,
        path: PathBuf,
    },
    #[error("the catalogue failed while {action} (is the disk full, or the file damaged?): {path}")]
    Database {
        action: &'static str,
        #[source]
        source: rusqlite::Error,
        path: PathBuf,
    },
    #[error("an entry of the catalogue cannot be read ({what}); it was written by another version: {path}")]
    Entry {
        what: String,
        #[source]
        source: serde_json::Error,
        path: PathBuf,
    },
    #[error("cannot write into the project (check that the disk has room): {path}")]
    Write {
        #[source]
        source: std::io::Error,
        path: PathBuf,
    },
    #[error("cannot move to the trash: {path}")]
    Discard {
        #[source]
        source: std::io::Error,
        path: PathBuf,
    },
}

impl ProjectError {
    /// The message with its cause in both languages.
    pub fn explain(&self) -> Bilingual {
        let cause = std::error::Error::source(self).map(ToString::to_string);
        let with = |words: String, colon: &str| match &cause {
            Some(cause) => format!("{words}{colon}{cause}"),
            None => words,
        };
        Bilingual::new(with(self.to_string(), ": "), with(self.in_chinese(), "："))
    }

    fn in_chinese(&self) -> String {
        match self {
            Self::Create { path, .. } => format!("无法创建项目文件夹（请检查磁盘空间和写入权限）：{}", path.display()),
            Self::NotAFolder { path } => format!(
                "项目应为文件夹，而这是一个文件；请选择文件夹，或在数据页打开该文件：{}",
                path.display()
            ),
            Self::ForeignFolder { path } => {
                format!("该文件夹中有其他内容；请选择空文件夹或已有的项目：{}", path.display())
            }
            Self::ReadOnly { path } => format!(
                "项目已在另一个窗口中打开，此处无法修改；请先关闭另一个窗口：{}",
                path.display()
            ),
            Self::Newer { found, known, path } => format!(
                "项目由更新版本的 Touchstone 写入（结构版本 {found}，本程序支持 {known}）；请更新程序：{}",
                path.display()
            ),
            Self::Backup { path, .. } => format!("升级前无法备份目录数据库：{}", path.display()),
            Self::Database { path, .. } => {
                format!("目录数据库操作失败（磁盘已满或文件损坏？）：{}", path.display())
            }
            Self::Entry { what, path, .. } => format!(
                "目录数据库中的一项无法读取（{what}），它由其他版本写入：{}",
                path.display()
            ),
            Self::Write { path, .. } => format!("无法写入项目（请检查磁盘空间）：{}", path.display()),
            Self::Discard { path, .. } => format!("无法移到回收站：{}", path.display()),
        }
    }

    pub(super) fn database(action: &'static str, source: rusqlite::Error, path: &Path) -> Self {
        Self::Database {
            action,
            source,
            path: path.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_its_cause_in_both_languages() {
        let told = ProjectError::Write {
            source: std::io::Error::other("no space left"),
            path: PathBuf::from("/shop/project.db"),
        }
        .explain();
        for text in [&told.en, &told.zh] {
            assert!(
                text.contains("/shop/project.db") && text.ends_with("no space left"),
                "{text}"
            );
        }
        let alone = ProjectError::ReadOnly {
            path: PathBuf::from("/shop"),
        }
        .explain();
        assert!(
            alone.zh.ends_with("/shop") && !alone.zh.contains("window"),
            "{}",
            alone.zh
        );
    }
}
