package wire

import (
	"io"

	"github.com/klauspost/compress/gzip"

	"peerscape/internal/fault"
	"peerscape/internal/wire/line"
)

// unzip decompresses and says of damage what to do. On population by age
// (10 MB of text) this decompressor takes nine tenths of the time of the
// standard library's, and a twentieth of its allocations.
type unzip struct {
	z    *gzip.Reader
	name string
}

func newUnzip(r io.Reader, name string) (*unzip, error) {
	z, err := gzip.NewReader(r)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, broken(name, err)
	}
	return &unzip{z, name}, nil
}

// Read decompresses. Of damaged input it gives out what comes before the
// damage, then a fault that names the file; the decoder adds the line.
func (u *unzip) Read(p []byte) (int, error) {
	n, err := u.z.Read(p)
	if err != nil && err != io.EOF {
		err = broken(u.name, err)
	}
	return n, err
}

// broken turns an error of the decompressor into a fault and leaves one of the
// reader under it as it is.
func broken(name string, err error) error {
	if !line.Damaged(err) {
		return err
	}
	return fault.New(fault.Invalid, "wire.broken-off", "the compressed file is damaged or breaks off here").
		Do("Download the file again").In(name, 0).Because(err)
}
