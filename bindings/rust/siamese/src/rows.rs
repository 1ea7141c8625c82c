//! Rows of items, for items, searchers and models.
use crate::error::{check_rows, Error, Result, Status};
use crate::sys;
use crate::text::{c_string, optional, texts};
use std::ffi::CString;
use std::marker::PhantomData;
use std::mem::size_of;
use std::ptr::null;

/// Rows of items: ids, titles, and columns. A column that is not named is missing
/// in these rows; without ids, a row's number is its id.
#[derive(Clone, Default)]
pub struct Rows<'a> {
    ids: Option<&'a [i64]>,
    text_ids: Option<Vec<sys::siamese_text>>,
    titles: Option<Vec<sys::siamese_text>>,
    columns: Vec<Column<'a>>,
    borrowed: PhantomData<&'a [u8]>,
}

// SAFETY: what its pointers point to is borrowed, and only read.
unsafe impl Send for Rows<'_> {}
unsafe impl Sync for Rows<'_> {}

#[derive(Clone)]
struct Column<'a> {
    name: String,
    values: Values<'a>,
    present: Option<Vec<u8>>,
}

#[derive(Clone)]
enum Values<'a> {
    Texts(Vec<sys::siamese_text>),
    Integers(&'a [i64]),
    Numbers(&'a [f64]),
}

/// The structs of C for rows, and what they point to.
pub(crate) struct Raw<'r> {
    pub rows: sys::siamese_item_rows,
    _columns: Vec<sys::siamese_column_values>,
    _names: Vec<CString>,
    _rows: PhantomData<&'r ()>,
}

impl<'a> Rows<'a> {
    /// No rows yet.
    pub fn new() -> Rows<'a> {
        Rows::default()
    }

    /// The ids of the rows.
    pub fn ids(mut self, ids: &'a [i64]) -> Self {
        self.ids = Some(ids);
        self
    }

    /// The ids of the rows, if they are texts.
    pub fn text_ids<T: AsRef<[u8]>>(mut self, ids: &'a [T]) -> Self {
        self.text_ids = Some(texts(ids));
        self
    }

    /// The titles of the rows.
    pub fn titles<T: AsRef<[u8]>>(mut self, titles: &'a [T]) -> Self {
        self.titles = Some(texts(titles));
        self
    }

    /// A column of texts.
    pub fn texts<T: AsRef<[u8]>>(self, name: &str, values: &'a [T]) -> Self {
        self.column(name, Values::Texts(texts(values)))
    }

    /// A column of integers.
    pub fn integers(self, name: &str, values: &'a [i64]) -> Self {
        self.column(name, Values::Integers(values))
    }

    /// A column of numbers; NaN is a missing value.
    pub fn numbers(self, name: &str, values: &'a [f64]) -> Self {
        self.column(name, Values::Numbers(values))
    }

    fn column(mut self, name: &str, values: Values<'a>) -> Self {
        self.columns.push(Column { name: name.into(), values, present: None });
        self
    }

    /// Where the column that was named last has a value.
    pub fn present(mut self, present: &[bool]) -> Self {
        if let Some(column) = self.columns.last_mut() {
            column.present = Some(present.iter().map(|is| u8::from(*is)).collect());
        }
        self
    }

    /// The structs of C, whose slices fit together.
    pub(crate) fn raw(&self) -> Result<Raw<'_>> {
        let mut lengths = Vec::new();
        lengths.extend(self.ids.map(|l| ("ids".to_string(), l.len())));
        lengths.extend(self.text_ids.as_ref().map(|l| ("text_ids".into(), l.len())));
        lengths.extend(self.titles.as_ref().map(|l| ("titles".into(), l.len())));
        for column in &self.columns {
            let length = match &column.values {
                Values::Texts(values) => values.len(),
                Values::Integers(values) => values.len(),
                Values::Numbers(values) => values.len(),
            };
            let name = format!("column {:?}", column.name);
            lengths.extend(column.present.as_ref().map(|p| (name.clone(), p.len())));
            lengths.push((name, length));
        }
        let count = lengths.first().map_or(0, |(_, length)| *length);
        for (name, length) in &lengths {
            check_rows(name, *length, count)?;
        }
        if self.ids.is_some() && self.text_ids.is_some() {
            return Err(Error::new(Status::Argument, "text_ids: are given beside ids"));
        }
        self.raw_of(count)
    }

    fn raw_of(&self, count: usize) -> Result<Raw<'_>> {
        let mut names = Vec::new();
        let mut columns = Vec::new();
        for column in &self.columns {
            names.push(c_string("column", &column.name)?);
            let mut raw = sys::siamese_column_values {
                struct_size: size_of::<sys::siamese_column_values>(),
                name: names[names.len() - 1].as_ptr(),
                texts: null(),
                integers: null(),
                numbers: null(),
                present: optional(column.present.as_deref()),
            };
            match &column.values {
                Values::Texts(values) => raw.texts = values.as_ptr(),
                Values::Integers(values) => raw.integers = values.as_ptr(),
                Values::Numbers(values) => raw.numbers = values.as_ptr(),
            }
            columns.push(raw);
        }
        let rows = sys::siamese_item_rows {
            struct_size: size_of::<sys::siamese_item_rows>(),
            count,
            ids: optional(self.ids),
            text_ids: optional(self.text_ids.as_deref()),
            titles: optional(self.titles.as_deref()),
            columns: columns.as_ptr(),
            column_count: columns.len(),
        };
        Ok(Raw { rows, _columns: columns, _names: names, _rows: PhantomData })
    }
}
