package peers

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// noiseByDefault is the share by which weights vary where a question names none.
const noiseByDefault = 0.25

// stability counts in how many runs each peer stays one. A run follows from the
// seed and its number alone, and counts are added, so that the result is the same
// for any number of workers.
func (s *Set) stability(me int, q Question, peers []Peer) {
	workers := min(max(1, q.Workers), q.Runs)
	stays := make([][]int, workers)
	var all sync.WaitGroup
	for w := range workers {
		stays[w] = make([]int, len(peers))
		all.Go(func() {
			v := s.newView()
			for run := w; run < q.Runs; run += workers {
				v.vary(rand.New(rand.NewPCG(q.Seed, uint64(run))), q)
				near := v.near(me, q)
				near = near[:min(q.Peers, len(near))]
				for k, p := range peers {
					if slices.ContainsFunc(near, func(c candidate) bool { return c.unit == p.Place }) {
						stays[w][k]++
					}
				}
			}
		})
	}
	all.Wait()
	for k := range peers {
		sum := 0
		for w := range stays {
			sum += stays[w][k]
		}
		peers[k].Stability = float64(sum) / float64(q.Runs)
	}
}

// vary gives the view the weights, the variables and the values of one run.
func (v *view) vary(random *rand.Rand, q Question) {
	s, noise := v.s, q.WeightNoise
	if noise == 0 {
		noise = noiseByDefault
	}
	if len(v.share) == 0 || &v.share[0] == &s.share[0] {
		v.share = make([]float64, len(s.share))
	}
	used := 0
	for i, w := range s.share {
		if v.share[i] = w * (1 + noise*(2*random.Float64()-1)); w > 0 {
			used++
		}
	}
	v.leftOut = -1
	if q.DropOne && used > 2 {
		for v.leftOut < 0 || s.share[v.leftOut] == 0 {
			v.leftOut = random.IntN(len(s.share))
		}
		v.share[v.leftOut] = 0
	}
	if s.doubt == nil {
		return
	}
	if &v.rows[0] == &s.rows[0] {
		v.rows = rowsOf(len(s.rows), len(s.share))
	}
	for u, row := range s.rows {
		copy(v.rows[u], row)
		for i, e := range s.doubt[u] {
			if e > 0 {
				v.rows[u][i] += e * random.NormFloat64()
			}
		}
	}
}
