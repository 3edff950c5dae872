package uncertainty

// Acceptability returns the rank acceptability of a unit (SMAA; Lahdelma and
// Salminen 2001): at r-1 the share of all variants in which it takes rank r.
// The shares sum to 1, less the share of variants in which it has no score.
func (r *Result) Acceptability(unit int) []float64 {
	out := make([]float64, len(r.Units))
	for i, n := range r.row(unit)[1:] {
		out[i] = float64(n) / float64(r.N)
	}
	return out
}
