package locale

import (
	"context"
	"math"
	"testing"
	"time"

	"peerscape/data"
)

func words(t *testing.T) *Words {
	t.Helper()
	w, err := Open(data.Messages())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestNumberFollowsTheReader(t *testing.T) {
	w := words(t)
	tests := []struct {
		lang     string
		v        float64
		decimals int
		want     string
	}{
		{"en", 198565, 0, "198\u202f565"},
		{"fi", 1234567.891, 2, "1\u202f234\u202f567,89"},
		{"de", -4.04, 1, "\u22124,0"},
		{"en", -0.04, 1, "0.0"},
		{"es", 999, 0, "999"},
		{"pl", 0, 0, "0"},
		{"en", math.NaN(), 1, "\u2013"},
	}
	for _, tt := range tests {
		if got := w.Reader("", tt.lang).Number(tt.v, tt.decimals); got != tt.want {
			t.Errorf("%s: Number(%v, %d) = %q, want %q", tt.lang, tt.v, tt.decimals, got, tt.want)
		}
	}
	if got := w.Reader("", "en").Signed(687, 0); got != "+687" {
		t.Errorf("Signed = %q", got)
	}
}

func TestPluralsFollowTheLanguage(t *testing.T) {
	w := words(t)
	tests := []struct {
		lang string
		n    int
		want string
	}{
		{"en", 1, "1 region"},
		{"en", 5, "5 regions"},
		{"fi", 1, "1 alue"},
		{"fi", 2, "2 aluetta"},
		{"de", 2, "2 Regionen"},
		{"es", 1, "1 región"},
		{"pl", 1, "1 region"},
		{"pl", 3, "3 regiony"},
		{"pl", 5, "5 regionów"},
		{"pl", 22, "22 regiony"},
		{"pl", 12, "12 regionów"},
	}
	for _, tt := range tests {
		if got := w.Reader("", tt.lang).N("count.regions", tt.n); got != tt.want {
			t.Errorf("%s, %d: %q, want %q", tt.lang, tt.n, got, tt.want)
		}
	}
}

func TestReaderIsChosen(t *testing.T) {
	w := words(t)
	tests := []struct {
		name, accept string
		wishes       []string
		want         string
	}{
		{"wish first", "de", []string{"fi", "es"}, "fi"},
		{"unknown wish", "de-AT,de;q=0.9", []string{"xx", ""}, "de"},
		{"best match", "sv,pl;q=0.8,en;q=0.5", nil, "pl"},
		{"nothing", "", nil, "en"},
		{"nonsense", ";;;q=", nil, "en"},
	}
	for _, tt := range tests {
		if got := w.Reader(tt.accept, tt.wishes...).Lang.Code; got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestDateAndAmount(t *testing.T) {
	w := words(t)
	day := time.Date(2020, 1, 12, 0, 0, 0, 0, time.UTC)
	for lang, want := range map[string]string{"en": "12 January 2020", "fi": "12. tammikuuta 2020", "es": "12 de enero de 2020"} {
		if got := w.Reader("", lang).Date(day); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	r := w.Reader("", "en")
	for unit, want := range map[string]string{"percent": "8.9 %", "eur_hab": "EUR 8.9", "percent_change": "+8.9 %", "no_such_unit": "8.9"} {
		if got := r.Amount(8.9, 1, unit); got != want {
			t.Errorf("%s: %q, want %q", unit, got, want)
		}
	}
}

func TestRichEscapesWhatItIsGiven(t *testing.T) {
	ctx := With(context.Background(), words(t).Reader("", "en"))
	var b buffer
	err := Rich(ctx, "lead.pair", "Region", "<i>A&B</i>", "Value", Bold("8<9"), "Metro", "M", "Other", "1", "Year", "2021").Render(ctx, &b)
	if want := "&lt;i&gt;A&amp;B&lt;/i&gt; stands at <b>8&lt;9</b> where M stands at 1 (2021)."; err != nil || string(b) != want {
		t.Errorf("%s, %v", b, err)
	}
}

type buffer []byte

func (b *buffer) Write(p []byte) (int, error) { *b = append(*b, p...); return len(p), nil }
