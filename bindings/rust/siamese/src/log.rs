//! Messages of the library, to a closure of the host's.
use crate::error::{check, Result};
use crate::sys;
use std::ffi::CStr;
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// The importance of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Level {
    Error,
    Warn,
    Info,
    Debug,
}

const LEVELS: [(Level, i32); 4] = [
    (Level::Error, sys::SIAMESE_LOG_ERROR),
    (Level::Warn, sys::SIAMESE_LOG_WARN),
    (Level::Info, sys::SIAMESE_LOG_INFO),
    (Level::Debug, sys::SIAMESE_LOG_DEBUG),
];

type Log = Box<dyn Fn(Level, &str) + Send + Sync>;

unsafe extern "C" fn told(user: *mut c_void, level: i32, message: *const c_char) {
    let log = &*user.cast::<Log>();
    let message = CStr::from_ptr(message).to_string_lossy();
    let level = LEVELS.iter().find(|(_, code)| *code == level);
    let level = level.map_or(Level::Debug, |(level, _)| *level);
    // A panic has nowhere to go on; the message is lost.
    let _ = catch_unwind(AssertUnwindSafe(|| log(level, &message)));
}

/// Sets the closure that receives messages up to a level, on whichever thread has
/// something to say; it stays in memory.
///
/// # Safety
///
/// No other function of the library may run at the same time, so it belongs at the
/// start of a program.
///
/// # Errors
///
/// [`crate::Status::State`] while a handle exists.
pub unsafe fn set_log(
    level: Level,
    log: impl Fn(Level, &str) + Send + Sync + 'static,
) -> Result<()> {
    let user: *mut Log = Box::into_raw(Box::new(Box::new(log)));
    let code = LEVELS.iter().find(|(l, _)| *l == level).map_or(0, |(_, code)| *code);
    let result = check(sys::siamese_set_log(Some(told), user.cast(), code));
    if result.is_err() {
        drop(Box::from_raw(user));
    }
    result
}
