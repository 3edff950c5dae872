package composite_test

import (
	"math"
	"testing"

	"peerscape/internal/engine/composite"
	"peerscape/internal/stats"
)

func TestTableCheck(t *testing.T) {
	type T = composite.Table
	for _, c := range []struct {
		name   string
		change func(*T)
		key    string // empty where the table is sound
		words  []string
	}{
		{"as it is", func(*T) {}, "", nil},
		{"gaps", func(t *T) { empty(t, 0, 1, 2, 3, 4) }, "", nil},
		{"no column", func(t *T) { t.Columns = nil }, "", nil},
		{"one unit in several years", func(t *T) {
			for i := range t.Rows {
				t.Rows[i] = composite.Row{Unit: "NORTH", Period: stats.Year(2020 + i)}
			}
		}, "", nil},
		{"standard errors", func(t *T) { t.Columns[0].Doubt = []float64{0, 1, 0, 2} }, "", nil},
		{"a standard error that is not known", func(t *T) { t.Columns[0].Doubt = []float64{gap, 1, 0, 2} }, "", nil},
		{"no row", func(t *T) { t.Rows = nil }, "engine.no-unit", []string{"no row"}},
		{"a row without unit", func(t *T) { t.Rows[2].Unit = "" }, "engine.no-unit", []string{"no unit"}},
		{"a unit twice", func(t *T) { t.Rows[3].Unit = "NORTH" }, "engine.twice", []string{"NORTH"}},
		{"a unit twice in a year", func(t *T) {
			for i := range t.Rows {
				t.Rows[i].Period = stats.Year(2020)
			}
			t.Rows[1].Unit = "NORTH"
		}, "engine.twice", []string{"NORTH in 2020"}},
		{"a period for the first alone", func(t *T) { t.Rows[0].Period = stats.Year(2020) }, "engine.some-periods", nil},
		{"a period for the last alone", func(t *T) { t.Rows[3].Period = stats.Year(2020) }, "engine.some-periods", nil},
		{"a column twice", func(t *T) { t.Columns[1].Code = "income" }, "engine.twice", []string{"income"}},
		{"a short column", func(t *T) { t.Columns[1].Values = t.Columns[1].Values[:3] }, "engine.ragged", []string{"debt", "3 values for 4 rows"}},
		{"a long column", func(t *T) { t.Columns[1].Values = append(t.Columns[1].Values, 1) }, "engine.ragged", []string{"debt", "5 values for 4 rows"}},
		{"too few standard errors", func(t *T) { t.Columns[1].Doubt = []float64{1, 2} }, "engine.ragged", []string{"debt", "2 standard errors for 4 rows"}},
		{"infinite", func(t *T) { t.Columns[2].Values[1] = math.Inf(1) }, "engine.infinite", []string{"schooling of EAST"}},
		{"infinite below", func(t *T) { t.Columns[4].Values[3] = math.Inf(-1) }, "engine.infinite", []string{"people of WEST"}},
		{"an infinite standard error", func(t *T) { t.Columns[2].Doubt = []float64{0, math.Inf(1), 0, 0} }, "engine.doubt", []string{"schooling of EAST"}},
		{"a standard error below zero", func(t *T) { t.Columns[2].Doubt = []float64{0, 0, -1, 0} }, "engine.doubt", []string{"schooling of SOUTH", "-1"}},
		{"a short attribute", func(t *T) { t.Attributes = []composite.Attribute{{Code: "country", Values: []string{"A"}}} }, "engine.ragged", []string{"country", "1 values for 4 rows"}},
		{"an attribute twice", func(t *T) {
			t.Attributes = []composite.Attribute{{Code: "country", Values: make([]string, 4)}, {Code: "country", Values: make([]string, 4)}}
		}, "engine.twice", []string{"attribute country"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, table := small()
			c.change(table)
			err := table.Check()
			if c.key == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if err == nil {
				t.Fatal("accepted")
			}
			refused(t, err, c.key, c.words...)
		})
	}
}

func TestPanel(t *testing.T) {
	_, table := small()
	if table.Panel() {
		t.Error("a table without periods is a panel")
	}
	for i := range table.Rows {
		table.Rows[i].Period = stats.Year(2020)
	}
	if !table.Panel() {
		t.Error("a table with periods is no panel")
	}
	if (&composite.Table{}).Panel() {
		t.Error("an empty table is a panel")
	}
}
