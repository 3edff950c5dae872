package notice

import (
	"context"
	"time"

	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// recent is how old a notice may be that goes into a letter: what was told while
// there was no mail is not told months later.
const recent = 14 * 24 * time.Hour

// Letter is what one person is to be written.
type Letter struct {
	To      people.Mail
	Zone    *time.Location
	Notices []Notice // the oldest first
	Token   string   // ends the letters; empty where they cannot be ended
}

// Letter returns what an account has neither read nor been sent, of the kinds for
// which it has chosen the rhythm. It is nil where there is nothing to write, or
// nobody to write to.
func (c *Center) Letter(ctx context.Context, account string, rhythm Rhythm) (*Letter, error) {
	q := c.DB.Read()
	to, zone, err := selectReader(ctx, q, account)
	if err != nil {
		if fault.KindOf(err) == fault.Missing {
			err = nil
		}
		return nil, err
	}
	chosen, err := c.choices(ctx, q, account)
	if err != nil {
		return nil, err
	}
	wanted, fixed := map[Kind]bool{}, map[Kind]bool{}
	for _, x := range chosen {
		wanted[x.Kind], fixed[x.Kind] = x.Rhythm == rhythm, x.Fixed
	}
	open, err := selectUnsent(ctx, q, account, c.today(), written(c.Now().Add(-recent)))
	if err != nil {
		return nil, err
	}
	l := &Letter{To: to, Zone: c.ZoneOf(zone)}
	for _, n := range open {
		if !wanted[n.Kind] {
			continue
		}
		l.Notices = append(l.Notices, n)
		if !fixed[n.Kind] {
			l.Token = c.Token(account)
		}
	}
	if len(l.Notices) == 0 {
		return nil, nil
	}
	return l, nil
}

// Sent notes that a letter is on its way.
func (c *Center) Sent(ctx context.Context, l *Letter) error {
	return c.DB.Write(ctx, func(tx *db.Tx) error {
		for i := range l.Notices {
			if err := updateSent(ctx, tx, l.Notices[i].ID, written(l.Notices[i].At), written(c.Now())); err != nil {
				return err
			}
		}
		return nil
	})
}
