package partnership

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"peerscape/internal/exchange/notice"
	"peerscape/internal/machinery/db"
)

// What can be told of a part.
const (
	added      = "added"
	changed    = "changed"
	removed    = "removed"
	restored   = "restored"
	translated = "translated"
)

// Changes lists what a notice of changed content can say, as its argument act.
func Changes() []string { return []string{added, changed, removed, restored, translated} }

// tell tells the people of the partnership that a part was changed. A person who
// has not read of the last change of the part is told of both in one.
func (r *Register) tell(ctx context.Context, tx *db.Tx, p *Partnership, x Part, by, act string) error {
	if r.Notices == nil {
		return nil
	}
	k, id := x.Kind(), x.Self().ID
	return r.Notices.TellAll(ctx, tx, notice.Event{
		Kind: notice.ContentChanged, Partnership: p.ID, By: by, Key: "part/" + id,
		Path: fmt.Sprintf("/partnerships/%s/%s/%s/history", p.Slug, k, id),
		Args: map[string]string{"act": act, "part": string(k), "name": p.name(x)},
	})
}

// name is what a part is called in the language in which it was written; empty
// where it has no name of its own.
func (p *Partnership) name(x Part) string {
	switch x := x.(type) {
	case *Partner: // as it is called after its present, or last, holder
		for _, h := range slices.Backward(x.Holders) {
			if o, err := p.Part(OrganisationKind, h.Organisation); err == nil {
				return p.name(o)
			}
		}
		return ""
	case *Organisation:
		return x.Name
	case *Semester:
		return strconv.Itoa(x.Number)
	}
	for _, f := range x.Texts() {
		if !f.Lines {
			return f.Text.Original().Value
		}
	}
	return ""
}

// reminders are the days before a report is due on which people are reminded.
var reminders = []int{30, 7, 1}

// Remind tells the people of every partnership which report is due within 30, 7
// days and one, of each once. It is run every day; a day that was missed is made
// up for by the next reminder.
func (r *Register) Remind(ctx context.Context) error {
	if r.Notices == nil {
		return nil
	}
	today := r.Now().UTC().Truncate(24 * time.Hour)
	return r.DB.Write(ctx, func(tx *db.Tx) error {
		all, err := selectSemesters(ctx, tx)
		if err != nil {
			return fmt.Errorf("look for reports that are due: %w", err)
		}
		for _, s := range all {
			due, err := time.Parse(time.DateOnly, string(s.Due))
			left := int(due.Sub(today).Hours()) / 24
			if err != nil || left < 0 || left > reminders[0] {
				continue
			}
			stage := reminders[0]
			for _, d := range reminders {
				if left <= d {
					stage = d
				}
			}
			err = r.Notices.TellAll(ctx, tx, notice.Event{
				Kind: notice.DeadlineNear, Partnership: s.partnership, Path: "/partnerships/" + s.slug,
				Args: map[string]string{"semester": strconv.Itoa(s.Number), "due": string(s.Due)},
				Key:  fmt.Sprintf("due/%s/%s/%d", s.ID, s.Due, stage), Once: true,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Names returns the short names of partnerships by id, for notices to those who
// have, or had, a part in them.
func (r *Register) Names(ctx context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range ids {
		if id == "" || out[id] != "" {
			continue
		}
		name, err := selectName(ctx, r.DB.Read(), id)
		if err != nil {
			return nil, err
		}
		out[id] = name
	}
	return out, nil
}
