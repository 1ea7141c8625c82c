//! Ranks that train one model together, over a transport of the caller's.
use crate::error::{check, Result};
use crate::sys;
use std::collections::HashMap;
use std::mem::size_of;
use std::os::raw::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::null;
use std::sync::{Mutex, MutexGuard};

/// A rank's place among those that train one model together, and its way to them:
/// a transport such as MPI, NCCL or Gloo, which the crate does not have.
pub trait Exchange: Send {
    /// The number of this process, below [`size`](Exchange::size).
    fn rank(&self) -> usize;

    /// The number of ranks that train together.
    fn size(&self) -> usize;

    /// Gathers bytes of all ranks: the part of rank r has `counts[r]` bytes, and
    /// they stand one behind the other. The own part is filled, and the others are
    /// to be. It is called on the thread that trains; false says that it failed, as
    /// it must where a rank is lost, after a time-out.
    fn all_gather(&mut self, buffer: &mut [u8], counts: &[usize]) -> bool;
}

/// What C is given of an exchange. It keeps its address.
struct Shared {
    exchange: Box<dyn Exchange>,
    size: usize,
}

/// Those in use, by the address of C's trainer: a model has the same one.
type InUse = HashMap<usize, Box<Shared>>;

static IN_USE: Mutex<Option<InUse>> = Mutex::new(None);

fn in_use() -> MutexGuard<'static, Option<InUse>> {
    IN_USE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

unsafe extern "C" fn all_gather(
    context: *mut c_void,
    buffer: *mut c_void,
    counts: *const usize,
) -> i32 {
    let shared = &mut *context.cast::<Shared>();
    let counts = std::slice::from_raw_parts(counts, shared.size);
    let bytes = match counts.iter().sum() {
        0 => &mut [][..],
        total => std::slice::from_raw_parts_mut(buffer.cast::<u8>(), total),
    };
    // A panic may not pass through C.
    let call = || shared.exchange.all_gather(bytes, counts);
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(_) => 2,
    }
}

/// Gives a trainer, which no other call has, an exchange, or ends it.
pub(crate) fn set_exchange(
    trainer: *mut sys::siamese_trainer,
    exchange: Option<Box<dyn Exchange>>,
) -> Result<()> {
    let mut guard = in_use();
    let known = guard.get_or_insert_with(HashMap::new);
    let key = trainer as usize;
    let exchange = match exchange {
        Some(exchange) => exchange,
        None => {
            check(unsafe { sys::siamese_trainer_set_exchange(trainer, null()) })?;
            known.remove(&key);
            return Ok(());
        }
    };
    let (rank, size) = (exchange.rank(), exchange.size());
    let mut shared = Box::new(Shared { exchange, size });
    let raw = sys::siamese_exchange {
        struct_size: size_of::<sys::siamese_exchange>(),
        rank,
        size,
        context: (&mut *shared as *mut Shared).cast(),
        all_gather: Some(all_gather),
    };
    check(unsafe { sys::siamese_trainer_set_exchange(trainer, &raw) })?;
    known.insert(key, shared);
    Ok(())
}
