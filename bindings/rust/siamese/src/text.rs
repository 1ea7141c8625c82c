//! Strings of Rust to texts of C and back; every module passes them so.
use crate::error::{Error, Result, Status};
use crate::sys;
use std::ffi::{CStr, CString};
use std::os::raw::c_char;

/// Borrows bytes, which must outlive the call that it is for.
#[inline]
pub(crate) fn text(bytes: &[u8]) -> sys::siamese_text {
    sys::siamese_text { data: bytes.as_ptr().cast(), size: bytes.len() }
}

/// Borrows texts; an empty list has an address too.
pub(crate) fn texts<T: AsRef<[u8]>>(list: &[T]) -> Vec<sys::siamese_text> {
    list.iter().map(|t| text(t.as_ref())).collect()
}

/// The bytes of a text of C's, which the caller says live long enough.
pub(crate) unsafe fn bytes<'a>(text: sys::siamese_text) -> &'a [u8] {
    if text.size == 0 {
        return &[];
    }
    std::slice::from_raw_parts(text.data.cast(), text.size)
}

pub(crate) fn c_string(what: &str, s: impl AsRef<[u8]>) -> Result<CString> {
    CString::new(s.as_ref()).map_err(|_| {
        let message = format!("{what}: has a NUL in it");
        Error::new(Status::Argument, message)
    })
}

/// The path's bytes, as the system has them.
pub(crate) fn c_path(path: &std::path::Path) -> Result<CString> {
    use std::os::unix::ffi::OsStrExt;
    c_string("path", path.as_os_str().as_bytes())
}

/// A text that the library never frees.
pub(crate) fn static_str(text: *const c_char) -> &'static str {
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().unwrap_or_default()
}

/// A name in an array of C's.
pub(crate) fn name(array: &[c_char]) -> String {
    let bytes = array.iter().take_while(|c| **c != 0).map(|c| *c as u8);
    String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned()
}

/// The elements that C reads or writes; not NULL for an empty slice, whose
/// address is dangling but never used.
pub(crate) fn optional<T>(slice: Option<&[T]>) -> *const T {
    slice.map_or(std::ptr::null(), <[T]>::as_ptr)
}

/// Reads what `get` writes to a buffer of as many elements as it asks for.
pub(crate) fn read_all<T: Clone + Default>(
    mut get: impl FnMut(*mut T, usize, &mut usize) -> i32,
) -> Result<Vec<T>> {
    let mut values = vec![T::default(); 64];
    loop {
        let mut needed = 0;
        let result =
            crate::error::check(get(values.as_mut_ptr(), values.len(), &mut needed));
        match result {
            Ok(()) => {
                values.truncate(needed);
                return Ok(values);
            }
            Err(e) if e.status() == Status::Range && needed >= values.len() => {
                values = vec![T::default(); needed + 1];
            }
            Err(e) => return Err(e),
        }
    }
}
