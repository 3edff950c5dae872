package eurostat

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/fault"
)

const (
	queueID = "e3d39a1b-27eb-4ce4-936d-8f95b23bf74f" // of the specimen that comes in place of data
	status  = "/1.0/async/status/" + queueID
	later   = "/1.0/async/data/" + queueID
)

// state is the specimen of a status reply with another state.
func state(t *testing.T, s string) fakeReply {
	t.Helper()
	body := wire(t, "errors", "async_status_submitted.xml")
	return fakeReply{body: bytes.ReplaceAll(body, []byte("SUBMITTED"), []byte(s))}
}

func TestQueue(t *testing.T) {
	queuedReply := specimenReply(t, "errors", "async_queued_in_place_of_data.xml")
	unknown := fakeReply{status: 400, body: wire(t, "errors", "async_unknown_request.xml")}
	notYet := fakeReply{status: 400, body: wire(t, "errors", "async_data_not_yet_available.xml")}
	data := fakeReply{body: zipped(t, wire(t, "tsv", "current_nama_10r_3gdp.tsv"))}
	tests := []struct {
		name                 string
		data, status, queued []fakeReply
		asked                []string // after the dataflow
		words                []string // of the fault, if there is one
	}{
		{
			name: "submitted, processing, available",
			data: []fakeReply{queuedReply}, queued: []fakeReply{data},
			status: []fakeReply{state(t, "SUBMITTED"), state(t, "PROCESSING"), state(t, "AVAILABLE")},
			asked:  []string{gdpData, status, status, status, later},
		},
		{
			name: "the notice is compressed",
			data: []fakeReply{{body: zipped(t, queuedReply.body)}}, queued: []fakeReply{data},
			status: []fakeReply{state(t, "AVAILABLE")},
			asked:  []string{gdpData, status, later},
		},
		{
			name: "available, and yet not there",
			data: []fakeReply{queuedReply}, queued: []fakeReply{notYet, data},
			status: []fakeReply{state(t, "AVAILABLE")},
			asked:  []string{gdpData, status, later, status, later},
		},
		{
			name: "the state cannot be had for a moment",
			data: []fakeReply{queuedReply}, queued: []fakeReply{data},
			status: []fakeReply{{status: 503}, state(t, "AVAILABLE")},
			asked:  []string{gdpData, status, status, later},
		},
		{
			name: "expired: asked again, and now at hand",
			data: []fakeReply{queuedReply, data}, status: []fakeReply{state(t, "EXPIRED")},
			asked: []string{gdpData, status, gdpData},
		},
		{
			name: "unknown twice",
			data: []fakeReply{queuedReply}, status: []fakeReply{unknown},
			asked: []string{gdpData, status, gdpData, status},
			words: []string{"queue", "UNKNOWN_REQUEST", "nama_10r_3gdp"},
		},
		{
			name: "expired between the state and the data",
			data: []fakeReply{queuedReply, data}, status: []fakeReply{state(t, "AVAILABLE")}, queued: []fakeReply{unknown},
			asked: []string{gdpData, status, later, gdpData},
		},
		{
			name: "an id that is no id", words: []string{"queue"},
			data:  []fakeReply{{body: bytes.ReplaceAll(queuedReply.body, []byte(queueID), []byte("../../evil"))}},
			asked: []string{gdpData},
		},
		{
			name: "no end", words: []string{"queue", "PROCESSING"},
			data: []fakeReply{queuedReply}, status: []fakeReply{state(t, "PROCESSING")},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			sent := gdp(t, f, tt.data...)
			f.on(status, tt.status...)
			f.on(later, tt.queued...)
			c, k := newClient(t, f, nil)
			files, err := c.Download(t.Context(), Query{Dataset: "nama_10r_3gdp"})
			switch {
			case tt.words != nil:
				checkRefused(t, err, fault.Unavailable, tt.words...)
			case err != nil:
				t.Fatal(err)
			default:
				checkContent(t, files[0], sent)
				if files[0].URL != f.server.URL+gdpData {
					t.Errorf("URL %s, want the query's own", files[0].URL)
				}
			}
			if d := cmp.Diff(tt.asked, f.asked()[1:]); tt.asked != nil && d != "" {
				t.Errorf("asked (-want +got):\n%s", d)
			}
			waited := k.Now().Sub(start)
			if tt.name == "no end" && (waited < 30*time.Minute || waited > 33*time.Minute || len(f.asked()) > 60) {
				t.Errorf("waited %v with %d requests, want the patience of 30 min", waited, len(f.asked()))
			}
		})
	}
}

// What stands at the queue's address says nothing of the query's own: neither
// half a file nor its entity tag.
func TestQueueCopyIsNotTheAnswer(t *testing.T) {
	etag := map[string]string{"ETag": `"v1"`}
	old := zipped(t, wire(t, "tsv", "live2026_crlf_nama_10_gdp.tsv"))
	for name, first := range map[string]fakeReply{
		"half": {body: old, header: etag, cutAt: 50}, "whole": {body: old, header: etag},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			sent := gdp(t, f, specimenReply(t, "errors", "async_queued_in_place_of_data.xml"), fakeReply{header: etag, ranges: true})
			f.on(status, state(t, "AVAILABLE"))
			f.on(later, first)
			c, _ := newClient(t, f, func(c *Config) { c.Retries = -1 })
			files, err := c.Download(t.Context(), Query{Dataset: "nama_10r_3gdp"})
			if (err == nil) != (name == "whole") {
				t.Fatalf("first download = %v, %v", files, err)
			}
			checkContent(t, download(t, c, Query{Dataset: "nama_10r_3gdp"})[0], sent)
			if got := f.asked(); got[len(got)-1] != gdpData {
				t.Errorf("asked %q, want the whole", got[len(got)-1])
			}
		})
	}
}

func TestPollingBacksOff(t *testing.T) {
	f := newFake(t)
	gdp(t, f, specimenReply(t, "errors", "async_queued_in_place_of_data.xml"))
	f.on(status, state(t, "PROCESSING"))
	c, k := newClient(t, f, nil)
	if _, err := c.Download(t.Context(), Query{Dataset: "nama_10r_3gdp"}); err == nil {
		t.Fatal("a queue without end ended")
	}
	waits := k.longSleeps()
	for i, want := range []time.Duration{2 * time.Second, 3 * time.Second, 4500 * time.Millisecond, 6750 * time.Millisecond} {
		if waits[i] < want*3/4 || waits[i] > want*5/4 {
			t.Errorf("wait %d is %v, want %v give or take a quarter", i, waits[i], want)
		}
	}
	if last := waits[len(waits)-1]; last < 45*time.Second || last > 75*time.Second {
		t.Errorf("last wait %v, want about a minute", last)
	}
}

func TestTransferTroubles(t *testing.T) {
	etag := map[string]string{"ETag": `"v1"`}
	weak := map[string]string{"ETag": `W/"v1"`}
	html := fakeReply{body: []byte("<!DOCTYPE html><html><body>Maintenance</body></html>")}
	spoilt := func(b []byte) []byte {
		b = bytes.Clone(b)
		b[len(b)-6] ^= 0xff // in the checksum
		return b
	}
	sent := zipped(t, wire(t, "tsv", "current_nama_10r_3gdp.tsv"))
	tests := []struct {
		name    string
		replies []fakeReply
		asked   []string
		kind    fault.Kind
		words   []string // of the fault, if there is one
	}{
		{"cut, then resumed", []fakeReply{{header: etag, cutAt: 100, ranges: true}, {header: etag, ranges: true}}, []string{gdpData, gdpData + ` bytes=100- if "v1"`}, 0, nil},
		{"cut twice", []fakeReply{{header: etag, cutAt: 100, ranges: true}, {header: etag, cutAt: 50, ranges: true}, {header: etag, ranges: true}}, []string{gdpData, gdpData + ` bytes=100- if "v1"`, gdpData + ` bytes=150- if "v1"`}, 0, nil},
		{"cut, and the server knows no ranges", []fakeReply{{header: etag, cutAt: 100}, {header: etag}}, []string{gdpData, gdpData + ` bytes=100- if "v1"`}, 0, nil},
		{"cut, and the file changed meanwhile", []fakeReply{{header: etag, cutAt: 100, ranges: true}, {header: map[string]string{"ETag": `"v2"`}, ranges: true}}, []string{gdpData, gdpData + ` bytes=100- if "v1"`}, 0, nil},
		{"cut, and nothing to resume by", []fakeReply{{cutAt: 100}, {header: weak, cutAt: 90}, {}}, []string{gdpData, gdpData, gdpData}, 0, nil},
		{"cut, and the range cannot be had", []fakeReply{{header: etag, cutAt: 100}, {status: 416}, {header: etag}}, []string{gdpData, gdpData + ` bytes=100- if "v1"`, gdpData}, 0, nil},
		{"cut without a length: the trailer is missing", []fakeReply{{cutAt: 200, chunked: true, header: etag}, {header: etag, ranges: true}}, []string{gdpData, gdpData + ` bytes=200- if "v1"`}, 0, nil},
		{"damaged", []fakeReply{{body: spoilt(sent), header: etag}, {header: etag}}, []string{gdpData, gdpData}, 0, nil},
		{"a web page, then data", []fakeReply{html, {}}, []string{gdpData, gdpData}, 0, nil},
		{"empty, then data", []fakeReply{{body: []byte{}}, {}}, []string{gdpData, gdpData}, 0, nil},
		{"500 fault, then data", []fakeReply{{status: 500, body: []byte(`<S:Fault><faultcode>500</faultcode><faultstring>INTERNAL</faultstring></S:Fault>`)}, {}}, []string{gdpData, gdpData}, 0, nil},
		{"always cut", []fakeReply{{cutAt: 100}}, []string{gdpData, gdpData, gdpData, gdpData, gdpData, gdpData}, fault.Unavailable, []string{"breaks off", gdpData}},
		{"always a web page", []fakeReply{html}, []string{gdpData, gdpData, gdpData, gdpData, gdpData, gdpData}, fault.Unavailable, []string{"a web page", "TSV", gdpData}},
		{"another format", []fakeReply{{body: []byte("DATAFLOW,LAST UPDATE\n")}}, []string{gdpData}, fault.Unavailable, []string{"SDMX-CSV", "in place of the TSV"}},
		{"a ZIP file", []fakeReply{specimenReply(t, "errors", "ESTAT_legacy_footer2.zip")}, []string{gdpData}, fault.Unavailable, []string{"a ZIP file"}},
		{"SDMX-ML", []fakeReply{specimenReply(t, "errors", "ESTAT_legacy_footer.xml")}, []string{gdpData}, fault.Unavailable, []string{"XML comes in place"}},
		{"fault with status 200", []fakeReply{specimenReply(t, "errors", "fault_100_not_found.xml")}, []string{gdpData}, fault.Missing, []string{"NO_SUCH"}},
		{"dimension value", []fakeReply{{status: 400, body: wire(t, "errors", "fault_150_dimension_value.xml")}}, []string{gdpData}, fault.Invalid, []string{"unit=NOTAUNIT", "code list", gdpData}},
		{"number of filters", []fakeReply{{status: 400, body: wire(t, "errors", "fault_140_filter_count.xml")}}, []string{gdpData}, fault.Invalid, []string{"Incorrect number of filters"}},
		{"no result", []fakeReply{{status: 400, body: []byte(`<S:Fault><faultcode>100</faultcode><faultstring>NO_RESULTS: none</faultstring></S:Fault>`)}}, []string{gdpData}, fault.Missing, []string{"no figures", "Widen"}},
		{"404 without a fault", []fakeReply{{status: 404, body: []byte("not here")}}, []string{gdpData}, fault.Missing, []string{"404", "nama_10r_3gdp"}},
		{"403", []fakeReply{{status: 403, body: []byte("no")}}, []string{gdpData}, fault.Unavailable, []string{"403 Forbidden"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			sent := gdp(t, f, tt.replies...)
			c, _ := newClient(t, f, nil)
			files, err := c.Download(t.Context(), Query{Dataset: "nama_10r_3gdp"})
			switch {
			case tt.words != nil:
				checkRefused(t, err, tt.kind, tt.words...)
			case err != nil:
				t.Fatal(err)
			default:
				checkContent(t, files[0], sent)
			}
			if d := cmp.Diff(tt.asked, f.asked()[1:]); d != "" {
				t.Errorf("asked (-want +got):\n%s", d)
			}
		})
	}
}

// A new client in the same folder goes on where another was ended.
func TestResumeInAnotherRun(t *testing.T) {
	f := newFake(t)
	etag := map[string]string{"ETag": `"v1"`}
	sent := gdp(t, f, fakeReply{header: etag, cutAt: 100, ranges: true})
	folder := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	c, k := newClient(t, f, func(c *Config) { c.Cache = folder })
	k.hook = func() {
		if len(f.asked()) == 2 {
			cancel()
		}
	}
	if _, err := c.Download(ctx, Query{Dataset: "nama_10r_3gdp"}); !errors.Is(err, context.Canceled) {
		t.Fatalf("Download = %v, want the cancellation", err)
	}
	f.on(gdpData, fakeReply{header: etag, ranges: true, body: sent})
	c, _ = newClient(t, f, func(c *Config) { c.Cache = folder })
	checkContent(t, download(t, c, Query{Dataset: "nama_10r_3gdp"})[0], sent)
	if got := f.asked(); !strings.HasSuffix(got[len(got)-1], `bytes=100- if "v1"`) {
		t.Errorf("asked %q, want the rest only", got[len(got)-1])
	}
}

func TestRetryAfter(t *testing.T) {
	tests := []struct {
		name, header string
		wait         time.Duration // least
		gives        bool
	}{
		{"seconds", "7", 7 * time.Second, true},
		{"a date", start.Add(20 * time.Second).Format(http.TimeFormat), 17 * time.Second, true},
		{"a date that is past", start.Add(-time.Hour).Format(http.TimeFormat), 0, true},
		{"nonsense", "soon", 0, true},
		{"longer than anyone waits", "86400", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			gdp(t, f, fakeReply{status: 503, header: map[string]string{"Retry-After": tt.header}}, fakeReply{})
			c, k := newClient(t, f, nil)
			_, err := c.Download(t.Context(), Query{Dataset: "nama_10r_3gdp"})
			if !tt.gives {
				checkRefused(t, err, fault.Unavailable, "503 Service Unavailable")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if waited := k.Now().Sub(start) - time.Second; waited < tt.wait || waited > tt.wait+3*time.Second {
				t.Errorf("waited %v, want %v", waited, tt.wait)
			}
		})
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	f := newFake(t)
	gdp(t, f, fakeReply{status: 503})
	c, k := newClient(t, f, func(c *Config) { c.Retries = 3 })
	_, err := c.Download(t.Context(), Query{Dataset: "nama_10r_3gdp"})
	checkRefused(t, err, fault.Unavailable, "503", "Try again later")
	if n := len(f.asked()); n != 5 { // the dataflow, then four attempts
		t.Errorf("%d requests, want 5", n)
	}
	if waited := k.Now().Sub(start); waited < 5*time.Second || waited > 15*time.Second {
		t.Errorf("waited %v, want 1 + 2 + 4 s and the pauses", waited)
	}
}

func TestStatistics(t *testing.T) {
	const address = "/statistics/1.0/data/NAMA_10R_3GDP?format=JSON&lang=EN"
	good := wire(t, "jsonstat", "nama_10r_2gdp_2026_sparse_positions_with_no_data.json")
	tests := []struct {
		name    string
		replies []fakeReply
		kind    fault.Kind
		words   []string
	}{
		{"data", []fakeReply{{body: good}}, 0, nil},
		{"cut without a length", []fakeReply{{body: good, cutAt: 500, chunked: true}, {body: good}}, 0, nil},
		{"cut, and another range comes than was asked for", []fakeReply{
			{body: good, header: map[string]string{"ETag": `"v1"`}, cutAt: 500},
			{body: good, header: map[string]string{"Content-Range": "bytes 0-2008/2009"}, status: 206},
			{body: good},
		}, 0, nil},
		{"queued with status 200", []fakeReply{specimenReply(t, "errors", "statistics_async_http200.json")}, fault.TooLarge, []string{"queue that cannot be asked", "TSV"}},
		{"queued with status 413", []fakeReply{{status: 413, body: wire(t, "errors", "statistics_async_http200.json")}}, fault.TooLarge, []string{"queue that cannot be asked"}},
		{"missing", []fakeReply{{status: 404, body: wire(t, "errors", "statistics_error_404.json")}}, fault.Missing, []string{"ERR_NOT_FOUND_4"}},
		{"wrong dimension", []fakeReply{{status: 400, body: []byte(`{"error":[{"status":400,"id":150,"label":"INVALID: dimension sexx"}]}`)}}, fault.Invalid, []string{"dimension sexx"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			gdp(t, f)
			f.on(address, tt.replies...)
			c, _ := newClient(t, f, nil)
			files, err := c.Download(t.Context(), Query{Dataset: "nama_10r_3gdp", API: Statistics})
			if tt.words != nil {
				checkRefused(t, err, tt.kind, tt.words...)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkContent(t, files[0], good)
		})
	}
}

func TestCancellation(t *testing.T) {
	t.Run("while bytes arrive", func(t *testing.T) {
		f := newFake(t)
		ctx, cancel := context.WithCancel(t.Context())
		gdp(t, f, fakeReply{cutAt: 100, stall: true})
		c, _ := newClient(t, f, func(c *Config) {
			c.Progress = func(p Progress) {
				if p.Phase == Downloading && p.Bytes == 100 && p.Total > 100 {
					cancel()
				}
			}
		})
		_, err := c.Download(ctx, Query{Dataset: "nama_10r_3gdp"})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Download = %v, want the cancellation", err)
		}
	})
	t.Run("in the queue", func(t *testing.T) {
		f := newFake(t)
		ctx, cancel := context.WithCancel(t.Context())
		gdp(t, f, specimenReply(t, "errors", "async_queued_in_place_of_data.xml"))
		f.on(status, state(t, "PROCESSING"))
		c, _ := newClient(t, f, func(c *Config) {
			c.Progress = func(p Progress) {
				if p.Phase == Queued && p.Wait > 10*time.Second {
					cancel()
				}
			}
		})
		_, err := c.Download(ctx, Query{Dataset: "nama_10r_3gdp"})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Download = %v, want the cancellation", err)
		}
	})
	t.Run("before the turn", func(t *testing.T) {
		c, _ := newClient(t, newFake(t), nil)
		leave, err := c.enter(t.Context(), "x")
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.Structure(ctx, "x"); !errors.Is(err, context.Canceled) {
			t.Errorf("Structure = %v, want the cancellation", err)
		}
	})
	t.Run("with a real clock", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := Wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
			t.Errorf("Wait = %v", err)
		}
		if err := Wait(t.Context(), time.Nanosecond); err != nil {
			t.Errorf("Wait = %v", err)
		}
	})
}

func TestSilentServer(t *testing.T) {
	f := newFake(t)
	etag := map[string]string{"ETag": `"v1"`}
	sent := gdp(t, f, fakeReply{header: etag, cutAt: 100, stall: true, ranges: true}, fakeReply{header: etag, ranges: true})
	c, _ := newClient(t, f, func(c *Config) { c.Stall = 200 * time.Millisecond })
	checkContent(t, download(t, c, Query{Dataset: "nama_10r_3gdp"})[0], sent)
}

func TestNoNetwork(t *testing.T) {
	f := newFake(t)
	c, k := newClient(t, f, nil)
	f.server.Close()
	_, err := c.Download(t.Context(), Query{Dataset: "nama_10r_3gdp"})
	checkRefused(t, err, fault.Unavailable, "does not answer", "from a file", f.server.URL)
	if waited := k.Now().Sub(start); waited > 4*time.Second {
		t.Errorf("waited %v for a network that is not there", waited)
	}
}

func TestFileSizeIsBounded(t *testing.T) {
	for name, reply := range map[string]fakeReply{"stated": {}, "unstated": {chunked: true}} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			gdp(t, f, reply)
			c, _ := newClient(t, f, func(c *Config) { c.MaxBytes = 300 })
			_, err := c.Download(t.Context(), Query{Dataset: "nama_10r_3gdp"})
			checkRefused(t, err, fault.TooLarge, "longer than")
		})
	}
}
