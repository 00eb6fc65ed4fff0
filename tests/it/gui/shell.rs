//! The frame around the pages: navigation, language, theme, keyboard, what is remembered.

use super::screen::Screen;
use super::{LANGUAGES, Window, pages_in_navigation};
use egui::{Key, Modifiers, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use touchstone::gui::LaunchOptions;
use touchstone::gui::i18n::{self, shell as words};
use touchstone::gui::pages::Page;
use touchstone::gui::settings::{Language, ThemeChoice};
use touchstone::gui::state::AppState;
use touchstone::gui::theme::Palette;

#[test]
fn the_first_start_shows_the_welcome_page_with_the_sample_first() {
    let window = Window::open(LaunchOptions::default());
    assert_eq!(window.app().state.settings.page, Page::Welcome);
    assert!(window.shows("Welcome to Touchstone"));
    for label in [
        "Run the whole flow",
        "Open the sample project",
        "Open a log…",
        "Open project…",
    ] {
        window.0.get_by_role_and_label(Role::Button, label);
    }
    assert!(window.shows("Nothing is running"));
    assert!(window.shows("Projects you open appear here"));
}

#[test]
fn every_page_opens_from_the_navigation_in_both_languages_and_themes() {
    for language in [Language::English, Language::Chinese] {
        for theme in [ThemeChoice::Dark, ThemeChoice::Light] {
            let mut window = Window::open(LaunchOptions {
                language: Some(language),
                theme: Some(theme),
                ..LaunchOptions::default()
            });
            for (page, title) in pages_in_navigation() {
                let title = language.t(title);
                window.press(Role::Button, title);
                assert_eq!(window.app().state.settings.page, page);
                let headings = window.0.query_all(by().role(Role::Label).label(title)).count();
                assert!(
                    headings >= 1,
                    "{title} is not above its page:\n{}",
                    window.texts().join("\n")
                );
            }
            assert_drawn(&window, theme);
        }
    }
}

#[test]
fn the_language_changes_while_it_runs() {
    let mut window = Window::open(LaunchOptions::default());
    window.press(Role::Button, words::native_mark(Language::Chinese));
    assert_eq!(window.language(), Language::Chinese);
    assert!(window.shows("欢迎使用 Touchstone 试金石"));
    for (_, title) in pages_in_navigation() {
        window.0.get_by_role_and_label(Role::Button, title.zh);
    }
    let english: Vec<String> = window
        .texts()
        .into_iter()
        .filter(|text| pages_in_navigation().any(|(_, t)| t.en == *text))
        .collect();
    assert!(english.is_empty(), "still in English: {english:?}");
    window.press(Role::Button, words::native_mark(Language::English));
    assert!(window.shows("Welcome to Touchstone"));
}

#[test]
fn the_theme_is_chosen_in_the_top_bar_and_in_the_settings() {
    let mut window = Window::open(LaunchOptions::default());
    assert_drawn(&window, ThemeChoice::Dark);
    window.press(Role::Button, words::DARK.en);
    window.press(Role::Button, words::LIGHT.en);
    assert_eq!(window.app().state.settings.theme, ThemeChoice::Light);
    assert_drawn(&window, ThemeChoice::Light);
    window.press(Role::Button, words::SETTINGS.en);
    window.0.get_by_role_and_label(Role::ComboBox, words::THEME.en).click();
    window.draw();
    let entries: Vec<_> = window
        .0
        .query_all(by().role(Role::Button).label(words::DARK.en))
        .collect();
    assert_eq!(entries.len(), 1);
    entries[0].click();
    drop(entries);
    window.draw();
    assert_eq!(window.app().state.settings.theme, ThemeChoice::Dark);
    assert_drawn(&window, ThemeChoice::Dark);
}

/// What the last frame was painted with, not only what is set.
#[track_caller]
fn assert_drawn(window: &Window, theme: ThemeChoice) {
    let is_dark = window.0.ctx.global_style().visuals.dark_mode;
    assert_eq!(is_dark, theme == ThemeChoice::Dark, "the style");
    for (palette, expected) in [
        (Palette::DARK, theme == ThemeChoice::Dark),
        (Palette::LIGHT, theme == ThemeChoice::Light),
    ] {
        assert_eq!(window.is_painted_with(&palette), expected, "{:?}", palette.background);
    }
}

#[test]
fn every_page_has_a_key() {
    let mut window = Window::open(LaunchOptions::default());
    let keys = [
        Key::Num1,
        Key::Num2,
        Key::Num3,
        Key::Num4,
        Key::Num5,
        Key::Num6,
        Key::Num7,
        Key::Num8,
        Key::Num9,
        Key::Num0,
        Key::Comma,
    ];
    for (key, (page, _)) in keys.into_iter().zip(pages_in_navigation()) {
        window.0.key_press_modifiers(Modifiers::COMMAND, key);
        window.draw();
        assert_eq!(window.app().state.settings.page, page, "{key:?}");
    }
}

#[test]
fn tab_reaches_the_navigation_and_enter_opens_a_page() {
    let mut window = Window::open(LaunchOptions::default());
    let label = i18n::recipe::TITLE.en;
    let mut reached = false;
    for _ in 0..40 {
        window.0.key_press(Key::Tab);
        window.draw();
        let entry = window.0.get_by_role_and_label(Role::Button, label);
        if entry.is_focused() {
            reached = true;
            break;
        }
    }
    assert!(reached, "40 times Tab did not reach `{label}`");
    window.0.key_press(Key::Enter);
    window.draw();
    assert_eq!(window.app().state.settings.page, Page::Recipe);
}

#[test]
fn the_navigation_says_which_page_is_open() {
    let mut window = Window::open(LaunchOptions::default());
    window.press(Role::Button, i18n::audit::TITLE.en);
    let selected: Vec<String> = window
        .0
        .query_all(
            by().role(Role::Button)
                .predicate(|node| format!("{:?}", node.toggled()).contains("True")),
        )
        .filter_map(|node| node.accesskit_node().label())
        .collect();
    assert!(selected.contains(&i18n::audit::TITLE.en.to_owned()), "{selected:?}");
    assert!(!selected.contains(&i18n::data::TITLE.en.to_owned()), "{selected:?}");
}

#[test]
fn start_options_choose_page_language_and_theme() {
    let window = Window::open(LaunchOptions {
        page: Page::from_name("experiments"),
        language: Some(Language::Chinese),
        theme: Some(ThemeChoice::Light),
        ..LaunchOptions::default()
    });
    assert_eq!(window.app().state.settings.page, Page::Experiments);
    assert!(window.shows(i18n::experiments::TITLE.zh));
    assert_eq!(window.app().state.settings.theme, ThemeChoice::Light);
    assert_drawn(&window, ThemeChoice::Light);
    assert_eq!(Page::from_name("nowhere"), None);
}

#[test]
fn files_over_the_window_are_named_and_what_dropping_them_does_is_told() {
    for lang in LANGUAGES {
        let mut state = AppState::default();
        state.settings.language = lang;
        let mut screen = Screen::of(Page::Welcome, state);
        assert!(!screen.shows(lang.t(words::DROP)));
        let names = ["june.csv", "july.csv", "august.csv", "september.csv"];
        screen.0.input_mut().hovered_files = names
            .map(|name| egui::HoveredFile {
                path: Some(std::path::Path::new("/logs").join(name)),
                mime: String::new(),
            })
            .to_vec();
        screen.draw();
        screen.must_show(lang.t(words::DROP));
        screen.must_show(lang.t(words::DROP_WHY));
        screen.must_show_part("june.csv");
        screen.must_show(&words::dropped(lang, &names.map(str::to_owned)));
        screen.0.input_mut().hovered_files.clear();
        screen.draw();
        assert!(!screen.shows(lang.t(words::DROP)));
    }
}
