// Written by generate.sh from the headers of the C library.

use crate::types::*;
use std::os::raw::{c_char, c_uchar, c_void};

extern "C" {
    pub fn siamese_last_error() -> *const c_char;
    pub fn siamese_status_name(status: siamese_status) -> *const c_char;
    pub fn siamese_status_text(status: siamese_status) -> *const c_char;
    pub fn siamese_version() -> *const c_char;
    pub fn siamese_set_allocator(allocator: *const siamese_allocator) -> siamese_status;
    pub fn siamese_set_log(
        log: siamese_log_fn,
        user: *mut c_void,
        level: i32,
    ) -> siamese_status;
    pub fn siamese_vocab_options_init(
        options: *mut siamese_vocab_options,
        struct_size: usize,
    ) -> siamese_status;
    pub fn siamese_vocab_options_set(
        options: *mut siamese_vocab_options,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_vocab_options_get(
        options: *const siamese_vocab_options,
        name: *const c_char,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_vocab_options_describe(
        i: usize,
        info: *mut siamese_option_info,
    ) -> siamese_status;
    pub fn siamese_vocab_create(
        out: *mut *mut siamese_vocab,
        options: *const siamese_vocab_options,
    ) -> siamese_status;
    pub fn siamese_vocab_add(
        vocab: *mut siamese_vocab,
        texts: *const siamese_text,
        count: usize,
    ) -> siamese_status;
    pub fn siamese_vocab_finish(vocab: *mut siamese_vocab) -> siamese_status;
    pub fn siamese_vocab_free(vocab: *mut siamese_vocab);
    pub fn siamese_vocab_size(vocab: *const siamese_vocab) -> usize;
    pub fn siamese_vocab_tokenize(
        vocab: *const siamese_vocab,
        texts: *const siamese_text,
        count: usize,
        ids: *mut i64,
        ids_capacity: usize,
        offsets: *mut usize,
        ids_needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_vocab_encode(
        vocab: *const siamese_vocab,
        texts: *const siamese_text,
        count: usize,
        out: *mut f32,
        out_capacity: usize,
    ) -> siamese_status;
    pub fn siamese_vocab_token(
        vocab: *const siamese_vocab,
        id: i64,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_vocab_lookup(
        vocab: *const siamese_vocab,
        data: *const c_char,
        size: usize,
        id: *mut i64,
    ) -> siamese_status;
    pub fn siamese_vocab_get_options(
        vocab: *const siamese_vocab,
        options: *mut siamese_vocab_options,
    ) -> siamese_status;
    pub fn siamese_vocab_get_stats(
        vocab: *const siamese_vocab,
        stats: *mut siamese_vocab_stats,
    ) -> siamese_status;
    pub fn siamese_vocab_measure(
        vocab: *const siamese_vocab,
        texts: *const siamese_text,
        count: usize,
        stats: *mut siamese_vocab_stats,
    ) -> siamese_status;
    pub fn siamese_vocab_set_tokens(
        vocab: *mut siamese_vocab,
        tokens: *const siamese_text,
        count: usize,
    ) -> siamese_status;
    pub fn siamese_vocab_set_idf(
        vocab: *mut siamese_vocab,
        tokens: *const siamese_text,
        idf: *const f32,
        count: usize,
    ) -> siamese_status;
    pub fn siamese_vocab_get_idf(
        vocab: *const siamese_vocab,
        idf: *mut f32,
        idf_capacity: usize,
    ) -> siamese_status;
    pub fn siamese_vocab_grow(
        out: *mut *mut siamese_vocab,
        old: *const siamese_vocab,
        fresh: *const siamese_vocab,
        max_tokens: usize,
    ) -> siamese_status;
    pub fn siamese_vocab_load_sentencepiece(
        out: *mut *mut siamese_vocab,
        model: *const c_void,
        size: usize,
        options: *const siamese_vocab_options,
    ) -> siamese_status;
    pub fn siamese_vocab_train_sentencepiece(
        out: *mut *mut siamese_vocab,
        texts: *const siamese_text,
        count: usize,
        options: *const siamese_vocab_options,
    ) -> siamese_status;
    pub fn siamese_vocab_get_sentencepiece(
        vocab: *const siamese_vocab,
        model: *mut c_void,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_tower_options_init(
        options: *mut siamese_tower_options,
        struct_size: usize,
    ) -> siamese_status;
    pub fn siamese_tower_options_set(
        options: *mut siamese_tower_options,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_tower_options_get(
        options: *const siamese_tower_options,
        name: *const c_char,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_tower_options_describe(
        i: usize,
        info: *mut siamese_option_info,
    ) -> siamese_status;
    pub fn siamese_field_options_init(
        options: *mut siamese_field_options,
        struct_size: usize,
    ) -> siamese_status;
    pub fn siamese_field_options_set(
        options: *mut siamese_field_options,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_field_options_get(
        options: *const siamese_field_options,
        name: *const c_char,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_field_options_describe(
        i: usize,
        info: *mut siamese_option_info,
    ) -> siamese_status;
    pub fn siamese_tower_create(
        out: *mut *mut siamese_tower,
        options: *const siamese_tower_options,
    ) -> siamese_status;
    pub fn siamese_tower_add_field(
        tower: *mut siamese_tower,
        name: *const c_char,
        vocab: *const siamese_vocab,
        options: *const siamese_field_options,
    ) -> siamese_status;
    pub fn siamese_tower_free(tower: *mut siamese_tower);
    pub fn siamese_tower_dim(tower: *const siamese_tower) -> usize;
    pub fn siamese_tower_encode(
        tower: *const siamese_tower,
        rows: *const siamese_text,
        count: usize,
        fields: usize,
        out: *mut f32,
        out_capacity: usize,
    ) -> siamese_status;
    pub fn siamese_tower_encode_ids(
        tower: *const siamese_tower,
        ids: *const i64,
        offsets: *const usize,
        count: usize,
        out: *mut f32,
        out_capacity: usize,
    ) -> siamese_status;
    pub fn siamese_tower_get_options(
        tower: *const siamese_tower,
        options: *mut siamese_tower_options,
    ) -> siamese_status;
    pub fn siamese_tower_field_count(tower: *const siamese_tower) -> usize;
    pub fn siamese_tower_get_vocab(
        tower: *const siamese_tower,
        field: usize,
        out: *mut *mut siamese_vocab,
    ) -> siamese_status;
    pub fn siamese_tower_get_field_name(
        tower: *const siamese_tower,
        field: usize,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_tower_parameter_count(tower: *const siamese_tower) -> usize;
    pub fn siamese_tower_parameter_info(
        tower: *const siamese_tower,
        i: usize,
        info: *mut siamese_parameter_info,
    ) -> siamese_status;
    pub fn siamese_tower_parameter_get(
        tower: *const siamese_tower,
        name: *const c_char,
        values: *mut f32,
        capacity: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_tower_parameter_set(
        tower: *mut siamese_tower,
        name: *const c_char,
        values: *const f32,
        count: usize,
    ) -> siamese_status;
    pub fn siamese_tower_quantize(
        out: *mut *mut siamese_tower,
        tower: *const siamese_tower,
        precision: i32,
    ) -> siamese_status;
    pub fn siamese_tower_grow(
        out: *mut *mut siamese_tower,
        tower: *const siamese_tower,
        field: usize,
        vocab: *const siamese_vocab,
    ) -> siamese_status;
    pub fn siamese_trainer_options_init(
        options: *mut siamese_trainer_options,
        struct_size: usize,
    ) -> siamese_status;
    pub fn siamese_trainer_options_set(
        options: *mut siamese_trainer_options,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_trainer_options_get(
        options: *const siamese_trainer_options,
        name: *const c_char,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_trainer_options_describe(
        i: usize,
        info: *mut siamese_option_info,
    ) -> siamese_status;
    pub fn siamese_trainer_create(
        out: *mut *mut siamese_trainer,
        query: *const siamese_tower,
        item: *const siamese_tower,
        options: *const siamese_trainer_options,
    ) -> siamese_status;
    pub fn siamese_trainer_free(trainer: *mut siamese_trainer);
    pub fn siamese_trainer_add_pairs(
        trainer: *mut siamese_trainer,
        pairs: *const siamese_pairs,
    ) -> siamese_status;
    pub fn siamese_trainer_set_source(
        trainer: *mut siamese_trainer,
        source: *const siamese_source,
    ) -> siamese_status;
    pub fn siamese_trainer_add_items(
        trainer: *mut siamese_trainer,
        items: *const siamese_pairs,
    ) -> siamese_status;
    pub fn siamese_trainer_pair_count(trainer: *const siamese_trainer) -> usize;
    pub fn siamese_trainer_item_count(trainer: *const siamese_trainer) -> usize;
    pub fn siamese_trainer_set_validation(
        trainer: *mut siamese_trainer,
        pairs: *const siamese_pairs,
        candidates: *const siamese_pairs,
    ) -> siamese_status;
    pub fn siamese_trainer_fit(
        trainer: *mut siamese_trainer,
        progress: siamese_progress_fn,
        user: *mut c_void,
    ) -> siamese_status;
    pub fn siamese_trainer_cancel(trainer: *mut siamese_trainer) -> siamese_status;
    pub fn siamese_trainer_forget_cancel(trainer: *mut siamese_trainer)
        -> siamese_status;
    pub fn siamese_trainer_step(
        trainer: *mut siamese_trainer,
        rows: *const usize,
        count: usize,
        out: *mut siamese_step,
    ) -> siamese_status;
    pub fn siamese_trainer_set_exchange(
        trainer: *mut siamese_trainer,
        exchange: *const siamese_exchange,
    ) -> siamese_status;
    pub fn siamese_trainer_snapshot(
        trainer: *const siamese_trainer,
        query: *mut *mut siamese_tower,
        item: *mut *mut siamese_tower,
    ) -> siamese_status;
    pub fn siamese_trainer_evaluate(
        trainer: *mut siamese_trainer,
        pairs: *const siamese_pairs,
        candidates: *const siamese_pairs,
        ks: *const usize,
        ks_count: usize,
        accuracy: *mut f64,
        accuracy_capacity: usize,
    ) -> siamese_status;
    pub fn siamese_trainer_get_progress(
        trainer: *const siamese_trainer,
        progress: *mut siamese_progress,
    ) -> siamese_status;
    pub fn siamese_trainer_get_gradient(
        trainer: *const siamese_trainer,
        side: i32,
        name: *const c_char,
        values: *mut f32,
        capacity: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_trainer_set_option(
        trainer: *mut siamese_trainer,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_trainer_get_options(
        trainer: *const siamese_trainer,
        options: *mut siamese_trainer_options,
    ) -> siamese_status;
    pub fn siamese_trainer_grow(
        trainer: *mut siamese_trainer,
        side: i32,
        field: usize,
        vocab: *const siamese_vocab,
    ) -> siamese_status;
    pub fn siamese_index_options_init(
        options: *mut siamese_index_options,
        struct_size: usize,
    ) -> siamese_status;
    pub fn siamese_index_options_set(
        options: *mut siamese_index_options,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_index_options_get(
        options: *const siamese_index_options,
        name: *const c_char,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_index_options_describe(
        i: usize,
        info: *mut siamese_option_info,
    ) -> siamese_status;
    pub fn siamese_search_options_init(
        options: *mut siamese_search_options,
        struct_size: usize,
    ) -> siamese_status;
    pub fn siamese_search_options_set(
        options: *mut siamese_search_options,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_search_options_get(
        options: *const siamese_search_options,
        name: *const c_char,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_search_options_describe(
        i: usize,
        info: *mut siamese_option_info,
    ) -> siamese_status;
    pub fn siamese_index_create(
        out: *mut *mut siamese_index,
        dim: usize,
        options: *const siamese_index_options,
    ) -> siamese_status;
    pub fn siamese_index_add(
        index: *mut siamese_index,
        ids: *const i64,
        vectors: *const f32,
        count: usize,
    ) -> siamese_status;
    pub fn siamese_index_remove(
        index: *mut siamese_index,
        ids: *const i64,
        count: usize,
        removed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_index_update(
        index: *mut siamese_index,
        ids: *const i64,
        vectors: *const f32,
        count: usize,
        removed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_index_train(
        index: *mut siamese_index,
        vectors: *const f32,
        count: usize,
    ) -> siamese_status;
    pub fn siamese_index_train_with_progress(
        index: *mut siamese_index,
        vectors: *const f32,
        count: usize,
        progress: siamese_index_progress_fn,
        user: *mut c_void,
    ) -> siamese_status;
    pub fn siamese_index_free(index: *mut siamese_index);
    pub fn siamese_index_search(
        index: *const siamese_index,
        queries: *const f32,
        count: usize,
        k: usize,
        options: *const siamese_search_options,
        ids: *mut i64,
        scores: *mut f32,
        capacity: usize,
        found: *mut usize,
    ) -> siamese_status;
    pub fn siamese_index_range_search(
        index: *const siamese_index,
        queries: *const f32,
        count: usize,
        min_score: f32,
        options: *const siamese_search_options,
        offsets: *mut usize,
        ids: *mut i64,
        scores: *mut f32,
        capacity: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_id_filter_create(
        out: *mut *mut siamese_id_filter,
        mode: i32,
        ids: *const i64,
        count: usize,
    ) -> siamese_status;
    pub fn siamese_id_filter_free(filter: *mut siamese_id_filter);
    pub fn siamese_index_search_filtered(
        index: *const siamese_index,
        queries: *const f32,
        count: usize,
        k: usize,
        options: *const siamese_search_options,
        filter: *const siamese_id_filter,
        ids: *mut i64,
        scores: *mut f32,
        capacity: usize,
        found: *mut usize,
    ) -> siamese_status;
    pub fn siamese_index_range_search_filtered(
        index: *const siamese_index,
        queries: *const f32,
        count: usize,
        min_score: f32,
        options: *const siamese_search_options,
        filter: *const siamese_id_filter,
        offsets: *mut usize,
        ids: *mut i64,
        scores: *mut f32,
        capacity: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_index_tune_nprobe(
        index: *const siamese_index,
        queries: *const f32,
        count: usize,
        k: usize,
        recall: f64,
        nprobe: *mut usize,
        reached: *mut f64,
    ) -> siamese_status;
    pub fn siamese_index_tune_nprobe_with_progress(
        index: *const siamese_index,
        queries: *const f32,
        count: usize,
        k: usize,
        recall: f64,
        progress: siamese_index_progress_fn,
        user: *mut c_void,
        nprobe: *mut usize,
        reached: *mut f64,
    ) -> siamese_status;
    pub fn siamese_index_set_nprobe(
        index: *mut siamese_index,
        nprobe: usize,
    ) -> siamese_status;
    pub fn siamese_index_get_centroids(
        index: *const siamese_index,
        out: *mut f32,
        capacity: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_index_set_centroids(
        index: *mut siamese_index,
        centroids: *const f32,
        nlist: usize,
        dim: usize,
    ) -> siamese_status;
    pub fn siamese_index_count(index: *const siamese_index) -> usize;
    pub fn siamese_index_reconstruct(
        index: *const siamese_index,
        id: i64,
        out: *mut f32,
        out_capacity: usize,
    ) -> siamese_status;
    pub fn siamese_index_get_vectors(
        index: *const siamese_index,
        id: i64,
        out: *mut f32,
        out_capacity: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_index_contains(
        index: *const siamese_index,
        id: i64,
        vectors: *mut usize,
    ) -> siamese_status;
    pub fn siamese_index_get_ids(
        index: *const siamese_index,
        ids: *mut i64,
        capacity: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_index_get_info(
        index: *const siamese_index,
        info: *mut siamese_index_info,
    ) -> siamese_status;
    pub fn siamese_index_get_options(
        index: *const siamese_index,
        options: *mut siamese_index_options,
    ) -> siamese_status;
    pub fn siamese_index_export_faiss(
        index: *const siamese_index,
        path: *const c_char,
    ) -> siamese_status;
    pub fn siamese_hits_merge(
        shard_ids: *const *const i64,
        shard_scores: *const *const f32,
        shards: usize,
        count: usize,
        k: usize,
        dedupe: i32,
        ids: *mut i64,
        scores: *mut f32,
        capacity: usize,
        found: *mut usize,
        missing: *mut i32,
    ) -> siamese_status;
    pub fn siamese_hits_merge_range(
        shard_offsets: *const *const usize,
        shard_ids: *const *const i64,
        shard_scores: *const *const f32,
        shards: usize,
        count: usize,
        dedupe: i32,
        offsets: *mut usize,
        ids: *mut i64,
        scores: *mut f32,
        capacity: usize,
        needed: *mut usize,
        missing: *mut i32,
    ) -> siamese_status;
    pub fn siamese_items_options_init(
        options: *mut siamese_items_options,
        struct_size: usize,
    ) -> siamese_status;
    pub fn siamese_items_options_set(
        options: *mut siamese_items_options,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_items_options_get(
        options: *const siamese_items_options,
        name: *const c_char,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_items_options_describe(
        i: usize,
        info: *mut siamese_option_info,
    ) -> siamese_status;
    pub fn siamese_items_create(
        out: *mut *mut siamese_items,
        options: *const siamese_items_options,
    ) -> siamese_status;
    pub fn siamese_items_free(items: *mut siamese_items);
    pub fn siamese_items_add_column(
        items: *mut siamese_items,
        name: *const c_char,
        type_: i32,
    ) -> siamese_status;
    pub fn siamese_items_add(
        items: *mut siamese_items,
        rows: *const siamese_item_rows,
        numbers: *mut i64,
        capacity: usize,
    ) -> siamese_status;
    pub fn siamese_items_update(
        items: *mut siamese_items,
        rows: *const siamese_item_rows,
        numbers: *mut i64,
        capacity: usize,
    ) -> siamese_status;
    pub fn siamese_items_remove(
        items: *mut siamese_items,
        ids: *const i64,
        text_ids: *const siamese_text,
        count: usize,
        removed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_items_get_info(
        items: *const siamese_items,
        info: *mut siamese_items_info,
    ) -> siamese_status;
    pub fn siamese_items_count(items: *const siamese_items) -> usize;
    pub fn siamese_items_get_column(
        items: *const siamese_items,
        i: usize,
        info: *mut siamese_column_info,
    ) -> siamese_status;
    pub fn siamese_items_find(
        items: *const siamese_items,
        ids: *const i64,
        text_ids: *const siamese_text,
        count: usize,
        numbers: *mut i64,
        capacity: usize,
    ) -> siamese_status;
    pub fn siamese_items_get_rows(
        items: *const siamese_items,
        numbers: *mut i64,
        capacity: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_items_get_texts(
        items: *const siamese_items,
        column: *const c_char,
        numbers: *const i64,
        count: usize,
        offsets: *mut usize,
        bytes: *mut c_char,
        capacity: usize,
        needed: *mut usize,
        present: *mut c_uchar,
    ) -> siamese_status;
    pub fn siamese_items_get_integers(
        items: *const siamese_items,
        column: *const c_char,
        numbers: *const i64,
        count: usize,
        values: *mut i64,
        capacity: usize,
        present: *mut c_uchar,
    ) -> siamese_status;
    pub fn siamese_items_get_numbers(
        items: *const siamese_items,
        column: *const c_char,
        numbers: *const i64,
        count: usize,
        values: *mut f64,
        capacity: usize,
        present: *mut c_uchar,
    ) -> siamese_status;
    pub fn siamese_ranker_options_init(
        options: *mut siamese_ranker_options,
        struct_size: usize,
    ) -> siamese_status;
    pub fn siamese_ranker_options_set(
        options: *mut siamese_ranker_options,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_ranker_options_get(
        options: *const siamese_ranker_options,
        name: *const c_char,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_ranker_options_describe(
        i: usize,
        info: *mut siamese_option_info,
    ) -> siamese_status;
    pub fn siamese_ranker_create(
        out: *mut *mut siamese_ranker,
        options: *const siamese_ranker_options,
    ) -> siamese_status;
    pub fn siamese_ranker_free(ranker: *mut siamese_ranker);
    pub fn siamese_ranker_get_options(
        ranker: *const siamese_ranker,
        options: *mut siamese_ranker_options,
    ) -> siamese_status;
    pub fn siamese_ranker_get_info(
        ranker: *const siamese_ranker,
        info: *mut siamese_ranker_info,
    ) -> siamese_status;
    pub fn siamese_ranker_describe_feature(
        ranker: *const siamese_ranker,
        i: usize,
        feature: *mut siamese_ranker_feature,
    ) -> siamese_status;
    pub fn siamese_search_request_init(
        request: *mut siamese_search_request,
        struct_size: usize,
    ) -> siamese_status;
    pub fn siamese_search_request_set(
        request: *mut siamese_search_request,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_search_request_get(
        request: *const siamese_search_request,
        name: *const c_char,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_search_request_describe(
        i: usize,
        info: *mut siamese_option_info,
    ) -> siamese_status;
    pub fn siamese_searcher_create(
        out: *mut *mut siamese_searcher,
        query: *mut siamese_tower,
        item: *mut siamese_tower,
        index: *mut siamese_index,
        items: *mut siamese_items,
    ) -> siamese_status;
    pub fn siamese_searcher_free(searcher: *mut siamese_searcher);
    pub fn siamese_searcher_search(
        searcher: *const siamese_searcher,
        request: *const siamese_search_request,
        out: *mut *mut siamese_hits,
    ) -> siamese_status;
    pub fn siamese_searcher_add(
        searcher: *mut siamese_searcher,
        rows: *const siamese_item_rows,
        vectors: *const f32,
    ) -> siamese_status;
    pub fn siamese_searcher_update(
        searcher: *mut siamese_searcher,
        rows: *const siamese_item_rows,
        vectors: *const f32,
    ) -> siamese_status;
    pub fn siamese_searcher_remove(
        searcher: *mut siamese_searcher,
        ids: *const i64,
        text_ids: *const siamese_text,
        count: usize,
        removed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_searcher_get_query_tower(
        searcher: *const siamese_searcher,
        out: *mut *mut siamese_tower,
    ) -> siamese_status;
    pub fn siamese_searcher_get_item_tower(
        searcher: *const siamese_searcher,
        out: *mut *mut siamese_tower,
    ) -> siamese_status;
    pub fn siamese_searcher_get_index(
        searcher: *const siamese_searcher,
        out: *mut *mut siamese_index,
    ) -> siamese_status;
    pub fn siamese_searcher_get_items(
        searcher: *const siamese_searcher,
        out: *mut *mut siamese_items,
    ) -> siamese_status;
    pub fn siamese_searcher_set_ranker(
        searcher: *mut siamese_searcher,
        ranker: *const siamese_ranker,
    ) -> siamese_status;
    pub fn siamese_searcher_get_ranker(
        searcher: *const siamese_searcher,
        out: *mut *mut siamese_ranker,
    ) -> siamese_status;
    pub fn siamese_items_create_filter(
        out: *mut *mut siamese_id_filter,
        items: *const siamese_items,
        mode: i32,
        ids: *const i64,
        text_ids: *const siamese_text,
        count: usize,
        missing: *mut usize,
    ) -> siamese_status;
    pub fn siamese_items_create_where_filter(
        out: *mut *mut siamese_id_filter,
        items: *const siamese_items,
        expression: *const c_char,
        within: *const siamese_id_filter,
        found: *mut usize,
    ) -> siamese_status;
    pub fn siamese_hits_free(hits: *mut siamese_hits);
    pub fn siamese_hits_query_count(hits: *const siamese_hits) -> usize;
    pub fn siamese_hits_count(hits: *const siamese_hits, query: usize) -> usize;
    pub fn siamese_hits_offsets(hits: *const siamese_hits) -> *const usize;
    pub fn siamese_hits_known(hits: *const siamese_hits, query: usize) -> i32;
    pub fn siamese_hits_rows(hits: *const siamese_hits, query: usize) -> *const i64;
    pub fn siamese_hits_scores(hits: *const siamese_hits, query: usize) -> *const f32;
    pub fn siamese_hits_ids(hits: *const siamese_hits, query: usize) -> *const i64;
    pub fn siamese_hits_vector_scores(
        hits: *const siamese_hits,
        query: usize,
    ) -> *const f32;
    pub fn siamese_hits_confidences(
        hits: *const siamese_hits,
        query: usize,
    ) -> *const f32;
    pub fn siamese_hits_get_shares(
        hits: *const siamese_hits,
        query: usize,
        i: usize,
        shares: *mut f32,
        capacity: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_hits_corrected(
        hits: *const siamese_hits,
        query: usize,
    ) -> *const c_char;
    pub fn siamese_hits_title(
        hits: *const siamese_hits,
        query: usize,
        i: usize,
    ) -> *const c_char;
    pub fn siamese_hits_text_id(
        hits: *const siamese_hits,
        query: usize,
        i: usize,
    ) -> *const c_char;
    pub fn siamese_hits_get_texts(
        hits: *const siamese_hits,
        column: *const c_char,
        values: *mut siamese_text,
        present: *mut c_uchar,
        capacity: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_hits_get_integers(
        hits: *const siamese_hits,
        column: *const c_char,
        values: *mut i64,
        present: *mut c_uchar,
        capacity: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_hits_get_numbers(
        hits: *const siamese_hits,
        column: *const c_char,
        values: *mut f64,
        present: *mut c_uchar,
        capacity: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_preset_apply(
        preset: *const c_char,
        vocab: *mut siamese_vocab_options,
        tower: *mut siamese_tower_options,
        trainer: *mut siamese_trainer_options,
        index: *mut siamese_index_options,
    ) -> siamese_status;
    pub fn siamese_preset_apply_ranker(
        preset: *const c_char,
        ranker: *mut siamese_ranker_options,
    ) -> siamese_status;
    pub fn siamese_preset_describe(
        i: usize,
        info: *mut siamese_preset_info,
    ) -> siamese_status;
    pub fn siamese_preset_get(
        preset: *const c_char,
        i: usize,
        setting: *mut siamese_preset_setting,
    ) -> siamese_status;
    pub fn siamese_evaluator_options_init(
        options: *mut siamese_evaluator_options,
        struct_size: usize,
    ) -> siamese_status;
    pub fn siamese_evaluator_options_set(
        options: *mut siamese_evaluator_options,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_evaluator_options_get(
        options: *const siamese_evaluator_options,
        name: *const c_char,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_evaluator_options_describe(
        i: usize,
        info: *mut siamese_option_info,
    ) -> siamese_status;
    pub fn siamese_evaluator_create(
        out: *mut *mut siamese_evaluator,
        options: *const siamese_evaluator_options,
        ks: *const usize,
        ks_count: usize,
    ) -> siamese_status;
    pub fn siamese_evaluator_add_vectors(
        evaluator: *mut siamese_evaluator,
        judgements: *const siamese_judgements,
        vectors: *const siamese_vectors,
        values: *mut f64,
        values_capacity: usize,
    ) -> siamese_status;
    pub fn siamese_evaluator_add_rankings(
        evaluator: *mut siamese_evaluator,
        judgements: *const siamese_judgements,
        rankings: *const siamese_rankings,
        values: *mut f64,
        values_capacity: usize,
    ) -> siamese_status;
    pub fn siamese_evaluator_get_means(
        evaluator: *const siamese_evaluator,
        means: *mut f64,
        means_capacity: usize,
        counts: *mut siamese_evaluator_counts,
    ) -> siamese_status;
    pub fn siamese_evaluator_free(evaluator: *mut siamese_evaluator);
    pub fn siamese_ranking_name(figure: i32) -> *const c_char;
    pub fn siamese_bundle_create(out: *mut *mut siamese_bundle) -> siamese_status;
    pub fn siamese_bundle_set_vocab(
        bundle: *mut siamese_bundle,
        vocab: *mut siamese_vocab,
    ) -> siamese_status;
    pub fn siamese_bundle_set_query_tower(
        bundle: *mut siamese_bundle,
        tower: *mut siamese_tower,
    ) -> siamese_status;
    pub fn siamese_bundle_set_item_tower(
        bundle: *mut siamese_bundle,
        tower: *mut siamese_tower,
    ) -> siamese_status;
    pub fn siamese_bundle_set_trainer(
        bundle: *mut siamese_bundle,
        trainer: *mut siamese_trainer,
    ) -> siamese_status;
    pub fn siamese_bundle_set_index(
        bundle: *mut siamese_bundle,
        index: *mut siamese_index,
    ) -> siamese_status;
    pub fn siamese_bundle_set_items(
        bundle: *mut siamese_bundle,
        items: *mut siamese_items,
    ) -> siamese_status;
    pub fn siamese_bundle_set_ranker(
        bundle: *mut siamese_bundle,
        ranker: *const siamese_ranker,
    ) -> siamese_status;
    pub fn siamese_bundle_set_section(
        bundle: *mut siamese_bundle,
        name: *const c_char,
        data: *const c_void,
        size: usize,
    ) -> siamese_status;
    pub fn siamese_bundle_free(bundle: *mut siamese_bundle);
    pub fn siamese_save_options_init(
        options: *mut siamese_save_options,
        struct_size: usize,
    ) -> siamese_status;
    pub fn siamese_save_options_set(
        options: *mut siamese_save_options,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_save_options_get(
        options: *const siamese_save_options,
        name: *const c_char,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_save_options_describe(
        i: usize,
        info: *mut siamese_option_info,
    ) -> siamese_status;
    pub fn siamese_checkpoint_save(
        path: *const c_char,
        bundle: *const siamese_bundle,
        options: *const siamese_save_options,
    ) -> siamese_status;
    pub fn siamese_checkpoint_write(
        write: siamese_write_fn,
        user: *mut c_void,
        bundle: *const siamese_bundle,
        options: *const siamese_save_options,
    ) -> siamese_status;
    pub fn siamese_load_options_init(
        options: *mut siamese_load_options,
        struct_size: usize,
    ) -> siamese_status;
    pub fn siamese_load_options_set(
        options: *mut siamese_load_options,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_load_options_get(
        options: *const siamese_load_options,
        name: *const c_char,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_load_options_describe(
        i: usize,
        info: *mut siamese_option_info,
    ) -> siamese_status;
    pub fn siamese_checkpoint_load(
        out: *mut *mut siamese_bundle,
        path: *const c_char,
        options: *const siamese_load_options,
    ) -> siamese_status;
    pub fn siamese_checkpoint_load_memory(
        out: *mut *mut siamese_bundle,
        data: *const c_void,
        size: usize,
        options: *const siamese_load_options,
    ) -> siamese_status;
    pub fn siamese_checkpoint_read(
        out: *mut *mut siamese_bundle,
        read: siamese_read_fn,
        user: *mut c_void,
        options: *const siamese_load_options,
    ) -> siamese_status;
    pub fn siamese_checkpoint_verify(path: *const c_char) -> siamese_status;
    pub fn siamese_bundle_get_vocab(
        bundle: *const siamese_bundle,
        out: *mut *mut siamese_vocab,
    ) -> siamese_status;
    pub fn siamese_bundle_get_query_tower(
        bundle: *const siamese_bundle,
        out: *mut *mut siamese_tower,
    ) -> siamese_status;
    pub fn siamese_bundle_get_item_tower(
        bundle: *const siamese_bundle,
        out: *mut *mut siamese_tower,
    ) -> siamese_status;
    pub fn siamese_bundle_get_trainer(
        bundle: *const siamese_bundle,
        out: *mut *mut siamese_trainer,
    ) -> siamese_status;
    pub fn siamese_bundle_get_index(
        bundle: *const siamese_bundle,
        out: *mut *mut siamese_index,
    ) -> siamese_status;
    pub fn siamese_bundle_get_items(
        bundle: *const siamese_bundle,
        out: *mut *mut siamese_items,
    ) -> siamese_status;
    pub fn siamese_bundle_get_ranker(
        bundle: *const siamese_bundle,
        out: *mut *mut siamese_ranker,
    ) -> siamese_status;
    pub fn siamese_bundle_get_section(
        bundle: *const siamese_bundle,
        name: *const c_char,
        data: *mut c_void,
        capacity: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_checkpoint_info(
        path: *const c_char,
        infos: *mut siamese_section_info,
        capacity: usize,
        needed: *mut usize,
        format_version: *mut u32,
    ) -> siamese_status;
    pub fn siamese_model_options_init(
        options: *mut siamese_model_options,
        struct_size: usize,
    ) -> siamese_status;
    pub fn siamese_model_options_set(
        options: *mut siamese_model_options,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_model_options_get(
        options: *const siamese_model_options,
        name: *const c_char,
        buf: *mut c_char,
        size: usize,
        needed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_model_options_describe(
        i: usize,
        info: *mut siamese_option_info,
    ) -> siamese_status;
    pub fn siamese_model_create(
        out: *mut *mut siamese_model,
        preset: *const c_char,
        options: *const siamese_model_options,
    ) -> siamese_status;
    pub fn siamese_model_free(model: *mut siamese_model);
    pub fn siamese_model_set(
        model: *mut siamese_model,
        name: *const c_char,
        value: *const c_char,
    ) -> siamese_status;
    pub fn siamese_model_add_column(
        model: *mut siamese_model,
        name: *const c_char,
        type_: i32,
    ) -> siamese_status;
    pub fn siamese_model_add_field(
        model: *mut siamese_model,
        name: *const c_char,
        options: *const siamese_field_options,
    ) -> siamese_status;
    pub fn siamese_model_set_vocab(
        model: *mut siamese_model,
        vocab: *const siamese_vocab,
    ) -> siamese_status;
    pub fn siamese_model_add_pairs(
        model: *mut siamese_model,
        pairs: *const siamese_pairs,
    ) -> siamese_status;
    pub fn siamese_model_set_validation(
        model: *mut siamese_model,
        pairs: *const siamese_pairs,
        candidates: *const siamese_pairs,
    ) -> siamese_status;
    pub fn siamese_model_train(
        model: *mut siamese_model,
        progress: siamese_progress_fn,
        user: *mut c_void,
    ) -> siamese_status;
    pub fn siamese_model_resume(
        model: *mut siamese_model,
        progress: siamese_progress_fn,
        user: *mut c_void,
    ) -> siamese_status;
    pub fn siamese_model_prepare(model: *mut siamese_model) -> siamese_status;
    pub fn siamese_model_cancel(model: *mut siamese_model) -> siamese_status;
    pub fn siamese_model_forget_cancel(model: *mut siamese_model) -> siamese_status;
    pub fn siamese_model_grow(
        model: *mut siamese_model,
        max_tokens: usize,
    ) -> siamese_status;
    pub fn siamese_model_rebuild(
        model: *mut siamese_model,
        progress: siamese_progress_fn,
        user: *mut c_void,
    ) -> siamese_status;
    pub fn siamese_model_finish(model: *mut siamese_model) -> siamese_status;
    pub fn siamese_model_add_items(
        model: *mut siamese_model,
        rows: *const siamese_item_rows,
    ) -> siamese_status;
    pub fn siamese_model_update_items(
        model: *mut siamese_model,
        rows: *const siamese_item_rows,
    ) -> siamese_status;
    pub fn siamese_model_remove_items(
        model: *mut siamese_model,
        ids: *const i64,
        text_ids: *const siamese_text,
        count: usize,
        removed: *mut usize,
    ) -> siamese_status;
    pub fn siamese_model_search_text(
        model: *const siamese_model,
        text: *const c_char,
        k: usize,
        out: *mut *mut siamese_hits,
    ) -> siamese_status;
    pub fn siamese_model_search(
        model: *const siamese_model,
        request: *const siamese_search_request,
        out: *mut *mut siamese_hits,
    ) -> siamese_status;
    pub fn siamese_model_encode(
        model: *const siamese_model,
        side: i32,
        rows: *const siamese_text,
        count: usize,
        fields: usize,
        out: *mut f32,
        out_capacity: usize,
    ) -> siamese_status;
    pub fn siamese_model_save(
        model: *const siamese_model,
        path: *const c_char,
        options: *const siamese_save_options,
    ) -> siamese_status;
    pub fn siamese_model_write(
        model: *const siamese_model,
        write: siamese_write_fn,
        user: *mut c_void,
        options: *const siamese_save_options,
    ) -> siamese_status;
    pub fn siamese_model_open(
        out: *mut *mut siamese_model,
        path: *const c_char,
        options: *const siamese_load_options,
    ) -> siamese_status;
    pub fn siamese_model_read(
        out: *mut *mut siamese_model,
        read: siamese_read_fn,
        user: *mut c_void,
        options: *const siamese_load_options,
    ) -> siamese_status;
    pub fn siamese_model_reload(
        model: *mut siamese_model,
        path: *const c_char,
        options: *const siamese_load_options,
    ) -> siamese_status;
    pub fn siamese_model_get_info(
        model: *const siamese_model,
        info: *mut siamese_model_info,
    ) -> siamese_status;
    pub fn siamese_model_get_vocab(
        model: *const siamese_model,
        out: *mut *mut siamese_vocab,
    ) -> siamese_status;
    pub fn siamese_model_get_query_tower(
        model: *const siamese_model,
        out: *mut *mut siamese_tower,
    ) -> siamese_status;
    pub fn siamese_model_get_item_tower(
        model: *const siamese_model,
        out: *mut *mut siamese_tower,
    ) -> siamese_status;
    pub fn siamese_model_get_trainer(
        model: *const siamese_model,
        out: *mut *mut siamese_trainer,
    ) -> siamese_status;
    pub fn siamese_model_get_index(
        model: *const siamese_model,
        out: *mut *mut siamese_index,
    ) -> siamese_status;
    pub fn siamese_model_get_items(
        model: *const siamese_model,
        out: *mut *mut siamese_items,
    ) -> siamese_status;
    pub fn siamese_model_get_ranker(
        model: *const siamese_model,
        out: *mut *mut siamese_ranker,
    ) -> siamese_status;
    pub fn siamese_model_get_searcher(
        model: *const siamese_model,
        out: *mut *mut siamese_searcher,
    ) -> siamese_status;
    pub fn siamese_model_get_bundle(
        model: *const siamese_model,
        out: *mut *mut siamese_bundle,
    ) -> siamese_status;
    pub fn siamese_model_from_bundle(
        out: *mut *mut siamese_model,
        bundle: *const siamese_bundle,
    ) -> siamese_status;
}
