//! The program's allocator: the system's, but for large blocks while spilling is switched on.

#![allow(unsafe_code)]

use super::blocks;
use std::alloc::{GlobalAlloc, Layout, System};

/// Blocks from this size on are columns, codes and orders; smaller ones are not worth a file.
pub(super) const LARGE: usize = 4 << 20;

/// Serves large blocks from files once `prepare` has switched spilling on, everything else from the system.
pub struct SpillingAllocator;

// SAFETY: a block comes either from the system's allocator or from `blocks`, and goes back to where it came from:
// `blocks` knows every block it has given out. Blocks of `blocks` are page-aligned, at least as long as asked for,
// and readable and writable until given back. Nothing here panics or allocates through itself.
unsafe impl GlobalAlloc for SpillingAllocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() >= LARGE
            && let Some(block) = blocks::take(layout)
        {
            return block;
        }
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // A new file reads as zeros.
        if layout.size() >= LARGE
            && let Some(block) = blocks::take(layout)
        {
            return block;
        }
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if layout.size() >= LARGE && blocks::give_back(block) {
            return;
        }
        // SAFETY: the block is none of `blocks`', so it is the system's.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.size() < LARGE && size < LARGE {
            // SAFETY: small blocks are the system's; the caller's promises are passed on.
            return unsafe { System.realloc(block, layout, size) };
        }
        if size >= LARGE && layout.size() >= LARGE {
            match blocks::resize(block, size) {
                blocks::Resized::Done(block) => return block,
                blocks::Resized::Foreign if !blocks::is_on() => {
                    // SAFETY: the block is the system's; the caller's promises are passed on.
                    return unsafe { System.realloc(block, layout, size) };
                }
                blocks::Resized::Foreign | blocks::Resized::Failed => {}
            }
        }
        // From one kind of block to the other: a new one, a copy, and the old one back.
        // SAFETY: the new layout has the old alignment and the caller's size, which must not overflow by contract;
        // both blocks are valid for the bytes copied and different.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                std::ptr::copy_nonoverlapping(block, new, layout.size().min(size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}
