//! The part of siamese.h that the example calls, as a binding would declare it.
use std::os::raw::{c_char, c_void};

pub type Raw = *mut c_void;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    pub data: *const c_char,
    pub size: usize,
}

#[repr(C)]
pub struct Pairs {
    pub struct_size: usize,
    pub queries: *const Text,
    pub items: *const Text,
    pub query_fields: usize,
    pub item_fields: usize,
    pub item_ids: *const i64,
    pub weights: *const f32,
    pub item_probabilities: *const f32,
    pub count: usize,
}

/// Room for an options struct whose layout stays the library's own business:
/// options are set by name.
#[repr(C, align(8))]
pub struct Options(pub [u8; 1024]);

extern "C" {
    pub fn siamese_last_error() -> *const c_char;
    pub fn siamese_vocab_create(out: *mut Raw, options: *const Options) -> i32;
    pub fn siamese_vocab_add(vocab: Raw, texts: *const Text, n: usize) -> i32;
    pub fn siamese_vocab_finish(vocab: Raw) -> i32;
    pub fn siamese_vocab_free(vocab: Raw);
    pub fn siamese_tower_options_init(options: *mut Options, n: usize) -> i32;
    pub fn siamese_tower_options_set(
        options: *mut Options, name: *const c_char, value: *const c_char,
    ) -> i32;
    pub fn siamese_tower_create(out: *mut Raw, options: *const Options) -> i32;
    pub fn siamese_tower_add_field(
        tower: Raw, name: *const c_char, vocab: Raw, options: *const Options,
    ) -> i32;
    pub fn siamese_tower_encode(
        tower: Raw, rows: *const Text, count: usize, fields: usize,
        out: *mut f32, capacity: usize,
    ) -> i32;
    pub fn siamese_tower_free(tower: Raw);
    pub fn siamese_trainer_create(
        out: *mut Raw, query: Raw, item: Raw, options: *const Options,
    ) -> i32;
    pub fn siamese_trainer_add_pairs(trainer: Raw, pairs: *const Pairs) -> i32;
    pub fn siamese_trainer_step(
        trainer: Raw, rows: *const usize, count: usize, out: *mut c_void,
    ) -> i32;
    pub fn siamese_trainer_snapshot(
        trainer: Raw, query: *mut Raw, item: *mut Raw,
    ) -> i32;
    pub fn siamese_trainer_free(trainer: Raw);
    pub fn siamese_index_create(
        out: *mut Raw, dim: usize, options: *const Options,
    ) -> i32;
    pub fn siamese_index_add(
        index: Raw, ids: *const i64, vectors: *const f32, count: usize,
    ) -> i32;
    pub fn siamese_index_search(
        index: Raw, queries: *const f32, count: usize, k: usize,
        options: *const Options, ids: *mut i64, scores: *mut f32,
        capacity: usize, found: *mut usize,
    ) -> i32;
    pub fn siamese_index_free(index: Raw);
}
