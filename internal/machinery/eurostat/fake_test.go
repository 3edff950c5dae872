package eurostat

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"peerscape/internal/sharedtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reply is one answer of the fake service.
type fakeReply struct {
	status  int // 200 where zero
	header  map[string]string
	body    []byte
	cutAt   int  // send so many bytes and break the connection
	chunked bool // send no length
	stall   bool // say nothing until the client goes away
	ranges  bool // honour Range and If-Range by the ETag
}

// fake is a service that answers each address with its replies in turn; the
// last one is repeated. It notes every request.
type fake struct {
	t       *testing.T
	server  *httptest.Server
	mu      sync.Mutex
	replies map[string][]fakeReply
	log     []string // "address" or "address [Range]"
	agents  map[string]bool
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, replies: map[string][]fakeReply{}, agents: map[string]bool{}}
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	return f
}

// on sets the replies of an address (path and query).
func (f *fake) on(address string, replies ...fakeReply) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.replies[address] = replies
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	address := r.URL.RequestURI()
	f.mu.Lock()
	f.agents[r.UserAgent()] = true
	line := address
	if h := r.Header.Get("Range"); h != "" {
		line += " " + h + " if " + r.Header.Get("If-Range")
	}
	f.log = append(f.log, line)
	list, ok := f.replies[address]
	if len(list) > 1 {
		f.replies[address] = list[1:]
	}
	f.mu.Unlock()
	if !ok {
		f.t.Errorf("unexpected request %s", address)
		http.Error(w, "unexpected", http.StatusTeapot)
		return
	}
	list[0].serve(w, r)
}

func (p fakeReply) serve(w http.ResponseWriter, r *http.Request) {
	for k, v := range p.header {
		w.Header().Set(k, v)
	}
	if etag := p.header["ETag"]; etag != "" && r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body, status := p.body, p.status
	if status == 0 {
		status = http.StatusOK
	}
	var from int
	if p.ranges && r.Header.Get("If-Range") == p.header["ETag"] {
		if _, err := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); err == nil {
			status = http.StatusPartialContent
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(body)-1, len(body)))
			body = body[from:]
		}
	}
	if !p.chunked {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	if p.cutAt > 0 {
		body = body[:p.cutAt]
	}
	_, _ = w.Write(body)
	w.(http.Flusher).Flush()
	if p.stall {
		<-r.Context().Done()
	}
	if p.cutAt > 0 && !p.chunked {
		panic(http.ErrAbortHandler)
	}
}

// asked returns the requests so far without the base.
func (f *fake) asked() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.log...)
}

// clock is a time that passes only by sleeping.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
	hook  func() // called before each sleep
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hook != nil {
		c.hook()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c.now = c.now.Add(d)
	c.slept = append(c.slept, d)
	return nil
}

// longSleeps returns the waits that are longer than the polite interval.
func (c *clock) longSleeps() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []time.Duration
	for _, d := range c.slept {
		if d > time.Second {
			out = append(out, d)
		}
	}
	return out
}

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// newClient makes a client of the fake; change may alter its configuration.
func newClient(t *testing.T, f *fake, change func(*Config)) (*Client, *clock) {
	t.Helper()
	k := &clock{now: start}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	config := Config{
		Base: f.server.URL, HTTP: &http.Client{Transport: transport}, Cache: t.TempDir(),
		Agent: "Peerscape/test (test@example.eu)", Now: k.Now, Sleep: k.Sleep, Rand: rand.New(rand.NewPCG(1, 2)),
	}
	if change != nil {
		change(&config)
	}
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	return c, k
}

func wire(t testing.TB, elem ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(sharedtest.Path(t, append([]string{"data", "wire"}, elem...)...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func zipped(t testing.TB, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func specimenReply(t testing.TB, elem ...string) fakeReply {
	return fakeReply{body: wire(t, elem...)}
}

const (
	gdpFlow = "/sdmx/2.1/dataflow/ESTAT/NAMA_10R_3GDP/latest?references=none"
	gdpData = "/sdmx/2.1/data/NAMA_10R_3GDP?format=TSV&compressed=true"

	govFlow       = "/sdmx/2.1/dataflow/ESTAT/GOV_10Q_GGNFA/latest?references=none"
	govFull       = "/sdmx/2.1/dataflow/ESTAT/GOV_10Q_GGNFA/latest?references=descendants&detail=referencepartial"
	govConstraint = "/sdmx/2.1/contentconstraint/ESTAT/GOV_10Q_GGNFA/latest"
	govData       = "/sdmx/2.1/data/GOV_10Q_GGNFA"
	tsv           = "?format=TSV&compressed=true"
)

// dataflow is a reply to a question for a dataflow alone.
func dataflow(id, updated string) fakeReply {
	return fakeReply{body: []byte(`<m:Structure xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"><m:Structures><s:Dataflows>
<s:Dataflow id="` + id + `" agencyID="ESTAT" version="1.0"><c:Annotations><c:Annotation><c:AnnotationTitle>` + updated +
		`</c:AnnotationTitle><c:AnnotationType>UPDATE_DATA</c:AnnotationType></c:Annotation></c:Annotations></s:Dataflow>
</s:Dataflows></m:Structures></m:Structure>`)}
}

// constraint is a reply that names the codes that occur.
func constraint(codes map[string][]string) fakeReply {
	var b strings.Builder
	b.WriteString(`<m:Structure><m:Structures><s:Constraints><s:ContentConstraint id="C"><s:CubeRegion include="true">`)
	for id, list := range codes {
		b.WriteString(`<c:KeyValue id="` + id + `"><c:Value>` + strings.Join(list, "</c:Value><c:Value>") + `</c:Value></c:KeyValue>`)
	}
	b.WriteString(`</s:CubeRegion></s:ContentConstraint></s:Constraints></m:Structures></m:Structure>`)
	return fakeReply{body: []byte(b.String())}
}

// gdp prepares the fake for the GDP dataset and returns its file as sent.
func gdp(t *testing.T, f *fake, replies ...fakeReply) []byte {
	t.Helper()
	f.on(gdpFlow, dataflow("NAMA_10R_3GDP", "2026-02-10T11:00:00+0100"))
	sent := zipped(t, wire(t, "tsv", "current_nama_10r_3gdp.tsv"))
	for i := range replies {
		if replies[i].body == nil && replies[i].status == 0 {
			replies[i].body = sent
		}
	}
	f.on(gdpData, replies...)
	return sent
}
