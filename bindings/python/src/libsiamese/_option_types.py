"""The options of each class as types: made by tools/option_types.py."""

from typing import Literal, Sequence, TypedDict, Union


class VocabOptions(TypedDict, total=False):
    max_tokens: int
    # Tokens in the table, the empty one and [UNK] included; 0 (no limit) or 2
    # .. 2147483647; default 1000
    sequence_length: int
    # Tokens kept of a text, the first ones; 0 (all) .. 1000000; default 15
    standardize: Literal[
        "none",
        "lower",
        "strip_punctuation",
        "lower_and_strip_punctuation",
    ]
    # What is done to a text before it is split; ASCII only; default
    # lower_and_strip_punctuation
    threads: int
    # Threads that count and tokenise; 0 (one a processor) .. 1024; default 0
    normalizer: Literal["keras", "unicode"]
    # Keras's standardize, or NFKC with case folded, cut at all but letters and
    # digits; default keras
    split: Literal["whitespace", "none", "character"]
    # Where a text is cut into tokens; default whitespace
    stemmer: Literal[
        "none",
        "arabic",
        "armenian",
        "basque",
        "catalan",
        "danish",
        "dutch",
        "english",
        "finnish",
        "french",
        "german",
        "greek",
        "hindi",
        "hungarian",
        "indonesian",
        "irish",
        "italian",
        "lithuanian",
        "nepali",
        "norwegian",
        "porter",
        "portuguese",
        "romanian",
        "russian",
        "serbian",
        "spanish",
        "swedish",
        "tamil",
        "turkish",
        "yiddish",
    ]
    # The language whose Snowball stemmer cuts words down; default none
    output_mode: Literal["int", "multi_hot", "count", "tf_idf"]
    # Ids in the order of the text, or a row of numbers a text; default int
    ngrams: Union[str, Sequence[int]]
    # Tokens are n-grams of words, of these widths in this order; none, or up to
    # 16 widths of 1 .. 255, as 1-2 or 1,3; default ()
    hash_buckets: int
    # Ids that words and parts of words are hashed into; 0 (a learned table) ..
    # 2147483646; default 0
    hash_words: bool
    # Whether words, or their n-grams, are hashed features; 0 | 1; default True
    char_ngrams: Union[str, Sequence[int]]
    # Hashed features: n-grams of the characters of <word>; none, or up to 16
    # widths of 1 .. 255, as 3-5; default ()
    hash_min_count: int
    # How often a bucket must occur in the texts added to have an id; 0 (all
    # buckets have ids) .. 2147483647; default 0
    strip_accents: bool
    # Letters lose their accents; with normalizer unicode; 0 | 1; default False
    compounds: bool
    # Neighbours that were learned as one word are that word too, and a word
    # that was not, but is two that were, is these; 0 | 1; default False
    quantities: Literal["none", "add", "replace"]
    # Hashed features: numbers as values, with English units; replace: fractions
    # and decimals are no words then; default none
    number_ngrams: bool
    # Whether words of digits have character n-grams, as others; 0 | 1; default
    # True
    written_words: bool
    # Hashed features: words as they are written beside their stems; 0 | 1;
    # default False
    packs: bool
    # Whether quantities, where they are read, are of packs and pieces as well:
    # 12-pack, pack of 12, 24 ct, 5-piece; 0 | 1; default False


class FieldOptions(TypedDict, total=False):
    sequence_length: int
    # tokens read of a text, padded to; 0: the vocabulary's; 0 .. 4096; default
    # 0
    buckets: int
    # embeddings that ids without a vocabulary are hashed to; 1 .. 1073741824;
    # default 65536
    numbers: int
    # numbers in a text of them; 1 .. 64; default 1
    dim: int
    # numbers of an id's or of numbers' vector; 0: what fits; 0 .. 16384;
    # default 0
    shared_field: int
    # n: use the encoder of the n-th field; 0: its own; 0 .. 1024; default 0
    weight: float
    # what its vector is multiplied by; -1e6 .. 1e6; default 1.0
    kind: Literal["text", "id", "numbers"]
    # a text, an id to embed as a whole, or decimal numbers; default text


class TowerOptions(TypedDict, total=False):
    embedding_dim: int
    # numbers that stand for a token; 1 .. 16384; default 8
    units: int
    # units of each layer and direction of an LSTM or GRU; 1 .. 8192; default 8
    seed: int
    # seed of the initial weights; 0 .. 18446744073709551615; default 1
    threads: int
    # threads of encode; 0: one a processor; 0 .. 1024; default 0
    kernel: Literal["auto", "portable", "avx2", "avx512", "neon"]
    # kernel level; results differ by rounding between levels; default auto
    hidden: int
    # numbers of a hidden dense layer; 0: none; 0 .. 16384; default 0
    project: int
    # numbers of a vector after a dense projection; 0: none; 0 .. 16384; default
    # 0
    hidden_activation: Literal["none", "relu", "tanh", "gelu", "gelu_tanh"]
    # what the hidden layer ends with; default relu
    project_activation: Literal["none", "relu", "tanh", "gelu", "gelu_tanh"]
    # what the projection ends with; default none
    normalize: bool
    # vectors are divided by their length; 0 | 1; default False
    encoder: Literal["lstm", "bag", "gru", "transformer"]
    # what makes a vector of a text's token embeddings; default lstm
    pooling: Literal["mean", "sum", "weighted", "cls", "max"]
    # of a bag mean, sum or weighted (a mean with a learned weight a token); of
    # a transformer mean, cls (the first token) or max; default mean
    mask_zero: bool
    # pads, id 0, are no tokens; 0 | 1; default False
    layers: int
    # of an LSTM, GRU or transformer, each upon the one below; 1 .. 64; default
    # 1
    bidirectional: bool
    # an LSTM or GRU reads both ways; its vector has 2 * units numbers; 0 | 1;
    # default True
    combine: Literal["sum", "concat"]
    # what the vectors of several fields become; default sum
    heads: int
    # of a transformer's attention; divides embedding_dim; 1 .. 1024; default 4
    feed_forward: int
    # width of a transformer's hidden layers; 0: 4 * embedding_dim; 0 .. 65536;
    # default 0
    feed_forward_activation: Literal[
        "none",
        "relu",
        "tanh",
        "gelu",
        "gelu_tanh",
    ]
    # of a transformer's hidden layers; default gelu
    norm_first: bool
    # layer norms of a transformer before its layers, not after (BERT); 0 | 1;
    # default False
    dropout: float
    # share of a transformer's activations dropped in training; 0 .. 0.9;
    # default 0.0
    table_precision: Literal["float32", "float16", "int8"]
    # of the embedding tables once trained; int8 has a scale a row; default
    # float32
    layer_norm_epsilon: float
    # added to the variance in a transformer's layer norms; 1e-30 .. 1; default
    # 1e-12
    embedding_stddev: float
    # embeddings begin normal, with this deviation; 0: uniform in +-0.05, of a
    # transformer normal with 0.02; 0 .. 100; default 0.0
    matmul_precision: Literal["float32", "bfloat16", "amx_bfloat16", "auto"]
    # numbers that encode multiplies, sums being floats; auto: what the
    # processor is fastest with; default float32


class TrainerOptions(TypedDict, total=False):
    batch_size: int
    # pairs a step; 0: by the pairs of an epoch; 0 .. 1048576; default 256
    epochs: int
    # epochs in all, over every call of fit; 0 .. 9007199254740992; default 1
    shuffle_buffer: int
    # slots that the next pair is drawn from; 0: in order; 0 ..
    # 9007199254740992; default 1000
    hard_negatives: int
    # negatives kept of a row, the highest; 0: all; 0 .. 9007199254740992;
    # default 0
    seed: int
    # seed of the shuffle; 0 .. 18446744073709551615; default 1
    learning_rate: float
    # size of a step; 1e-30 .. 1e6; default 0.001
    beta1: float
    # decay of Adam's mean of gradients; 0 .. 0.999999; default 0.9
    beta2: float
    # decay of Adam's mean of squares; 0 .. 0.999999; default 0.999
    epsilon: float
    # added to the root of Adam's mean of squares, and under Adagrad's; 1e-30 ..
    # 1e6; default 1e-07
    temperature: float
    # logits are divided by it; 1e-6 .. 1e6; default 1.0
    cache: bool
    # later epochs repeat the first one's batches; 0 | 1; default True
    remove_accidental_hits: bool
    # the same item elsewhere in a batch is no negative; 0 | 1; default False
    metrics: Literal["none", "epoch", "step"]
    # when FactorizedTopK is measured; default epoch
    threads: int
    # threads of training; 0: one a processor; 0 .. 1024; default 0
    kernel: Literal["auto", "portable", "avx2", "avx512", "neon"]
    # kernel level; results differ by rounding between levels; default auto
    loss: Literal["softmax", "hinge"]
    # cross-entropy in the batch, or triplets with a margin; default softmax
    reduction: Literal["sum", "mean"]
    # whether the gradients are of the batch's sum or of the mean a pair;
    # default sum
    symmetric: bool
    # half the loss from queries to items, half from items to queries; 0 | 1;
    # default False
    mask_same_query: bool
    # pairs of the same query in a batch are no negatives; 0 | 1; default False
    margin: float
    # of the hinge, in units of logits; 0 .. 1e6; default 1.0
    weight_decay: float
    # AdamW's: weights lose learning_rate times this a step; 0 .. 1e6; default
    # 0.004
    momentum: float
    # share of SGD's last change in the next; 0 .. 0.999999; default 0.0
    initial_accumulator: float
    # what Adagrad's sums of squares begin with; 0 .. 1e6; default 0.1
    clip_value: float
    # each number of a gradient is cut at plus and minus it; 0: not; 0 .. 1e12;
    # default 0.0
    clip_norm: float
    # all gradients together are scaled down to this norm; 0: not; 0 .. 1e12;
    # default 0.0
    schedule_end: float
    # share of learning_rate that the schedule ends at; 0 .. 1; default 0.0
    warmup_steps: int
    # first steps, in which the learning rate rises from 0; 0 ..
    # 9007199254740992; default 0
    schedule_steps: int
    # steps to the end of the schedule; 0: those of all epochs; 0 ..
    # 9007199254740992; default 0
    optimizer: Literal["adam", "adamw", "adagrad", "sgd"]
    # rule of the update; default adam
    schedule: Literal["constant", "linear", "cosine"]
    # how the learning rate falls after the warm-up; default constant
    sparse_updates: bool
    # lazy updates: embeddings that a batch lacks stay as they are, where Adam
    # and momentum would move them; 0 | 1; default False
    random_negatives: int
    # items of the catalogue, drawn for each step; 0 .. 1048576; default 0
    logq: Literal["given", "none", "counted", "streaming"]
    # where the probabilities of the logQ correction come from; default given
    logq_rate: float
    # how fast logq=streaming learns an item's frequency; 1e-6 .. 1; default
    # 0.05
    logq_buckets: int
    # of each of the two hashes of logq=streaming; 1 .. 268435456; default
    # 131072
    correct_epsilon: bool
    # Adam's epsilon is added to the corrected root, as in PyTorch; 0 | 1;
    # default False
    monitor: Literal["top_10", "loss", "top_1", "top_5", "top_50", "top_100"]
    # figure of the validation that says which weights are best; default top_10
    restore_best: bool
    # end with the weights of the best validation; 0 | 1; default True
    validate_every: int
    # steps between validations; 0: after each epoch; 0 .. 9007199254740992;
    # default 0
    patience: int
    # validations without a better one that end training; 0: none do; 0 ..
    # 9007199254740992; default 0
    min_delta: float
    # by which a better validation is better; 0 .. 1e6; default 0.0
    topk_match: Literal["score", "id"]
    # what FactorizedTopK takes for a pair's own item: its text, or every
    # candidate of its id; default score
    self_supervision: float
    # pairs made an epoch for each item, of a fragment of its text and it; 0 ..
    # 1000; default 0.0
    fragment_contiguous: float
    # how likely a fragment is of neighbouring words; 0 .. 1; default 0.5
    fragment_weight: float
    # sample weight of the pairs that are made; 0 .. 1e6; default 1.0
    fragment_min: int
    # words of a fragment, at least, if the text has them; 1 .. 4096; default 1
    fragment_max: int
    # words of a fragment, at most; 1 .. 4096; default 5
    min_steps: int
    # steps in all that make epochs more if they are fewer; 0 ..
    # 9007199254740992; default 0
    max_steps: int
    # steps in all that end training; 0: none do; 0 .. 9007199254740992; default
    # 0
    mined_negatives: int
    # of a pair, from the items that rank high for its query; 0 .. 64; default 0
    mine_from: float
    # share of training after which epochs have mined negatives; 0 .. 1; default
    # 0.75
    mine_first: int
    # first rank that negatives are mined from; 1 .. 4096; default 11
    mine_last: int
    # last rank that negatives are mined from; 1 .. 4096; default 60
    mine_below: float
    # share of its pair's score that a mined negative stays below; 0 .. 1;
    # default 0.95
    word_sums: bool
    # a bag sums up a word and its n-grams once for all texts of a batch, not
    # text by text; 0 | 1; default False
    matmul_precision: Literal["float32", "bfloat16", "amx_bfloat16", "auto"]
    # numbers that training multiplies, sums being floats; auto: what this
    # processor is fastest with; default float32


class IndexOptions(TypedDict, total=False):
    nlist: int
    # lists of vectors; 0: one below 100,000 vectors, else about 4 times the
    # square root of their number; 0 .. 16777216; default 0
    nprobe: int
    # lists that a search reads; 0: by the number of lists; 0 .. 16777216;
    # default 0
    seed: int
    # of the k-means that chooses the lists; 0 .. 18446744073709551615; default
    # 0
    metric: Literal["inner_product", "cosine"]
    # what a score is; default inner_product
    threads: int
    # for train, add and many queries; 0: one a processor; 0 .. 1024; default 0
    kernel: Literal["auto", "portable", "avx2", "avx512", "neon"]
    # kernel level; default auto
    scan: Literal["auto", "float", "bounded"]
    # whether small codes stand beside the vectors, so that a search reads few
    # of them; auto: from vectors of 32 numbers on, where that is faster;
    # default auto


class RankerOptions(TypedDict, total=False):
    rerank: bool
    # whether the first results are ranked anew by their words; 0 | 1; default
    # True
    rerank_depth: int
    # results that are ranked anew; 1 .. 1000; default 100
    maxsim_weight: float
    # of the words' similarity, beside the cosine of the vectors; 0 .. 100;
    # default 0.8
    spelling: bool
    # whether unknown words of queries are corrected; 0 | 1; default True
    feedback: int
    # results that a second scan is moved towards; 0: no second scan; 0 .. 1000;
    # default 10
    feedback_weight: float
    # how far it is moved; 0 .. 10; default 0.4
    learned: bool
    # whether results are ranked by learned weights where there are some; 0 | 1;
    # default True


class EvaluatorOptions(TypedDict, total=False):
    relevant: float
    # the lowest grade of a relevant item; 0 .. 1e6; default 1.0
    gain_zero: float
    # the grade that gains nothing; 0 .. 1e6; default 0.0
    gain: Literal["linear", "exponential"]
    # of a grade g above gain_zero: g - gain_zero, or 2^(g - gain_zero) - 1;
    # default linear
    judged_only: bool
    # rank a query's judged items alone, as a re-ranker does; 0 | 1; default
    # False
    metric: Literal["inner_product", "cosine"]
    # the score of two vectors; default inner_product
    threads: int
    # threads of the search; 0: one a processor; 0 .. 1024; default 0
    kernel: Literal["auto", "portable", "avx2", "avx512", "neon"]
    # kernel level; scores differ by rounding between levels; default auto
    ties: Literal["order", "expected"]
    # equal scores: in the order of rows, or the mean over all their orders;
    # default order


class ModelOptions(TypedDict, total=False):
    max_tokens: int
    sequence_length: int
    vocab__sequence_length: int
    field__sequence_length: int
    standardize: Literal[
        "none",
        "lower",
        "strip_punctuation",
        "lower_and_strip_punctuation",
    ]
    normalizer: Literal["keras", "unicode"]
    split: Literal["whitespace", "none", "character"]
    stemmer: Literal[
        "none",
        "arabic",
        "armenian",
        "basque",
        "catalan",
        "danish",
        "dutch",
        "english",
        "finnish",
        "french",
        "german",
        "greek",
        "hindi",
        "hungarian",
        "indonesian",
        "irish",
        "italian",
        "lithuanian",
        "nepali",
        "norwegian",
        "porter",
        "portuguese",
        "romanian",
        "russian",
        "serbian",
        "spanish",
        "swedish",
        "tamil",
        "turkish",
        "yiddish",
    ]
    output_mode: Literal["int", "multi_hot", "count", "tf_idf"]
    ngrams: Union[str, Sequence[int]]
    hash_buckets: int
    hash_words: bool
    char_ngrams: Union[str, Sequence[int]]
    hash_min_count: int
    strip_accents: bool
    compounds: bool
    quantities: Literal["none", "add", "replace"]
    number_ngrams: bool
    written_words: bool
    packs: bool
    buckets: int
    numbers: int
    dim: int
    shared_field: int
    weight: float
    kind: Literal["text", "id", "numbers"]
    embedding_dim: int
    units: int
    seed: int
    tower__seed: int
    trainer__seed: int
    index__seed: int
    kernel: Literal["auto", "portable", "avx2", "avx512", "neon"]
    tower__kernel: Literal["auto", "portable", "avx2", "avx512", "neon"]
    trainer__kernel: Literal["auto", "portable", "avx2", "avx512", "neon"]
    index__kernel: Literal["auto", "portable", "avx2", "avx512", "neon"]
    hidden: int
    project: int
    hidden_activation: Literal["none", "relu", "tanh", "gelu", "gelu_tanh"]
    project_activation: Literal["none", "relu", "tanh", "gelu", "gelu_tanh"]
    normalize: bool
    encoder: Literal["lstm", "bag", "gru", "transformer"]
    pooling: Literal["mean", "sum", "weighted", "cls", "max"]
    mask_zero: bool
    layers: int
    bidirectional: bool
    combine: Literal["sum", "concat"]
    heads: int
    feed_forward: int
    feed_forward_activation: Literal[
        "none",
        "relu",
        "tanh",
        "gelu",
        "gelu_tanh",
    ]
    norm_first: bool
    dropout: float
    table_precision: Literal["float32", "float16", "int8"]
    layer_norm_epsilon: float
    embedding_stddev: float
    matmul_precision: Literal["float32", "bfloat16", "amx_bfloat16", "auto"]
    tower__matmul_precision: Literal["float32", "bfloat16", "amx_bfloat16", "auto"]
    trainer__matmul_precision: Literal["float32", "bfloat16", "amx_bfloat16", "auto"]
    batch_size: int
    epochs: int
    shuffle_buffer: int
    hard_negatives: int
    learning_rate: float
    beta1: float
    beta2: float
    epsilon: float
    temperature: float
    cache: bool
    remove_accidental_hits: bool
    metrics: Literal["none", "epoch", "step"]
    loss: Literal["softmax", "hinge"]
    reduction: Literal["sum", "mean"]
    symmetric: bool
    mask_same_query: bool
    margin: float
    weight_decay: float
    momentum: float
    initial_accumulator: float
    clip_value: float
    clip_norm: float
    schedule_end: float
    warmup_steps: int
    schedule_steps: int
    optimizer: Literal["adam", "adamw", "adagrad", "sgd"]
    schedule: Literal["constant", "linear", "cosine"]
    sparse_updates: bool
    random_negatives: int
    logq: Literal["given", "none", "counted", "streaming"]
    logq_rate: float
    logq_buckets: int
    correct_epsilon: bool
    monitor: Literal["top_10", "loss", "top_1", "top_5", "top_50", "top_100"]
    restore_best: bool
    validate_every: int
    patience: int
    min_delta: float
    topk_match: Literal["score", "id"]
    self_supervision: float
    fragment_contiguous: float
    fragment_weight: float
    fragment_min: int
    fragment_max: int
    min_steps: int
    max_steps: int
    mined_negatives: int
    mine_from: float
    mine_first: int
    mine_last: int
    mine_below: float
    word_sums: bool
    nlist: int
    nprobe: int
    metric: Literal["inner_product", "cosine"]
    scan: Literal["auto", "float", "bounded"]
    rerank: bool
    rerank_depth: int
    maxsim_weight: float
    spelling: bool
    feedback: int
    feedback_weight: float
    learned: bool
