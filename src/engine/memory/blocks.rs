//! Blocks of memory that lie in files without a name: the system writes them out when memory is short.
//!
//! Invariant: a block is in the table from before it is given out until it is given back, and whoever changes or
//! drops a mapping holds the table's lock. Disk space is reserved first, so touching a block never fails.

#![allow(unsafe_code)]

use std::alloc::Layout;
use std::ffi::CString;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// As many blocks at one time; a log has a few a column. More are served by the system.
const MOST_BLOCKS: usize = 512;
const PAGE: usize = 4096;
const NO_FOLDER: i32 = -1;

#[derive(Clone, Copy)]
struct Block {
    /// 0 for a free place.
    address: usize,
    /// Bytes mapped, whole pages.
    length: usize,
    file: i32,
}

const FREE: Block = Block {
    address: 0,
    length: 0,
    file: -1,
};

/// The open folder the files are made in; `NO_FOLDER` while spilling is off.
static FOLDER: AtomicI32 = AtomicI32::new(NO_FOLDER);
static TABLE: Mutex<[Block; MOST_BLOCKS]> = Mutex::new([FREE; MOST_BLOCKS]);
/// Blocks in the table, so that the usual case needs no lock.
static NUM_BLOCKS: AtomicUsize = AtomicUsize::new(0);

fn table() -> MutexGuard<'static, [Block; MOST_BLOCKS]> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn is_on() -> bool {
    FOLDER.load(Ordering::Acquire) != NO_FOLDER
}

/// Serves blocks from files of this folder from now on. A second folder replaces the first.
pub fn open_folder(folder: &Path) -> io::Result<()> {
    let name = CString::new(folder.as_os_str().as_bytes())?;
    // SAFETY: the name is a C string for the length of the call.
    let opened = unsafe { libc::open(name.as_ptr(), libc::O_DIRECTORY | libc::O_RDONLY | libc::O_CLOEXEC) };
    if opened < 0 {
        return Err(io::Error::last_os_error());
    }
    match new_file(opened, PAGE) {
        Ok(file) => close(file),
        Err(error) => {
            close(opened);
            return Err(error);
        }
    }
    // An earlier folder's handle stays open: another thread may be using it. It is one number.
    FOLDER.store(opened, Ordering::Release);
    Ok(())
}

fn close(file: i32) {
    // SAFETY: the number is of a file this module opened and closes once.
    unsafe {
        libc::close(file);
    }
}

/// A file without a name, with disk space reserved for `length` bytes.
fn new_file(folder: i32, length: usize) -> io::Result<i32> {
    let flags = libc::O_TMPFILE | libc::O_RDWR | libc::O_CLOEXEC;
    // SAFETY: the path is a C string; the mode is given as O_TMPFILE asks.
    let file = unsafe { libc::openat(folder, c".".as_ptr(), flags, 0o600) };
    if file < 0 {
        return Err(io::Error::last_os_error());
    }
    match reserve(file, length) {
        Ok(()) => Ok(file),
        Err(error) => {
            close(file);
            Err(error)
        }
    }
}

/// Reserves disk space, so that writing to the mapping cannot meet a full disk.
fn reserve(file: i32, length: usize) -> io::Result<()> {
    // SAFETY: plain numbers; the file is open.
    match unsafe { libc::fallocate(file, 0, 0, length as libc::off_t) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

fn whole_pages(size: usize) -> Option<usize> {
    Some(size.checked_add(PAGE - 1)? & !(PAGE - 1))
}

/// A zeroed block, or none: spilling is off, the table or the disk is full.
pub fn take(layout: Layout) -> Option<*mut u8> {
    let folder = FOLDER.load(Ordering::Acquire);
    if folder == NO_FOLDER || layout.align() > PAGE {
        return None;
    }
    let length = whole_pages(layout.size())?;
    let mut table = table();
    let place = table.iter_mut().find(|block| block.address == 0)?;
    let file = new_file(folder, length).ok()?;
    // SAFETY: a new shared mapping of an open file of this very length, at a place the system chooses.
    let address = unsafe {
        libc::mmap(
            ptr::null_mut(),
            length,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED,
            file,
            0,
        )
    };
    if address == libc::MAP_FAILED {
        close(file);
        return None;
    }
    *place = Block {
        address: address as usize,
        length,
        file,
    };
    NUM_BLOCKS.fetch_add(1, Ordering::Release);
    Some(address.cast())
}

/// Takes a block back; false if it is none of these.
pub fn give_back(block: *mut u8) -> bool {
    if NUM_BLOCKS.load(Ordering::Acquire) == 0 {
        return false;
    }
    let mut table = table();
    let Some(place) = table.iter_mut().find(|place| place.address == block as usize) else {
        return false;
    };
    let Block { length, file, .. } = *place;
    // SAFETY: the mapping is the table's, whole, and its owner has just given it up.
    unsafe {
        libc::munmap(block.cast(), length);
    }
    close(file);
    *place = FREE;
    NUM_BLOCKS.fetch_sub(1, Ordering::Release);
    true
}

/// What became of a block that was to change its size.
pub enum Resized {
    Done(*mut u8),
    /// The block is none of these.
    Foreign,
    /// It stays as it is: the disk is full.
    Failed,
}

/// Makes a block longer or shorter without copying it.
pub fn resize(block: *mut u8, size: usize) -> Resized {
    if NUM_BLOCKS.load(Ordering::Acquire) == 0 {
        return Resized::Foreign;
    }
    let mut table = table();
    let Some(place) = table.iter_mut().find(|place| place.address == block as usize) else {
        return Resized::Foreign;
    };
    let Some(length) = whole_pages(size) else {
        return Resized::Failed;
    };
    if length > place.length && reserve(place.file, length).is_err() {
        return Resized::Failed;
    }
    // SAFETY: the mapping is the table's, whole; the file is at least as long as the new length.
    let moved = unsafe { libc::mremap(block.cast(), place.length, length, libc::MREMAP_MAYMOVE) };
    if moved == libc::MAP_FAILED {
        return Resized::Failed;
    }
    if length < place.length {
        // SAFETY: plain numbers; what lies behind the new length is mapped no more.
        unsafe {
            libc::ftruncate(place.file, length as libc::off_t);
        }
    }
    place.address = moved as usize;
    place.length = length;
    Resized::Done(moved.cast())
}

/// Lets go of up to `bytes` of what is in memory, from block `start` on; the bytes stay in the files and come back
/// when touched. Returns the place to go on from.
pub fn release(start: usize, bytes: usize) -> usize {
    let table = table();
    let mut left = bytes;
    for step in 0..MOST_BLOCKS {
        let place = (start + step) % MOST_BLOCKS;
        let block = table[place];
        if block.address == 0 {
            continue;
        }
        // SAFETY: the whole mapping is this table's and stays mapped while the lock is held. It is shared with its
        // file, so dropping its pages from this process loses nothing.
        unsafe {
            libc::madvise(block.address as *mut libc::c_void, block.length, libc::MADV_DONTNEED);
        }
        left = left.saturating_sub(block.length);
        if left == 0 {
            return (place + 1) % MOST_BLOCKS;
        }
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(block: *mut u8, range: std::ops::Range<usize>) {
        for at in range.step_by(1000) {
            // SAFETY: the test's own block, within its length.
            unsafe { block.add(at).write((at % 251) as u8) }
        }
    }

    fn holds(block: *mut u8, range: std::ops::Range<usize>) -> bool {
        // SAFETY: the test's own block, within its length.
        range
            .step_by(1000)
            .all(|at| unsafe { block.add(at).read() } == (at % 251) as u8)
    }

    #[test]
    fn blocks_keep_their_bytes_when_they_grow_shrink_and_leave_memory() {
        let folder = tempfile::tempdir().expect("folder");
        open_folder(folder.path()).expect("files without a name can be made");
        let size = 8 << 20;
        let layout = Layout::from_size_align(size, 16).expect("layout");
        let block = take(layout).expect("a block");
        // SAFETY: the test's own block.
        assert_eq!(unsafe { block.add(size - 1).read() }, 0);
        fill(block, 0..size);
        release(0, usize::MAX);
        assert!(holds(block, 0..size), "dropped pages come back from the file");
        let Resized::Done(block) = resize(block, 3 * size) else {
            panic!("room to grow");
        };
        assert!(holds(block, 0..size));
        fill(block, 0..3 * size);
        let Resized::Done(block) = resize(block, size / 2) else {
            panic!("shrinks");
        };
        assert!(holds(block, 0..size / 2));
        assert!(give_back(block));
        let mut foreign = 0u8;
        assert!(!give_back(&mut foreign), "another's block is not touched");
        assert!(matches!(resize(&mut foreign, size), Resized::Foreign));
    }
}
