//! Items: ids, titles and columns of what searches find.
use crate::error::{check, Result, Status};
use crate::handle::handle;
use crate::index::Filter;
use crate::options::ItemsOptions;
use crate::rows::Rows;
use crate::sys;
use crate::text::{c_string, name, texts};
use std::mem::size_of;
use std::os::raw::c_char;
use std::ptr::null;

handle!(
    /// What searches find: rows with an id, a title, and columns of texts,
    /// integers and numbers. Any number of threads may read and change them.
    Items,
    siamese_items,
    siamese_items_free
);

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnType {
    /// Texts.
    Text,
    /// `i64`.
    Integer,
    /// `f64`; NaN is a missing value.
    Number,
}

impl ColumnType {
    pub(crate) fn code(self) -> i32 {
        match self {
            ColumnType::Text => sys::SIAMESE_COLUMN_TEXT,
            ColumnType::Integer => sys::SIAMESE_COLUMN_INTEGER,
            ColumnType::Number => sys::SIAMESE_COLUMN_NUMBER,
        }
    }
}

/// Ids of items: integers, or texts.
#[derive(Clone)]
pub enum Ids<'a> {
    /// Integers.
    Integers(&'a [i64]),
    /// Texts.
    Texts(Vec<&'a [u8]>),
}

impl<'a> Ids<'a> {
    /// Ids that are texts.
    pub fn texts<T: AsRef<[u8]>>(ids: &'a [T]) -> Ids<'a> {
        Ids::Texts(ids.iter().map(AsRef::as_ref).collect())
    }

    /// Calls C with the two arrays, one of which is NULL, and their length.
    pub(crate) fn with<R>(
        &self,
        call: impl FnOnce(*const i64, *const sys::siamese_text, usize) -> R,
    ) -> R {
        match self {
            Ids::Integers(ids) => call(ids.as_ptr(), null(), ids.len()),
            Ids::Texts(ids) => call(null(), texts(ids).as_ptr(), ids.len()),
        }
    }
}

impl<'a> From<&'a [i64]> for Ids<'a> {
    fn from(ids: &'a [i64]) -> Ids<'a> {
        Ids::Integers(ids)
    }
}

impl<'a, const N: usize> From<&'a [i64; N]> for Ids<'a> {
    fn from(ids: &'a [i64; N]) -> Ids<'a> {
        Ids::Integers(ids)
    }
}

impl<'a> From<&'a [&'a str]> for Ids<'a> {
    fn from(ids: &'a [&'a str]) -> Ids<'a> {
        Ids::texts(ids)
    }
}

impl<'a, const N: usize> From<&'a [&'a str; N]> for Ids<'a> {
    fn from(ids: &'a [&'a str; N]) -> Ids<'a> {
        Ids::texts(ids)
    }
}

/// What items are at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemsInfo {
    /// The number of rows.
    pub count: usize,
    /// The number that the next new row gets.
    pub next_row: i64,
    /// Ids are texts.
    pub text_ids: bool,
    /// Several rows may have one id.
    pub repeats: bool,
    /// The memory that rows and ids take.
    pub bytes: u64,
}

impl Items {
    /// Creates items without rows. Ids are integers, or texts with the option
    /// `ids` text; with `repeats` several rows may have one id.
    pub fn new(options: &ItemsOptions) -> Result<Items> {
        Items::made(|out| unsafe { sys::siamese_items_create(out, &options.0) })
    }

    /// Adds a column; its value is missing in the rows that are there.
    pub fn add_column(&self, name: &str, kind: ColumnType) -> Result<()> {
        let name = c_string("name", name)?;
        check(unsafe {
            sys::siamese_items_add_column(self.as_ptr(), name.as_ptr(), kind.code())
        })
    }

    /// Adds rows, all of them or none, and returns their numbers.
    pub fn add(&self, rows: &Rows<'_>) -> Result<Vec<i64>> {
        let raw = rows.raw()?;
        let mut numbers = vec![0; raw.rows.count];
        let (data, capacity) = (numbers.as_mut_ptr(), numbers.len());
        check(unsafe {
            sys::siamese_items_add(self.as_ptr(), &raw.rows, data, capacity)
        })?;
        Ok(numbers)
    }

    /// Replaces the rows whose ids are there and adds the others, and returns the
    /// numbers of the new rows.
    pub fn update(&self, rows: &Rows<'_>) -> Result<Vec<i64>> {
        let raw = rows.raw()?;
        let mut numbers = vec![0; raw.rows.count];
        let (data, capacity) = (numbers.as_mut_ptr(), numbers.len());
        check(unsafe {
            sys::siamese_items_update(self.as_ptr(), &raw.rows, data, capacity)
        })?;
        Ok(numbers)
    }

    /// Removes every row of some ids and returns their number.
    pub fn remove<'a>(&self, ids: impl Into<Ids<'a>>) -> Result<usize> {
        let mut removed = 0;
        check(ids.into().with(|ids, texts, count| unsafe {
            sys::siamese_items_remove(self.as_ptr(), ids, texts, count, &mut removed)
        }))?;
        Ok(removed)
    }

    /// What the items are at the moment.
    pub fn info(&self) -> ItemsInfo {
        let mut info: sys::siamese_items_info = unsafe { std::mem::zeroed() };
        info.struct_size = size_of::<sys::siamese_items_info>();
        let status = unsafe { sys::siamese_items_get_info(self.as_ptr(), &mut info) };
        assert_eq!(status, sys::SIAMESE_OK, "it has no other failure than misuse");
        ItemsInfo {
            count: info.count,
            next_row: info.next_row,
            text_ids: info.ids == sys::SIAMESE_IDS_TEXT,
            repeats: info.repeats != 0,
            bytes: info.bytes,
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        unsafe { sys::siamese_items_count(self.as_ptr()) }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns beside id and title, in the order in which they were added.
    pub fn columns(&self) -> Result<Vec<(String, ColumnType)>> {
        let mut columns = Vec::new();
        loop {
            let mut info: sys::siamese_column_info = unsafe { std::mem::zeroed() };
            info.struct_size = size_of::<sys::siamese_column_info>();
            let result = check(unsafe {
                sys::siamese_items_get_column(self.as_ptr(), columns.len(), &mut info)
            });
            match result {
                Ok(()) => {
                    let kind = match info.type_ {
                        sys::SIAMESE_COLUMN_INTEGER => ColumnType::Integer,
                        sys::SIAMESE_COLUMN_NUMBER => ColumnType::Number,
                        _ => ColumnType::Text,
                    };
                    columns.push((name(&info.name), kind));
                }
                Err(e) if e.status() == Status::NotFound => return Ok(columns),
                Err(e) => return Err(e),
            }
        }
    }

    /// The numbers of the rows of ids; `None` for an id without one.
    pub fn find<'a>(&self, ids: impl Into<Ids<'a>>) -> Result<Vec<Option<i64>>> {
        let mut numbers = Vec::new();
        check(ids.into().with(|ids, texts, count| {
            numbers.resize(count, 0);
            let data = numbers.as_mut_ptr();
            unsafe {
                sys::siamese_items_find(self.as_ptr(), ids, texts, count, data, count)
            }
        }))?;
        Ok(numbers.into_iter().map(|n| Some(n).filter(|n| *n >= 0)).collect())
    }

    /// The numbers of all rows in ascending order.
    pub fn rows(&self) -> Result<Vec<i64>> {
        crate::text::read_all(|numbers, capacity, needed| unsafe {
            sys::siamese_items_get_rows(self.as_ptr(), numbers, capacity, needed)
        })
    }

    /// A column of texts for the rows of some numbers; `None` where it is missing.
    /// The columns "title", and "id" where ids are texts, are there too.
    pub fn texts(&self, column: &str, rows: &[i64]) -> Result<Vec<Option<Vec<u8>>>> {
        let column = c_string("column", column)?;
        let mut offsets = vec![0; rows.len() + 1];
        let mut present = vec![0; rows.len()];
        let all: Vec<u8> =
            crate::text::read_all(|buf: *mut u8, capacity, needed| unsafe {
                sys::siamese_items_get_texts(
                    self.as_ptr(),
                    column.as_ptr(),
                    rows.as_ptr(),
                    rows.len(),
                    offsets.as_mut_ptr(),
                    buf.cast::<c_char>(),
                    capacity,
                    needed,
                    present.as_mut_ptr(),
                )
            })?;
        let texts = offsets.windows(2).map(|o| all[o[0]..o[1]].to_vec());
        Ok(texts.zip(present).map(|(text, is)| Some(text).filter(|_| is != 0)).collect())
    }

    /// A column of integers for the rows of some numbers; `None` where it is
    /// missing.
    pub fn integers(&self, column: &str, rows: &[i64]) -> Result<Vec<Option<i64>>> {
        let column = c_string("column", column)?;
        let (mut values, mut present) = (vec![0; rows.len()], vec![0; rows.len()]);
        check(unsafe {
            sys::siamese_items_get_integers(
                self.as_ptr(),
                column.as_ptr(),
                rows.as_ptr(),
                rows.len(),
                values.as_mut_ptr(),
                values.len(),
                present.as_mut_ptr(),
            )
        })?;
        Ok(values
            .into_iter()
            .zip(present)
            .map(|(v, is)| Some(v).filter(|_| is != 0))
            .collect())
    }

    /// A column of numbers for the rows of some numbers; `None` where it is
    /// missing.
    pub fn numbers(&self, column: &str, rows: &[i64]) -> Result<Vec<Option<f64>>> {
        let column = c_string("column", column)?;
        let (mut values, mut present) = (vec![0.0; rows.len()], vec![0; rows.len()]);
        check(unsafe {
            sys::siamese_items_get_numbers(
                self.as_ptr(),
                column.as_ptr(),
                rows.as_ptr(),
                rows.len(),
                values.as_mut_ptr(),
                values.len(),
                present.as_mut_ptr(),
            )
        })?;
        Ok(values
            .into_iter()
            .zip(present)
            .map(|(v, is)| Some(v).filter(|_| is != 0))
            .collect())
    }

    /// A filter of the rows that ids have at the moment, and how many ids have
    /// none.
    pub fn include<'a>(&self, ids: impl Into<Ids<'a>>) -> Result<(Filter, usize)> {
        self.filter(sys::SIAMESE_FILTER_INCLUDE, &ids.into())
    }

    /// A filter that leaves the rows of ids out, and how many ids have none.
    pub fn exclude<'a>(&self, ids: impl Into<Ids<'a>>) -> Result<(Filter, usize)> {
        self.filter(sys::SIAMESE_FILTER_EXCLUDE, &ids.into())
    }

    /// A filter of the rows of which an expression over the columns is true at
    /// the moment, such as `brand = "x" and price < 50`, and how many rows pass;
    /// only those that `within` lets pass, if it is given.
    /// `siamese_items_create_where_filter` in C's `search.h` has the grammar.
    pub fn filter_where(
        &self,
        expression: &str,
        within: Option<&Filter>,
    ) -> Result<(Filter, usize)> {
        let expression = c_string("where", expression)?;
        let within = within.map_or(null(), |f| f.as_ptr());
        let (items, mut found) = (self.as_ptr(), 0);
        let filter = Filter::made(|out| unsafe {
            sys::siamese_items_create_where_filter(
                out,
                items,
                expression.as_ptr(),
                within,
                &mut found,
            )
        })?;
        Ok((filter, found))
    }

    fn filter(&self, mode: i32, ids: &Ids<'_>) -> Result<(Filter, usize)> {
        let (items, mut missing) = (self.as_ptr(), 0);
        let filter = ids.with(|ids, texts, count| {
            Filter::made(|out| unsafe {
                sys::siamese_items_create_filter(
                    out,
                    items,
                    mode,
                    ids,
                    texts,
                    count,
                    &mut missing,
                )
            })
        })?;
        Ok((filter, missing))
    }
}

impl std::fmt::Debug for Ids<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Ids::Integers(ids) => ids.fmt(f),
            Ids::Texts(ids) => {
                let texts = ids.iter().map(|id| String::from_utf8_lossy(id));
                f.debug_list().entries(texts).finish()
            }
        }
    }
}
