package sdmxml

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"peerscape/internal/sharedtest"
	"peerscape/internal/stats"
)

// seed adds the specimens of a folder where they are there, and short forms of
// each shape where they are not.
func seed(f *testing.F, folders ...string) {
	f.Add([]byte(specificDoc(`<Series freq="A" geo="LU"><Obs TIME_PERIOD="2020" OBS_VALUE="1" OBS_FLAG="p"/></Series>`)))
	f.Add([]byte(`<GenericData><Header/><DataSet><Series><SeriesKey><Value id="GEO" value="LU"/></SeriesKey><Obs><ObsDimension value="2020"/><ObsValue value="NaN"/><Attributes><Value id="OBS_STATUS" value="na"/></Attributes></Obs></Series></DataSet></GenericData>`))
	f.Add([]byte(`<Structure><Structures><Codelists><Codelist id="L"><Name>l</Name><Code id="A"/></Codelist></Codelists></Structures></Structure>`))
	f.Add([]byte(`<Envelope><Body><Fault><faultcode>413</faultcode><faultstring>X: estimated 7 rows</faultstring></Fault></Body></Envelope>`))
	f.Add([]byte(`<syncResponse><queued><id>a</id><status>SUBMITTED</status></queued></syncResponse>`))
	dir, ok := sharedtest.Dir()
	if !ok {
		return
	}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(dir, "data", "wire", folder, "*.xml"))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			if len(b) < 16<<10 {
				f.Add(b)
			}
		}
	}
}

func FuzzReader(f *testing.F) {
	seed(f, "sdmx21", "sdmx30", "errors")
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := NewReader(bytes.NewReader(b), "f.xml")
		if err != nil {
			return
		}
		var s stats.Series
		for {
			err := r.Next(&s)
			if err != nil {
				if err == io.EOF {
					return
				}
				if !strings.Contains(err.Error(), "f.xml") {
					t.Fatalf("error %q does not name the file", err)
				}
				return
			}
			if len(s.Key) != len(r.Header().Dimensions) || s.Len() == 0 || len(s.Values) != s.Len() || len(s.Flags) != s.Len() {
				t.Fatalf("series %+v does not fit the header %+v", s, r.Header())
			}
			for i := 1; i < s.Len(); i++ {
				if s.Periods[i] <= s.Periods[i-1] {
					t.Fatalf("periods %v do not ascend", s.Periods)
				}
			}
		}
	})
}

func FuzzReadStructure(f *testing.F) {
	seed(f, "sdmx21", "sdmx30", "oecd")
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ReadStructure(bytes.NewReader(b), "f.xml")
		if (err == nil) == (s == nil) {
			t.Fatalf("structure %v with error %v", s, err)
		}
		if err != nil && !strings.Contains(err.Error(), "f.xml") {
			t.Fatalf("error %q does not name the file", err)
		}
	})
}

func FuzzNotices(f *testing.F) {
	seed(f, "errors")
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, ok := ReadFault(b); ok != (n != nil) {
			t.Fatalf("fault %v, %v", n, ok)
		}
		if a, ok := ReadAsync(b); ok != (a != nil) || ok && a.Status == "" {
			t.Fatalf("async %v, %v", a, ok)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	var doc strings.Builder
	for i := range 2000 {
		doc.WriteString(`<Series freq="A" unit="EUR" sex="T" geo="R`)
		doc.WriteString(string([]byte{'A' + byte(i%26), 'A' + byte(i/26%26), 'A' + byte(i/676)}))
		doc.WriteString(`">`)
		for y := 2000; y < 2024; y++ {
			doc.WriteString(`<Obs TIME_PERIOD="`)
			doc.WriteString(stats.Year(y).String())
			doc.WriteString(`" OBS_VALUE="46526.2" OBS_FLAG="p"/>`)
		}
		doc.WriteString(`</Series>`)
	}
	text := specificDoc(doc.String())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := NewReader(strings.NewReader(text), "b.xml")
		if err != nil {
			b.Fatal(err)
		}
		var s stats.Series
		n := 0
		for err = r.Next(&s); err == nil; err = r.Next(&s) {
			n += s.Len()
		}
		if err != io.EOF || n != 48000 {
			b.Fatalf("%d observations, %v", n, err)
		}
	}
}
