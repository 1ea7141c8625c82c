//! A bundle: what goes to, or came from, one file.
use crate::error::{check, Error, Result, Status};
use crate::handle::handle;
use crate::index::Index;
use crate::items::Items;
use crate::options::{LoadOptions, SaveOptions};
use crate::progress::{with_reader, with_writer};
use crate::ranker::Ranker;
use crate::sys;
use crate::text::{c_path, c_string, name, read_all};
use crate::tower::{Side, Tower};
use crate::trainer::Trainer;
use crate::vocab::Vocab;
use std::io::{self, Read, Write};
use std::mem::size_of;
use std::os::raw::c_void;
use std::path::Path;
use std::ptr::{null, null_mut};

handle!(
    /// Holds a vocabulary, towers, a trainer, an index, items, a ranker and sections
    /// of the host's own bytes, for one file.
    Bundle,
    siamese_bundle,
    siamese_bundle_free
);

/// The description of one section of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// "query_tower", "index", ...
    pub name: String,
    /// A section of the host's own.
    pub user: bool,
    /// Of the section's format.
    pub version: u32,
    /// Bytes in the file.
    pub stored_size: u64,
    /// Bytes unpacked.
    pub size: u64,
    /// Of the unpacked bytes.
    pub crc32: u32,
}

/// The sections of a file, and the version of its format, without loading it.
pub fn sections(path: impl AsRef<Path>) -> Result<(Vec<Section>, u32)> {
    let path = c_path(path.as_ref())?;
    let mut empty: sys::siamese_section_info = unsafe { std::mem::zeroed() };
    empty.struct_size = size_of::<sys::siamese_section_info>();
    let (mut infos, mut needed, mut version) = (vec![empty; 16], 0, 0);
    loop {
        let (data, capacity) = (infos.as_mut_ptr(), infos.len());
        let result = check(unsafe {
            sys::siamese_checkpoint_info(
                path.as_ptr(),
                data,
                capacity,
                &mut needed,
                &mut version,
            )
        });
        match result {
            Ok(()) => break,
            Err(e) if e.status() == Status::Range && needed > capacity => {
                infos = vec![empty; needed];
            }
            Err(e) => return Err(e),
        }
    }
    let section = |info: &sys::siamese_section_info| Section {
        name: name(&info.name),
        user: info.user != 0,
        version: info.version,
        stored_size: info.stored_size,
        size: info.size,
        crc32: info.crc32,
    };
    Ok((infos[..needed].iter().map(section).collect(), version))
}

/// Checks every byte of a file; the error names the section that is damaged. A
/// load with the option `map` leaves the vectors of an index unchecked.
pub fn verify(path: impl AsRef<Path>) -> Result<()> {
    let path = c_path(path.as_ref())?;
    check(unsafe { sys::siamese_checkpoint_verify(path.as_ptr()) })
}

impl Bundle {
    /// Creates an empty bundle.
    pub fn new() -> Result<Bundle> {
        Bundle::made(|out| unsafe { sys::siamese_bundle_create(out) })
    }

    /// Loads a bundle from a file.
    pub fn load(path: impl AsRef<Path>, options: &LoadOptions) -> Result<Bundle> {
        let path = c_path(path.as_ref())?;
        Bundle::made(|out| unsafe {
            sys::siamese_checkpoint_load(out, path.as_ptr(), &options.0)
        })
    }

    /// Loads a bundle from the bytes of a file.
    pub fn from_bytes(data: &[u8], options: &LoadOptions) -> Result<Bundle> {
        let (data, size) = (data.as_ptr().cast(), data.len());
        Bundle::made(|out| unsafe {
            sys::siamese_checkpoint_load_memory(out, data, size, &options.0)
        })
    }

    /// Loads a bundle from a stream, whose own error, if it has one, comes first.
    pub fn read(reader: impl Read, options: &LoadOptions) -> io::Result<Bundle> {
        reading(reader, |read, user| {
            Bundle::made(|out| unsafe {
                sys::siamese_checkpoint_read(out, read, user, &options.0)
            })
        })
    }

    /// Writes the bundle to a file: at any moment it is the old one or the new
    /// one, whole.
    pub fn save(&self, path: impl AsRef<Path>, options: &SaveOptions) -> Result<()> {
        let path = c_path(path.as_ref())?;
        check(unsafe {
            sys::siamese_checkpoint_save(path.as_ptr(), self.as_ptr(), &options.0)
        })
    }

    /// Writes the bundle to a stream, whose own error, if it has one, comes first.
    pub fn write(&self, writer: impl Write, options: &SaveOptions) -> io::Result<()> {
        writing(writer, |write, user| unsafe {
            sys::siamese_checkpoint_write(write, user, self.as_ptr(), &options.0)
        })
    }

    /// Replaces the vocabulary; `None` takes it out, as with the other parts.
    pub fn set_vocab(&mut self, vocab: Option<&Vocab>) -> Result<()> {
        let vocab = vocab.map_or(null_mut(), Vocab::as_ptr);
        check(unsafe { sys::siamese_bundle_set_vocab(self.as_ptr(), vocab) })
    }

    /// Replaces the tower of a side.
    pub fn set_tower(&mut self, side: Side, tower: Option<&Tower>) -> Result<()> {
        let tower = tower.map_or(null_mut(), Tower::as_ptr);
        check(unsafe {
            match side {
                Side::Query => sys::siamese_bundle_set_query_tower(self.as_ptr(), tower),
                Side::Item => sys::siamese_bundle_set_item_tower(self.as_ptr(), tower),
            }
        })
    }

    /// Replaces the trainer, which brings its towers.
    pub fn set_trainer(&mut self, trainer: Option<&Trainer>) -> Result<()> {
        let trainer = trainer.map_or(null_mut(), Trainer::as_ptr);
        check(unsafe { sys::siamese_bundle_set_trainer(self.as_ptr(), trainer) })
    }

    /// Replaces the index.
    pub fn set_index(&mut self, index: Option<&Index>) -> Result<()> {
        let index = index.map_or(null_mut(), Index::as_ptr);
        check(unsafe { sys::siamese_bundle_set_index(self.as_ptr(), index) })
    }

    /// Replaces the items.
    pub fn set_items(&mut self, items: Option<&Items>) -> Result<()> {
        let items = items.map_or(null_mut(), Items::as_ptr);
        check(unsafe { sys::siamese_bundle_set_items(self.as_ptr(), items) })
    }

    /// Replaces the ranker.
    pub fn set_ranker(&mut self, ranker: Option<&Ranker>) -> Result<()> {
        let ranker = ranker.map_or(null_mut(), Ranker::as_ptr);
        check(unsafe { sys::siamese_bundle_set_ranker(self.as_ptr(), ranker) })
    }

    /// Sets a section of the host's own bytes.
    pub fn set_section(&mut self, name: &str, data: Option<&[u8]>) -> Result<()> {
        let name = c_string("name", name)?;
        let (bytes, size) = match data {
            Some(data) => (data.as_ptr().cast(), data.len()),
            None => (null(), 0),
        };
        check(unsafe {
            sys::siamese_bundle_set_section(self.as_ptr(), name.as_ptr(), bytes, size)
        })
    }

    /// The bytes of a section of the host's own.
    pub fn section(&self, name: &str) -> Result<Vec<u8>> {
        let name = c_string("name", name)?;
        read_all(|data: *mut u8, capacity, needed| unsafe {
            let (bundle, name) = (self.as_ptr(), name.as_ptr());
            sys::siamese_bundle_get_section(bundle, name, data.cast(), capacity, needed)
        })
    }

    /// The vocabulary, or that of the towers.
    pub fn vocab(&self) -> Result<Vocab> {
        Vocab::made(|out| unsafe { sys::siamese_bundle_get_vocab(self.as_ptr(), out) })
    }

    /// The tower of a side; of a trainer it is its snapshot.
    pub fn tower(&self, side: Side) -> Result<Tower> {
        let get = match side {
            Side::Query => sys::siamese_bundle_get_query_tower,
            Side::Item => sys::siamese_bundle_get_item_tower,
        };
        Tower::made(|out| unsafe { get(self.as_ptr(), out) })
    }

    /// The trainer.
    pub fn trainer(&self) -> Result<Trainer> {
        Trainer::made(|out| unsafe {
            sys::siamese_bundle_get_trainer(self.as_ptr(), out)
        })
    }

    /// The index.
    pub fn index(&self) -> Result<Index> {
        Index::made(|out| unsafe { sys::siamese_bundle_get_index(self.as_ptr(), out) })
    }

    /// The items.
    pub fn items(&self) -> Result<Items> {
        Items::made(|out| unsafe { sys::siamese_bundle_get_items(self.as_ptr(), out) })
    }

    /// The ranker.
    pub fn ranker(&self) -> Result<Ranker> {
        Ranker::made(|out| unsafe { sys::siamese_bundle_get_ranker(self.as_ptr(), out) })
    }
}

fn io_error(error: Error) -> io::Error {
    io::Error::new(io::ErrorKind::Other, error)
}

/// Makes a call of C that writes to a stream.
pub(crate) fn writing(
    mut writer: impl Write,
    run: impl FnOnce(sys::siamese_write_fn, *mut c_void) -> i32,
) -> io::Result<()> {
    let mut failure = None;
    let write = |bytes: &[u8]| match writer.write_all(bytes) {
        Ok(()) => true,
        Err(e) => {
            failure = Some(e);
            false
        }
    };
    let result = check(with_writer(write, run));
    failure.map_or_else(|| result.map_err(io_error), Err)
}

/// Makes a call of C that reads from a stream, up to its end.
pub(crate) fn reading<T>(
    mut reader: impl Read,
    run: impl FnOnce(sys::siamese_read_fn, *mut c_void) -> Result<T>,
) -> io::Result<T> {
    let mut failure = None;
    let read = |buffer: &mut [u8]| match fill(&mut reader, buffer) {
        Ok(count) => Some(count),
        Err(e) => {
            failure = Some(e);
            None
        }
    };
    let result = with_reader(read, run);
    match failure {
        Some(failure) => Err(failure),
        None => result.map_err(io_error),
    }
}

/// Reads until the buffer is full or the stream at its end.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut count = 0;
    while count < buffer.len() {
        match reader.read(&mut buffer[count..]) {
            Ok(0) => break,
            Ok(read) => count += read.min(buffer.len() - count),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(count)
}
