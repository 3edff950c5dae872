package people

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// allowance is how often a proof may fail before the next try has to wait, the
// wait doubling from a second to the longest. An account is never locked for
// good: that would let anybody lock anybody out.
type allowance struct {
	free    int
	longest time.Duration
}

var (
	perAccount = allowance{5, 15 * time.Minute}
	perAddress = allowance{50, 15 * time.Minute} // many people share the address of a venue
)

// window is how long failures count.
const window = 15 * time.Minute

// Wait is the key of the fault that says how long to wait.
const Wait = "people.wait"

// tried names what is tried: an account's address, a visitor's network address.
// Neither stands in the database, only a keyed hash, and that for a day.
func (d *Directory) tried(kind, what string) string {
	m := hmac.New(sha256.New, d.Key)
	m.Write([]byte(kind + ":" + what))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

// wait returns a fault where one of the keys has to wait.
func (d *Directory) wait(ctx context.Context, q db.Querier, keys ...string) error {
	now := d.Now()
	for _, key := range keys {
		_, _, until, err := selectAttempt(ctx, q, key)
		if err != nil {
			return err
		}
		if until.After(now) {
			seconds := int(until.Sub(now).Seconds()) + 1
			return fault.New(fault.Unavailable, Wait, "there were too many failed tries").With("seconds", seconds).Do("Try again in %d seconds", seconds)
		}
	}
	return nil
}

// failed counts a failure.
func (d *Directory) failed(ctx context.Context, tx *db.Tx, key string, a allowance) error {
	now := d.Now()
	count, first, _, err := selectAttempt(ctx, tx, key)
	if err != nil {
		return err
	}
	if now.Sub(first) > window {
		count, first = 0, now
	}
	count++
	var until time.Time
	if over := count - a.free; over >= 0 {
		until = now.Add(min(a.longest, time.Second<<min(over, 20)))
	}
	return upsertAttempt(ctx, tx, key, count, first, until)
}

// passed forgets the failures of an account after a success. Those of an address
// stay: one good account must not free the guessing at others.
func (d *Directory) passed(ctx context.Context, tx *db.Tx, key string) error {
	return deleteAttempt(ctx, tx, key)
}
