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
	"fmt"
	"slices"
	"strings"

	"peerscape/internal/engine/profile"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// Analyst answers questions about regions. It may be used by any number of
// goroutines.
type Analyst struct {
	catalogue *catalogue.Catalogue
	regions   *nuts.Nomenclature
}

// New makes an analyst of a catalogue and its regions.
func New(c *catalogue.Catalogue, n *nuts.Nomenclature) *Analyst { return &Analyst{c, n} }

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
	h, err := a.catalogue.History(ctx, of.Level, a.metrosOf(of.Level))
	if err != nil {
		return err
	}
	if len(h.Indicators) == 0 {
		return nil
	}
	reference, err := profile.Prepare(a.table(h, of.Level))
	if err != nil {
		return fmt.Errorf("prepare NUTS level %d: %w", of.Level, err)
	}
	p, err := profile.Build(profile.Input{Reference: reference, Region: of.ID, Peers: peers}, o)
	if err != nil {
		return err
	}
	gave := false
	for j, r := range p.Readings {
		if i := h.Indicators[j]; r.Year != 0 && !seen[i.Code] {
			seen[i.Code], gave = true, true
			out.Readings = append(out.Readings, Reading{Reading: r, About: i, Of: of, Origin: h.Origins[j]})
		}
	}
	if gave {
		out.Scores = append(out.Scores, Scores{of, p.Domains})
	}
	return nil
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
			if !slices.Contains(out, rel.Metro) {
				out = append(out, rel.Metro)
			}
		}
	}
	return out
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
			if rows[rel.Metro] {
				u.Metros = append(u.Metros, rel.Metro)
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
