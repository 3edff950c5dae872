package place

import (
	"context"
	"math"
	"slices"
	"strings"

	"peerscape/internal/face/locale"
	"peerscape/internal/nuts"
)

// Metro is a metropolis beside a region.
type Metro struct {
	Name     string // of the city
	Core     nuts.ID
	Compare  nuts.ID // the region of the same level that holds the core; the core itself where that one holds the region too
	Kind     nuts.RelationKind
	Distance float64 // km between the representative points
	Computed bool    // suggested, not stated
}

// Inside reports whether the metropolis lies in the region, so that the two
// cannot be compared.
func (m Metro) Inside() bool { return m.Kind == nuts.Inside && m.Compare == nuts.ID{} }

// City returns the name of a metropolis in the reader's language.
func City(ctx context.Context, name string) string {
	return locale.From(ctx).Or("city."+strings.ToLower(name), name)
}

// Beside returns the metropolises of a region: the stated ones, else the one
// that is suggested first.
func (g *Gazetteer) Beside(r *nuts.Region) []Metro {
	var out []Metro
	for _, rel := range g.Regions.Metros(r.ID) {
		out = append(out, g.metro(r, rel, false))
	}
	if len(out) == 0 && r.Level > 1 {
		for _, s := range g.Regions.SuggestMetros(r.ID) {
			out = append(out, g.metro(r, s.Relation, true))
			break
		}
	}
	return out
}

func (g *Gazetteer) metro(r *nuts.Region, rel nuts.Relation, computed bool) Metro {
	m := Metro{Name: rel.Name, Core: rel.Metro, Kind: rel.Kind, Computed: computed}
	core, ok := g.Regions.Region(rel.Metro)
	if !ok {
		return m
	}
	m.Distance = distance(r, core)
	m.Compare = core.ID
	if at := g.At(core, r.Level); at != nil && !g.holds(at, r) {
		m.Compare = at.ID
	}
	if g.holds(core, r) || g.sameArea(core, r) {
		m.Compare = nuts.ID{}
	}
	return m
}

// holds reports whether a contains b or is b.
func (g *Gazetteer) holds(a, b *nuts.Region) bool {
	return a == b || a.Version == b.Version && strings.HasPrefix(string(b.Code), string(a.Code))
}

func (g *Gazetteer) sameArea(a, b *nuts.Region) bool { return g.Regions.Unchanged(a.ID, b.ID) }

// distance returns the way along the great circle between the representative
// points, km.
func distance(a, b *nuts.Region) float64 {
	const earth = 6371
	rad := math.Pi / 180
	dlat, dlon := (b.Lat-a.Lat)*rad, (b.Lon-a.Lon)*rad
	h := math.Pow(math.Sin(dlat/2), 2) + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*math.Pow(math.Sin(dlon/2), 2)
	return 2 * earth * math.Asin(math.Sqrt(h))
}

// Partner is a partner region of the reference partnership with its
// metropolises, as the table of relations states them.
type Partner struct {
	Region *nuts.Region
	Metros []Metro
}

// Partners returns the partner regions in the order of their codes.
func (g *Gazetteer) Partners() []Partner { return g.partners }

// partners reads the partner regions from the stated relations. Where relations
// are stated for a region and for a part of it (Lower Austria and its districts
// within Vienna's reach; Ireland's Eastern and Midland and its Midland), the one
// that lies beside the metropolis is the partner, not the one it lies in.
func partners(n *nuts.Nomenclature) []Partner {
	g := &Gazetteer{Regions: n}
	var all []Partner
	for _, r := range n.Regions(nuts.Current, -1) {
		if len(n.Metros(r.ID)) > 0 {
			all = append(all, Partner{Region: r, Metros: g.Beside(r)})
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(p Partner) bool {
		if p.Metros[0].Kind != nuts.Inside {
			return false
		}
		return slices.ContainsFunc(all, func(q Partner) bool {
			return q.Region != p.Region && q.Metros[0].Kind != nuts.Inside && (g.holds(p.Region, q.Region) || g.holds(q.Region, p.Region))
		})
	})
}
