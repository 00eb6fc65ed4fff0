//! The reader under mutated files: no panic, every record accounted for, preview and reading agree.
//!
//! The target is that of `tests/fuzz`, which libFuzzer runs where a nightly compiler is; here small files made on the
//! spot are mutated with a counted generator, and what leads to something new is mutated further. A longer run:
//! `FUZZ_MINUTES=30 FUZZ_OUT=folder cargo test --release --test it -- --ignored fuzz::for_minutes --nocapture`.

#[path = "../fuzz/target.rs"]
mod target;

use std::collections::HashSet;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};
use target::{OPTION_BYTES, read_bytes};
use touchstone::engine::ingest::{ReadOptions, read_log, write};
use touchstone::engine::progress::Progress;

/// Inputs that once failed, options first.
const FINDS: [&[u8]; 1] = [
    // The double quote as the delimiter, apostrophes that enclose nothing: the quote became the delimiter, too.
    b"\x88\x00\x01\x00\x00\x00\x00\x00\x81\x00P2h:\n\n\"\n2'\"\"2",
];

/// Pieces that mean something to the reader.
const TOKENS: [&[u8]; 44] = [
    b",",
    b";",
    b"\t",
    b"|",
    b"\"",
    b"\"\"",
    b"'",
    b"\\",
    b"\\\"",
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b" ",
    b"#",
    b"//",
    b"--",
    b"NA",
    b"\\N",
    b"null",
    "空".as_bytes(),
    b"0",
    b"-1",
    b"1.5",
    b"1,234.50",
    b"1.234,50",
    "￥5".as_bytes(),
    b"99999999999999999999",
    b"1e308",
    b"20191001",
    b"2019-10-01 00:00:00 UTC",
    b"31/12/2019",
    b"1/2/19",
    b"1511544070123",
    b"true",
    "是".as_bytes(),
    b"{\"a\":",
    b"}",
    b"{\"a\":1}\n",
    b"\xEF\xBB\xBF",
    b"\xFF\xFE",
    b"\x00",
    b"\xC3",
    b"\xFF",
];

/// SplitMix64 (Steele, Lea, Flood 2014): every draw a function of the seed and its number.
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }
}

fn seeds(folder: &Path) -> Vec<Vec<u8>> {
    let log = "user_id,item_id,event,time,price\n1,10,pv,2019-10-01 00:00:00 UTC,1.5\n2,11,cart,2019-10-01 00:01:00 UTC,\n\
               3,12,\"buy, now\",2019-10-02 08:00:00 UTC,33.20\n";
    let mut files: Vec<Vec<u8>> = [
        log,
        &log.replace(',', ";").replace('\n', "\r\n"),
        &log.replace('\n', "\r"),
        &log.replace(',', "\t"),
        "a report\nof today\n\nid,n\n1,2\n3\n4,5,6\n7,8\n\nend of report\n",
        "# made by hand\n# twice\nid,note\n1,\"two\nlines\"\n2,\"he said \"\"hi\"\"\"\n3,5\" screen\n4,\"open\n5,x\n",
        "d;p;b\n13/1/2010 08:00;1.234,50;ja\n1/2/2010 09:30;2,25;nein\n3/4/2010 10:00;NA;ja\n",
        "ts,day,flag\n1511544070123,20191001,true\n1511544071123,20191002,false\n0,20191003,NA\n",
        "{\"user\": 1, \"item\": {\"id\": \"a\\u00e9\", \"tags\": [1, 2]}, \"ok\": true}\n{\"user\": 2}\nno object\n",
        "name      city        n\nAnn       Rome        1\nBob       Oslo       20\nCat       Lima      300\nDan       Bonn        4\n\
         Eva       Kyiv        5\nFay       Cairo      66\n",
        "\"834778,UK\"\n\"834779,\"\"F R\"\"\"\n\"834780,DE\"\n",
        "1,2268318,2520377,pv,1511544070\n1,2333346,2520771,pv,1511561733\n1,2576651,149192,pv,1511572885\n",
        "用户,商品,行为\n张三,手机壳,浏览\n李四,数据线,购买\n",
        "a,b\n",
        "x\n",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    let chinese = "编号,名称\n1,红色连衣裙很漂亮质量不错\n2,这件衣服的质量非常好\n";
    files.push(encoding_rs::GB18030.encode(chinese).0.into_owned());
    files.push(
        encoding_rs::BIG5
            .encode("編號,名稱\n1,這個產品的品質非常好\n")
            .0
            .into_owned(),
    );
    files.push(b"id,caf\xE9\n1,na\xEFve\n2,\x93so\x94\n".to_vec());
    let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    files.push(wide(&format!("\u{FEFF}{chinese}"), u16::to_le_bytes));
    files.push(wide(log, u16::to_be_bytes));
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(log.as_bytes()).expect("packed");
    files.push(gz.finish().expect("packed"));
    files.push(zstd::encode_all(log.as_bytes(), 1).expect("packed"));
    let path = folder.join("seed.csv");
    std::fs::write(&path, log).expect("written");
    let table = read_log(&[path], &ReadOptions::default(), &Progress::new()).expect("a table");
    let parquet = folder.join("seed.parquet");
    write::write_table(&table.frame, &parquet).expect("written");
    files.push(std::fs::read(parquet).expect("written"));
    let with_options = |file: Vec<u8>| [vec![0; OPTION_BYTES], file].concat();
    files.into_iter().map(with_options).collect()
}

/// One to eight changes.
fn mutated(pool: &[Vec<u8>], draws: &mut Draws) -> Vec<u8> {
    let mut input = pool[draws.below(pool.len())].clone();
    for _ in 0..=draws.below(8) {
        let length = input.len().max(1);
        match draws.below(9) {
            // Half of the changes of options go back to what is found.
            0 => {
                let at = draws.below(OPTION_BYTES.min(length));
                let value = if draws.below(2) == 0 { 0 } else { draws.next() as u8 };
                if let Some(byte) = input.get_mut(at) {
                    *byte = value;
                }
            }
            1 => {
                let at = draws.below(length);
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << draws.below(8);
                }
            }
            2 | 3 => {
                let at = OPTION_BYTES.min(input.len()) + draws.below(input.len().saturating_sub(OPTION_BYTES) + 1);
                let token = TOKENS[draws.below(TOKENS.len())];
                input.splice(at.min(input.len())..at.min(input.len()), token.iter().copied());
            }
            4 => {
                let (start, end) = range(input.len(), draws);
                input.drain(start..end);
            }
            5 => {
                let (start, end) = range(input.len(), draws);
                let piece = input[start..end].to_vec();
                let times = 1 + draws.below(20);
                if piece.len() * times < 64 << 10 {
                    input.splice(end..end, piece.repeat(times));
                }
            }
            6 => {
                let other = &pool[draws.below(pool.len())];
                let (start, end) = range(other.len(), draws);
                let at = draws.below(input.len() + 1);
                input.splice(at..at, other[start..end].iter().copied());
            }
            7 => input.truncate(draws.below(length)),
            _ => {
                let (start, end) = range(input.len(), draws);
                let token = TOKENS[draws.below(TOKENS.len())];
                input.splice(start..end, token.iter().copied());
            }
        }
    }
    input.truncate(200 << 10);
    input
}

fn range(length: usize, draws: &mut Draws) -> (usize, usize) {
    let start = OPTION_BYTES.min(length) + draws.below(length.saturating_sub(OPTION_BYTES) + 1);
    let start = start.min(length);
    (start, start + draws.below((length - start).min(200) + 1))
}

/// What a run did.
#[derive(Debug, Default)]
struct Figures {
    executions: u64,
    outcomes: usize,
    slowest: Duration,
    crashes: Vec<Vec<u8>>,
}

fn run(seed: u64, until: impl Fn(&Figures) -> bool) -> Figures {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pool = seeds(folder.path());
    let mut draws = Draws(seed);
    let (mut figures, mut known, mut messages) = (Figures::default(), HashSet::new(), HashSet::new());
    let mut planned = pool.clone();
    while !until(&figures) {
        let input = planned.pop().unwrap_or_else(|| mutated(&pool, &mut draws));
        let started = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| read_bytes(folder.path(), &input)));
        figures.executions += 1;
        figures.slowest = figures.slowest.max(started.elapsed());
        match outcome {
            Ok(word) => {
                if known.insert(word) {
                    figures.outcomes += 1;
                    if pool.len() < 4000 {
                        pool.push(input);
                    }
                }
            }
            Err(panic) => {
                let text = panic
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                    .unwrap_or_default();
                let message = text
                    .chars()
                    .filter(|letter| !letter.is_ascii_digit())
                    .take(60)
                    .collect::<String>();
                if messages.insert(message) {
                    figures.crashes.push(input);
                }
            }
        }
    }
    figures
}

#[test]
fn what_once_failed_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    for input in FINDS {
        read_bytes(folder.path(), input);
    }
}

#[test]
fn a_few_hundred_mutated_files_are_read() {
    let figures = run(1, |figures| figures.executions >= 300);
    assert!(figures.crashes.is_empty(), "{:?}", figures.crashes);
    assert!(figures.outcomes > 20, "{} kinds of outcomes", figures.outcomes);
}

#[test]
#[ignore = "runs as long as FUZZ_MINUTES says"]
fn for_minutes() {
    let number = |name: &str, otherwise: f64| {
        let given = std::env::var(name).ok().and_then(|text| text.parse().ok());
        given.unwrap_or(otherwise)
    };
    let (minutes, seed) = (number("FUZZ_MINUTES", 1.0), number("FUZZ_SEED", 2.0) as u64);
    let end = Instant::now() + Duration::from_secs_f64(minutes * 60.0);
    let figures = run(seed, |_| Instant::now() >= end);
    let crashes = figures.crashes.len();
    eprintln!(
        "{} executions in {minutes} minutes, {} kinds of outcomes, slowest {:?}, {crashes} kinds of crashes",
        figures.executions, figures.outcomes, figures.slowest
    );
    if let Some(out) = std::env::var_os("FUZZ_OUT") {
        for (number, input) in figures.crashes.iter().enumerate() {
            let path = Path::new(&out).join(format!("crash-{seed}-{number}"));
            std::fs::write(&path, input).expect("FUZZ_OUT is a folder");
            eprintln!("{}", path.display());
        }
    }
    assert_eq!(crashes, 0);
}
