package sdmxml

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/fault"
	"peerscape/internal/stats"
)

func readSpecimen(t *testing.T, elem ...string) *Structure {
	t.Helper()
	s, err := ReadStructure(specimen(t, elem...), elem[len(elem)-1])
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDataflowWithDescendants(t *testing.T) {
	s := readSpecimen(t, "sdmx21", "ESTAT_GOV_10Q_GGNFA.xml")
	q := func(year, n int) stats.Period {
		p, err := stats.SubPeriod(year, stats.Quarterly, n)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	flow := []Dataflow{{
		Ref: Ref{"ESTAT", "GOV_10Q_GGNFA", "1.0"},
		Names: Names{
			"en": "Quarterly non-financial accounts for general government",
			"de": "Vierteljährliche nichtfinanzielle Staatskonten",
			"fr": "Comptes non-financiers trimestriels des administrations publiques",
		},
		Structure:        Ref{"ESTAT", "GOV_10Q_GGNFA", "43.0"},
		DOI:              "10.2908/GOV_10Q_GGNFA",
		Metadata:         "https://ec.europa.eu/eurostat/cache/metadata/en/gov_10q_ggnfa_esms.htm",
		Observations:     1331280,
		Oldest:           q(1980, 1),
		Latest:           q(2022, 3),
		Updated:          time.Date(2023, 1, 23, 10, 0, 0, 0, time.UTC),
		StructureUpdated: time.Date(2023, 1, 23, 10, 0, 0, 0, time.UTC),
	}}
	if d := cmp.Diff(flow, s.Dataflows); d != "" {
		t.Errorf("dataflow (-want +got):\n%s", d)
	}
	structure := []DataStructure{{
		Ref: Ref{"ESTAT", "GOV_10Q_GGNFA", "43.0"}, Names: Names{"en": "GOV_10Q_GGNFA data structure"},
		Dimensions: []Component{
			{"freq", "freq", Ref{"ESTAT", "FREQ", "1.31"}},
			{"unit", "unit", Ref{"ESTAT", "UNIT", "15.2"}},
			{"s_adj", "s_adj", Ref{"ESTAT", "S_ADJ", "1.9"}},
			{"sector", "sector", Ref{"ESTAT", "SECTOR", "9.2"}},
			{"na_item", "na_item", Ref{"ESTAT", "NA_ITEM", "9.0"}},
			{"geo", "geo", Ref{"ESTAT", "GEO", "13.1"}},
		},
		Time:       "TIME_PERIOD",
		Attributes: []Component{{"OBS_FLAG", "OBS_FLAG", Ref{"ESTAT", "OBS_FLAG", "1.31"}}},
		Measures:   []string{"OBS_VALUE"},
	}}
	if d := cmp.Diff(structure, s.DataStructures); d != "" {
		t.Errorf("data structure (-want +got):\n%s", d)
	}
	if got := s.Prepared; !got.Equal(time.Date(2023, 1, 26, 10, 41, 25, 169e6, time.UTC)) {
		t.Errorf("prepared %v", got)
	}
	geo, ok := s.CodeList(structure[0].Dimensions[5].CodeList)
	if !ok || geo.Version != "13.1" || !geo.Partial {
		t.Fatalf("CodeList(GEO 13.1) = %v, %v", geo, ok)
	}
	want := Code{ID: "EL", Names: Names{"en": "Greece", "de": "Griechenland", "fr": "Grèce"}}
	if d := cmp.Diff(want, geo.Codes[10]); d != "" {
		t.Errorf("eleventh code of GEO (-want +got):\n%s", d)
	}
	if unit, ok := s.CodeList(Ref{ID: "UNIT", Version: "15.2"}); !ok || len(unit.Codes) != 3 {
		t.Errorf("CodeList(UNIT 15.2) has %v, want 3 codes of the partial list", unit)
	}
	if _, ok := s.CodeList(Ref{ID: "NONE"}); ok {
		t.Error("CodeList(NONE) found something")
	}
	if len(s.Concepts) != 9 || s.Concepts[1].Names.In("fr") != "Unité de mesure" || s.Concepts[1].CodeList.ID != "UNIT" {
		t.Errorf("concepts %+v", s.Concepts)
	}
}

func TestStructureSpecimens(t *testing.T) {
	tests := []struct {
		file []string
		want string
	}{
		{[]string{"sdmx21", "ESTAT_CL_FREQ.xml"}, "list ESTAT:FREQ(3.9) 1 codes [Time frequency] P=Pluri-annual"},
		{[]string{"sdmx30", "codelist30.xml"}, "list SDMX:CL_AGE(1.0) 5 codes [Age] Y=Year(s)"},
		{[]string{"sdmx30", "dataflow30.xml"}, "flow ECB:EXR(1.0) of ECB:EXR(1.0) [ECB Exchange Rates]"},
		{
			[]string{"sdmx21", "ESTAT_apro_mk_cola-structure.xml"},
			"list ESTAT:CL_FREQ(1.0) 6 codes [FREQ] D=Daily; list ESTAT:CL_GEO(1.0) 41 codes [GEO] EU28=European Union (28 countries); " +
				"list ESTAT:CL_OBS_FLAG(1.0) 10 codes [Observation flag.] f=forecast; list ESTAT:CL_OBS_STATUS(1.0) 3 codes [Observation status.] na=not available; " +
				"list ESTAT:CL_PRODMILK(1.0) 12 codes [PRODMILK] MM001=Cows' milk collected; list ESTAT:CL_UNIT(1.0) 1 codes [UNIT] THS_T=Thousand tonnes; " +
				"concepts 9; structure ESTAT:DSD_apro_mk_cola(1.0) FREQ=CL_FREQ PRODMILK=CL_PRODMILK UNIT=CL_UNIT GEO=CL_GEO time TIME_PERIOD attributes OBS_FLAG OBS_STATUS measures OBS_VALUE",
		},
		{
			[]string{"sdmx21", "ESTAT_esms-structure.xml"},
			"list ESTAT:CL_COUNTRY(1.0) 2 codes [Country Codelist] BE=Belgium; concepts 19; structure ESTAT:DEMOGRAPHY(1.0) elsewhere; " +
				"flow ESTAT:DEMO_TOT(1.0) of ESTAT:DEMOGRAPHY(1.0) [Demography totals]; note the category schemes of the message were left out; " +
				"note the categorisations of the message were left out; note the metadata structures of the message were left out",
		},
	}
	for _, tt := range tests {
		t.Run(tt.file[1], func(t *testing.T) {
			got := summary(readSpecimen(t, tt.file...))
			if d := cmp.Diff(strings.Split(tt.want, "; "), got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// summary renders the parts of a structure, one line each.
func summary(s *Structure) []string {
	var out []string
	for _, l := range s.CodeLists {
		out = append(out, fmt.Sprintf("list %v %d codes [%s] %s=%s", l.Ref, len(l.Codes), l.Names.In("en"), l.Codes[0].ID, l.Codes[0].Names.In("en")))
	}
	if len(s.Concepts) > 0 {
		out = append(out, fmt.Sprintf("concepts %d", len(s.Concepts)))
	}
	for _, d := range s.DataStructures {
		line := "structure " + d.Ref.String()
		for _, c := range d.Dimensions {
			line += " " + c.ID + "=" + c.CodeList.ID
		}
		if d.External {
			line += " elsewhere"
		} else {
			line += " time " + d.Time + " attributes"
			for _, a := range d.Attributes {
				line += " " + a.ID
			}
			line += " measures " + strings.Join(d.Measures, " ")
		}
		out = append(out, line)
	}
	for _, f := range s.Dataflows {
		out = append(out, fmt.Sprintf("flow %v of %v [%s]", f.Ref, f.Structure, f.Names.In("en")))
	}
	for _, n := range s.Notes {
		out = append(out, "note "+n)
	}
	return out
}

func TestConstraintSpecimen(t *testing.T) {
	s := readSpecimen(t, "oecd", "actualconstraint-0.xml")
	if len(s.Constraints) != 1 {
		t.Fatalf("%d constraints", len(s.Constraints))
	}
	c := s.Constraints[0]
	if c.Observations != 48 || c.Dataflow != (Ref{"OECD.DAF", "DSD_DEBT_TRANS_COLL@DF_MICRO", "1.0"}) {
		t.Errorf("constraint of %v with %d observations", c.Dataflow, c.Observations)
	}
	if d := cmp.Diff([]string{"GOV", "SOV_F", "STATE_ENT"}, c.Codes("recipient_type")); d != "" {
		t.Errorf("codes of RECIPIENT_TYPE (-want +got):\n%s", d)
	}
	var ids []string
	for _, d := range c.Dimensions {
		ids = append(ids, fmt.Sprintf("%s %d", d.ID, len(d.Codes)))
	}
	want := []string{
		"DD_ID 48", "REF_AREA 17", "RECIPIENT_TYPE 3", "FIN_TYPE 2", "CURRENCY 4", "INTEREST_RATE 4",
		"INTEREST_RATE_TYPE 2", "CLAIM_RANK 3", "TIME_PERIOD 0",
	}
	if d := cmp.Diff(want, ids); d != "" {
		t.Errorf("dimensions (-want +got):\n%s", d)
	}
	if last := c.Dimensions[8]; last.Since != "2020-04-15T00:00:00" || last.Until != "2023-04-25T00:00:00" {
		t.Errorf("time range %+v", last)
	}
	if c.Codes("NONE") != nil {
		t.Error("codes of an unknown dimension")
	}
}

func TestStructureShapes(t *testing.T) {
	const doc = `<Structure><Structures>
		<Codelists><Codelist id="L"><Code id="B"><Parent><Ref id="A"/></Parent></Code><Code id="C"><Parent>B</Parent></Code></Codelist></Codelists>
		<ConceptSchemes><ConceptScheme id="CS"><Concept id="geo"><CoreRepresentation><Enumeration>urn:sdmx:org.sdmx.infomodel.codelist.Codelist=ESTAT:GEO(1.0)</Enumeration></CoreRepresentation></Concept></ConceptScheme></ConceptSchemes>
		<DataStructures><DataStructure id="D"><DataStructureComponents><DimensionList>
			<Dimension id="geo" position="2"/><Dimension position="1"><ConceptIdentity>urn:sdmx:org.sdmx.infomodel.conceptscheme.Concept=ESTAT:CS(1.0).freq</ConceptIdentity></Dimension>
		</DimensionList></DataStructureComponents></DataStructure></DataStructures>
		<DataConstraints><DataConstraint id="K"><CubeRegion include="false"><KeyValue id="x"><Value>1</Value></KeyValue></CubeRegion>
			<CubeRegion><KeyValue id="geo"><Value>LU</Value></KeyValue></CubeRegion><CubeRegion include="true"><KeyValue id="geo"><Value>BE</Value></KeyValue></CubeRegion>
		</DataConstraint></DataConstraints>
		</Structures></Structure>`
	s, err := ReadStructure(strings.NewReader(doc), "t.xml")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Component{{ID: "freq", Concept: "freq"}, {ID: "geo", CodeList: Ref{"ESTAT", "GEO", "1.0"}}}, s.DataStructures[0].Dimensions); d != "" {
		t.Errorf("dimensions by position (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]Code{{ID: "B", Parent: "A"}, {ID: "C", Parent: "B"}}, s.CodeLists[0].Codes); d != "" {
		t.Errorf("codes (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"LU", "BE"}, s.Constraints[0].Codes("geo")); d != "" {
		t.Errorf("codes that occur (-want +got):\n%s", d)
	}
	if s.Constraints[0].Codes("x") != nil || len(s.Notes) != 1 {
		t.Errorf("excluded region was read; notes %q", s.Notes)
	}
}

func TestStructureRefusals(t *testing.T) {
	tests := []struct {
		name, doc string
		kind      fault.Kind
		words     []string
	}{
		{"data", specificDoc(""), fault.Invalid, []string{"data message"}},
		{"other", "<a/>", fault.Invalid, []string{"a is not"}},
		{"nothing", "<Structure><Structures/></Structure>", fault.Invalid, []string{"holds nothing"}},
		{"breaks off", "<Structure><Structures><Codelists><Codelist id='A'>", fault.Invalid, []string{"breaks off"}},
		{"notice", `<Fault><faultcode>100</faultcode><faultstring>X_Y: none</faultstring></Fault>`, fault.Invalid, []string{"X_Y: none"}},
		{"dimensions without end", "<Structure><Structures><Constraints><ContentConstraint><CubeRegion>" + manyValues(200), fault.TooLarge, []string{"dimensions"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadStructure(strings.NewReader(tt.doc), "t.xml")
			checkFault(t, err, tt.kind, 1, tt.words)
		})
	}
	t.Run("hierarchy specimen", func(t *testing.T) {
		_, err := ReadStructure(specimen(t, "sdmx21", "ESTAT_HCL_WSTATUS_SCL_WSTATUSPR.xml"), "h.xml")
		checkFault(t, err, fault.Invalid, 1, []string{"only hierarchies of codes"})
	})
}

func manyValues(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<KeyValue id='d%d'><Value>1</Value></KeyValue>", i)
	}
	return b.String()
}

func TestNamesIn(t *testing.T) {
	tests := []struct {
		names    Names
		language string
		want     string
	}{
		{Names{"en": "a", "fr": "b"}, "fr", "b"},
		{Names{"en": "a", "fr": "b"}, "fi", "a"},
		{Names{"": "x", "fr": "b"}, "fi", "x"},
		{Names{"hu": "h", "fr": "b"}, "fi", "b"},
		{nil, "en", ""},
	}
	for _, tt := range tests {
		if got := tt.names.In(tt.language); got != tt.want {
			t.Errorf("%v.In(%q) = %q, want %q", tt.names, tt.language, got, tt.want)
		}
	}
}
