//! Handles that free themselves, errors as `Result`, options by name.
use crate::ffi::*;
use std::ffi::{CStr, CString};
use std::ptr::null_mut;

pub struct Handle {
    pub raw: Raw,
    free: unsafe extern "C" fn(Raw),
}

impl Handle {
    pub fn new(free: unsafe extern "C" fn(Raw)) -> Handle {
        Handle { raw: null_mut(), free }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        unsafe { (self.free)(self.raw) }
    }
}

/// The error text is this thread's, and is copied before any other call.
pub fn check(status: i32) -> Result<(), String> {
    if status == 0 {
        return Ok(());
    }
    let text = unsafe { CStr::from_ptr(siamese_last_error()) };
    Err(text.to_string_lossy().into())
}

/// Borrows the string, which must outlive the call that it is for.
pub fn text(string: &str) -> Text {
    Text { data: string.as_ptr().cast(), size: string.len() }
}

pub fn c_string(string: &str) -> CString {
    CString::new(string).expect("a NUL in a name")
}

pub fn tower_options(named: &[(&str, &str)]) -> Result<Options, String> {
    let mut options = Options([0; 1024]);
    unsafe {
        check(siamese_tower_options_init(&mut options, options.0.len()))?;
        for (name, value) in named {
            let (name, value) = (c_string(name), c_string(value));
            check(siamese_tower_options_set(
                &mut options, name.as_ptr(), value.as_ptr(),
            ))?;
        }
    }
    Ok(options)
}
