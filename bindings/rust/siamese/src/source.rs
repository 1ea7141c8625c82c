//! A source of pairs: more of them than fit into memory, read anew in each epoch.
//! Trainers take it.
use crate::pairs::Pairs;
use crate::sys;
use std::any::Any;
use std::mem::{size_of, transmute};
use std::os::raw::{c_char, c_void};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::copy_nonoverlapping;

/// What a source says of its failure; the fit returns it as a text.
pub type SourceError = Box<dyn std::error::Error + Send + Sync>;

/// Gives the pairs of an epoch part by part. Each epoch, and a count before the
/// first one, reads the same pairs in the same order.
pub trait PairSource: Send {
    /// Begins with the first pairs again.
    fn rewind(&mut self) -> Result<(), SourceError>;

    /// The next pairs, as many as it likes; `None` at the end.
    fn read(&mut self) -> Result<Option<Pairs<'_>>, SourceError>;
}

/// A source that C reads, and the pairs that it reads until the next call.
struct Reading<S> {
    kept: Option<Pairs<'static>>, // borrows from the source: dropped before it
    source: Box<S>,
}

/// Makes a call of the source; what went wrong is told in words, and no panic
/// crosses C's frames.
unsafe fn call(
    text: *mut c_char,
    size: usize,
    f: impl FnOnce() -> Result<(), SourceError>,
) -> i32 {
    let said = match catch_unwind(AssertUnwindSafe(f)) {
        Ok(Ok(())) => return 0,
        Ok(Err(error)) => error.to_string(),
        Err(panic) => format!("panic: {}", panic_text(&*panic)),
    };
    let count = said.len().min(size - 1);
    copy_nonoverlapping(said.as_ptr(), text.cast(), count);
    *text.add(count) = 0;
    1
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| text.to_string());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "of another type".into())
}

impl<S: PairSource> Reading<S> {
    fn next(&mut self, out: &mut sys::siamese_pairs) -> Result<(), SourceError> {
        self.kept = None;
        loop {
            let source: *mut S = &mut *self.source;
            // SAFETY: the source stands still in its box, and what it lends is
            // dropped before it is called again.
            let pairs = match unsafe { (*source).read() }? {
                None => return Ok(()),
                Some(pairs) => unsafe { transmute::<Pairs<'_>, Pairs<'static>>(pairs) },
            };
            let raw = pairs.raw()?;
            if raw.count > 0 {
                *out = raw;
                self.kept = Some(pairs);
                return Ok(());
            }
        }
    }

    unsafe extern "C" fn read(
        context: *mut c_void,
        pairs: *mut sys::siamese_pairs,
        error: *mut c_char,
        error_size: usize,
    ) -> i32 {
        let reading = &mut *context.cast::<Self>();
        call(error, error_size, || reading.next(&mut *pairs))
    }

    unsafe extern "C" fn rewind(
        context: *mut c_void,
        error: *mut c_char,
        error_size: usize,
    ) -> i32 {
        let reading = &mut *context.cast::<Self>();
        call(error, error_size, || {
            reading.kept = None;
            reading.source.rewind()
        })
    }

    unsafe extern "C" fn release(context: *mut c_void) {
        drop(Box::from_raw(context.cast::<Self>()))
    }
}

/// The struct of C, which `give` takes over if it returns true.
pub(crate) fn give_source<S: PairSource + 'static>(
    source: S,
    give: impl FnOnce(&sys::siamese_source) -> bool,
) {
    let reading = Box::new(Reading { kept: None, source: Box::new(source) });
    let context: *mut c_void = Box::into_raw(reading).cast();
    let source = sys::siamese_source {
        struct_size: size_of::<sys::siamese_source>(),
        context,
        read: Some(Reading::<S>::read),
        rewind: Some(Reading::<S>::rewind),
        release: Some(Reading::<S>::release),
    };
    if !give(&source) {
        // SAFETY: C has not taken it.
        unsafe { Reading::<S>::release(context) }
    }
}
