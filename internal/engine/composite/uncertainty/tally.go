package uncertainty

// sums are the sums of scores, a row of units for each block of variants: a
// block is added up by one worker in the order of its variants, and the blocks
// are added up in their order, so that the last bit is always the same.
type sums struct {
	block     int
	shift     []float64 // taken off the scores before they are squared, so that little is lost
	sum, squa []float64
}

// keeper chooses the variants whose scores are kept: all, or one of each of so
// many equal stretches, picked by the seed.
type keeper struct {
	keep, of int
	seed     uint64
	scores   []float64 // a row of units for each
}

// slot returns the row of variant i, or -1 where its scores are not kept.
func (k *keeper) slot(i int) int {
	if k.keep == k.of {
		return i
	}
	if k.keep == 0 {
		return -1
	}
	s := ((i+1)*k.keep - 1) / k.of // the stretch that i is in
	from, to := s*k.of/k.keep, (s+1)*k.of/k.keep
	if i == from+int(mix(k.seed^mix(uint64(s)))%uint64(to-from)) {
		return s
	}
	return -1
}

// tally is what one worker counts. Counts are whole numbers: it does not matter
// who counted what.
type tally struct {
	units int
	order *order
	sums  *sums
	kept  *keeper
	ranks []uint32 // [unit][rank], rank 0 for no score
	beats []uint32 // [i][j]: twice the variants in which i beats j, and once the ties; nil if not asked for
}

func newTally(units int, s *sums, k *keeper, pairs bool) *tally {
	t := &tally{units: units, order: newOrder(units), sums: s, kept: k, ranks: make([]uint32, units*(units+1))}
	if pairs {
		t.beats = make([]uint32, units*units)
	}
	return t
}

// add counts variant i. It returns the unit whose score is infinite, or -1.
func (t *tally) add(i int, scores []float64) (infinite int) {
	row := i / t.sums.block * t.units
	sum, squa, shift := t.sums.sum[row:][:len(scores)], t.sums.squa[row:][:len(scores)], t.sums.shift[:len(scores)]
	for u, s := range scores {
		if s-s != 0 {
			if s == s {
				return u
			}
			continue
		}
		d := s - shift[u]
		sum[u] += d
		squa[u] += d * d
	}
	t.order.rank(scores)
	at := 0
	for _, r := range t.order.ranks {
		t.ranks[at+int(r)]++
		at += t.units + 1
	}
	if t.beats != nil {
		t.addPairs()
	}
	if slot := t.kept.slot(i); slot >= 0 {
		copy(t.kept.scores[slot*t.units:][:t.units], scores)
	}
	return -1
}

// addPairs counts for every pair which of the two is before the other: 2 for a
// lower rank, 1 for the same. A unit without score has rank 0: it counts nothing,
// and nothing is counted against it.
func (t *tally) addPairs() {
	ranks := t.order.ranks
	for i, a := range ranks {
		if a == 0 {
			continue
		}
		row := t.beats[i*t.units:][:len(ranks)]
		for j, b := range ranks {
			d := int64(a) - int64(b)
			row[j] += uint32(1 - (d>>63 | int64(uint64(-d)>>63))) // 1 less the sign, without a branch that nobody could foresee
		}
	}
}

// merge adds the counts of another worker.
func (t *tally) merge(other *tally) {
	for i, n := range other.ranks {
		t.ranks[i] += n
	}
	for i, n := range other.beats {
		t.beats[i] += n
	}
}
