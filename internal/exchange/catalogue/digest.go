package catalogue

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// told returns the bytes by which a series is known, valid until the next call.
func (in *intake) told(sl *slice, id int64, body []byte) []byte {
	in.text = append(append(in.text[:0], sl.codes...), 0)
	in.text = append(append(in.text, in.region(sl, id)...), 0)
	in.text = append(in.text, body...)
	return in.text
}

// digest tells whether two sets of series are equal, in whatever order they
// came: the sum of the series' SHA-256, as four numbers.
type digest [4]uint64

func (d *digest) add(b []byte)    { d.sum(b, func(x, y uint64) uint64 { return x + y }) }
func (d *digest) remove(b []byte) { d.sum(b, func(x, y uint64) uint64 { return x - y }) }

func (d *digest) sum(b []byte, by func(x, y uint64) uint64) {
	h := sha256.Sum256(b)
	for i := range d {
		d[i] = by(d[i], binary.LittleEndian.Uint64(h[8*i:]))
	}
}

// content is the digest of the figures and the names of the dimensions.
func (in *intake) content() string {
	h := in.source.Header()
	d := in.digest
	d.add(bytes.Join([][]byte{[]byte(strings.Join(h.Dimensions, codeMark)), []byte(h.RegionDimension)}, []byte{0}))
	var b []byte
	for _, x := range d {
		b = binary.LittleEndian.AppendUint64(b, x)
	}
	return hex.EncodeToString(b)
}
