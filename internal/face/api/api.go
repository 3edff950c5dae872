// Package api is the HTTP interface for programs: what the pages show, as JSON
// and CSV, described by an OpenAPI document made from the same types.
//
// It reads only; every answer names dataset, filter, vintage and licence of its
// figures. It refuses unknown parameters' values with a sentence. Start with
// Register.
package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// Base is the path under which every operation stands.
const Base = "/api/v1"

// Figures is what the interface needs of the catalogue.
type Figures interface {
	Indicators() []*catalogue.Indicator
	Indicator(code string) (*catalogue.Indicator, error)
	Figure(ctx context.Context, id nuts.ID, code string) (*catalogue.Figure, error)
	Figures(ctx context.Context, id nuts.ID) ([]*catalogue.Figure, error)
	Map(ctx context.Context, code string, level int, p stats.Period) (*catalogue.Map, error)
	Datasets(ctx context.Context) ([]catalogue.Dataset, error)
	Dataset(ctx context.Context, code string) (*catalogue.Dataset, error)
	Series(ctx context.Context, vintage int64, key []string, region string) (*stats.Series, error)
}

// Service answers the operations.
type Service struct {
	figures Figures
	regions *nuts.Nomenclature
	log     *slog.Logger
}

// Register adds the operations to mux and returns the described interface.
// version is the program's version, as the document states it.
func Register(mux *http.ServeMux, figures Figures, regions *nuts.Nomenclature, version string, log *slog.Logger) huma.API {
	config := huma.DefaultConfig("Peerscape", version)
	config.Info.Description = "Official regional statistics of Europe with the source of every number: " +
		"regions by NUTS code and version, indicators, and values with flags, vintage and licence."
	config.Info.License = &huma.License{Name: "EUPL-1.2", Identifier: "EUPL-1.2"}
	config.Info.Contact = &huma.Contact{Name: "The operator of this installation"}
	config.Servers = []*huma.Server{{URL: Base, Description: "this installation"}}
	config.Security = []map[string][]string{{}} // everyone may read
	config.OpenAPIPath = "/openapi"
	config.DocsPath, config.SchemasPath = "", ""
	config.CreateHooks = nil
	config.Formats = map[string]huma.Format{
		"application/json": huma.DefaultJSONFormat,
		"json":             huma.DefaultJSONFormat,
		"text/csv":         {Marshal: writeCSV, Unmarshal: func([]byte, any) error { return errors.New("no operation reads CSV") }},
	}
	config.Tags = []*huma.Tag{
		{Name: "regions", Description: "NUTS regions by code and version"},
		{Name: "indicators", Description: "what is measured"},
		{Name: "values", Description: "figures with their sources"},
		{Name: "datasets", Description: "what was imported"},
	}
	router := humago.NewWithPrefix(mux, Base, config)
	router.UseMiddleware(chooseFormat)
	s := &Service{figures: figures, regions: regions, log: log}
	s.registerRegions(router)
	s.registerIndicators(router)
	s.registerValues(router)
	s.registerDatasets(router)
	s.registerSeries(router)
	return router
}

// chooseFormat lets ?format=csv ask for CSV where a link cannot set a header.
func chooseFormat(ctx huma.Context, next func(huma.Context)) {
	if strings.EqualFold(ctx.Query("format"), "csv") {
		ctx = accepting{ctx}
	}
	next(telling{ctx})
}

// telling is a request whose CSV answer names its character set.
type telling struct{ request }

func (t telling) SetHeader(name, value string) {
	if name == "Content-Type" && value == "text/csv" {
		value = "text/csv; charset=utf-8"
	}
	t.request.SetHeader(name, value)
}

// request is huma.Context under a name that does not hide its method Context.
type request = huma.Context

// accepting is a request that accepts CSV whatever its header says.
type accepting struct{ request }

func (a accepting) Header(name string) string {
	if strings.EqualFold(name, "Accept") {
		return "text/csv"
	}
	return a.request.Header(name)
}

// statuses maps the kinds of fault to HTTP.
var statuses = map[fault.Kind]int{
	fault.Invalid:     http.StatusUnprocessableEntity,
	fault.Denied:      http.StatusForbidden,
	fault.Missing:     http.StatusNotFound,
	fault.Conflict:    http.StatusConflict,
	fault.Stale:       http.StatusConflict,
	fault.TooLarge:    http.StatusRequestEntityTooLarge,
	fault.Unavailable: http.StatusServiceUnavailable,
}

// reply turns an error into what may be shown: a fault's own sentence, or a number
// under which the log has the cause.
func (s *Service) reply(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		if status, ok := statuses[f.Kind]; ok {
			return huma.NewError(status, f.Error())
		}
	}
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	id := hex.EncodeToString(b[:])
	s.log.ErrorContext(ctx, "answer failed", "id", id, "error", err)
	return huma.Error500InternalServerError("something went wrong here; the operator finds the cause in the log under " + id)
}

// region finds the region that a path names: the given version, else the
// newest that has the code.
func (s *Service) region(code, version string) (*nuts.Region, error) {
	c := nuts.Canonical(code)
	year, err := strconv.Atoi(version)
	if err != nil { // "newest"
		if r, ok := s.regions.Newest(c); ok {
			return r, nil
		}
		return nil, s.unknown(code)
	}
	if r, ok := s.regions.Region(nuts.ID{Code: c, Version: nuts.Version(year)}); ok {
		return r, nil
	}
	return nil, s.unknown(code).With("version", version)
}

func (s *Service) unknown(code string) *fault.Error {
	f := fault.New(fault.Missing, "nuts.unknown", "%q is not the code of a NUTS region", code).With("code", code)
	var near []string
	for _, m := range s.regions.Search(code, 3) {
		near = append(near, string(m.Region.Code)+" "+m.Region.Name)
	}
	for _, r := range s.regions.Near(nuts.Canonical(code), 3) {
		if len(near) < 3 {
			near = append(near, string(r.Code)+" "+r.Name)
		}
	}
	if len(near) > 0 {
		f = f.Do("Did you mean %s?", strings.Join(near, ", "))
	}
	return f
}
