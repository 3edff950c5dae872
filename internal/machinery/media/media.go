// Package media knows what a file is, by its content, and makes of it what may be
// shown to others: pictures upright, re-encoded and in several sizes, documents
// without the traces of who made them where and when.
//
// It knows no upload, no owner and no store: bytes come in, copies go out through
// a function of the caller. It refuses what it does not know, what could run on a
// reader's machine (macros, scripts, programs that start), what is locked, and
// what would unpack to more than a machine can hold. It never believes a name or
// a browser.
//
// What is done to each kind:
//
//   - Pictures are decoded and encoded anew, so nothing but pixels passes. The
//     turning that a camera noted is done. A colour profile is dropped, not
//     converted: a wide-gamut photo looks a little paler. Of a moving GIF or PNG
//     the first picture stays.
//   - PDF loses its information dictionary, XMP, page pieces, scripts, actions
//     that start programs, attached files, and what cameras noted in its photos.
//     A signed one would lose its signature: it passes unchanged, with a note.
//   - Office documents lose docProps or meta.xml, thumbnails, dates of the
//     archive, the author's folder, and what cameras noted in their photos.
//     Names at comments and tracked changes stay: they are what was said by whom.
//     Links to other places stay too; nothing here follows them.
//   - Text becomes UTF-8.
//   - Sound and film pass unchanged, with a note that says so: a telephone writes
//     the place into a film.
//
// Memory: a JPEG of 64 million pixels takes 460 MB, one of a telephone's 12 million
// 150 MB (measured, turned); one that is progressive or of 16 bits a channel up to
// 800 MB by calculation; a PDF about five times its size, an office document
// its largest part, all else 64 kB. The caller decides how many run at once.
//
// Start with Ingest and Kinds.
package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"peerscape/internal/fault"
)

// Options says where the copies go.
type Options struct {
	// Keep takes one copy; it reads to the end. Its error ends the ingest and is
	// returned. If the reader fails, what was read of it is void: keep nothing.
	Keep func(ctx context.Context, c Copy, r io.Reader) error
	// Progress is told, in this goroutine, how far the source was read; nil to
	// hear nothing.
	Progress func(done, total int64)
}

// Copy is one of the files that an ingest gives out.
type Copy struct {
	Role          Role
	MIME          string // to be served as, with nosniff and as an attachment
	Width, Height int    // of pictures
}

// Role says what a copy is for.
type Role string

// The roles. A picture has those sizes that are narrower than itself.
const (
	Full  Role = "full"
	W1600 Role = "1600" // pixels wide
	W800  Role = "800"
	W320  Role = "320"
)

var sizes = []struct {
	role  Role
	width int
}{{W1600, 1600}, {W800, 800}, {W320, 320}}

// Result is what became of a file.
type Result struct {
	Kind          Kind
	Name          string    // cleaned, with the ending of the kind
	Copies        []Copy    // Full first, then from wide to narrow
	Width, Height int       // of a picture, upright
	Taken         time.Time // of a picture, from its EXIF; zero if unknown
	// TakenZone is whether the camera noted its time zone. If not, Taken is its
	// wall clock, written as if in UTC: fit to order the pictures of one day.
	TakenZone bool
	Removed   []Trace // sorted; nothing if there was nothing
	Notes     []Note  // what the person should know
}

// Note is a sentence about a file that was taken.
type Note struct {
	Key  string         // of the message, such as "media.unsigned"
	Args map[string]any // what the sentence was made from
	Text string         // in English
}

func (r *Result) note(key string, args map[string]any, format string, a ...any) {
	r.Notes = append(r.Notes, Note{Key: "media." + key, Args: args, Text: fmt.Sprintf(format, a...)})
}

// Trace is a kind of thing that was removed. The values name messages.
type Trace string

// The traces.
const (
	Place       Trace = "place"       // where: GPS, city, country
	Moment      Trace = "time"        // when it was made or changed
	Camera      Trace = "camera"      // make, model, lens, serial numbers, settings
	Person      Trace = "person"      // author, owner, company, who changed it last
	Program     Trace = "program"     // what it was made with
	Description Trace = "description" // titles, captions, keywords, comments
	Preview     Trace = "preview"     // a small picture of itself, perhaps of an earlier state
	Profile     Trace = "profile"     // a colour profile
	Attachment  Trace = "attachment"  // files inside or behind the file
	Script      Trace = "script"      // what would have run when it was opened
	Other       Trace = "other"
)

// job is one ingest under way.
type job struct {
	ctx    context.Context
	source *source
	rule   Rule
	keep   func(context.Context, Copy, io.Reader) error
	result Result
}

// Ingest takes a file in: r from its beginning, and the name that its sender gave.
// Errors are faults: Invalid for a file that is refused, TooLarge above a limit,
// or what Keep, the reader and the context returned. Before an error some copies
// may have been kept; the caller lets go of them.
func Ingest(ctx context.Context, r io.ReadSeeker, name string, o Options) (Result, error) {
	src, err := newSource(ctx, r, o.Progress)
	if err != nil {
		return Result{}, err
	}
	rule, err := detect(src, name)
	if err != nil {
		return Result{}, src.blame(err)
	}
	if src.size > rule.Limit {
		return Result{}, fault.New(fault.TooLarge, "media.limit", "the file has %d MB; a %s may have %d MB", src.size>>20, rule.Name, rule.Limit>>20).
			With("kind", string(rule.Kind)).With("limit", rule.Limit>>20).Do("Make it smaller")
	}
	j := &job{ctx: ctx, source: src, rule: rule, keep: o.Keep, result: Result{Kind: rule.Kind}}
	if j.result.Name, err = j.named(name); err != nil {
		return Result{}, err
	}
	if err := j.run(); err != nil {
		return Result{}, src.blame(err)
	}
	src.finish()
	return j.result, nil
}

func (j *job) run() error {
	switch j.rule.Form {
	case Picture:
		return j.picture()
	case Document:
		if j.rule.Kind == PDF {
			return j.pdf()
		}
		return j.office()
	case Text:
		return j.text()
	default:
		return j.recording()
	}
}

// give hands a copy to the caller while write makes it, so that it is never
// whole in memory. The writing goroutine has ended when give returns.
func (j *job) give(c Copy, write func(w io.Writer) error) error {
	r, w := io.Pipe()
	made := make(chan error, 1)
	go func() {
		err := recovered(func() error { return write(w) })
		w.CloseWithError(err) // nil is the end of the file
		made <- err
	}()
	kept := j.keep(j.ctx, c, r)
	r.CloseWithError(errStopped) // whatever was not read is not wanted
	err := <-made
	if kept != nil && (err == nil || errors.Is(err, errStopped)) {
		return kept
	}
	if err != nil && !errors.Is(err, errStopped) {
		return err
	}
	if kept == nil && err != nil {
		return fmt.Errorf("a copy was not read to its end: %w", err)
	}
	j.result.Copies = append(j.result.Copies, c)
	return kept
}

var errStopped = errors.New("the copy is not wanted")

// recovered turns a panic of a decoder over foreign bytes into an error.
func recovered(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = damaged(fmt.Errorf("%v", p))
		}
	}()
	return f()
}

func damaged(cause error) error {
	return refuse("damaged", "the file is damaged").Do("Open it in its program, save it again and upload that").Because(cause)
}

func refuse(key, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, "media."+key, format, args...)
}
