//! A hub of the test's own on this machine: repositories out of memory, over HTTP.
//!
//! Invariant: it answers what the Hugging Face hub answers to the same requests, as far as a pull asks.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

pub const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

/// What the hub serves, and what it was asked.
#[derive(Default)]
pub struct Served {
    files: BTreeMap<String, Vec<u8>>,
    /// Bytes of this path's next answer after which the connection ends.
    pub cut: Option<(String, usize)>,
    /// Path and the first byte asked for, of each request.
    pub asked: Vec<(String, usize)>,
}

pub struct HubServer {
    pub address: String,
    served: Arc<Mutex<Served>>,
}

impl HubServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let served = Arc::new(Mutex::new(Served::default()));
        let shared = Arc::clone(&served);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                // A client that goes away early is no failure of the hub.
                answer(&mut shared.lock().expect("no panic"), stream).unwrap_or_default();
            }
        });
        Self { address, served }
    }

    pub fn served(&self) -> MutexGuard<'_, Served> {
        self.served.lock().expect("no panic")
    }

    /// Serves the files of a folder as a repository; `change` may change what the API tells of it.
    pub fn add(&self, name: &str, folder: &Path, change: impl FnOnce(&mut Value)) {
        let mut siblings = Vec::new();
        let mut served = self.served();
        for entry in std::fs::read_dir(folder).expect("readable") {
            let path = entry.expect("readable").path();
            let file = path.file_name().expect("a name").to_str().expect("plain").to_owned();
            let content = std::fs::read(&path).expect("readable");
            let lfs = [".safetensors", ".bin"].iter().any(|end| file.ends_with(end)).then(|| {
                let hash: String = Sha256::digest(&content)
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect();
                json!({"sha256": hash, "size": content.len(), "pointerSize": 134})
            });
            let mut told = json!({"rfilename": file, "size": content.len(), "blobId": "0"});
            if let Some(lfs) = lfs {
                told["lfs"] = lfs;
            }
            siblings.push(told);
            served
                .files
                .insert(format!("/{name}/resolve/{REVISION}/{file}"), content);
        }
        let mut api = json!({
            "id": name, "sha": REVISION, "gated": false, "private": false, "siblings": siblings,
            "cardData": {"license": "apache-2.0", "language": ["en", "zh"]},
        });
        change(&mut api);
        served
            .files
            .insert(format!("/api/models/{name}"), api.to_string().into_bytes());
    }

    /// Paths of the files asked for since the last call, without their folder.
    pub fn asked(&self) -> Vec<(String, usize)> {
        let asked = std::mem::take(&mut self.served().asked);
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        asked.into_iter().map(|(path, from)| (last(&path), from)).collect()
    }
}

fn answer(served: &mut Served, mut stream: TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    let path = request.split(' ').nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default().to_owned();
    let mut from = 0;
    for line in lines {
        let line = line?.to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(range) = line.strip_prefix("range: bytes=") {
            from = range.trim_end_matches('-').parse().unwrap_or(0);
        }
    }
    served.asked.push((path.clone(), from));
    let Some(content) = served.files.get(&path) else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    };
    let rest = content.get(from..).unwrap_or_default();
    let status = if from == 0 { "200 OK" } else { "206 Partial Content" };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        rest.len()
    );
    stream.write_all(head.as_bytes())?;
    let sent = match &served.cut {
        Some((cut, bytes)) if *cut == path => &rest[..(*bytes).min(rest.len())],
        _ => rest,
    };
    stream.write_all(sent)?;
    if sent.len() < rest.len() {
        served.cut = None;
    }
    Ok(())
}
