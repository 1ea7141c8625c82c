package siamese

// #include "shim.h"
import "C"

import "errors"

// A Preset sets options of several parts to values that serve a purpose together.
type Preset struct {
	Name, Help                   string
	Vocab, Tower, Trainer, Index Options
	Ranker                       Options // of [NewRanker]
}

// Presets lists the presets of the library with what they set.
func Presets() ([]Preset, error) {
	var presets []Preset
	for i := C.size_t(0); ; i++ {
		var info C.siamese_preset_info
		info.struct_size = C.sizeof_siamese_preset_info
		err := call(func() C.siamese_status { return C.siamese_preset_describe(i, &info) })
		if errors.Is(err, ErrNotFound) {
			return presets, nil
		}
		if err != nil {
			return nil, err
		}
		preset, err := presetOf(&info)
		if err != nil {
			return nil, err
		}
		presets = append(presets, preset)
	}
}

func presetOf(info *C.siamese_preset_info) (Preset, error) {
	p := Preset{C.GoString(info.name), C.GoString(info.help), Options{}, Options{}, Options{}, Options{}, Options{}}
	kinds := map[string]Options{"vocab": p.Vocab, "tower": p.Tower, "trainer": p.Trainer, "index": p.Index,
		"ranker": p.Ranker}
	for i := C.size_t(0); ; i++ {
		var setting C.siamese_preset_setting
		setting.struct_size = C.sizeof_siamese_preset_setting
		err := call(func() C.siamese_status { return C.siamese_preset_get(info.name, i, &setting) })
		if errors.Is(err, ErrNotFound) {
			return p, nil
		}
		if err != nil {
			return p, err
		}
		if options := kinds[C.GoString(setting.kind)]; options != nil {
			options[C.GoString(setting.name)] = C.GoString(setting.value)
		}
	}
}
