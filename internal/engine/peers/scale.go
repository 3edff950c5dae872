package peers

import (
	"peerscape/internal/engine/sample"
)

// scales returns what counts as a full difference in each variable. A class that
// all units share is let in, for it may be one of several levels of regions; it
// adds nothing to any distance.
func (s *Set) scales(columns [][]float64) ([]float64, error) {
	if s.o.Measure == Mahalanobis {
		return s.deviations(columns)
	}
	by := make([]float64, len(columns))
	for v, x := range columns {
		variable := s.Variables[v]
		switch {
		case sample.Count(x) == 0 && variable.Weight > 0:
			return nil, refuse("engine.all-missing", "%s has no value", variable.Code).With("variable", variable.Code).
				Do("Import figures for it, or take it out")
		case variable.Kind == Nominal || variable.Weight == 0:
			by[v] = 1
			continue
		case variable.Kind == Ordinal:
			by[v] = float64(variable.Levels - 1)
			continue
		case s.o.Measure == Gower:
			by[v] = unit(x, Span)
		default:
			by[v] = unit(x, s.o.Scaling)
		}
		if m := sample.MomentsOf(x); m.Constant() || !(by[v] > 0) {
			return nil, constant(variable.Code)
		}
	}
	return by, nil
}

func constant(code string) error {
	return refuse("engine.constant", "%s tells no unit from another", code).With("variable", code).Do("Take it out")
}

// unit returns what counts as a difference of 1 in a column.
func unit(x []float64, s Scaling) float64 {
	m := sample.MomentsOf(x)
	switch s {
	case Deviation:
		return m.SD()
	case AsGiven:
		return 1
	case Span:
		sorted := sample.Sorted(make([]float64, 0, len(x)), x)
		if by := sample.Quantile(sorted, 0.95) - sample.Quantile(sorted, 0.05); by > 0 {
			return by
		}
	}
	return m.Max - m.Min
}

// setRows turns columns into rows of scaled values, so that two units are
// compared along straight memory.
func (s *Set) setRows(columns, given [][]float64, by []float64) error {
	n, k := len(s.Units), len(columns)
	s.rows, s.spread = rowsOf(n, k), make([]float64, k)
	for v, x := range columns {
		origin := sample.MomentsOf(x).Min // so that far-off numbers keep their digits
		for u := range n {
			if s.rows[u][v] = (x[u] - origin) / by[v]; s.rows[u][v] > largest {
				return refuse("engine.value", "%s of %s lies %g times the scale from the smallest", s.Variables[v].Code, s.Units[u].ID, s.rows[u][v]).
					Do("Correct it, or take the logarithm")
			}
		}
		s.spread[v] = sample.MomentsOf(x).SD() / by[v]
	}
	if s.o.Doubt == nil {
		return nil
	}
	s.doubt = rowsOf(n, k)
	for v, doubt := range s.o.Doubt {
		for u, e := range doubt {
			if s.Variables[v].Log { // the error of a logarithm is the relative one
				e /= given[v][u]
			}
			if e /= by[v]; e == e && s.Variables[v].Kind == Numeric {
				s.doubt[u][v] = min(e, largest)
			}
		}
	}
	return nil
}

// rowsOf makes n rows of k zeros in one piece of memory.
func rowsOf(n, k int) [][]float64 {
	all, out := make([]float64, n*k), make([][]float64, n)
	for i := range out {
		out[i], all = all[:k:k], all[k:]
	}
	return out
}
