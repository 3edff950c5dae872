package catalogue_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/db/dbtest"
	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
)

func told(r catalogue.Revision) string {
	return fmt.Sprintf("%s %s %s %s: %v%s > %v%s", r.Change, strings.Join(r.Key, "."), r.Region, r.Period,
		r.Old.Value, r.Old.Flags, r.New.Value, r.New.Flags)
}

func TestRevisions(t *testing.T) {
	onBoth(t, func(t *testing.T, _ *db.DB, c *catalogue.Catalogue) {
		ctx := t.Context()
		if _, err := c.Revisions(ctx, "demo", catalogue.RevisionOptions{}); fault.KindOf(err) != fault.Missing {
			t.Errorf("no dataset: %v, want kind missing", err)
		}
		first := mustImport(t, c, rows(t,
			"A.T EL30 2019=1 2020=2p 2021=:c 2022=4",
			"A.T FI1C3 2020=10",
			"A.M EL30 2020=7"), catalogue.ImportOptions{Updated: day(1)})
		if _, err := c.Revisions(ctx, "demo", catalogue.RevisionOptions{}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("one vintage: %v, want kind conflict", err)
		}
		mustImport(t, c, rows(t,
			"A.T EL30 2019=1 2020=2 2021=3 2022=:u 2023=5",
			"A.F EL30 2020=8p",
			"A.T FI1C3 2020=10.5"), catalogue.ImportOptions{Updated: day(2)})

		all := []string{
			"added A.F EL30 (NUTS 2021) 2020: NaN > 8p",
			"withdrawn A.M EL30 (NUTS 2021) 2020: 7 > NaN",
			"flagged A.T EL30 (NUTS 2021) 2020: 2p > 2",
			"added A.T EL30 (NUTS 2021) 2021: NaNc > 3",
			"withdrawn A.T EL30 (NUTS 2021) 2022: 4 > NaNu",
			"added A.T EL30 (NUTS 2021) 2023: NaN > 5",
			"changed A.T FI1C3 (NUTS 2021) 2020: 10 > 10.5",
		}
		totals := map[catalogue.Change]int{catalogue.Added: 3, catalogue.Withdrawn: 2, catalogue.Flagged: 1, catalogue.Changed: 1}
		for name, o := range map[string]struct {
			catalogue.RevisionOptions
			listed int
		}{
			"all":      {catalogue.RevisionOptions{}, 7},
			"some":     {catalogue.RevisionOptions{Limit: 2}, 2},
			"none":     {catalogue.RevisionOptions{Limit: -1}, 0},
			"by their": {catalogue.RevisionOptions{Old: first.Vintage.ID}, 7},
		} {
			var visited []string
			o.Visit = func(r catalogue.Revision) error {
				visited = append(visited, told(r))
				return nil
			}
			got, err := c.Revisions(ctx, "DEMO", o.RevisionOptions)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(all, visited); diff != "" {
				t.Errorf("%s: visited (-want +got):\n%s", name, diff)
			}
			if diff := cmp.Diff(totals, got.Totals); diff != "" || got.Compared != 3 || len(got.List) != o.listed {
				t.Errorf("%s: %d compared, %d listed, totals\n%s", name, got.Compared, len(got.List), diff)
			}
			if !slices.Equal(got.Dimensions, []string{"freq", "sex"}) || got.Old.ID != first.Vintage.ID || !got.New.Current {
				t.Errorf("%s: %+v", name, got)
			}
		}
		only, err := c.Revisions(ctx, "demo", catalogue.RevisionOptions{Region: "fi1c3"})
		if err != nil || len(only.List) != 1 || told(only.List[0]) != all[6] {
			t.Errorf("one region: %+v, %v", only, err)
		}
		back, err := c.Revisions(ctx, "demo", catalogue.RevisionOptions{New: first.Vintage.ID, Old: only.New.ID})
		if err != nil || back.Totals[catalogue.Withdrawn] != 3 || back.Totals[catalogue.Added] != 2 {
			t.Errorf("the other way round: %+v, %v", back, err)
		}
		stop := errors.New("enough")
		if _, err := c.Revisions(ctx, "demo", catalogue.RevisionOptions{Visit: func(catalogue.Revision) error { return stop }}); !errors.Is(err, stop) {
			t.Errorf("a visit that fails: %v", err)
		}
		if _, err := c.Revisions(ctx, "demo", catalogue.RevisionOptions{Old: 99}); fault.KindOf(err) != fault.Missing {
			t.Errorf("a vintage that is not there: %v", err)
		}
		ended, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := c.Revisions(ended, "demo", catalogue.RevisionOptions{}); !errors.Is(err, context.Canceled) {
			t.Errorf("a context that has ended: %v", err)
		}
	})
}

// TestRevisionsKnowAreas: ITI3 gave municipalities away in 2024, ITI2 did not.
// What was published for the one area is no older word on the other.
func TestRevisionsKnowAreas(t *testing.T) {
	c := openCatalogue(t, dbtest.Open(t))
	mustImport(t, c, rows(t, "A.T ITI2 2020=1", "A.T ITI3 2020=2"), catalogue.ImportOptions{Updated: day(1), NUTS: 2021})
	mustImport(t, c, rows(t, "A.T ITI2 2020=1", "A.T ITI3 2020=2"), catalogue.ImportOptions{Updated: day(2), NUTS: 2024})
	got, err := c.Revisions(t.Context(), "demo", catalogue.RevisionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range got.List {
		all = append(all, told(r))
	}
	if diff := cmp.Diff([]string{
		"withdrawn A.T ITI3 (NUTS 2021) 2020: 2 > NaN",
		"added A.T ITI3 (NUTS 2024) 2020: NaN > 2",
	}, all); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRevisionsAcrossDimensions(t *testing.T) {
	c := openCatalogue(t, dbtest.Open(t))
	old := rows(t, "T.NR EL30 2020=1", "F.NR EL30 2020=2")
	old.header.Dimensions = []string{"sex", "unit"}
	mustImport(t, c, old, catalogue.ImportOptions{Updated: day(1), NUTS: 2021})
	mustImport(t, c, rows(t, "A.T EL30 2020=1", "A.F EL30 2020=3"), catalogue.ImportOptions{Updated: day(2), NUTS: 2021})
	got, err := c.Revisions(t.Context(), "demo", catalogue.RevisionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.List) != 1 || told(got.List[0]) != "changed A.F EL30 (NUTS 2021) 2020: 2 > 3" || got.Compared != 2 {
		t.Errorf("%+v", got)
	}
	two := rows(t, "T.NR EL30 2020=1", "F.PC EL30 2020=2")
	two.header.Dimensions = []string{"sex", "unit"}
	mustImport(t, c, two, catalogue.ImportOptions{Updated: day(3)})
	if _, err := c.Revisions(t.Context(), "demo", catalogue.RevisionOptions{}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("dimensions that differ: %v, want kind conflict", err)
	}
}

// TestGDPWasRevised compares two real vintages; the figures of ES43 are those
// of the reference material's list of traps.
func TestGDPWasRevised(t *testing.T) {
	long(t)
	c := openCatalogue(t, dbtest.Open(t))
	for i, folder := range []string{"kohesio_clementlefevre", "vds_2023w"} { // the newer one first
		src := openTSV(t, sharedtest.Path(t, "data", "eurostat", folder, "estat_nama_10r_3gdp.tsv.gz"))
		got := mustImport(t, c, src, catalogue.ImportOptions{
			Dataset: "nama_10r_3gdp", File: filepath.Join(folder, "estat_nama_10r_3gdp.tsv.gz"), Retrieved: day(20 - i),
		})
		if got.Vintage.Current != (i == 0) {
			t.Errorf("%s: current %v", folder, got.Vintage.Current)
		}
	}
	var es43 []string
	visited := 0
	got, err := c.Revisions(t.Context(), "nama_10r_3gdp", catalogue.RevisionOptions{Visit: func(r catalogue.Revision) error {
		visited++
		if r.Code == "ES43" && slices.Equal(r.Key, []string{"A", "MIO_EUR"}) && r.Period.Year() >= 2018 {
			es43 = append(es43, told(r))
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"changed A.MIO_EUR ES43 (NUTS 2021) 2020: 18890.62p > 18840.74", // 2019 stayed 20478.51
		"changed A.MIO_EUR ES43 (NUTS 2021) 2021: 20117.3p > 20650.16p",
		"added A.MIO_EUR ES43 (NUTS 2021) 2022: NaN > 22530.79p",
	}
	if diff := cmp.Diff(want, es43); diff != "" {
		t.Errorf("ES43 (-want +got):\n%s", diff)
	}
	sum := 0
	for _, n := range got.Totals {
		sum += n
	}
	if sum != visited || len(got.List) != 1000 || got.Compared < 100_000 {
		t.Errorf("%d visited, %v, %d listed, %d compared", visited, got.Totals, len(got.List), got.Compared)
	}
	s, err := c.Series(t.Context(), got.New.ID, []string{"A", "MIO_EUR"}, "ES43")
	if err != nil {
		t.Fatal(err)
	}
	if o, ok := s.Find(stats.Year(2019)); !ok || o.Value != 20478.51 || o.Flags != 0 {
		t.Errorf("ES43 in 2019: %v, want 20478.51", o)
	}
}
