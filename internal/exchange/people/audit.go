package people

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// Entry is a line of the audit log: who did what to what. Ids only; names are
// looked up when it is read, so that erasing a person needs no change here.
type Entry struct {
	Number      int64
	At          time.Time
	Actor       string // account; empty for nobody, "system" for a job
	Act         string // "signed-in", "role-given", "version-restored"
	Object      string // kind and id: "account:abc"
	Partnership string
	Details     map[string]string
}

// Note writes a line of the audit log in the transaction of what it tells. Other
// subjects use it for theirs.
func (d *Directory) Note(ctx context.Context, tx *db.Tx, a *Actor, act, object, partnership string, details map[string]string) error {
	who := ""
	if !a.Nobody() {
		who = a.Account
	}
	return d.note(ctx, tx, who, act, object, partnership, details)
}

func (d *Directory) note(ctx context.Context, tx *db.Tx, actor, act, object, partnership string, details map[string]string) error {
	text := "{}"
	if len(details) > 0 {
		b, err := json.Marshal(details)
		if err != nil {
			return fmt.Errorf("write the audit log: %w", err)
		}
		text = string(b)
	}
	now := d.Now()
	if err := insertAudit(ctx, tx, written(now), actor, act, object, partnership, text); err != nil || d.Heard == nil {
		return err
	}
	return d.Heard(ctx, tx, Entry{At: now, Actor: actor, Act: act, Object: object, Partnership: partnership, Details: details})
}

// Lines about what was refused: so many of one kind about one thing and by one
// person in a window, and so many of one kind in all, that nobody floods the log.
const (
	seldom    = 5
	seldomAll = 200
)

// Refused notes that a page refused something to somebody.
func (d *Directory) Refused(ctx context.Context, a *Actor, route string) error {
	return d.noteSeldom(ctx, a, "refused", "route:"+route, nil)
}

// noteSeldom writes a line unless there have been many like it.
func (d *Directory) noteSeldom(ctx context.Context, a *Actor, act, object string, details map[string]string) error {
	who := ""
	if !a.Nobody() {
		who = a.Account
	}
	return d.DB.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lock(ctx, "people.attempt"); err != nil {
			return err
		}
		for _, c := range []struct {
			key  string
			most int
		}{{d.tried("note", act+" "+object+" "+who), seldom}, {d.tried("note", act), seldomAll}} {
			count, first, _, err := selectAttempt(ctx, tx, c.key)
			if err != nil {
				return err
			}
			if d.Now().Sub(first) > window {
				count, first = 0, d.Now()
			}
			if count >= c.most {
				return nil
			}
			if err := upsertAttempt(ctx, tx, c.key, count+1, first, time.Time{}); err != nil {
				return err
			}
		}
		return d.note(ctx, tx, who, act, object, "", details)
	})
}

// AuditFilter picks lines. Empty fields pick all that the actor may see.
type AuditFilter struct {
	Partnership string
	Actor       string
	Before      int64 // lines before this number; 0: from the newest
	Most        int   // 1 to 200; 0 means 50
}

// Audit returns lines, the newest first. An administrator reads all, a project
// manager those of the own partnership; reading is noted itself.
func (d *Directory) Audit(ctx context.Context, a *Actor, f AuditFilter) ([]Entry, error) {
	if err := a.May(ReadAudit, Object{Partnership: f.Partnership}); err != nil {
		return nil, err
	}
	if f.Most == 0 {
		f.Most = 50
	}
	if f.Most < 1 || f.Most > 200 {
		return nil, fault.New(fault.Invalid, "people.audit-most", "%d lines cannot be shown at once", f.Most).Do("Ask for 1 to 200")
	}
	if f.Before < 0 {
		return nil, fault.New(fault.Invalid, "people.audit-before", "there is no line %d", f.Before).Do("Write a number above 0")
	}
	err := d.DB.Write(ctx, func(tx *db.Tx) error {
		return d.note(ctx, tx, a.Account, "audit-read", "audit:", f.Partnership, nil)
	})
	if err != nil {
		return nil, err
	}
	return selectAudit(ctx, d.DB.Read(), f)
}
