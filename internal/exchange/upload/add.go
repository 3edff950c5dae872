package upload

import (
	"bytes"
	"context"
	"errors"
	"io"
	"unicode/utf8"

	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/blob"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/media"
)

// headSize is what tells the kind of most files, bytes.
const headSize = 4096

// longestName is what every file system takes, bytes.
const longestName = 255

// Add stores a file as it comes and has it ingested; it returns as soon as the
// bytes are safe. What can be told by the first bytes is refused at once. An
// upload that breaks off leaves nothing.
func (f *Files) Add(ctx context.Context, a *people.Actor, on people.Object, name string, r io.Reader) (id string, err error) {
	if err := a.May(people.AddFile, on); err != nil {
		return "", err
	}
	rule, r, err := recognise(ctx, name, r)
	if err != nil {
		return "", err
	}
	left, err := f.left(ctx, f.DB.Read(), on.Partnership)
	if err != nil {
		return "", err
	}
	ref, err := f.Blobs.Put(ctx, r, min(rule.Limit, left))
	if err != nil {
		if fault.KindOf(err) == fault.TooLarge {
			err = f.beyond(rule, left)
		}
		return "", err
	}
	file := &File{Partnership: on.Partnership, Region: on.Region, Owner: a.Account, Name: shortened(media.CleanName(name)), State: Waiting, Created: f.Now(), raw: ref}
	if file.ID, err = f.newID(); err == nil {
		err = f.People.As(ctx, a, func(tx *db.Tx, a *people.Actor) error { return f.add(ctx, tx, a, file, rule) })
	}
	if err != nil {
		return "", errors.Join(err, f.release(context.WithoutCancel(ctx), ref))
	}
	return file.ID, nil
}

func (f *Files) add(ctx context.Context, tx *db.Tx, a *people.Actor, file *File, rule media.Rule) error {
	if err := a.May(people.AddFile, file.object()); err != nil {
		return err
	}
	if err := f.hold(ctx, tx, file.raw); err != nil {
		return err
	}
	left, err := f.left(ctx, tx, file.Partnership)
	if err != nil {
		return err
	}
	if file.raw.Size > left {
		return f.beyond(rule, left)
	}
	if err := insertFile(ctx, tx, file); err != nil {
		return err
	}
	if err := f.Queue(ctx, tx, file.ID); err != nil {
		return err
	}
	return f.People.Note(ctx, tx, a, "file-added", "file:"+file.ID, file.Partnership, nil)
}

// recognise reads the head of a file and returns the rule that holds for it, with
// a reader that begins at its head again. Of an archive the head does not tell
// which office document it is; the largest of them bounds it until it is read.
func recognise(ctx context.Context, name string, r io.Reader) (media.Rule, io.Reader, error) {
	head := make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return media.Rule{}, nil, err
	}
	head = head[:n]
	whole := io.MultiReader(bytes.NewReader(head), r)
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		var largest media.Rule
		for _, rule := range media.Kinds() {
			if rule.Form == media.Document && rule.Limit > largest.Limit {
				largest = rule
			}
		}
		return largest, whole, nil
	}
	rule, err := media.Detect(ctx, bytes.NewReader(head))
	return rule, whole, err
}

// left is the room that a partnership has for more files.
func (f *Files) left(ctx context.Context, q db.Querier, partnership string) (int64, error) {
	used, err := selectRoom(ctx, q, partnership)
	return max(0, f.Quota-used), err
}

// beyond says which of the two limits a file does not meet.
func (f *Files) beyond(rule media.Rule, left int64) error {
	if left >= rule.Limit {
		return fault.New(fault.TooLarge, "upload.limit", "the file is too large; a %s may have %d MB", rule.Name, rule.Limit>>20).
			With("limit", rule.Limit>>20).Do("Make it smaller")
	}
	return fault.New(fault.TooLarge, "upload.quota", "the partnership has room for %d MB of files, and %d MB are left", f.Quota>>20, left>>20).
		With("quota", f.Quota>>20).With("left", left>>20).Do("Remove files that nobody needs, or ask the operator for more room")
}

// shortened keeps the end of a name, where its kind is told.
func shortened(name string) string {
	for len(name) > longestName {
		_, size := utf8.DecodeRuneInString(name)
		name = name[size:]
	}
	return name
}

// hold makes sure, until the transaction ends, that contents to which it is about
// to refer are there: who deletes a content takes the same lock.
func (f *Files) hold(ctx context.Context, tx *db.Tx, refs ...blob.Ref) error {
	if err := tx.Lock(ctx, "upload"); err != nil {
		return err
	}
	for _, ref := range refs {
		there, err := f.Blobs.Has(ctx, ref)
		if err != nil {
			return err
		}
		if !there {
			return fault.New(fault.Unavailable, "upload.again", "the file was removed by somebody else while it was being stored").Do("Upload it again")
		}
	}
	return nil
}

// release deletes contents to which no file refers any more.
func (f *Files) release(ctx context.Context, refs ...blob.Ref) error {
	return f.DB.Write(ctx, func(tx *db.Tx) error {
		if err := tx.Lock(ctx, "upload"); err != nil {
			return err
		}
		for _, ref := range refs {
			n, err := countReferences(ctx, tx, ref.SHA256.String())
			if err != nil {
				return err
			}
			if n > 0 || ref == (blob.Ref{}) {
				continue
			}
			if err := f.Blobs.Delete(ctx, ref); err != nil {
				return err
			}
		}
		return nil
	})
}
