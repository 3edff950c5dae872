package catalogue_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db"
	"peerscape/internal/sharedtest"
	"peerscape/internal/wire/tsv"
)

func TestImportRefusesAndChangesNothing(t *testing.T) {
	broken := fault.New(fault.Invalid, "wire.number", "%q is no number", "x").In("f.tsv", 3)
	strange := rows(t, "A.T FI1C3 2020=1")
	strange.rows[0].Key[1] = "T\tT"
	latin := rows(t, "A.T FI1C3 2020=1")
	latin.rows[0].Region = "K\xe4rnten"
	short := rows(t, "A.T FI1C3 2020=1")
	short.rows[0].Key = short.rows[0].Key[:1]
	stop := errors.New("not like this")
	cases := map[string]struct {
		source *table
		o      catalogue.ImportOptions
		kind   fault.Kind
		says   string
	}{
		"an error in the source":    {&table{header: rows(t).header, rows: rows(t, "A.T FI1C3 2020=1").rows, fail: broken}, catalogue.ImportOptions{}, fault.Invalid, `f.tsv, line 3: "x" is no number`},
		"the same, after writing":   {&table{header: rows(t).header, rows: rows(t, "A.T FI1C3 2020=1", "A.T EL30 2020=1").rows, fail: broken}, catalogue.ImportOptions{Hold: 1}, fault.Invalid, `f.tsv, line 3: "x" is no number`},
		"no figures":                {rows(t), catalogue.ImportOptions{}, fault.Invalid, "f.tsv: the file holds no figures"},
		"no name":                   {rows(t, "A.T FI1C3 2020=1"), catalogue.ImportOptions{Dataset: " "}, fault.Invalid, "the file does not say which dataset it is"},
		"two values":                {rows(t, "A.T FI1C3 2020=1 2021=18890.62p", "A.T FI1C3 2021=18840.74"), catalogue.ImportOptions{}, fault.Invalid, "f.tsv: A.T.FI1C3 has two values for 2021: 18890.62 p and 18840.74"},
		"two values, after writing": {rows(t, "A.T FI1C3 2020=1", "A.T FI1C3 2020=:c"), catalogue.ImportOptions{Hold: 1}, fault.Invalid, "A.T.FI1C3 has two values for 2020: 1 and : c"},
		"two values of Greece":      {rows(t, "A.T GR30 2020=1", "A.T EL30 2020=2"), catalogue.ImportOptions{}, fault.Invalid, "A.T.EL30 has two values for 2020: 1 and 2"},
		"two flags":                 {rows(t, "A.T FI1C3 2020=1", "A.T FI1C3 2020=1p"), catalogue.ImportOptions{}, fault.Invalid, "A.T.FI1C3 has two values for 2020: 1 and 1 p"},
		"a refused structure":       {rows(t, "A.T FI1C3 2020=1"), catalogue.ImportOptions{Check: func(*catalogue.Structure) error { return stop }}, fault.Internal, "not like this"},
		"a tab in a code":           {strange, catalogue.ImportOptions{}, fault.Invalid, "a code holds characters that no code has"},
		"another encoding":          {latin, catalogue.ImportOptions{}, fault.Invalid, "a code holds characters that no code has"},
		"a short key":               {short, catalogue.ImportOptions{}, fault.Internal, "a series has 1 codes for 2 dimensions"},
	}
	onBoth(t, func(t *testing.T, d *db.DB, cat *catalogue.Catalogue) {
		mustImport(t, cat, rows(t, "A.T FI1C3 2020=0.5"), catalogue.ImportOptions{Updated: day(1)})
		before := dump(t, d)
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				src := *c.source
				if c.o.Dataset == "" {
					c.o.Dataset = "demo"
				}
				c.o.File = "f.tsv"
				got, err := cat.Import(t.Context(), &src, c.o)
				if err == nil || got != nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
					t.Errorf("Import: %+v, %v; want kind %v that says %q", got, err, c.kind, c.says)
				}
				if diff := cmp.Diff(before, dump(t, d)); diff != "" {
					t.Errorf("the database was changed:\n%s", diff)
				}
			})
		}
	})
}

// TestDamagedFilesChangeNothing: a real file that breaks off, one with a word
// for a number near its end, and an import that is called off.
func TestDamagedFilesChangeNothing(t *testing.T) {
	long(t)
	packed, err := os.ReadFile(sharedtest.Path(t, "data", "eurostat", "kohesio_clementlefevre", "estat_nama_10r_3gdp.tsv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(plain, []byte("A,"))
	word := slices.Concat(plain[:at], bytes.Replace(plain[at:], []byte("\t"), []byte("\tmany "), 1))
	onBoth(t, func(t *testing.T, d *db.DB, c *catalogue.Catalogue) {
		mustImport(t, c, rows(t, "A.T FI1C3 2020=0.5"), catalogue.ImportOptions{Updated: day(1)})
		before := dump(t, d)
		for name, open := range map[string]func() (io.Reader, context.Context){
			"breaks off": func() (io.Reader, context.Context) {
				z, err := gzip.NewReader(bytes.NewReader(packed[:len(packed)*2/3]))
				if err != nil {
					t.Fatal(err)
				}
				return z, t.Context()
			},
			"a word": func() (io.Reader, context.Context) { return bytes.NewReader(word), t.Context() },
			"called off": func() (io.Reader, context.Context) {
				ctx, cancel := context.WithCancel(t.Context())
				return io.MultiReader(bytes.NewReader(plain[:at]), called(cancel), bytes.NewReader(plain[at:])), ctx
			},
		} {
			for _, hold := range []int{0, 4096} {
				r, ctx := open()
				src, err := tsv.NewReader(r, "nama.tsv.gz")
				if err != nil {
					t.Fatal(err)
				}
				o := catalogue.ImportOptions{Dataset: "nama_10r_3gdp", File: "nama.tsv.gz", Hold: hold}
				if got, err := c.Import(ctx, src, o); err == nil {
					t.Errorf("%s, hold %d: imported as %+v", name, hold, got.Vintage)
				} else if ctx.Err() == nil && !strings.Contains(err.Error(), "nama.tsv.gz, line ") {
					t.Errorf("%s, hold %d: %v does not name file and line", name, hold, err)
				}
				if diff := cmp.Diff(before, dump(t, d)); diff != "" {
					t.Errorf("%s, hold %d: the database was changed:\n%s", name, hold, diff)
				}
			}
		}
		if _, err := c.Dataset(t.Context(), "nama_10r_3gdp"); fault.KindOf(err) != fault.Missing {
			t.Errorf("the dataset is there: %v", err)
		}
	})
}

// called is an empty reader that calls a function when it is read.
type called func()

func (c called) Read([]byte) (int, error) {
	c()
	return 0, io.EOF
}
