package catalogue_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/db/dbtest"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ctx is for functions that rapid calls, which have no context of their own.
var ctx = context.Background()

// place is where a figure stands in the model.
type place struct {
	key, region string
	period      stats.Period
}

type cell struct {
	value float64 // NaN is written as a number that no test draws
	flags stats.Flags
}

const absent = -1e9

func cellOf(v float64, f stats.Flags) cell {
	if math.IsNaN(v) {
		v = absent
	}
	return cell{v, f}
}

var (
	drawnKeys    = []string{"A.T", "A.F", "A.M", "Q.T"}
	drawnRegions = []string{"EL30", "FI1C3", "ITI2", "ES", "EU27_2020", "ATLANTIS"}
)

// drawFigures draws what a dataset holds.
func drawFigures(t *rapid.T) map[place]cell {
	return rapid.MapOfN(
		rapid.Custom(func(t *rapid.T) place {
			return place{rapid.SampledFrom(drawnKeys).Draw(t, "key"), rapid.SampledFrom(drawnRegions).Draw(t, "region"), stats.Year(rapid.IntRange(2015, 2022).Draw(t, "year"))}
		}),
		rapid.Custom(func(t *rapid.T) cell {
			v := rapid.SampledFrom([]float64{0, 1, 2.5, -3, 1e6, absent}).Draw(t, "value")
			f := stats.Flags(rapid.IntRange(0, 3).Draw(t, "flags"))
			if v == absent {
				f |= stats.Confidential
			}
			return cell{v, f}
		}), 1, 40).Draw(t, "figures")
}

// drawSource draws a way to tell the figures: cut into series at will, in any
// order, some told twice, Greece by either letter.
func drawSource(t *rapid.T, figures map[place]cell) *table {
	src := rows(nil)
	places := rapid.Permutation(slices.SortedFunc(maps.Keys(figures), func(a, b place) int {
		return cmpPlace(a, b)
	})).Draw(t, "order")
	for _, p := range places {
		c := figures[p]
		v := c.value
		if v == absent {
			v = math.NaN()
		}
		region := p.region
		if region == "EL30" && rapid.Bool().Draw(t, "by ISO letters") {
			region = "GR30"
		}
		key := []string{p.key[:1], p.key[2:]}
		last := len(src.rows) - 1
		if last >= 0 && src.rows[last].Region == region && slices.Equal(src.rows[last].Key, key) &&
			src.rows[last].Periods[src.rows[last].Len()-1] < p.period {
			src.rows[last].Add(p.period, v, c.flags)
			continue
		}
		s := stats.Series{Key: key, Region: region}
		s.Add(p.period, v, c.flags)
		src.rows = append(src.rows, s)
		if rapid.IntRange(0, 9).Draw(t, "twice") == 0 {
			src.rows = append(src.rows, *s.Clone())
		}
	}
	return src
}

func cmpPlace(a, b place) int {
	return slices.Compare([]string{a.key, a.region, a.period.String()}, []string{b.key, b.region, b.period.String()})
}

// held reads everything that a vintage holds.
func held(t *rapid.T, c *catalogue.Catalogue, vintage int64) map[place]cell {
	all := make(map[place]cell)
	for _, key := range drawnKeys {
		err := c.Slice(ctx, vintage, []string{key[:1], key[2:]}, func(_ nuts.ID, _ nuts.Kind, code string, s *stats.Series) error {
			for i := range s.Periods {
				all[place{key, code, s.Periods[i]}] = cellOf(s.Values[i], s.Flags[i])
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// differences are the revisions from one set of figures to another, by a plain
// comparison of maps.
func differences(old, now map[place]cell) map[place]catalogue.Change {
	all := make(map[place]catalogue.Change)
	for _, p := range append(slices.Collect(maps.Keys(old)), slices.Collect(maps.Keys(now))...) {
		x, ok := old[p]
		if !ok {
			x = cell{absent, 0}
		}
		y, ok := now[p]
		if !ok {
			y = cell{absent, 0}
		}
		switch {
		case x.value == absent && y.value != absent:
			all[p] = catalogue.Added
		case x.value != absent && y.value == absent:
			all[p] = catalogue.Withdrawn
		case x.value != y.value:
			all[p] = catalogue.Changed
		case x.flags != y.flags:
			all[p] = catalogue.Flagged
		}
	}
	return all
}

// TestImportsAreWhatAMapWouldHold imports random datasets, told in random
// order, at random dates, and compares each vintage and the newest revision
// with maps.
func TestImportsAreWhatAMapWouldHold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := openCatalogue(t, d)
		runs := 0
		rapid.Check(t, func(t *rapid.T) {
			runs++
			name := fmt.Sprint("run", runs)
			model := make(map[int64]map[place]cell) // by vintage
			var newest []int64
			for range rapid.IntRange(1, 4).Draw(t, "imports") {
				figures := drawFigures(t)
				if len(model) > 0 && rapid.IntRange(0, 3).Draw(t, "again") == 0 {
					figures = model[rapid.SampledFrom(newest).Draw(t, "which")]
				}
				before := len(newest)
				got, err := c.Import(ctx, drawSource(t, figures), catalogue.ImportOptions{
					Dataset: name, NUTS: 2021, Updated: day(rapid.IntRange(1, 9).Draw(t, "day")),
					Hold: rapid.SampledFrom([]int{0, 1, 30}).Draw(t, "hold"),
				})
				if err != nil {
					t.Fatal(err)
				}
				model[got.Vintage.ID] = figures
				data, err := c.Dataset(ctx, name)
				if err != nil {
					t.Fatal(err)
				}
				newest = nil
				for i, v := range data.Vintages {
					newest = append(newest, v.ID)
					if i > 0 && v.Updated.After(data.Vintages[i-1].Updated) {
						t.Fatalf("vintage %d is newer than the one before it", i)
					}
				}
				if grown := len(newest) - before; grown != 1 && !got.Unchanged || grown != 0 && got.Unchanged {
					t.Fatalf("unchanged %v, %d vintages more", got.Unchanged, grown)
				}
			}
			for _, id := range newest {
				if diff := cmp.Diff(model[id], held(t, c, id), cmp.AllowUnexported(place{}, cell{})); diff != "" {
					t.Fatalf("vintage %d (-want +got):\n%s", id, diff)
				}
			}
			if len(newest) > 1 {
				checkRevisions(t, c, name, model[newest[1]], model[newest[0]])
			}
		})
	})
}

func checkRevisions(t *rapid.T, c *catalogue.Catalogue, name string, old, now map[place]cell) {
	got := make(map[place]catalogue.Change)
	var last place
	_, err := c.Revisions(ctx, name, catalogue.RevisionOptions{Visit: func(r catalogue.Revision) error {
		p := place{r.Key[0] + "." + r.Key[1], r.Code, r.Period}
		got[p] = r.Change
		if cmpPlace(last, p) >= 0 {
			t.Fatalf("%v comes after %v", p, last)
		}
		last = p
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(differences(old, now), got, cmp.AllowUnexported(place{})); diff != "" {
		t.Fatalf("revisions (-want +got):\n%s", diff)
	}
}

// TestReadersSeeWholeVintages: while datasets are imported, whoever reads the
// current vintage sees all of it.
func TestReadersSeeWholeVintages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := openCatalogue(t, d)
		mustImport(t, c, rows(t, "A.T EL30 2020=0", "A.F EL30 2020=0"), catalogue.ImportOptions{Updated: day(1)})
		ended := make(chan struct{})
		var line sync.WaitGroup
		for range 2 {
			line.Go(func() {
				for {
					select {
					case <-ended:
						return
					default:
					}
					v, err := c.CurrentVintage(ctx, "demo")
					if err != nil {
						t.Error(err)
						return
					}
					total, err1 := c.Series(ctx, v.ID, []string{"A", "T"}, "EL30")
					women, err2 := c.Series(ctx, v.ID, []string{"A", "F"}, "EL30")
					if err1 != nil || err2 != nil || total.Values[0] != women.Values[0] {
						t.Errorf("%v, %v: %v and %v", err1, err2, total, women)
						return
					}
				}
			})
		}
		for i := 1; i < 20; i++ {
			mustImport(t, c, rows(t, fmt.Sprintf("A.T EL30 2020=%d", i), fmt.Sprintf("A.F EL30 2020=%d", i)),
				catalogue.ImportOptions{Updated: day(1 + i)})
		}
		close(ended)
		line.Wait()
	})
}
