package catalogue

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// snapshotMagic opens a snapshot file; the digit is the format's version. See
// docs/snapshot.md.
const snapshotMagic = "PEERSCAPE SNAPSHOT 1\n"

// Limits of what a snapshot may claim, so that a damaged one cannot make the
// reader ask for endless memory.
const (
	mostIndexBytes  = 4 << 20
	mostSeriesBytes = 1 << 20
)

// shipped is one dataset of a snapshot, as its index lists it.
type shipped struct {
	Code       string                       `json:"code"`
	Title      string                       `json:"title"`
	Publisher  string                       `json:"publisher"`
	Licence    string                       `json:"licence"`
	Link       string                       `json:"link"`
	File       string                       `json:"file"`
	Source     string                       `json:"source"` // SHA-256 of the files, one after the other
	SHA256     string                       `json:"sha256"` // of what is shipped of them
	Format     string                       `json:"format"`
	Updated    time.Time                    `json:"updated,omitzero"`
	Retrieved  time.Time                    `json:"retrieved,omitzero"`
	NUTS       nuts.Version                 `json:"nuts"`
	Notes      []string                     `json:"notes,omitempty"`
	Dimensions []string                     `json:"dimensions"`
	Region     string                       `json:"region"`
	Labels     map[string]map[string]string `json:"labels,omitempty"`
	Keys       [][]string                   `json:"keys"`
	Places     []string                     `json:"places"`
	Series     int                          `json:"series"`
}

// LoadSnapshot imports the datasets of a snapshot that are not there yet. A
// snapshot whose files are all known is passed over after its index.
func (c *Catalogue) LoadSnapshot(ctx context.Context, r io.Reader) error {
	s, err := openSnapshot(r)
	if err != nil {
		return fmt.Errorf("read the snapshot: %w", err)
	}
	known, err := c.knownFiles(ctx)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(s.index, func(d shipped) bool { return !known[d.Code+" "+d.SHA256] }) {
		return nil
	}
	if err := s.bodies(); err != nil {
		return err
	}
	defer s.close()
	for i := range s.index {
		src := &snapshotSource{snapshot: s, shipped: &s.index[i], left: s.index[i].Series}
		if known[src.Code+" "+src.SHA256] {
			if err := src.skip(); err != nil {
				return err
			}
			continue
		}
		if _, err := c.Import(ctx, src, src.options()); err != nil {
			return fmt.Errorf("load %s from the snapshot: %w", src.Code, err)
		}
	}
	return nil
}

// SnapshotLine is one dataset that a snapshot holds.
type SnapshotLine struct {
	Dataset string `json:"dataset"`
	Title   string `json:"title"`
	File    string `json:"file"`
	SHA256  string `json:"sha256"`
	Series  int    `json:"series"`
	Licence string `json:"licence"`
}

// ListSnapshot reads what a snapshot holds, without its figures.
func ListSnapshot(r io.Reader) ([]SnapshotLine, error) {
	s, err := openSnapshot(r)
	if err != nil {
		return nil, err
	}
	var out []SnapshotLine
	for _, d := range s.index {
		out = append(out, SnapshotLine{d.Code, d.Title, d.File, d.SHA256, d.Series, d.Licence})
	}
	return out, nil
}

// knownFiles returns the files that were imported, as "dataset checksum".
func (c *Catalogue) knownFiles(ctx context.Context) (map[string]bool, error) {
	all, err := c.Datasets(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, d := range all {
		for _, v := range d.Vintages {
			known[d.Code+" "+v.SHA256] = true
		}
	}
	return known, nil
}

// snapshot is an opened snapshot: its index, and the stream of bodies.
type snapshot struct {
	index []shipped
	rest  *bufio.Reader
	zip   *zstd.Decoder
	in    *bufio.Reader
	body  []byte
}

func openSnapshot(r io.Reader) (*snapshot, error) {
	bad := fault.New(fault.Invalid, "snapshot.format", "this is not a snapshot of format 1, or it is damaged").
		Do("Build it again with \"peerscape snapshot build\"")
	s := &snapshot{rest: bufio.NewReader(r)}
	magic := make([]byte, len(snapshotMagic))
	if _, err := io.ReadFull(s.rest, magic); err != nil || string(magic) != snapshotMagic {
		return nil, bad.Because(err)
	}
	size, err := binary.ReadUvarint(s.rest)
	if err != nil || size > mostIndexBytes {
		return nil, bad.Because(err)
	}
	packed := make([]byte, size)
	if _, err := io.ReadFull(s.rest, packed); err != nil {
		return nil, bad.Because(err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		return nil, err
	}
	defer dec.Close()
	index, err := dec.DecodeAll(packed, nil)
	if err != nil {
		return nil, bad.Because(err)
	}
	if err := json.Unmarshal(index, &s.index); err != nil {
		return nil, bad.Because(err)
	}
	return s, nil
}

// bodies starts reading the series.
func (s *snapshot) bodies() (err error) {
	if s.zip, err = zstd.NewReader(s.rest, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20)); err != nil {
		return fmt.Errorf("read the snapshot: %w", err)
	}
	s.in = bufio.NewReaderSize(s.zip, 1<<16)
	return nil
}

func (s *snapshot) close() {
	if s.zip != nil {
		s.zip.Close()
	}
}

// next reads one series: numbers of key and place, length and packed body.
func (s *snapshot) next() (key, place uint64, body []byte, err error) {
	var size uint64
	for _, into := range []*uint64{&key, &place, &size} {
		if *into, err = binary.ReadUvarint(s.in); err != nil {
			return 0, 0, nil, damaged(err)
		}
	}
	if size > mostSeriesBytes {
		return 0, 0, nil, damaged(errors.New("a series is too long"))
	}
	if uint64(cap(s.body)) < size {
		s.body = make([]byte, size)
	}
	s.body = s.body[:size]
	if _, err = io.ReadFull(s.in, s.body); err != nil {
		return 0, 0, nil, damaged(err)
	}
	return key, place, s.body, nil
}

// damaged is the fault of a snapshot that breaks off or says what cannot be. The
// end of the file is never the end of a dataset, which states its number of
// series.
func damaged(cause error) error {
	if errors.Is(cause, io.EOF) {
		cause = io.ErrUnexpectedEOF
	}
	return fault.New(fault.Invalid, "snapshot.damaged", "the snapshot is damaged").Do("Install the program again, or build the snapshot again").Because(cause)
}

// snapshotSource streams one dataset of a snapshot.
type snapshotSource struct {
	*snapshot
	*shipped
	left int
}

func (s *snapshotSource) options() ImportOptions {
	return ImportOptions{
		Dataset: s.Code, Title: s.Title, File: s.File, SHA256: s.SHA256, Link: s.Link, Publisher: s.Publisher, Licence: s.Licence,
		Retrieved: s.Retrieved, Updated: s.Updated, NUTS: s.NUTS, Partial: true,
	}
}

// Header implements stats.Source.
func (s *snapshotSource) Header() *stats.Header {
	return &stats.Header{
		Dataset: s.Code, Title: s.Title, Format: s.Format, Dimensions: s.Dimensions, RegionDimension: s.Region, Updated: s.Updated,
		Labels: s.Labels, Notes: s.Notes,
	}
}

// Next implements stats.Source.
func (s *snapshotSource) Next(out *stats.Series) error {
	if s.left == 0 {
		return io.EOF
	}
	key, place, body, err := s.next()
	if err != nil {
		return err
	}
	if key >= uint64(len(s.Keys)) || place >= uint64(len(s.Places)) {
		return damaged(errors.New("a series names an unknown key or place"))
	}
	s.left--
	if err := stats.Unpack(body, out); err != nil {
		return damaged(err)
	}
	out.Key = append(out.Key[:0], s.Keys[key]...)
	out.Region = s.Places[place]
	return nil
}

func (s *snapshotSource) skip() error {
	for ; s.left > 0; s.left-- {
		if _, _, _, err := s.next(); err != nil {
			return err
		}
	}
	return nil
}

// writeSnapshot writes an index and the series that were gathered for it. The
// same input gives the same bytes.
func writeSnapshot(w io.Writer, index []shipped, bodies []byte) error {
	plain, err := json.Marshal(index)
	if err != nil {
		return fmt.Errorf("write the index: %w", err)
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(8<<20))
	if err != nil {
		return err
	}
	defer enc.Close()
	packed := enc.EncodeAll(plain, nil)
	var head bytes.Buffer
	head.WriteString(snapshotMagic)
	head.Write(binary.AppendUvarint(nil, uint64(len(packed))))
	head.Write(packed)
	for _, part := range [][]byte{head.Bytes(), enc.EncodeAll(bodies, nil)} {
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("write the snapshot: %w", err)
		}
	}
	return nil
}
