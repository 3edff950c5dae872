package catalogue

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"peerscape/internal/fault"
	"peerscape/internal/nuts"
	"peerscape/internal/stats"
)

// blockSize is how many regions share one row of the slice table; most
// datasets have fewer than that many, and one row a slice.
const blockSize = 4096

// codeMark stands between the codes of a key where it is stored. No code holds
// one.
const codeMark = "\t"

// regionOf is one code of a vintage's region dimension.
type regionOf struct {
	nuts.ID // version 0 where the code is no region
	kind    nuts.Kind
	number  int64 // within the vintage
}

// regionList is the codes of a vintage, sorted.
type regionList struct {
	sorted  []regionOf
	numbers map[nuts.Code]int64
}

func newRegionList(all []regionOf) *regionList {
	slices.SortFunc(all, func(a, b regionOf) int { return strings.Compare(string(a.Code), string(b.Code)) })
	l := &regionList{sorted: all, numbers: make(map[nuts.Code]int64, len(all))}
	for _, r := range all {
		l.numbers[r.Code] = r.number
	}
	return l
}

// regionsOf returns the numbered regions of a vintage.
func (c *Catalogue) regionsOf(ctx context.Context, vintage int64) (*regionList, error) {
	if l := c.regions.get(vintage); l != nil {
		return l, nil
	}
	all, err := selectRegions(ctx, c.store.Read(), vintage)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, fault.New(fault.Missing, "catalogue.vintage", "there is no vintage %d", vintage)
	}
	l := newRegionList(all)
	c.regions.put(vintage, l)
	return l, nil
}

// Series returns the series of one region under one combination of codes. It
// is a fault of kind Missing where the vintage has none.
func (c *Catalogue) Series(ctx context.Context, vintage int64, key []string, region string) (*stats.Series, error) {
	list, err := c.regionsOf(ctx, vintage)
	if err != nil {
		return nil, fmt.Errorf("read the series of %s: %w", region, err)
	}
	code := nuts.Canonical(region)
	number, ok := list.numbers[code]
	if !ok {
		return nil, noSeries(key, code)
	}
	body, err := selectSeries(ctx, c.store.Read(), vintage, strings.Join(key, codeMark), number)
	if err != nil && fault.KindOf(err) == fault.Missing {
		return nil, noSeries(key, code)
	}
	if err != nil {
		return nil, fmt.Errorf("read the series of %s: %w", region, err)
	}
	s := &stats.Series{Key: slices.Clone(key), Region: string(code)}
	return s, stats.Unpack(body, s)
}

func noSeries(key []string, region nuts.Code) error {
	return fault.New(fault.Missing, "catalogue.series", "the vintage has no series of %s for %s", region, strings.Join(key, "."))
}

// Slice visits the series of all regions under one combination of codes, in
// the order of their codes. region has version 0 where the code is no region of
// any version. s is used again after visit returns; its key and region are set.
// A combination that does not occur is not visited and no error. An error of
// visit ends the visit and is returned.
func (c *Catalogue) Slice(ctx context.Context, vintage int64, key []string,
	visit func(region nuts.ID, kind nuts.Kind, code string, s *stats.Series) error,
) error {
	list, err := c.regionsOf(ctx, vintage)
	if err != nil {
		return fmt.Errorf("read the slice %s: %w", strings.Join(key, "."), err)
	}
	bodies, err := selectSlice(ctx, c.store.Read(), vintage, strings.Join(key, codeMark))
	if err != nil {
		return fmt.Errorf("read the slice %s: %w", strings.Join(key, "."), err)
	}
	s := &stats.Series{Key: slices.Clone(key)}
	for _, r := range list.sorted {
		body := bodies.of(r.number)
		if body == nil {
			continue
		}
		if err := stats.Unpack(body, s); err != nil {
			return fmt.Errorf("read the series of %s: %w", r.Code, err)
		}
		s.Region = string(r.Code)
		if err := visit(r.ID, r.kind, s.Region, s); err != nil {
			return err
		}
	}
	return nil
}

// sliceBodies holds the packed series of one slice by the region's number.
type sliceBodies struct {
	arena []byte
	spans []span // by number
}

// span is where a packed series lies; no series is empty.
type span struct{ from, to int }

func (b *sliceBodies) add(number int64, body []byte) {
	for int64(len(b.spans)) <= number {
		b.spans = append(b.spans, span{})
	}
	from := len(b.arena)
	b.arena = append(b.arena, body...)
	b.spans[number] = span{from, len(b.arena)}
}

// of returns nil where the region has no series.
func (b *sliceBodies) of(number int64) []byte {
	if number >= int64(len(b.spans)) || b.spans[number].to == 0 {
		return nil
	}
	return b.arena[b.spans[number].from:b.spans[number].to]
}
