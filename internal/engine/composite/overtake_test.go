package composite_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"peerscape/internal/engine/composite"
	"peerscape/internal/engine/composite/aggregate"
	"peerscape/internal/engine/composite/normalise"
	"peerscape/internal/stats"
)

// Each change, made in the figures alone, makes the index equal to that of the
// unit before: everything is computed anew, by fixed goalposts.
func TestOvertakeReaches(t *testing.T) {
	worst, n := 0.0, 0
	rapid.Check(t, func(t *rapid.T) {
		f, table := random(t, parts{slices.Concat(means, penalised), goalposts, true})
		r := result(t, f, table)
		for i := range r.Rows {
			next, changes, err := r.Overtake(i)
			if err != nil {
				t.Fatal(err)
			}
			if (next >= 0) != (r.Ranks[i] > 1) {
				t.Fatalf("%s ranks %g, and the next is %d", r.Rows[i], r.Ranks[i], next)
			}
			for _, c := range changes {
				j := c.Element
				if c.Score < r.Scores[j][i] {
					t.Fatalf("%s must fall from %g to %g", r.Codes[j], r.Scores[j][i], c.Score)
				}
				old := table.Columns[j].Values[i]
				table.Columns[j].Values[i] = c.Value
				after := result(t, f, table)
				table.Columns[j].Values[i] = old
				d := math.Abs(after.Index()[i]-r.Index()[next]) / math.Abs(r.Index()[next])
				if worst, n = max(worst, d), n+1; !(d <= 1e-9) {
					t.Fatalf("%s with %s = %.17g has %.17g, %s has %.17g", r.Rows[i], r.Codes[j], c.Value, after.Index()[i], r.Rows[next], r.Index()[next])
				}
			}
		}
	})
	t.Logf("%d changes made: largest relative distance to the next unit %.2g (tolerance 1e-9)", n, worst)
}

// Hand values under arithmetic means: NORTH has 50, EAST 53. Skills weigh 3/4,
// of which schooling has 2/3: half a point each; so 6 points of schooling do, 12
// of training, and 24 of income; of debt 24 fewer.
func TestOvertakeByHand(t *testing.T) {
	f, table := small()
	f.Normalise = normalise.Rule{Method: normalise.Goalposts, High: 100, To: 100}
	for j, column := range [][]float64{{50, 53, 90, 0}, {50, 47, 10, 100}, {50, 53, 90, 0}, {50, 53, 90, 0}} {
		copy(table.Columns[j].Values, column)
	}
	r, err := computed(f, table)
	if err != nil {
		t.Fatal(err)
	}
	next, changes, err := r.Overtake(0)
	if err != nil || next != 1 {
		t.Fatalf("the next is %d (%v)", next, err)
	}
	want := []composite.Change{
		{Element: 2, Score: 56, Value: 56, Within: true},
		{Element: 3, Score: 62, Value: 62, Within: true},
		{Element: 0, Score: 74, Value: 74, Within: true},
		{Element: 1, Score: 74, Value: 26, Within: true},
	}
	if len(changes) != len(want) {
		t.Fatalf("got %+v", changes)
	}
	for k, w := range want {
		if c := changes[k]; c.Element != w.Element || math.Abs(c.Score-w.Score) > 1e-9 || math.Abs(c.Value-w.Value) > 1e-9 || !c.Within {
			t.Errorf("change %d is %+v, want %+v", k, c, w)
		}
	}
	// From EAST to SOUTH, 37 points, income and debt would have to pass what any shows.
	if _, changes, _ = r.Overtake(1); changes[0].Element != 2 || changes[0].Within {
		t.Errorf("127 of schooling is within 90: %+v", changes[0])
	}
	if next, changes, err = r.Overtake(2); next != -1 || changes != nil || err != nil {
		t.Errorf("nobody stands before the first: %d, %v, %v", next, changes, err)
	}
}

// In a panel the unit before is one of the same year.
func TestOvertakeWithinTheYear(t *testing.T) {
	f, table := small()
	for i := range table.Rows {
		table.Rows[i].Period = stats.Year(2020)
	}
	for _, r := range table.Rows[:4] { // the year after, a little better for all
		table.Rows = append(table.Rows, composite.Row{Unit: r.Unit, Period: stats.Year(2021)})
	}
	for j := range table.Columns {
		for _, v := range table.Columns[j].Values[:4] {
			table.Columns[j].Values = append(table.Columns[j].Values, v*1.01)
		}
	}
	r, err := computed(f, table)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range r.Rows {
		next, _, err := r.Overtake(i)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case next < 0 && r.Ranks[i] != 1:
			t.Errorf("%s ranks %g and has nobody before it", row, r.Ranks[i])
		case next >= 0 && (r.Rows[next].Period != row.Period || r.Ranks[next] != r.Ranks[i]-1):
			t.Errorf("%s ranks %g; before it is said to be %s, which ranks %g", row, r.Ranks[i], r.Rows[next], r.Ranks[next])
		}
	}
}

// Where rows are compared with each other, no single score changes a place.
func TestOvertakeRefused(t *testing.T) {
	f, table := small()
	f.Groups[2].Aggregate = &aggregate.Rule{Method: aggregate.Copeland}
	r, err := computed(f, table)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Rows {
		if r.Ranks[i] == 1 {
			continue
		}
		_, _, err := r.Overtake(i)
		if err == nil {
			t.Fatal("accepted")
		}
		refused(t, err, "engine.no-decomposition", "copeland", "index")
	}
}
