//! What owns a handle of C: it frees it, and is sent and shared as C allows.
use crate::error::{check, Result};
use std::ptr::{null_mut, NonNull};

/// Makes the call that creates a handle.
#[inline]
pub(crate) fn make<T>(create: impl FnOnce(*mut *mut T) -> i32) -> Result<NonNull<T>> {
    let mut out = null_mut();
    check(create(&mut out))?;
    // SAFETY: a call that succeeds sets its out-parameter.
    Ok(unsafe { NonNull::new_unchecked(out) })
}

/// A struct `$name` of one handle, freed when it is dropped.
macro_rules! handle {
    ($(#[$doc:meta])* $name:ident, $raw:ident, $free:ident) => {
        $(#[$doc])*
        pub struct $name(std::ptr::NonNull<crate::sys::$raw>);

        // SAFETY: docs/threads.md of the C library: a handle may be used on any
        // thread, functions that take it const at once on many. Only those
        // take &self here, or functions that lock by themselves; and what one
        // call at a time may change, a handle that is not shared with others
        // yet, takes &mut self.
        unsafe impl Send for $name {}
        unsafe impl Sync for $name {}

        impl Drop for $name {
            fn drop(&mut self) {
                unsafe { crate::sys::$free(self.0.as_ptr()) }
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }

        impl $name {
            #[inline]
            #[allow(dead_code)]
            pub(crate) fn made(
                create: impl FnOnce(*mut *mut crate::sys::$raw) -> i32,
            ) -> crate::error::Result<$name> {
                crate::handle::make(create).map($name)
            }

            /// The handle of C, for a function of [`crate::sys`]. It lives as
            /// long as `self`, and what this type promises must stay true.
            #[inline]
            pub fn as_ptr(&self) -> *mut crate::sys::$raw {
                self.0.as_ptr()
            }
        }
    };
}
pub(crate) use handle;
