//! Words about opening and making projects.

use super::Text;

pub const OPENING: Text = Text::new("Opening the project", "打开项目");
pub const WRITING_SAMPLE: Text = Text::new("Writing the sample shop", "生成示例商店");
pub const SAMPLE_FOLDER: Text = Text::new("Sample shop", "示例商店");
pub const PICK_FOLDER: Text = Text::new("Open a project folder", "打开项目文件夹");
pub const PICK_LOGS: Text = Text::new("Open one or more logs", "打开一个或多个日志");
pub const TABLES: Text = Text::new("Tables", "表格文件");
