package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"peerscape/internal/engine/peers"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// groups parts the regions of the level, or of a country, into groups that are
// named after the region in their middle. Regions of which too little is known
// are left out.
func (v *peersView) groups(c *peersCommand) (*table, error) {
	all, err := v.among(c.Country)
	if err != nil {
		return nil, err
	}
	pairs, _ := v.set.Pairs()
	kept := pick(all, sub(pairs, all).Complete())
	near := sub(pairs, kept)
	g, err := parted(near, c.Groups, c.Ward)
	if err != nil {
		return nil, err
	}
	out := v.printedGroups(g, kept)
	out.Country, out.Left, out.Suggested = c.Country, []string{}, c.Groups == 0
	if out.Method = "k-medoids"; c.Ward {
		out.Method = "Ward"
	}
	for _, u := range all {
		if !slices.Contains(kept, u) {
			out.Left = append(out.Left, string(v.set.Units[u].ID.Code))
		}
	}
	t := &table{
		title:   fmt.Sprintf("%d groups of %s (%s)", len(out.Groups), v.whose(c.Country), out.Method),
		columns: []column{{name: "Regions like"}, {name: "Name"}, {name: "Regions", right: true}, {name: "Silhouette", right: true}, {name: "Nearest to it"}},
		value:   out,
	}
	for at, o := range out.Groups {
		t.add(o.Like, o.Name, strconv.Itoa(len(o.Regions)), format(o.Silhouette, 2), strings.Join(v.nearestTo(g, near, kept, at, 6), " "))
	}
	t.notes = []string{v.belongs(&out)}
	t.notes = append(t.notes, fmt.Sprintf("Mean silhouette %.2f: near 1 the groups are well apart, near 0 they run into each other.", g.Mean))
	if n := len(out.Left); n > 0 {
		t.notes = append(t.notes, fmt.Sprintf("Left out, because too little is known of them: %d of %d regions.", n, len(all)))
	}
	t.notes = append(t.notes, v.used()...)
	return t, nil
}

// among returns the places of the regions of a country, or of all.
func (v *peersView) among(country string) (out []int, err error) {
	code := nuts.Canonical(country)
	for i, u := range v.set.Units {
		if code == "" || u.Country == code {
			out = append(out, i)
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Missing, "peers.country", "there is no region of NUTS %d level %d in %q", v.region.Version, v.region.Level, fault.Clip(country, 20)).
			Do("Write a country code such as %s", v.region.Country)
	}
	return out, nil
}

func (v *peersView) whose(country string) string {
	out := fmt.Sprintf("NUTS %d regions", v.region.Level)
	if country != "" {
		out += " of " + string(nuts.Canonical(country))
	}
	return out
}

// parted makes k groups, or with 0 from 3 to 6.
func parted(t *peers.Triangle, k int, ward bool) (*peers.Groups, error) {
	part := func(k int) (*peers.Groups, error) { return peers.Medoids(t, k) }
	if ward {
		merges, err := peers.Ward(t)
		if err != nil {
			return nil, err
		}
		part = func(k int) (*peers.Groups, error) { return peers.Cut(merges, t, k) }
	}
	if k == 0 {
		return peers.Suggest(t, 3, 6, part)
	}
	return part(k)
}

func (v *peersView) printedGroups(g *peers.Groups, kept []int) printedGroups {
	out := printedGroups{printedSet: v.printed(), Mean: g.Mean, Groups: make([]printedGroup, len(g.Medoids))}
	for at, m := range g.Medoids {
		r, _ := v.app.Regions.Region(v.set.Units[kept[m]].ID)
		out.Groups[at] = printedGroup{Like: string(r.Code), Name: r.Name}
	}
	for i, at := range g.Of {
		o := &out.Groups[at]
		o.Regions = append(o.Regions, string(v.set.Units[kept[i]].ID.Code))
		o.Silhouette += g.Silhouette[i]
		if kept[i] == v.set.Own {
			out.Own, out.OwnSilhouette = o.Like, &g.Silhouette[i]
		}
	}
	for at := range out.Groups {
		out.Groups[at].Silhouette /= float64(len(out.Groups[at].Regions))
	}
	return out
}

// belongs says which group the region is in.
func (v *peersView) belongs(out *printedGroups) string {
	at := slices.IndexFunc(out.Groups, func(g printedGroup) bool { return g.Like == out.Own })
	switch {
	case at < 0:
		return fmt.Sprintf("%s is in none of the groups.", v.region.Name)
	case out.Own == string(v.region.Code):
		return fmt.Sprintf("%s stands in the middle of its own group.", v.region.Name)
	}
	return fmt.Sprintf("%s is among regions like %s, with silhouette %s.", v.region.Name, out.Groups[at].Name, format(*out.OwnSilhouette, 2))
}

// nearestTo lists the regions of a group that are most like its middle.
func (v *peersView) nearestTo(g *peers.Groups, near *peers.Triangle, kept []int, group, most int) (out []string) {
	var members []int
	for i, at := range g.Of {
		if at == group && i != g.Medoids[group] {
			members = append(members, i)
		}
	}
	middle := g.Medoids[group]
	slices.SortStableFunc(members, func(a, b int) int { return cmp.Compare(near.At(middle, a), near.At(middle, b)) })
	for _, i := range members[:min(most, len(members))] {
		out = append(out, string(v.set.Units[kept[i]].ID.Code))
	}
	return out
}

// sub is the part of a triangle that some units span.
func sub(t *peers.Triangle, units []int) *peers.Triangle {
	return peers.NewTriangle(len(units), func(i, j int) float64 { return t.At(units[i], units[j]) })
}

func pick(from, places []int) []int {
	out := make([]int, len(places))
	for i, at := range places {
		out[i] = from[at]
	}
	return out
}
