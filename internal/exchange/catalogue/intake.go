package catalogue

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// Limits of one dataset. What is held in memory is bounded: rows are written
// out when they are many, and the rest grows with the codes, not the figures.
const (
	heldBytes   = 24 << 20 // packed series before they are written
	heldRows    = 1 << 20
	mostSlices  = 1 << 20
	mostRegions = 1 << 17
	mostCodes   = 1 << 16 // of one dimension
)

// intake takes in the series of a source: it numbers slices and regions as
// they come, packs the series and holds them until there are many. Most
// datasets fit whole, so that the database is locked only while they are
// written.
type intake struct {
	source stats.Source
	file   string // for messages
	hold   int    // bytes of packed series in memory
	width  int    // dimensions

	slices map[string]*slice
	order  []*slice // as they came
	last   *slice   // the slice of the series before
	codes  []map[string]bool
	ids    int64 // numbers given to slices so far

	numbers map[string]int64 // by the region's code as it stands in the source
	regions []nuts.Code      // by number
	renamed bool             // GR or GB was met

	rows    []heldRow
	arena   []byte
	sorted  bool
	written bool // some rows are in the database

	from, to       stats.Period
	series, values int
	digest         digest
	a, b, both     stats.Series // memory for merging
	text           []byte
}

// slice is one combination of codes. first holds, for each block of regions,
// the number of its first series, from 0 in the dataset; -1 where the block
// does not occur.
type slice struct {
	key   []string
	codes string // the key as it is stored
	first []int64
}

// heldRow is a packed series in the arena. id counts from 0 in the dataset.
type heldRow struct {
	id       int64
	at, size int32
}

func newIntake(src stats.Source, file string, hold int) *intake {
	width := len(src.Header().Dimensions)
	in := &intake{
		source: src, file: file, hold: hold, width: width, sorted: true,
		slices: make(map[string]*slice), numbers: make(map[string]int64),
		codes: make([]map[string]bool, width),
	}
	for i := range in.codes {
		in.codes[i] = make(map[string]bool)
	}
	return in
}

// fill takes series in until the source ends, then done is true, or until
// enough are held.
func (in *intake) fill(ctx context.Context, progress func(series, values int)) (done bool, err error) {
	var s stats.Series
	for n := 0; len(in.arena) < in.hold && len(in.rows) < heldRows; n++ {
		if n%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return false, err
			}
			if progress != nil {
				progress(in.series, in.values)
			}
		}
		err := in.source.Next(&s)
		if errors.Is(err, io.EOF) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if err := in.take(&s); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (in *intake) take(s *stats.Series) error {
	if s.Len() == 0 {
		return nil
	}
	sl, err := in.slice(s.Key)
	if err != nil {
		return err
	}
	number, err := in.number(s.Region)
	if err != nil {
		return err
	}
	id := in.block(sl, number/blockSize) + number%blockSize
	if n := len(in.rows); n > 0 && id <= in.rows[n-1].id {
		in.sorted = false
	}
	at := len(in.arena)
	in.arena = s.AppendPacked(in.arena)
	in.rows = append(in.rows, heldRow{id, int32(at), int32(len(in.arena) - at)})
	in.series++
	in.values += s.Count()
	first, last := s.Periods[0], s.Periods[s.Len()-1]
	if in.from == 0 || first < in.from {
		in.from = first
	}
	in.to = max(in.to, last)
	return nil
}

// slice returns the slice of a key, a new one if it is the first of its kind.
func (in *intake) slice(key []string) (*slice, error) {
	if in.last != nil && slices.Equal(in.last.key, key) {
		return in.last, nil
	}
	if len(key) != in.width {
		return nil, fault.New(fault.Internal, "catalogue.key", "a series has %d codes for %d dimensions", len(key), in.width).In(in.file, 0)
	}
	in.text = in.text[:0]
	for i, code := range key {
		if i > 0 {
			in.text = append(in.text, codeMark...)
		}
		in.text = append(in.text, code...)
	}
	in.last = in.slices[string(in.text)]
	if in.last != nil {
		return in.last, nil
	}
	if len(in.slices) == mostSlices {
		return nil, in.tooMany("combinations of codes", mostSlices)
	}
	codes := string(in.text)
	if strings.Count(codes, codeMark) != max(0, in.width-1) || !storable(codes) {
		return nil, in.strange(codes)
	}
	in.last = &slice{codes: codes, key: make([]string, in.width)}
	copy(in.last.key, strings.Split(codes, codeMark))
	for i, code := range in.last.key {
		in.codes[i][code] = true
		if len(in.codes[i]) > mostCodes {
			return nil, in.tooMany("codes of the dimension "+in.source.Header().Dimensions[i], mostCodes)
		}
	}
	in.slices[codes] = in.last
	in.order = append(in.order, in.last)
	return in.last, nil
}

// block returns the number of the first series of a slice's block of regions.
func (in *intake) block(sl *slice, block int64) int64 {
	for int64(len(sl.first)) <= block {
		sl.first = append(sl.first, -1)
	}
	if sl.first[block] < 0 {
		sl.first[block] = in.ids
		in.ids += blockSize
	}
	return sl.first[block]
}

// number returns a region's number, a new one if the code is new.
func (in *intake) number(region string) (int64, error) {
	if n, ok := in.numbers[region]; ok {
		return n, nil
	}
	if len(in.regions) == mostRegions {
		return 0, in.tooMany("codes of regions", mostRegions)
	}
	code := nuts.Canonical(region)
	n, ok := in.numbers[string(code)]
	if !ok {
		if !storable(region) {
			return 0, in.strange(region)
		}
		n = int64(len(in.regions))
		in.regions = append(in.regions, nuts.Code(strings.Clone(string(code))))
		in.numbers[string(in.regions[n])] = n
	}
	if string(code) != region {
		in.numbers[strings.Clone(region)] = n
		in.renamed = in.renamed || !strings.EqualFold(strings.TrimSpace(region), string(code))
	}
	return n, nil
}

func (in *intake) tooMany(what string, most int) error {
	return fault.New(fault.TooLarge, "catalogue.too-many", "the dataset has more than %d %s", most, what).In(in.file, 0).
		Do("Check that the columns are the right ones, or split the file")
}

// storable reports whether both databases can keep s as text.
func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func (in *intake) strange(codes string) error {
	return fault.New(fault.Invalid, "catalogue.code", "a code holds characters that no code has: %q", codes).In(in.file, 0).
		Do("Check the encoding of the file and that the columns are the right ones")
}

// flush writes the held rows, in the order of their numbers, and forgets them.
func (in *intake) flush(ctx context.Context, into *seriesTable) error {
	if !in.sorted {
		slices.SortFunc(in.rows, func(a, b heldRow) int {
			return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.at, b.at))
		})
	}
	places := in.places()
	for len(in.rows) > 0 {
		n := min(len(in.rows), blockSize)
		for n < len(in.rows) && in.rows[n].id == in.rows[n-1].id {
			n++
		}
		chunk := in.rows[:n]
		in.rows = in.rows[n:]
		var there map[int64][]byte
		if in.written {
			var err error
			if there, err = into.between(ctx, chunk[0].id, chunk[n-1].id); err != nil {
				return err
			}
		}
		if err := in.write(ctx, into, chunk, there, places); err != nil {
			return err
		}
	}
	in.rows, in.arena, in.sorted, in.written = nil, in.arena[:0], true, true
	return into.finish(ctx)
}

// write writes a chunk of rows. Rows of one number become one series, together
// with what is there already.
func (in *intake) write(ctx context.Context, into *seriesTable, chunk []heldRow, there map[int64][]byte, places []*slice) error {
	for i := 0; i < len(chunk); {
		id := chunk[i].id
		place := places[id/blockSize]
		body := in.body(chunk[i])
		for i++; i < len(chunk) && chunk[i].id == id; i++ {
			var err error
			if body, err = in.merge(place, id, body, in.body(chunk[i])); err != nil {
				return err
			}
		}
		old, replace := there[id]
		if replace {
			in.digest.remove(in.told(place, id, old))
			var err error
			if body, err = in.merge(place, id, old, body); err != nil {
				return err
			}
		}
		in.digest.add(in.told(place, id, body))
		if err := into.put(ctx, id, body, replace); err != nil {
			return err
		}
	}
	return nil
}

func (in *intake) body(r heldRow) []byte { return in.arena[r.at : r.at+r.size] }

// places returns the slice of each run of blockSize numbers.
func (in *intake) places() []*slice {
	places := make([]*slice, in.ids/blockSize)
	for _, sl := range in.order {
		for _, first := range sl.first {
			if first >= 0 {
				places[first/blockSize] = sl
			}
		}
	}
	return places
}

// region returns the code of the region that series id belongs to.
func (in *intake) region(sl *slice, id int64) nuts.Code {
	block := slices.Index(sl.first, id-id%blockSize)
	return in.regions[int64(block)*blockSize+id%blockSize]
}

// merge joins two parts of one series. A figure that both hold must be the same
// in both.
func (in *intake) merge(sl *slice, id int64, x, y []byte) ([]byte, error) {
	if err := errors.Join(stats.Unpack(x, &in.a), stats.Unpack(y, &in.b)); err != nil {
		return nil, err
	}
	a, b, out := &in.a, &in.b, &in.both
	out.Reset()
	in.series--
	i, j := 0, 0
	for i < a.Len() || j < b.Len() {
		switch {
		case j == b.Len() || i < a.Len() && a.Periods[i] < b.Periods[j]:
			out.Add(a.Periods[i], a.Values[i], a.Flags[i])
			i++
		case i == a.Len() || b.Periods[j] < a.Periods[i]:
			out.Add(b.Periods[j], b.Values[j], b.Flags[j])
			j++
		default:
			if p, q := a.At(i), b.At(j); !equal(p, q) {
				return nil, in.twice(sl, in.region(sl, id), p, q)
			}
			if !math.IsNaN(a.Values[i]) {
				in.values--
			}
			out.Add(a.Periods[i], a.Values[i], a.Flags[i])
			i, j = i+1, j+1
		}
	}
	return out.AppendPacked(nil), nil
}

// equal reports whether two observations say the same.
func equal(a, b stats.Observation) bool {
	return a.Flags == b.Flags && (a.Value == b.Value || math.IsNaN(a.Value) && math.IsNaN(b.Value))
}

func (in *intake) twice(sl *slice, region nuts.Code, a, b stats.Observation) error {
	key := strings.Join(append(slices.Clone(sl.key), string(region)), ".")
	return fault.New(fault.Invalid, "catalogue.twice", "%s has two values for %s: %s and %s", key, a.Period, inWords(a), inWords(b)).
		In(in.file, 0).Do("Keep one of the two rows")
}

// inWords renders "18890.62 p" or ": c".
func inWords(o stats.Observation) string {
	text := ":"
	if !math.IsNaN(o.Value) {
		text = strconv.FormatFloat(o.Value, 'f', -1, 64)
	}
	return strings.TrimSpace(text + " " + o.Flags.String())
}

// dimensions returns the dimensions with the codes that occurred.
func (in *intake) dimensions() []Dimension {
	h := in.source.Header()
	all := make([]Dimension, in.width)
	for i, id := range h.Dimensions {
		all[i] = Dimension{ID: id, Codes: slices.Sorted(maps.Keys(in.codes[i]))}
		for _, code := range all[i].Codes {
			if label := h.Labels[id][code]; label != "" {
				if all[i].Labels == nil {
					all[i].Labels = make(map[string]string)
				}
				all[i].Labels[code] = label
			}
		}
	}
	return all
}
