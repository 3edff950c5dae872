package jobs

import (
	"context"
	"time"
)

// State is how a job stands.
type State struct {
	ID       int64
	Kind     string
	Key      string
	Created  time.Time
	Due      time.Time
	Tries    int       // begun so far
	Done     time.Time // zero while it is open
	Error    string    // sentence of the last failure; with Done: it was given up
	Progress int       // so many
	Parts    int       // of so many; 0: not known
}

// stamp is how times stand in the database.
const stamp = "2006-01-02T15:04:05.000Z"

func written(t time.Time) string { return t.UTC().Format(stamp) }

func read(s string) time.Time {
	t, err := time.Parse(stamp, s)
	if err != nil {
		return time.Time{} // empty: there is none
	}
	return t
}

// List returns the newest jobs, up to most, of one kind or, with "", of all.
func (q *Queue) List(ctx context.Context, kind string, most int) ([]State, error) {
	return selectStates(ctx, q.DB.Read(), kind, min(max(most, 1), 500))
}
