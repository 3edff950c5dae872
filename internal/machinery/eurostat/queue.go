package eurostat

import (
	"context"
	"errors"
	"net/http"
	"time"

	"peerscape/internal/wire/sdmxml"
)

// The waits between questions about the state of a request in the queue.
const (
	firstPoll   = 2 * time.Second
	longestPoll = time.Minute
)

// obtain fetches a target, waiting in the queue if need be. A request that the
// queue lost is made once more.
func (c *Client) obtain(ctx context.Context, t *target) (File, error) {
	again := true
	for {
		file, err := c.fetch(ctx, t)
		q, ok := errors.AsType[*queued](err)
		if !ok {
			return file, err
		}
		file, err = c.await(ctx, t, q)
		q, ok = errors.AsType[*queued](err)
		switch {
		case !ok:
			return file, err
		case !lost(q.status) || !again:
			return File{}, q.fault
		}
		again = false
	}
}

// lost reports a state from which no data will come.
func lost(s sdmxml.Status) bool { return s == sdmxml.Expired || s == sdmxml.Unknown }

// await asks for the state of a queued request until its data are there, and
// fetches them. A *queued error tells the state in which it gave up.
func (c *Client) await(ctx context.Context, t *target, q *queued) (File, error) {
	if !isUUID(q.id) {
		return File{}, q.fault
	}
	data := *t
	data.url = c.Base + "/1.0/async/data/" + q.id
	status, wait := q.status, firstPoll
	for until := c.Now().Add(c.Patience); c.Now().Before(until); {
		if status == sdmxml.Available {
			file, err := c.fetch(ctx, &data)
			late, ok := errors.AsType[*queued](err)
			if !ok || lost(late.status) {
				return file, err
			}
		}
		pause := c.jitter(wait)
		wait = min(wait*3/2, longestPoll)
		c.say(Queued, 0, 0, pause)
		if err := c.sleep(ctx, pause); err != nil {
			return File{}, err
		}
		var err error
		if status, err = c.state(ctx, t, q.id); err != nil {
			return File{}, err
		}
		if lost(status) {
			break
		}
	}
	return File{}, t.inQueue(&sdmxml.Async{ID: q.id, Status: status})
}

// state asks where a request stands. A request that proved too large while it
// was worked on ends here with *tooBig.
func (c *Client) state(ctx context.Context, t *target, id string) (status sdmxml.Status, err error) {
	a := t.about
	a.address = c.Base + "/1.0/async/status/" + id
	err = c.try(ctx, func() error {
		r, err := c.send(ctx, a.address, http.Header{})
		if err != nil {
			return err
		}
		defer r.close()
		a.status, a.after = r.StatusCode, retryAfter(r.Header, c.Now())
		body, err := r.notice()
		if err != nil {
			return err
		}
		err = a.refusal(body)
		if q, ok := errors.AsType[*queued](err); ok {
			status = q.status
			return nil
		}
		return err
	})
	return status, err
}

// isUUID reports that s may stand in an address of the queue.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
