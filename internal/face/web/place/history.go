package place

import (
	"context"
	"math"

	"peerscape/internal/face/locale"
	"peerscape/internal/nuts"
)

// History tells since when a region has its code, what it was before, and what
// changed in its area: whole sentences, one each.
func (g *Gazetteer) History(ctx context.Context, r *nuts.Region) []string {
	since := g.since(r)
	if since == nuts.Versions[0] {
		return []string{locale.T(ctx, "history.always", "Code", string(r.Code), "Version", int(since))}
	}
	c, ok := g.Regions.Change(nuts.ID{Code: r.Code, Version: since})
	if !ok || len(c.Pieces) == 0 {
		return []string{locale.T(ctx, "history.since", "Code", string(r.Code), "Version", int(since))}
	}
	before := c.Pieces[0].Code
	var out []string
	switch {
	case before == r.Code && len(c.Pieces) == 1:
		out = append(out, locale.T(ctx, "history.kept", "Code", string(r.Code), "Version", int(since)))
	case before == r.Code:
		out = append(out, locale.T(ctx, "history.changed", "Code", string(r.Code), "Version", int(since)))
	default:
		out = append(out, locale.T(ctx, "history.before", "Code", string(r.Code), "Version", int(since), "Before", names(ctx, c.Pieces)))
	}
	return append(out, g.changes(ctx, c)...)
}

// since returns the first version from which on the region has had its code
// and its area without interruption.
func (g *Gazetteer) since(r *nuts.Region) nuts.Version {
	since := r.Version
	for i := len(nuts.Versions) - 1; i >= 0; i-- {
		v := nuts.Versions[i]
		if v >= since {
			continue
		}
		if !g.Regions.Unchanged(nuts.ID{Code: r.Code, Version: v}, nuts.ID{Code: r.Code, Version: since}) {
			break
		}
		since = v
	}
	return since
}

// changes tells what an area gained and lost, in square kilometres and people.
func (g *Gazetteer) changes(ctx context.Context, c nuts.Change) []string {
	if c.Recoded || c.Slight {
		return nil
	}
	var out []string
	tell := func(key string, area, people float64) {
		if area >= 0.5 {
			out = append(out, locale.T(ctx, key, "Area", locale.Number(ctx, math.Round(area), 0), "People", locale.Number(ctx, math.Round(people), 0)))
		}
	}
	tell("history.gained", c.AreaGained, c.PeopleGained)
	tell("history.lost", c.AreaLost, c.PeopleLost)
	return out
}

func names(ctx context.Context, pieces []nuts.Piece) string {
	var codes []string
	for _, p := range pieces {
		if p.OfPop >= 0.0005 || p.OfArea >= 0.0005 {
			codes = append(codes, string(p.Code))
		}
	}
	return locale.List(ctx, codes)
}

// Became returns the regions of the current version in which a region of an
// older one lies, largest share first; nil where it still stands.
func (g *Gazetteer) Became(r *nuts.Region) []nuts.Piece {
	if r.Version == nuts.Current {
		return nil
	}
	return g.Regions.Successors(r.ID, nuts.Current)
}
