package siamese_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"siamese"
)

// The first ten lines.
func Example() {
	model, err := siamese.NewModel("default", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	titles := []string{"oak desk", "red sofa"}
	model.AddItems(&siamese.Rows{IDs: []int64{100, 101}, Titles: titles})
	model.AddPairs(&siamese.Pairs{Queries: []string{"table", "couch"}, Items: titles})
	if err := model.Train(context.Background(), nil); err != nil {
		log.Fatal(err)
	}
	hits, err := model.Search("couch", 1)
	fmt.Println(hits[0].ID, hits[0].Title, err)
	// Output: 101 red sofa <nil>
}

func ExampleVocab() {
	vocab, _ := siamese.NewVocab(siamese.Options{"max_tokens": 100})
	defer vocab.Close()
	vocab.Add("red sofa", "red desk")
	vocab.Finish() // '' and [UNK], then by frequency
	rows, err := vocab.Tokenize("red chair", "desk")
	fmt.Println(vocab.Size(), rows, err)
	// Output: 5 [[2 1] [4]] <nil>
}

func ExampleIndex_Search() {
	index, _ := siamese.NewIndex(2, nil)
	defer index.Close()
	index.Add([]int64{7, 8}, []float32{1, 0, 0, 2})
	results, err := index.Search([]float32{3, 1}, 2, nil)
	fmt.Println(results, err)
	// Output: [[{7 3} {8 2}]] <nil>
}

func ExampleError() {
	_, err := siamese.NewIndex(2, siamese.Options{"nlists": 3})
	fmt.Println(errors.Is(err, siamese.ErrOption), errors.Is(err, siamese.ErrState))
	var failure *siamese.Error
	fmt.Println(errors.As(err, &failure), failure.Status.String())
	// Output:
	// true false
	// true SIAMESE_E_OPTION
}

func ExampleTrainer_Fit() {
	vocab, _ := siamese.NewVocab(nil)
	defer vocab.Close()
	vocab.Add("oak desk", "red sofa", "table", "couch")
	vocab.Finish()
	tower, _ := siamese.NewTower(nil)
	defer tower.Close()
	tower.AddField("title", vocab, nil)
	trainer, _ := siamese.NewTrainer(tower, tower, siamese.Options{"epochs": 3})
	defer trainer.Close()
	trainer.AddPairs(&siamese.Pairs{
		Queries: []string{"table", "couch"}, Items: []string{"oak desk", "red sofa"}})
	err := trainer.Fit(context.Background(), func(p siamese.Progress) error {
		if p.Stage == siamese.StageTrain && p.EpochStep == p.EpochSteps {
			fmt.Println(p.Step)
		}
		return nil
	})
	fmt.Println(err)
	// Unordered output:
	// 1
	// 2
	// 3
	// <nil>
}
