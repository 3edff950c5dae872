package eurostat

import (
	"bufio"
	"bytes"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// content is what the first bytes of an answer say that it is.
type content uint8

const (
	contentUnknown content = iota
	contentEmpty
	contentTSV
	contentCSV
	contentJSONStat
	contentNotice // a fault or a queue notice, in XML or JSON
	contentXML
	contentHTML
	contentZIP
)

var contentWords = [...]string{
	contentUnknown: "something unknown", contentEmpty: "nothing", contentTSV: "TSV", contentCSV: "SDMX-CSV",
	contentJSONStat: "JSON-stat", contentNotice: "a notice", contentXML: "XML", contentHTML: "a web page", contentZIP: "a ZIP file",
}

// contentOf judges by the first bytes, decompressed.
func contentOf(head []byte) content {
	b := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	switch {
	case len(b) == 0:
		return contentEmpty
	case b[0] == '<':
		return markup(b)
	case b[0] == '{':
		return object(b)
	case bytes.HasPrefix(b, []byte("PK\x03\x04")):
		return contentZIP
	}
	first, _, _ := bytes.Cut(b, []byte("\n"))
	field, _, tabs := bytes.Cut(first, []byte("\t"))
	start := string(bytes.TrimLeft(first[:min(len(first), 16)], `"`))
	switch {
	case tabs && bytes.ContainsRune(field, '\\'):
		return contentTSV
	case strings.HasPrefix(start, "DATAFLOW"), strings.HasPrefix(start, "STRUCTURE"):
		return contentCSV
	}
	return contentUnknown
}

func markup(b []byte) content {
	lower := bytes.ToLower(b[:min(len(b), 64)])
	if bytes.HasPrefix(lower, []byte("<!doctype html")) || bytes.HasPrefix(lower, []byte("<html")) {
		return contentHTML
	}
	if isNotice(b) {
		return contentNotice
	}
	return contentXML
}

func object(b []byte) content {
	if isNotice(b) {
		return contentNotice
	}
	return contentJSONStat
}

// report is what reading a file over has found.
type report struct {
	is      content
	head    []byte // the first bytes, decompressed, at most maxNotice
	gzipped bool
	size    int64  // of the file
	sha256  string // of the file
	damage  error  // errCutShort, errCorrupt or nil
}

var (
	errCutShort = errors.New("the file breaks off")
	errCorrupt  = errors.New("the file is damaged")
)

// maxPlain bounds what a file may grow to when it is decompressed.
const maxPlain = 64 << 30

// inspect reads a file over: its checksum, whether its compression is whole,
// and what it holds. The error is of the disk, or the end of ctx.
func inspect(ctx context.Context, path string) (*report, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &sink{r: f, ctx: ctx, sum: sha256.New()}
	b := bufio.NewReaderSize(s, 64<<10)
	r := &report{}
	magic, _ := b.Peek(2) // an error shows again below
	r.gzipped = isGzip(magic)
	if r.gzipped {
		err = r.compressed(b)
	} else {
		err = r.plain(b)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, b) // what stands behind damage belongs to the checksum too
	}
	if err != nil {
		return nil, err
	}
	r.size, r.sha256 = s.size, hex.EncodeToString(s.sum.Sum(nil))
	r.is = contentOf(r.head)
	if r.is == contentJSONStat && r.damage == nil && s.last != '}' {
		r.damage = errCutShort
	}
	return r, nil
}

// sink counts and sums up what is read from a file, until ctx ends.
type sink struct {
	r    io.Reader
	ctx  context.Context
	sum  hash.Hash
	size int64
	last byte // that is no space
}

func (s *sink) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, ended(s.ctx)
	}
	n, err := s.r.Read(p)
	s.sum.Write(p[:n])
	s.size += int64(n)
	if t := bytes.TrimRight(p[:n], " \r\n\t"); len(t) > 0 {
		s.last = t[len(t)-1]
	}
	return n, err
}

func (r *report) plain(b *bufio.Reader) (err error) {
	r.head, err = io.ReadAll(io.LimitReader(b, maxNotice))
	return err
}

func (r *report) compressed(b *bufio.Reader) error {
	z, err := gzip.NewReader(b)
	if err == nil {
		r.head, err = io.ReadAll(io.LimitReader(z, maxNotice))
	}
	if err == nil {
		_, err = io.Copy(io.Discard, io.LimitReader(z, maxPlain))
	}
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		r.damage = errCutShort
		return nil
	case corrupt, errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader):
		r.damage = errCorrupt
		return nil
	}
	return err
}

func isGzip(b []byte) bool { return len(b) >= 2 && b[0] == 0x1f && b[1] == 0x8b }

// inflated returns b decompressed if it is compressed, at most maxNotice bytes
// and as far as it goes.
func inflated(b []byte) []byte {
	if !isGzip(b) {
		return b
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return b
	}
	plain, _ := io.ReadAll(io.LimitReader(z, maxNotice)) // a cut notice is still a notice
	return plain
}
