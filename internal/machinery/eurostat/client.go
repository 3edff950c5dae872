// Package eurostat fetches datasets and their structures from Eurostat's
// dissemination service into files.
//
// It asks politely: one request after another, with a pause between them and
// bounded retries. It waits in the service's queue, splits what is too large,
// resumes what broke off, and believes neither a status nor a content type but
// the bytes themselves. It decodes no figures: package wire does that with the
// files. It never reads the clock or a random source of its own. Start with New
// and Client.Download.
package eurostat

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/wire/sdmxml"
)

// DefaultBase is the address of the public service.
const DefaultBase = "https://ec.europa.eu/eurostat/api/dissemination"

// Config says how to talk to the service. Cache, Agent, Now and Rand are
// needed; a zero value elsewhere takes the default.
type Config struct {
	Base  string       // DefaultBase
	HTTP  *http.Client // one that follows no redirect to another host
	Cache string       // folder for files and what is half done; one client at a time
	Agent string       // who asks, with a contact: "Peerscape/0.1 (mail@example.eu)"

	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error // Wait
	Rand  *rand.Rand                                 // spreads the waits; used by one call at a time

	Progress func(Progress) // called from the goroutine of the caller

	Interval time.Duration // least time from one request to the next: 1 s
	Retries  int           // after the first attempt of a request: 5; negative: none
	Patience time.Duration // longest wait in the service's queue: 30 min
	Stall    time.Duration // longest silence of the server: 3 min
	MaxBytes int64         // longest file: 2 GiB
	MaxParts int           // most files that one query is split into: 64
}

// Phase is what the client is doing.
type Phase string

// The phases, in the order in which they may first come.
const (
	Asking      Phase = "asking"      // a request is on its way
	Waiting     Phase = "waiting"     // for the next attempt
	Queued      Phase = "queued"      // in the service's queue
	Splitting   Phase = "splitting"   // the query was too large
	Downloading Phase = "downloading" // bytes arrive
	Checking    Phase = "checking"    // the file is read over
)

// Progress tells how far a call is.
type Progress struct {
	Dataset string
	Phase   Phase
	Part    int           // number of the file, from 1
	Parts   int           // known so far
	Bytes   int64         // of this file
	Total   int64         // of this file; 0 where unknown
	Wait    time.Duration // until the next request, when Waiting or Queued
}

// Client talks to the service. Calls from several goroutines are served one
// after another.
type Client struct {
	Config
	turn  chan struct{} // holds one token: whoever has it may ask
	last  time.Time     // of the last request
	shown Progress
	known known
}

// known is what was learned of the dataset asked last, so that the queries of
// one import ask for its structure once. It is forgotten after knownFor, for
// the date of the last update is part of it.
type known struct {
	dataset    string
	since      time.Time
	flow       *sdmxml.Structure // the dataflow alone
	full       *sdmxml.Structure // with data structure and code lists
	constraint *sdmxml.Constraint
}

// New checks the configuration and makes a client.
func New(c Config) (*Client, error) {
	if c.Base == "" {
		c.Base = DefaultBase
	}
	u, err := url.Parse(c.Base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fault.New(fault.Invalid, "eurostat.base", "%q is not the address of a service", c.Base).
			Do("Write an address such as %s", DefaultBase).Because(err)
	}
	if c.Cache == "" || c.Agent == "" {
		return nil, fault.New(fault.Invalid, "eurostat.config", "the Eurostat client needs a cache folder and the name of who asks").
			Do("Set both in the configuration")
	}
	if c.Now == nil || c.Rand == nil {
		return nil, fault.New(fault.Internal, "eurostat.config", "the Eurostat client was made without a clock or a random source")
	}
	c.Base = strings.TrimRight(c.Base, "/")
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	own := *c.HTTP
	own.CheckRedirect = sameHost
	c.HTTP = &own
	if c.Sleep == nil {
		c.Sleep = Wait
	}
	if c.Progress == nil {
		c.Progress = func(Progress) {}
	}
	setDefault(&c.Interval, time.Second)
	setDefault(&c.Retries, 5)
	setDefault(&c.Patience, 30*time.Minute)
	setDefault(&c.Stall, 3*time.Minute)
	setDefault(&c.MaxBytes, 2<<30)
	setDefault(&c.MaxParts, 64)
	return &Client{Config: c, turn: make(chan struct{}, 1)}, nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Wait sleeps for d or until ctx ends.
func Wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// enter waits for the turn to ask; leave gives it back.
func (c *Client) enter(ctx context.Context, dataset string) (leave func(), err error) {
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ended(ctx)
	}
	c.shown = Progress{Dataset: strings.ToLower(dataset), Part: 1, Parts: 1}
	return func() { <-c.turn }, nil
}

// say tells the phase; Bytes, Total and Wait are those of the call.
func (c *Client) say(phase Phase, bytes, total int64, wait time.Duration) {
	p := c.shown
	p.Phase, p.Bytes, p.Total, p.Wait = phase, bytes, total, wait
	c.Progress(p)
}

// ended says that the caller gave up; errors.Is finds the reason.
func ended(ctx context.Context) error {
	return fmt.Errorf("asking Eurostat: %w", context.Cause(ctx))
}

// sameHost refuses to be sent elsewhere: what is asked for is the publisher's.
func sameHost(req *http.Request, via []*http.Request) error {
	if first := via[0].URL; req.URL.Host != first.Host || req.URL.Scheme != first.Scheme || len(via) > 5 {
		return fault.New(fault.Unavailable, "eurostat.redirect", "the service sends us to %s", fault.Clip(req.URL.Host, 80)).Do("Try again later; the service may have moved")
	}
	return nil
}
