//! A tower: rows of texts in, vectors out. Trainers make better ones.
use crate::error::{check, rows_of, Result};
use crate::handle::handle;
use crate::options::{FieldOptions, TowerOptions};
use crate::sys;
use crate::text::{c_string, name, read_all, text, texts};
use crate::vocab::Vocab;
use std::mem::size_of;
use std::os::raw::c_char;
use std::ptr::null;

handle!(
    /// A tower whose fields are added and whose weights are set.
    TowerBuilder,
    siamese_tower,
    siamese_tower_free
);

handle!(
    /// Turns rows of texts into vectors; it never changes. Each text of a row
    /// belongs to a field, which has an encoder of its own; most towers have one
    /// field.
    Tower,
    siamese_tower,
    siamese_tower_free
);

/// One of the two towers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// That of the queries.
    Query,
    /// That of the items.
    Item,
}

impl Side {
    pub(crate) fn code(self) -> i32 {
        match self {
            Side::Query => sys::SIAMESE_SIDE_QUERY,
            Side::Item => sys::SIAMESE_SIDE_ITEM,
        }
    }
}

/// How the numbers of an embedding table are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// As 32-bit floats.
    Float32,
    /// IEEE 754 binary16.
    Float16,
    /// 8-bit integers times a scale per row.
    Int8,
}

/// The description of weights, with Keras's names and layouts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, e.g. "embedding".
    pub name: String,
    /// Its dimensions.
    pub shape: Vec<usize>,
    /// How its numbers are stored.
    pub precision: Precision,
}

fn parameters(tower: *const sys::siamese_tower) -> Result<Vec<Parameter>> {
    let count = unsafe { sys::siamese_tower_parameter_count(tower) };
    let describe = |i| {
        let mut info: sys::siamese_parameter_info = unsafe { std::mem::zeroed() };
        info.struct_size = size_of::<sys::siamese_parameter_info>();
        check(unsafe { sys::siamese_tower_parameter_info(tower, i, &mut info) })?;
        Ok(Parameter {
            name: name(&info.name),
            shape: info.shape[..info.rank].to_vec(),
            precision: match info.precision {
                sys::SIAMESE_PRECISION_FLOAT16 => Precision::Float16,
                sys::SIAMESE_PRECISION_INT8 => Precision::Int8,
                _ => Precision::Float32,
            },
        })
    };
    (0..count).map(describe).collect()
}

fn parameter(tower: *const sys::siamese_tower, name: &str) -> Result<Vec<f32>> {
    let name = c_string("name", name)?;
    read_all(|values, capacity, needed| unsafe {
        sys::siamese_tower_parameter_get(tower, name.as_ptr(), values, capacity, needed)
    })
}

impl TowerBuilder {
    /// Creates a tower without fields.
    pub fn new(options: &TowerOptions) -> Result<TowerBuilder> {
        TowerBuilder::made(|out| unsafe { sys::siamese_tower_create(out, &options.0) })
    }

    /// Adds a field and initialises its encoder; `None` for one of kind numbers
    /// or of hashed ids.
    pub fn add_field<'a>(
        &mut self,
        name: &str,
        vocab: impl Into<Option<&'a Vocab>>,
        options: &FieldOptions,
    ) -> Result<()> {
        let name = c_string("name", name)?;
        let vocab = vocab.into().map_or(null(), |v| v.as_ptr() as *const _);
        check(unsafe {
            sys::siamese_tower_add_field(self.as_ptr(), name.as_ptr(), vocab, &options.0)
        })
    }

    /// The parameters of the fields so far.
    pub fn parameters(&self) -> Result<Vec<Parameter>> {
        parameters(self.as_ptr())
    }

    /// The values of a parameter, row-major.
    pub fn parameter(&self, name: &str) -> Result<Vec<f32>> {
        parameter(self.as_ptr(), name)
    }

    /// Sets the values of a parameter, row-major.
    pub fn set_parameter(&mut self, name: &str, values: &[f32]) -> Result<()> {
        let name = c_string("name", name)?;
        let (data, count) = (values.as_ptr(), values.len());
        check(unsafe {
            sys::siamese_tower_parameter_set(self.as_ptr(), name.as_ptr(), data, count)
        })
    }

    /// The tower, which never changes again.
    pub fn build(self) -> Tower {
        let raw = self.0;
        std::mem::forget(self);
        Tower(raw)
    }
}

impl Tower {
    /// A copy that can be changed.
    pub fn to_builder(&self) -> Result<TowerBuilder> {
        let precision = self.options()?.0.table_precision;
        TowerBuilder::made(|out| unsafe {
            sys::siamese_tower_quantize(out, self.as_ptr(), precision)
        })
    }

    /// The size of one vector; 0 without a field.
    pub fn dim(&self) -> usize {
        unsafe { sys::siamese_tower_dim(self.as_ptr()) }
    }

    /// The number of fields, which is the number of texts per row.
    pub fn field_count(&self) -> usize {
        unsafe { sys::siamese_tower_field_count(self.as_ptr()) }
    }

    /// The vectors of texts, `[texts][dim]`, one behind the other. A text's vector
    /// has the same bits in any batch.
    pub fn encode<T: AsRef<[u8]>>(&self, list: &[T]) -> Result<Vec<f32>> {
        self.encode_rows(list, 1)
    }

    /// The vectors of rows of so many texts each; fields beyond are absent.
    pub fn encode_rows<T: AsRef<[u8]>>(
        &self,
        list: &[T],
        fields: usize,
    ) -> Result<Vec<f32>> {
        let mut out = vec![0.0; rows_of("texts", list.len(), fields)? * self.dim()];
        self.encode_to(list, fields, &mut out)?;
        Ok(out)
    }

    /// Writes the vectors of rows of texts to `out`, which has room for them.
    pub fn encode_to<T: AsRef<[u8]>>(
        &self,
        list: &[T],
        fields: usize,
        out: &mut [f32],
    ) -> Result<()> {
        let rows = rows_of("texts", list.len(), fields)?;
        if let [one] = list {
            return self.encode_texts(&[text(one.as_ref())], rows, fields, out);
        }
        self.encode_texts(&texts(list), rows, fields, out)
    }

    #[inline]
    fn encode_texts(
        &self,
        list: &[sys::siamese_text],
        rows: usize,
        fields: usize,
        out: &mut [f32],
    ) -> Result<()> {
        let (data, capacity) = (out.as_mut_ptr(), out.len());
        check(unsafe {
            sys::siamese_tower_encode(
                self.as_ptr(),
                list.as_ptr(),
                rows,
                fields,
                data,
                capacity,
            )
        })
    }

    /// The vectors of rows of token ids, of a tower of one field.
    pub fn encode_ids<R: AsRef<[i64]>>(&self, rows: &[R]) -> Result<Vec<f32>> {
        let mut ids = Vec::new();
        let mut offsets = vec![0];
        for row in rows {
            ids.extend_from_slice(row.as_ref());
            offsets.push(ids.len());
        }
        let mut out = vec![0.0; rows.len() * self.dim()];
        check(unsafe {
            sys::siamese_tower_encode_ids(
                self.as_ptr(),
                ids.as_ptr(),
                offsets.as_ptr(),
                rows.len(),
                out.as_mut_ptr(),
                out.len(),
            )
        })?;
        Ok(out)
    }

    /// The name of a field.
    pub fn field_name(&self, field: usize) -> Result<String> {
        let name: Vec<u8> = read_all(|buf: *mut u8, size, needed| unsafe {
            let buf = buf.cast::<c_char>();
            sys::siamese_tower_get_field_name(self.as_ptr(), field, buf, size, needed)
        })?;
        Ok(String::from_utf8_lossy(&name).into_owned())
    }

    /// The options in force.
    pub fn options(&self) -> Result<TowerOptions> {
        TowerOptions::read(|o| unsafe {
            sys::siamese_tower_get_options(self.as_ptr(), o)
        })
    }

    /// The vocabulary of a field.
    pub fn vocab(&self, field: usize) -> Result<Vocab> {
        Vocab::made(|out| unsafe {
            sys::siamese_tower_get_vocab(self.as_ptr(), field, out)
        })
    }

    /// The parameters.
    pub fn parameters(&self) -> Result<Vec<Parameter>> {
        parameters(self.as_ptr())
    }

    /// The values of a parameter, row-major.
    pub fn parameter(&self, name: &str) -> Result<Vec<f32>> {
        parameter(self.as_ptr(), name)
    }

    /// A copy whose embedding tables have another precision.
    pub fn quantize(&self, precision: Precision) -> Result<Tower> {
        let precision = match precision {
            Precision::Float32 => sys::SIAMESE_PRECISION_FLOAT32,
            Precision::Float16 => sys::SIAMESE_PRECISION_FLOAT16,
            Precision::Int8 => sys::SIAMESE_PRECISION_INT8,
        };
        Tower::made(|out| unsafe {
            sys::siamese_tower_quantize(out, self.as_ptr(), precision)
        })
    }

    /// A copy that has a grown vocabulary in one field.
    pub fn grow(&self, field: usize, vocab: &Vocab) -> Result<Tower> {
        let vocab = vocab.as_ptr();
        Tower::made(|out| unsafe {
            sys::siamese_tower_grow(out, self.as_ptr(), field, vocab)
        })
    }
}
