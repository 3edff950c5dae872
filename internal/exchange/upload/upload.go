// Package upload knows the files that people add to a partnership: who added
// them, what they show, who may see them, and how they are made fit to be shown.
//
// It refuses what machinery/media refuses, a file for which a partnership has no
// room, and a public picture that nobody has described. A file is stored as it
// came in until a job has read it; then only what the job made of it is kept.
// Bytes are machinery/blob's, named by their sum, so equal files are kept once.
// Start with File, then Add and Ingest.
package upload

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"time"

	"peerscape/internal/exchange/content"
	"peerscape/internal/exchange/notice"
	"peerscape/internal/exchange/people"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/blob"
	"peerscape/internal/machinery/db"
	"peerscape/internal/machinery/media"
	"peerscape/internal/nuts"
)

// Config is what the files stand on.
type Config struct {
	DB     *db.DB
	People *people.Directory
	Blobs  *blob.Disk
	Now    func() time.Time
	Random io.Reader // 10 bytes for an id
	Quota  int64     // bytes that the files of one partnership may take; 0 means DefaultQuota
	// Queue has a file ingested soon, once the transaction is through.
	Queue   func(ctx context.Context, tx *db.Tx, file string) error
	Notices *notice.Center // nil: nobody is told how it went
}

// DefaultQuota is how much room a partnership has where nobody says otherwise.
const DefaultQuota = 5 << 30

// Files is all files of an installation.
type Files struct{ Config }

// Open makes the files over a migrated database.
func Open(c Config) *Files {
	if c.Quota == 0 {
		c.Quota = DefaultQuota
	}
	return &Files{c}
}

// State is how far a file has come.
type State string

// The states. A file goes from waiting through working to one of the others.
const (
	Waiting State = "waiting"
	Working State = "working"
	Ready   State = "ready"
	Refused State = "refused"
)

// File is what is known about a file.
type File struct {
	ID          string
	Partnership string
	Region      nuts.Code // empty: no region in particular
	Owner       string    // account
	Name        string
	Kind        media.Kind // empty until it is known
	State       State
	Progress    int          // percent of the reading, while it is working
	Refusal     *fault.Error // why it was refused; nil otherwise
	Original    Copy         // as ingested; what came in is not kept
	Pictures    []Copy       // smaller sizes of a picture, from wide to narrow
	TakenAt     time.Time    // of a picture; zero where the camera noted nothing
	TakenZone   bool         // whether the camera noted its time zone, as in media.Result
	Removed     []media.Trace
	Notes       []media.Note
	Alt         content.Text
	Credit      string
	Public      bool
	Created     time.Time

	raw blob.Ref // what came in; zero once it is ingested
}

// Copy is one content of a file.
type Copy struct {
	blob.Ref
	MIME          string
	Width, Height int // of pictures
}

// Picture reports whether the file is a picture, which is shown and not only
// passed on.
func (f *File) Picture() bool { return f.Kind.Form() == media.Picture }

// In returns the copy of a width, the original for 0.
func (f *File) In(width int) (Copy, error) {
	if width == 0 {
		return f.Original, nil
	}
	for _, c := range f.Pictures {
		if c.Width == width {
			return c, nil
		}
	}
	return Copy{}, fault.New(fault.Missing, "upload.width", "the picture is not there in the width %d", width).With("width", width).Do("Take one of those on its page")
}

// Narrowest returns the smallest copy of a picture that is at least so wide, or
// the widest there is.
func (f *File) Narrowest(width int) (c Copy, original bool) {
	for i := len(f.Pictures) - 1; i >= 0; i-- {
		if f.Pictures[i].Width >= width {
			return f.Pictures[i], false
		}
	}
	return f.Original, true
}

// object is what the permission table is asked about.
func (f *File) object() people.Object {
	return people.Object{Partnership: f.Partnership, Region: f.Region}
}

// mayChange lets the owner through while she may add such files, and who runs the
// partnership.
func (f *File) mayChange(a *people.Actor) error {
	if a.Account == f.Owner && a.Can(people.AddFile, f.object()) {
		return nil
	}
	return a.May(people.EditPartnership, people.Object{Partnership: f.Partnership})
}

// MayChange reports whether the actor may describe and remove the file.
func (f *File) MayChange(a *people.Actor) bool { return !a.Nobody() && f.mayChange(a) == nil }

// Get returns a file that the actor may see: a public one, or one of her
// partnerships. Any other is Missing, so that guessing ids tells nothing.
func (f *Files) Get(ctx context.Context, a *people.Actor, id string) (*File, error) {
	file, err := f.selectFile(ctx, f.DB.Read(), id, f.reader(a))
	if err != nil && fault.KindOf(err) == fault.Missing {
		return nil, missing()
	}
	return file, err
}

// List returns those files of a partnership that the actor may see, the newest
// first: all of them to its people, the public ones to anybody.
func (f *Files) List(ctx context.Context, a *people.Actor, partnership string) ([]File, error) {
	return f.selectFiles(ctx, f.DB.Read(), partnership, f.reader(a))
}

// Open opens a copy of a file that Get returned. The caller closes it.
func (f *Files) Open(ctx context.Context, c Copy) (io.ReadSeekCloser, error) {
	if c.Ref == (blob.Ref{}) {
		return nil, fault.New(fault.Conflict, "upload.not-ready", "the file is not ready yet").Do("Try again in a minute")
	}
	return f.Blobs.Open(ctx, c.Ref)
}

func missing() error {
	return fault.New(fault.Missing, "upload.missing", "there is no such file").Do("It may have been removed, or you may not see it")
}

// reader is who asks, for the condition of queries.
type reader struct{ account, day string }

func (f *Files) reader(a *people.Actor) reader {
	r := reader{day: f.Now().UTC().Format(time.DateOnly)}
	if a.In() == nil {
		r.account = a.Account
	}
	return r
}

var ids = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

func (f *Files) newID() (string, error) {
	var b [10]byte
	if _, err := io.ReadFull(f.Random, b[:]); err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return ids.EncodeToString(b[:]), nil
}

// stamp is how times stand in the database.
const stamp = "2006-01-02T15:04:05.000Z"

func written(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(stamp)
}

func read(s string) time.Time {
	t, err := time.Parse(stamp, s)
	if err != nil {
		return time.Time{} // empty: there is none
	}
	return t
}
