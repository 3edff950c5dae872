package app

import (
	"peerscape/internal/exchange/people"
	"peerscape/internal/exchange/upload"
	"peerscape/internal/machinery/blob"
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
		DB: a.DB, People: a.People, Blobs: store, Now: c.Now, Random: c.Random, Quota: c.Quota, Queue: a.queueFile, Notices: a.Notices,
	})
	return nil
}

// keepers are the subjects that hold something about persons.
func (a *App) keepers() []people.Keeper {
	all := []people.Keeper{a.Partnerships, a.Notices}
	if a.Files != nil {
		all = append(all, a.Files)
	}
	return all
}
