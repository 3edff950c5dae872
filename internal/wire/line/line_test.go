package line

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerscape/internal/fault"
)

func all(r io.Reader) (lines []string, err error) {
	s := NewScanner(r, "f.tsv")
	for {
		b, err := s.Next()
		if err == io.EOF {
			return lines, nil
		}
		if err != nil {
			return lines, err
		}
		lines = append(lines, string(b))
	}
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", MaxLine)
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"empty":                  {"", nil},
		"one without end":        {"a", []string{"a"}},
		"one with end":           {"a\n", []string{"a"}},
		"empty lines":            {"\n\na", []string{"", "", "a"}},
		"CRLF and LF":            {"a\r\nb\nc\r\n", []string{"a", "b", "c"}},
		"mark":                   {"\ufeffa\n\ufeffb", []string{"a", "\ufeffb"}},
		"mark alone":             {"\ufeff", []string{""}},
		"carriage return inside": {"a\rb\n", []string{"a\rb"}},
		"longest":                {long + "\nb", []string{long, "b"}},
		"longest with CR":        {long + "\r\nb", []string{long, "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := all(strings.NewReader(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("lines (-want +got):\n%s", d)
			}
			slow, err := all(iotest.DataErrReader(iotest.HalfReader(strings.NewReader(c.in))))
			if d := cmp.Diff(c.want, slow); err != nil || d != "" {
				t.Errorf("in small reads: %v\n%s", err, d)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for range 40000 {
		_, _ = io.WriteString(z, "a line that repeats\n")
	}
	_ = z.Close()
	unzip := func(b []byte) io.Reader {
		r, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	flipped := bytes.Clone(packed.Bytes())
	flipped[len(flipped)-6] ^= 1
	for name, c := range map[string]struct {
		in   io.Reader
		kind fault.Kind
		want string
	}{
		"too long": {
			strings.NewReader("a\n" + strings.Repeat("x", MaxLine+1) + "\n"), fault.TooLarge,
			"f.tsv, line 2: the line is longer than 4 MiB. Check that this is the table itself; its rows must stand on lines of their own",
		},
		"zero byte": {
			strings.NewReader("a\nb\x00c\n"), fault.Invalid,
			"f.tsv, line 2: there is a zero byte, so this is no text file. Upload the text file itself, not a program's own file",
		},
		"UTF-16": {
			strings.NewReader("\xff\xfea\x00\n\x00"), fault.Invalid,
			"f.tsv, line 1: the file is written in UTF-16. Save it again as UTF-8",
		},
		"cut gzip": {
			unzip(packed.Bytes()[:packed.Len()-9]), fault.Invalid,
			"f.tsv, line 40001: the compressed file is damaged or breaks off here. Download the file again",
		},
		"wrong sum": {
			unzip(flipped), fault.Invalid,
			"f.tsv, line 40001: the compressed file is damaged or breaks off here. Download the file again",
		},
		"fault of the reader": {
			iotest.ErrReader(fault.New(fault.TooLarge, "k", "the upload is too large")), fault.TooLarge,
			"f.tsv, line 1: the upload is too large",
		},
		"stuck": {stuck{}, fault.Internal, "f.tsv, line 1: " + io.ErrNoProgress.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := all(c.in)
			if err == nil {
				t.Fatal("was accepted")
			}
			if got := fault.KindOf(err); got != c.kind || err.Error() != c.want {
				t.Errorf("got  %v: %v\nwant %v: %v", got, err, c.kind, c.want)
			}
		})
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

// endless is a file of one line that never ends.
type endless struct{ read int64 }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	e.read += int64(len(p))
	return len(p), nil
}

func TestEndlessLineKeepsMemoryBounded(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	e := &endless{}
	s := NewScanner(e, "huge.csv")
	_, err := s.Next()
	runtime.ReadMemStats(&after)
	if err == nil || fault.KindOf(err) != fault.TooLarge {
		t.Fatalf("got %v, want a fault of kind too-large", err)
	}
	if e.read > MaxLine+firstBuffer {
		t.Errorf("%d bytes were read", e.read)
	}
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 4*MaxLine {
		t.Errorf("%d bytes were allocated", spent)
	}
	if _, again := s.Next(); !errors.Is(again, err) {
		t.Errorf("the error does not stay: %v", again)
	}
}

func TestLinesAreThoseOfSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.StringMatching(`[a-z\t,é]{0,40}`), 1, 30).Draw(t, "lines")
		end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "end")
		got, err := all(iotest.OneByteReader(strings.NewReader(strings.Join(want, end) + end)))
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Fatalf("%v\n%s", err, d)
		}
	})
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("a\tb\r\n1\t2\n"))
	f.Add([]byte("\ufeff\n\n\x00"))
	f.Add([]byte{0xff, 0xfe, 'a', 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		lines, err := all(bytes.NewReader(in))
		if err != nil {
			if _, ok := errors.AsType[*fault.Error](err); !ok {
				t.Fatalf("%v is no fault", err)
			}
			return
		}
		if n := bytes.Count(in, []byte("\n")); len(lines) < n || len(lines) > n+1 {
			t.Fatalf("%d lines for %d line ends", len(lines), n)
		}
	})
}

func BenchmarkScanner(b *testing.B) {
	text := strings.Repeat("A,NR,T,Y_LT5,AT111\t1845 \t1877 \t1890 p\n", 50000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		s := NewScanner(strings.NewReader(text), "f")
		for {
			if _, err := s.Next(); err != nil {
				break
			}
		}
	}
}
