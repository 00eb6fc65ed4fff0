//! The decisions about a file, each with its control and its evidence.

use super::super::PageContext;
use super::editor::{Typed, attempt, evidence};
use crate::engine::ingest::{
    BooleanWords, CommentChoice, Dialect, FileFormat, LineEnding, Preview, QuoteChoice, Ragged, ReadOptions,
    ReadingPart, USUAL_NULLS,
};
use crate::gui::i18n::{data as page_words, reading as words};
use crate::gui::theme::{palette, space, text};
use crate::gui::widgets;
use egui::{RichText, Ui};

const DELIMITERS: [char; 8] = [',', ';', '\t', '|', ' ', '^', '~', '\u{1}'];
const COMMENTS: [&str; 5] = ["#", "//", "--", "%", ";"];

/// What draws one decision.
struct Part<'a, 'c> {
    cx: &'a PageContext<'c>,
    options: &'a ReadOptions,
    dialect: &'a Dialect,
    typed: &'a mut Typed,
}

pub fn ui(cx: &PageContext<'_>, ui: &mut Ui, seen: &Preview, typed: &mut Typed) {
    let mut part = Part {
        cx,
        options: cx.state.data.trial(),
        dialect: &seen.log.info.dialect,
        typed,
    };
    let has_delimiters = part.dialect.format == FileFormat::Csv.name();
    let is_json = part.dialect.format == FileFormat::Jsonl.name();
    part.about(ui, ReadingPart::Format, Part::format);
    part.about(ui, ReadingPart::Encoding, Part::encoding);
    if has_delimiters {
        part.about(ui, ReadingPart::Delimiter, Part::delimiter);
        part.about(ui, ReadingPart::Quote, Part::quote);
        part.about(ui, ReadingPart::Escape, Part::escape);
    }
    if !is_json {
        part.about(ui, ReadingPart::Header, Part::header);
        part.about(ui, ReadingPart::Preamble, Part::preamble);
    }
    part.about(ui, ReadingPart::Footer, Part::footer);
    if has_delimiters {
        part.about(ui, ReadingPart::Comments, Part::comments);
        part.about(ui, ReadingPart::Ragged, Part::ragged);
        part.about(ui, ReadingPart::LineEnding, Part::line_ending);
    }
    part.about(ui, ReadingPart::Nulls, Part::nulls);
    part.about(ui, ReadingPart::Booleans, Part::booleans);
}

impl Part<'_, '_> {
    /// The control of one decision above its evidence.
    fn about(&mut self, ui: &mut Ui, reading: ReadingPart, control: impl Fn(&mut Self, &mut Ui)) {
        control(self, ui);
        let decisions: Vec<_> = self.dialect.about(reading).collect();
        let sentences: Vec<_> = decisions.iter().map(|decision| &decision.why).collect();
        let set = decisions.iter().any(|decision| decision.set_by_you);
        if sentences.is_empty() {
            note(ui, self.cx.t(words::unseen(reading)));
        } else {
            evidence(self.cx, ui, &sentences, set);
        }
        ui.add_space(space::GAP);
    }

    fn label(&self, reading: ReadingPart) -> &'static str {
        self.cx.t(words::part(reading))
    }

    fn found(&self, value: &str) -> String {
        words::found(self.cx.lang(), value)
    }

    /// A drop-down whose first entry is what was found.
    fn choose<T: PartialEq + Clone>(
        &self,
        ui: &mut Ui,
        reading: ReadingPart,
        value: &T,
        entries: &[(T, String)],
    ) -> Option<T> {
        let mut chosen = value.clone();
        widgets::choice(ui, self.label(reading), &mut chosen, entries).then_some(chosen)
    }

    fn format(&mut self, ui: &mut Ui) {
        let name = |format: FileFormat| self.cx.t(words::format(format)).to_owned();
        let found = FileFormat::ALL
            .into_iter()
            .find(|format| format.name() == self.dialect.format);
        let mut entries = vec![(None, self.found(&found.map_or_else(String::new, name)))];
        entries.extend(FileFormat::ALL.map(|format| (Some(format), name(format))));
        if let Some(format) = self.choose(ui, ReadingPart::Format, &self.options.format, &entries) {
            attempt(self.cx, |options| {
                options.format = format;
                options.column_starts.clear();
            });
        }
        let fixed = FileFormat::FixedWidth;
        if self.options.format == Some(fixed) || self.dialect.format == fixed.name() {
            let read = |text: &str| -> Vec<u32> {
                let numbers = text
                    .split([',', '，', ' '])
                    .filter_map(|number| number.trim().parse().ok());
                numbers.collect()
            };
            let show = |starts: &Vec<u32>| {
                let starts: Vec<String> = starts.iter().map(u32::to_string).collect();
                starts.join(", ")
            };
            let names = ("starts", self.cx.t(words::STARTS), self.cx.t(words::STARTS_HINT));
            if let Some(starts) = self.typed.field(ui, names, &self.options.column_starts, (read, show)) {
                attempt(self.cx, |options| options.column_starts = starts);
            }
        }
    }

    fn encoding(&mut self, ui: &mut Ui) {
        let mut entries = vec![(None, self.found(&self.dialect.encoding))];
        let plain = |name: &str| (Some(name.to_owned()), name.to_owned());
        entries.push(plain("UTF-8"));
        entries.push((Some("gb18030".to_owned()), self.cx.t(words::GB).to_owned()));
        entries.extend(["Big5", "UTF-16LE", "UTF-16BE"].map(plain));
        entries.push((Some("windows-1252".to_owned()), self.cx.t(words::LATIN).to_owned()));
        entries.extend(["Shift_JIS", "EUC-KR", "windows-1251"].map(plain));
        if let Some(encoding) = self.choose(ui, ReadingPart::Encoding, &self.options.encoding, &entries) {
            attempt(self.cx, |options| options.encoding = encoding);
        }
    }

    fn delimiter(&mut self, ui: &mut Ui) {
        let mut entries = vec![(None, self.found(&self.character(self.dialect.delimiter)))];
        entries.extend(DELIMITERS.map(|character| (Some(character), self.character(character))));
        if let Some(own) = self.options.delimiter.filter(|own| !DELIMITERS.contains(own)) {
            entries.push((Some(own), self.character(own)));
        }
        ui.horizontal(|ui| {
            ui.allocate_ui(egui::vec2(210.0, 48.0), |ui| {
                if let Some(delimiter) = self.choose(ui, ReadingPart::Delimiter, &self.options.delimiter, &entries) {
                    attempt(self.cx, |options| options.delimiter = delimiter);
                }
            });
            let own = self.options.delimiter.filter(|own| !DELIMITERS.contains(own));
            let names = ("delimiter", self.cx.t(words::OTHER), "");
            let read = |text: &str| text.chars().next();
            let show = |own: &Option<char>| own.map_or_else(String::new, String::from);
            if let Some(own) = self.typed.field(ui, names, &own, (read, show)) {
                attempt(self.cx, |options| options.delimiter = own);
            }
        });
    }

    fn quote(&mut self, ui: &mut Ui) {
        let none = || self.cx.t(words::NONE).to_owned();
        let found = self.dialect.quote.map_or_else(none, String::from);
        let entries = [
            (QuoteChoice::Detect, self.found(&found)),
            (QuoteChoice::Char('"'), "\"".to_owned()),
            (QuoteChoice::Char('\''), "'".to_owned()),
            (QuoteChoice::None, none()),
        ];
        if let Some(quote) = self.choose(ui, ReadingPart::Quote, &self.options.quote, &entries) {
            attempt(self.cx, |options| options.quote = quote);
        }
    }

    fn escape(&mut self, ui: &mut Ui) {
        let doubled = || self.cx.t(words::DOUBLED).to_owned();
        let own = self.dialect.escape.filter(|&escape| Some(escape) != self.dialect.quote);
        let mut entries = vec![
            (None, self.found(&own.map_or_else(doubled, String::from))),
            (Some('\\'), "\\".to_owned()),
        ];
        if let Some(quote) = self.dialect.quote {
            entries.push((Some(quote), doubled()));
        }
        if let Some(escape) = self.choose(ui, ReadingPart::Escape, &self.options.escape, &entries) {
            attempt(self.cx, |options| options.escape = escape);
        }
    }

    fn header(&mut self, ui: &mut Ui) {
        let yes_no = |value: bool| {
            self.cx
                .t(if value { page_words::YES } else { page_words::NO })
                .to_owned()
        };
        let entries = [
            (None, self.found(&yes_no(self.dialect.header))),
            (Some(true), yes_no(true)),
            (Some(false), yes_no(false)),
        ];
        if let Some(header) = self.choose(ui, ReadingPart::Header, &self.options.header, &entries) {
            attempt(self.cx, |options| options.header = header);
        }
    }

    /// A number of lines; a link goes back to what is found.
    fn lines(&self, ui: &mut Ui, reading: ReadingPart, found: u64, set: Option<u64>) -> Option<Option<u64>> {
        let mut lines = set.unwrap_or(found);
        let mut answer = None;
        ui.horizontal(|ui| {
            if widgets::number_field(ui, self.label(reading), &mut lines, 0..=10_000) {
                answer = Some(Some(lines));
            }
            if set.is_some() {
                ui.push_id(self.label(reading), |ui| {
                    if widgets::link(ui, self.cx.t(words::AS_FOUND)).clicked() {
                        answer = Some(None);
                    }
                });
            }
        });
        answer
    }

    fn preamble(&mut self, ui: &mut Ui) {
        let set = self.options.preamble_lines;
        if let Some(lines) = self.lines(ui, ReadingPart::Preamble, self.dialect.preamble_lines, set) {
            attempt(self.cx, |options| options.preamble_lines = lines);
        }
    }

    fn footer(&mut self, ui: &mut Ui) {
        let set = self.options.footer_lines;
        if let Some(lines) = self.lines(ui, ReadingPart::Footer, self.dialect.footer_lines, set) {
            attempt(self.cx, |options| options.footer_lines = lines);
        }
    }

    fn comments(&mut self, ui: &mut Ui) {
        let none = || self.cx.t(words::NONE).to_owned();
        let found = self
            .dialect
            .about(ReadingPart::Comments)
            .find(|decision| !decision.set_by_you);
        let marks = found.and_then(|found| {
            COMMENTS
                .into_iter()
                .find(|mark| found.why.en.contains(&format!(" {mark} ")))
        });
        let prefix = |mark: &str| (CommentChoice::Prefix(mark.to_owned()), mark.to_owned());
        let mut entries = vec![
            (
                CommentChoice::Detect,
                self.found(&marks.map_or_else(none, str::to_owned)),
            ),
            (CommentChoice::None, none()),
        ];
        entries.extend(COMMENTS.map(prefix));
        if let CommentChoice::Prefix(own) = &self.options.comment
            && !COMMENTS.contains(&own.as_str())
        {
            entries.push(prefix(own));
        }
        if let Some(comment) = self.choose(ui, ReadingPart::Comments, &self.options.comment, &entries) {
            attempt(self.cx, |options| options.comment = comment);
        }
    }

    fn ragged(&mut self, ui: &mut Ui) {
        let entries = Ragged::ALL.map(|ragged| (ragged, self.cx.t(words::ragged(ragged)).to_owned()));
        if let Some(ragged) = self.choose(ui, ReadingPart::Ragged, &self.options.ragged, &entries) {
            attempt(self.cx, |options| options.ragged = ragged);
        }
    }

    fn line_ending(&mut self, ui: &mut Ui) {
        let name = |end: LineEnding| self.cx.t(words::line_ending(end)).to_owned();
        let mut entries = vec![(None, self.found(&self.dialect.line_ending.to_uppercase()))];
        entries.extend(LineEnding::ALL.map(|end| (Some(end), name(end))));
        if let Some(end) = self.choose(ui, ReadingPart::LineEnding, &self.options.line_ending, &entries) {
            attempt(self.cx, |options| options.line_ending = end);
        }
    }

    fn nulls(&mut self, ui: &mut Ui) {
        /// Which list counts.
        #[derive(Clone, Copy, PartialEq, Eq)]
        enum List {
            Usual,
            Empty,
            These,
        }
        let list = match &self.options.nulls {
            None => List::Usual,
            Some(nulls) if nulls.is_empty() => List::Empty,
            Some(_) => List::These,
        };
        let entries = [
            (List::Usual, words::USUAL_NULLS),
            (List::Empty, words::ONLY_EMPTY),
            (List::These, words::THESE),
        ]
        .map(|(list, name)| (list, self.cx.t(name).to_owned()));
        match self.choose(ui, ReadingPart::Nulls, &list, &entries) {
            Some(List::Usual) => attempt(self.cx, |options| options.nulls = None),
            Some(List::Empty) => attempt(self.cx, |options| options.nulls = Some(Vec::new())),
            Some(List::These) => {
                let usual = USUAL_NULLS.map(str::to_owned).to_vec();
                attempt(self.cx, |options| options.nulls = Some(usual));
            }
            None => {}
        }
        if let Some(nulls) = &self.options.nulls
            && list == List::These
        {
            let names = ("nulls", self.cx.t(words::THESE), self.cx.t(words::NULLS_HINT));
            if let Some(nulls) =
                self.typed
                    .field(ui, names, nulls, (read_words, |words: &Vec<String>| words.join(", ")))
            {
                attempt(self.cx, |options| options.nulls = Some(nulls));
            }
        }
    }

    fn booleans(&mut self, ui: &mut Ui) {
        let now = self.options.booleans.clone().unwrap_or_default();
        note(ui, self.label(ReadingPart::Booleans));
        for (key, label, hint, is_yes) in [
            ("yes", words::TRUE_WORDS, words::TRUE_HINT, true),
            ("no", words::FALSE_WORDS, words::FALSE_HINT, false),
        ] {
            let value = if is_yes { &now.yes } else { &now.no };
            let names = (key, self.cx.t(label), self.cx.t(hint));
            let Some(list) = self
                .typed
                .field(ui, names, value, (read_words, |words: &Vec<String>| words.join(", ")))
            else {
                continue;
            };
            let mut chosen = now.clone();
            *(if is_yes { &mut chosen.yes } else { &mut chosen.no }) = list;
            let chosen = (chosen != BooleanWords::default()).then_some(chosen);
            attempt(self.cx, |options| options.booleans = chosen);
        }
    }

    fn character(&self, character: char) -> String {
        match character {
            '\t' => self.cx.t(page_words::TAB).to_owned(),
            ' ' => self.cx.t(words::SPACE).to_owned(),
            control if control.is_control() => format!("\\x{:02X}", u32::from(control)),
            plain => plain.to_string(),
        }
    }
}

fn note(ui: &mut Ui, words: &str) {
    let color = palette(ui).text_2;
    ui.add(egui::Label::new(RichText::new(words).font(text::small()).color(color)).wrap());
}

/// Words between commas.
fn read_words(text: &str) -> Vec<String> {
    let words = text.split([',', '，', '、']).map(str::trim);
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
