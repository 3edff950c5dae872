package wire

import (
	"errors"
	"io"
	"slices"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

// Chain streams several files of one dataset as one source: the parts of a
// query that the publisher answers in pieces. open is called for each part
// when the one before has been read.
func Chain(parts int, open func(part int) (stats.Source, error)) (stats.Source, error) {
	first, err := open(0)
	if err != nil {
		return nil, err
	}
	return &chain{Source: first, parts: parts, open: open}, nil
}

type chain struct {
	stats.Source // the part that is being read; the first one's header counts
	first        *stats.Header
	part, parts  int
	open         func(int) (stats.Source, error)
}

// Header returns the first part's header.
func (c *chain) Header() *stats.Header {
	if c.first == nil {
		c.first = c.Source.Header()
	}
	return c.first
}

// Next returns the next series of any part.
func (c *chain) Next(s *stats.Series) error {
	for {
		err := c.Source.Next(s)
		if !errors.Is(err, io.EOF) || c.part+1 == c.parts {
			return err
		}
		head := c.Header()
		c.part++
		if c.Source, err = c.open(c.part); err != nil {
			return err
		}
		if next := c.Source.Header(); !slices.Equal(head.Dimensions, next.Dimensions) {
			return fault.New(fault.Invalid, "wire.parts", "part %d has the dimensions %v and the first part %v", c.part+1, next.Dimensions, head.Dimensions).
				Do("Fetch the dataset again")
		}
	}
}
