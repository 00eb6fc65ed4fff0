//! The two questions that only the system's C library answers: does a library load, how much disk is free.
//!
//! Invariant: the only unsafe code of the diagnosis; each call is explained.

#![allow(unsafe_code)]

use std::path::Path;

/// Loads a shared library by name the way the program would, then lets go of it.
///
/// # Errors
/// The system's own sentence: the file is not found, or one that it needs is not.
#[cfg(unix)]
pub fn loads(name: &str) -> Result<(), String> {
    use std::ffi::{CStr, CString};
    let name = CString::new(name).map_err(|_| "the name holds a zero byte".to_owned())?;
    // SAFETY: the name is a valid C string for the length of the call. The libraries asked for (graphics,
    // the NVIDIA driver) are made to be opened at any time from any thread. A handle that is not null is
    // closed exactly once, and no symbol of it was taken. `dlerror` is read before any other dl call of
    // this thread, and its text is copied at once.
    unsafe {
        let handle = libc::dlopen(name.as_ptr(), libc::RTLD_LAZY | libc::RTLD_LOCAL);
        if !handle.is_null() {
            libc::dlclose(handle);
            return Ok(());
        }
        let message = libc::dlerror();
        if message.is_null() {
            return Err("it cannot be loaded".to_owned());
        }
        Err(CStr::from_ptr(message).to_string_lossy().into_owned())
    }
}

/// Elsewhere the name is not looked for.
#[cfg(not(unix))]
pub fn loads(_name: &str) -> Result<(), String> {
    Err("this is found out on Unix only".to_owned())
}

/// Bytes that an ordinary user may still write on the disk of `folder`.
#[cfg(unix)]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    use std::ffi::CString;
    use std::os::unix::ffi::OsStrExt as _;
    let folder = CString::new(folder.as_os_str().as_bytes()).ok()?;
    // SAFETY: all fields of `statvfs` are integers, for which zero is a value; the path is a valid C
    // string and the struct is ours for the length of the call.
    let (outcome, answer) = unsafe {
        let mut answer: libc::statvfs = std::mem::zeroed();
        (libc::statvfs(folder.as_ptr(), &raw mut answer), answer)
    };
    // The widths of both fields differ between systems.
    #[allow(clippy::unnecessary_cast)]
    (outcome == 0).then(|| (answer.f_bavail as u64).saturating_mul(answer.f_frsize as u64))
}

#[cfg(not(unix))]
pub fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_is_there_loads_and_another_says_why_not() {
        assert_eq!(loads("libc.so.6"), Ok(()));
        let error = loads("libtouchstone-is-not-there.so.1").expect_err("there is no such library");
        assert!(error.contains("libtouchstone-is-not-there.so.1"), "{error}");
    }

    #[test]
    fn free_space_is_known_for_folders_that_exist() {
        assert!(free_bytes(Path::new("/")).is_some());
        assert_eq!(free_bytes(Path::new("/there/is/no/such/folder")), None);
    }
}
