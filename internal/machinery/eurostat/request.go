package eurostat

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"peerscape/internal/fault"
)

const (
	firstWait     = time.Second
	longestWait   = time.Minute
	longestAsked  = 10 * time.Minute // longest Retry-After that is honoured
	maxNotice     = 64 << 10         // bytes of a refusal that are read
	dialRetries   = 1                // a machine without a network need not wait long to hear so
	noMoreRetries = 0
)

// retry is a failure after which the same request may be sent again.
type retry struct {
	fault *fault.Error  // what to say when no attempt is left
	after time.Duration // what the server asked for; 0 where it did not
	most  int           // attempts after the first; -1: as configured
}

func (r *retry) Error() string { return r.fault.Error() }
func (r *retry) Unwrap() error { return r.fault }

// try calls once until it succeeds, fails for good, or no attempt is left.
func (c *Client) try(ctx context.Context, once func() error) error {
	for n := 0; ; n++ {
		err := once()
		r, ok := errors.AsType[*retry](err)
		if !ok {
			return err
		}
		most := c.Retries
		if r.most >= 0 {
			most = min(most, r.most)
		}
		if n >= most || r.after > longestAsked {
			return r.fault
		}
		wait := max(r.after, c.jitter(min(firstWait<<min(n, 16), longestWait)))
		c.say(Waiting, 0, 0, wait)
		if err := c.sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// jitter returns a wait between three quarters of d and five quarters, so that
// many clients that failed together do not come back together.
func (c *Client) jitter(d time.Duration) time.Duration {
	return d*3/4 + time.Duration(c.Rand.Int64N(int64(d/2)+1))
}

func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if err := c.Sleep(ctx, d); err != nil {
		if ctx.Err() != nil {
			return ended(ctx)
		}
		return err
	}
	return nil
}

// reply is an answer whose body is still on its way.
type reply struct {
	*http.Response
	ctx   context.Context // of the caller
	watch *time.Timer     // ends the request when the server is silent
	stall time.Duration
	stop  context.CancelCauseFunc
}

var errStalled = errors.New("the server is silent")

// send asks for url once, not sooner than Interval after the request before.
// An error is a *retry, or the end of ctx.
func (c *Client) send(ctx context.Context, url string, header http.Header) (*reply, error) {
	if !c.last.IsZero() {
		if pause := c.last.Add(c.Interval).Sub(c.Now()); pause > 0 {
			if err := c.sleep(ctx, pause); err != nil {
				return nil, err
			}
		}
	}
	if ctx.Err() != nil {
		return nil, ended(ctx)
	}
	c.say(Asking, 0, 0, 0)
	inner, stop := context.WithCancelCause(ctx)
	watch := time.AfterFunc(c.Stall, func() { stop(errStalled) })
	req, err := http.NewRequestWithContext(inner, http.MethodGet, url, nil)
	if err == nil {
		req.Header = header
		req.Header.Set("User-Agent", c.Agent)
		c.last = c.Now()
		var res *http.Response
		if res, err = c.HTTP.Do(req); err == nil {
			return &reply{Response: res, ctx: ctx, watch: watch, stall: c.Stall, stop: stop}, nil
		}
	}
	watch.Stop()
	stop(nil)
	return nil, unreachable(ctx, url, err)
}

// Read reads the body; an error is io.EOF, a *retry, or the end of the caller's
// context.
func (r *reply) Read(p []byte) (int, error) {
	r.watch.Reset(r.stall)
	n, err := r.Body.Read(p)
	if err != nil && err != io.EOF {
		err = unreachable(r.ctx, r.Request.URL.String(), err)
	}
	return n, err
}

// close ends the request.
func (r *reply) close() {
	r.watch.Stop()
	_ = r.Body.Close() // nothing was written, so nothing can be lost
	r.stop(nil)
}

// unreachable sorts a failure of the network.
func unreachable(ctx context.Context, url string, err error) error {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	most := -1
	op, isOp := errors.AsType[*net.OpError](err)
	_, isDNS := errors.AsType[*net.DNSError](err)
	_, isCert := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case isCert:
		most = noMoreRetries
	case isDNS, isOp && op.Op == "dial":
		most = dialRetries
	}
	f := fault.New(fault.Unavailable, "eurostat.unreachable", "Eurostat does not answer, or breaks off (%s)", fault.Clip(url, 200)).
		With("url", url).Because(err).
		Do("Check the connection and try again later, or import the dataset from a file")
	return &retry{fault: f, most: most}
}

// notice reads the beginning of a refusal.
func (r *reply) notice() ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxNotice))
	if err != nil {
		return nil, err
	}
	return inflated(b), nil
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, 1<<20)) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
