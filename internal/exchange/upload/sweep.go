package upload

import (
	"context"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/blob"
	"peerscape/internal/machinery/db"
)

// How long things may lie before they are swept.
const (
	unclaimed = 24 * time.Hour      // bytes to which nothing refers: longer than any upload takes
	stuck     = 24 * time.Hour      // files that no job finished
	declined  = 30 * 24 * time.Hour // what was refused, with its sentence
)

// Swept is the report of a sweep.
type Swept struct {
	Stuck, Declined int64 // files
	Blobs, Halves   int   // contents without a file; contents half written
}

// Sweep removes what crashes left behind and what was refused long ago, and
// refuses what no job could finish within a day.
func (f *Files) Sweep(ctx context.Context) (s Swept, err error) {
	now := f.Now()
	err = f.DB.Write(ctx, func(tx *db.Tx) (err error) {
		why, err := marshalRefusal(fault.New(fault.Invalid, "upload.stuck", "the file could not be read").Do("Upload it again; if it happens again, tell the operator"))
		if err != nil {
			return err
		}
		if s.Stuck, err = refuseOld(ctx, tx, why, written(now.Add(-stuck))); err != nil {
			return err
		}
		s.Declined, err = deleteRefused(ctx, tx, written(now.Add(-declined)))
		return err
	})
	if err != nil {
		return s, err
	}
	if s.Halves, err = f.Blobs.Sweep(ctx, now.Add(-unclaimed)); err != nil {
		return s, err
	}
	orphans, err := f.orphans(ctx, now.Add(-unclaimed))
	if err != nil {
		return s, err
	}
	for _, ref := range orphans {
		if err := f.release(ctx, ref); err != nil {
			return s, err
		}
		s.Blobs++
	}
	return s, nil
}

// orphans lists contents that were put before a time and to which nothing refers.
func (f *Files) orphans(ctx context.Context, before time.Time) (all []blob.Ref, err error) {
	for item, err := range f.Blobs.Walk(ctx) {
		if err != nil {
			return nil, err
		}
		if !item.Put.Before(before) {
			continue
		}
		n, err := countReferences(ctx, f.DB.Read(), item.SHA256.String())
		if err != nil {
			return nil, err
		}
		if n == 0 {
			all = append(all, item.Ref)
		}
	}
	return all, nil
}
