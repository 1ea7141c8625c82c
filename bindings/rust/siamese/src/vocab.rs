//! A vocabulary: texts in, token ids out. Towers read texts through it.
use crate::error::{check, check_rows, Result};
use crate::handle::handle;
use crate::options::VocabOptions;
use crate::sys;
use crate::text::{read_all, text, texts};
use std::mem::size_of;
use std::os::raw::c_char;

handle!(
    /// A vocabulary that counts the tokens of texts, until it is finished.
    VocabBuilder,
    siamese_vocab,
    siamese_vocab_free
);

handle!(
    /// Turns texts into token ids; it never changes.
    Vocab,
    siamese_vocab,
    siamese_vocab_free
);

impl VocabBuilder {
    /// Creates an empty vocabulary, which counts the texts that are added.
    pub fn new(options: &VocabOptions) -> Result<VocabBuilder> {
        VocabBuilder::made(|out| unsafe { sys::siamese_vocab_create(out, &options.0) })
    }

    /// Counts the tokens of texts; call it as often as more texts arrive.
    pub fn add<T: AsRef<[u8]>>(&mut self, list: &[T]) -> Result<()> {
        let list = texts(list);
        check(unsafe { sys::siamese_vocab_add(self.as_ptr(), list.as_ptr(), list.len()) })
    }

    /// Freezes the table, the most frequent tokens first.
    pub fn finish(self) -> Result<Vocab> {
        check(unsafe { sys::siamese_vocab_finish(self.as_ptr()) })?;
        Ok(self.frozen())
    }

    /// Sets the table in place of `add` and `finish`, in the order of the ids.
    pub fn with_tokens<T: AsRef<[u8]>>(self, tokens: &[T]) -> Result<Vocab> {
        let list = texts(tokens);
        check(unsafe {
            sys::siamese_vocab_set_tokens(self.as_ptr(), list.as_ptr(), list.len())
        })?;
        Ok(self.frozen())
    }

    /// Sets the table and the idf of each token, for `output_mode` tf_idf.
    pub fn with_idf<T: AsRef<[u8]>>(self, tokens: &[T], idf: &[f32]) -> Result<Vocab> {
        check_rows("idf", idf.len(), tokens.len())?;
        let list = texts(tokens);
        let (texts, idf) = (list.as_ptr(), idf.as_ptr());
        check(unsafe {
            sys::siamese_vocab_set_idf(self.as_ptr(), texts, idf, list.len())
        })?;
        Ok(self.frozen())
    }

    fn frozen(self) -> Vocab {
        let raw = self.0;
        std::mem::forget(self);
        Vocab(raw)
    }
}

/// How much of some texts the table and `sequence_length` leave out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VocabStats {
    /// The number of texts.
    pub texts: u64,
    /// Tokens or features, before any cut.
    pub tokens: u64,
    /// Those of them that have no id of their own.
    pub unknown_tokens: u64,
    /// Texts with more tokens than `sequence_length`.
    pub texts_cut: u64,
    /// Tokens beyond `sequence_length`.
    pub tokens_cut: u64,
}

fn stats(get: impl FnOnce(*mut sys::siamese_vocab_stats) -> i32) -> Result<VocabStats> {
    let mut s: sys::siamese_vocab_stats = unsafe { std::mem::zeroed() };
    s.struct_size = size_of::<sys::siamese_vocab_stats>();
    check(get(&mut s))?;
    Ok(VocabStats {
        texts: s.texts,
        tokens: s.tokens,
        unknown_tokens: s.unknown_tokens,
        texts_cut: s.texts_cut,
        tokens_cut: s.tokens_cut,
    })
}

impl Vocab {
    /// Creates a vocabulary from the bytes of a sentencepiece model.
    pub fn from_sentencepiece(model: &[u8], options: &VocabOptions) -> Result<Vocab> {
        let (data, size) = (model.as_ptr().cast(), model.len());
        Vocab::made(|out| unsafe {
            sys::siamese_vocab_load_sentencepiece(out, data, size, &options.0)
        })
    }

    /// Trains a unigram model of sentencepiece and creates its vocabulary.
    pub fn train_sentencepiece<T: AsRef<[u8]>>(
        list: &[T],
        options: &VocabOptions,
    ) -> Result<Vocab> {
        let list = texts(list);
        let (texts, count) = (list.as_ptr(), list.len());
        Vocab::made(|out| unsafe {
            sys::siamese_vocab_train_sentencepiece(out, texts, count, &options.0)
        })
    }

    /// The number of ids: all ids are less.
    pub fn size(&self) -> usize {
        unsafe { sys::siamese_vocab_size(self.as_ptr()) }
    }

    /// Finds the token ids of each text, without padding.
    pub fn tokenize<T: AsRef<[u8]>>(&self, list: &[T]) -> Result<Vec<Vec<i64>>> {
        let list = texts(list);
        let mut offsets = vec![0; list.len() + 1];
        let ids: Vec<i64> = read_all(|ids, capacity, needed| unsafe {
            sys::siamese_vocab_tokenize(
                self.as_ptr(),
                list.as_ptr(),
                list.len(),
                ids,
                capacity,
                offsets.as_mut_ptr(),
                needed,
            )
        })?;
        let rows = offsets.windows(2).map(|row| ids[row[0]..row[1]].to_vec());
        Ok(rows.collect())
    }

    /// Writes one row of `size` floats per text, for `output_mode` multi_hot, count
    /// or tf_idf.
    pub fn encode<T: AsRef<[u8]>>(&self, list: &[T]) -> Result<Vec<f32>> {
        let list = texts(list);
        let mut out = vec![0.0; list.len() * self.size()];
        check(unsafe {
            sys::siamese_vocab_encode(
                self.as_ptr(),
                list.as_ptr(),
                list.len(),
                out.as_mut_ptr(),
                out.len(),
            )
        })?;
        Ok(out)
    }

    /// The bytes of the token of an id.
    pub fn token(&self, id: i64) -> Result<Vec<u8>> {
        read_all(|buf: *mut u8, size, needed| unsafe {
            sys::siamese_vocab_token(
                self.as_ptr(),
                id,
                buf.cast::<c_char>(),
                size,
                needed,
            )
        })
    }

    /// The id of a token as it stands in the table.
    pub fn lookup(&self, token: impl AsRef<[u8]>) -> Result<i64> {
        let token = text(token.as_ref());
        let mut id = 0;
        check(unsafe {
            sys::siamese_vocab_lookup(self.as_ptr(), token.data, token.size, &mut id)
        })?;
        Ok(id)
    }

    /// The options in force.
    pub fn options(&self) -> Result<VocabOptions> {
        VocabOptions::read(|o| unsafe {
            sys::siamese_vocab_get_options(self.as_ptr(), o)
        })
    }

    /// The statistics of the texts that were added.
    pub fn stats(&self) -> Result<VocabStats> {
        stats(|s| unsafe { sys::siamese_vocab_get_stats(self.as_ptr(), s) })
    }

    /// Measures other texts.
    pub fn measure<T: AsRef<[u8]>>(&self, list: &[T]) -> Result<VocabStats> {
        let list = texts(list);
        let (texts, count) = (list.as_ptr(), list.len());
        stats(|s| unsafe { sys::siamese_vocab_measure(self.as_ptr(), texts, count, s) })
    }

    /// The idf of every token, of `output_mode` tf_idf.
    pub fn idf(&self) -> Result<Vec<f32>> {
        let mut idf = vec![0.0; self.size()];
        check(unsafe {
            sys::siamese_vocab_get_idf(self.as_ptr(), idf.as_mut_ptr(), idf.len())
        })?;
        Ok(idf)
    }

    /// Creates a vocabulary of these tokens, which keep their ids, and those of
    /// `fresh` that this one lacks, of at most `max_tokens` (0: no limit).
    pub fn grow(&self, fresh: &Vocab, max_tokens: usize) -> Result<Vocab> {
        let (old, fresh) = (self.as_ptr(), fresh.as_ptr());
        Vocab::made(|out| unsafe { sys::siamese_vocab_grow(out, old, fresh, max_tokens) })
    }

    /// The bytes of the sentencepiece model.
    pub fn sentencepiece(&self) -> Result<Vec<u8>> {
        read_all(|buf: *mut u8, size, needed| unsafe {
            sys::siamese_vocab_get_sentencepiece(self.as_ptr(), buf.cast(), size, needed)
        })
    }
}
