package wire

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/fault"
	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
)

var update = flag.Bool("update", false, "rewrite the golden files from what is read now; check them by hand")

// TestEverySpecimen reads or refuses every file of the wire specimens and
// compares the outcome, cell by cell, to testdata/golden.
func TestEverySpecimen(t *testing.T) {
	root := sharedtest.Path(t, "data", "wire")
	seen := map[string]bool{}
	for _, dir := range []string{"tsv", "sdmxcsv", "sdmx21", "sdmx30", "jsonstat", "errors", "oecd", "openapi", "schedule"} {
		files, err := os.ReadDir(filepath.Join(root, dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			golden := f.Name() + ".txt"
			seen[golden] = true
			t.Run(dir+"/"+f.Name(), func(t *testing.T) {
				compare(t, filepath.Join("testdata", "golden", golden), told(t, filepath.Join(root, dir, f.Name())))
			})
		}
	}
	kept, err := os.ReadDir(filepath.Join("testdata", "golden"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range kept {
		if !seen[f.Name()] {
			t.Errorf("testdata/golden/%s belongs to no specimen: delete it", f.Name())
		}
	}
}

func compare(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
		t.Errorf("%s (-want +got):\n%s", golden, d)
	}
}

// told renders all that a file says, or why it is refused.
func told(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	source, err := Open(filepath.Base(path), f)
	if err != nil {
		return refusal(err)
	}
	var cells strings.Builder
	var s stats.Series
	for {
		err := source.Next(&s)
		if err != nil {
			if err != io.EOF {
				cells.WriteString(refusal(err))
			}
			return heading(source.Header()) + cells.String()
		}
		writeCells(&cells, &s)
	}
}

func refusal(err error) string { return fmt.Sprintf("refused (%v): %v\n", fault.KindOf(err), err) }

// heading is written after all series were read, when notes and labels are whole.
func heading(h *stats.Header) string {
	var b strings.Builder
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, text)
		}
	}
	line("dataset", h.Dataset)
	line("title", h.Title)
	line("format", h.Format)
	line("dimensions", strings.Join(h.Dimensions, ","))
	line("region", h.RegionDimension)
	if !h.Updated.IsZero() {
		line("updated", h.Updated.UTC().Format("2006-01-02T15:04:05Z"))
	}
	for _, n := range h.Notes {
		line("note", n)
	}
	for _, dimension := range slices.Sorted(maps.Keys(h.Labels)) {
		for _, code := range slices.Sorted(maps.Keys(h.Labels[dimension])) {
			line("label "+dimension+" "+code, h.Labels[dimension][code])
		}
	}
	return b.String() + "\n"
}

func writeCells(b *strings.Builder, s *stats.Series) {
	for i := range s.Len() {
		o := s.At(i)
		value := ":"
		if !math.IsNaN(o.Value) {
			value = strconv.FormatFloat(o.Value, 'f', -1, 64)
		}
		fmt.Fprintf(b, "%s\t%s\t%v\t%s\t%v\n", strings.Join(s.Key, ","), s.Region, o.Period, value, o.Flags)
	}
}
