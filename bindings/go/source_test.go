package siamese_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"siamese"
)

// A source of the shop's pairs, two at once.
type parts struct {
	at    int
	fails error
}

func (p *parts) Rewind() error {
	p.at = 0
	return nil
}

func (p *parts) Read() (*siamese.Pairs, error) {
	if p.at == len(titles) {
		return nil, p.fails
	}
	first, ids := p.at, []int64{1, 2, 3, 4}
	p.at += 2
	return &siamese.Pairs{Queries: asked[first:p.at], Items: titles[first:p.at], ItemIDs: ids[first:p.at]}, nil
}

func TestSource(t *testing.T) {
	kept, read := trainer(t, 3), emptyTrainer(t, 3)
	fatal(t, read.SetSource(&parts{}))
	fatal(t, kept.Fit(context.Background(), nil))
	fatal(t, read.Fit(context.Background(), nil))
	if !reflect.DeepEqual(vectors(t, kept), vectors(t, read)) {
		t.Error("other weights")
	}
	gone := errors.New("the disk is gone")
	fatal(t, read.SetSource(&parts{fails: gone}))
	err := read.Fit(context.Background(), nil)
	is(t, err, siamese.ErrIO, "the disk is gone")
	if !errors.Is(err, gone) {
		t.Error(err)
	}
	is(t, kept.SetSource(&parts{}), siamese.ErrState, "pairs")
	fatal(t, read.SetSource(nil))
	is(t, read.Fit(context.Background(), nil), siamese.ErrState, "no pairs")
}
