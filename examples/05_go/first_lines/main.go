// The first ten lines in Go: a model of two items, trained and asked.
package main

import (
	"context"
	"fmt"
	"siamese"
)

func main() {
	titles := []string{"oak desk", "red sofa"}
	model, _ := siamese.NewModel("default", nil)
	model.AddItems(&siamese.Rows{IDs: []int64{100, 101}, Titles: titles})
	model.AddPairs(&siamese.Pairs{Queries: []string{"table", "couch"}, Items: titles})
	err := model.Train(context.Background(), nil)
	hits, err := model.Search("couch", 1)
	fmt.Println(hits[0].Title, hits[0].Score, err)
}
