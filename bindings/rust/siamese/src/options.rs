//! Options by name: numbers and texts in, a struct of C out, for what creates.
use crate::error::{check, Result};
use crate::sys;
use crate::text::{c_string, name, static_str};
use std::mem::{size_of, MaybeUninit};
use std::os::raw::c_char;
use std::ptr::null_mut;

/// The description of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionInfo {
    /// Its name, e.g. "learning_rate".
    pub name: &'static str,
    /// float, integer, choice, flag or list.
    pub kind: &'static str,
    /// Its default, as text.
    pub default: &'static str,
    /// What is accepted, e.g. "0 .. 1000" or "none | lower".
    pub range: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
}

fn list(
    mut describe: impl FnMut(usize, *mut sys::siamese_option_info) -> i32,
) -> Vec<OptionInfo> {
    let mut options = Vec::new();
    loop {
        let mut info: sys::siamese_option_info = unsafe { std::mem::zeroed() };
        info.struct_size = size_of::<sys::siamese_option_info>();
        if describe(options.len(), &mut info) != sys::SIAMESE_OK {
            return options;
        }
        options.push(OptionInfo {
            name: static_str(info.name),
            kind: static_str(info.type_),
            default: static_str(info.default_value),
            range: static_str(info.range),
            help: static_str(info.help),
        });
    }
}

macro_rules! options {
    ($($(#[$doc:meta])* $name:ident, $raw:ident, $init:ident, $set:ident,
       $get:ident, $describe:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// It begins with the defaults; see `list` for what there is.
        #[derive(Clone)]
        pub struct $name(pub(crate) sys::$raw);

        impl $name {
            /// The defaults.
            pub fn new() -> $name {
                let mut options = MaybeUninit::<sys::$raw>::zeroed();
                let size = size_of::<sys::$raw>();
                let status = unsafe { sys::$init(options.as_mut_ptr(), size) };
                assert_eq!(status, sys::SIAMESE_OK, "the library is no match");
                // SAFETY: zeroed, and then filled in.
                $name(unsafe { options.assume_init() })
            }

            /// Sets an option by its name: a number, 1 or 0, or text as on the
            /// command line.
            pub fn set(mut self, name: &str, value: impl ToString) -> Result<$name> {
                let value = c_string(name, value.to_string())?;
                let name = c_string("option", name)?;
                let (name, value) = (name.as_ptr(), value.as_ptr());
                check(unsafe { sys::$set(&mut self.0, name, value) })?;
                Ok(self)
            }

            /// The value of an option, as text.
            pub fn get(&self, option: &str) -> Result<String> {
                let option = c_string("option", option)?;
                let mut text = [0 as c_char; 256];
                let (buf, size) = (text.as_mut_ptr(), text.len());
                check(unsafe {
                    sys::$get(&self.0, option.as_ptr(), buf, size, null_mut())
                })?;
                Ok(name(&text))
            }

            /// The options that `get` reads.
            #[allow(dead_code)]
            pub(crate) fn read(
                get: impl FnOnce(*mut sys::$raw) -> i32,
            ) -> Result<$name> {
                let mut options = $name::new();
                check(get(&mut options.0)).map(|()| options)
            }

            /// All options of this kind.
            pub fn list() -> Vec<OptionInfo> {
                list(|i, info| unsafe { sys::$describe(i, info) })
            }
        }

        impl Default for $name {
            fn default() -> $name {
                $name::new()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut map = f.debug_map();
                for option in $name::list() {
                    map.entry(&option.name, &self.get(option.name));
                }
                map.finish()
            }
        }
    )*};
}

options! {
    /// Options of a vocabulary.
    VocabOptions, siamese_vocab_options, siamese_vocab_options_init,
        siamese_vocab_options_set, siamese_vocab_options_get,
        siamese_vocab_options_describe;
    /// Options of a tower.
    TowerOptions, siamese_tower_options, siamese_tower_options_init,
        siamese_tower_options_set, siamese_tower_options_get,
        siamese_tower_options_describe;
    /// Options of a field of a tower.
    FieldOptions, siamese_field_options, siamese_field_options_init,
        siamese_field_options_set, siamese_field_options_get,
        siamese_field_options_describe;
    /// Options of a trainer.
    TrainerOptions, siamese_trainer_options, siamese_trainer_options_init,
        siamese_trainer_options_set, siamese_trainer_options_get,
        siamese_trainer_options_describe;
    /// Options of an index.
    IndexOptions, siamese_index_options, siamese_index_options_init,
        siamese_index_options_set, siamese_index_options_get,
        siamese_index_options_describe;
    /// Options of a ranker.
    RankerOptions, siamese_ranker_options, siamese_ranker_options_init,
        siamese_ranker_options_set, siamese_ranker_options_get,
        siamese_ranker_options_describe;
    /// Options of an evaluator.
    EvaluatorOptions, siamese_evaluator_options, siamese_evaluator_options_init,
        siamese_evaluator_options_set, siamese_evaluator_options_get,
        siamese_evaluator_options_describe;
    /// Options of items.
    ItemsOptions, siamese_items_options, siamese_items_options_init,
        siamese_items_options_set, siamese_items_options_get,
        siamese_items_options_describe;
    /// Options of a model itself; those of its parts are set by `Model::set`.
    ModelOptions, siamese_model_options, siamese_model_options_init,
        siamese_model_options_set, siamese_model_options_get,
        siamese_model_options_describe;
    /// How a file is written.
    SaveOptions, siamese_save_options, siamese_save_options_init,
        siamese_save_options_set, siamese_save_options_get,
        siamese_save_options_describe;
    /// How a file is read.
    LoadOptions, siamese_load_options, siamese_load_options_init,
        siamese_load_options_set, siamese_load_options_get,
        siamese_load_options_describe;
}
