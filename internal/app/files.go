package app

import (
	"context"
	"time"

	"peerscape/internal/exchange/people"
	"peerscape/internal/exchange/upload"
	"peerscape/internal/machinery/blob"
	"peerscape/internal/machinery/db"
)

// openFiles opens the store of files, where the configuration names a folder.
func (a *App) openFiles(c Config) error {
	if c.Files == "" {
		return nil
	}
	store, err := blob.NewDisk(c.Files)
	if err != nil {
		return err
	}
	a.Files = upload.Open(upload.Config{
		DB: a.DB, People: a.People, Blobs: store, Now: c.Now, Random: c.Random, Quota: c.Quota,
		Queue: func(context.Context, *db.Tx, string) error {
			select {
			case a.added <- struct{}{}:
			default: // it has been woken already
			}
			return nil
		},
	})
	return nil
}

// keepers are the subjects that hold something about persons.
func (a *App) keepers() []people.Keeper {
	all := []people.Keeper{a.Partnerships}
	if a.Files != nil {
		all = append(all, a.Files)
	}
	return all
}

// retry is how long a file waits that could not be read for a reason of ours.
const retry = time.Minute

// ingest reads the files that were added, one after another: a picture takes up
// to 800 MB. Those that a crash left come first.
func (a *App) ingest(ctx context.Context) {
	if a.Files == nil {
		return
	}
	tick := time.NewTicker(retry)
	defer tick.Stop()
	for {
		pending, err := a.Files.Pending(ctx)
		if err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "the files that were added could not be listed", "error", err)
		}
		for _, id := range pending {
			if err := a.Files.Ingest(ctx, id, nil); err != nil && ctx.Err() == nil {
				a.log.WarnContext(ctx, "a file could not be read; it is tried again", "file", id, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-a.added:
		}
	}
}
