// Package territory holds a region's analysis: what the figures say of it beside
// its peers, its country, the European Union and its metropolises.
//
// It takes figures from the catalogue and reckons with the engine; it makes no
// sentence and no page. It compares regions of the current NUTS version alone. A
// value that is known only for a larger region is compared among regions of that
// size, and says whose it is. Start with Open and Profile.
package territory

import (
	"context"
	"slices"
	"strings"

	"peerscape/internal/engine/profile"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// Analyst answers questions about regions. It may be used by any number of
// goroutines, and keeps what it has made ready until the figures change.
type Analyst struct {
	catalogue *catalogue.Catalogue
	regions   *nuts.Nomenclature
	kept      kept
}

// New makes an analyst of a catalogue and its regions.
func New(c *catalogue.Catalogue, n *nuts.Nomenclature) *Analyst {
	return &Analyst{catalogue: c, regions: n}
}

// Profile is a region's indicators, each compared among regions of the size for
// which it is published.
type Profile struct {
	Region   *nuts.Region
	Metros   []nuts.Relation
	Rule     profile.Rule
	Readings []Reading      // in the order of the catalogue
	Scores   []Scores       // of the region first, then of the larger ones that lend it values
	Chance   profile.Chance // of all readings together
}

// Reading is one indicator of a region.
type Reading struct {
	profile.Reading
	About  *catalogue.Indicator
	Of     *nuts.Region // whose value it is: the region's own, or that of a larger one
	Origin catalogue.Origin
	Peers  []float64 // values of the peers in its year, in their order; NaN where there is none; nil for a value of a larger region
}

// Scores are the domains of one region.
type Scores struct {
	Of      *nuts.Region
	Domains []profile.Domain
}

// Profile compares a region of the current NUTS version. Indicators that are not
// published at its level are taken from the regions that hold it, up to level 1.
func (a *Analyst) Profile(ctx context.Context, id nuts.ID, peers []nuts.ID, o profile.Options) (*Profile, error) {
	region, err := a.current(id)
	if err != nil {
		return nil, err
	}
	if region.Level == 0 {
		return nil, fault.New(fault.Invalid, "territory.country", "%s is a country, and profiles are of regions", region.ID).
			Do("Name one of its regions; peerscape regions lists them")
	}
	for _, id := range peers {
		if peer, ok := a.regions.Region(id); !ok || peer.Level != region.Level || peer.Version != nuts.Current {
			return nil, fault.New(fault.Invalid, "territory.peer", "%s cannot be a peer of %s, which is of NUTS %d level %d", id, region.ID, nuts.Current, region.Level).
				Do("Name regions of that version and level")
		}
	}
	out := &Profile{Region: region, Metros: a.regions.Metros(region.ID), Rule: o.Rule()}
	seen := map[string]bool{}
	for of := region; of != nil && of.Level > 0; of = a.parent(of) {
		if of.Level != region.Level {
			peers = nil // they are peers of the region, not of the larger one
		}
		if err := a.add(ctx, out, of, peers, o, seen); err != nil {
			return nil, err
		}
	}
	if len(out.Readings) == 0 {
		return nil, fault.New(fault.Missing, "territory.nothing", "there is no figure for %s", region.ID).
			Do("Import a dataset that has it; peerscape indicators lists them")
	}
	order := a.catalogue.Indicators()
	slices.SortStableFunc(out.Readings, func(x, y Reading) int {
		return slices.Index(order, x.About) - slices.Index(order, y.About)
	})
	family := make([]*profile.Reading, len(out.Readings))
	for k := range out.Readings {
		family[k] = &out.Readings[k].Reading
	}
	out.Chance = profile.Family(family, o)
	return out, nil
}

// add puts into the profile the indicators that of has a value for and that no
// smaller region gave.
func (a *Analyst) add(ctx context.Context, out *Profile, of *nuts.Region, peers []nuts.ID, o profile.Options, seen map[string]bool) error {
	l, err := a.level(ctx, of.Level)
	if err != nil || l.reference == nil {
		return err
	}
	h := l.history
	p, err := profile.Build(profile.Input{Reference: l.reference, Region: of.ID, Peers: peers}, o)
	if err != nil {
		return err
	}
	gave := false
	for j, r := range p.Readings {
		if i := h.Indicators[j]; r.Year != 0 && !seen[i.Code] {
			seen[i.Code], gave = true, true
			out.Readings = append(out.Readings, Reading{Reading: r, About: i, Of: of, Origin: h.Origins[j], Peers: l.values(j, r.Year, peers)})
		}
	}
	if gave {
		out.Scores = append(out.Scores, Scores{of, p.Domains})
	}
	return nil
}

// values returns the values of regions in a year.
func (l *level) values(indicator, year int, of []nuts.ID) []float64 {
	if of == nil {
		return nil
	}
	n := len(l.history.Years)
	out := make([]float64, len(of))
	for k, id := range of {
		out[k] = l.history.Values[indicator][l.row[id]*n+year-l.history.Years[0]]
	}
	return out
}

// current returns the region, or a fault that names what it became.
func (a *Analyst) current(id nuts.ID) (*nuts.Region, error) {
	r, ok := a.regions.Region(id)
	if !ok {
		return nil, fault.New(fault.Missing, "nuts.unknown", "there is no region %s", id).Do("peerscape regions finds a region by its name")
	}
	if r.Version == nuts.Current {
		return r, nil
	}
	if same, ok := a.regions.Region(nuts.ID{Code: id.Code, Version: nuts.Current}); ok && a.regions.Unchanged(id, same.ID) {
		return same, nil
	}
	var heirs []string
	for _, piece := range a.regions.Successors(id, nuts.Current) {
		heirs = append(heirs, string(piece.Code))
	}
	return nil, fault.New(fault.Conflict, "territory.version", "%s cannot be compared with regions of NUTS %d", id, nuts.Current).
		Do("Its people live in %s now", strings.Join(heirs, ", "))
}

func (a *Analyst) parent(r *nuts.Region) *nuts.Region {
	up, ok := a.regions.Region(nuts.ID{Code: r.Parent, Version: r.Version})
	if !ok || r.Parent == r.Code {
		return nil
	}
	return up
}

// metrosOf lists the metropolises of all regions of a level.
func (a *Analyst) metrosOf(level int) (out []nuts.ID) {
	for _, r := range a.regions.Regions(nuts.Current, level) {
		for _, rel := range a.regions.Metros(r.ID) {
			if metro := a.counterpart(r, rel.Metro); !slices.Contains(out, metro) {
				out = append(out, metro)
			}
		}
	}
	return out
}

// counterpart is what a region is held against for a metropolis: the region of its
// own level that holds the core, for like is compared with like; the core itself
// where that one holds the region too.
func (a *Analyst) counterpart(r *nuts.Region, core nuts.ID) nuts.ID {
	at, ok := a.regions.Region(core)
	for ok && at.Level > r.Level {
		at, ok = a.regions.Region(nuts.ID{Code: at.Parent, Version: at.Version})
	}
	if !ok || at.ID == r.ID {
		return core
	}
	return at.ID
}

// table hands a history to the engine.
func (a *Analyst) table(h *catalogue.History, level int) profile.Table {
	t := profile.Table{Years: h.Years, Values: h.Values, Flags: h.Flags}
	for _, i := range h.Indicators {
		t.Indicators = append(t.Indicators, profile.Indicator{
			Code: i.Code, Direction: directions[i.Direction], Domain: i.Domain, Weight: 1, Unit: i.Unit,
		})
	}
	rows := make(map[nuts.ID]bool, len(h.Regions))
	for _, r := range h.Regions {
		rows[r.ID] = true
	}
	for _, r := range h.Regions {
		u := profile.Unit{ID: r.ID, Country: r.Country, Urban: r.Urban, EU: nuts.InUnion(r.Country), Outside: r.Level != level}
		for _, rel := range a.regions.Metros(r.ID) {
			if metro := a.counterpart(r, rel.Metro); rows[metro] && !slices.Contains(u.Metros, metro) {
				u.Metros = append(u.Metros, metro)
			}
		}
		t.Units = append(t.Units, u)
	}
	for _, c := range h.Changes {
		t.Changes = append(t.Changes, profile.Change{Unit: h.Regions[c.Region].ID, Indicator: h.Indicators[c.Indicator].Code, Year: c.Year})
	}
	return t
}

// directions are the engine's words for the catalogue's.
var directions = map[catalogue.Direction]profile.Direction{
	catalogue.More: profile.MoreIsBetter, catalogue.Less: profile.LessIsBetter, catalogue.Context: profile.Context,
}
