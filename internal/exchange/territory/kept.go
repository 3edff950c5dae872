package territory

import (
	"context"
	"fmt"
	"sync"

	"peerscape/internal/engine/peers"
	"peerscape/internal/engine/profile"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/nuts"
)

// kept is what an analyst has made ready, for the figures of one revision.
type kept struct {
	mu       sync.Mutex
	revision int64
	made     map[any]*making
}

// making is one thing that is made once, by whoever asks for it first.
type making struct {
	once  sync.Once
	value any
	err   error
}

// keep returns what was made under a key for the figures as they are, and makes it
// where that has not been done. A failure is not kept.
func keep[T any](ctx context.Context, a *Analyst, key any, do func(context.Context) (T, error)) (T, error) {
	var none T
	revision, err := a.catalogue.Revision(ctx)
	if err != nil {
		return none, err
	}
	k := &a.kept
	k.mu.Lock()
	if k.revision != revision || k.made == nil {
		k.revision, k.made = revision, map[any]*making{}
	}
	m, of := k.made[key], k.made
	if m == nil {
		m = &making{}
		of[key] = m
	}
	k.mu.Unlock()
	m.once.Do(func() {
		m.value, m.err = do(context.WithoutCancel(ctx)) // others wait for it, too
		if m.err != nil {
			k.mu.Lock()
			defer k.mu.Unlock()
			delete(of, key)
		}
	})
	if m.err != nil {
		return none, m.err
	}
	return m.value.(T), nil
}

// level is all figures of a level, ready to be compared.
type level struct {
	history   *catalogue.History
	reference *profile.Reference // nil where there is no figure
	row       map[nuts.ID]int    // of history.Regions
}

type levelKey int

func (a *Analyst) level(ctx context.Context, n int) (*level, error) {
	return keep(ctx, a, levelKey(n), func(ctx context.Context) (*level, error) {
		h, err := a.catalogue.History(ctx, n, a.metrosOf(n))
		if err != nil {
			return nil, err
		}
		l := &level{history: h, row: make(map[nuts.ID]int, len(h.Regions))}
		for i, r := range h.Regions {
			l.row[r.ID] = i
		}
		if len(h.Indicators) == 0 {
			return l, nil
		}
		if l.reference, err = profile.Prepare(a.table(h, n)); err != nil {
			return nil, fmt.Errorf("prepare NUTS level %d: %w", n, err)
		}
		return l, nil
	})
}

type structuredKey struct {
	structure *Structure
	level     int
	measure   peers.Measure
}

func (a *Analyst) structured(ctx context.Context, s *Structure, n int, m peers.Measure) (*structured, error) {
	return keep(ctx, a, structuredKey{s, n, m}, func(ctx context.Context) (*structured, error) { return a.makeStructured(ctx, s, n, m) })
}

// Warm makes ready what pages ask for, so that no reader has to wait for it.
func (a *Analyst) Warm(ctx context.Context, s *Structure) error {
	for _, n := range []int{2, 3, 1} {
		if _, err := a.level(ctx, n); err != nil {
			return err
		}
		if _, err := a.structured(ctx, s, n, peers.Gower); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}
