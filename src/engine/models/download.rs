//! One file over HTTP, which goes on where an earlier attempt stopped.
//!
//! What was fetched lies in `<file>.part` until it is whole; the next attempt asks for the rest with a range (RFC 9110,
//! section 14). Invariant: a file under its final name is as long as the server said. Whether it is the right one is
//! the caller's to check, by its hash.

use crate::engine::progress::Progress;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Short time limits: without a network the next source is tried within seconds.
pub(super) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_resolve(Some(Duration::from_secs(5)))
        .timeout_connect(Some(Duration::from_secs(5)))
        .timeout_recv_response(Some(Duration::from_secs(15)))
        .http_status_as_error(false)
        .build()
        .new_agent()
}

/// Fetches `url` into `path`. `span` is the part of the whole progress that this file is, e.g. `(0.1, 1.0)`.
pub(super) fn fetch(
    agent: &ureq::Agent,
    url: &str,
    path: &Path,
    (span, progress): ((f64, f64), &Progress),
) -> Result<(), String> {
    if path.is_file() {
        return Ok(());
    }
    let part = part_of(path);
    let fail = |error: std::io::Error| format!("{}: {error}", part.display());
    if let Some(parent) = part.parent() {
        std::fs::create_dir_all(parent).map_err(fail)?;
    }
    let have = std::fs::metadata(&part).map_or(0, |found| found.len());
    let mut request = agent.get(url);
    if have > 0 {
        request = request.header("Range", format!("bytes={have}-"));
    }
    let mut response = request.call().map_err(|error| error.to_string())?;
    let status = response.status().as_u16();
    let (mut done, total) = match status {
        200 => (0, content_length(&response)),
        206 => (have, content_length(&response).map(|rest| have + rest)),
        // What is there is all there is, or belongs to another file: the hash will tell.
        416 if have > 0 => return std::fs::rename(&part, path).map_err(fail),
        _ => return Err(format!("the server answers {status}")),
    };
    let mut file = open(&part, done > 0).map_err(fail)?;
    let mut reader = response.body_mut().as_reader();
    let mut buffer = vec![0u8; 1 << 18];
    loop {
        progress.check().map_err(|error| error.to_string())?;
        let read = reader
            .read(&mut buffer)
            .map_err(|error| interrupted(done, total, &error.to_string()))?;
        if read == 0 {
            break;
        }
        file.write_all(&buffer[..read]).map_err(fail)?;
        done += read as u64;
        if let Some(total) = total.filter(|total| *total > 0) {
            progress.set(span.0 + (span.1 - span.0) * done as f64 / total as f64);
            progress.set_bytes(done, total);
        }
    }
    file.sync_all().map_err(fail)?;
    if total.is_some_and(|total| done != total) {
        return Err(interrupted(done, total, "the connection ended"));
    }
    std::fs::rename(&part, path).map_err(fail)
}

/// Where a file lies until it is whole.
pub(super) fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

fn open(part: &Path, append: bool) -> std::io::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(append)
        .write(true)
        .truncate(!append)
        .open(part)
}

fn content_length<T>(response: &ureq::http::Response<T>) -> Option<u64> {
    response
        .headers()
        .get("content-length")?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
}

fn interrupted(done: u64, total: Option<u64>, why: &str) -> String {
    let of = total.map_or_else(String::new, |total| format!(" of {total}"));
    format!("interrupted after {done}{of} bytes ({why}); run it again to go on from there")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead as _, BufReader};
    use std::net::TcpListener;
    use std::sync::mpsc::{Receiver, channel};

    /// Serves `content`, `cut` bytes at most in the first answer; tells the range that each request asked for.
    fn server(content: Vec<u8>, cut: usize) -> (String, Receiver<Option<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/file", listener.local_addr().expect("address"));
        let (tell, told) = channel();
        std::thread::spawn(move || {
            for (index, stream) in listener.incoming().enumerate() {
                let Ok(mut stream) = stream else { return };
                let mut range = None;
                for line in BufReader::new(stream.try_clone().expect("stream")).lines() {
                    let line = line.unwrap_or_default().to_lowercase();
                    if line.is_empty() {
                        break;
                    }
                    range = range.or_else(|| line.strip_prefix("range: bytes=").map(str::to_owned));
                }
                let from: usize = range
                    .as_deref()
                    .and_then(|range| range.trim_end_matches('-').parse().ok())
                    .unwrap_or(0);
                tell.send(range).unwrap_or_default();
                let head = match from {
                    0 => "HTTP/1.1 200 OK".to_owned(),
                    from if from >= content.len() => "HTTP/1.1 416 Range Not Satisfiable".to_owned(),
                    from => format!(
                        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{}/{}",
                        content.len() - 1,
                        content.len()
                    ),
                };
                let rest = content.get(from..).unwrap_or_default();
                let sent = if index == 0 { &rest[..cut.min(rest.len())] } else { rest };
                let head = format!("{head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", rest.len());
                stream
                    .write_all(head.as_bytes())
                    .and_then(|()| stream.write_all(sent))
                    .unwrap_or_default();
            }
        });
        (address, told)
    }

    #[test]
    fn a_download_that_broke_off_goes_on_where_it_stopped() {
        let folder = tempfile::tempdir().expect("temp dir");
        let content: Vec<u8> = (0..600_000_u32).map(|n| (n % 251) as u8).collect();
        let (url, told) = server(content.clone(), 400_000);
        let (path, progress) = (folder.path().join("sub/model.safetensors"), Progress::new());
        let once = || fetch(&agent(), &url, &path, ((0.0, 1.0), &progress));
        let broken = once().expect_err("cut");
        assert!(broken.contains("600000"), "{broken}");
        assert!(!path.exists(), "an unfinished file has no name yet");
        assert_eq!(told.recv().expect("asked"), None);
        once().expect("the rest");
        let asked = told.recv().expect("asked again").expect("a range");
        let from: u64 = asked.trim_end_matches('-').parse().expect("a number");
        assert!(from > 0 && from <= 400_000, "{asked}");
        assert_eq!(std::fs::read(&path).expect("whole"), content);
        assert_eq!(progress.snapshot().fraction, 1.0);
        once().expect("nothing is fetched twice");
        assert!(told.try_recv().is_err());
    }

    #[test]
    fn a_cancelled_download_keeps_what_it_has_and_a_missing_file_is_told() {
        let folder = tempfile::tempdir().expect("temp dir");
        let (url, _told) = server(vec![7; 1_000_000], usize::MAX);
        let progress = Progress::new();
        progress.cancel();
        let path = folder.path().join("f");
        fetch(&agent(), &url, &path, ((0.0, 1.0), &progress)).expect_err("cancelled");
        assert!(!path.exists());
        let closed = TcpListener::bind("127.0.0.1:0")
            .expect("a port")
            .local_addr()
            .expect("address");
        let refused = fetch(
            &agent(),
            &format!("http://{closed}/x"),
            &path,
            ((0.0, 1.0), &Progress::new()),
        );
        assert!(refused.is_err());
    }
}
