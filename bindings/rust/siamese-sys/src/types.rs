// Written by generate.sh from the headers of the C library.

use std::os::raw::{c_char, c_uchar, c_void};

pub type siamese_status = i32;

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_text {
    pub data: *const c_char,
    pub size: usize,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_allocator {
    pub struct_size: usize,
    pub user: *mut c_void,
    pub allocate:
        Option<unsafe extern "C" fn(user: *mut c_void, size: usize) -> *mut c_void>,
    pub reallocate: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            pointer: *mut c_void,
            size: usize,
        ) -> *mut c_void,
    >,
    pub deallocate: Option<unsafe extern "C" fn(user: *mut c_void, pointer: *mut c_void)>,
}

pub type siamese_log_fn =
    Option<unsafe extern "C" fn(user: *mut c_void, level: i32, message: *const c_char)>;

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_option_info {
    pub struct_size: usize,
    pub name: *const c_char,
    pub type_: *const c_char,
    pub default_value: *const c_char,
    pub range: *const c_char,
    pub help: *const c_char,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_vocab {
    _unused: [u8; 0],
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_vocab_options {
    pub struct_size: usize,
    pub max_tokens: usize,
    pub sequence_length: usize,
    pub standardize: i32,
    pub threads: i32,
    pub normalizer: i32,
    pub split: i32,
    pub stemmer: i32,
    pub output_mode: i32,
    pub ngrams: [i32; 16usize],
    pub hash_words: i32,
    pub hash_buckets: usize,
    pub char_ngrams: [i32; 16usize],
    pub hash_min_count: usize,
    pub strip_accents: i32,
    pub compounds: i32,
    pub quantities: i32,
    pub number_ngrams: i32,
    pub written_words: i32,
    pub packs: i32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_vocab_stats {
    pub struct_size: usize,
    pub texts: u64,
    pub tokens: u64,
    pub unknown_tokens: u64,
    pub texts_cut: u64,
    pub tokens_cut: u64,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_tower {
    _unused: [u8; 0],
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_tower_options {
    pub struct_size: usize,
    pub embedding_dim: usize,
    pub units: usize,
    pub seed: u64,
    pub threads: i32,
    pub kernel: i32,
    pub hidden: usize,
    pub project: usize,
    pub hidden_activation: i32,
    pub project_activation: i32,
    pub normalize: i32,
    pub encoder: i32,
    pub pooling: i32,
    pub mask_zero: i32,
    pub layers: usize,
    pub bidirectional: i32,
    pub combine: i32,
    pub heads: usize,
    pub feed_forward: usize,
    pub dropout: f64,
    pub layer_norm_epsilon: f64,
    pub norm_first: i32,
    pub feed_forward_activation: i32,
    pub embedding_stddev: f64,
    pub table_precision: i32,
    pub matmul_precision: i32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_field_options {
    pub struct_size: usize,
    pub sequence_length: usize,
    pub buckets: usize,
    pub numbers: usize,
    pub dim: usize,
    pub shared_field: usize,
    pub weight: f64,
    pub kind: i32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_parameter_info {
    pub struct_size: usize,
    pub name: [c_char; 64usize],
    pub rank: usize,
    pub shape: [usize; 4usize],
    pub count: usize,
    pub precision: i32,
}

pub type siamese_all_gather_fn = Option<
    unsafe extern "C" fn(
        context: *mut c_void,
        buffer: *mut c_void,
        counts: *const usize,
    ) -> i32,
>;

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_exchange {
    pub struct_size: usize,
    pub rank: usize,
    pub size: usize,
    pub context: *mut c_void,
    pub all_gather: siamese_all_gather_fn,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_trainer_options {
    pub struct_size: usize,
    pub batch_size: usize,
    pub epochs: usize,
    pub shuffle_buffer: usize,
    pub hard_negatives: usize,
    pub seed: u64,
    pub learning_rate: f64,
    pub beta1: f64,
    pub beta2: f64,
    pub epsilon: f64,
    pub temperature: f64,
    pub cache: i32,
    pub remove_accidental_hits: i32,
    pub metrics: i32,
    pub threads: i32,
    pub kernel: i32,
    pub loss: i32,
    pub reduction: i32,
    pub symmetric: i32,
    pub mask_same_query: i32,
    pub margin: f64,
    pub weight_decay: f64,
    pub momentum: f64,
    pub initial_accumulator: f64,
    pub clip_value: f64,
    pub clip_norm: f64,
    pub schedule_end: f64,
    pub warmup_steps: usize,
    pub schedule_steps: usize,
    pub optimizer: i32,
    pub schedule: i32,
    pub sparse_updates: i32,
    pub logq: i32,
    pub random_negatives: usize,
    pub logq_buckets: usize,
    pub logq_rate: f64,
    pub correct_epsilon: i32,
    pub monitor: i32,
    pub restore_best: i32,
    pub validate_every: usize,
    pub patience: usize,
    pub min_delta: f64,
    pub topk_match: i32,
    pub self_supervision: f64,
    pub fragment_contiguous: f64,
    pub fragment_weight: f64,
    pub fragment_min: usize,
    pub fragment_max: usize,
    pub min_steps: usize,
    pub max_steps: usize,
    pub mined_negatives: usize,
    pub mine_first: usize,
    pub mine_last: usize,
    pub mine_from: f64,
    pub mine_below: f64,
    pub word_sums: i32,
    pub matmul_precision: i32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_trainer {
    _unused: [u8; 0],
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_pairs {
    pub struct_size: usize,
    pub queries: *const siamese_text,
    pub items: *const siamese_text,
    pub query_fields: usize,
    pub item_fields: usize,
    pub item_ids: *const i64,
    pub weights: *const f32,
    pub item_probabilities: *const f32,
    pub count: usize,
    pub negatives: *const siamese_text,
    pub negative_offsets: *const usize,
    pub negative_ids: *const i64,
    pub negative_probabilities: *const f32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_source {
    pub struct_size: usize,
    pub context: *mut c_void,
    pub read: Option<
        unsafe extern "C" fn(
            context: *mut c_void,
            pairs: *mut siamese_pairs,
            error: *mut c_char,
            error_size: usize,
        ) -> i32,
    >,
    pub rewind: Option<
        unsafe extern "C" fn(
            context: *mut c_void,
            error: *mut c_char,
            error_size: usize,
        ) -> i32,
    >,
    pub release: Option<unsafe extern "C" fn(context: *mut c_void)>,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_progress {
    pub struct_size: usize,
    pub stage: i32,
    pub topk_known: i32,
    pub step: u64,
    pub epoch: usize,
    pub epochs: usize,
    pub epoch_step: usize,
    pub epoch_steps: usize,
    pub pairs: usize,
    pub loss_mean: f64,
    pub loss_batch_sum: f64,
    pub pairs_per_second: f64,
    pub seconds: f64,
    pub seconds_left: f64,
    pub stage_done: f64,
    pub topk: [f64; 5usize],
    pub validation_step: u64,
    pub validation_loss: f64,
    pub validation_topk: [f64; 5usize],
    pub best_step: u64,
    pub best_value: f64,
    pub validations_without_best: usize,
    pub stopped_early: i32,
    pub best_restored: i32,
    pub validation_tied: usize,
    pub learning_rate: f64,
}

pub type siamese_progress_fn = Option<
    unsafe extern "C" fn(user: *mut c_void, progress: *const siamese_progress) -> i32,
>;

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_step {
    pub struct_size: usize,
    pub step: u64,
    pub pairs: usize,
    pub loss_sum: f64,
    pub loss_mean: f64,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_index {
    _unused: [u8; 0],
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_index_options {
    pub struct_size: usize,
    pub nlist: usize,
    pub nprobe: usize,
    pub seed: u64,
    pub metric: i32,
    pub threads: i32,
    pub kernel: i32,
    pub scan: i32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_search_options {
    pub struct_size: usize,
    pub nprobe: usize,
    pub exact: i32,
    pub min_score: f64,
    pub dedupe: i32,
    pub scan: i32,
    pub strict_nprobe: i32,
}

pub type siamese_index_progress_fn =
    Option<unsafe extern "C" fn(user: *mut c_void, done: f64) -> i32>;

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_id_filter {
    _unused: [u8; 0],
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_index_info {
    pub struct_size: usize,
    pub dim: usize,
    pub count: usize,
    pub nlist: usize,
    pub nprobe: usize,
    pub metric: i32,
    pub memory: usize,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_items {
    _unused: [u8; 0],
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_items_options {
    pub struct_size: usize,
    pub ids: i32,
    pub repeats: i32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_column_values {
    pub struct_size: usize,
    pub name: *const c_char,
    pub texts: *const siamese_text,
    pub integers: *const i64,
    pub numbers: *const f64,
    pub present: *const c_uchar,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_item_rows {
    pub struct_size: usize,
    pub count: usize,
    pub ids: *const i64,
    pub text_ids: *const siamese_text,
    pub titles: *const siamese_text,
    pub columns: *const siamese_column_values,
    pub column_count: usize,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_items_info {
    pub struct_size: usize,
    pub count: usize,
    pub next_row: i64,
    pub columns: usize,
    pub ids: i32,
    pub repeats: i32,
    pub bytes: u64,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_column_info {
    pub struct_size: usize,
    pub name: [c_char; 64usize],
    pub type_: i32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_ranker {
    _unused: [u8; 0],
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_ranker_options {
    pub struct_size: usize,
    pub rerank: i32,
    pub rerank_depth: usize,
    pub maxsim_weight: f64,
    pub spelling: i32,
    pub feedback: usize,
    pub feedback_weight: f64,
    pub learned: i32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_ranker_info {
    pub struct_size: usize,
    pub features: usize,
    pub learned_queries: u64,
    pub uses_learned: i32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_ranker_feature {
    pub struct_size: usize,
    pub name: *const c_char,
    pub help: *const c_char,
    pub weight: f64,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_searcher {
    _unused: [u8; 0],
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_hits {
    _unused: [u8; 0],
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_search_request {
    pub struct_size: usize,
    pub texts: *const siamese_text,
    pub fields: usize,
    pub vectors: *const f32,
    pub count: usize,
    pub k: usize,
    pub min_score: f64,
    pub filter: *const siamese_id_filter,
    pub nprobe: usize,
    pub exact: i32,
    pub dedupe: i32,
    pub dim: usize,
    pub scan: i32,
    pub rerank: i32,
    pub spelling: i32,
    pub feedback: i32,
    pub explain: i32,
    pub collapse_titles: i32,
    pub min_confidence: f64,
    pub strict_nprobe: i32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_preset_info {
    pub struct_size: usize,
    pub name: *const c_char,
    pub help: *const c_char,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_preset_setting {
    pub struct_size: usize,
    pub kind: *const c_char,
    pub name: *const c_char,
    pub value: *const c_char,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_evaluator {
    _unused: [u8; 0],
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_evaluator_options {
    pub struct_size: usize,
    pub relevant: f64,
    pub gain_zero: f64,
    pub gain: i32,
    pub judged_only: i32,
    pub metric: i32,
    pub threads: i32,
    pub kernel: i32,
    pub ties: i32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_judgements {
    pub struct_size: usize,
    pub queries: usize,
    pub offsets: *const usize,
    pub ids: *const i64,
    pub grades: *const f64,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_vectors {
    pub struct_size: usize,
    pub dim: usize,
    pub queries: *const f32,
    pub items: *const f32,
    pub item_ids: *const i64,
    pub item_count: usize,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_rankings {
    pub struct_size: usize,
    pub depth: usize,
    pub ids: *const i64,
    pub found: *const usize,
    pub scores: *const f32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_evaluator_counts {
    pub struct_size: usize,
    pub queries: usize,
    pub relevant: usize,
    pub relevant_items: usize,
    pub gaining: usize,
    pub tied: usize,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_bundle {
    _unused: [u8; 0],
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_save_options {
    pub struct_size: usize,
    pub compression: i32,
    pub finished: i32,
    pub map: i32,
}

pub type siamese_write_fn = Option<
    unsafe extern "C" fn(user: *mut c_void, data: *const c_void, size: usize) -> i32,
>;

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_load_options {
    pub struct_size: usize,
    pub max_bytes: u64,
    pub threads: i32,
    pub finished: i32,
    pub map: i32,
}

pub type siamese_read_fn = Option<
    unsafe extern "C" fn(
        user: *mut c_void,
        data: *mut c_void,
        size: usize,
        done: *mut usize,
    ) -> i32,
>;

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_section_info {
    pub struct_size: usize,
    pub name: [c_char; 64usize],
    pub user: i32,
    pub version: u32,
    pub stored_size: u64,
    pub size: u64,
    pub crc32: u32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_model {
    _unused: [u8; 0],
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_model_options {
    pub struct_size: usize,
    pub threads: i32,
    pub repeats: i32,
}

#[repr(C)]
#[derive(Copy, Clone)]
pub struct siamese_model_info {
    pub struct_size: usize,
    pub dim: usize,
    pub items: usize,
    pub vectors: usize,
    pub pairs: usize,
    pub generation: u64,
    pub trained: i32,
    pub training: i32,
}
