//! The reader against a script that grows, tears, shrinks and replaces the log.

use super::*;
use crate::engine::run::event::{EVENT_VERSION, EventBody};
use proptest::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Clone, Debug, Default)]
struct Script(Rc<RefCell<File_>>);

#[derive(Debug, Default)]
struct File_ {
    exists: bool,
    identity: u64,
    bytes: Vec<u8>,
    reads: usize,
    fail_next_read: bool,
}

impl Script {
    fn append(&self, bytes: &[u8]) {
        let mut file = self.0.borrow_mut();
        file.exists = true;
        file.bytes.extend_from_slice(bytes);
    }

    fn replace(&self, bytes: &[u8], same_file: bool) {
        let mut file = self.0.borrow_mut();
        file.identity += u64::from(!same_file);
        file.bytes = bytes.to_vec();
    }
}

impl LogSource for Script {
    fn stat(&mut self) -> io::Result<Option<SourceStat>> {
        let file = self.0.borrow();
        Ok(file.exists.then(|| SourceStat {
            len: file.bytes.len() as u64,
            identity: file.identity,
        }))
    }

    fn read_at(&mut self, offset: u64, max: usize) -> io::Result<Vec<u8>> {
        let mut file = self.0.borrow_mut();
        file.reads += 1;
        if std::mem::take(&mut file.fail_next_read) {
            return Err(io::Error::other("scripted"));
        }
        let start = (offset as usize).min(file.bytes.len());
        let end = start.saturating_add(max).min(file.bytes.len());
        Ok(file.bytes[start..end].to_vec())
    }
}

fn reader() -> (Script, EventReader<Script>) {
    let script = Script::default();
    (
        script.clone(),
        EventReader::with_source(script, Path::new("events.jsonl")),
    )
}

fn event(seq: u64) -> Event {
    Event {
        v: EVENT_VERSION,
        seq,
        wall_ms: 1000 + seq,
        step: seq * 10,
        body: EventBody::Log {
            message: format!("第 {seq} 行\n\"quoted\""),
        },
        writer: 1,
    }
}

fn line(seq: u64) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(&event(seq)).expect("plain data");
    bytes.push(b'\n');
    bytes
}

fn seqs(batch: &Batch) -> Vec<u64> {
    batch
        .items
        .iter()
        .map(|item| match item {
            LogItem::Event(event) => event.seq,
            LogItem::Corrupt { line, .. } => 1000 + line,
            LogItem::Reset => 9999,
        })
        .collect()
}

#[test]
fn an_unfinished_line_waits_and_nothing_is_read_twice() {
    let (script, mut reader) = reader();
    assert_eq!(reader.poll().expect("no file yet").items, []);
    let text = line(0);
    script.append(&text[..7]);
    assert_eq!(reader.poll().expect("part").items, []);
    script.append(&text[7..text.len() - 1]);
    assert_eq!(reader.poll().expect("all but the break").items, []);
    script.append(b"\n");
    script.append(&line(1));
    assert_eq!(seqs(&reader.poll().expect("two")), [0, 1]);
    let reads = script.0.borrow().reads;
    assert_eq!(
        reader.poll().expect("quiet"),
        Batch {
            items: vec![],
            caught_up: true
        }
    );
    assert_eq!(script.0.borrow().reads, reads, "a quiet log is not opened");
    script.append(&line(2));
    assert_eq!(seqs(&reader.poll().expect("one more")), [2]);
}

#[test]
fn a_corrupt_middle_line_is_told_with_its_number_and_passed() {
    let (script, mut reader) = reader();
    script.append(&line(0));
    script.append(b"{\"v\":1,\"seq\":1,\"wall_ms\":\xff\xfe}\n\n");
    script.append(b"{\"v\":1,\"seq\":2,\"wall_ms\":1,\"step\":0,\"type\":\"dance\"}\n");
    script.append(b"{\"v\":2,\"seq\":3,\"wall_ms\":1,\"step\":0,\"type\":\"log\",\"message\":\"\"}\n");
    script.append(&line(4));
    let batch = reader.poll().expect("poll");
    assert_eq!(seqs(&batch), [0, 1002, 1004, 1005, 4]);
    let message = |at: usize| match &batch.items[at] {
        LogItem::Corrupt { message, .. } => message.clone(),
        other => panic!("{other:?}"),
    };
    assert!(message(2).contains("unknown variant `dance`"), "{}", message(2));
    assert!(message(3).contains("newer version"), "{}", message(3));
}

#[test]
fn a_file_that_shrank_or_was_replaced_is_read_anew() {
    for (what, same_file, new) in [
        ("shrank", true, line(7)),
        ("another file, longer", false, [line(7), line(8), line(9)].concat()),
        ("rewritten in place, longer", true, [line(7), line(8), line(9)].concat()),
    ] {
        let (script, mut reader) = reader();
        script.append(&[line(0), line(1)].concat());
        assert_eq!(seqs(&reader.poll().expect("poll")), [0, 1]);
        script.replace(&new, same_file);
        let read = seqs(&reader.poll().expect("poll"));
        assert_eq!(read[..2], [9999, 7], "{what}");
        script.append(&line(20));
        assert_eq!(seqs(&reader.poll().expect("poll")), [20], "{what}");
    }
}

#[test]
fn a_read_error_loses_neither_lines_nor_the_reset() {
    let (script, mut reader) = reader();
    script.append(&line(0));
    assert_eq!(seqs(&reader.poll().expect("poll")), [0]);
    script.replace(&line(5), false);
    script.0.borrow_mut().fail_next_read = true;
    assert!(reader.poll().is_err());
    assert_eq!(seqs(&reader.poll().expect("again")), [9999, 5]);
    script.0.borrow_mut().exists = false;
    assert_eq!(seqs(&reader.poll().expect("gone")), [9999]);
    assert_eq!(seqs(&reader.poll().expect("still gone")), [0_u64; 0]);
}

#[test]
fn lines_longer_than_a_chunk_arrive_whole_after_a_replacement_too() {
    let (script, mut reader) = reader();
    script.append(&line(0));
    assert_eq!(seqs(&reader.poll().expect("poll")), [0]);
    let mut long = event(1);
    long.body = EventBody::Log {
        message: "x".repeat(3 * CHUNK_BYTES),
    };
    let mut bytes = serde_json::to_vec(&long).expect("plain data");
    bytes.push(b'\n');
    bytes.extend(line(2));
    script.replace(&bytes, false);
    let mut got = Vec::new();
    for _ in 0..10 {
        let batch = reader.poll().expect("poll");
        got.extend(seqs(&batch));
        if batch.caught_up {
            break;
        }
    }
    assert_eq!(got, [9999, 1, 2]);
}

#[test]
fn the_file_source_follows_a_real_file() {
    let folder = tempfile::tempdir().expect("temp dir");
    let path = folder.path().join("events.jsonl");
    let mut reader = EventReader::new(&path);
    assert!(reader.poll().expect("absent").items.is_empty());
    std::fs::write(&path, [line(0), line(1)].concat()).expect("write");
    assert_eq!(seqs(&reader.poll().expect("poll")), [0, 1]);
    let other = folder.path().join("other");
    std::fs::write(&other, [line(3), line(4), line(5)].concat()).expect("write");
    std::fs::rename(&other, &path).expect("rename");
    assert_eq!(seqs(&reader.poll().expect("poll")), [9999, 3, 4, 5]);
}

proptest! {
    /// However the bytes arrive and whenever one looks, the same items come out once.
    #[test]
    fn any_growth_reads_as_the_whole(
        kinds in proptest::collection::vec(0_u8..6, 0..30),
        cuts in proptest::collection::vec(1_usize..90, 1..200),
    ) {
        let mut bytes = Vec::new();
        for (seq, kind) in kinds.iter().enumerate() {
            match kind {
                0 => bytes.extend_from_slice(b"garbage\n"),
                1 => bytes.extend_from_slice(b"\n"),
                _ => bytes.extend(line(seq as u64)),
            }
        }
        let (script, mut whole) = reader();
        script.append(&bytes);
        let expected = whole.poll().expect("whole").items;
        let (script, mut grown) = reader();
        let mut got = Vec::new();
        let mut rest = &bytes[..];
        for cut in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (now, later) = rest.split_at((*cut).min(rest.len()));
            script.append(now);
            rest = later;
            got.extend(grown.poll().expect("poll").items);
        }
        prop_assert_eq!(got, expected);
    }
}
