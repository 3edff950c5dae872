package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/signin"
)

// How long a session lasts without being used, and at most.
const (
	idle    = 24 * time.Hour
	longest = 14 * 24 * time.Hour
)

// Session is one browser in which a person is signed in.
type Session struct {
	Handle  string // names it; not the secret in the cookie
	How     string
	Device  string
	Created time.Time
	Seen    time.Time
	Expires time.Time
	Current bool
}

// Browser is where a session begins.
type Browser struct {
	Agent   string // what it calls itself, for the list of sessions
	Session string // secret of the session that it had until now, which ends
}

// hashed is how a secret stands in the database.
func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// begin starts a session and returns the secret for the cookie. Each proof of who
// somebody is starts a new one, so that a secret known before is worth nothing.
// The session that the browser had before, if it tells one, ends.
func (d *Directory) begin(ctx context.Context, tx *db.Tx, account, how string, b Browser) (secret string, err error) {
	who, err := selectAccount(ctx, tx, account)
	if err != nil {
		return "", err
	}
	if who.gone() {
		return "", wrong()
	}
	if b.Session != "" {
		if err := deleteSessionByID(ctx, tx, hashed(b.Session)); err != nil {
			return "", err
		}
	}
	if secret, err = signin.NewToken(d.Random); err != nil {
		return "", err
	}
	handle, err := d.newID()
	if err != nil {
		return "", err
	}
	now := d.Now()
	s := sessionRow{
		id: hashed(secret), account: account, handle: handle, how: how, device: Device(b.Agent),
		created: written(now), proved: written(now), seen: written(now), expires: written(now.Add(longest)),
	}
	keys, err := selectPasskeys(ctx, tx, account)
	if err != nil {
		return "", err
	}
	if len(keys) > 0 && !strong(how) { // a stolen password must not add a passkey of the thief
		s.proved = ""
	}
	if err := insertSession(ctx, tx, &s); err != nil {
		return "", err
	}
	if err := updateSeen(ctx, tx, account, d.today()); err != nil {
		return "", err
	}
	return secret, d.note(ctx, tx, account, "signed-in", "session:"+handle, "", map[string]string{"how": how})
}

// Actor returns who a session's secret belongs to, with today's grants; Nobody
// where the session has ended or never was.
func (d *Directory) Actor(ctx context.Context, secret string) (*Actor, error) {
	if secret == "" {
		return Nobody(), nil
	}
	now := d.Now()
	s, account, err := selectSession(ctx, d.DB.Read(), hashed(secret))
	if err != nil {
		if fault.KindOf(err) == fault.Missing {
			return Nobody(), nil
		}
		return nil, fmt.Errorf("read the session: %w", err)
	}
	seen := read(s.seen)
	if !account.Closed.IsZero() || !account.Erased.IsZero() || now.After(read(s.expires)) || now.Sub(seen) > idle {
		return Nobody(), nil
	}
	grants, err := selectGrants(ctx, d.DB.Read(), account.ID, d.today())
	if err != nil {
		return nil, fmt.Errorf("read the roles: %w", err)
	}
	if now.Sub(seen) > 5*time.Minute { // not a write for every request
		err := d.DB.Write(ctx, func(tx *db.Tx) error { return touchSession(ctx, tx, s.id, written(now)) })
		if err != nil {
			return nil, fmt.Errorf("keep the session: %w", err)
		}
	}
	return &Actor{
		Account: account.ID, Name: account.Name, Lang: account.Lang, Zone: account.Zone, Grants: grants,
		Session: s.handle, How: s.how, Proved: read(s.proved), Lacking: d.lacking(grants, s.how), table: d.table,
	}, nil
}

// Sessions lists where the actor is signed in, the last used first.
func (d *Directory) Sessions(ctx context.Context, a *Actor) ([]Session, error) {
	if a.Nobody() {
		return nil, signInFirst()
	}
	now := d.Now()
	all, err := selectSessions(ctx, d.DB.Read(), a.Account, written(now), written(now.Add(-idle)))
	for i := range all {
		all[i].Current = all[i].Handle == a.Session
	}
	return all, err
}

// End ends one session of the actor, named by its handle, or all but the present
// one where the handle is empty.
func (d *Directory) End(ctx context.Context, a *Actor, handle string) error {
	if a.Nobody() {
		return signInFirst()
	}
	if handle != a.Session { // signing out asks for nothing
		if err := a.Fresh(d.Now()); err != nil {
			return err
		}
	}
	return d.as(ctx, a, func(tx *db.Tx, a *Actor) error {
		if handle == "" {
			if err := deleteSessions(ctx, tx, a.Account, a.Session); err != nil {
				return err
			}
			return d.note(ctx, tx, a.Account, "sessions-ended", "account:"+a.Account, "", nil)
		}
		if err := deleteSession(ctx, tx, a.Account, handle); err != nil {
			return err
		}
		return d.note(ctx, tx, a.Account, "signed-out", "session:"+handle, "", nil)
	})
}

// browsers and systems are what a list of sessions tells apart; of several words
// in one text the first listed tells.
var browsers = []struct{ mark, name string }{
	{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chromium/", "Chromium"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
}

var systems = []struct{ mark, name string }{
	{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
}

// Device names a browser and its system without versions: "Firefox, Windows".
// Empty where neither is known.
func Device(agent string) string {
	var words []string
	for _, list := range [][]struct{ mark, name string }{browsers, systems} {
		for _, x := range list {
			if strings.Contains(agent, x.mark) {
				words = append(words, x.name)
				break
			}
		}
	}
	return strings.Join(words, ", ")
}
