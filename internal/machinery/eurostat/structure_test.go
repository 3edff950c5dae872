package eurostat

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"peerscape/internal/fault"
)

func TestStructureAndConstraint(t *testing.T) {
	f := newFake(t)
	f.on(govFull, specimenReply(t, "sdmx21", "ESTAT_GOV_10Q_GGNFA.xml"))
	f.on(govConstraint, constraint(map[string][]string{"GEO": {"BE", "EL"}}))
	c, k := newClient(t, f, nil)
	for range 2 {
		s, err := c.Structure(t.Context(), "gov_10q_ggnfa")
		if err != nil {
			t.Fatal(err)
		}
		if s.Dataflows[0].DOI != "10.2908/GOV_10Q_GGNFA" || len(s.DataStructures[0].Dimensions) != 6 {
			t.Errorf("structure %+v", s.Dataflows)
		}
		occur, err := c.Constraint(t.Context(), "gov_10q_ggnfa")
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"BE", "EL"}, occur.Codes("geo")); d != "" {
			t.Errorf("codes (-want +got):\n%s", d)
		}
	}
	if n := len(f.asked()); n != 2 {
		t.Errorf("%d requests, want 2: %q", n, f.asked())
	}
	k.now = k.now.Add(time.Hour) // what is old is asked for anew
	if _, err := c.Structure(t.Context(), "gov_10q_ggnfa"); err != nil || len(f.asked()) != 3 {
		t.Errorf("after an hour: %v, %d requests", err, len(f.asked()))
	}
}

// A service that leaves out what a dataflow refers to is asked for it by name.
func TestStructureWithoutDescendants(t *testing.T) {
	f := newFake(t)
	whole := wire(t, "sdmx21", "ESTAT_GOV_10Q_GGNFA.xml")
	cut := func(element string) []byte {
		from, to := bytes.Index(whole, []byte("<s:"+element+">")), bytes.Index(whole, []byte("</s:"+element+">"))
		return append(bytes.Clone(whole[:from]), whole[to+len("</s:"+element+">"):]...)
	}
	f.on(govFull, fakeReply{body: cut("DataStructures")})
	f.on("/sdmx/2.1/datastructure/ESTAT/GOV_10Q_GGNFA/43.0?references=children", fakeReply{body: cut("Dataflows")})
	c, _ := newClient(t, f, nil)
	s, err := c.Structure(t.Context(), "gov_10q_ggnfa")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Dataflows) != 1 || len(s.DataStructures) != 1 || len(s.DataStructures[0].Dimensions) != 6 {
		t.Errorf("%d dataflows, data structures %+v", len(s.Dataflows), s.DataStructures)
	}
}

func TestArtefact(t *testing.T) {
	f := newFake(t)
	f.on("/sdmx/2.1/codelist/ESTAT/FREQ/3.9", specimenReply(t, "sdmx21", "ESTAT_CL_FREQ.xml"))
	f.on("/sdmx/2.1/dataflow/ESTAT/all/latest", dataflow("X", ""))
	c, _ := newClient(t, f, nil)
	s, err := c.Artefact(t.Context(), CodeList, "freq", "3.9")
	if err != nil || len(s.CodeLists) != 1 || s.CodeLists[0].Codes[0].Names.In("de") != "Mehrjährig" {
		t.Errorf("code list %+v, %v", s, err)
	}
	if s, err = c.Artefact(t.Context(), Dataflow, "all", ""); err != nil || s.Dataflows[0].ID != "X" {
		t.Errorf("dataflows %+v, %v", s, err)
	}
	_, err = c.Artefact(t.Context(), CodeList, "a/b", "")
	checkRefused(t, err, fault.Invalid, "a/b")
}

func TestStructureTroubles(t *testing.T) {
	tests := []struct {
		name    string
		replies []fakeReply
		kind    fault.Kind
		words   []string
	}{
		{"no such dataset", []fakeReply{{status: 404, body: wire(t, "errors", "fault_100_not_found.xml")}}, fault.Missing, []string{"no dataset gov_10q_ggnfa", "NO_SUCH", "data browser", govFull}},
		{"fault with status 200", []fakeReply{specimenReply(t, "errors", "fault_100_not_found.xml")}, fault.Missing, []string{"NO_SUCH"}},
		{"a web page", []fakeReply{{body: []byte("<html></html>")}}, fault.Unavailable, []string{"cannot be read"}},
		{"queued", []fakeReply{specimenReply(t, "errors", "async_queued_in_place_of_data.xml")}, fault.Unavailable, []string{"queue"}},
		{"busy, cut, then there", []fakeReply{{status: 503}, {body: wire(t, "sdmx21", "ESTAT_GOV_10Q_GGNFA.xml"), cutAt: 1000}, specimenReply(t, "sdmx21", "ESTAT_GOV_10Q_GGNFA.xml")}, 0, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.on(govFull, tt.replies...)
			c, _ := newClient(t, f, nil)
			_, err := c.Structure(t.Context(), "gov_10q_ggnfa")
			if tt.words == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			checkRefused(t, err, tt.kind, tt.words...)
		})
	}
	t.Run("no constraint", func(t *testing.T) {
		f := newFake(t)
		f.on(govConstraint, dataflow("X", ""))
		c, _ := newClient(t, f, nil)
		_, err := c.Constraint(t.Context(), "gov_10q_ggnfa")
		checkRefused(t, err, fault.Missing, "gov_10q_ggnfa")
	})
}

func TestNew(t *testing.T) {
	full := Config{Cache: "x", Agent: "x", Now: time.Now, Rand: rand.New(rand.NewPCG(1, 1))}
	tests := []struct {
		name   string
		change func(*Config)
		word   string
	}{
		{"defaults", func(*Config) {}, ""},
		{"base without a host", func(c *Config) { c.Base = "eurostat" }, `"eurostat"`},
		{"base of another scheme", func(c *Config) { c.Base = "file:///etc" }, "file"},
		{"no cache", func(c *Config) { c.Cache = "" }, "cache"},
		{"no agent", func(c *Config) { c.Agent = "" }, "who asks"},
		{"no clock", func(c *Config) { c.Now = nil }, "clock"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			config := full
			tt.change(&config)
			c, err := New(config)
			if tt.word == "" {
				if err != nil || c.Base != DefaultBase || c.Retries != 5 {
					t.Errorf("New = %+v, %v", c, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.word) {
				t.Errorf("New = %v, want an error that names %s", err, tt.word)
			}
		})
	}
}

func TestContentOf(t *testing.T) {
	tests := []struct {
		folder, file string
		want         content
	}{
		{"tsv", "current_nama_10r_3gdp.tsv", contentTSV},
		{"tsv", "live2026_crlf_confidential_at_C.tsv", contentTSV},
		{"tsv", "legacy_lfso_14leeow_geo_in_columns.tsv", contentTSV},
		{"sdmxcsv", "sdmxcsv2_labels_both_eurostat_tgs00010_unemployment_rate.csv", contentCSV},
		{"sdmx30", "sdmxcsv2_example-01.csv", contentCSV},
		{"jsonstat", "rd_e_gerdreg_2026_flags.json", contentJSONStat},
		{"errors", "statistics_async_http200.json", contentNotice},
		{"errors", "statistics_error_404.json", contentNotice},
		{"errors", "async_queued_in_place_of_data.xml", contentNotice},
		{"errors", "fault_413_extraction_too_big.xml", contentNotice},
		{"errors", "ESTAT_legacy_footer.xml", contentXML},
		{"errors", "ESTAT_legacy_footer2.zip", contentZIP},
		{"sdmx21", "ESTAT_NAMA_10_GDP-ss.xml", contentXML},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			if got := contentOf(wire(t, tt.folder, tt.file)); got != tt.want {
				t.Errorf("contentOf = %s, want %s", contentWords[got], contentWords[tt.want])
			}
		})
	}
}

func FuzzRefusal(f *testing.F) {
	f.Add([]byte(`{"error":[{"status":404,"id":100,"label":"ERR_NOT_FOUND_4: x"}]}`), 404)
	f.Add([]byte(`{"warning":{"status":413,"label":"ASYNCHRONOUS_RESPONSE. x"}}`), 200)
	f.Add([]byte(`<S:Fault><faultcode>413</faultcode><faultstring>EXTRACTION_TOO_BIG: estimated 9 rows</faultstring></S:Fault>`), 413)
	f.Add([]byte("geo\\TIME_PERIOD\t2020"), 200)
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		contentOf(body)
		a := about{dataset: "x", address: "http://localhost/x", status: status}
		if err := a.refusal(inflated(body)); err == nil || !strings.Contains(err.Error(), "http://localhost/x") {
			t.Fatalf("refusal = %v, want an error with the address", err)
		}
	})
}
