// Package wire opens a file of statistics without being told its format.
//
// It takes off gzip, looks at the first bytes and hands the rest to the
// decoder of the format: tsv, sdmxcsv, sdmxml or jsonstat. It trusts neither a
// file's name nor a content type. It refuses, with the name of what it found
// and what to do instead, everything else: web pages, notices of the
// publisher's services, archives, formats that are not read, and tables of
// one's own, whose columns somebody must name first. Start with Open.
package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
	"peerscape/internal/wire/line"
)

// sniffed is how much of a file is looked at to find its format. A heading may
// be longer only if its first field tells the format.
const sniffed = 64 << 10

// Open reads up to the header of a dataset in any format that is read. name is
// the file's name for messages; r may be compressed with gzip. What cannot be
// read is a *fault.Error of kind Invalid that names what was found and what to
// do. The caller closes r after the last series.
func Open(name string, r io.Reader) (stats.Source, error) {
	head := bufio.NewReaderSize(r, sniffed)
	first, err := head.Peek(2)
	if err != nil && err != io.EOF {
		return nil, unread(name, err)
	}
	if bytes.Equal(first, []byte{0x1f, 0x8b}) {
		z, err := Unzip(head, name)
		if err != nil {
			return nil, err
		}
		head = bufio.NewReaderSize(z, sniffed)
	}
	first, err = head.Peek(sniffed)
	if err != nil && err != io.EOF && len(first) == 0 {
		return nil, unread(name, err)
	}
	open, refusal := sniff(first)
	if refusal != nil {
		return nil, refusal.In(name, 1)
	}
	return open(head, name)
}

// unread says that a reader failed before its first byte.
func unread(name string, err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	if line.Damaged(err) {
		return broken(name, err)
	}
	return fault.New(fault.Unavailable, "wire.unread", "%s cannot be read", name).
		Do("Try again").Because(err)
}
