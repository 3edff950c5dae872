package app

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"peerscape/internal/exchange/people"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/jobs"
)

// The kinds of jobs.
const (
	retainKind = "retain" // removes what the table of retentions says
	uploadKind = "upload" // reads a file that was added
	sweepKind  = "sweep"  // removes what uploads left behind

	letterKind  = "letter"  // sends a letter that a page asked for
	noticesKind = "notices" // sends somebody what she was told
	remindKind  = "remind"  // tells of reports that are due
)

// openJobs makes the queue with everything that is done beside the requests.
func (a *App) openJobs(c Config) (err error) {
	kinds := []jobs.Kind{{Name: retainKind, Run: a.retain}, {Name: remindKind, Run: a.remind}}
	periods := []jobs.Period{{Kind: retainKind, Every: time.Hour}, {Kind: remindKind, Every: 6 * time.Hour}}
	if c.Mail != nil {
		kinds = append(kinds,
			jobs.Kind{Name: letterKind, Run: a.sendErrand, AtOnce: 2, TimeOut: time.Minute, Tries: 12},
			jobs.Kind{Name: noticesKind, Run: a.sendNotices, AtOnce: 2, TimeOut: time.Minute, Tries: 12})
	}
	if a.Files != nil {
		// One at a time: a picture takes up to 800 MB.
		kinds = append(kinds, jobs.Kind{Name: uploadKind, Run: a.ingest, TimeOut: time.Hour}, jobs.Kind{Name: sweepKind, Run: a.sweep})
		periods = append(periods, jobs.Period{Kind: sweepKind, Every: time.Hour})
	}
	a.Jobs, err = jobs.Open(jobs.Config{DB: a.DB, Now: c.Now, Random: c.Random, Log: c.Log, Kinds: kinds, Periods: periods})
	return err
}

func (a *App) retain(ctx context.Context, _ *jobs.Run) error {
	_, err := a.People.Retain(ctx, a.Notices.Retention())
	return err
}

// retentions is the table that the page on privacy prints.
func (a *App) retentions() []people.Retention {
	return append(people.Retentions(), a.Notices.Retention().Retention, people.Retention{Kind: "job", Rule: "Work beside the requests, from its end.", Keep: jobs.Keep})
}

func (a *App) sweep(ctx context.Context, _ *jobs.Run) error {
	_, err := a.Files.Sweep(ctx)
	return err
}

// queueFile asks for a file to be read, in the transaction that adds it.
func (a *App) queueFile(ctx context.Context, tx *db.Tx, id string) error {
	body, err := json.Marshal(id)
	if err != nil {
		return err
	}
	return a.Jobs.Add(ctx, tx, jobs.Job{Kind: uploadKind, Key: id, Body: body})
}

func (a *App) ingest(ctx context.Context, r *jobs.Run) error {
	var id string
	if err := json.Unmarshal(r.Body, &id); err != nil {
		return jobs.Final(fmt.Errorf("read the job: %w", err))
	}
	ctx, lost := context.WithCancel(ctx)
	defer lost()
	return a.Files.Ingest(ctx, id, func(done, of int64) {
		if r.Progress(ctx, int(done), int(of)) != nil {
			lost() // somebody else reads it
		}
	})
}
