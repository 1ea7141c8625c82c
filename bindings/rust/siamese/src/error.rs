//! Status codes and messages of C in, `Result` out; every module returns them.
use crate::sys;
use crate::text::static_str;
use std::ffi::CStr;
use std::fmt;

/// What a call that can fail returns.
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of failure an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// An argument is not valid.
    Argument,
    /// An option is unknown or its value is not valid.
    Option,
    /// A buffer is too small.
    Range,
    /// The call is not possible in this state.
    State,
    /// There is no such thing.
    NotFound,
    /// Out of memory.
    Memory,
    /// A file could not be read or written.
    Io,
    /// The data is damaged or of another format.
    Format,
    /// The data is of a newer format version.
    Version,
    /// A limit is exceeded.
    Limit,
    /// Cancelled.
    Cancelled,
    /// Not supported by this build.
    Unsupported,
    /// A number is not finite.
    NotFinite,
    /// An internal error, or one that only a newer library knows.
    Internal,
}

const CODES: [(i32, Status); 14] = [
    (sys::SIAMESE_E_ARGUMENT, Status::Argument),
    (sys::SIAMESE_E_OPTION, Status::Option),
    (sys::SIAMESE_E_RANGE, Status::Range),
    (sys::SIAMESE_E_STATE, Status::State),
    (sys::SIAMESE_E_NOT_FOUND, Status::NotFound),
    (sys::SIAMESE_E_MEMORY, Status::Memory),
    (sys::SIAMESE_E_IO, Status::Io),
    (sys::SIAMESE_E_FORMAT, Status::Format),
    (sys::SIAMESE_E_VERSION, Status::Version),
    (sys::SIAMESE_E_LIMIT, Status::Limit),
    (sys::SIAMESE_E_CANCELLED, Status::Cancelled),
    (sys::SIAMESE_E_UNSUPPORTED, Status::Unsupported),
    (sys::SIAMESE_E_NOT_FINITE, Status::NotFinite),
    (sys::SIAMESE_E_INTERNAL, Status::Internal),
];

impl Status {
    /// The number of the status in C, e.g. -1 for `Argument`.
    pub fn code(self) -> i32 {
        CODES.iter().find(|(_, s)| *s == self).map_or(0, |(code, _)| *code)
    }

    fn of(code: i32) -> Status {
        CODES
            .iter()
            .find(|(c, _)| *c == code)
            .map_or(Status::Internal, |(_, status)| *status)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = unsafe { sys::siamese_status_text(self.code()) };
        f.write_str(static_str(text))
    }
}

/// What a call found; the message names the argument, file, line, row or section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    status: Status,
    message: String,
}

impl Error {
    pub(crate) fn new(status: Status, message: impl Into<String>) -> Error {
        Error { status, message: message.into() }
    }

    /// What kind of failure it is.
    pub fn status(&self) -> Status {
        self.status
    }

    /// What failed and where.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// The error text is this thread's, and is copied before any other call.
#[cold]
fn last_error(status: i32) -> Error {
    let message = unsafe { CStr::from_ptr(sys::siamese_last_error()) };
    Error::new(Status::of(status), message.to_string_lossy())
}

#[inline]
pub(crate) fn check(status: i32) -> Result<()> {
    if status == sys::SIAMESE_OK {
        Ok(())
    } else {
        Err(last_error(status))
    }
}

/// Says by name where a slice has not as many elements as it should, since C has
/// no way to see it.
pub(crate) fn check_rows(name: &str, length: usize, rows: usize) -> Result<()> {
    if length == rows {
        return Ok(());
    }
    let message = format!("{name}: {length}, but there should be {rows}");
    Err(Error::new(Status::Argument, message))
}

/// How many rows of so many fields there are.
pub(crate) fn rows_of(name: &str, length: usize, fields: usize) -> Result<usize> {
    if fields != 0 && length % fields == 0 {
        return Ok(length / fields);
    }
    let message = format!("{name}: {length}, which are no whole rows of {fields}");
    Err(Error::new(Status::Argument, message))
}

/// What a call writes into an array and tells the length of, which may have grown
/// meanwhile: it is called with the array, its room and where the length goes.
pub(crate) fn read_all<T: Clone + Default>(
    mut out: Vec<T>,
    mut call: impl FnMut(*mut T, usize, *mut usize) -> i32,
) -> Result<Vec<T>> {
    loop {
        let (data, capacity) = (out.as_mut_ptr(), out.len());
        let mut needed = 0;
        match check(call(data, capacity, &mut needed)) {
            Err(e) if e.status() == Status::Range && needed > capacity => {
                out.resize(needed, T::default())
            }
            Err(e) => return Err(e),
            Ok(()) => {
                out.truncate(needed);
                return Ok(out);
            }
        }
    }
}
