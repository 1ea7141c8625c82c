//! The declarations of the C library libsiamese, as they stand in its headers.
//!
//! Each function is documented in the header that declares it:
//! `siamese/model.h`, `siamese/vocab.h`, and so on. The crate `siamese` wraps
//! them safely.
//!
//! Structs begin with their `struct_size`. Those of options are filled in by
//! their `_init` function, whose defaults need not be 0; the others may be
//! zeroed, and then get their size.
#![allow(non_camel_case_types)]

mod constants;
mod functions;
mod types;

pub use constants::*;
pub use functions::*;
pub use types::*;
