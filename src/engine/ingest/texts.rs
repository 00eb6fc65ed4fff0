//! Texts of a column as arrow string views over shared byte buffers.
//!
//! Up to twelve bytes live in the view itself; of longer ones, a repeated text is stored once as long as
//! the small cache remembers it. Invariant: every pushed slice was valid UTF-8, checked by the caller's chunk.

use polars_arrow::array::{Utf8ViewArray, View};
use polars_arrow::bitmap::Bitmap;
use polars_arrow::datatypes::ArrowDataType;

const INLINE: usize = View::MAX_INLINE_SIZE as usize;
/// Longer texts repeat too rarely to look for.
const LONGEST_CACHED: usize = 96;
const CACHE_SLOTS: usize = 1024;
const NO_VIEW: u32 = u32::MAX;

pub(super) struct TextValues {
    views: Vec<View>,
    /// Finished buffers; views count them first to last.
    buffers: Vec<Vec<u8>>,
    buffer: Vec<u8>,
    /// Hash slot → index of a view on such a text in `buffer`.
    cache: Vec<u32>,
}

impl TextValues {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self {
            views: Vec::with_capacity(capacity),
            buffers: Vec::new(),
            buffer: Vec::new(),
            cache: Vec::new(),
        }
    }

    pub(super) fn reserve(&mut self, additional: usize) {
        self.views.reserve(additional);
    }

    #[inline]
    pub(super) fn push(&mut self, text: &[u8]) {
        if text.len() <= INLINE {
            self.views.push(View::new_inline(text));
        } else {
            self.push_long(text);
        }
    }

    fn push_long(&mut self, text: &[u8]) {
        if text.len() <= LONGEST_CACHED {
            if self.cache.is_empty() {
                self.cache = vec![NO_VIEW; CACHE_SLOTS];
            }
            let slot = slot(text);
            if let Some(&view) = self.views.get(self.cache[slot] as usize) {
                let start = view.offset as usize;
                if self.buffer.get(start..start + view.length as usize) == Some(text) {
                    self.views.push(view);
                    return;
                }
            }
            self.cache[slot] = self.views.len() as u32;
        }
        if self.buffer.len() + text.len() > u32::MAX as usize / 2 {
            self.seal();
        }
        let offset = self.buffer.len() as u32;
        self.buffer.extend_from_slice(text);
        self.views
            .push(View::new_from_bytes(text, self.buffers.len() as u32, offset));
    }

    fn seal(&mut self) {
        if !self.buffer.is_empty() {
            self.buffers.push(std::mem::take(&mut self.buffer));
            self.cache.clear();
        }
    }

    /// Adds the texts of the next chunk; their bytes are not copied.
    pub(super) fn append(&mut self, mut next: Self) {
        next.seal();
        self.seal();
        let base = self.buffers.len() as u32;
        self.views.reserve(next.views.len());
        self.views.extend(next.views.into_iter().map(|mut view| {
            if !view.is_inline() {
                view.buffer_idx += base;
            }
            view
        }));
        for mut buffer in next.buffers {
            buffer.shrink_to_fit();
            self.buffers.push(buffer);
        }
    }

    pub(super) fn finish(mut self, validity: Option<Bitmap>) -> Utf8ViewArray {
        self.seal();
        let buffers = self.buffers.into_iter().map(Into::into).collect();
        // SAFETY: views were made from slices of these very buffers, and those slices were cut at ASCII
        // bytes from chunks that passed UTF-8 validation, or were made by a lossy conversion to UTF-8.
        #[allow(unsafe_code)]
        unsafe {
            Utf8ViewArray::new_unchecked_unknown_md(ArrowDataType::Utf8View, self.views.into(), buffers, validity, None)
        }
    }
}

/// A cheap hash of the length and both ends.
#[inline]
fn slot(text: &[u8]) -> usize {
    let word = |bytes: &[u8]| bytes.first_chunk::<8>().map_or(0, |chunk| u64::from_le_bytes(*chunk));
    let mixed = (word(text) ^ word(&text[text.len() - 8..]).rotate_left(23) ^ text.len() as u64)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 54) as usize
}
