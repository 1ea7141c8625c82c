// The Go side of bench/bindings/go_rust.sh; see query.c there.
package main

import (
	"fmt"
	"log"
	"os"
	"siamese"
	"sort"
	"time"
)

const k, blocks, queries, batch = 10, 101, 200, 1000

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func median(values []float64) float64 {
	sort.Float64s(values)
	return values[len(values)/2]
}

func main() {
	model, err := siamese.Open(os.Args[1], siamese.Options{"threads": 1})
	check(err)
	tower, err := model.Tower(siamese.QuerySide)
	check(err)
	texts := make([]string, batch)
	for i := range texts {
		texts[i] = "red oak writing desk"
	}
	vectors := make([]float32, batch*tower.Dim())
	var query, encode []float64
	sum := 0
	for b := 0; b < blocks; b++ {
		start := time.Now()
		for i := 0; i < queries; i++ {
			hits, err := model.Search("red oak desk", k)
			check(err)
			for _, hit := range hits {
				sum += int(hit.ID) + len(hit.Title)
				if hit.Score > 0 {
					sum++
				}
			}
		}
		query = append(query, float64(time.Since(start).Nanoseconds())/queries)
	}
	for b := 0; b < blocks; b++ {
		start := time.Now()
		check(tower.EncodeTo(vectors, texts, 1))
		encode = append(encode, float64(time.Since(start).Nanoseconds()))
	}
	fmt.Printf("%.0f %.0f %d\n", median(query), median(encode), sum)
}
