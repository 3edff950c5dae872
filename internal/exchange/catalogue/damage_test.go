package catalogue

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// small is a snapshot of two datasets.
func small(t testing.TB) []byte {
	t.Helper()
	var bodies, out bytes.Buffer
	s := stats.Series{}
	s.Add(stats.Year(2020), 1.5, stats.Provisional)
	s.Add(stats.Year(2021), 2, 0)
	packed := s.AppendPacked(nil)
	for place := range 3 {
		bodies.Write([]byte{0, byte(place), byte(len(packed))})
		bodies.Write(packed)
	}
	index := []shipped{
		{Code: "a", Dimensions: []string{"unit"}, Keys: [][]string{{"NR"}}, Places: []string{"AT", "FI"}, Series: 2},
		{Code: "b", Dimensions: []string{"unit"}, Keys: [][]string{{"NR"}}, Places: []string{"AT", "FI", "SE"}, Series: 1},
	}
	if err := writeSnapshot(&out, index, bodies.Bytes()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// readAll reads a snapshot to its end and returns what it holds.
func readAll(b []byte) (series int, err error) {
	s, err := openSnapshot(bytes.NewReader(b))
	if err != nil {
		return 0, err
	}
	if err := s.bodies(); err != nil {
		return 0, err
	}
	defer s.close()
	for i := range s.index {
		src := &snapshotSource{snapshot: s, shipped: &s.index[i], left: s.index[i].Series}
		var x stats.Series
		for {
			if err := src.Next(&x); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return series, err
			}
			series++
		}
	}
	return series, nil
}

func TestSnapshotRoundTrip(t *testing.T) {
	b := small(t)
	if n, err := readAll(b); n != 3 || err != nil {
		t.Fatalf("%d series, %v; want 3", n, err)
	}
	if !bytes.Equal(b, small(t)) {
		t.Error("written twice, the bytes differ")
	}
	for cut := range b {
		if _, err := readAll(b[:cut]); err == nil || fault.KindOf(err) != fault.Invalid {
			t.Errorf("cut after %d of %d bytes: %v, want a refusal", cut, len(b), err)
		}
	}
}

// FuzzReadSnapshot: no bytes make the reader panic or run on.
func FuzzReadSnapshot(f *testing.F) {
	f.Add(small(f))
	f.Add([]byte(snapshotMagic + "\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := readAll(b); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v is no fault of the file", err)
		}
	})
}
