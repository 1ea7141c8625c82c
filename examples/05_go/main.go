// 05 in Go: what 01 does, with the package of bindings/go. Build: go build
package main

import (
	"fmt"
	"log"
	"math"
	"siamese"
)

const pairs, steps, k = 2 * items, 300, 2

// must returns what a call made, or ends the program with the call's error.
func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	var titles, queries []string // first queries, then second
	var ids []int64
	var rows []uint
	for i := 0; i < pairs; i++ {
		titles = append(titles, data[i%items][0])
		queries = append(queries, data[i%items][1+i/items])
		ids = append(ids, int64(100+i%items))
		rows = append(rows, uint(i))
	}
	vocab := must(siamese.NewVocab(nil))
	defer vocab.Close()
	check(vocab.Add(titles[:items]...))
	check(vocab.Add(queries...))
	check(vocab.Finish())

	tower := must(siamese.NewTower(siamese.Options{"units": 16, "seed": 9}))
	defer tower.Close()
	check(tower.AddField("title", vocab, nil))

	trainer := must(siamese.NewTrainer(tower, tower, nil)) // one for both sides
	defer trainer.Close()
	check(trainer.AddPairs(&siamese.Pairs{Queries: queries, Items: titles, ItemIDs: ids}))
	for i := 0; i < steps; i++ { // the host's own loop and batches
		must(trainer.Step(rows[i%2*items : (i%2+1)*items]))
	}
	trained, other, err := trainer.Snapshot()
	check(err)
	defer trained.Close()
	defer other.Close()

	index := must(siamese.NewIndex(trained.Dim(), nil))
	defer index.Close()
	check(index.Add(ids[:items], must(trained.Encode(titles[:items]...))))
	found := must(index.Search(must(trained.Encode(asked...)), k, nil))
	for q, results := range found { // a score, and its bits
		fmt.Println(asked[q])
		for _, r := range results {
			title := data[r.ID-100][0]
			fmt.Printf("  %d %.6f %08x %s\n", r.ID, r.Score, math.Float32bits(r.Score), title)
		}
	}
}
