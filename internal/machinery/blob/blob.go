// Package blob keeps bytes by their content: what went in comes out, or an error.
//
// It knows no name, no owner and no kind of file; those stand in the database.
// Content that is put twice is kept once, so deleting is for who knows that
// nothing refers to it any more. It refuses more bytes than the caller allows and
// content that is not what its sum says. Start with Store and Disk.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"iter"
	"time"

	"peerscape/internal/fault"
)

// Sum is the SHA-256 of a content.
type Sum [sha256.Size]byte

// String returns the sum in 64 hexadecimal letters.
func (s Sum) String() string { return hex.EncodeToString(s[:]) }

// ParseSum reads what String wrote.
func ParseSum(text string) (s Sum, err error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(s) || hex.EncodeToString(b) != text {
		return s, fault.New(fault.Invalid, "blob.sum", "%q is no sum of a file", fault.Clip(text, 80)).Do("Write 64 hexadecimal letters in lower case")
	}
	return Sum(b), nil
}

// Ref names a content: its sum and its length in bytes.
type Ref struct {
	SHA256 Sum
	Size   int64
}

// Item is one content that a store holds.
type Item struct {
	Ref
	Put time.Time // when it was last put, to the precision of the store
}

// Store keeps contents. It is safe for use by several goroutines. Every method
// stops when its context ends.
type Store interface {
	// Put keeps what r gives, at most limit bytes. After nil the content outlives
	// a power cut. Content that is there is put anew: the time of Item is now.
	// Errors: TooLarge above the limit, Unavailable when there is no room, or what
	// r returned; nothing is kept then.
	Put(ctx context.Context, r io.Reader, limit int64) (Ref, error)
	// Open reads a content from its beginning. The caller closes it. Error Missing
	// if it is not there, Internal if it is damaged as far as can be seen.
	Open(ctx context.Context, ref Ref) (io.ReadSeekCloser, error)
	// Has reports whether a content of this sum and length is there.
	Has(ctx context.Context, ref Ref) (bool, error)
	// Delete removes a content; one that is not there is no error. Who deletes
	// first makes sure that nothing refers to the content and that it was not put
	// lately: another may be about to refer to what he has just put.
	Delete(ctx context.Context, ref Ref) error
	// Walk lists all contents in the order of their sums. It ends at the first
	// error, which it gives with a zero Item.
	Walk(ctx context.Context) iter.Seq2[Item, error]
}

// Verify reads a content to its end and returns an Internal fault if it is not
// what its sum says. It holds 32 kB.
func Verify(ctx context.Context, s Store, ref Ref) error {
	f, err := s.Open(ctx, ref)
	if err != nil {
		return err
	}
	defer f.Close()
	return matches(ctx, f, ref)
}

func matches(ctx context.Context, r io.Reader, ref Ref) error {
	hash := sha256.New()
	n, err := io.Copy(hash, reader{ctx, r})
	if err != nil {
		return err
	}
	if n != ref.Size || Sum(hash.Sum(nil)) != ref.SHA256 {
		return damaged(ref)
	}
	return nil
}

func damaged(ref Ref) error {
	return fault.New(fault.Internal, "blob.damaged", "a stored file is damaged").With("sum", ref.SHA256.String()).Do("Restore it from a backup, or upload it again")
}

func missing(ref Ref) error {
	return fault.New(fault.Missing, "blob.missing", "the stored file is not there").With("sum", ref.SHA256.String())
}

// reader stops a copy when its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
