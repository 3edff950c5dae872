package content

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
)

// Subject names what has a history: a kind, such as "practice", and an id.
type Subject struct{ Kind, ID string }

// Version is one state of a subject.
type Version struct {
	Subject  Subject
	Number   int // from 1
	Author   string
	At       time.Time // to the millisecond, UTC
	Note     string
	Restored int             // the version that this one equals again, 0 for none
	Body     json.RawMessage // Canonical; nil in a List, and where it was erased
	Digest   string          // SHA-256 of the body, hex
	Hash     string          // SHA-256 over the former version's Hash and all above, hex
}

// Edit is a version before it is saved.
type Edit struct {
	Subject Subject
	Expect  int // the version that the author began from, 0 for the first
	Author  string
	At      time.Time
	Note    string // Clean
	Body    json.RawMessage
}

// Save appends a version. It is a fault of kind Stale, with the number, the
// author and the time of the newest as its arguments, if that is not the one
// expected: then Reconcile, or show both. A body that equals the newest makes
// no version, and the newest is returned.
func Save(ctx context.Context, tx *db.Tx, e Edit) (_ Version, err error) {
	defer fault.Wrap(&err, "save a version of %s %s", e.Subject.Kind, e.Subject.ID)
	return save(ctx, tx, e, 0)
}

// Restore appends a version that equals the one with the number. Expect works
// as it does for Save; Body is not looked at. An erased version is a fault of
// kind Conflict.
func Restore(ctx context.Context, tx *db.Tx, number int, e Edit) (_ Version, err error) {
	defer fault.Wrap(&err, "restore version %d of %s %s", number, e.Subject.Kind, e.Subject.ID)
	old, err := Get(ctx, tx, e.Subject, number)
	if err != nil {
		return Version{}, err
	}
	if old.Body == nil {
		return Version{}, erased(number)
	}
	e.Body = old.Body
	return save(ctx, tx, e, number)
}

func save(ctx context.Context, tx *db.Tx, e Edit, restored int) (Version, error) {
	body, err := Canonical(e.Body)
	if err != nil {
		return Version{}, err
	}
	last, err := newest(ctx, tx, e.Subject)
	if err != nil {
		return Version{}, err
	}
	digest := sum(body)
	switch {
	case last.Number > 0 && last.Digest == digest && last.Body != nil:
		return last, nil
	case last.Number != e.Expect:
		return Version{}, stale(last)
	}
	v := Version{
		Subject: e.Subject, Number: last.Number + 1, Author: e.Author, At: milli(e.At), Note: e.Note,
		Restored: restored, Body: body, Digest: digest,
	}
	v.Hash = v.chained(last.Hash)
	added, err := insertVersion(ctx, tx, &v)
	if err != nil || added {
		return v, err
	}
	// Another program has saved between the two statements.
	if last, err = newest(ctx, tx, e.Subject); err != nil {
		return Version{}, err
	}
	return Version{}, stale(last)
}

// newest returns the newest version, the zero Version where there is none.
func newest(ctx context.Context, q db.Querier, s Subject) (Version, error) {
	v, err := Latest(ctx, q, s)
	if err != nil && fault.KindOf(err) == fault.Missing {
		return Version{}, nil
	}
	return v, err
}

// Latest returns the newest version with its body, a fault of kind Missing if
// the subject has none.
func Latest(ctx context.Context, q db.Querier, s Subject) (Version, error) {
	return missing(selectLatest(ctx, q, s))
}

// Get returns a version with its body, a fault of kind Missing if it is not there.
func Get(ctx context.Context, q db.Querier, s Subject, number int) (Version, error) {
	return missing(selectVersion(ctx, q, s, number))
}

// List returns up to most versions older than the number before, newest first,
// without their bodies. Before 0 begins with the newest.
func List(ctx context.Context, q db.Querier, s Subject, before, most int) ([]Version, error) {
	if before == 0 {
		before = 1 << 30
	}
	return selectVersions(ctx, q, s, before, min(most, mostListed))
}

// Erase takes the body of a version away, for a person's right to it or because
// it must not be seen. What, who and when stay, and so does the chain.
func Erase(ctx context.Context, tx *db.Tx, s Subject, number int) (err error) {
	defer fault.Wrap(&err, "erase version %d of %s %s", number, s.Kind, s.ID)
	n, err := clearBody(ctx, tx, s, number)
	if err == nil && n == 0 {
		err = noVersion(nil)
	}
	return err
}

// Head is the end of a chain. Kept elsewhere, it proves later that nothing
// before it was changed, and that nothing was cut off.
type Head struct {
	Number int
	Hash   string
}

// Break is a place where a history is not what was saved.
type Break struct {
	Number int
	What   string // body, chain, gap, end, head
}

// verifyAtOnce is how many versions Verify holds in memory.
const verifyAtOnce = 50

// Verify reads the whole history and returns its end and every place where it
// breaks: a body that is not the one of its digest, a row that is not the one
// of its hash, a number that is not there, and, where known is a Head that was
// kept, an end before it ("end") or another version in its place ("head").
func Verify(ctx context.Context, q db.Querier, s Subject, known Head) (_ Head, breaks []Break, err error) {
	defer fault.Wrap(&err, "verify the history of %s %s", s.Kind, s.ID)
	var end Head
	for {
		some, err := selectBodies(ctx, q, s, end.Number, verifyAtOnce)
		if err != nil {
			return end, breaks, err
		}
		for i := range some {
			v := &some[i]
			if v.Number != end.Number+1 {
				breaks = append(breaks, Break{end.Number + 1, "gap"})
			}
			if v.Body != nil && sum(v.Body) != v.Digest {
				breaks = append(breaks, Break{v.Number, "body"})
			}
			if v.chained(end.Hash) != v.Hash {
				breaks = append(breaks, Break{v.Number, "chain"})
			}
			if v.Number == known.Number && v.Hash != known.Hash {
				breaks = append(breaks, Break{v.Number, "head"})
			}
			end = Head{v.Number, v.Hash}
		}
		if len(some) < verifyAtOnce {
			break
		}
	}
	if end.Number < known.Number {
		breaks = append(breaks, Break{end.Number + 1, "end"})
	}
	return end, breaks, nil
}

// chained returns the hash of v after a version with the former hash. Each part
// goes in with its length, so that no two versions are written alike.
func (v *Version) chained(former string) string {
	h := sha256.New()
	part := func(s string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	number := func(n int) {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(n))
		h.Write(b[:])
	}
	part("peerscape version 1")
	part(former)
	part(v.Subject.Kind)
	part(v.Subject.ID)
	number(v.Number)
	part(v.Author)
	part(v.At.UTC().Format(stamp))
	part(v.Note)
	number(v.Restored)
	part(v.Digest)
	return hex.EncodeToString(h.Sum(nil))
}

func sum(body []byte) string {
	h := sha256.Sum256(body)
	return hex.EncodeToString(h[:])
}

func stale(last Version) error {
	f := fault.New(fault.Stale, "content.stale", "it was changed since you opened it").
		With("number", last.Number).With("author", last.Author).With("at", last.At)
	return f.Do("Look at both versions and keep what you need")
}

func erased(number int) error {
	return fault.New(fault.Conflict, "content.erased", "version %d was erased", number).
		With("number", number).Do("Choose another version")
}

func missing(v Version, err error) (Version, error) {
	if err != nil && fault.KindOf(err) == fault.Missing {
		return v, noVersion(err)
	}
	return v, err
}

func noVersion(why error) error {
	return fault.New(fault.Missing, "content.version", "there is no such version").Do("Choose one from the history").Because(why)
}
