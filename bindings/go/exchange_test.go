package siamese_test

import (
	"context"
	"errors"
	"reflect"
	"siamese"
	"sync"
	"testing"
)

// A net is an exchange between goroutines: each copies the others' parts.
type net struct {
	lock    sync.Mutex
	moved   *sync.Cond
	buffers [][]byte
	waiting int
	turns   int
	lost    bool
}

func newNet(size int) *net {
	n := &net{buffers: make([][]byte, size)}
	n.moved = sync.NewCond(&n.lock)
	return n
}

var errLost = errors.New("a rank is lost")

// wait returns when all ranks have called it.
func (n *net) wait() error {
	n.lock.Lock()
	defer n.lock.Unlock()
	turn := n.turns
	if n.waiting++; n.waiting == len(n.buffers) {
		n.waiting, n.turns = 0, turn+1
		n.moved.Broadcast()
	}
	for n.turns == turn && !n.lost {
		n.moved.Wait()
	}
	if n.turns == turn {
		return errLost
	}
	return nil
}

func (n *net) lose() error {
	n.lock.Lock()
	defer n.lock.Unlock()
	n.lost = true
	n.moved.Broadcast()
	return errLost
}

type rank struct {
	*net
	rank, calls, failsAt int
}

func (r *rank) Rank() int { return r.rank }
func (r *rank) Size() int { return len(r.buffers) }

func (r *rank) AllGather(buffer []byte, counts []int) error {
	if r.calls++; r.calls == r.failsAt {
		return r.lose()
	}
	r.buffers[r.rank] = buffer
	if err := r.wait(); err != nil {
		return err
	}
	begin := 0
	for other, count := range counts {
		if other != r.rank {
			copy(buffer[begin:begin+count], r.buffers[other][begin:begin+count])
		}
		begin += count
	}
	return r.wait()
}

func fitAll(trainers []*siamese.Trainer) []error {
	var group sync.WaitGroup
	errs := make([]error, len(trainers))
	for i, trainer := range trainers {
		group.Add(1)
		go func(i int, trainer *siamese.Trainer) {
			defer group.Done()
			errs[i] = trainer.Fit(context.Background(), nil)
		}(i, trainer)
	}
	group.Wait()
	return errs
}

func encoded(t testing.TB, trainer *siamese.Trainer) []float32 {
	query, item, err := trainer.Snapshot()
	fatal(t, err)
	defer query.Close()
	defer item.Close()
	return must[[]float32](t)(query.Encode(asked...))
}

func TestRanksHaveTheBitsOfOne(t *testing.T) {
	alone := trainer(t, 5)
	fatal(t, alone.Fit(context.Background(), nil))
	for size := 1; size <= 3; size++ {
		n, trainers := newNet(size), make([]*siamese.Trainer, size)
		for r := range trainers {
			trainers[r] = trainer(t, 5)
			fatal(t, trainers[r].SetExchange(&rank{net: n, rank: r}))
		}
		for r, err := range fitAll(trainers) {
			fatal(t, err)
			if !reflect.DeepEqual(encoded(t, trainers[r]), encoded(t, alone)) {
				t.Errorf("rank %d of %d has other weights", r, size)
			}
		}
	}
}

func TestALostRankEndsTheOthers(t *testing.T) {
	alone, n := trainer(t, 5), newNet(2)
	fatal(t, alone.Fit(context.Background(), nil))
	trainers := []*siamese.Trainer{trainer(t, 5), trainer(t, 5)}
	for r := range trainers {
		fatal(t, trainers[r].SetExchange(&rank{net: n, rank: r, failsAt: 17 + r*1000}))
	}
	for _, err := range fitAll(trainers) {
		is(t, err, siamese.ErrIO, "all_gather failed")
	}
	fatal(t, trainers[1].SetExchange(nil))
	fatal(t, trainers[1].Fit(context.Background(), nil))
	if !reflect.DeepEqual(encoded(t, trainers[1]), encoded(t, alone)) {
		t.Error("it went on to other weights")
	}
	is(t, trainers[0].SetExchange(&rank{net: n, rank: 2}), siamese.ErrArgument, "rank 2")
}
