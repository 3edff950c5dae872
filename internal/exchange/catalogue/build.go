package catalogue

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
	"peerscape/internal/wire/sheet"
)

// recipe is the file that says what a snapshot is built from; see
// data/catalogue/snapshot.toml.
type recipe struct {
	Absent  map[string]string `toml:"absent"` // dataset → why it is not bundled
	Dataset []ingredient      `toml:"dataset"`
}

// ingredient is one dataset of the recipe.
type ingredient struct {
	Code      string   `toml:"code"`
	Title     string   `toml:"title"`
	Files     []string `toml:"files"`   // below the folder that is named on the command line
	NUTS      int      `toml:"nuts"`    // main version of the region codes; 0 finds out
	Updated   string   `toml:"updated"` // day of the publisher's last update
	Retrieved string   `toml:"retrieved"`
	Publisher string   `toml:"publisher"`
	Licence   string   `toml:"licence"`
	Link      string   `toml:"link"`
	Note      string   `toml:"note"`

	// Partial: the files hold a part of the dataset, so that not every
	// indicator that names it finds its codes.
	Partial bool `toml:"partial"`

	// From a table of several datasets: rows with these codes, and the
	// dimensions that belong to this one.
	Pick map[string]string `toml:"pick"`
	Keep []string          `toml:"keep"`

	Mapping *sheet.Mapping `toml:"mapping"` // of a workbook or a table that is in no format of Eurostat
	Layers  []layer        `toml:"layer"`   // of a file of figures behind a map

	// Years of countries and regions whose values are of another year than the
	// rest of a table.
	Years map[string]string `toml:"years"`
}

// shippable reports whether the figures of a code may travel with the program:
// the Union, EFTA and candidates. The United Kingdom and other third countries
// are for non-commercial use only.
func shippable(n *nuts.Nomenclature, code nuts.Code) bool {
	switch n.Kind(code) {
	case nuts.Aggregate:
		return true
	case nuts.Territorial, nuts.ExtraRegio:
		return !strings.HasPrefix(string(code), "UK")
	}
	return false
}

// BuildSnapshot reads the files of the recipe from dir, keeps the slices that
// the indicators name and the regions that may be shipped, and writes a
// snapshot. It needs no database.
func BuildSnapshot(ctx context.Context, files fs.FS, n *nuts.Nomenclature, dir fs.FS, w io.Writer) (*SnapshotReport, error) {
	indicators, err := ReadIndicators(files)
	if err != nil {
		return nil, err
	}
	var r recipe
	if _, err := toml.DecodeFS(files, "snapshot.toml", &r); err != nil {
		return nil, fault.New(fault.Invalid, "snapshot.recipe", "the recipe cannot be read: %v", err).In("snapshot.toml", 0).Do("Correct the line")
	}
	b := &builder{nomenclature: n, indicators: indicators, covered: map[string]bool{}}
	report := &SnapshotReport{}
	for _, x := range r.Dataset {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		line, err := b.add(x, dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", x.Code, err)
		}
		report.Datasets = append(report.Datasets, line)
	}
	out := &counter{w: w}
	if err := writeSnapshot(out, b.index, b.bodies); err != nil {
		return nil, err
	}
	report.Bytes = out.n
	report.count(indicators, b.covered)
	report.explain(indicators, r.Absent)
	return report, nil
}

type counter struct {
	w io.Writer
	n int
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += n
	return n, err
}

// builder gathers the index and the bodies.
type builder struct {
	nomenclature *nuts.Nomenclature
	indicators   []*Indicator
	covered      map[string]bool
	index        []shipped
	bodies       []byte
}

// gathered is one series that will be shipped.
type gathered struct {
	key    string // the codes as they are stored
	series *stats.Series
}

func (b *builder) add(x ingredient, dir fs.FS) (line ShippedDataset, err error) {
	line.Code = x.Code
	d := shipped{
		Code: x.Code, Publisher: cmp.Or(x.Publisher, Eurostat), Licence: cmp.Or(x.Licence, EurostatLicence), Link: cmp.Or(x.Link, EurostatPage+x.Code),
		File: strings.Join(x.Files, ", "), NUTS: nuts.Version(x.NUTS),
	}
	if err := d.dates(x); err != nil {
		return line, err
	}
	sum := sha256.New()
	var rows []gathered
	for part, name := range x.Files {
		h, more, err := b.read(x, name, dir, sum, &line)
		if err != nil {
			return line, err
		}
		if part == 0 {
			d.Format, d.Dimensions, d.Region, d.Labels, d.Title = h.Format, h.Dimensions, h.RegionDimension, h.Labels, cmp.Or(x.Title, h.Title)
		} else if !slices.Equal(d.Dimensions, h.Dimensions) {
			return line, fault.New(fault.Invalid, "snapshot.parts", "%s has the dimensions %v and %s has %v", x.Files[0], d.Dimensions, name, h.Dimensions).
				Do("Make two datasets of them")
		}
		if x.Keep == nil { // notes on a table of several datasets are not on this one
			d.Notes = append(d.Notes, h.Notes...)
		}
		rows = append(rows, more...)
	}
	if len(rows) == 0 {
		return line, fault.New(fault.Invalid, "snapshot.empty", "no series of %s is named by an indicator", x.Code).Do("Correct the filters, or leave the file out")
	}
	if err := b.fruitless(x); err != nil {
		return line, err
	}
	if x.Note != "" {
		d.Notes = append(d.Notes, x.Note)
	}
	d.Source = hex.EncodeToString(sum.Sum(nil))
	d.Notes = append(d.Notes, "Bundled: the slices that the catalogue names, without rows of the United Kingdom and of codes that are no region.")
	if rows, err = merged(rows); err != nil {
		return line, err
	}
	line.Series, d.Series = len(rows), len(rows)
	from := len(b.bodies)
	b.pack(&d, rows)
	if err := d.seal(b.bodies[from:]); err != nil {
		return line, err
	}
	b.index = append(b.index, d)
	return line, nil
}

// fruitless refuses a dataset that lacks the codes of an indicator.
func (b *builder) fruitless(x ingredient) error {
	for _, i := range b.indicators {
		if x.Partial || b.covered[i.Code] || !slices.ContainsFunc(i.Sources, func(s Source) bool { return s.Dataset == x.Code }) {
			continue
		}
		return fault.New(fault.Invalid, "snapshot.filter", "%s holds no series that %s asks for", x.Code, i.Code).
			Do("Correct the filter, or say partial = true in the recipe")
	}
	return nil
}

// read gathers what may be shipped of one file.
func (b *builder) read(x ingredient, name string, dir fs.FS, sum io.Writer, line *ShippedDataset) (*stats.Header, []gathered, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, nil, fault.New(fault.Missing, "snapshot.file", "the folder has no file %s", name).Because(err)
	}
	defer f.Close()
	src, err := x.open(name, io.TeeReader(f, sum))
	if err != nil {
		return nil, nil, err
	}
	if x.Keep != nil {
		src = newExtract(src, x.Pick, x.Keep)
	}
	h := src.Header()
	wanted := b.wanted(x.Code, h.Dimensions)
	var rows []gathered
	var s stats.Series
	for {
		if err := src.Next(&s); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, nil, err
		}
		if !wanted(s.Key) || s.Count() == 0 {
			continue
		}
		code := nuts.Canonical(s.Region)
		if !shippable(b.nomenclature, code) {
			line.Dropped++
			continue
		}
		if err := x.redate(&s); err != nil {
			return nil, nil, err
		}
		line.Values += s.Count()
		s.Region = string(code)
		rows = append(rows, gathered{strings.Join(s.Key, codeMark), s.Clone()})
	}
	_, err = io.Copy(sum, f) // what the decoder left unread counts in the checksum
	return h, rows, err
}

// seal gives the dataset the checksum by which it is known again: of all that
// it says. It is not that of the files, of which a later snapshot may hold more.
func (d *shipped) seal(bodies []byte) error {
	said, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("describe the dataset: %w", err)
	}
	sum := sha256.Sum256(append(said, bodies...))
	d.SHA256 = hex.EncodeToString(sum[:])
	return nil
}

func (d *shipped) dates(x ingredient) (err error) {
	for _, t := range []struct {
		day  string
		into *time.Time
	}{{x.Updated, &d.Updated}, {x.Retrieved, &d.Retrieved}} {
		if t.day == "" {
			continue
		}
		if *t.into, err = time.Parse(time.DateOnly, t.day); err != nil {
			return fault.New(fault.Invalid, "snapshot.day", "%q is not a day", t.day).Do("Write it as 2024-02-19")
		}
	}
	return nil
}

// wanted returns whether a key is named by an indicator, and notes for which
// indicators the dataset has figures.
func (b *builder) wanted(dataset string, dims []string) func(key []string) bool {
	type want struct {
		indicator string
		filter    map[string]string
	}
	var wants []want
	for _, i := range b.indicators {
		for _, s := range i.Sources {
			if s.Dataset == dataset {
				wants = append(wants, want{i.Code, s.Filter})
			}
		}
	}
	return func(key []string) bool {
		any := false
		for _, w := range wants {
			if fits(dims, key, w.filter) {
				b.covered[w.indicator], any = true, true
			}
		}
		return any
	}
}

func fits(dims, key []string, filter map[string]string) bool {
	for i, d := range dims {
		if want, ok := filter[d]; ok && want != key[i] {
			return false
		}
	}
	return true
}

// merged sorts rows by key and region and joins those of one series.
func merged(rows []gathered) ([]gathered, error) {
	slices.SortStableFunc(rows, func(x, y gathered) int {
		return cmp.Or(strings.Compare(x.key, y.key), strings.Compare(x.series.Region, y.series.Region))
	})
	out := rows[:0]
	for _, r := range rows {
		last := len(out) - 1
		if last < 0 || out[last].key != r.key || out[last].series.Region != r.series.Region {
			out = append(out, r)
			continue
		}
		for n, at := range r.series.Periods {
			if err := insert(out[last].series, at, r.series.Values[n], r.series.Flags[n]); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// insert adds an observation in its place.
func insert(s *stats.Series, at stats.Period, v float64, f stats.Flags) error {
	n, found := slices.BinarySearch(s.Periods, at)
	if found {
		if equal(s.At(n), stats.Observation{Period: at, Value: v, Flags: f}) {
			return nil
		}
		return fault.New(fault.Invalid, "snapshot.twice", "%s of %s has two values for %s", strings.Join(s.Key, "."), s.Region, at).
			Do("Leave one of the files out")
	}
	s.Periods, s.Values, s.Flags = slices.Insert(s.Periods, n, at), slices.Insert(s.Values, n, v), slices.Insert(s.Flags, n, f)
	return nil
}

// pack numbers keys and places and appends the bodies.
func (b *builder) pack(d *shipped, rows []gathered) {
	places := map[string]uint64{}
	for _, r := range rows {
		places[r.series.Region] = 0
	}
	d.Places = slices.Sorted(maps.Keys(places))
	for i, r := range d.Places {
		places[r] = uint64(i)
	}
	var body []byte
	for i, r := range rows {
		if i == 0 || r.key != rows[i-1].key {
			d.Keys = append(d.Keys, r.series.Key)
		}
		body = r.series.AppendPacked(body[:0])
		b.bodies = binary.AppendUvarint(b.bodies, uint64(len(d.Keys)-1))
		b.bodies = binary.AppendUvarint(b.bodies, places[r.series.Region])
		b.bodies = binary.AppendUvarint(b.bodies, uint64(len(body)))
		b.bodies = append(b.bodies, body...)
	}
}
