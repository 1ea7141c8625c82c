// 05 in Go: what 01 does, through cgo. Build: go build (cgo asks pkg-config).
package main

// #include <siamese/siamese.h>
// static const char *field(void) { return "title"; }
import "C"

import (
	"fmt"
	"math"
)

const pairs, steps, dim, k = 2 * items, 300, 32, 2

func main() {
	var titleList, queryList []string // first queries, then second
	var ids [pairs]C.int64_t
	var rows [pairs]C.size_t
	for i := range ids {
		titleList = append(titleList, data[i%items][0])
		queryList = append(queryList, data[i%items][1+i/items])
		ids[i], rows[i] = C.int64_t(100+i%items), C.size_t(i)
	}
	titles, queries, searches := texts(titleList), texts(queryList), texts(asked)
	defer freeTexts(titles, pairs)
	defer freeTexts(queries, pairs)
	defer freeTexts(searches, len(asked))

	var vocab *C.siamese_vocab
	check(C.siamese_vocab_create(&vocab, nil))
	defer C.siamese_vocab_free(vocab)
	check(C.siamese_vocab_add(vocab, titles, items))
	check(C.siamese_vocab_add(vocab, queries, pairs))
	check(C.siamese_vocab_finish(vocab))

	var options C.siamese_tower_options
	var tower, trained *C.siamese_tower
	check(C.siamese_tower_options_init(&options, C.sizeof_siamese_tower_options))
	options.units, options.seed = dim/2, 9
	check(C.siamese_tower_create(&tower, &options))
	defer C.siamese_tower_free(tower)
	check(C.siamese_tower_add_field(tower, C.field(), vocab, nil))

	var trainer *C.siamese_trainer
	// In a C struct no pointers to Go's memory, so no item ids: equal texts do.
	batch := C.siamese_pairs{struct_size: C.sizeof_siamese_pairs, queries: queries,
		items: titles, query_fields: 1, item_fields: 1, count: pairs}
	check(C.siamese_trainer_create(&trainer, tower, tower, nil))
	defer C.siamese_trainer_free(trainer)
	check(C.siamese_trainer_add_pairs(trainer, &batch))
	for i := 0; i < steps; i++ { // the host's own loop and batches
		check(C.siamese_trainer_step(trainer, &rows[i%2*items], items, nil))
	}
	check(C.siamese_trainer_snapshot(trainer, &trained, nil))
	defer C.siamese_tower_free(trained)

	var index *C.siamese_index
	var vectors [items * dim]C.float
	var found [3 * k]C.int64_t
	var scores [3 * k]C.float
	check(C.siamese_tower_encode(trained, titles, items, 1, &vectors[0], items*dim))
	check(C.siamese_index_create(&index, dim, nil))
	defer C.siamese_index_free(index)
	check(C.siamese_index_add(index, &ids[0], &vectors[0], items))
	check(C.siamese_tower_encode(trained, searches, 3, 1, &vectors[0], items*dim))
	check(C.siamese_index_search(index, &vectors[0], 3, k, nil, &found[0],
		&scores[0], 3*k, nil))
	for i, score := range scores {
		if i%k == 0 {
			fmt.Println(asked[i/k])
		}
		bits := math.Float32bits(float32(score))
		fmt.Printf("  %d %.6f %08x %s\n", found[i], score, bits, data[found[i]-100][0])
	}
}
