package upload

import (
	"context"
	"strings"

	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/blob"
	"peerscape/internal/machinery/db"
)

// Limits of what a person writes about a file.
const (
	MostAlt    = 1000 // characters
	MostCredit = 200
)

// Description is what a person says about a file.
type Description struct {
	Lang   content.Lang // of Alt, where the file has none yet
	Alt    string       // what a picture shows, for who does not see it
	Credit string       // who is to be named beside it
	Public bool
}

// Describe writes what a person says about a file. A picture without alternative
// text cannot be public: who does not see it would be left out.
func (f *Files) Describe(ctx context.Context, a *people.Actor, id string, d Description) error {
	alt, err := content.Field{Name: "the description", Most: MostAlt, Lines: true}.Clean(strings.TrimSpace(d.Alt))
	if err != nil {
		return err
	}
	credit, err := content.Field{Name: "the credit", Most: MostCredit}.Clean(d.Credit)
	if err != nil {
		return err
	}
	return f.People.As(ctx, a, func(tx *db.Tx, a *people.Actor) error {
		file, err := f.change(ctx, tx, a, id)
		if err != nil {
			return err
		}
		lang := d.Lang
		if was := file.Alt.Original().Lang; was != "" {
			lang = was
		}
		if file.Alt, err = file.Alt.Set(lang, alt, f.Now()); err != nil {
			return err
		}
		act := "file-described"
		if file.Public != d.Public {
			act = map[bool]string{true: "file-published", false: "file-hidden"}[d.Public]
		}
		file.Credit, file.Public = credit, d.Public
		if err := file.mayBePublic(); err != nil {
			return err
		}
		if err := updateDescription(ctx, tx, file); err != nil {
			return err
		}
		return f.People.Note(ctx, tx, a, act, "file:"+id, file.Partnership, nil)
	})
}

func (f *File) mayBePublic() error {
	switch {
	case !f.Public:
		return nil
	case f.State != Ready:
		return fault.New(fault.Conflict, "upload.not-ready", "the file is not ready yet").Do("Try again in a minute")
	case f.Picture() && f.Alt.IsZero():
		return fault.New(fault.Invalid, "upload.alt", "a picture without a description cannot be public").Do("Write what it shows, for people who do not see it")
	}
	return nil
}

// change returns a file that the actor may change.
func (f *Files) change(ctx context.Context, tx *db.Tx, a *people.Actor, id string) (*File, error) {
	file, err := f.selectFile(ctx, tx, id, f.reader(a))
	if err != nil && fault.KindOf(err) == fault.Missing {
		return nil, missing()
	}
	if err != nil {
		return nil, err
	}
	return file, file.mayChange(a)
}

// Remove takes a file away for all. That it was there, who removed it and when
// stays; its bytes go unless another file has the same.
func (f *Files) Remove(ctx context.Context, a *people.Actor, id string) error {
	var refs []blob.Ref
	err := f.People.As(ctx, a, func(tx *db.Tx, a *people.Actor) error {
		file, err := f.change(ctx, tx, a, id)
		if err != nil {
			return err
		}
		refs = file.refs()
		if err := deleteCopies(ctx, tx, id); err != nil {
			return err
		}
		if err := bury(ctx, tx, id, a.Account, written(f.Now())); err != nil {
			return err
		}
		return f.People.Note(ctx, tx, a, "file-removed", "file:"+id, file.Partnership, map[string]string{"sum": file.Original.SHA256.String()})
	})
	if err != nil {
		return err
	}
	return f.release(context.WithoutCancel(ctx), refs...)
}

// refs are all contents to which a file refers.
func (f *File) refs() []blob.Ref {
	refs := []blob.Ref{f.raw, f.Original.Ref}
	for _, c := range f.Pictures {
		refs = append(refs, c.Ref)
	}
	return refs
}
