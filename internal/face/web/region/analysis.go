package region

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"

	"peerscape/internal/chart"
	"peerscape/internal/engine/peers"
	"peerscape/internal/engine/profile"
	"peerscape/internal/exchange/territory"
	"peerscape/internal/face/component"
	"peerscape/internal/face/locale"
	"peerscape/internal/face/web/figure"
	"peerscape/internal/fault"
	"peerscape/internal/nuts"
)

// Analyst is what the pages need to compare a region with others.
type Analyst interface {
	Profile(ctx context.Context, id nuts.ID, peers []nuts.ID, o profile.Options) (*territory.Profile, error)
	PeerSet(ctx context.Context, s *territory.Structure, id nuts.ID, m peers.Measure) (*territory.PeerSet, error)
}

// analysis is what the figures make of a region beside others.
type analysis struct {
	assets, challenges []finding
	mixed              []finding // told one way by some, the other way by others
	counts             []string  // how many indicators were judged, and how
	gaps               []gapView
	peers              *peersView

	near    []nuts.ID            // the peers, nearest first
	profile *territory.Profile   // nil where there is none
	own     map[string][]float64 // values of the peers, by indicator
}

// finding is an indicator on which a region stands out.
type finding struct {
	mark     chart.Kind
	name     string
	href     string
	value    string
	year     string
	evidence string // beside whom, and how sure
	course   string // where it goes; may be empty
	flags    []component.Flag
}

// shownPeers is how many peers a region is held against, and how many of them its
// page shows.
const (
	usualPeers = 12
	shownPeers = 8
)

// analyse compares a region of the current version. What cannot be compared, a
// country for one, has an empty analysis.
func (p *Region) analyse(ctx context.Context, r *nuts.Region) (*analysis, error) {
	out := &analysis{}
	if p.analyst == nil || r.Level == 0 || r.Version != nuts.Current {
		return out, nil
	}
	if err := p.addPeers(ctx, out, r); err != nil {
		return nil, err
	}
	var err error
	if out.profile, err = p.analyst.Profile(ctx, r.ID, out.near, profile.Defaults()); err != nil {
		if fault.KindOf(err) == fault.Missing { // there is no figure
			return out, nil
		}
		return nil, err
	}
	out.own = map[string][]float64{}
	for i := range out.profile.Readings {
		reading := &out.profile.Readings[i]
		if reading.Peers != nil {
			out.own[reading.About.Code] = reading.Peers
		}
	}
	out.assets = p.findings(ctx, out.profile, profile.Asset)
	out.challenges = p.findings(ctx, out.profile, profile.Challenge)
	out.mixed = p.findings(ctx, out.profile, profile.Mixed)
	out.counts = counts(ctx, out.profile)
	return out, nil
}

// paces is where the leading indicator's gaps go.
func (a *analysis) paces() *paces {
	if a.profile == nil {
		return &paces{}
	}
	for i := range a.profile.Readings {
		if x := &a.profile.Readings[i]; x.About.Code == leading && x.Of.ID == a.profile.Region.ID {
			return &paces{x.Gaps}
		}
	}
	return &paces{}
}

// findings lists the readings of a verdict, the strongest first.
func (p *Region) findings(ctx context.Context, of *territory.Profile, v profile.Verdict) (out []finding) {
	var found []*territory.Reading
	for i := range of.Readings {
		if of.Readings[i].Finding.Verdict == v {
			found = append(found, &of.Readings[i])
		}
	}
	slices.SortStableFunc(found, func(a, b *territory.Reading) int { return cmp.Compare(b.Finding.Strength, a.Finding.Strength) })
	for _, x := range found {
		out = append(out, p.finding(ctx, of.Region, x))
	}
	return out
}

func (p *Region) finding(ctx context.Context, r *nuts.Region, x *territory.Reading) finding {
	words := locale.From(ctx)
	f := finding{
		name: x.About.NameIn(words.Lang.Code), href: p.places.IndicatorPath(r.ID, x.About.Code), value: figure.Value(ctx, x.About, x.Value),
		year: strconv.Itoa(x.Year), course: course(ctx, x),
	}
	switch x.Finding.Verdict {
	case profile.Asset:
		f.mark, f.evidence = chart.Asset, evidence(ctx, x, "findings.better", x.Finding.Assets, false)
	case profile.Challenge:
		f.mark, f.evidence = chart.Weak, evidence(ctx, x, "findings.worse", x.Finding.Challenges, true)
	default:
		f.evidence = evidence(ctx, x, "findings.better", x.Finding.Assets, false) + " " + evidence(ctx, x, "findings.worse", x.Finding.Challenges, true)
	}
	if x.Of.ID != r.ID {
		f.flags = append(f.flags, component.Flag{Text: locale.T(ctx, "findings.of", "Region", p.places.Name(ctx, x.Of)), Parent: true})
	}
	if x.Finding.Distinct {
		f.flags = append(f.flags, component.Flag{Text: locale.T(ctx, "findings.distinct")})
	}
	return f
}

// groups are the message keys of the groups, by profile.Group.
var groups = [...]string{"findings.of-peers", "findings.of-country", "findings.of-class", "findings.of-eu"}

// evidence says of which groups how many are outdone, with the interval of each.
func evidence(ctx context.Context, x *territory.Reading, key string, of profile.Groups, worse bool) string {
	var parts []string
	for _, g := range of.List() {
		c := &x.Comparisons[g]
		share, low, high := c.Superiority.Value, c.Superiority.Low, c.Superiority.High
		if worse {
			share, low, high = 1-share, 1-high, 1-low
		}
		percent := func(v float64) string { return locale.Number(ctx, 100*v, 0) }
		parts = append(parts, locale.T(ctx, groups[g], "Share", percent(share), "Low", percent(low), "High", percent(high), "N", locale.Number(ctx, float64(c.N), 0)))
	}
	return locale.T(ctx, key, "Groups", locale.List(ctx, parts))
}

// courses are the messages of where an indicator goes.
var courses = map[profile.Course]string{profile.Improving: "findings.improving", profile.Worsening: "findings.worsening"}

// course says where an indicator is going, where that can be told.
func course(ctx context.Context, x *territory.Reading) string {
	key, ok := courses[x.Trend.Course]
	if !ok {
		return ""
	}
	return locale.T(ctx, key, "Year", strconv.Itoa(x.Trend.Stretch.From))
}

// counts says how many indicators were judged and what came of the rest.
func counts(ctx context.Context, of *territory.Profile) []string {
	n := map[profile.Verdict]int{}
	for i := range of.Readings {
		n[of.Readings[i].Finding.Verdict]++
	}
	said := func(key string, n int) string { return locale.N(ctx, key, n) }
	out := []string{said("findings.judged", n[profile.Asset]+n[profile.Challenge]+n[profile.Mixed]+n[profile.Ordinary])}
	if k := n[profile.Ordinary]; k > 0 {
		out = append(out, said("findings.ordinary", k))
	}
	if k := n[profile.Undetermined]; k > 0 {
		out = append(out, said("findings.open", k))
	}
	found := n[profile.Asset] + n[profile.Challenge]
	if found > 0 && !slices.ContainsFunc(of.Readings, func(x territory.Reading) bool { return x.Finding.Distinct }) {
		out = append(out, locale.T(ctx, "findings.none-distinct"))
	}
	c := of.Chance
	if c.Assets+c.Challenges > 0 {
		out = append(out, locale.T(ctx, "findings.luck", "Assets", locale.Number(ctx, math.Round(c.Assets), 0), "Challenges", locale.Number(ctx, math.Round(c.Challenges), 0)))
	}
	return out
}
