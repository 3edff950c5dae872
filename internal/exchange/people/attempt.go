package people

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/netip"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// allowance is how many tries are free before the next has to wait, the wait
// doubling from a second to the longest.
type allowance struct {
	free    int
	longest time.Duration
}

// Guessing at one account from one place is slowed down soon and for long. The
// account as a whole waits half a minute at most, so that nobody can lock anybody
// out; a place may try many accounts, for many people share that of a venue.
var (
	perPair    = allowance{5, 15 * time.Minute}
	perAccount = allowance{100, 30 * time.Second}
	perAddress = allowance{100, 15 * time.Minute}
)

// perStart bounds what a place may begin without finishing it.
var perStart = allowance{60, time.Minute}

// begun counts what a place begins; there is nothing to guess there.
func (d *Directory) begun(kind, address string) []counter {
	place, known := placeOf(address)
	if !known {
		return nil
	}
	return []counter{{d.tried("begun "+kind, place), perStart, true}}
}

// window is how long tries count.
const window = 15 * time.Minute

// Wait is the key of the fault that says how long to wait.
const Wait = "people.wait"

// counter is one thing by which tries are counted.
type counter struct {
	key string
	allowance
	shared bool // by many people: a success takes back one try and no more
}

// counters are what a try at something is counted by. Neither addresses nor names
// stand in the database, only keyed hashes, and those for a day.
func (d *Directory) counters(kind, what, address string) []counter {
	place, known := placeOf(address)
	out := []counter{
		{d.tried(kind, what+" from "+place), perPair, false},
		{d.tried(kind, what), perAccount, false},
	}
	if known {
		out = append(out, counter{d.tried("address", place), perAddress, true})
	}
	return out
}

// placeOf is where a visitor comes from, an IPv6 network as a whole. It is not
// known where the address is empty, that of a proxy with nobody behind it, or of
// this machine: that of a proxy which nobody has named, behind which is everybody.
func placeOf(address string) (place string, known bool) {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return "", false
	}
	ip = ip.Unmap()
	known = !ip.IsLoopback()
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			ip = p.Addr()
		}
	}
	return ip.String(), known
}

func (d *Directory) tried(kind, what string) string {
	m := hmac.New(sha256.New, d.Key)
	m.Write([]byte(kind + ":" + what))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// try counts a try before it is judged, so that of many at once not all are
// judged; passed takes it back. It is a fault of kind Unavailable where one has to
// wait.
func (d *Directory) try(ctx context.Context, all []counter) error {
	err := d.weigh(ctx, all)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Key == Wait {
		if err := d.noteSeldom(ctx, Nobody(), "throttled", "", nil); err != nil {
			return err
		}
	}
	return err
}

func (d *Directory) weigh(ctx context.Context, all []counter) error {
	return d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lock(ctx, "people.attempt"); err != nil {
			return err
		}
		now := d.Now()
		for _, c := range all {
			_, _, until, err := selectAttempt(ctx, tx, c.key)
			if err != nil {
				return err
			}
			if until.After(now) {
				seconds := int(until.Sub(now).Seconds()) + 1
				return fault.New(fault.Unavailable, Wait, "there were too many failed tries").With("seconds", seconds).Do("Try again in %d seconds", seconds)
			}
		}
		for _, c := range all {
			if err := d.count(ctx, tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func (d *Directory) count(ctx context.Context, tx *db.Tx, c counter) error {
	now := d.Now()
	count, first, _, err := selectAttempt(ctx, tx, c.key)
	if err != nil {
		return err
	}
	if now.Sub(first) > window {
		count, first = 0, now
	}
	count++
	var until time.Time
	if over := count - c.free; over >= 0 {
		until = now.Add(min(c.longest, time.Second<<min(over, 20)))
	}
	return upsertAttempt(ctx, tx, c.key, count, first, until)
}

// passed takes a try back that was right.
func (d *Directory) passed(ctx context.Context, tx *db.Tx, all []counter) error {
	for _, c := range all {
		forget := deleteAttempt
		if c.shared { // one good account must not free the guessing at others
			forget = takeBack
		}
		if err := forget(ctx, tx, c.key); err != nil {
			return err
		}
	}
	return nil
}
