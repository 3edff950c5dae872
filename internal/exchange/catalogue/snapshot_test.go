package catalogue_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"peerscape/data"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/db/dbtest"
	"peerscape/internal/nuts"
	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
	"peerscape/internal/wire"
)

var update = flag.Bool("update", false, "rewrite the golden files from what is computed now; check them by hand")

// bundled returns a catalogue over the bundled snapshot.
func bundled(t testing.TB, d *db.DB) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Open(t.Context(), d, regions(t), data.Catalogue(), clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.LoadSnapshot(t.Context(), bytes.NewReader(data.Snapshot())); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTheBundledSnapshotIsWhatTheFilesGive builds the snapshot again: the same
// files and the same recipe give the same bytes.
func TestTheBundledSnapshotIsWhatTheFilesGive(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: reads 60 MB of tables")
	}
	var out bytes.Buffer
	report, err := catalogue.BuildSnapshot(t.Context(), data.Catalogue(), regions(t), os.DirFS(sharedtest.Path(t, "data", "eurostat")), &out)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range report.Datasets {
		t.Logf("%s: %d series, %d values, %d left out", d.Code, d.Series, d.Values, d.Dropped)
	}
	t.Logf("%d bytes; %d published and %d computed indicators; without figures: %v", report.Bytes, len(report.Covered), len(report.Computed), report.Missing)
	if *update {
		if err := os.WriteFile(filepath.Join(sharedtest.Root(), "data", "snapshot", "peerscape.snapshot"), out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(out.Bytes(), data.Snapshot()) {
		t.Errorf("the files give %d bytes, the bundled snapshot has %d: build it again with \"peerscape snapshot build\"", out.Len(), len(data.Snapshot()))
	}
}

// drawn is one figure of a published file.
type drawn struct {
	dataset, region string
	key             []string
	at              stats.Observation
}

// draw draws n figures at random from the files of the recipe that are in a
// format of Eurostat, as far as an indicator names them and they may be shipped.
// It reads the files itself: nothing of it goes through a snapshot.
func draw(t *testing.T, c *catalogue.Catalogue, n int) []drawn {
	t.Helper()
	var recipe struct {
		Dataset []struct {
			Code    string
			Files   []string
			Layer   []any
			Mapping map[string]any
		}
	}
	if _, err := toml.DecodeFS(data.Catalogue(), "snapshot.toml", &recipe); err != nil {
		t.Fatal(err)
	}
	root := sharedtest.Path(t, "data", "eurostat")
	r := rand.New(rand.NewPCG(2026, 64))
	var kept []drawn
	seen := 0
	for _, x := range recipe.Dataset {
		if x.Layer != nil || x.Mapping != nil {
			continue
		}
		for _, name := range x.Files {
			eachSeries(t, filepath.Join(root, name), func(dims []string, s *stats.Series) {
				if s.Count() == 0 || !asked(c, x.Code, dims, s.Key) || !mayShip(t, s.Region) {
					return
				}
				seen++
				d := drawn{x.Code, s.Region, append([]string(nil), s.Key...), s.At(r.IntN(s.Len()))}
				if len(kept) < n {
					kept = append(kept, d)
				} else if k := r.IntN(seen); k < n {
					kept[k] = d
				}
			})
		}
	}
	return kept
}

func eachSeries(t *testing.T, path string, visit func(dims []string, s *stats.Series)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	src, err := wire.Open(filepath.Base(path), f)
	if err != nil {
		t.Fatal(err)
	}
	var s stats.Series
	for {
		if err := src.Next(&s); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		visit(src.Header().Dimensions, &s)
	}
}

// asked reports whether an indicator names the slice.
func asked(c *catalogue.Catalogue, dataset string, dims, key []string) bool {
	for _, i := range c.Indicators() {
		if sourceOf(i, dataset, dims, key) {
			return true
		}
	}
	return false
}

func sourceOf(i *catalogue.Indicator, dataset string, dims, key []string) bool {
	for _, src := range i.Sources {
		fits := src.Dataset == dataset
		for n, dim := range dims {
			if want, ok := src.Filter[dim]; ok && want != key[n] {
				fits = false
			}
		}
		if fits {
			return true
		}
	}
	return false
}

var known *nuts.Nomenclature

func mayShip(t *testing.T, region string) bool {
	if known == nil {
		known = regions(t)
	}
	code := nuts.Canonical(region)
	return known.Kind(code) != nuts.Unknown && !strings.HasPrefix(string(code), "UK")
}

// TestFiguresAreThoseOfTheFiles draws 100 figures from the published files and
// looks each of them up, as a series of its vintage and as a region's figure.
func TestFiguresAreThoseOfTheFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: reads 60 MB of tables")
	}
	c := bundled(t, dbtest.Open(t))
	asFigures := 0
	for _, d := range draw(t, c, 100) {
		name := fmt.Sprintf("%s %s %s %s", d.dataset, strings.Join(d.key, "."), d.region, d.at.Period)
		ds, err := c.Dataset(t.Context(), d.dataset)
		if err != nil {
			t.Fatal(err)
		}
		s, err := c.Series(t.Context(), ds.Current().ID, d.key, d.region)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, ok := s.Find(d.at.Period); !ok || !same(got, d.at) {
			t.Errorf("%s: the series has %v, the file %v", name, got, d.at)
		}
		region, kind := regions(t).Resolve(nuts.Canonical(d.region), ds.Current().NUTS)
		for _, i := range c.Indicators() {
			if kind != nuts.Territorial || !sourceOf(i, d.dataset, ds.Structure.IDs(), d.key) {
				continue
			}
			f := figure(t, c, region, i.Code)
			if f.Basis != catalogue.Own {
				t.Errorf("%s: the figure of %v is %v", name, region, f.Basis)
			}
			if f.Origin.Dataset != d.dataset {
				continue // a newer source
			}
			asFigures++
			p, ok := f.At(d.at.Period)
			if got := (stats.Observation{Period: p.Period, Value: p.Value, Flags: p.Flags}); !ok || !same(got, d.at) || p.Estimated {
				t.Errorf("%s: the figure has %v, the file %v", name, p, d.at)
			}
		}
	}
	t.Logf("%d of 100 looked up as figures too", asFigures)
	if asFigures < 40 {
		t.Errorf("only %d of 100 were looked up as figures", asFigures)
	}
}

func same(a, b stats.Observation) bool {
	return a.Period == b.Period && a.Flags == b.Flags && (a.Value == b.Value || math.IsNaN(a.Value) && math.IsNaN(b.Value))
}

// TestRegionExamples compares all figures of the pilot regions to a file that
// was checked by hand. FI1C6 has its own, converted and inherited ones.
func TestRegionExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: reads all regions, one after another")
	}
	c := bundled(t, dbtest.Open(t))
	var got strings.Builder
	bases := map[catalogue.Basis]int{}
	for _, r := range []nuts.ID{
		id("FI1C6", 2024), id("FI1C3", 2021), id("ES511", 2024), id("IE063", 2024), id("AT12", 2024), id("PL84", 2024), id("DE80", 2024), id("DEG0N", 2013), id("HR02", 2024),
	} {
		figures, err := c.Figures(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if len(figures) < 12 {
			t.Errorf("%v has %d figures, want at least 12", r, len(figures))
		}
		fmt.Fprintf(&got, "%v: %d figures\n", r, len(figures))
		for _, f := range figures {
			if r.Code == "FI1C6" {
				bases[f.Basis]++
			}
			got.WriteString(inOneLine(f))
		}
	}
	for _, b := range []catalogue.Basis{catalogue.Own, catalogue.Converted, catalogue.Inherited} {
		if bases[b] == 0 {
			t.Errorf("FI1C6 has no %v figure", b)
		}
	}
	path := filepath.Join("testdata", "regions.golden")
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got.String(), "\n")); d != "" {
		t.Errorf("figures differ from %s (-want +got):\n%s", path, d)
	}
}

// inOneLine renders a figure in one line.
func inOneLine(f *catalogue.Figure) string {
	var b strings.Builder
	p := f.Latest()
	fmt.Fprintf(&b, "  %s %s %.6g", f.Indicator.Code, p.Period, p.Value)
	if p.Flags != 0 {
		fmt.Fprintf(&b, " %s", p.Flags)
	}
	fmt.Fprintf(&b, ", %v", f.Basis)
	if f.Basis == catalogue.Inherited {
		fmt.Fprintf(&b, " from %v", f.Of)
		if f.Same {
			b.WriteString(" of the same area")
		}
	}
	for _, piece := range f.Pieces {
		share := piece.OfPop
		if f.Weight == "area" {
			share = piece.OfArea
		}
		fmt.Fprintf(&b, " %s×%.4f", piece.Code, share)
	}
	if f.Weight != "" {
		fmt.Fprintf(&b, " by %s", f.Weight)
	}
	if p.Estimated {
		b.WriteString(", estimated")
	}
	fmt.Fprintf(&b, ", %s NUTS %d", f.Origin.Dataset, f.Origin.NUTS)
	if f.Origin.Formula != "" {
		fmt.Fprintf(&b, ", %s", f.Origin.Formula)
	}
	for _, x := range f.Breaks {
		fmt.Fprintf(&b, ", break %s %s", x.Period, x.Reason)
		if x.Reason == "territory" {
			fmt.Fprintf(&b, " %+.0f km2 %+.0f people", x.Area, x.People)
		}
	}
	return b.String() + "\n"
}
