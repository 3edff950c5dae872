package cli

import (
	"peerscape/internal/engine/profile"
)

// printedProfile is what --json prints of a profile. A number that is not known
// is null.
type printedProfile struct {
	Region   string           `json:"region"`
	Name     string           `json:"name"`
	Rule     profile.Rule     `json:"rule"`
	Readings []printedReading `json:"readings"`
	Domains  []printedDomain  `json:"domains"`
	Chance   printedChance    `json:"chance"`
}

type printedChance struct {
	Tested     int     `json:"tested"`
	Assets     float64 `json:"assets"`
	Challenges float64 `json:"challenges"`
	Distinct   int     `json:"distinct"`
	Rate       float64 `json:"rate"`
}

type printedReading struct {
	Indicator string              `json:"indicator"`
	Unit      string              `json:"unit"`
	Direction string              `json:"direction"`
	Of        string              `json:"of"`
	Year      int                 `json:"year"`
	Value     *float64            `json:"value"`
	Flags     string              `json:"flags,omitempty"`
	Finding   string              `json:"finding"`
	Reason    string              `json:"reason,omitempty"`
	Strength  float64             `json:"strength,omitempty"`
	P         *float64            `json:"p"`
	Q         *float64            `json:"q"`
	Distinct  bool                `json:"distinct"`
	Marked    bool                `json:"marked"`
	Groups    []printedComparison `json:"groups"`
	Trend     printedTrend        `json:"trend"`
	Gaps      []printedGap        `json:"gaps,omitempty"`
	Dataset   string              `json:"dataset"`
	Vintage   string              `json:"vintage"`
}

type printedInterval struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
}

type printedComparison struct {
	Group       string          `json:"group"`
	Units       int             `json:"units"`
	Median      *float64        `json:"median"`
	Percentile  printedInterval `json:"percentile"`
	Superiority printedInterval `json:"superiority"`
	Effect      *float64        `json:"effect"`
	Scale       string          `json:"scale,omitempty"`
	Verdict     string          `json:"verdict"`
	Reason      string          `json:"reason,omitempty"`
}

type printedTrend struct {
	Course string          `json:"course"`
	From   int             `json:"from,omitempty"`
	To     int             `json:"to,omitempty"`
	Begins string          `json:"begins,omitempty"`
	Slope  printedInterval `json:"slope"`
}

type printedGap struct {
	Metro   string   `json:"metro"`
	Outlook string   `json:"outlook"`
	Year    int      `json:"year,omitempty"`
	Gap     *float64 `json:"gap"`
	InSD    *float64 `json:"inSD"`
	Pace    *float64 `json:"pace"`
	Closes  float64  `json:"closes,omitempty"`
	Early   float64  `json:"early,omitempty"`
	Late    float64  `json:"late,omitempty"`
}

type printedDomain struct {
	Of       string          `json:"of"`
	Domain   string          `json:"domain"`
	Group    string          `json:"group"`
	Score    printedInterval `json:"score"`
	Coverage float64         `json:"coverage"`
	Reason   string          `json:"reason,omitempty"`
}

func interval(i profile.Interval) printedInterval {
	return printedInterval{pointer(i.Value), pointer(i.Low), pointer(i.High)}
}

// export makes what --json prints.
func (v *profileView) export() printedProfile {
	p := v.profile
	out := printedProfile{Region: string(p.Region.Code), Name: p.Region.Name, Rule: p.Rule, Readings: []printedReading{}, Domains: []printedDomain{}, Chance: printedChance(p.Chance)}
	for k := range p.Readings {
		r := &p.Readings[k]
		pr := printedReading{
			Indicator: r.About.Code, Unit: r.About.Unit, Direction: r.Indicator.Direction.String(), Of: string(r.Of.Code), Year: r.Year,
			Value: pointer(r.Value), Flags: r.Flags.String(), Finding: r.Finding.Verdict.String(), Reason: r.Finding.Reason.String(),
			Strength: r.Finding.Strength, P: pointer(r.Finding.P), Q: pointer(r.Finding.Q), Distinct: r.Finding.Distinct, Marked: r.Marked(), Dataset: r.Origin.Dataset, Vintage: r.Origin.Vintage.Label,
			Trend: printedTrend{
				Course: r.Trend.Course.String(), From: r.Trend.Stretch.From, To: r.Trend.Stretch.To, Begins: r.Trend.Stretch.Begins.String(),
				Slope: printedInterval{pointer(r.Trend.Slope.PerYear), pointer(r.Trend.Slope.Low), pointer(r.Trend.Slope.High)},
			},
		}
		for _, c := range r.Comparisons {
			pr.Groups = append(pr.Groups, printedComparison{
				Group: c.Group.String(), Units: c.N, Median: pointer(c.Median), Percentile: interval(c.Percentile), Superiority: interval(c.Superiority),
				Effect: pointer(c.Effect), Scale: c.Scale.String(), Verdict: c.Verdict.String(), Reason: c.Reason.String(),
			})
		}
		for _, g := range r.Gaps {
			pg := printedGap{Metro: string(g.Metro.Code), Outlook: g.Distance.String(), Pace: pointer(g.Slope.PerYear)}
			if n := len(g.Years); n > 0 {
				pg.Year, pg.Gap, pg.InSD = g.Years[n-1].Year, pointer(g.Years[n-1].Gap), pointer(g.Years[n-1].InSD)
			}
			if g.Distance == profile.Closing {
				pg.Closes, pg.Early = g.Crossing.Year, g.Crossing.Early
				if !g.Crossing.Open {
					pg.Late = g.Crossing.Late
				}
			}
			pr.Gaps = append(pr.Gaps, pg)
		}
		out.Readings = append(out.Readings, pr)
	}
	for _, s := range p.Scores {
		for _, d := range s.Domains {
			for g, score := range d.Scores {
				out.Domains = append(out.Domains, printedDomain{
					Of: string(s.Of.Code), Domain: d.Name, Group: profile.Group(g).String(), Score: interval(score.Score), Coverage: score.Coverage, Reason: score.Reason.String(),
				})
			}
		}
	}
	return out
}
