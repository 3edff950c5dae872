package web_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/BurntSushi/toml"
	"golang.org/x/net/html"

	"peerscape/data"
	"peerscape/internal/app"
	"peerscape/internal/app/apptest"
	"peerscape/internal/nuts"
)

// pseudo is a catalogue in which every message stands in double brackets.
func pseudo(t *testing.T) fs.FS {
	t.Helper()
	b, err := fs.ReadFile(data.Messages(), "en.toml")
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := toml.Unmarshal(b, &tree); err != nil {
		t.Fatal(err)
	}
	bracket(tree)
	var out bytes.Buffer
	if err := toml.NewEncoder(&out).Encode(tree); err != nil {
		t.Fatal(err)
	}
	return fstest.MapFS{"en.toml": {Data: out.Bytes()}}
}

func bracket(tree map[string]any) {
	for k, v := range tree {
		switch v := v.(type) {
		case string:
			tree[k] = "⟦" + v + "⟧"
		case map[string]any:
			bracket(v)
		}
	}
}

// said is text that comes from no message: the brackets and what they hold are
// cut out, inner ones first.
var inner = regexp.MustCompile(`⟦[^⟦⟧]*⟧`)

func said(s string) string {
	for {
		cut := inner.ReplaceAllString(s, " ")
		if cut == s {
			return s
		}
		s = cut
	}
}

var digest = regexp.MustCompile(`SHA-256 [0-9a-f]{64}`)

var letters = regexp.MustCompile(`\p{L}{2,}`)

// given takes out of a text the data that pages show as they are: names of places,
// codes, the names that indicators have in the catalogue, what publishers wrote.
func given(t *testing.T, a *app.App) *strings.Replacer {
	t.Helper()
	known := []string{"| Peerscape", "Peerscape", "EU = 100", "NUTS", "JSON", "CSV", "EU"}
	for _, version := range []nuts.Version{2013, 2016, 2021, 2024} {
		for level := range 4 {
			for _, r := range a.Regions.Regions(version, level) {
				known = append(known, r.Name, r.Native, string(r.ID.Code))
			}
		}
	}
	b, err := fs.ReadFile(data.Nuts(), "countries.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		known = append(known, row...)
	}
	for _, i := range a.Catalogue.Indicators() {
		known = append(known, i.Code, i.NameIn("en"), i.ShortIn("en"), i.Note["en"])
		for _, src := range append(i.Sources, i.Benchmarks...) {
			known = append(known, src.Dataset, src.Filter.String(), src.Note)
			for id, code := range src.Filter {
				known = append(known, id, code)
			}
		}
	}
	sets, err := a.Catalogue.Datasets(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range sets {
		known = append(known, d.Code, d.Title, d.Licence, d.Publisher)
		for _, v := range d.Vintages {
			known = append(known, v.Label, v.File, v.Format)
		}
	}
	slices.SortFunc(known, func(a, b string) int { return len(b) - len(a) }) // long ones before their parts
	var pairs []string
	for _, k := range known {
		if len(k) > 1 {
			pairs = append(pairs, k, " ")
		}
	}
	return strings.NewReplacer(pairs...)
}

// Pages hold no text of their own: what is not in the messages is data.
func TestNothingIsHardCoded(t *testing.T) {
	a, err := app.Open(context.Background(), app.Config{
		DSN: filepath.Join(t.TempDir(), "pseudo.db"), Version: "test", Log: slog.New(slog.DiscardHandler), Now: apptest.Now, Snapshot: true,
		Messages: []fs.FS{pseudo(t)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	data := given(t, a)
	for _, path := range []string{
		"/", "/?indicator=population&level=3", "/atlas/table", "/search?q=lahti", "/search?q=qqqq", "/regions", "/regions?country=FI", "/regions/FI1C6",
		"/regions/AT12", "/regions/FI1C6/indicators/gdp_pps", "/indicators", "/sources", "/sources/nama_10r_3gdp", "/help/method", "/accessibility", "/privacy",
		"/setup", "/sign-in/code", "/reset", "/help/access", "/nothing/here",
	} {
		t.Run(path, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			root, err := html.Parse(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			for _, s := range texts(root) {
				for part := range strings.SplitSeq(said(s), "\x1f") {
					if rest := data.Replace(digest.ReplaceAllString(part, " ")); letters.MatchString(rest) && !seen[rest] {
						seen[rest] = true
						t.Errorf("%q (of %q) stands in no message", strings.TrimSpace(rest), part)
					}
				}
			}
		})
	}
}

// texts lists what a reader sees or hears: first all text in one piece, for a
// message may run over several elements, with a mark between; then the attributes
// that are read out. What is marked as foreign (lang) or as code is left out.
func texts(root *html.Node) []string {
	var all strings.Builder
	out := []string{""}
	var visit func(*html.Node)
	visit = func(n *html.Node) {
		if n.Type == html.ElementNode {
			if n.Data == "script" || n.Data == "style" || n.Data == "code" {
				return
			}
			for _, a := range n.Attr {
				switch a.Key {
				case "lang":
					if n.Data != "html" {
						return
					}
				case "alt", "title", "aria-label", "placeholder":
					out = append(out, a.Val)
				}
			}
		}
		if n.Type == html.TextNode {
			all.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			visit(c)
		}
		if n.Type == html.ElementNode && n.Data != "b" && n.Data != "em" && n.Data != "a" && n.Data != "span" {
			all.WriteString("\x1f")
		}
	}
	visit(root)
	out[0] = all.String()
	return out
}
