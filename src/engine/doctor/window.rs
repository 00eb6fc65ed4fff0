//! What the window needs: graphics libraries, a screen, and a font with Chinese characters.

use super::{Check, State, native};
use crate::engine::artifact::Bilingual;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Opened by name when the window starts (Linux).
const LIBRARIES: [&str; 6] = [
    "libEGL.so.1",
    "libGL.so.1",
    "libxkbcommon.so.0",
    "libxkbcommon-x11.so.0",
    "libX11.so.6",
    "libfontconfig.so.1",
];

/// File names of common fonts with Chinese characters, in lower case: Linux, macOS, Windows.
const CHINESE_FONTS: [&str; 16] = [
    "notosanscjk",
    "notoserifcjk",
    "notosanssc",
    "sourcehansans",
    "sourcehanserif",
    "wqy-",
    "droidsansfallback",
    "uming",
    "ukai",
    "pingfang",
    "hiragino sans gb",
    "stheiti",
    "msyh",
    "simsun",
    "simhei",
    "deng",
];

pub fn libraries() -> Check {
    let title = Bilingual::new("Graphics libraries", "图形库");
    if !cfg!(target_os = "linux") {
        let found = Bilingual::new("part of the system", "系统自带");
        return Check::new("window_libraries", title, State::Ok, found);
    }
    let missing: Vec<&str> = LIBRARIES
        .into_iter()
        .filter(|name| native::loads(name).is_err())
        .collect();
    if missing.is_empty() {
        let found = Bilingual::new(
            "EGL, OpenGL, xkbcommon, X11 and fontconfig load",
            "EGL、OpenGL、xkbcommon、X11、fontconfig 均可加载",
        );
        return Check::new("window_libraries", title, State::Ok, found);
    }
    let listed = missing.join(", ");
    let found = Bilingual::new(
        format!("these do not load: {listed}"),
        format!("以下库无法加载：{listed}"),
    );
    Check::new("window_libraries", title, State::Missing, found)
        .fact("missing", missing)
        .mend(
            "Run `cargo xtask setup`, or on Debian and Ubuntu: sudo apt-get install libgl1 libegl1 libgl1-mesa-dri \
         libxkbcommon0 libxkbcommon-x11-0 libx11-6 libfontconfig1",
            "请运行 `cargo xtask setup`；在 Debian 和 Ubuntu 上也可执行：sudo apt-get install libgl1 libegl1 \
         libgl1-mesa-dri libxkbcommon0 libxkbcommon-x11-0 libx11-6 libfontconfig1",
        )
}

pub fn screen() -> Check {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    judge_screen(
        !cfg!(target_os = "linux"),
        set("WAYLAND_DISPLAY").as_deref(),
        set("DISPLAY").as_deref(),
    )
}

fn judge_screen(always_there: bool, wayland: Option<&str>, x11: Option<&str>) -> Check {
    let title = Bilingual::new("Screen", "屏幕");
    let found = match (always_there, wayland, x11) {
        (true, ..) => Bilingual::new("the desktop", "桌面"),
        (false, Some(name), _) => Bilingual::new(format!("Wayland, {name}"), format!("Wayland，{name}")),
        (false, None, Some(name)) => Bilingual::new(format!("X11, {name}"), format!("X11，{name}")),
        (false, None, None) => {
            let found = Bilingual::new(
                "neither DISPLAY nor WAYLAND_DISPLAY is set",
                "未设置 DISPLAY 或 WAYLAND_DISPLAY",
            );
            return Check::new("screen", title, State::Missing, found).mend(
                "Start the window from a desktop session; the command line works without one (`touchstone --help`).",
                "请在桌面会话中打开窗口；命令行无需屏幕即可使用（`touchstone --help`）。",
            );
        }
    };
    Check::new("screen", title, State::Ok, found)
}

pub fn fonts() -> Check {
    let title = Bilingual::new("Chinese font", "中文字体");
    match chinese_font() {
        Some(font) => {
            Check::new("fonts", title, State::Ok, Bilingual::new(font.clone(), font.clone())).fact("font", font)
        }
        None => {
            let found = Bilingual::new("no font with Chinese characters was found", "未找到含中文字符的字体");
            Check::new("fonts", title, State::Missing, found).mend(
                "Install one, on Debian and Ubuntu: sudo apt-get install fonts-noto-cjk. Without it 中文 is drawn as boxes.",
                "请安装中文字体，在 Debian 和 Ubuntu 上执行：sudo apt-get install fonts-noto-cjk。否则中文会显示为方框。",
            )
        }
    }
}

/// fontconfig's answer where it is there, else a known file in the usual folders.
fn chinese_font() -> Option<String> {
    let listed = Command::new("fc-list")
        .args([":lang=zh-cn", "family"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| first_family(&String::from_utf8_lossy(&output.stdout)));
    listed.or_else(|| font_folders().iter().find_map(|folder| known_font_in(folder, 4)))
}

/// The alphabetically first family, so that the answer is the same each time.
fn first_family(listed: &str) -> Option<String> {
    listed
        .lines()
        .filter_map(|line| line.split(',').next())
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .min()
        .map(str::to_owned)
}

fn font_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/System/Library/Fonts",
        "/Library/Fonts",
    ]
    .into_iter()
    .map(PathBuf::from)
    .collect();
    folders.extend(dirs::font_dir());
    folders.extend(std::env::var_os("WINDIR").map(|windows| PathBuf::from(windows).join("Fonts")));
    folders
}

/// Looks at most `depth` folders deep.
fn known_font_in(folder: &Path, depth: usize) -> Option<String> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    entries.iter().find_map(|path| {
        let name = path.file_name()?.to_string_lossy();
        if path.is_dir() {
            return if depth > 0 {
                known_font_in(path, depth - 1)
            } else {
                None
            };
        }
        let lower = name.to_lowercase();
        CHINESE_FONTS
            .iter()
            .any(|known| lower.starts_with(known))
            .then(|| name.into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_is_wayland_or_x11_or_missing() {
        assert_eq!(judge_screen(false, None, None).state, State::Missing);
        assert_eq!(judge_screen(false, None, Some(":1")).found.en, "X11, :1");
        assert_eq!(
            judge_screen(false, Some("wayland-0"), Some(":1")).found.en,
            "Wayland, wayland-0"
        );
        assert_eq!(judge_screen(true, None, None).state, State::Ok);
    }

    #[test]
    fn the_first_family_is_taken_without_its_translations() {
        assert_eq!(
            first_family("WenQuanYi,文泉驿\nNoto Sans CJK SC,Noto Sans CJK SC Bold\n").as_deref(),
            Some("Noto Sans CJK SC")
        );
        assert_eq!(first_family("\n"), None);
    }

    #[test]
    fn known_fonts_are_found_in_subfolders() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let deep = folder.path().join("opentype/noto");
        std::fs::create_dir_all(&deep).expect("can make folders");
        std::fs::write(deep.join("NotoSans-Regular.ttf"), "").expect("can write");
        assert_eq!(known_font_in(folder.path(), 4), None);
        std::fs::write(deep.join("NotoSansCJK-Regular.ttc"), "").expect("can write");
        assert_eq!(
            known_font_in(folder.path(), 4).as_deref(),
            Some("NotoSansCJK-Regular.ttc")
        );
        assert_eq!(known_font_in(folder.path(), 1), None, "deeper than asked");
    }
}
