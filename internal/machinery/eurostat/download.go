package eurostat

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
	"peerscape/internal/wire/sdmxml"
)

// Download fetches the figures of a query into the cache folder: one file, or
// several where the service does not give so much at once. The files together
// are the answer; no observation stands in two of them. A file that the service
// reports as unchanged is not fetched again.
func (c *Client) Download(ctx context.Context, q Query) ([]File, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	leave, err := c.enter(ctx, q.Dataset)
	if err != nil {
		return nil, err
	}
	defer leave()
	first, updated, err := c.prepare(ctx, q)
	if err != nil {
		return nil, err
	}
	files, err := c.collect(ctx, first)
	for i := range files {
		files[i].Updated = updated
	}
	return files, err
}

// prepare asks for what is needed to put the query, and for the date of the
// last update.
func (c *Client) prepare(ctx context.Context, q Query) (*ask, time.Time, error) {
	learn := c.flowOf
	if len(q.Filter) > 0 {
		learn = c.fullStructure
	}
	s, err := learn(ctx, q.Dataset)
	if err != nil {
		return nil, time.Time{}, err
	}
	var updated time.Time
	if len(s.Dataflows) > 0 {
		updated = s.Dataflows[0].Updated
	}
	a, err := q.exact(s)
	return a, updated, err
}

// collect fetches one query, splitting it until every part is small enough.
// The parts keep the order of the codes.
func (c *Client) collect(ctx context.Context, first *ask) ([]File, error) {
	var files []File
	for pending := []*ask{first}; len(pending) > 0; {
		c.shown.Part, c.shown.Parts = len(files)+1, len(files)+len(pending)
		next := pending[0]
		file, err := c.one(ctx, next)
		big, ok := errors.AsType[*tooBig](err)
		switch {
		case err == nil:
			files = append(files, file)
			pending = pending[1:]
			continue
		case !ok:
			return nil, plain(err)
		}
		c.say(Splitting, 0, 0, 0)
		parts, err := c.split(ctx, next, big)
		if err != nil {
			return nil, plain(err)
		}
		if len(files)+len(pending)-1+len(parts) > c.MaxParts {
			return nil, big.fault.Do("Ask for fewer codes or periods: it would take more than %d files", c.MaxParts)
		}
		pending = append(parts, pending[1:]...)
	}
	return files, nil
}

// plain takes the fault out of the errors that only this package knows.
func plain(err error) error {
	if q, ok := errors.AsType[*queued](err); ok {
		return q.fault
	}
	return err
}

// one fetches a query that need not be split.
func (c *Client) one(ctx context.Context, a *ask) (File, error) {
	address := a.address()
	what := about{dataset: strings.ToLower(a.Dataset), address: c.Base + address}
	if len(what.address) > maxAddress {
		return File{}, what.large(0, 0)
	}
	return c.obtain(ctx, &target{
		stem: filepath.Join(c.Cache, stem(a.Dataset, what.address)),
		url:  what.address, asked: what.address, api: a.API, about: what,
	})
}

// split cuts a query along the dimension with the most codes, or in time where
// no dimension has two.
func (c *Client) split(ctx context.Context, a *ask, big *tooBig) ([]*ask, error) {
	s, err := c.fullStructure(ctx, a.Dataset)
	if err != nil {
		return nil, err
	}
	d, err := structureOf(s, a.Dataset)
	if err != nil {
		return nil, err
	}
	occur, err := c.constraintOf(ctx, a.Dataset)
	if err != nil && fault.KindOf(err) != fault.Missing {
		return nil, err
	}
	full := *a
	full.dims = nil
	var widest string
	var codes []string
	for _, comp := range d.Dimensions {
		id := strings.ToLower(comp.ID)
		full.dims = append(full.dims, id)
		if own := codesOf(a, s, occur, comp); len(own) > len(codes) {
			widest, codes = id, own
		}
	}
	if len(codes) < 2 {
		return halves(&full, s, big)
	}
	var parts []*ask
	for chunk := range slices.Chunk(codes, (len(codes)-1)/c.pieces(codes, big)+1) {
		part := full
		part.filter = maps.Clone(a.filter)
		if part.filter == nil {
			part.filter = map[string][]string{}
		}
		part.filter[widest] = chunk
		parts = append(parts, &part)
	}
	return parts, nil
}

// codesOf returns the codes that a query takes of a dimension: its own, or
// those that occur, or those of the list.
func codesOf(a *ask, s *sdmxml.Structure, occur *sdmxml.Constraint, comp sdmxml.Component) []string {
	if own := a.filter[strings.ToLower(comp.ID)]; len(own) > 0 {
		return own
	}
	if occur != nil {
		if codes := occur.Codes(comp.ID); len(codes) > 0 {
			return codes
		}
	}
	var codes []string
	if list, ok := s.CodeList(comp.CodeList); ok {
		for _, code := range list.Codes {
			codes = append(codes, code.ID)
		}
	}
	return codes
}

// pieces returns into how many parts codes are cut: as many as the service's
// estimate asks for, at least two, and so many that no address is too long.
func (c *Client) pieces(codes []string, big *tooBig) int {
	text := 0
	for _, code := range codes {
		text += len(code) + 1
	}
	n := max(2, text/(maxAddress/2)+1)
	if big.limit > 0 {
		n = max(n, int(min((big.cells-1)/big.limit+1, int64(c.MaxParts))))
	}
	return min(n, len(codes))
}

// halves cuts a query of single codes in the middle of its years.
func halves(a *ask, s *sdmxml.Structure, big *tooBig) ([]*ask, error) {
	from, to := a.Since, a.Until
	if len(s.Dataflows) > 0 {
		if from == 0 {
			from = s.Dataflows[0].Oldest
		}
		if to == 0 {
			to = s.Dataflows[0].Latest
		}
	}
	if from == 0 || to == 0 || from.Year() >= to.Year() {
		return nil, big.fault
	}
	middle := (from.Year() + to.Year()) / 2
	early, late := *a, *a
	early.Until, late.Since = stats.Year(middle), stats.Year(middle+1)
	return []*ask{&early, &late}, nil
}
