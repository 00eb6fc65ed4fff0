//! The event file against the log it mirrors: killed, resumed, torn and full.

use super::*;
use crate::engine::run::config::TrainConfig;
use crate::engine::run::log::EventWriter;
use crate::engine::run::replay::RunView;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// tag → (step, value)
type Curves = BTreeMap<String, Vec<(u64, f32)>>;

fn varint(bytes: &[u8], at: &mut usize) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let byte = bytes[*at];
        *at += 1;
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            break;
        }
    }
    value
}

/// (field number, number or bytes) of a message.
fn fields(message: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let mut at = 0;
    let mut found = Vec::new();
    while at < message.len() {
        let key = varint(message, &mut at);
        let value = match key & 7 {
            0 => varint(message, &mut at).to_le_bytes().to_vec(),
            kind => {
                let length = match kind {
                    1 => 8,
                    5 => 4,
                    2 => varint(message, &mut at) as usize,
                    other => panic!("wire type {other}"),
                };
                at += length;
                message[at - length..at].to_vec()
            }
        };
        found.push((key >> 3, value));
    }
    found
}

/// Reads a file as TensorBoard does: whole records with right checksums, a torn last one left out.
fn read_file(path: &Path) -> Curves {
    let bytes = fs::read(path).expect("event file");
    let mut curves = Curves::new();
    let mut rest = &bytes[..];
    let mut records = 0;
    while rest.len() >= 12 {
        let length = u64::from_le_bytes(rest[..8].try_into().expect("8 bytes")) as usize;
        assert_eq!(rest[8..12], record::masked_crc(&rest[..8]).to_le_bytes());
        if rest.len() < length + 16 {
            break;
        }
        let (data, crc) = rest[12..length + 16].split_at(length);
        assert_eq!(crc, record::masked_crc(data).to_le_bytes());
        rest = &rest[length + 16..];
        let event = fields(data);
        let field = |wanted: u64| {
            event
                .iter()
                .find(|(number, _)| *number == wanted)
                .map(|(_, value)| value)
        };
        let step = u64::from_le_bytes(field(2).expect("step")[..].try_into().expect("8 bytes"));
        if records == 0 {
            assert_eq!(field(3).expect("version"), b"brain.Event:2");
        }
        for (_, value) in field(5).map_or_else(Vec::new, |summary| fields(summary)) {
            let parts = fields(&value);
            let tag = String::from_utf8(parts[0].1.clone()).expect("text");
            let number = f32::from_le_bytes(parts[1].1[..].try_into().expect("4 bytes"));
            curves.entry(tag).or_default().push((step, number));
        }
        records += 1;
    }
    curves
}

fn only_file(dir: &RunDir) -> PathBuf {
    let files = event_files(dir.path()).expect("list");
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

/// The curves the window shows of the same log.
fn window(dir: &RunDir) -> Curves {
    let mut view = RunView::default();
    let mut reader = EventReader::new(&dir.events_path());
    loop {
        let batch = reader.poll().expect("poll");
        batch.items.iter().for_each(|item| view.apply_item(item));
        if batch.caught_up {
            break;
        }
    }
    let curves = view.series.iter().filter(|(_, series)| !series.is_empty());
    curves
        .map(|(name, series)| {
            let points = series.iter().map(|[step, value]| (step as u64, value as f32));
            (name.clone(), points.collect())
        })
        .collect()
}

/// What both show; `epoch` and the test metrics are on no curve of the window.
fn shared(mut curves: Curves) -> Curves {
    curves.retain(|tag, _| tag != "epoch" && !tag.starts_with("test/"));
    curves
}

fn train(loss: f64) -> EventBody {
    EventBody::Train {
        loss,
        learning_rate: 1.0 / 3.0,
        grad_norm: f64::NAN,
        epoch: 0.25,
        samples_per_sec: 27.5,
        tokens_per_sec: 900.0,
        padding_share: 0.0,
        rss_bytes: 1 << 31,
    }
}

fn evaluated(auc: f64) -> EventBody {
    EventBody::Evaluated {
        metrics: BTreeMap::from([("auc".to_owned(), auc)]),
        best: false,
        samples: Vec::new(),
    }
}

struct Attempt {
    log: EventWriter,
    mirror: EventFile,
}

impl Attempt {
    fn start(dir: &RunDir) -> Self {
        Self {
            log: EventWriter::open(&dir.events_path()).expect("log"),
            mirror: EventFile::beside(dir),
        }
    }

    fn say(&mut self, step: u64, body: EventBody) {
        let event = self.log.write(step, body).expect("write");
        self.mirror.add(&event).expect("mirror");
    }
}

fn run(folder: &tempfile::TempDir) -> RunDir {
    RunDir::create_at(&folder.path().join("run"), &TrainConfig::default()).expect("run")
}

#[test]
fn steps_and_values_are_those_of_the_log_and_undefined_ones_are_absent() {
    let folder = tempfile::tempdir().expect("temp dir");
    let dir = run(&folder);
    let mut attempt = Attempt::start(&dir);
    attempt.say(
        0,
        EventBody::Log {
            message: "x".to_owned(),
        },
    );
    assert!(event_files(dir.path()).expect("list").is_empty(), "nothing to plot yet");
    attempt.say(1, train(0.7));
    attempt.say(2, train(0.1 + 0.2));
    attempt.say(2, evaluated(0.9));
    let curves = read_file(&only_file(&dir));
    assert_eq!(curves["train/loss"], [(1, 0.7), (2, 0.3)]);
    assert_eq!(curves["valid/auc"], [(2, 0.9)]);
    assert_eq!(curves["epoch"], [(1, 0.25), (2, 0.25)]);
    assert!(!curves.contains_key("grad_norm"), "it was never finite");
    assert_eq!(shared(curves), window(&dir));
}

#[test]
fn a_kill_at_any_byte_and_a_resume_leave_neither_gap_nor_repeat() {
    let folder = tempfile::tempdir().expect("temp dir");
    let dir = run(&folder);
    let mut first = Attempt::start(&dir);
    for step in 1..=6 {
        first.say(step, train(step as f64));
    }
    drop(first);
    let file = only_file(&dir);
    let whole = fs::read(&file).expect("read");
    for cut in [whole.len() - 1, whole.len() - 40, whole.len() - 300, 3] {
        fs::write(&file, &whole[..cut]).expect("cut");
        assert!(
            read_file(&file).get("train/loss").map_or(0, Vec::len) < 6,
            "readable all the same"
        );
    }
    let mut second = Attempt::start(&dir);
    second.say(4, EventBody::Resumed { from_step: 4 });
    let old = file;
    let file = only_file(&dir);
    assert!(
        file > old,
        "a reader that is watching goes on with a name that follows: {file:?}"
    );
    for step in 5..=7 {
        second.say(step, train(step as f64 + 0.5));
    }
    let curves = read_file(&file);
    let expected = [(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0), (5, 5.5), (6, 6.5), (7, 7.5)];
    assert_eq!(curves["train/loss"], expected);
    assert_eq!(shared(curves), window(&dir));
}

#[test]
fn an_event_the_disk_had_no_room_for_is_there_later() {
    let folder = tempfile::tempdir().expect("temp dir");
    let dir = run(&folder);
    let mut attempt = Attempt::start(&dir);
    attempt.say(1, train(1.0));
    let path = only_file(&dir);
    // A handle that cannot be written to stands for the full disk.
    attempt.mirror.open = Some((File::open(&path).expect("open"), path.clone()));
    let event = attempt.log.write(2, train(2.0)).expect("log");
    assert!(attempt.mirror.add(&event).is_err());
    attempt.say(3, train(3.0));
    assert_eq!(
        read_file(&only_file(&dir))["train/loss"],
        [(1, 1.0)],
        "no attempt for a while"
    );
    attempt.mirror.failed_at = None;
    attempt.say(4, train(4.0));
    let curves = read_file(&only_file(&dir));
    assert_eq!(curves["train/loss"], [(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    /// Whatever happens and however often it is resumed, the file shows what the window shows.
    #[test]
    fn the_file_shows_what_the_window_shows(
        script in proptest::collection::vec((0_u8..12, 0_u64..20), 1..60)
    ) {
        let folder = tempfile::tempdir().expect("temp dir");
        let dir = run(&folder);
        let mut attempt = Attempt::start(&dir);
        let mut step = 0;
        for (kind, number) in script {
            match kind {
                0 => {
                    attempt = Attempt::start(&dir);
                    step = step.min(number);
                    attempt.say(step, EventBody::Resumed { from_step: step });
                }
                1 => {
                    // No checkpoint yet: it starts again without a word of resuming.
                    attempt = Attempt::start(&dir);
                    step = 0;
                }
                2 => attempt.say(step, evaluated(number as f64 / 20.0)),
                3 => attempt.say(step, EventBody::Paused),
                _ => {
                    step += 1 + number % 3;
                    attempt.say(step, train(number as f64));
                }
            }
            if let [file] = &event_files(dir.path()).expect("list")[..] {
                let window = window(&dir);
                if attempt.mirror.open.is_some() {
                    prop_assert_eq!(shared(read_file(file)), window);
                }
            }
        }
    }
}
