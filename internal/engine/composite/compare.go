package composite

import (
	"math"

	"peerscape/internal/engine/sample"
)

// Shift is what became of a row from one index to another.
type Shift struct {
	Row                     Row
	ScoreBefore, ScoreAfter float64 // NaN where there is none
	RankBefore, RankAfter   float64 // NaN where there is none
}

// Moved is by how many places the row rose, negative where it fell; NaN where it
// has no rank in both.
func (s Shift) Moved() float64 { return s.RankBefore - s.RankAfter }

// Comparison says how two indices over the same rows differ.
type Comparison struct {
	Shifts   []Shift // in the order of the first, then rows that only the second has
	Both     int     // rows with a rank in both
	Mean     float64 // absolute shift of ranks (Handbook, step 7); NaN where no row has both
	Largest  float64
	Spearman float64 // of ranks, NaN below two rows; in a panel over the rows of all periods
	Kendall  float64
}

// Compare compares two results row by row.
func Compare(before, after *Result) Comparison {
	c := Comparison{}
	nan := math.NaN()
	at := make(map[Row]int, len(after.Rows))
	for i, r := range after.Rows {
		at[r] = i
	}
	for i, r := range before.Rows {
		s := Shift{r, before.Index()[i], nan, before.Ranks[i], nan}
		if k, ok := at[r]; ok {
			s.ScoreAfter, s.RankAfter = after.Index()[k], after.Ranks[k]
			delete(at, r)
		}
		c.Shifts = append(c.Shifts, s)
	}
	for k, r := range after.Rows {
		if _, left := at[r]; left {
			c.Shifts = append(c.Shifts, Shift{r, nan, after.Index()[k], nan, after.Ranks[k]})
		}
	}
	c.sum()
	return c
}

func (c *Comparison) sum() {
	var old, new []float64
	total := 0.0
	for _, s := range c.Shifts {
		d := math.Abs(s.Moved())
		if math.IsNaN(d) {
			continue
		}
		old, new = append(old, s.RankBefore), append(new, s.RankAfter)
		c.Both++
		c.Largest = max(c.Largest, d)
		total += d
	}
	if c.Mean = total / float64(c.Both); c.Both == 0 {
		c.Largest = math.NaN()
	}
	c.Spearman, c.Kendall = sample.Spearman(old, new), sample.Kendall(old, new)
}

// Placed is the place of a row in one indicator.
type Placed struct {
	Element int
	Value   float64 // prepared, before treatment
	Score   float64
	Rank    float64 // by score within the period, 1 is best, ties share the better rank
	Of      int     // rows with a score
}

// Places returns the places of a row in the indicators in which it has a score,
// in their order. Wholes are not counted, nor do they take a rank from others.
func (r *Result) Places(row int) (out []Placed) {
	for j := range r.Prepared {
		own := r.Scores[j][row]
		if math.IsNaN(own) {
			continue
		}
		p := Placed{Element: j, Value: r.Prepared[j][row], Score: own, Rank: 1}
		for i, x := range r.Scores[j] {
			counted := i == row || r.Whole == nil || !r.Whole[i]
			if math.IsNaN(x) || !counted || r.Rows[i].Period != r.Rows[row].Period {
				continue
			}
			p.Of++
			if x > own {
				p.Rank++
			}
		}
		out = append(out, p)
	}
	return out
}
