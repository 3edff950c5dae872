// Package notice knows what people are told: that they got a role, that their
// partnership changed something, that a report is due; in the application, and by
// letters as often as each has chosen.
//
// It keeps facts, never sentences: a notice names its kind and what it is about,
// and is put into the reader's words when it is shown. It writes no letter itself
// and shows nothing to who has lost the right to see it since. Start with Rules,
// then Center.Tell.
package notice

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// Config is what a center stands on.
type Config struct {
	DB   *db.DB
	Now  func() time.Time
	Key  []byte         // for links that end letters, 32 bytes
	Zone *time.Location // of people who have named none; nil: UTC
	// Queue asks for a letter with what an account has not been sent yet, in the
	// transaction of the notice. Asking twice is asking once. Nil: no mail is sent.
	Queue func(ctx context.Context, tx *db.Tx, l Due) error
}

// Due is a letter that is to go out.
type Due struct {
	Account string    `json:"account"`
	Rhythm  Rhythm    `json:"rhythm"`
	At      time.Time `json:"at"` // a full minute
}

// Key names the letter: what is told once it has begun to go out is for another.
func (d Due) Key() string {
	return d.Account + "/" + string(d.Rhythm) + "/" + d.At.UTC().Format("200601021504")
}

// Center is all notices of an installation.
type Center struct{ Config }

// Open makes the center over a migrated database.
func Open(c Config) *Center {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	return &Center{c}
}

// Event is something of which people are told.
type Event struct {
	Kind        Kind
	Partnership string            // id; empty: none
	Path        string            // of the page that shows it; empty: none
	Args        map[string]string // for the sentence: ids and codes, and words of people
	By          string            // account; empty: nobody in particular
	Key         string            // a later event with the same key takes the place of the earlier
	Once        bool              // an event with the same key has been told: it is not told again
}

// Notice is an event as one person was told of it.
type Notice struct {
	ID          int64             `json:"id"`
	Kind        Kind              `json:"kind"`
	Partnership string            `json:"partnership,omitempty"`
	Path        string            `json:"path,omitempty"`
	Args        map[string]string `json:"args,omitempty"`
	By          string            `json:"by,omitempty"`
	At          time.Time         `json:"at"`
	Times       int               `json:"times"` // since it was last read
	Read        time.Time         `json:"read,omitzero"`
}

// Tell tells accounts of an event, in the transaction in which it happens. Who did
// it is not told, except of a change of her own access.
func (c *Center) Tell(ctx context.Context, tx *db.Tx, e Event, accounts ...string) error {
	r, err := rule(e.Kind)
	if err != nil {
		return err
	}
	if len(e.Args) == 0 {
		e.Args = map[string]string{}
	}
	args, err := json.Marshal(e.Args)
	if err != nil {
		return fmt.Errorf("write a notice: %w", err)
	}
	now := c.Now()
	for _, account := range accounts {
		if account == e.By && !r.Fixed {
			continue
		}
		told, err := upsertNotice(ctx, tx, account, &e, r.Inside, string(args), written(now))
		if err != nil {
			return fmt.Errorf("tell of %s: %w", e.Kind, err)
		}
		if !told || c.Queue == nil {
			continue
		}
		if err := c.ask(ctx, tx, account, r, now); err != nil {
			return fmt.Errorf("ask for a letter about %s: %w", e.Kind, err)
		}
	}
	return nil
}

// ask asks for the letter that a person has chosen for a kind.
func (c *Center) ask(ctx context.Context, tx *db.Tx, account string, r Rule, now time.Time) error {
	rhythm, zone, err := selectRhythm(ctx, tx, account, r)
	if err != nil {
		if fault.KindOf(err) == fault.Missing { // the account is gone: nobody to write to
			return nil
		}
		return err
	}
	if rhythm == Never {
		return nil
	}
	return c.Queue(ctx, tx, Due{Account: account, Rhythm: rhythm, At: next(rhythm, now, c.ZoneOf(zone))})
}

// ZoneOf returns the time zone that an account names, or the installation's where
// it names none.
func (c *Center) ZoneOf(name string) *time.Location {
	if name == "" {
		return c.Zone
	}
	zone, err := time.LoadLocation(name)
	if err != nil { // it was checked when it was written; the list of zones has changed
		return c.Zone
	}
	return zone
}

// TellAll tells everybody who has a role in the event's partnership.
func (c *Center) TellAll(ctx context.Context, tx *db.Tx, e Event) error {
	accounts, err := selectMembers(ctx, tx, e.Partnership, c.today())
	if err != nil {
		return fmt.Errorf("tell a partnership: %w", err)
	}
	return c.Tell(ctx, tx, e, accounts...)
}

func (c *Center) today() string { return c.Now().UTC().Format(time.DateOnly) }

// Page bounds.
const (
	mostListed = 50
	mostUnread = 100 // more are not counted
)

// List returns notices of the actor from the newest, at most 50; before is the
// last one of the page before, zero for the first page. more tells that there are
// older ones.
func (c *Center) List(ctx context.Context, a *people.Actor, before *Notice) (list []Notice, more bool, err error) {
	if err := a.In(); err != nil {
		return nil, false, err
	}
	list, err = selectNotices(ctx, c.DB.Read(), a.Account, c.today(), before, mostListed+1)
	if len(list) > mostListed {
		return list[:mostListed], true, err
	}
	return list, false, err
}

// Unread returns how many notices the actor has not read, at most 100.
func (c *Center) Unread(ctx context.Context, a *people.Actor) (int, error) {
	if a.Nobody() {
		return 0, nil
	}
	return countUnread(ctx, c.DB.Read(), a.Account, c.today(), mostUnread)
}

// Open marks one notice of the actor as read and returns it.
func (c *Center) Open(ctx context.Context, a *people.Actor, id int64) (*Notice, error) {
	if err := a.In(); err != nil {
		return nil, err
	}
	n, err := selectNotice(ctx, c.DB.Read(), a.Account, c.today(), id)
	if err != nil {
		if fault.KindOf(err) == fault.Missing {
			err = fault.New(fault.Missing, "notice.missing", "there is no such notice").Do("Choose one of the list")
		}
		return nil, err
	}
	if n.Read.IsZero() {
		n.Read = c.Now()
		err = c.DB.Write(ctx, func(tx *db.Tx) error { return updateRead(ctx, tx, a.Account, id, written(n.Read)) })
	}
	return n, err
}

// ReadAll marks everything as read that the actor was told up to a time: what came
// after the page was made stays unread.
func (c *Center) ReadAll(ctx context.Context, a *people.Actor, until time.Time) error {
	if err := a.In(); err != nil {
		return err
	}
	return c.DB.Write(ctx, func(tx *db.Tx) error {
		return updateAllRead(ctx, tx, a.Account, written(until), written(c.Now()))
	})
}
