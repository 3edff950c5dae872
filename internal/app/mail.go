package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"peerscape/internal/exchange/notice"
	"peerscape/internal/exchange/people"
	"peerscape/internal/face/letter"
	"peerscape/internal/face/locale"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/jobs"
	"peerscape/internal/machinery/mail"
	"peerscape/internal/nuts"
)

// openNotices makes the center of notices. What happens to people reaches it
// through the audit log.
func (a *App) openNotices(ctx context.Context, c Config) error {
	key, err := people.Key(ctx, a.DB, c.Random, "letters")
	if err != nil {
		return err
	}
	own := notice.Config{DB: a.DB, Now: c.Now, Key: key, Zone: c.Zone}
	if c.Mail != nil {
		if c.Origin == nil {
			return fault.New(fault.Invalid, "app.mail-origin", "letters need an address under which people reach the site").Do("Give --origin too")
		}
		words, err := locale.Open(c.Messages...)
		if err != nil {
			return err
		}
		a.letters = &letter.Writer{Words: words, Origin: c.Origin}
		own.Queue = a.queueNotices
	}
	a.Notices = notice.Open(own)
	return nil
}

// queueNotices asks for a letter with what somebody has not been sent yet.
func (a *App) queueNotices(ctx context.Context, tx *db.Tx, d notice.Due) error {
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return a.Jobs.Add(ctx, tx, jobs.Job{Kind: noticesKind, Key: d.Key(), Body: body, Due: d.At})
}

// sendNotices sends what somebody has not been sent yet. Who is sent it twice, since
// the program died in between, gets the same identifier twice.
func (a *App) sendNotices(ctx context.Context, r *jobs.Run) error {
	var d notice.Due
	if err := json.Unmarshal(r.Body, &d); err != nil {
		return jobs.Final(fmt.Errorf("read the job: %w", err))
	}
	l, err := a.Notices.Letter(ctx, d.Account, d.Rhythm)
	if err != nil || l == nil {
		return err
	}
	facts, err := letter.Gather(ctx, l.Notices, a.People, a.Partnerships, a.region)
	if err != nil {
		return err
	}
	m, err := a.letters.Notices(l, facts)
	if err != nil {
		return err
	}
	if err := a.send(ctx, r, m); err != nil {
		return err
	}
	return a.Notices.Sent(ctx, l)
}

// region names a region, for letters.
func (a *App) region(code string) string {
	if r, ok := a.Regions.Newest(nuts.Code(code)); ok {
		return r.Name
	}
	return code
}

// errand is a letter with a link that somebody asked for. The link is a secret: the
// history of jobs does not keep it.
type errand struct {
	Sort string      `json:"sort"` // "invitation", "reset"
	To   people.Mail `json:"to"`
	By   string      `json:"by,omitempty"`
	Link string      `json:"link"`
}

// post sends the letters that pages ask for.
type post struct{ *App }

// Invitation implements web.Post.
func (p post) Invitation(ctx context.Context, to people.Mail, by, link string) error {
	return p.queueErrand(ctx, errand{Sort: "invitation", To: to, By: by, Link: link})
}

// Reset implements web.Post.
func (p post) Reset(ctx context.Context, to people.Mail, link string) error {
	return p.queueErrand(ctx, errand{Sort: "reset", To: to, Link: link})
}

func (a *App) queueErrand(ctx context.Context, e errand) error {
	body, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, func(tx *db.Tx) error { return a.Jobs.Add(ctx, tx, jobs.Job{Kind: letterKind, Body: body}) })
}

func (a *App) sendErrand(ctx context.Context, r *jobs.Run) error {
	var e errand
	if err := json.Unmarshal(r.Body, &e); err != nil {
		return jobs.Final(fmt.Errorf("read the job: %w", err))
	}
	m, err := a.letters.Reset(e.To, e.Link)
	if e.Sort == "invitation" {
		m, err = a.letters.Invitation(e.To, e.By, e.Link)
	}
	if err != nil {
		return err
	}
	return a.send(ctx, r, m)
}

// send hands a letter to the mail server. What the server will never take is given
// up.
func (a *App) send(ctx context.Context, r *jobs.Run, m mail.Message) error {
	m.ID, m.Date = strconv.FormatInt(r.ID, 10)+"."+r.Kind+"@"+a.config.Origin.Hostname(), a.config.Now()
	err := a.config.Mail.Send(ctx, m)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Invalid {
		return jobs.Final(err)
	}
	return err
}

// remind tells of reports that are due.
func (a *App) remind(ctx context.Context, _ *jobs.Run) error { return a.Partnerships.Remind(ctx) }
