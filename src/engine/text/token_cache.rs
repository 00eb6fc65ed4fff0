//! Tokens kept on the disk under the hash of what they were made from, so that a second run starts at once.
//!
//! In: texts and a tokenizer. Out: the `TokenTable` that `encode_all` gives, read back where it was made before.
//! The name of an entry is the BLAKE3 of the tokenizer, its maximum length and all texts. Invariants: an entry is
//! whole (written aside, renamed) and checked against its own hash when it is read; a damaged one is removed and made
//! anew; the folder stays below its limit, the entries used longest ago going first; a cache that cannot be read or
//! written costs time, never a run.

use super::tokenize::{TextError, TextTokenizer, TokenStats, TokenTable};
use crate::engine::progress::Progress;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// Format of the files; one of another format has another name.
const FORMAT: &[u8; 8] = b"TSTOKEN1";
/// Bytes of all entries together.
const LIMIT_BYTES: u64 = 2 << 30;
/// Shorter texts are tokenised sooner than a file is looked up.
const LEAST_TEXT_BYTES: usize = 64 << 10;

/// A folder of token tables.
#[derive(Clone, Debug)]
pub struct TokenCache {
    dir: PathBuf,
    limit_bytes: u64,
    least_text_bytes: usize,
}

impl TokenCache {
    /// In `tokens` below the program's cache folder.
    pub fn below(cache_root: &Path) -> Self {
        Self {
            dir: cache_root.join("tokens"),
            limit_bytes: LIMIT_BYTES,
            least_text_bytes: LEAST_TEXT_BYTES,
        }
    }

    #[cfg(test)]
    fn small(dir: &Path, limit_bytes: u64) -> Self {
        Self {
            dir: dir.to_owned(),
            limit_bytes,
            least_text_bytes: 1,
        }
    }

    /// What `tokenizer.encode_all` gives for these texts, and whether it was read from the cache.
    ///
    /// # Errors
    /// Those of `encode_all`; a broken cache is no error.
    pub fn encode_all(
        &self,
        tokenizer: &TextTokenizer,
        texts: &[String],
        pairs: Option<&[String]>,
        progress: &Progress,
    ) -> Result<(TokenTable, bool), TextError> {
        let bytes: usize = texts.iter().chain(pairs.unwrap_or_default()).map(String::len).sum();
        if bytes < self.least_text_bytes {
            return Ok((tokenizer.encode_all(texts, pairs, progress)?, false));
        }
        let path = self.dir.join(format!("{}.tokens", key(tokenizer, texts, pairs)?));
        if let Some(table) = self.read(&path).filter(|table| table.num_rows() == texts.len()) {
            progress.set(1.0);
            progress.set_rows(texts.len() as u64);
            return Ok((table, true));
        }
        let table = tokenizer.encode_all(texts, pairs, progress)?;
        if let Err(error) = self.keep(&path, &table) {
            tracing::warn!("the tokens are not kept in {}: {error}", path.display());
        }
        Ok((table, false))
    }

    fn read(&self, path: &Path) -> Option<TokenTable> {
        let bytes = fs::read(path).ok()?;
        let table = unpack(&bytes);
        if table.is_none() {
            tracing::warn!("{} is damaged and is made anew", path.display());
            drop(fs::remove_file(path));
        } else if let Ok(file) = fs::File::options().append(true).open(path) {
            // Marks it as used; a folder that may not be written to only loses the order of use.
            drop(file.set_modified(SystemTime::now()));
        }
        table
    }

    fn keep(&self, path: &Path, table: &TokenTable) -> std::io::Result<()> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let bytes = pack(table);
        if bytes.len() as u64 > self.limit_bytes {
            return Ok(());
        }
        fs::create_dir_all(&self.dir)?;
        self.make_room(bytes.len() as u64)?;
        let unique = COUNTER.fetch_add(1, Ordering::Relaxed);
        let aside = path.with_extension(format!("{}-{unique}.part", std::process::id()));
        let written = fs::File::create(&aside)
            .and_then(|mut file| file.write_all(&bytes).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&aside, path));
        if written.is_err() {
            drop(fs::remove_file(&aside));
        }
        written
    }

    /// Removes the entries used longest ago until `wanted` bytes fit, and what interrupted writers left a day ago.
    fn make_room(&self, wanted: u64) -> std::io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let (path, metadata) = match entry.and_then(|entry| Ok((entry.path(), entry.metadata()?))) {
                Ok(found) => found,
                // Another process removed it.
                Err(_) => continue,
            };
            let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            let is_old = used.elapsed().is_ok_and(|age| age.as_secs() > 86_400);
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("tokens") => entries.push((used, metadata.len(), path)),
                Some("part") if is_old => drop(fs::remove_file(&path)),
                _ => {}
            }
        }
        entries.sort();
        let mut held: u64 = entries.iter().map(|(_, len, _)| len).sum();
        for (_, len, path) in entries {
            if held + wanted <= self.limit_bytes {
                break;
            }
            drop(fs::remove_file(&path));
            held -= len;
        }
        Ok(())
    }
}

/// Hash of the tokenizer (its truncation included) and of all texts, each with its length before it.
fn key(tokenizer: &TextTokenizer, texts: &[String], pairs: Option<&[String]>) -> Result<String, TextError> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(FORMAT);
    hasher.update(env!("CARGO_PKG_VERSION").as_bytes());
    hasher.update(tokenizer.serialised()?.as_bytes());
    hasher.update(&(tokenizer.max_length() as u64).to_le_bytes());
    for column in [Some(texts), pairs] {
        hasher.update(&(column.map_or(u64::MAX, |column| column.len() as u64)).to_le_bytes());
        for text in column.unwrap_or_default() {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// Format, BLAKE3 of the rest, rows, six counts, width of an id in bytes, then length and second start of each row
/// (u32), then all ids (u16 where they fit). Little-endian.
fn pack(table: &TokenTable) -> Vec<u8> {
    let (ids, lengths, second) = table.parts();
    let is_narrow = ids.iter().all(|&id| id <= u32::from(u16::MAX));
    let mut rest = Vec::with_capacity(64 + 8 * second.len() + 4 * ids.len());
    let TokenStats {
        rows,
        tokens,
        longest,
        truncated_rows,
        unknown_tokens,
        empty_rows,
    } = table.stats;
    let counts = [
        rows,
        tokens,
        u64::from(longest),
        truncated_rows,
        unknown_tokens,
        empty_rows,
    ];
    for count in [second.len() as u64].into_iter().chain(counts) {
        rest.extend(count.to_le_bytes());
    }
    rest.push(if is_narrow { 2 } else { 4 });
    for value in lengths.iter().chain(second) {
        rest.extend(value.to_le_bytes());
    }
    for &id in ids {
        match u16::try_from(id) {
            Ok(id) if is_narrow => rest.extend(id.to_le_bytes()),
            _ => rest.extend(id.to_le_bytes()),
        }
    }
    let mut bytes = FORMAT.to_vec();
    bytes.extend(blake3::hash(&rest).as_bytes());
    bytes.append(&mut rest);
    bytes
}

/// `None` if anything is not as `pack` writes it.
fn unpack(bytes: &[u8]) -> Option<TokenTable> {
    let rest = bytes.strip_prefix(FORMAT)?;
    let (hash, rest) = rest.split_at_checked(blake3::OUT_LEN)?;
    if blake3::hash(rest).as_bytes() != hash {
        return None;
    }
    let (head, rest) = rest.split_at_checked(7 * 8 + 1)?;
    let count = |at: usize| Some(u64::from_le_bytes(head.get(at * 8..at * 8 + 8)?.try_into().ok()?));
    let rows = usize::try_from(count(0)?).ok()?;
    let stats = TokenStats {
        rows: count(1)?,
        tokens: count(2)?,
        longest: u32::try_from(count(3)?).ok()?,
        truncated_rows: count(4)?,
        unknown_tokens: count(5)?,
        empty_rows: count(6)?,
    };
    let words = |bytes: &[u8]| -> Vec<u32> {
        let words = bytes.as_chunks::<4>().0;
        words.iter().map(|word| u32::from_le_bytes(*word)).collect()
    };
    let (lengths, rest) = rest.split_at_checked(rows.checked_mul(4)?)?;
    let (second, rest) = rest.split_at_checked(rows * 4)?;
    let ids = match head.last()? {
        2 => rest
            .as_chunks::<2>()
            .0
            .iter()
            .map(|id| u32::from(u16::from_le_bytes(*id)))
            .collect(),
        4 => words(rest),
        _ => return None,
    };
    TokenTable::from_parts(ids, &words(lengths), words(second), stats)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokenizer(dir: &Path, max_length: usize) -> TextTokenizer {
        let vocab = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nred\nshoe\n##s\ndress\n";
        fs::write(dir.join("vocab.txt"), vocab).expect("file");
        TextTokenizer::open(dir, max_length).expect("tokenizer")
    }

    fn texts(count: usize) -> Vec<String> {
        (0..count)
            .map(|i| format!("red {}shoes odd", "dress ".repeat(i % 7)))
            .collect()
    }

    fn entries(dir: &Path) -> Vec<PathBuf> {
        let listed = fs::read_dir(dir).expect("folder");
        listed.map(|entry| entry.expect("entry").path()).collect()
    }

    #[test]
    fn tokens_come_back_as_they_were_and_only_for_the_same_texts_and_length() {
        let dir = tempfile::tempdir().expect("temp");
        let cache = TokenCache::small(&dir.path().join("c"), 1 << 20);
        let (texts, progress) = (texts(50), Progress::new());
        let pairs: Vec<String> = (0..50).map(|i| ["dress", "red shoe"][i % 2].to_owned()).collect();
        let long = tokenizer(dir.path(), 12);
        for pairs in [None, Some(&pairs[..])] {
            let expected = long.encode_all(&texts, pairs, &progress).expect("encode");
            let first = cache.encode_all(&long, &texts, pairs, &progress).expect("first");
            let second = cache.encode_all(&long, &texts, pairs, &progress).expect("second");
            assert_eq!((first, second), ((expected.clone(), false), (expected, true)));
        }
        let short = tokenizer(dir.path(), 6);
        let cut = cache.encode_all(&short, &texts, None, &progress).expect("other length");
        assert!(!cut.1 && cut.0.stats.longest == 6);
        let fewer = cache
            .encode_all(&long, &texts[1..], None, &progress)
            .expect("other texts");
        assert!(!fewer.1);
        assert_eq!(entries(&dir.path().join("c")).len(), 4);
    }

    #[test]
    fn a_damaged_entry_is_made_anew() {
        let dir = tempfile::tempdir().expect("temp");
        let cache = TokenCache::small(&dir.path().join("c"), 1 << 20);
        let (tokenizer, texts, progress) = (tokenizer(dir.path(), 12), texts(50), Progress::new());
        let (expected, _) = cache.encode_all(&tokenizer, &texts, None, &progress).expect("made");
        let path = entries(&dir.path().join("c")).remove(0);
        let whole = fs::read(&path).expect("entry");
        for at in [0, 9, 41, 60, whole.len() - 1] {
            let mut bad = whole.clone();
            bad[at] ^= 1;
            fs::write(&path, &bad).expect("damage");
            let found = cache.encode_all(&tokenizer, &texts, None, &progress).expect("anew");
            assert_eq!(found, (expected.clone(), false), "byte {at}");
        }
        for len in [0, 8, 40, 97, whole.len() - 1] {
            fs::write(&path, &whole[..len]).expect("cut");
            let found = cache.encode_all(&tokenizer, &texts, None, &progress).expect("anew");
            assert_eq!(found, (expected.clone(), false), "{len} bytes");
        }
        assert!(cache.encode_all(&tokenizer, &texts, None, &progress).expect("whole").1);
    }

    #[test]
    fn the_entries_used_longest_ago_go_and_a_folder_that_cannot_be_written_costs_nothing() {
        let dir = tempfile::tempdir().expect("temp");
        let (tokenizer, progress) = (tokenizer(dir.path(), 12), Progress::new());
        let one = pack(&tokenizer.encode_all(&texts(50), None, &progress).expect("encode")).len() as u64;
        let cache = TokenCache::small(&dir.path().join("c"), 2 * one + one / 2);
        let of = |n: usize| {
            let mut texts = texts(50);
            texts[0] = format!("red {n}");
            texts
        };
        let was_there = |n: usize| {
            // Times of files may be as coarse as a few milliseconds.
            std::thread::sleep(std::time::Duration::from_millis(20));
            cache.encode_all(&tokenizer, &of(n), None, &progress).expect("encode").1
        };
        assert!(!was_there(1) && !was_there(2) && was_there(1) && !was_there(3));
        assert!(was_there(1) && was_there(3) && !was_there(2), "2 was used longest ago");
        fs::write(dir.path().join("file"), "").expect("file");
        let blocked = TokenCache::small(&dir.path().join("file/c"), 1 << 20);
        let (table, cached) = blocked.encode_all(&tokenizer, &of(1), None, &progress).expect("encode");
        assert!(!cached && table.num_rows() == 50);
    }

    #[test]
    fn wide_ids_and_few_texts() {
        let table = TokenTable::from_rows(&[vec![1, 70_000, 3], vec![9]]);
        assert_eq!(unpack(&pack(&table)), Some(table));
        let dir = tempfile::tempdir().expect("temp");
        let cache = TokenCache::below(dir.path());
        let tokenizer = tokenizer(dir.path(), 12);
        let (_, cached) = cache
            .encode_all(&tokenizer, &texts(9), None, &Progress::new())
            .expect("encode");
        assert!(
            !cached && !dir.path().join("tokens").exists(),
            "too little to be worth a file"
        );
    }
}
