package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"peerscape/data"
	"peerscape/internal/app"
	"peerscape/internal/engine/profile"
	"peerscape/internal/exchange/territory"
	"peerscape/internal/face/locale"
	"peerscape/internal/nuts"
)

// profileCommand compares a region with others.
type profileCommand struct {
	Code  string   `arg:"" help:"NUTS code, such as FI1C6."`
	NUTS  int      `name:"nuts" default:"0" enum:"0,2013,2016,2021,2024" help:"NUTS version (${enum}); 0 takes the newest that has the code."`
	Peers []string `help:"Codes of peer regions; left out, the twelve structurally nearest of other countries."`
	Lang  string   `default:"en" help:"Language of indicator names: en, fi, de, es, pl."`
	Gaps  bool     `help:"Print the gap to each metropolis instead."`
}

func (c *profileCommand) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	r, err := findRegion(a.Regions, c.Code, c.NUTS)
	if err != nil {
		return err
	}
	analyst := territory.New(a.Catalogue, a.Regions)
	peers, err := c.peers(s, a, analyst, r)
	if err != nil {
		return err
	}
	p, err := analyst.Profile(s, r.ID, peers, profile.Defaults())
	if err != nil {
		return err
	}
	v := profileView{regions: a.Regions, lang: c.Lang, profile: p}
	if v.words, err = s.words(c.Lang); err != nil {
		return err
	}
	if c.Gaps {
		return s.print(v.gaps())
	}
	return s.print(v.readings())
}

// usualPeers is how many peers a profile is held against.
const usualPeers = 12

// peers returns the regions named, or the nearest.
func (c *profileCommand) peers(s *session, a *app.App, analyst *territory.Analyst, r *nuts.Region) ([]nuts.ID, error) {
	if len(c.Peers) == 0 {
		structure, err := territory.ReadStructure(data.Catalogue())
		if err != nil {
			return nil, err
		}
		return analyst.NearestPeers(s, structure, r.ID, usualPeers)
	}
	var out []nuts.ID
	for _, code := range c.Peers {
		r, err := findRegion(a.Regions, code, int(nuts.Current))
		if err != nil {
			return nil, err
		}
		out = append(out, r.ID)
	}
	return out, nil
}

// profileView makes tables of a profile.
type profileView struct {
	regions *nuts.Nomenclature
	lang    string
	words   *locale.Reader
	profile *territory.Profile
}

// readings is one line an indicator: where it stands, what the rule says, where
// it goes.
func (v *profileView) readings() *table {
	t := &table{
		title: regionTitle(v.regions, v.profile.Region) + "\n" + v.summary(),
		columns: []column{
			{name: "Indicator"},
			{name: "Value", right: true},
			{name: "Unit"},
			{name: "Year"},
			{name: "Whose"},
			{name: "Peers", right: true},
			{name: "Country", right: true},
			{name: "Class", right: true},
			{name: "EU", right: true},
			{name: "Finding", paint: paintFinding},
			{name: "Q", right: true},
			{name: "Trend"},
		},
	}
	for _, r := range v.profile.Readings {
		cells := []string{
			r.About.NameIn(v.lang), format(r.Value, r.About.Decimals), v.words.T("unit." + r.About.Unit),
			strconv.Itoa(r.Year), v.whose(&r),
		}
		for g := range r.Comparisons {
			cells = append(cells, standing(&r.Comparisons[g]))
		}
		t.add(append(cells, finding(&r), chance(&r), course(&r))...)
	}
	t.notes = append([]string{
		"Standing: the percentage of the group's other regions that do worse (of context indicators: that have less), with its 95 % interval.",
		"Rule " + v.profile.Rule.Version + ": an asset differs from the group's median by 0.5 robust deviations or more and beats three in four, with an interval clear of one half, in two groups or more and is a challenge in none; a challenge mirrors it.",
		v.byChance(),
	}, v.scores()...)
	t.value = v.export()
	return t
}

func (v *profileView) summary() string {
	count := map[profile.Verdict]int{}
	for _, r := range v.profile.Readings {
		count[r.Finding.Verdict]++
	}
	return fmt.Sprintf("%d indicators: %d assets, %d challenges, %d mixed, %d ordinary, %d not judged or undetermined", len(v.profile.Readings),
		count[profile.Asset], count[profile.Challenge], count[profile.Mixed], count[profile.Ordinary], count[profile.Undetermined])
}

func (v *profileView) whose(r *territory.Reading) string {
	if r.Of == v.profile.Region {
		return "own"
	}
	return r.Of.Name + " " + string(r.Of.Code)
}

// standing writes "72 (55–84)": the share that does worse and its interval.
func standing(c *profile.Comparison) string {
	at := c.Superiority
	scale := 100.0
	if math.IsNaN(at.Value) {
		at, scale = c.Percentile, 1
	}
	if math.IsNaN(at.Value) {
		return "–"
	}
	return fmt.Sprintf("%.0f (%.0f–%.0f)", scale*at.Value, scale*at.Low, scale*at.High)
}

func finding(r *territory.Reading) string {
	if f := r.Finding; f.Verdict == profile.Undetermined && f.Reason != profile.NoReason {
		return strings.ReplaceAll(f.Reason.String(), "-", " ")
	}
	return r.Finding.Verdict.String()
}

// chance writes the rate of false findings at which one is distinct; a star says
// that it is at the rate of the rule.
func chance(r *territory.Reading) string {
	star := ""
	if r.Finding.Distinct {
		star = "* "
	}
	return star + format(r.Finding.Q, 2)
}

// byChance sets the findings beside those of a region drawn at random.
func (v *profileView) byChance() string {
	c := &v.profile.Chance
	return fmt.Sprintf("By chance: a region whose values are drawn at random from the EU's would have %.1f assets and %.1f challenges here. "+
		"Q is the false discovery rate over the %d tested indicators; * marks the %d findings that stand at %s.", c.Assets, c.Challenges, c.Tested, c.Distinct, percent(c.Rate))
}

func paintFinding(cell string) string {
	switch cell {
	case "asset", "challenge":
		return bold
	}
	return dim
}

// course writes where a series goes: "improving since 2016".
func course(r *territory.Reading) string {
	words := strings.ReplaceAll(r.Trend.Course.String(), "-", " ")
	if r.Trend.Course == profile.TooFewYears {
		return words
	}
	return fmt.Sprintf("%s since %d", words, r.Trend.Stretch.From)
}

// scores writes the domains of each region that gave values.
func (v *profileView) scores() (out []string) {
	for _, s := range v.profile.Scores {
		var parts []string
		for _, d := range s.Domains {
			score := d.Scores[profile.EU]
			text := "no score, " + percent(score.Coverage) + " covered"
			if !math.IsNaN(score.Score.Value) {
				text = fmt.Sprintf("%.0f (%.0f–%.0f)", score.Score.Value, score.Score.Low, score.Score.High)
			}
			if score.Reason != profile.NotJudged {
				parts = append(parts, v.words.T("domain."+d.Name)+" "+text)
			}
		}
		out = append(out, fmt.Sprintf("Domains of %s %s among EU regions, 50 is the middle: %s", s.Of.Name, s.Of.Code, strings.Join(parts, "; ")))
	}
	return out
}

// gaps is one line an indicator and metropolis.
func (v *profileView) gaps() *table {
	t := &table{
		title: regionTitle(v.regions, v.profile.Region),
		columns: []column{
			{name: "Indicator"},
			{name: "Metropolis"},
			{name: "Year"},
			{name: "Region", right: true},
			{name: "Metro", right: true},
			{name: "Gap", right: true},
			{name: "In SD", right: true},
			{name: "Pace a year", right: true},
			{name: "Outlook"},
		},
		notes: []string{"Gap: metropolis minus region, in the indicator's unit and in standard deviations of all EU regions of its level. Pace: Theil-Sen slope of what the region is behind, since the last break."},
	}
	for _, r := range v.profile.Readings {
		for _, g := range r.Gaps {
			if len(g.Years) == 0 {
				continue
			}
			last, places := g.Years[len(g.Years)-1], r.About.Decimals
			t.add(r.About.NameIn(v.lang), v.metro(g.Metro), strconv.Itoa(last.Year), format(last.Own, places), format(last.Metro, places),
				format(last.Gap, places), format(last.InSD, 2), format(g.Slope.PerYear, places+1), outlook(&g))
		}
	}
	t.value = v.export()
	return t
}

func (v *profileView) metro(id nuts.ID) string {
	for _, m := range v.profile.Metros {
		if m.Metro == id {
			return m.Name
		}
	}
	if r, ok := v.regions.Region(id); ok {
		return r.Name
	}
	return string(id.Code)
}

// outlook says whether a gap closes, and when.
func outlook(g *profile.Gap) string {
	words := strings.ReplaceAll(g.Distance.String(), "-", " ")
	if g.Distance != profile.Closing {
		return words
	}
	if g.Crossing.Open {
		return fmt.Sprintf("closing, about %.0f (%.0f or later)", g.Crossing.Year, math.Floor(g.Crossing.Early))
	}
	return fmt.Sprintf("closing, about %.0f (%.0f–%.0f)", g.Crossing.Year, math.Floor(g.Crossing.Early), math.Ceil(g.Crossing.Late))
}
