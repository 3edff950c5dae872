package stats

import (
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerscape/internal/fault"
	"peerscape/internal/sharedtest"
)

// series makes one of consecutive years from 2014.
func series(values ...float64) *Series {
	s := &Series{}
	for i, v := range values {
		s.Add(Year(2014+i), v, 0)
	}
	return s
}

func (s *Series) flagged(i int, letters string) *Series {
	f, err := ParseFlags(letters)
	if err != nil {
		panic(err)
	}
	s.Flags[i] = f
	return s
}

func periods(t testing.TB, values float64, texts ...string) *Series {
	t.Helper()
	s := &Series{}
	for _, x := range texts {
		p, err := ParsePeriod(x)
		if err != nil {
			t.Fatal(err)
		}
		s.Add(p, values, 0)
	}
	return s
}

var nan = math.NaN()

// population is the series of docs/packed-series.md.
func population() *Series {
	return series(7331, 7862, 8498, 9023, nan, 11002).flagged(3, "p").flagged(4, "@C").flagged(5, "p")
}

func TestPackedBytes(t *testing.T) {
	for name, c := range map[string]struct {
		s    *Series
		want string
	}{
		"empty":            {series(), "00 00 00"},
		"one":              {series(5), "00 1c 01 00 0a"},
		"equal":            {series(5, 5, 5, 5), "00 1c 04 00 0a"},
		"differences":      {series(5, 6, 5, 8), "00 1c 04 03 0a 8a 01"},
		"one decimal":      {series(5.1, 5.2, 5), "00 1c 03 42 66 0e"},
		"three decimals":   {series(0.125, 0.25), "00 1c 02 c8 06 fa 01 fa"},
		"noughts at end":   {series(26000, 27000, 25000), "00 1c 03 c2 05 34 0e"},
		"all zero":         {series(0, 0, 0), "00 1c 03 00 00"},
		"minus zero":       {series(math.Copysign(0, -1)), "01 1c 01 00 00 00 00 00 00 00 80"},
		"beyond whole":     {series(1e300), "01 1c 01 9c 75 00 88 3c e4 37 7e"},
		"all missing":      {series(nan, nan).flagged(0, "c").flagged(1, "c"), "30 1c 02 03 01 00 01 02"},
		"gap":              {periods(t, 1, "2014", "2017"), "04 1c 04 09 00 02"},
		"far apart":        {periods(t, 1, "1990", "2022"), "08 02 81 c0 f1 03 80 80 08 00 02"},
		"quarters":         {periods(t, 1, "2020-Q3", "2020-Q4", "2021-Q1"), "0c 9b 80 f9 03 03 00 02"},
		"of the documents": {population(), ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := c.s.AppendPacked([]byte("before"))[len("before"):]
			got := hexBytes(b)
			if c.want != "" && got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			mustReturn(t, c.s, b)
		})
	}
}

func hexBytes(b []byte) string {
	var out []string
	for _, x := range b {
		out = append(out, hex.EncodeToString([]byte{x}))
	}
	return strings.Join(out, " ")
}

// TestTheDocumentedExample keeps docs/packed-series.md true.
func TestTheDocumentedExample(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(sharedtest.Root(), "docs", "packed-series.md"))
	if err != nil {
		t.Fatal(err)
	}
	if want := hexBytes(population().AppendPacked(nil)); !strings.Contains(string(b), want) {
		t.Errorf("docs/packed-series.md does not show the bytes of its example: %s", want)
	}
}

// mustReturn unpacks b into a series that held something else before.
func mustReturn(t testing.TB, want *Series, b []byte) {
	t.Helper()
	got := periods(t, 9, "1990", "1991", "1992").flagged(1, "bu")
	got.Key, got.Region = want.Key, want.Region
	if err := Unpack(b, got); err != nil {
		t.Fatalf("Unpack(% x): %v", b, err)
	}
	if d := differ(want, got); d != "" {
		t.Fatalf("Unpack(% x) (-want +got):\n%s", b, d)
	}
}

func differ(want, got *Series) string {
	same := cmp.Comparer(func(a, b float64) bool {
		return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
	})
	none := cmp.Transformer("none", func(s Series) Series {
		if s.Len() == 0 {
			s.Periods, s.Values, s.Flags = nil, nil, nil
		}
		return s
	})
	return cmp.Diff(want, got, same, none)
}

func drawSeries(t *rapid.T) *Series {
	freq := rapid.SampledFrom([]Frequency{Annual, Annual, Quarterly, Monthly, Weekly, Daily}).Draw(t, "frequency")
	p := Year(rapid.IntRange(1, 3000).Draw(t, "year"))
	if freq != Annual {
		sub, err := SubPeriod(p.Year(), freq, rapid.IntRange(1, 2).Draw(t, "part"))
		if err != nil {
			t.Fatal(err)
		}
		p = sub
	}
	value := rapid.OneOf(
		rapid.Float64(),
		rapid.Just(nan), rapid.Just(math.Copysign(0, -1)), rapid.Just(0.0),
		rapid.Map(rapid.Int64(), func(i int64) float64 { return float64(i) }),
	)
	decimals := rapid.IntRange(-4, 8).Draw(t, "decimals")
	round := rapid.Map(rapid.Int64Range(-1<<50, 1<<50), func(i int64) float64 {
		return float64(i) * math.Pow10(max(-decimals, 0)) / math.Pow10(max(decimals, 0))
	})
	small := rapid.Map(rapid.Int64Range(-9999, 9999), func(i int64) float64 { return float64(i) / math.Pow10(max(decimals, 0)) })
	kind := rapid.SampledFrom([]*rapid.Generator[float64]{value, round, small, rapid.OneOf(small, rapid.Just(nan))}).Draw(t, "kind")
	flags := rapid.SampledFrom([]Flags{0, 0, 0, Break, Provisional | Unreliable, Confidential, Flags(0).WithConf('C'), NotApplicable.WithConf('N')})
	s := &Series{}
	for range rapid.IntRange(0, 60).Draw(t, "length") {
		s.Add(p, kind.Draw(t, "value"), flags.Draw(t, "flags"))
		for range rapid.SampledFrom([]int{1, 1, 1, 1, 2, 9}).Draw(t, "step") {
			p = p.Next()
		}
	}
	return s
}

func TestPackingIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSeries(t)
		got := &Series{}
		b := s.AppendPacked(nil)
		if err := Unpack(b, got); err != nil {
			t.Fatalf("%v\n% x", err, b)
		}
		if d := differ(s, got); d != "" {
			t.Fatalf("% x (-want +got):\n%s", b, d)
		}
	})
}

func TestPeriodsThatDoNotAscendPanic(t *testing.T) {
	for name, p := range map[string][]Period{
		"equal": {Year(2020), Year(2020)}, "falling": {Year(2021), Year(2020)}, "none": {0}, "before": {-5},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("did not panic")
				}
			}()
			s := &Series{}
			for _, q := range p {
				s.Add(q, 1, 0)
			}
			s.AppendPacked(nil)
		})
	}
}

func TestDamagedBytes(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":               "",
		"later layout":          "40 1c 01 00 0a",
		"head alone":            "00",
		"bytes left":            "00 1c 01 00 0a 00",
		"year 0":                "00 9f 1f 01 00 00",
		"year 10000":            "00 80 7d 01 00 00",
		"count beyond all":      "00 1c ff ff ff ff 0f 00 0a",
		"last year too late":    "00 fe 7c 02 00 0a",
		"gaps: first not there": "04 1c 04 08 00 02",
		"gaps: last not there":  "04 1c 04 01 00 02",
		"gaps: bit behind":      "04 1c 04 19 00 02",
		"list longer than src":  "08 ff ff 03 81 e0 f1 03",
		"list: standing still":  "08 02 81 e0 f1 03 00 00 02",
		"list: no period":       "08 01 07 00 02",
		"steps: no period":      "0c 07 03 00 02",
		"steps: too many":       "0c 9b 80 f9 03 81 80 04 00 02",
		"steps: none":           "0c 9b 80 f9 03 00",
		"missing: none is":      "10 1c 01 00 00 0a",
		"missing: bit behind":   "10 1c 01 02 00 0a",
		"coding 2":              "02 1c 01 00 0a",
		"coding without values": "31 1c 01 01 01 00 00 02",
		"width 56":              "00 1c 02 38 0a 00 00 00 00 00 00 00",
		"scale 23":              "00 1c 01 c0 2e 0a",
		"small scale in byte":   "00 1c 01 c0 02 0a",
		"differences cut":       "00 1c 04 03 0a 8a",
		"float cut":             "01 1c 01 00 00 00",
		"float is NaN":          "01 1c 01 00 00 00 00 00 00 f8 7f",
		"flags: none":           "20 1c 01 00 0a 00",
		"flags: zero":           "20 1c 01 00 0a 01 00 00 00",
		"flags: behind the end": "20 1c 01 00 0a 01 01 00 02",
		"flags: too long":       "20 1c 01 00 0a 01 00 01 02",
		"flags: 33 bits":        "20 1c 01 00 0a 01 00 00 80 80 80 80 10",
	} {
		t.Run(name, func(t *testing.T) {
			b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			s := series(1, 2)
			err = Unpack(b, s)
			if err == nil {
				t.Fatalf("was accepted as %+v", s)
			}
			if fault.KindOf(err) != fault.Internal || s.Len() != 0 || len(s.Values) != 0 || len(s.Flags) != 0 {
				t.Errorf("%v, %+v", err, s)
			}
		})
	}
}

// TestDamageKeepsMemoryBounded: a few bytes must not claim millions of values.
func TestDamageKeepsMemoryBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 24).Draw(t, "bytes")
		s := &Series{}
		_ = Unpack(b, s)
		if cap(s.Values) > mostSteps {
			t.Fatalf("% x: room for %d values", b, cap(s.Values))
		}
	})
}

func FuzzUnpack(f *testing.F) {
	for _, s := range []*Series{
		series(), series(5.1, 5.2, 5), series(nan, 1./3), population(),
		periods(f, 1, "2014", "2017"), periods(f, 1, "1990", "2022"), periods(f, 2, "2020-Q3", "2020-Q4"),
	} {
		f.Add(s.AppendPacked(nil))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := &Series{}
		if Unpack(b, s) == nil {
			mustReturn(t, s, s.AppendPacked(nil))
		}
	})
}

func BenchmarkUnpack(b *testing.B) {
	for name, s := range map[string]*Series{
		"9 years": population9(), "9 years with flags": population9().flagged(3, "b").flagged(5, "p"),
	} {
		packed := s.AppendPacked(nil)
		b.Run(name, func(b *testing.B) {
			var out Series
			b.ReportAllocs()
			for b.Loop() {
				if err := Unpack(packed, &out); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(packed)), "bytes")
		})
	}
}

func BenchmarkAppendPacked(b *testing.B) {
	s := population9()
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = s.AppendPacked(dst[:0])
	}
}

func population9() *Series {
	return series(64941, 63084, 61749, 59837, 57895, 57002, 55402, 54311, 52440)
}
