//! Every page with real results in both languages and both themes: nothing outside the window, no letters missing.

use super::LANGUAGES;
use super::screen::Screen;
use super::shop::shop;
use egui::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _, by};
use std::collections::HashSet;
use touchstone::gui::pages::Page;
use touchstone::gui::settings::{Language, ThemeChoice};
use touchstone::gui::state::data::cell_text;
use touchstone::gui::theme::Palette;

/// What may be cut at the right: text in a view that scrolls sideways.
fn scrolls_sideways(page: Page) -> bool {
    matches!(page, Page::Audit | Page::Rules)
}

fn check(page: Page, language: Language, theme: ThemeChoice) -> Vec<String> {
    let screen = Screen::of(page, shop().done_in(language, theme));
    let mut faults = screen.outside();
    if !scrolls_sideways(page) {
        faults.extend(screen.cut_off());
    }
    let palette = match theme {
        ThemeChoice::Light => Palette::LIGHT,
        ThemeChoice::Dark | ThemeChoice::System => Palette::DARK,
    };
    if !screen.is_painted_with(&palette) {
        faults.push("the background is not the theme's".to_owned());
    }
    let place = format!("{page:?} {language:?} {theme:?}");
    faults.into_iter().map(|fault| format!("{place}: {fault}")).collect()
}

#[test]
fn real_results_fit_into_the_window_in_both_languages_and_themes() {
    let mut faults = Vec::new();
    for language in LANGUAGES {
        for theme in [ThemeChoice::Dark, ThemeChoice::Light] {
            for page in Page::ALL {
                faults.extend(check(page, language, theme));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The buttons of a page in Chinese have Chinese words: none was left out of the translation.
#[test]
fn no_button_of_a_chinese_page_is_english() {
    let mut english = Vec::new();
    for page in Page::ALL {
        let words = |language| -> Vec<String> {
            let screen = Screen::of(page, shop().done_in(language, ThemeChoice::Dark));
            let buttons = screen.0.query_all(by().role(Role::Button));
            buttons.filter_map(|node| node.accesskit_node().label()).collect()
        };
        let has_words = |label: &&String| label.split_whitespace().filter(|word| is_word(word)).count() >= 2;
        let in_english = words(Language::English);
        let in_chinese = words(Language::Chinese);
        let both = in_chinese.iter().filter(|label| in_english.contains(label));
        english.extend(both.filter(has_words).map(|label| format!("{page:?}: {label}")));
    }
    assert!(english.is_empty(), "{}", english.join("\n"));
}

/// No sentence is the same in both languages, but for what stands in the shop's own tables.
#[test]
fn no_sentence_of_a_chinese_page_is_english() {
    let shop = shop();
    let cells = (0..shop.log.info.columns.len())
        .flat_map(|column| (0..shop.log.num_rows()).filter_map(move |row| cell_text(&shop.log, column, row)));
    let samples = shop.runs.runs.iter().flat_map(|run| &run.view.samples);
    let samples = samples.flat_map(|set| set.rows.iter().map(|row| row.text.clone()));
    let own: HashSet<String> = cells.chain(samples).collect();
    let has_words = |text: &str| text.split_whitespace().filter(|word| is_word(word)).count() >= 3;
    let mut english = Vec::new();
    for page in Page::ALL {
        let texts = |language| Screen::of(page, shop.done_in(language, ThemeChoice::Dark)).texts();
        let in_english = texts(Language::English);
        let both = texts(Language::Chinese)
            .into_iter()
            .filter(|text| has_words(text) && !own.contains(text) && in_english.contains(text));
        english.extend(both.map(|text| format!("{page:?}: {text}")));
    }
    assert!(english.is_empty(), "{}", english.join("\n"));
}

/// A lower-case word of three letters or more; names and figures are the same in every language.
fn is_word(word: &str) -> bool {
    word.len() >= 3 && word.chars().all(|letter| letter.is_ascii_lowercase())
}
