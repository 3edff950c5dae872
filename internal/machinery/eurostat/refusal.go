package eurostat

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/wire/sdmxml"
)

// tooBig says that the service will not answer so large a query.
type tooBig struct {
	cells, limit int64 // 0 where unknown
	fault        *fault.Error
}

func (t *tooBig) Error() string { return t.fault.Error() }
func (t *tooBig) Unwrap() error { return t.fault }

// queued says that the answer will come later, or what became of it.
type queued struct {
	id     string
	status sdmxml.Status
	fault  *fault.Error
}

func (q *queued) Error() string { return q.fault.Error() }
func (q *queued) Unwrap() error { return q.fault }

// about is what a refusal is about, for its sentence.
type about struct {
	dataset, address string
	status           int // of HTTP
	after            time.Duration
}

// say makes a fault that ends with the address.
func (a *about) say(kind fault.Kind, key, format string, args ...any) *fault.Error {
	return fault.New(kind, key, "%s (%s)", fmt.Sprintf(format, args...), fault.Clip(a.address, 200)).
		With("url", a.address).With("dataset", a.dataset)
}

// refusal turns what came in place of an answer into an error: *queued,
// *tooBig, *retry or a fault for good.
func (a *about) refusal(body []byte) error {
	if q, ok := sdmxml.ReadAsync(body); ok {
		return a.inQueue(q)
	}
	if f, ok := sdmxml.ReadFault(body); ok {
		return a.rejected(f)
	}
	if f, late, ok := statisticsNotice(body); ok {
		if late {
			return a.say(fault.TooLarge, "eurostat.statistics-queue",
				"Eurostat's Statistics interface puts the query for %s in a queue that cannot be asked", a.dataset).
				Do("Ask for less at once, or take TSV, which can wait in the queue")
		}
		return a.rejected(f)
	}
	return a.byStatus()
}

func (a *about) inQueue(q *sdmxml.Async) error {
	return &queued{
		id: q.ID, status: q.Status,
		fault: a.say(fault.Unavailable, "eurostat.queue", "Eurostat put the query for %s in its queue and did not answer it (%s)", a.dataset, fault.Clip(string(q.Status), 40)).
			Do("Try again later: the answer is then mostly ready"),
	}
}

// rejected sorts a fault of the service by its code.
func (a *about) rejected(f *sdmxml.Fault) error {
	words := fault.Clip(strings.TrimSpace(f.Name+" "+f.Text), 300)
	switch {
	case f.Code == 413 || f.Name == "EXTRACTION_TOO_BIG":
		return a.large(f.Cells, f.Limit)
	case f.Code == 150:
		return a.say(fault.Invalid, "eurostat.value", "Eurostat does not allow %s in %s", rejectedValues(f), a.dataset).
			With("rejected", f.Rejected).Do("Take a code from the dataset's code list")
	case f.Code == 140:
		return a.say(fault.Invalid, "eurostat.syntax", "Eurostat cannot read the query for %s: %s", a.dataset, words).
			Do("Check the dimensions of the filter; the dataset's structure may have changed")
	case f.Code == 100 && (a.status == http.StatusNotFound || strings.Contains(f.Name, "NOT_FOUND")), f.Code == http.StatusNotFound:
		return a.say(fault.Missing, "eurostat.missing", "Eurostat has no %s: %s", a.dataset, words).
			Do("Check the code in Eurostat's data browser")
	case f.Code == 100:
		return a.say(fault.Missing, "eurostat.no-result", "Eurostat has no figures of %s for this filter: %s", a.dataset, words).
			Do("Widen the filter or the periods")
	case f.Code >= 500 || a.status >= 500:
		return a.later("Eurostat fails to answer for " + a.dataset + ": " + words)
	}
	return a.say(fault.Invalid, "eurostat.refused", "Eurostat refuses the query for %s: %s", a.dataset, words).
		Do("Check the query")
}

// rejectedValues names what a fault 150 does not allow.
func rejectedValues(f *sdmxml.Fault) string {
	var out []string
	for _, dim := range slices.Sorted(maps.Keys(f.Rejected)) {
		for _, code := range f.Rejected[dim] {
			out = append(out, dim+"="+code)
		}
	}
	if len(out) == 0 {
		return fault.Clip(f.Text, 300)
	}
	return fault.Clip(strings.Join(out, ", "), 300)
}

func (a *about) large(cells, limit int64) error {
	size := ""
	if cells > 0 {
		size = fmt.Sprintf(": %d cells of at most %d", cells, limit)
	}
	return &tooBig{cells, limit, a.say(fault.TooLarge, "eurostat.too-big", "the query for %s is too large for Eurostat%s", a.dataset, size).
		Do("Ask for fewer codes or periods")}
}

// later is a failure that may pass.
func (a *about) later(words string) error {
	return &retry{most: -1, after: a.after, fault: a.say(fault.Unavailable, "eurostat.later", "%s", words).
		Do("Try again later, or import the dataset from a file")}
}

// byStatus judges a refusal whose body says nothing.
func (a *about) byStatus() error {
	words := fmt.Sprintf("Eurostat answers %d %s for %s", a.status, http.StatusText(a.status), a.dataset)
	if a.status < 300 {
		return a.later("Eurostat sends something else than was asked for of " + a.dataset)
	}
	switch a.status {
	case http.StatusNotFound:
		return a.say(fault.Missing, "eurostat.missing", "%s", words).Do("Check the code in Eurostat's data browser")
	case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong:
		return a.large(0, 0)
	case http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return a.later(words)
	case http.StatusBadRequest:
		if len(a.address) > maxAddress/3 { // machines on the way refuse long addresses so
			return a.large(0, 0)
		}
	}
	return a.say(fault.Unavailable, "eurostat.refused", "%s", words).
		Do("Check the address of the service and what stands between it and this machine")
}

// isNotice reports a body that a refusal can be read from.
func isNotice(body []byte) bool {
	_, isQueue := sdmxml.ReadAsync(body)
	_, isFault := sdmxml.ReadFault(body)
	_, _, isJSON := statisticsNotice(body)
	return isQueue || isFault || isJSON
}

// statisticsNotice reads {"error":[…]} and {"warning":{…}} of the Statistics
// interface. late means that it was queued.
func statisticsNotice(body []byte) (f *sdmxml.Fault, late, ok bool) {
	type item struct {
		Status int
		ID     int
		Label  string
	}
	var notice struct {
		Error   []item
		Warning *item
	}
	if json.Unmarshal(body, &notice) != nil {
		return nil, false, false
	}
	if notice.Warning != nil {
		notice.Error = append(notice.Error, *notice.Warning)
	}
	if len(notice.Error) == 0 {
		return nil, false, false
	}
	e := notice.Error[0]
	late = strings.HasPrefix(e.Label, "ASYNCHRONOUS_RESPONSE")
	name, text, found := strings.Cut(e.Label, ":")
	if !found {
		name, text = "", e.Label
	}
	code := e.ID
	if code == 0 {
		code = e.Status
	}
	return &sdmxml.Fault{Code: code, Name: strings.TrimSpace(name), Text: strings.TrimSpace(text)}, late, true
}
