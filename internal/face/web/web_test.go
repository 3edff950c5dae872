package web_test

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/app"
	"peerscape/internal/app/apptest"
	"peerscape/internal/face/web/htmltest"
)

// pages is the program with the bundled figures, started once for all tests.
var pages = sync.OnceValues(func() (http.Handler, error) {
	path, err := os.MkdirTemp("", "peerscape-web")
	if err != nil {
		return nil, err
	}
	opened = path
	a, err := app.Open(context.Background(), app.Config{
		DSN: filepath.Join(path, "test.db"), Version: "test", Log: slog.New(slog.DiscardHandler), Now: apptest.Now, Snapshot: true, Gallery: true,
	})
	if err != nil {
		return nil, err
	}
	running = a
	return a.Handler()
})

var (
	opened  string
	running *app.App
)

func TestMain(m *testing.M) {
	code := m.Run()
	if running != nil {
		_ = running.Close()
	}
	_ = os.RemoveAll(opened)
	os.Exit(code)
}

func serve(t *testing.T, r *http.Request) *http.Response {
	t.Helper()
	h, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func get(t *testing.T, path string, change ...func(*http.Request)) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for _, c := range change {
		c(r)
	}
	return serve(t, r)
}

func open(t *testing.T, path string, change ...func(*http.Request)) *htmltest.Document {
	t.Helper()
	res := get(t, path, change...)
	if res.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(res.Body)
		t.Fatalf("%s: %s\n%.600s", path, res.Status, b)
	}
	return htmltest.Parse(t, res.Body)
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func TestAtlas(t *testing.T) {
	d := open(t, "/")
	if got, want := d.One("h1").Text(), "Five partner regions produce less per head than a metropolis beside them"; got != want {
		t.Errorf("h1 %q, want %q", got, want)
	}
	if n := len(d.All("#map a")); n != 6 {
		t.Errorf("%d partner regions are linked on the map, want 6", n)
	}
	if n := len(d.All(".dots circle")); n < 250 {
		t.Errorf("%d circles", n)
	}
	if n := len(d.All(".pairs figure")); n != 6 {
		t.Errorf("%d panels of the gap, want 6", n)
	}
	if got := d.One("#indicator option[selected]").Attr("value"); got != "gdp_pps" {
		t.Errorf("the chosen indicator is %s", got)
	}
	if n := len(d.All(".scale span")); n != 6 {
		t.Errorf("%d classes, want 6", n)
	}
	if d.One(".pickers button").Text() == "" {
		t.Error("without script there is no button to show a choice")
	}
}

func TestAtlasAnswersAPartAlone(t *testing.T) {
	d := open(t, "/?indicator=unemployment&level=2", header("HX-Request", "true"))
	if len(d.All("nav")) != 0 || d.One("#atlas h1").Text() == "" {
		t.Error("the part that replaces the map holds the frame, or no statement")
	}
	if got := d.One("title").Text(); !strings.Contains(got, "Peerscape") {
		t.Errorf("title %q", got)
	}
	res := get(t, "/?indicator=nothing", header("HX-Request", "true"))
	if res.Header.Get("HX-Redirect") != "/?indicator=nothing" {
		t.Errorf("a failure is swapped into the page: %s", res.Status)
	}
}

func TestAtlasKeepsWhatCanBeKept(t *testing.T) {
	d := open(t, "/?indicator=unemployment&year=1950&level=3")
	if got := d.One("#indicator option[selected]").Attr("value"); got != "unemployment" {
		t.Errorf("indicator %s", got)
	}
	if got := d.One("#level option[selected]").Attr("value"); got != "2" {
		t.Errorf("unemployment is known at NUTS 2 only, the map shows level %s", got)
	}
}

func TestAtlasComparesNoTotals(t *testing.T) {
	d := open(t, "/?indicator=population")
	if got := d.One("h1").Text(); strings.Contains(got, "metropolis") || !strings.Contains(got, "half of the regions") {
		t.Errorf("h1 %q compares totals of regions of different size", got)
	}
	if n := len(d.All(".pairs")); n != 0 {
		t.Error("the gap of a total is drawn")
	}
}

func TestTableHoldsEveryValue(t *testing.T) {
	d := open(t, "/atlas/table?sort=value")
	rows := d.All("tbody tr")
	if len(rows) < 250 {
		t.Errorf("%d rows", len(rows))
	}
	if got := d.One("th[aria-sort=descending]").Text(); !strings.HasPrefix(got, "Value") {
		t.Errorf("sorted by %q", got)
	}
	first, last := d.All("tbody td a.n")[0].Text(), d.Texts("tbody td a.n")
	if first <= "1" || last[len(last)-1] == "" {
		t.Errorf("from %s to %s", first, last[len(last)-1])
	}
}

func TestRegionSaysWhoseValueEachIs(t *testing.T) {
	d := open(t, "/regions/FI1C6")
	if got := d.One("h1").Text(); !strings.HasPrefix(got, "Päijät-Häme produces 88 % of the EU average per head; Helsinki 142 %") {
		t.Errorf("h1 %q", got)
	}
	flags := strings.Join(d.Texts(".strips .flag"), "|")
	for _, want := range []string{"estimate from FI1C3 and FI1C4", "value of Etelä-Suomi"} {
		if !strings.Contains(flags, want) {
			t.Errorf("no flag %q among %s", want, flags)
		}
	}
	facts := strings.Join(d.Texts(".facts dd"), "|")
	for _, want := range []string{"FI1C6 since 2024, FI1C3 and FI1C4 before.", "The territory grew by 687 km²", "Helsinki, 108 km between centres", "Etelä-Suomi (FI1C, NUTS 2)"} {
		if !strings.Contains(facts, want) {
			t.Errorf("no fact %q among %s", want, facts)
		}
	}
	for _, n := range d.All(".strips a.n") {
		if !strings.HasPrefix(n.Attr("href"), "/regions/FI1C6/indicators/") {
			t.Errorf("%s opens %s, not where it comes from", n.Text(), n.Attr("href"))
		}
	}
	if n := len(d.All(".strips tbody tr")); n < 12 {
		t.Errorf("%d figures, want at least 12", n)
	}
}

func TestOldCodes(t *testing.T) {
	res := get(t, "/regions/FI1C3")
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || to != "/regions/FI1C6?from=FI1C3" {
		t.Errorf("FI1C3 leads to %q (%s)", to, res.Status)
	}
	if note := open(t, "/regions/FI1C6?from=FI1C3").One(".note").Text(); !strings.Contains(note, "FI1C3") {
		t.Errorf("note %q", note)
	}
	d := open(t, "/regions/FI1C4")
	if got := strings.Join(d.Texts(".split p a"), "|"); !strings.Contains(got, "FI1C7") || !strings.Contains(got, "FI1C6") {
		t.Errorf("FI1C4 was split; the page leads to %s", got)
	}
	if got := open(t, "/regions/FI1C3?nuts=2021").One(".note").Text(); !strings.Contains(got, "NUTS 2021") {
		t.Errorf("note %q", got)
	}
	if to := get(t, "/regions/fi1c6").Header.Get("Location"); to != "/regions/FI1C6" {
		t.Errorf("lower case leads to %q", to)
	}
}

func TestIndicatorShowsWhereANumberComesFrom(t *testing.T) {
	d := open(t, "/regions/FI1C6/indicators/gdp_pps")
	trail := strings.Join(d.Texts("#source dd"), "|")
	for _, want := range []string{
		"100.0 % of the people of Päijät-Häme (FI1C3, NUTS 2021)", "of the people of Kymenlaakso (FI1C4, NUTS 2021)", "nama_10r_3gdp", "unit=PPS_HAB_EU27_2020",
		"Purchasing power", "SHA-256", "2011/833/EU",
	} {
		if !strings.Contains(strings.ToLower(trail), strings.ToLower(want)) {
			t.Errorf("the trail does not tell %q:\n%s", want, trail)
		}
	}
	if got := d.One("#source a[rel]").Attr("href"); got != "https://ec.europa.eu/eurostat/databrowser/view/nama_10r_3gdp" {
		t.Errorf("Eurostat's page: %s", got)
	}
	if n := len(d.All("details.data tbody tr")); n < 20 {
		t.Errorf("%d years in the table", n)
	}
	var csv string
	for _, a := range d.All("#series a") {
		if strings.Contains(a.Attr("href"), "format=csv") {
			csv = a.Attr("href")
		}
	}
	if res := get(t, csv); res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("%s: %s, %s", csv, res.Status, res.Header.Get("Content-Type"))
	}
}

func TestSearch(t *testing.T) {
	tests := []struct{ query, first, why string }{
		{"lower austria", "Niederösterreich", "Also called"},
		{"FI1C3", "Päijät-Häme", "of the people of FI1C3"},
		{"päijät", "Päijät-Häme", "The name matches."},
	}
	for _, tt := range tests {
		d := open(t, "/search?q="+url.QueryEscape(tt.query))
		names, why := d.Texts(".hits h2"), d.Texts(".hits .src")
		if len(names) == 0 || names[0] != tt.first || !strings.Contains(why[0], tt.why) {
			t.Errorf("%q: first %v, because %v; want %s because %s", tt.query, names, why, tt.first, tt.why)
		}
	}
	for query, to := range map[string]string{"FI1C6": "/regions/FI1C6", "Päijät-Häme (FI1C6)": "/regions/FI1C6"} {
		if got := get(t, "/search?q="+url.QueryEscape(query)).Header.Get("Location"); got != to {
			t.Errorf("%q leads to %q, want %s", query, got, to)
		}
	}
	if got := open(t, "/search?q=qqqqqq").One("h1").Text(); got != "No region for “qqqqqq”" {
		t.Errorf("h1 %q", got)
	}
	if got := open(t, "/search/suggest?q=P%C3%A4ij", header("HX-Request", "true")).All("option"); len(got) == 0 || got[0].Attr("value") != "Päijät-Häme (FI1C6)" {
		t.Errorf("%d suggestions", len(got))
	}
}

func TestFailuresSayWhatAndWhatToDo(t *testing.T) {
	tests := []struct {
		path   string
		status int
		h1     string
		says   string
	}{
		{"/nothing", 404, "Nothing is known under this address", "There is no page at /nothing."},
		{"/regions/FI1C9", 404, "Nothing is known under this address", "“FI1C9” is not the code of a region"},
		{"/regions/FI1C6?nuts=1999", 400, "This address does not fit", "Write 2013, 2016, 2021 or 2024."},
		{"/regions/FI1C6/indicators/nothing", 404, "Nothing is known under this address", "There is no indicator “nothing”."},
		{"/?year=soon", 400, "This address does not fit", "Write four digits, such as 2021."},
		{"/?level=7", 400, "This address does not fit", "Write level=2 or level=3."},
		{"/sources/nothing", 404, "Nothing is known under this address", "No dataset “nothing” was imported."},
		{"/regions?country=QQ", 404, "Nothing is known under this address", "is not the code of a country."},
		{"/regions/%3Cscript%3E", 404, "Nothing is known under this address", "<script>"},
	}
	for _, tt := range tests {
		res := get(t, tt.path)
		d := htmltest.Parse(t, res.Body)
		if res.StatusCode != tt.status || d.One("h1").Text() != tt.h1 || !strings.Contains(d.One("main").Text(), tt.says) {
			t.Errorf("%s: %s, %q, %q", tt.path, res.Status, d.One("h1").Text(), d.One("main").Text())
		}
		if len(d.All("main script")) != 0 {
			t.Errorf("%s: what was asked for became markup", tt.path)
		}
	}
}

func TestLanguages(t *testing.T) {
	for lang, want := range map[string]string{
		"fi": "Viisi kumppanialuetta tuottaa", "de": "Fünf Partnerregionen erwirtschaften", "es": "Cinco regiones socias producen", "pl": "Pięć regionów partnerskich wytwarza",
	} {
		d := open(t, "/?lang="+lang)
		if got := d.One("h1").Text(); !strings.HasPrefix(got, want) || d.One("html").Attr("lang") != lang {
			t.Errorf("%s: %q (lang=%s)", lang, got, d.One("html").Attr("lang"))
		}
	}
	res := get(t, "/privacy?lang=fi")
	if c := res.Header.Get("Set-Cookie"); !strings.HasPrefix(c, "lang=fi;") {
		t.Errorf("cookie %q", c)
	}
	if got := open(t, "/privacy", header("Cookie", "lang=pl")).One("html").Attr("lang"); got != "pl" {
		t.Errorf("the cookie is not read: %s", got)
	}
	if got := open(t, "/privacy", header("Accept-Language", "es-MX,es;q=0.9")).One("html").Attr("lang"); got != "es" {
		t.Errorf("Accept-Language is not read: %s", got)
	}
}

func TestThemeIsKept(t *testing.T) {
	post := func(form url.Values, origin string) *http.Response {
		r := httptest.NewRequest(http.MethodPost, "/preferences", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", origin)
		return serve(t, r)
	}
	res := post(url.Values{"theme": {"dark"}, "back": {"/sources?x=1"}}, "same-origin")
	if res.Header.Get("Location") != "/sources?x=1" || !strings.HasPrefix(res.Header.Get("Set-Cookie"), "theme=dark;") {
		t.Errorf("to %q with %q", res.Header.Get("Location"), res.Header.Get("Set-Cookie"))
	}
	for _, back := range []string{"https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", ""} {
		if to := post(url.Values{"theme": {"dark"}, "back": {back}}, "same-origin").Header.Get("Location"); to != "/" {
			t.Errorf("back to %q leads to %q", back, to)
		}
	}
	if res := post(url.Values{"theme": {"dark"}}, "cross-site"); res.StatusCode != http.StatusForbidden {
		t.Errorf("a form of another site: %s", res.Status)
	}
	if got := open(t, "/privacy", header("Cookie", "theme=dark")).One("html").Attr("data-theme"); got != "dark" {
		t.Errorf("data-theme=%q", got)
	}
}

func TestAnswersAreGuardedAndMarked(t *testing.T) {
	res := get(t, "/sources")
	for name, want := range map[string]string{
		"Content-Security-Policy": "script-src 'self'; style-src 'self'", "X-Content-Type-Options": "nosniff", "Vary": "Cookie", "Cache-Control": "no-cache",
	} {
		if !strings.Contains(res.Header.Get(name), want) {
			t.Errorf("%s: %q lacks %q", name, res.Header.Get(name), want)
		}
	}
	if res := get(t, "/sources", header("If-None-Match", res.Header.Get("ETag"))); res.StatusCode != http.StatusNotModified {
		t.Errorf("the mark is not honoured: %s", res.Status)
	}
	if res := get(t, "/sources", header("Accept-Encoding", "br, gzip")); res.Header.Get("Content-Encoding") != "gzip" {
		t.Error("not compressed")
	}
}

// every is one page of each kind.
var every = []string{
	"/", "/?indicator=population&level=3", "/atlas/table", "/search", "/search?q=lahti", "/regions", "/regions?country=FI", "/regions?country=FI&level=3",
	"/regions/FI1C6", "/regions/AT12", "/regions/ES511", "/regions/IE063", "/regions/PL84", "/regions/DE80", "/regions/FI", "/regions/FI1C4?nuts=2021",
	"/regions/FI1C6/indicators/gdp_pps", "/regions/FI1C6/indicators/unemployment", "/regions/FI1C6/indicators/gdp_change_5", "/regions/FI1C6/indicators/metro_gap_gdp",
	"/indicators", "/sources", "/sources/nama_10r_3gdp", "/help/method", "/accessibility", "/privacy", "/gallery",
}

// TestRulesOfTheMarkup: nothing inline, one h1, ids once, links that lead
// somewhere, every message written.
func TestRulesOfTheMarkup(t *testing.T) {
	links := map[string]bool{}
	unwritten := regexp.MustCompile(`^[a-z]+\.[a-z-]+$|<no value>|%!`)
	for _, path := range every {
		d := open(t, path)
		if n := len(d.All("h1")); n != 1 {
			t.Errorf("%s has %d h1", path, n)
		}
		for _, bad := range []string{"[style]", "style", "[onclick]", "[onload]", "[hx-on]", "[hx-vals]", "[hx-vars]", "[hx-headers]"} {
			if n := len(d.All(bad)); n > 0 {
				t.Errorf("%s: %d elements match %q: the content policy forbids them", path, n, bad)
			}
		}
		for _, s := range d.All("script") {
			if s.Attr("src") == "" {
				t.Errorf("%s has a script inline", path)
			}
		}
		ids := map[string]int{}
		for _, e := range d.All("[id]") {
			if ids[e.Attr("id")]++; ids[e.Attr("id")] == 2 {
				t.Errorf("%s: the id %s stands twice", path, e.Attr("id"))
			}
		}
		for _, a := range d.All("a") {
			href := a.Attr("href")
			if strings.HasPrefix(href, "javascript:") || href == "" {
				t.Errorf("%s: %q leads to %q", path, a.Text(), href)
			}
			if strings.HasPrefix(href, "/") && len(links) < 4000 {
				links[strings.SplitN(href, "#", 2)[0]] = true
			}
		}
		for _, text := range d.Texts("main p") {
			if unwritten.MatchString(text) {
				t.Errorf("%s: %q is not a sentence", path, text)
			}
		}
	}
	follow(t, links)
}

// follow opens a few links of each kind.
func follow(t *testing.T, links map[string]bool) {
	t.Helper()
	kinds := map[string]int{}
	digits := regexp.MustCompile(`[A-Z]{2}[A-Z0-9]*|=[^&]*|_?[a-z0-9_]+$`)
	for _, link := range slices.Sorted(maps.Keys(links)) {
		kind := digits.ReplaceAllString(link, "*")
		if kinds[kind]++; kinds[kind] > 3 && kind != "/?indicator=*" {
			continue // of the maps all: each has figures of its own
		}
		if res := get(t, link); res.StatusCode >= 400 {
			t.Errorf("the link %s answers %s", link, res.Status)
		}
	}
	if len(kinds) < 8 {
		t.Errorf("only %d kinds of links", len(kinds))
	}
}

func TestEveryPageInEveryLanguage(t *testing.T) {
	for _, lang := range []string{"fi", "de", "es", "pl"} {
		for _, path := range []string{"/", "/regions/FI1C6", "/regions/FI1C6/indicators/gdp_pps", "/indicators", "/sources/nama_10r_3gdp", "/help/method"} {
			d := open(t, path, header("Cookie", "lang="+lang))
			if d.One("html").Attr("lang") != lang || d.One("h1").Text() == "" {
				t.Errorf("%s in %s: lang=%s", path, lang, d.One("html").Attr("lang"))
			}
		}
	}
}

func TestGalleryShowsEveryExample(t *testing.T) {
	d := open(t, "/gallery")
	want := []string{"Flag", "Number with source", "Breadcrumb", "Facts", "Search for a region", "Scale", "Key", "Choice", "Sparkline", "Sparkline with a gap and a break", "Strip", "Gap chart", "Failure"}
	if diff := cmp.Diff(want, d.Texts("section h2")); diff != "" {
		t.Errorf("gallery (-want +got):\n%s", diff)
	}
}
