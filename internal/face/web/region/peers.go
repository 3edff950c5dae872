package region

import (
	"context"
	"math"
	"slices"

	"peerscape/internal/engine/peers"
	"peerscape/internal/exchange/territory"
	"peerscape/internal/face/locale"
	"peerscape/internal/nuts"
)

// peersView is the regions that are built like a region.
type peersView struct {
	among string // how many regions were looked at
	left  string // which variables were not
	rows  []peerRow
	more  int // peers that are not shown
}

// peerRow is one of them; the first is the region itself.
type peerRow struct {
	name, href, code string
	distance         string
	bar              int // length, hundredths of the longest
	people, density  string
	alike, apart     string
	self             bool
}

// addPeers finds the structural peers, where there are any.
func (p *Region) addPeers(ctx context.Context, out *analysis, r *nuts.Region) error {
	set, err := p.analyst.PeerSet(ctx, p.structure, r.ID, peers.Gower)
	if err != nil {
		return err
	}
	near, err := set.Nearest(peers.Question{Unit: r.ID, Peers: usualPeers})
	if err != nil { // too little is known of it
		return nil //nolint:nilerr // the page says nothing of peers then
	}
	v := &peersView{among: locale.N(ctx, "peers.among", len(set.Units)-1), more: max(0, len(near)-shownPeers)}
	v.rows = append(v.rows, p.peerRow(ctx, set, r, set.Own))
	v.rows[0].self = true
	longest := near[min(len(near), shownPeers)-1].Distance
	for i, n := range near {
		out.near = append(out.near, n.Unit.ID)
		if i >= shownPeers {
			continue
		}
		region, _ := p.places.Regions.Region(n.Unit.ID)
		row := p.peerRow(ctx, set, region, n.Place)
		row.distance = locale.Number(ctx, n.Distance, 3)
		row.bar = int(math.Round(100 * n.Distance / longest))
		row.alike, row.apart = p.reasons(ctx, set, n.Reasons)
		v.rows = append(v.rows, row)
	}
	var left []string
	for _, l := range set.Left {
		left = append(left, p.variable(ctx, l.Code))
	}
	if len(left) > 0 {
		v.left = locale.T(ctx, "peers.left", "Variables", locale.List(ctx, left))
	}
	out.peers = v
	return nil
}

func (p *Region) peerRow(ctx context.Context, set *territory.PeerSet, r *nuts.Region, at int) peerRow {
	row := peerRow{name: p.places.Name(ctx, r), href: p.places.Path(r.ID), code: string(r.Code)}
	for k, x := range set.Variables {
		v := set.Columns[k][at]
		if math.IsNaN(v) {
			continue
		}
		switch x.Code {
		case "population":
			row.people = locale.Number(ctx, v, 0)
		case "density":
			row.density = locale.Number(ctx, v, 0)
		}
	}
	return row
}

// reasons names the two variables that are most alike and the one that differs
// most. Classes are left out: all near regions share them.
func (p *Region) reasons(ctx context.Context, set *territory.PeerSet, all []peers.Reason) (alike, apart string) {
	all = slices.DeleteFunc(slices.Clone(all), func(r peers.Reason) bool { return set.Variables[r.Variable].Kind != peers.Numeric })
	name := func(r peers.Reason) string { return p.variable(ctx, set.Variables[r.Variable].Code) }
	if len(all) < 3 {
		return "", ""
	}
	return locale.T(ctx, "peers.alike", "Variables", locale.List(ctx, []string{name(all[0]), name(all[1])})),
		locale.T(ctx, "peers.apart", "Variable", name(all[len(all)-1]))
}

// variable names a structural variable: an indicator, or a class of regions.
func (p *Region) variable(ctx context.Context, code string) string {
	for _, i := range p.Figures.Indicators() {
		if i.Code == code {
			return i.NameIn(locale.Code(ctx))
		}
	}
	return locale.T(ctx, "peers.class."+code)
}
