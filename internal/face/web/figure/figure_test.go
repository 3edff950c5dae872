package figure

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/data"
	"peerscape/internal/chart"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/face/locale"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

func reader(t *testing.T, lang string) context.Context {
	t.Helper()
	w, err := locale.Open(data.Messages())
	if err != nil {
		t.Fatal(err)
	}
	return locale.With(context.Background(), w.Reader("", lang))
}

// series is the figure of GDP per head with a year missing, one withheld, a
// break of the territory and a newest value that is provisional.
func series() *catalogue.Figure {
	return &catalogue.Figure{
		Indicator: &catalogue.Indicator{Code: "gdp_pps", Unit: "index_eu", Decimals: 0, Convert: catalogue.Mean},
		Points: []catalogue.Point{
			{Period: stats.Year(2000), Value: 96},
			{Period: stats.Year(2001), Value: math.NaN(), Flags: stats.Confidential},
			{Period: stats.Year(2003), Value: 90.4},
			{Period: stats.Year(2004), Value: 87.6, Flags: stats.Provisional},
		},
		Breaks: []catalogue.Break{{Period: stats.Year(2003), Reason: "territory", Area: 687.2, People: 6551}},
	}
}

func TestValuesKeepGapsBreaksAndDoubt(t *testing.T) {
	nan := math.NaN()
	want := []chart.Value{
		{X: 2000, Y: 96}, {X: 2001, Y: nan}, {X: 2002, Y: nan}, {X: 2003, Y: 90.4, Break: true, Note: "+687 km²"}, {X: 2004, Y: 87.6, Hollow: true},
	}
	same := cmp.Comparer(func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) })
	if d := cmp.Diff(want, Values(reader(t, "en"), series()), same); d != "" {
		t.Errorf("Values (-want +got):\n%s", d)
	}
}

func TestToldNamesEndsAndExtremes(t *testing.T) {
	want := "From 96 in 2000 to 88 in 2004; lowest 88 in 2004, highest 96 in 2000."
	if got := Told(reader(t, "en"), series()); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	one := series()
	one.Points = one.Points[:1]
	if got := Told(reader(t, "en"), one); got != "96 in 2000, the only value." {
		t.Errorf("%q", got)
	}
}

func TestDifferenceCountsPoints(t *testing.T) {
	index := &catalogue.Indicator{Unit: "index_eu"}
	percent := &catalogue.Indicator{Unit: "percent", Decimals: 1}
	euro := &catalogue.Indicator{Unit: "eur_hab"}
	tests := []struct {
		lang string
		i    *catalogue.Indicator
		d    float64
		want string
	}{
		{"en", index, -1, "1 point"},
		{"en", index, 55, "55 points"},
		{"en", percent, 1.5, "1.5 points"},
		{"pl", index, 54, "54 punkty"},
		{"pl", index, 55, "55 punktów"},
		{"en", euro, -2400, "EUR 2\u202f400"},
	}
	for _, tt := range tests {
		if got := Difference(reader(t, tt.lang), tt.i, tt.d); got != tt.want {
			t.Errorf("%s, %g %s: %q, want %q", tt.lang, tt.d, tt.i.Unit, got, tt.want)
		}
	}
}

func TestLettersInWords(t *testing.T) {
	var got []string
	for _, f := range Letters(reader(t, "en"), (stats.Break | stats.Unreliable).WithConf('C')) {
		got = append(got, f.Text+" ("+f.Title+")")
	}
	want := "break (Flag b of the publisher)|unreliable (Flag u of the publisher)|confidential (Confidentiality mark C of the publisher)"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("%s\nwant %s", s, want)
	}
}

func TestPublishedWalksTheParts(t *testing.T) {
	part := func(code string) catalogue.Origin {
		return catalogue.Origin{Dataset: code, Vintage: catalogue.Vintage{ID: int64(len(code))}}
	}
	o := catalogue.Origin{Formula: "a / b", Derived: []catalogue.Origin{part("a"), {Derived: []catalogue.Origin{part("bb"), part("a")}}}}
	if got := Datasets(o); got != "a, bb" {
		t.Errorf("Datasets = %q", got)
	}
	if n := len(Published(o)); n != 2 {
		t.Errorf("%d published origins, want 2", n)
	}
	if got := Codes(reader(t, "de"), []nuts.Piece{{ID: nuts.ID{Code: "FI1C3"}}, {ID: nuts.ID{Code: "FI1C4"}}}); got != "FI1C3 und FI1C4" {
		t.Errorf("Codes = %q", got)
	}
}

func TestWordedFallsBackToTheCode(t *testing.T) {
	ctx := reader(t, "en")
	for _, tt := range []struct{ id, code, label, want string }{
		{"sex", "T", "", "sex: total (sex=T)"},
		{"newdim", "X1", "a label", "newdim: a label (newdim=X1)"},
		{"newdim", "X1", "", "newdim: X1 (newdim)"},
	} {
		if got := Worded(ctx, tt.id, tt.code, tt.label); got != tt.want {
			t.Errorf("Worded(%s, %s) = %q, want %q", tt.id, tt.code, got, tt.want)
		}
	}
}
