package upload

import (
	"context"
	"errors"
	"io"

	"peerscape/internal/exchange/notice"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/blob"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/media"
)

// mostCopy bounds what an ingest makes of a file, bytes: more than the largest
// file that is taken.
const mostCopy = 3 << 30

// Ingest reads a file that was added, keeps what may be shown and lets go of what
// came in. It may be run again at any time, also after a crash: it ends the same.
// An error means that it could not be judged now; a file that is refused is none.
// told hears how far the source was read; it may be nil.
func (f *Files) Ingest(ctx context.Context, id string, told func(done, of int64)) (err error) {
	file, err := f.selectFile(ctx, f.DB.Read(), id, anybody)
	if err != nil {
		if fault.KindOf(err) == fault.Missing {
			return nil // removed before its turn came
		}
		return err
	}
	if file.State == Ready || file.State == Refused {
		return nil
	}
	copies := map[media.Role]blob.Ref{}
	result, err := f.work(ctx, file, copies, told)
	kept := make([]blob.Ref, 0, len(copies)+1)
	for _, ref := range copies {
		kept = append(kept, ref)
	}
	// Whatever the end, contents to which the row does not refer are let go of.
	defer func() { err = errors.Join(err, f.release(context.WithoutCancel(ctx), append(kept, file.raw)...)) }()
	if err == nil {
		return f.DB.Write(ctx, func(tx *db.Tx) error { return f.finish(ctx, tx, file, result, copies) })
	}
	if why, ok := errors.AsType[*fault.Error](err); ok && (why.Kind == fault.Invalid || why.Kind == fault.TooLarge) {
		return f.DB.Write(ctx, func(tx *db.Tx) error {
			if err := refuse(ctx, tx, file.ID, why); err != nil {
				return err
			}
			return f.tell(ctx, tx, file, notice.FileRefused)
		})
	}
	return err
}

// work runs the ingest over the stored bytes and collects what it made.
func (f *Files) work(ctx context.Context, file *File, copies map[media.Role]blob.Ref, told func(done, of int64)) (media.Result, error) {
	if err := f.DB.Write(ctx, func(tx *db.Tx) error { return begin(ctx, tx, file.ID) }); err != nil {
		return media.Result{}, err
	}
	src, err := f.Blobs.Open(ctx, file.raw)
	if err != nil {
		return media.Result{}, err
	}
	defer src.Close()
	var failed error
	last := 0
	result, err := media.Ingest(ctx, src, file.Name, media.Options{
		Keep: func(ctx context.Context, c media.Copy, r io.Reader) error {
			ref, err := f.Blobs.Put(ctx, r, mostCopy)
			if err == nil {
				copies[c.Role] = ref
			}
			return err
		},
		Progress: func(done, of int64) {
			if told != nil {
				told(done, of)
			}
			if percent := int(100 * done / max(1, of)); percent >= last+10 && failed == nil { // ten writes at most
				last = percent
				failed = f.DB.Write(ctx, func(tx *db.Tx) error { return updateProgress(ctx, tx, file.ID, percent) })
			}
		},
	})
	if failed != nil {
		return result, failed
	}
	return result, err
}

// finish writes what the ingest found, unless the file went or somebody else
// finished it meanwhile.
func (f *Files) finish(ctx context.Context, tx *db.Tx, was *File, r media.Result, copies map[media.Role]blob.Ref) error {
	file, err := f.selectFile(ctx, tx, was.ID, anybody)
	if err != nil && fault.KindOf(err) == fault.Missing || err == nil && file.State != Working {
		return nil
	}
	if err != nil {
		return err
	}
	refs := make([]blob.Ref, 0, len(copies))
	for _, ref := range copies {
		refs = append(refs, ref)
	}
	if err := f.hold(ctx, tx, refs...); err != nil {
		return err
	}
	file.Name, file.Kind, file.TakenAt, file.TakenZone, file.Removed, file.Notes = r.Name, r.Kind, r.Taken, r.TakenZone, r.Removed, r.Notes
	file.State, file.Progress, file.raw = Ready, 100, blob.Ref{}
	for _, c := range r.Copies {
		made := Copy{Ref: copies[c.Role], MIME: c.MIME, Width: c.Width, Height: c.Height}
		if c.Role == media.Full {
			file.Original = made
			continue
		}
		file.Pictures = append(file.Pictures, made)
	}
	for _, c := range file.Pictures {
		if err := insertCopy(ctx, tx, file.ID, c); err != nil {
			return err
		}
	}
	if err := updateFinished(ctx, tx, file); err != nil {
		return err
	}
	return f.tell(ctx, tx, file, notice.FileReady)
}

// tell tells the owner of a file how it went.
func (f *Files) tell(ctx context.Context, tx *db.Tx, file *File, k notice.Kind) error {
	if f.Notices == nil {
		return nil
	}
	return f.Notices.Tell(ctx, tx, notice.Event{
		Kind: k, Partnership: file.Partnership, Path: "/files/" + file.ID, Args: map[string]string{"name": file.Name}, Key: "file/" + file.ID,
	}, file.Owner)
}

// refuse writes why a file is not taken. Its bytes count no more.
func refuse(ctx context.Context, tx *db.Tx, id string, why *fault.Error) error {
	b, err := marshalRefusal(why)
	if err != nil {
		return err
	}
	return updateRefused(ctx, tx, id, b)
}
