package api_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"peerscape/internal/app/apptest"
	"peerscape/internal/face/api"
)

// server is the whole program with the bundled figures, behind HTTP.
func server(t *testing.T) (*httptest.Server, huma.API) {
	t.Helper()
	a := apptest.Open(t)
	handler, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	return srv, api.Register(http.NewServeMux(), a.Catalogue, a.Regions, "test", slog.New(slog.DiscardHandler))
}

func get(t *testing.T, address string) (*http.Response, []byte) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, b
}

// TestContract calls every operation of the document with its examples, and
// holds each answer against the schema that the document promises.
func TestContract(t *testing.T) {
	srv, described := server(t)
	doc := described.OpenAPI()
	for path, item := range doc.Paths {
		op := item.Get
		if op == nil {
			t.Errorf("%s: the interface reads only, and this path cannot be read", path)
			continue
		}
		t.Run(op.OperationID, func(t *testing.T) {
			res, b := get(t, srv.URL+api.Base+example(t, path, op))
			if res.StatusCode != http.StatusOK {
				t.Fatalf("status %d: %s", res.StatusCode, b)
			}
			hold(t, doc, op, "200", b)
		})
	}
}

// example fills a path and its required parameters from the examples that the
// document gives.
func example(t *testing.T, path string, op *huma.Operation) string {
	t.Helper()
	query := url.Values{}
	for _, p := range op.Parameters {
		var value any = p.Example
		if value == nil && p.Schema != nil && len(p.Schema.Examples) > 0 {
			value = p.Schema.Examples[0]
		}
		switch {
		case p.In == "path" && value == nil:
			t.Fatalf("%s: parameter %s has no example", path, p.Name)
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", fmt.Sprint(value))
		case p.Required:
			query.Set(p.Name, fmt.Sprint(value))
		}
	}
	return path + "?" + query.Encode()
}

// hold validates an answer against the schema of a status.
func hold(t *testing.T, doc *huma.OpenAPI, op *huma.Operation, status string, b []byte) {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("not JSON: %v: %.200s", err, b)
	}
	for kind, media := range op.Responses[status].Content {
		if !strings.Contains(kind, "json") {
			continue
		}
		var res huma.ValidateResult
		huma.Validate(doc.Components.Schemas, media.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, v, &res)
		for _, err := range res.Errors {
			t.Errorf("%s %s: %v", op.OperationID, status, err)
		}
		return
	}
	t.Errorf("%s describes no JSON for status %s", op.OperationID, status)
}

func TestFaultsAreDescribedAndSaySo(t *testing.T) {
	srv, described := server(t)
	doc := described.OpenAPI()
	for _, c := range []struct {
		path, operation string
		status          int
		says            string
	}{
		{"/regions/FI1C9", "/regions/{code}", 404, "FI1C9"},
		{"/regions/XX", "/regions/{code}", 404, "not the code"},
		{"/regions?level=7", "/regions", 422, "level"},
		{"/regions?version=1999", "/regions", 422, "version"},
		{"/indicators/gpd_pps", "/indicators/{code}", 404, "gdp_pps"},
		{"/regions/FI1C6/figures/nothing", "/regions/{code}/figures/{indicator}", 404, "nothing"},
		{"/values?indicator=gdp_pps&period=later", "/values", 422, "later"},
		{"/values", "/values", 422, "indicator"},
		{"/datasets/tgs99999", "/datasets/{code}", 404, "tgs99999"},
	} {
		t.Run(c.path, func(t *testing.T) {
			res, b := get(t, srv.URL+api.Base+c.path)
			if res.StatusCode != c.status || !strings.Contains(string(b), c.says) {
				t.Fatalf("GET %s: status %d, body %s; want %d and %q", c.path, res.StatusCode, b, c.status, c.says)
			}
			if strings.Contains(string(b), ".go:") || strings.Contains(string(b), "goroutine") {
				t.Errorf("the answer shows code: %s", b)
			}
			hold(t, doc, doc.Paths[c.operation].Get, fmt.Sprint(c.status), b)
		})
	}
}

func TestCSV(t *testing.T) {
	srv, _ := server(t)
	for _, path := range []string{
		"/regions?format=csv&level=0", "/indicators?format=csv", "/datasets?format=csv",
		"/regions/FI1C6/figures?format=csv", "/regions/FI1C6/figures/gdp_pps?format=csv", "/values?indicator=gdp_pps&format=csv",
	} {
		t.Run(path, func(t *testing.T) {
			res, b := get(t, srv.URL+api.Base+path)
			if got := res.Header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
				t.Errorf("Content-Type %q, want text/csv with its character set", got)
			}
			rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
			if err != nil || len(rows) < 2 {
				t.Fatalf("%d rows, %v", len(rows), err)
			}
		})
	}
}

// TestEveryFigureNamesItsSource walks all figures of the partner regions.
func TestEveryFigureNamesItsSource(t *testing.T) {
	srv, _ := server(t)
	for _, region := range []string{"FI1C6", "FI1C3", "ES511", "IE063", "AT12", "PL84", "DE80"} {
		_, b := get(t, srv.URL+api.Base+"/regions/"+region+"/figures")
		var list api.FigureList
		if err := json.Unmarshal(b, &list); err != nil {
			t.Fatal(err)
		}
		bases := map[string]int{}
		for _, f := range list.Figures {
			bases[f.Basis]++
			if f.Origin.Licence == "" || f.Origin.Publisher == "" ||
				f.Origin.Formula == "" && (f.Origin.Dataset == "" || f.Origin.Vintage == "") {
				t.Errorf("%s %s does not say where it comes from: %+v", region, f.Indicator, f.Origin)
			}
			if f.Basis == "converted" && (len(f.Pieces) == 0 || f.Weight == "") {
				t.Errorf("%s %s is converted and does not say from what", region, f.Indicator)
			}
			if f.Basis == "inherited" && f.Of == f.Region {
				t.Errorf("%s %s is inherited from itself", region, f.Indicator)
			}
		}
		if len(list.Figures) < 12 {
			t.Errorf("%s has %d figures, want at least 12", region, len(list.Figures))
		}
		t.Logf("%s: %d figures, %v", region, len(list.Figures), slices.Sorted(maps.Keys(bases)))
		if region == "FI1C6" && len(bases) != 3 {
			t.Errorf("FI1C6 has figures of the kinds %v; want own, converted and inherited", bases)
		}
	}
}
