package cli

import (
	"fmt"
	"strconv"
	"strings"

	"peerscape/internal/engine/composite/uncertainty"
)

// printedRanks is what --json prints of a unit under other choices.
type printedRanks struct {
	Unit   string   `json:"unit"`
	Rank   *float64 `json:"rank"`
	Median *float64 `json:"median"`
	Q05    *float64 `json:"q05"`
	Q95    *float64 `json:"q95"`
	Mean   *float64 `json:"mean"`
	Top10  float64  `json:"top10"`
	Score  *float64 `json:"score"`
	SD     *float64 `json:"sd"`
}

// ranks says what becomes of each unit's rank.
func (v *variation) ranks() (*table, error) {
	r, err := v.variants(false)
	if err != nil {
		return nil, err
	}
	t := &table{
		title: v.title("ranks under other choices"),
		columns: []column{
			{name: "Rank", right: true},
			{name: "Unit"},
			{name: "Name"},
			{name: "Median", right: true},
			{name: "5-95 %", right: true},
			{name: "Mean", right: true},
			{name: "In top " + strconv.Itoa(topShown), right: true},
			{name: "Score", right: true},
			{name: "Its sd", right: true},
		},
	}
	out := []printedRanks{}
	for _, i := range v.listed() {
		u, unit, rank := &r.Units[i], v.code(i), v.nominal.Ranks[i]
		t.add(format(rank, 0), unit, v.name(unit), format(u.MedianRank, 0), format(u.RankQ05, 0)+"–"+format(u.RankQ95, 0),
			format(u.MeanRank, 1), percent(u.Top[0]), format(u.MeanScore, 1), format(u.ScoreSD, 1))
		out = append(out, printedRanks{
			Unit: unit, Rank: pointer(rank), Median: pointer(u.MedianRank), Q05: pointer(u.RankQ05), Q95: pointer(u.RankQ95),
			Mean: pointer(u.MeanRank), Top10: u.Top[0], Score: pointer(u.MeanScore), SD: pointer(u.ScoreSD),
		})
	}
	t.notes, t.value = v.notes(r), out
	return t, nil
}

// printedAcceptability is what --json prints of the ranks that a unit takes.
type printedAcceptability struct {
	Unit   string            `json:"unit"`
	Rank   *float64          `json:"rank"`
	Ranks  []printedRankTake `json:"ranks"` // those taken at all, ascending
	Absent float64           `json:"absent,omitempty"`
}

// printedRankTake is a rank and the share of variants in which it is taken.
type printedRankTake struct {
	Rank  int     `json:"rank"`
	Share float64 `json:"share"`
}

// acceptability says in how many variants each unit takes each rank: a line for
// each rank in CSV, a line for each unit otherwise.
func (v *variation) acceptability() (*table, error) {
	r, err := v.variants(false)
	if err != nil {
		return nil, err
	}
	long := v.session.global.CSV
	t := &table{title: v.title("ranks that each unit takes"), columns: []column{{name: "Unit"}, {name: "Rank", right: true}, {name: "Share", right: true}}}
	if !long {
		t.columns = []column{{name: "Rank", right: true}, {name: "Unit"}, {name: "Name"}, {name: "Ranks taken, share of variants"}}
	}
	out := []printedAcceptability{}
	for _, i := range v.listed() {
		a := v.taken(r, i)
		if !long {
			t.add(format(v.nominal.Ranks[i], 0), a.Unit, v.name(a.Unit), a.words())
		}
		for _, k := range a.Ranks {
			if long {
				t.add(a.Unit, strconv.Itoa(k.Rank), strconv.FormatFloat(k.Share, 'f', 6, 64))
			}
		}
		out = append(out, a)
	}
	t.notes = v.notes(r, fmt.Sprintf("Ranks taken in less than %s of the variants are summed up at the end of a line.", share(rare)))
	t.value = out
	return t, nil
}

// rare is the share of variants below which a rank is not printed by itself.
const rare = 0.05

func (v *variation) taken(r *uncertainty.Result, i int) printedAcceptability {
	out := printedAcceptability{Unit: v.code(i), Rank: pointer(v.nominal.Ranks[i]), Ranks: []printedRankTake{}}
	for k, p := range r.Acceptability(i) {
		if p > 0 {
			out.Ranks = append(out.Ranks, printedRankTake{k + 1, p})
		}
	}
	out.Absent = float64(r.N-r.Units[i].Scored) / float64(r.N)
	return out
}

// words writes "1: 62.5 %, 2: 30.0 %, others 7.5 %".
func (a *printedAcceptability) words() string {
	var parts []string
	others := 0.0
	for _, k := range a.Ranks {
		if k.Share < rare {
			others += k.Share
			continue
		}
		parts = append(parts, strconv.Itoa(k.Rank)+": "+share(k.Share))
	}
	if others > 0 {
		parts = append(parts, "others "+share(others))
	}
	if a.Absent > 0 {
		parts = append(parts, "no score "+share(a.Absent))
	}
	return strings.Join(parts, ", ")
}

// share writes a share of variants: what is not all is never printed as all, nor
// what is not none as none.
func share(p float64) string {
	switch {
	case p > 0 && p < 0.0005:
		return "<0.1 %"
	case p < 1 && p > 0.9995:
		return ">99.9 %"
	}
	return percent(p)
}
