// ranked.go: ranked.c in Go. usage: ranked FILE
package main

import (
	"fmt"
	"math"
	"os"
	"siamese"
)

var queries = []string{"red couch", "walnt bureau", "desk", "qqqq"}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func ask(model *siamese.Model, request siamese.Request) {
	request.Texts, request.K = queries, 5
	hits, err := model.Find(&request)
	check(err)
	defer hits.Close()
	for q, list := range hits.All() {
		corrected := hits.Corrected(q)
		if corrected == "" {
			corrected = "-"
		}
		fmt.Println(q, corrected)
		for i, hit := range list {
			fmt.Print(hit.TextID)
			numbers := []float32{hit.Score, hit.VectorScore, hit.Confidence}
			if request.Explain {
				shares, err := hits.Shares(q, i)
				check(err)
				numbers = append(numbers, shares...)
			}
			for _, number := range numbers {
				fmt.Printf(" %08x", math.Float32bits(number))
			}
			fmt.Println()
		}
	}
}

func main() {
	model, err := siamese.Open(os.Args[1], nil)
	check(err)
	defer model.Close()
	ask(model, siamese.Request{})
	ask(model, siamese.Request{Explain: true, CollapseTitles: true})
	ask(model, siamese.Request{Feedback: siamese.RankOff, Spelling: siamese.RankOff, MinConfidence: 0.5})
	ask(model, siamese.Request{Rerank: siamese.RankOff, Spelling: siamese.RankOff, Feedback: siamese.RankOff})
}
