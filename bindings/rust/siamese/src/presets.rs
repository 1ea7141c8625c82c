//! Presets: option values that serve a purpose together.
use crate::error::{check, Result};
use crate::options::{
    IndexOptions, RankerOptions, TowerOptions, TrainerOptions, VocabOptions,
};
use crate::sys;
use crate::text::{c_string, static_str};
use std::mem::size_of;

/// Options of all parts, as a preset sets them.
#[derive(Clone, Debug)]
pub struct Preset {
    /// Of the vocabulary.
    pub vocab: VocabOptions,
    /// Of the tower.
    pub tower: TowerOptions,
    /// Of the trainer.
    pub trainer: TrainerOptions,
    /// Of the index.
    pub index: IndexOptions,
    /// Of the ranker.
    pub ranker: RankerOptions,
}

impl Preset {
    /// The preset of a name, e.g. "default".
    pub fn new(name: &str) -> Result<Preset> {
        let name = c_string("preset", name)?;
        let mut preset = Preset {
            vocab: VocabOptions::new(),
            tower: TowerOptions::new(),
            trainer: TrainerOptions::new(),
            index: IndexOptions::new(),
            ranker: RankerOptions::new(),
        };
        check(unsafe {
            sys::siamese_preset_apply(
                name.as_ptr(),
                &mut preset.vocab.0,
                &mut preset.tower.0,
                &mut preset.trainer.0,
                &mut preset.index.0,
            )
        })?;
        check(unsafe {
            sys::siamese_preset_apply_ranker(name.as_ptr(), &mut preset.ranker.0)
        })?;
        Ok(preset)
    }
}

/// The names of all presets, and what they are for.
pub fn presets() -> Vec<(&'static str, &'static str)> {
    let mut presets = Vec::new();
    loop {
        let mut info: sys::siamese_preset_info = unsafe { std::mem::zeroed() };
        info.struct_size = size_of::<sys::siamese_preset_info>();
        let status = unsafe { sys::siamese_preset_describe(presets.len(), &mut info) };
        if status != sys::SIAMESE_OK {
            return presets;
        }
        presets.push((static_str(info.name), static_str(info.help)));
    }
}
