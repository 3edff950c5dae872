package atlas

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// opening is the indicator of the first page.
const opening = "gdp_pps"

// request is what a reader asks the atlas.
type request struct {
	indicator *catalogue.Indicator
	period    stats.Period // 0: the newest that covers most regions
	level     int          // 2 or 3
}

// parse reads ?indicator, ?year and ?level. Left out, they are the opening
// indicator, its newest year, NUTS 2.
func (a *Atlas) parse(r *http.Request) (request, error) {
	q := r.URL.Query()
	out := request{level: 2}
	code := q.Get("indicator")
	if code == "" {
		code = a.first()
	}
	var err error
	if out.indicator, err = a.Figures.Indicator(code); err != nil {
		return out, err
	}
	if y := q.Get("year"); y != "" {
		if out.period, err = stats.ParsePeriod(y); err != nil {
			return out, err
		}
	}
	switch q.Get("level") {
	case "", "2":
	case "3":
		out.level = 3
	default:
		return out, fault.New(fault.Invalid, "atlas.level", "the map shows NUTS 2 or NUTS 3").Do("Write level=2 or level=3")
	}
	if out.indicator.Level < out.level {
		out.level = 2
	}
	return out, nil
}

// first returns the opening indicator, or the first that can be mapped.
func (a *Atlas) first() string {
	all := a.Figures.Indicators()
	if slices.ContainsFunc(all, func(i *catalogue.Indicator) bool { return i.Code == opening }) {
		return opening
	}
	for _, i := range all {
		if i.Level >= 2 {
			return i.Code
		}
	}
	return opening
}

// read returns the map of a request. A year or a level that the indicator
// lacks gives way to the newest year, then to NUTS 2: a reader who changes the
// indicator keeps what can be kept.
func (a *Atlas) read(ctx context.Context, q request) (*catalogue.Map, error) {
	var first error
	for _, try := range []struct {
		level  int
		period stats.Period
	}{{q.level, q.period}, {q.level, 0}, {2, q.period}, {2, 0}} {
		m, err := a.Figures.Map(ctx, q.indicator.Code, try.level, try.period)
		if err == nil || fault.KindOf(err) != fault.Missing {
			return m, err
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}

// mapped reports whether an indicator has values on a level.
func (a *Atlas) mapped(ctx context.Context, i *catalogue.Indicator, level int) bool {
	_, err := a.Figures.Map(ctx, i.Code, level, 0)
	return err == nil
}

// address returns the query of a map, for links to its other forms.
func address(path string, m *catalogue.Map, more ...string) string {
	q := url.Values{"indicator": {m.Indicator.Code}, "year": {m.Period.String()}, "level": {strconv.Itoa(m.Level)}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return path + "?" + q.Encode()
}
