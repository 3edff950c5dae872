package catalogue_test

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerscape/data"
	"peerscape/internal/exchange/catalogue"
	"peerscape/internal/fault"
	"peerscape/internal/machinery/db/dbtest"
	"peerscape/internal/nuts"
	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
	"peerscape/internal/wire"
)

// more is a catalogue with one indicator of each kind of formula.
const more = trial + `
[[indicator]]
code = "rate_share"
domain = "metro"
unit = "percent"
direction = "less"
level = 2
name = { en = "Share", fi = "Osuus", de = "Anteil", es = "Parte", pl = "Udział" }
[indicator.derived]
kind = "gap_ratio"
numerator = "rate"

[[indicator]]
code = "rate_step"
domain = "labour"
unit = "points"
direction = "less"
level = 2
name = { en = "Step", fi = "Askel", de = "Schritt", es = "Paso", pl = "Krok" }
[indicator.derived]
kind = "difference"
numerator = "rate"
years = 5

[[indicator]]
code = "leavers"
domain = "demography"
unit = "persons"
direction = "context"
level = 3
convert = "sum"
name = { en = "Leavers", fi = "Lähtijät", de = "Wegzüge", es = "Salidas", pl = "Wyjazdy" }
[[indicator.source]]
dataset = "demo_leavers"
level = 3
filter = { unit = "NR" }

[[indicator]]
code = "balance"
domain = "demography"
unit = "persons"
direction = "more"
level = 3
name = { en = "Balance", fi = "Tase", de = "Saldo", es = "Saldo", pl = "Saldo" }
[indicator.derived]
kind = "balance"
numerator = "people"
denominator = "leavers"

[[indicator]]
code = "packed"
domain = "demography"
unit = "per_km2"
direction = "context"
level = 3
convert = "mean"
name = { en = "Packed", fi = "Tiivis", de = "Dicht", es = "Denso", pl = "Gęsty" }
[[indicator.source]]
dataset = "demo_packed"
level = 3
filter = { unit = "PER_KM2" }
[[indicator.benchmark]]
dataset = "met_packed"
of = "metro"
filter = { unit = "PER_KM2" }
[indicator.rebuild]
numerator = "people"
denominator = "ground"
carry = true
`

func moreCatalogue(t testing.TB) *catalogue.Catalogue {
	t.Helper()
	c, err := withTrial(t, more)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// none asserts that nothing is known.
func none(t *testing.T, c *catalogue.Catalogue, region nuts.ID, code string) {
	t.Helper()
	if f, err := c.Figure(t.Context(), region, code); fault.KindOf(err) != fault.Missing {
		t.Errorf("%s of %v: %+v, %v; want nothing", code, region, f, err)
	}
}

func TestATotalIsNotHandedDown(t *testing.T) {
	c := moreCatalogue(t)
	put(t, c, "demo_people", 2024, "NR FI1C 2021=1100000", "NR FI1B 2021=1700000")
	put(t, c, "demo_leavers", 2024, "NR FI1C 2021=1000", "NR FI1B 2021=2000")
	none(t, c, id("FI1C6", 2024), "people")
	none(t, c, id("FI1C6", 2024), "balance")
	if f := figure(t, c, id("FI1B1", 2024), "people"); f.Basis != catalogue.Inherited || !f.Same || f.Latest().Value != 1700000 {
		t.Errorf("FI1B1 is the same area as FI1B: %+v", f)
	}
	if f := figure(t, c, id("FI1B1", 2024), "balance"); f.Latest().Value != 1698000 {
		t.Errorf("balance of FI1B1: %v, want 1698000", f.Latest().Value)
	}
}

func TestAGapHasOneSource(t *testing.T) {
	c := moreCatalogue(t)
	// The region's newest source does not know the metropolis.
	put(t, c, "demo_rate", 2024, "PC AT12 2020=4 2021=5p", "PC AT13 2020=8 2021=10")
	put(t, c, "demo_rate_new", 2024, "PC AT12 2022=6")
	gap := figure(t, c, id("AT12", 2024), "rate_gap")
	if gap.Basis != catalogue.Own || gap.Of != id("AT12", 2024) || gap.Origin.Dataset != "demo_rate" || len(gap.Points) != 2 {
		t.Errorf("%+v, want two points of AT12's own from demo_rate", gap)
	}
	if p := gap.Latest(); p.Value != -5 || !p.Flags.Has(stats.Provisional) {
		t.Errorf("latest %+v, want -5 p", p)
	}
	if want := "rate − rate of Vienna (AT13)"; gap.Origin.Formula != want {
		t.Errorf("formula %q, want %q", gap.Origin.Formula, want)
	}
	if p := figure(t, c, id("AT12", 2024), "rate_share").Latest(); p.Value != 50 {
		t.Errorf("share %v, want 50", p.Value)
	}
	m, err := c.Map(t.Context(), "rate_gap", 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Values) != 1 || m.Values[0].Region.Code != "AT12" || m.Period != stats.Year(2021) {
		t.Errorf("the map shows %+v in %v, want AT12 in 2021", m.Values, m.Period)
	}
	none(t, c, id("AT11", 2024), "rate_gap") // no metropolis is stated
}

func TestAZeroDividesNothing(t *testing.T) {
	c := moreCatalogue(t)
	put(t, c, "demo_rate", 2024, "PC AT12 2020=4 2021=5", "PC AT13 2020=0 2021=10")
	if f := figure(t, c, id("AT12", 2024), "rate_share"); len(f.Points) != 1 || f.Points[0].Period != stats.Year(2021) {
		t.Errorf("points %v, want 2021 alone", f.Points)
	}
}

func TestADifferenceIsInTheUnitItself(t *testing.T) {
	c := moreCatalogue(t)
	put(t, c, "demo_rate", 2024, "PC AT12 2016=4b 2020=7 2021=5")
	f := figure(t, c, id("AT12", 2024), "rate_step")
	if want := []catalogue.Point{{Period: stats.Year(2021), Value: 1}}; !cmp.Equal(f.Points, want) {
		t.Errorf("points %v, want %v: the break lies before", f.Points, want)
	}
}

func TestARateIsRebuilt(t *testing.T) {
	c := moreCatalogue(t)
	put(t, c, "demo_people", 2021, "NR FI1C3 2021=200000", "NR FI1C4 2021=160000")
	put(t, c, "demo_ground", 2021, "KM2 FI1C3 2015=6000", "KM2 FI1C4 2015=5000")
	put(t, c, "demo_packed", 2021, "PER_KM2 FI1C3 2021=33", "PER_KM2 FI1C4 2021=32")
	f := figure(t, c, id("FI1C6", 2024), "packed")
	want := (200000 + 160000*iittiPeople) / (6000 + 5000*iittiArea)
	if p := f.Latest(); !near(p.Value, want) || !p.Estimated || f.Basis != catalogue.Converted || len(f.Origin.Derived) != 2 {
		t.Errorf("%+v, want %v, people by ground", f, want)
	}
	if f := figure(t, c, id("FI1C3", 2021), "packed"); f.Basis != catalogue.Own || f.Latest().Value != 33 {
		t.Errorf("%+v, want the published 33", f)
	}
}

func TestBenchmarksAreNoRegions(t *testing.T) {
	c := moreCatalogue(t)
	put(t, c, "met_packed", 2024, "PER_KM2 FI001MC 2021=180", "PER_KM2 EU27_2020 2021=110")
	got, err := c.Benchmarks(t.Context(), "packed")
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for _, b := range got {
		places = append(places, b.Of+" "+b.Place)
	}
	if want := []string{"metro EU27_2020", "metro FI001MC"}; !cmp.Equal(places, want) || got[1].Points[0].Value != 180 || got[1].Origin.Dataset != "met_packed" {
		t.Errorf("%v %+v, want %v with 180", places, got, want)
	}
	none(t, c, id("FI1B1", 2024), "packed")
}

func TestALineThatCrossesNewBoundariesIsBroken(t *testing.T) {
	c := moreCatalogue(t)
	put(t, c, "demo_rate", 2024, "PC HR02 2019=4 2020=5 2022=6 2023=7", "PC AT12 2019=4 2022=5")
	f := figure(t, c, id("HR02", 2024), "rate")
	if len(f.Breaks) != 1 || f.Breaks[0].Period != stats.Year(2022) || f.Breaks[0].Reason != "territory" || f.Breaks[0].Area > -8000 {
		t.Errorf("breaks %+v, want one in 2022: HR02 was a part of HR04 until 2021", f.Breaks)
	}
	if f := figure(t, c, id("AT12", 2024), "rate"); len(f.Breaks) != 0 {
		t.Errorf("breaks %+v, want none", f.Breaks)
	}
}

func TestAnUnknownRegionIsNamed(t *testing.T) {
	c := trialCatalogue(t)
	for _, x := range []nuts.ID{id("XX1", 2024), id("FI1C3", 2024), id("EU27_2020", 2024)} {
		if _, err := c.Figures(t.Context(), x); fault.KindOf(err) != fault.Missing || !strings.Contains(err.Error(), string(x.Code)) {
			t.Errorf("%v: %v, want a sentence that names it", x, err)
		}
	}
}

// TestAFullFileIsNotTheBundledPartOfIt: the snapshot holds some slices of a
// file; the file itself, imported later, is more.
func TestAFullFileIsNotTheBundledPartOfIt(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: reads all regions, one after another")
	}
	c := bundled(t, dbtest.Open(t))
	name := "eurostat_tgs00007_employment_rate.csv.gz"
	f, err := os.Open(sharedtest.Path(t, "data", "eurostat", "eucohesion_chappuis5", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	src, err := wire.Open(name, f)
	if err != nil {
		t.Fatal(err)
	}
	sum := "8d5e957f297893487bd98fa830fa6413" // any that the snapshot does not know
	got, err := c.Import(t.Context(), src, catalogue.ImportOptions{File: name, SHA256: sum, Retrieved: clock()})
	if err != nil {
		t.Fatal(err)
	}
	if got.Unchanged || got.Vintage.Series <= 300 {
		t.Errorf("unchanged %v, %d series; want the United Kingdom's rows too", got.Unchanged, got.Vintage.Series)
	}
	if err := c.LoadSnapshot(t.Context(), bytes.NewReader(data.Snapshot())); err != nil {
		t.Fatal(err)
	}
	d, err := c.Dataset(t.Context(), "tgs00007")
	if err != nil || len(d.Vintages) != 2 || d.Current().SHA256 != sum {
		t.Errorf("%d vintages, %v; want two, and the imported one current", len(d.Vintages), err)
	}
}

// codes are the datasets of the reference catalogue's 64 rows.
var codes = strings.Fields(`nama_10r_3gdp nama_10r_2gdp nama_10r_2hhinc nama_10r_3nlp nama_10r_3gva nama_10r_3empers nama_10r_2gfcf
	rd_e_gerdreg rd_p_persreg hrst_st_rcat htec_emp_reg2 bd_hgnace2_r3 bd_size_r3 lfst_r_lfe2emprt lfst_r_lfu3rt lfst_r_lfu2ltu
	yth_empl_110 lfst_r_sla_ga lfst_r_lfe2ecomm jvs_q_isco_r2 demo_r_gind3 demo_r_pjangrp3 demo_r_pjanind3 demo_r_d3dens demo_r_find3
	proj_19rp3 edat_lfse_04 edat_lfse_16 edat_lfse_22 trng_lfse_04 educ_uoe_enrt06 isoc_r_iacc_h isoc_r_broad_h isoc_r_iuse_i
	isoc_r_blt12_i isoc_r_gov_i isoc_r_dskl_i isoc_r_eb_ain2 isoc_r_cicce_usen2 isoc_r_eb_iipn2 isoc_r_eb_dan2 isoc_r_ci_it_en2
	tour_occ_nin2 tour_occ_nin3 tour_occ_anor2 tour_cap_nuts2 tour_ce_oan3 cult_emp_reg tran_r_net tran_r_vehst tran_sf_roadnu
	tran_r_avpa_nm demo_r_mlifexp hlth_rs_physreg hlth_rs_bdsrg2 hlth_silc_08_r ilc_peps11n ilc_mdsd08 ilc_lvho04n lan_use_ovw lan_lcv_ovw
	met_gind3 met_10r_3gdp met_lfu3rt met_lfe3emprt met_edat_lfse4 met_pjanaggr3 urt_10r_3gdp urt_gind3 urt_lfe3emprt urt_lfu3rt reg_area3`)

func TestTheCatalogueNamesEveryRowOfTheReference(t *testing.T) {
	indicators, err := catalogue.ReadIndicators(data.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, i := range indicators {
		for _, s := range slices.Concat(i.Sources, i.Benchmarks) {
			named[s.Dataset] = true
			for dim, code := range s.Filter {
				if code == "" || dim == "geo" || dim == "time" {
					t.Errorf("%s, %s: the filter says %q of %s", i.Code, s.Dataset, code, dim)
				}
			}
		}
		if i.Ends && i.Last == 0 {
			t.Errorf("%s ends in no year", i.Code)
		}
		if len(slices.Collect(maps.Values(i.Short))) != 0 && len(i.Short) != len(catalogue.Languages) {
			t.Errorf("%s has a short name in some languages only", i.Code)
		}
	}
	for _, code := range codes {
		if !named[code] {
			t.Errorf("no indicator names %s", code)
		}
	}
}

func TestTheCatalogueFileNamesTheLine(t *testing.T) {
	line := func(part string) int { return 1 + strings.Count(trial[:strings.Index(trial, part)], "\n") }
	for name, tt := range map[string]struct {
		from, to, says string
		line           int
	}{
		"unknown unit":   {`unit = "km2"`, `unit = "km"`, `unknown unit "km". Write one of km2`, line("code = \"ground\"") - 1},
		"unknown key":    {`level = 3`, "level = 3\ncolour = \"red\"", "colour is not a key", line("level = 3") + 1},
		"successor":      {`code = "rate"`, "code = \"rate\"\nsuccessor = \"rote\"", `successor rote, which does not exist`, line("code = \"rate\"") - 1},
		"no years":       {"\nyears = 5", "", "a change over no years", line("code = \"people_change\"") - 1},
		"unknown kind":   {`kind = "gap"`, `kind = "gulf"`, "unknown formula gulf", line("code = \"rate_gap\"") - 1},
		"no English":     {`en = "Ground", `, "", "has no name in en", line("code = \"ground\"") - 1},
		"years and gap":  {`kind = "gap"`, "kind = \"gap\"\nyears = 5", "has years and is none", line("code = \"rate_gap\"") - 1},
		"needless part":  {`kind = "gap"`, "kind = \"gap\"\ndenominator = \"people\"", "does not use", line("code = \"rate_gap\"") - 1},
		"source and sum": {"[indicator.derived]\nkind = \"gap\"", "[[indicator.source]]\ndataset = \"x\"\n[indicator.derived]\nkind = \"gap\"", "has a source and a formula", line("code = \"rate_gap\"") - 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := withTrial(t, strings.Replace(trial, tt.from, tt.to, 1))
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || !strings.Contains(err.Error(), tt.says) || f.Place.File != "indicators.toml" || f.Place.Line != tt.line {
				t.Errorf("got %v, want %q in line %d", err, tt.says, tt.line)
			}
		})
	}
}
